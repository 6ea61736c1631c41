/** Facts from a file share the sets of their factors; the answer is that of facts that share nothing. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { explainFacts, type RunFacts } from "@ato/ato/why";
import { LayeredFactors } from "../../internal/layered_factors.ts";

const FULL = { level: "full", missing: [] } as const;

/** Sets of config leaves and of code, some of which lack a factor that others have. */
const sets = (ids: readonly string[]) =>
  fc.array(
    fc.tuple(...ids.map((id) =>
      fc.option(fc.constantFrom("1", "2"), { nil: undefined })
        .map((value) => [id, value] as const)
    )).map((all) =>
      new Map(all.flatMap(([id, value]) =>
        value === undefined ? [] : [[id, value] as [string, string]]
      ))
    ),
    { minLength: 1, maxLength: 4 },
  );

const histories = fc.tuple(
  sets(["config:lr", "config:depth", "seed"]),
  sets(["code:a.ts#f", "code:a.ts#g", "code:b.ts#f"]),
  fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 3 })), {
    minLength: 2,
    maxLength: 12,
  }),
).map(([configs, codes, runs]) =>
  runs.map(([config, code, value]) => ({
    layers: [configs[config % configs.length]!, codes[code % codes.length]!],
    value: value / 3,
  }))
);

function runOf(
  id: number,
  value: number,
  factors: ReadonlyMap<string, string>,
): RunFacts {
  const loss = {
    count: 1,
    lastStep: 0,
    last: value,
    lastFinite: value,
    min: value,
    max: value,
  };
  return {
    id,
    status: "completed",
    coverage: { config: FULL, code: FULL, inputs: FULL, environment: FULL },
    factors,
    unread: new Set(),
    metrics: new Map([["loss", loss]]),
  };
}

test("explainFacts: sets that runs share change nothing in the answer", () => {
  fc.assert(fc.property(histories, (runs) => {
    const verdicts = [
      (layers: Map<string, string>[]) => new LayeredFactors(layers),
      (layers: Map<string, string>[]) =>
        new Map(layers.flatMap((layer) => [...layer])),
    ].map((factorsOf) => {
      const [a, b, ...others] = runs.map(({ layers, value }, id) =>
        runOf(id + 1, value, factorsOf(layers))
      );
      return explainFacts({ a: a!, b: b!, others, leftOut: 0 });
    });
    assertEquals(verdicts[0], verdicts[1]);
  }));
});
