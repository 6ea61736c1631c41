/** The runs that meet conditions, in the language of `ato runs`. */
import { readCondition } from "../../../tracker/mod.ts";
import type { MatchesReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/matches?project=NAME&where=CONDITION…`. */
export const matches: Endpoint<MatchesReply> = {
  path: "/api/matches",
  isPlain: true,
  async answer(query, { source }) {
    const conditions = query.texts("where").map(readCondition);
    const table = await source.table(query.text("project"));
    const ids = await table.matches(conditions);
    return { version: table.version, ids };
  },
};
