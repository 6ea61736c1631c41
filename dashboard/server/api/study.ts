/** A search with its trials. */
import type { StudyReply } from "../../search_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/study?id=NAME`. */
export const study: Endpoint<StudyReply> = {
  path: "/api/study",
  async answer(query, { studies }) {
    const { replyOf } = await import("../study_rows.ts");
    return await replyOf(await studies.study(query.text("id")), studies);
  },
};
