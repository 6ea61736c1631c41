/** Why two runs gave different results. */
import { visible } from "../../../internal/visible_text.ts";
import { explain } from "../../../why/explain.ts";
import type { WhyReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { MissingError } from "../reply.ts";

/** `GET /api/why?a=ID&b=ID[&metric=NAME]`. */
export const why: Endpoint<WhyReply> = {
  path: "/api/why",
  async answer(query, { source }) {
    const [a, b] = [
      await source.run(query.integer("a", { min: 0 })),
      await source.run(query.integer("b", { min: 0 })),
    ];
    const metric = query.optionalText("metric");
    for (const { id, metrics } of metric === undefined ? [] : [a, b]) {
      if (await metrics.summary(metric!) !== undefined) continue;
      throw new MissingError(
        `Cannot compare by ${visible(metric!)}: run ${id} has no such metric`,
      );
    }
    const finder = await source.finder();
    return await explain(a, b, {
      finder,
      ...(metric !== undefined && { metric }),
    });
  },
};
