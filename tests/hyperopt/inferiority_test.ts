import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import {
  judge,
  type Pair,
  poolPairs,
  quantile,
  quartileRange,
  rankMethods,
  ranks,
} from "../../bench/hyperopt/inferiority.ts";
import { joinSeeds } from "../../bench/hyperopt/curve_report.ts";

/** Regrets whose quartiles are 1 and 3. */
const REFERENCE = [0, 1, 2, 3, 4];

function shifted(by: number, wiggle = 0): Pair {
  const regrets = REFERENCE.map((regret, index) =>
    regret + by + wiggle * (index % 2 === 0 ? 1 : -1)
  );
  return { cell: `${by}`, regrets, reference: REFERENCE };
}

test("a quantile is interpolated between two values", () => {
  assertEquals(quantile([4, 1, 3, 2], 0.5), 2.5);
  assertEquals(quantile([7], 0.75), 7);
  assertEquals(quartileRange(REFERENCE), 2);
});

test("the bound of a difference by seed is that of Student's t", () => {
  const reference = [1, 2, 3, 4];
  const regrets = [1.5, 2.1, 3.3, 3.9];
  const [verdict] = judge([{ cell: "one", regrets, reference }]);
  // The differences 0.5, 0.1, 0.3, -0.1 have mean 0.2 and deviation 0.258199; t(0.95, 3) is 2.353363.
  assertAlmostEquals(verdict!.difference, 0.2, 1e-12);
  assertAlmostEquals(verdict!.upper, 0.2 + 2.353363 * 0.258199 / 2, 1e-6);
  assertAlmostEquals(verdict!.margin, 0.15, 1e-12);
  assertEquals(verdict!.outcome, "open");
});

test("without pairs, the bound has the degrees of freedom of Welch", () => {
  const pair = { cell: "one", regrets: [3, 4, 5], reference: [1, 2, 3, 4] };
  const [verdict] = judge([pair]);
  // Variances 1 / 3 and 1.6667 / 4: error 0.866025, freedom 4.959184; t(0.95) is 2.018718.
  assertAlmostEquals(verdict!.difference, 1.5, 1e-12);
  assertAlmostEquals(verdict!.upper, 1.5 + 2.018718 * 0.866025, 1e-5);
  assertThrows(
    () => judge([pair], { paired: true }),
    RangeError,
    "give the same ones",
  );
});

test("a method is not inferior, worse or open", () => {
  const outcomes = judge([
    // Better by far more than the margin of 0.2.
    shifted(-1, 0.1),
    // Within the margin, and shown to be.
    shifted(0.1, 0.01),
    // Worse than the reference for sure.
    shifted(1, 0.1),
    // Equal on the mean, but too uncertain for either.
    shifted(0, 3),
  ]).map(({ outcome }) => outcome);
  assertEquals(outcomes, ["not inferior", "not inferior", "worse", "open"]);
});

test("a bound above the margin is not taken for equal, and a correction never makes it surer", () => {
  const one = shifted(-0.7, 0.6);
  const [alone] = judge([one]);
  const [corrected] = judge([one, ...new Array(20).fill(shifted(0, 3))]);
  assert(alone!.notInferior < 0.05);
  assertEquals(alone!.outcome, "not inferior");
  assert(corrected!.notInferior > 0.05);
  assertEquals(corrected!.outcome, "open");
  assertEquals(corrected!.upper, alone!.upper);
});

test("where the reference has no range, only a method that is never worse is not inferior", () => {
  const reference = [0, 0, 0, 0, 0];
  const pair = (regrets: number[]): Pair => ({ cell: "0", regrets, reference });
  const [equal, once, always] = judge([
    pair([0, 0, 0, 0, 0]),
    pair([0, 0, 1, 0, 0]),
    pair([1, 1, 1, 1, 1]),
  ]);
  assertEquals(equal!.margin, 0);
  assertEquals(equal!.outcome, "not inferior");
  assertEquals(once!.outcome, "open");
  assertEquals(once!.seedsNeeded, Infinity);
  assertEquals(always!.outcome, "worse");
});

test("a floor is the least margin, and a greater margin is kept", () => {
  const margins = judge([
    { ...shifted(0, 3), floor: 0.5 },
    { ...shifted(0, 3), floor: 0.1 },
  ]).map(({ margin }) => margin);
  assertEquals(margins, [0.5, 0.2]);
});

test("at most one outcome can be shown, and a greater regret never makes a method look better", () => {
  const regrets = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: 3,
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      regrets,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, more) => {
        const reference = values.map((value, index) => value + index % 2);
        const [less] = judge([{ cell: "less", regrets: values, reference }]);
        const [greater] = judge([{
          cell: "greater",
          regrets: values.map((value) => value + more),
          reference,
        }]);
        assert(greater!.upper >= less!.upper - 1e-9);
        assert(greater!.notInferior >= less!.notInferior - 1e-9);
        assert(greater!.worse <= less!.worse + 1e-9);
      },
    ),
  );
});

test("the mean over tables counts each table in its own range, and leaves out those without one", () => {
  const small = { ...shifted(0.5), cell: "small" };
  const large = {
    cell: "large",
    regrets: small.regrets.map((regret) => 100 * regret),
    reference: REFERENCE.map((regret) => 100 * regret),
  };
  const none = {
    cell: "none",
    regrets: [9, 9, 9, 9, 9],
    reference: [0, 0, 0, 0, 0],
  };
  const { difference, upper, left } = poolPairs([small, large, none]);
  assertAlmostEquals(difference, 0.25, 1e-12);
  assertAlmostEquals(upper, 0.25, 1e-12);
  assertEquals(left, 1);
  assertAlmostEquals(
    poolPairs([{ ...small, scale: 1 }]).difference,
    0.5,
    1e-12,
  );
});

test("equal medians share their rank", () => {
  assertEquals(ranks([3, 1, 1, 2]), [4, 1.5, 1.5, 3]);
  const found = rankMethods([
    { ours: [1, 2, 3], theirs: [2, 3, 4] },
    { ours: [1, 5, 9], theirs: [4, 5, 6] },
  ]);
  assertEquals(found, { ours: [1, 1.5], theirs: [2, 1.5] });
});

test("seeds that follow each other are joined, each in its place", () => {
  const row = (firstSeed: number, regrets: readonly number[], more = {}) => ({
    table: "t",
    use: "tune",
    scheduler: "asha",
    sampler: "random",
    by: "Ato",
    budget: 5,
    firstSeed,
    regrets,
    ...more,
  });
  const other = row(0, [9, 9], { sampler: "bohb" });
  const peer = row(2, [8], { by: "Optuna 5.0.0" });
  const joined = joinSeeds([row(2, [3, 4]), other, peer, row(0, [1, 2])]);
  assertEquals(
    new Set(joined),
    new Set([row(0, [1, 2, 3, 4]), other, peer]),
  );
  for (const firstSeed of [1, 3]) {
    assertThrows(
      () => joinSeeds([row(0, [1, 2]), row(firstSeed, [3])]),
      RangeError,
      "give files whose seeds follow each other",
    );
  }
});
