/** The searches of the file. */
import { isForUser, messageOf } from "../../../internal/errors.ts";
import type { StudiesReply, StudyLine } from "../../search_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/studies`. */
export const studies: Endpoint<StudiesReply> = {
  path: "/api/studies",
  async answer(_query, { studies }) {
    // Late, as everything of the searches: most pages need nothing of it.
    const { lineOf } = await import("../study_rows.ts");
    const lines: StudyLine[] = [];
    const warnings: string[] = [];
    for (const name of await studies.names()) {
      try {
        lines.push(lineOf(await studies.study(name)));
      } catch (error) {
        // A damaged one must not hide the others.
        if (!isForUser(error)) throw error;
        warnings.push(messageOf(error));
      }
    }
    return { studies: lines, warnings };
  },
};
