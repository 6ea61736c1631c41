/** Which parameters of a search matter. */
import { visible } from "../../../internal/visible_text.ts";
import type { ImportanceReply } from "../../search_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { MissingError } from "../reply.ts";

/** `GET /api/study/importance?id=NAME&metric=NAME`. */
export const importance: Endpoint<ImportanceReply> = {
  path: "/api/study/importance",
  async answer(query, { studies }) {
    const { metricsOf } = await import("../study_rows.ts");
    const study = await studies.study(query.text("id"));
    const metric = query.text("metric");
    if (!metricsOf(study).includes(metric)) {
      throw new MissingError(
        `Cannot find metric ${visible(metric)}: search ${
          visible(study.id)
        } has no such metric`,
      );
    }
    return await studies.importance(study, metric);
  },
};
