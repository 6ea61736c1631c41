/** The answer does not follow from which run is named first, or from the order of the others: richer histories. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ExplainOptions, RunFacts, Verdict } from "../../why/mod.ts";
import { NO_INPUTS, type Parts, run, why } from "./_history.ts";

const value = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -4, max: 4 }).map((k) => k / 8) },
  {
    weight: 4,
    // Of nearly equal sums it is decided by rounding which is larger.
    arbitrary: fc.integer({ min: -(2 ** 30), max: 2 ** 30 })
      .map((k) => k / 2 ** 30),
  },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity) },
);

const values = fc.array(value, { minLength: 1, maxLength: 3 });

const config = fc.record({
  x: fc.integer({ min: 0, max: 1 }),
  y: fc.integer({ min: 0, max: 1 }),
  z: fc.constantFrom(0, 0, 0, 1, 2),
});

const parts: fc.Arbitrary<Parts> = fc.record({
  config,
  seed: fc.constantFrom(1, 1, 2),
  unread: fc.constantFrom([], [], [], ["x"], ["z"]),
  metrics: fc.record({ acc: values, loss: values }),
  status: fc.constantFrom(
    ...["completed", "completed", "completed", "completed", "completed"],
    ...["failed", "interrupted"],
  ),
  coverage: fc.constantFrom({}, {}, {}, {}, { inputs: NO_INPUTS }),
});

/** Two runs, and runs between them, of which some are copies of one of the two. */
const runs = fc.tuple(
  parts,
  parts,
  fc.array(
    fc.record({
      own: parts,
      isOfB: fc.record({ x: fc.boolean(), y: fc.boolean(), z: fc.boolean() }),
      isCopy: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
).map(([a, b, others]) =>
  [
    a,
    b,
    ...others.map(({ own, isOfB, isCopy }): Parts => ({
      ...own,
      config: Object.fromEntries(
        (["x", "y", "z"] as const).map((key) => [
          key,
          (isOfB[key] ? b : a).config?.[key],
        ]),
      ),
      coverage: a.coverage ?? {},
      unread: a.unread ?? [],
      ...(isCopy && { metrics: (isOfB.x ? b : a).metrics ?? {} }),
    })),
  ].map((one, k) => run(k + 1, one))
);

const options: fc.Arbitrary<ExplainOptions> = fc.oneof(
  fc.constant({}),
  fc.record({
    metric: fc.constantFrom("loss", "acc"),
    tolerance: fc.constantFrom(0, 0.1, 0.5),
    atol: fc.constantFrom(0, 0.2),
    at: fc.constantFrom("last", "best"),
    mode: fc.constantFrom("max", "min"),
    practicalDifference: fc.constantFrom(0.1, 1),
  }, { requiredKeys: [] }),
);

function check(
  property: (list: readonly RunFacts[], given: ExplainOptions) => void,
): void {
  fc.assert(fc.property(runs, options, property), { numRuns: 3000, seed: 11 });
}

function answerOf(verdict: Verdict, isMirrored: boolean) {
  const { outcome, isCaused, joint, metric, repeats, unknown } = verdict;
  const sides = [repeats.a, repeats.b].map(({ runs, notFinite, isUnusual }) =>
    [runs.length, notFinite, isUnusual].join()
  );
  return {
    ...{ outcome, isCaused, joint },
    suspects: verdict.suspects.map(({ id, before, after, evidence, group }) => [
      ...[id, evidence, group?.join()],
      ...(isMirrored ? [after, before] : [before, after]),
    ]),
    cleared: verdict.cleared.map(({ id }) => id).sort(),
    metric: [metric?.key, metric?.among, metric?.test?.isBeyondNoise],
    repeats: isMirrored ? sides.reverse() : sides,
    unknown: [...unknown].sort(),
    hasNext: verdict.next !== undefined,
  };
}

test("property: A and B are mirrored, whatever was read, failed, or is called equal", () => {
  check(([a, b, ...others], given) => {
    const [one, other] = [
      why(a!, b!, others, given),
      why(b!, a!, others, given),
    ];
    assertEquals(answerOf(other, true), answerOf(one, false));
  });
});

test("property: the order of the other runs says nothing, whatever was read, failed, or is called equal", () => {
  check(([a, b, ...others], given) => {
    const [one, other] = [others, others.toReversed()].map((list) =>
      why(a!, b!, list, given)
    );
    assertEquals(answerOf(other!, false), answerOf(one!, false));
  });
});

test("property: every number in an answer is one", () => {
  check(([a, b, ...others], given) => {
    const { sentence, next, metric, suspects } = why(a!, b!, others, given);
    const text = [sentence, next?.why, next?.command].join("\n")
      // The points of the two runs are quoted as they are.
      .replaceAll(/\(\S+ -> \S+\)/g, "");
    assert(!/\bNaN\b|undefined|Infinity/.test(text), text);
    const ps = [metric?.test?.p, ...suspects.map(({ p }) => p)];
    assert(ps.every((p) => p === undefined || (p >= 0 && p <= 1)), ps.join());
    assert(suspects.every(({ effect = 0 }) => Number.isFinite(effect)));
    assert((metric?.test?.detectable ?? 1) > 0);
  });
});
