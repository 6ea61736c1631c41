/** The versions of a trace or of a factor. */
import type { Endpoint } from "../endpoint.ts";
import { jsonTextResponse } from "../reply.ts";

/** `GET /api/versions?project=NAME&id=TRACE|FACTOR[&metric=NAME]`. */
export const versions: Endpoint = {
  path: "/api/versions",
  async answer(query, { source, desk }) {
    const project = await source.projectNamed(query.text("project"));
    const id = query.text("id");
    const metric = query.optionalText("metric");
    const input = { project, id, metric };
    return jsonTextResponse(await desk.answer("versions", input, query.signal));
  },
};
