/** Which factors the runs of a project have. */
import type { Endpoint } from "../endpoint.ts";
import { jsonTextResponse } from "../reply.ts";

/** `GET /api/changes?project=NAME`. */
export const changes: Endpoint = {
  path: "/api/changes",
  async answer(query, { source, desk }) {
    const project = await source.projectNamed(query.text("project"));
    return jsonTextResponse(
      await desk.answer("changes", { project }, query.signal),
    );
  },
};
