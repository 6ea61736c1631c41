/** The projects of the file. */
import { VERSION } from "../../../internal/version.ts";
import type { ProjectsReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/projects`. */
export const projects: Endpoint<ProjectsReply> = {
  path: "/api/projects",
  async answer(_query, { source }) {
    const found = await (await source.finder()).listProjects({
      withRuns: true,
    });
    return {
      file: source.name,
      identity: source.identity,
      ato: VERSION,
      projects: found.map(({ name }) => ({ name })),
    };
  },
};
