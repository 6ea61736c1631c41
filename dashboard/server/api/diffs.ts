/** The texts that changed between two runs. */
import { factorDiffs } from "../../../why/mod.ts";
import type { DiffsReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** `GET /api/diffs?a=ID&b=ID&id=FACTOR…`. At most 20 pieces of code and 20 inputs are answered. */
export const diffs: Endpoint<DiffsReply> = {
  path: "/api/diffs",
  async answer(query, { source }) {
    const [a, b] = [
      await source.run(query.integer("a", { min: 0 })),
      await source.run(query.integer("b", { min: 0 })),
    ];
    const finder = await source.finder();
    const [before, after] = [
      await finder.factorsOf(a),
      await finder.factorsOf(b),
    ];
    const factors = query.texts("id").map((id) => {
      const [old, now] = [before?.factors.get(id), after?.factors.get(id)];
      return {
        id,
        ...(old !== undefined && { before: old }),
        ...(now !== undefined && { after: now }),
      };
    });
    const found = await factorDiffs(factors, { finder, a, b });
    return { diffs: Object.fromEntries(found) };
  },
};
