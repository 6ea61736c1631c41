/** The runs of a project as a table. */
import type { RunsReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/runs?project=NAME[&metric=NAME][&since=VERSION]`. */
export const runs: Endpoint<RunsReply> = {
  path: "/api/runs",
  isPlain: true,
  async answer(query, { source }) {
    const [metric, since] = [
      query.optionalText("metric"),
      query.optionalInteger("since", { min: 0 }),
    ];
    const table = await source.table(query.text("project"));
    return await table.reply({
      ...(metric !== undefined && { metric }),
      ...(since !== undefined && { since }),
    }, () => source.warnings);
  },
};
