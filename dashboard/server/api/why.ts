/** Why two runs gave different results. */
import { visible } from "../../../internal/visible_text.ts";
import type { Endpoint } from "../endpoint.ts";
import { jsonTextResponse, MissingError } from "../reply.ts";

/** `GET /api/why?a=ID&b=ID[&metric=NAME]`. */
export const why: Endpoint = {
  path: "/api/why",
  async answer(query, { source, desk }) {
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
    const input = { a: String(a.id), b: String(b.id), metric };
    return jsonTextResponse(await desk.answer("why", input, query.signal));
  },
};
