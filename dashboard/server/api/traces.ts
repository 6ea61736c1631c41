/** The traces of a project. */
import type { TracesReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** The newest runs that are looked at. */
const MOST_RUNS = 50;

/** `GET /api/traces?project=NAME`. */
export const traces: Endpoint<TracesReply> = {
  path: "/api/traces",
  async answer(query, { source }) {
    const project = await source.projectNamed(query.text("project"));
    const runs = await (await source.finder()).getRunsInProject(project, {
      last: MOST_RUNS,
    });
    const found = new Set(
      runs.flatMap(({ fingerprints }) =>
        fingerprints.map(({ traceId }) => traceId)
      ),
    );
    return { traces: [...found].sort(), among: runs.length };
  },
};
