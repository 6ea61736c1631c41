/**
 * The statistics of `why`, against values that SciPy 1.17 computes.
 */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { tCdf, tCritical, tTwoSided } from "../../why/stats/t.ts";
import {
  detectableOf,
  intervalOf,
  isEquivalent,
  oneAgainst,
  paired,
  pOf,
  runsToDetect,
  welch,
} from "../../why/stats/mean_tests.ts";
import { fisherExact } from "../../why/stats/fisher.ts";
import { holm } from "../../why/stats/holm.ts";
import { momentsOf } from "../../why/stats/moments.ts";
import { permuteWithinBlocks } from "../../why/stats/permutation.ts";

function assertNear(actual: number, expected: number, text?: string): void {
  const size = Math.abs(actual - expected);
  assert(
    size <= 1e-9 * Math.max(1e-6, Math.abs(expected)),
    `${text ?? ""} ${actual} is not ${expected}`,
  );
}

test("tTwoSided: scipy.stats.t.sf", () => {
  const table = [
    [0, 1, 1],
    [0.5, 1, 0.7048327646991335],
    [2.5, 1, 0.24223788318168682],
    [2.5, 3.7, 0.07182202291182678],
    [-1.3, 9, 0.22590637267304933],
    [8, 40, 7.905084110104538e-10],
    [0.01, 1000, 0.9920232819321873],
    [4, 2.5, 0.03901297584131825],
    [30, 4, 7.352856097661319e-06],
    [1.96, 1e9, 0.049995790573729625],
    [1.96, Infinity, 0.04999579029644087],
    [Infinity, 3, 0],
  ] as const;
  for (const [t, freedom, p] of table) {
    assertNear(tTwoSided(t, freedom), p, `t=${t}`);
    assertNear(tCdf(t, freedom), t < 0 ? p / 2 : 1 - p / 2, `cdf t=${t}`);
  }
});

test("tCritical: scipy.stats.t.isf", () => {
  const table = [
    [0.05, 1, 12.706204736174705],
    [0.05, 3, 3.1824463052837086],
    [0.4, 10.5, 0.8772067700719718],
    [0.001, 7, 5.407882520861726],
    [0.9, 5, 0.1321751752316873],
    [0.05, 200, 1.9718962236339093],
    [0.05, Infinity, 1.959963984540054],
  ] as const;
  for (const [p, freedom, t] of table) {
    assertNear(tCritical(p, freedom), t, `p=${p}`);
  }
});

test("welch: scipy.stats.ttest_ind with unequal variances", () => {
  const table = [
    [[1, 2, 3, 4], [2, 3, 5, 9, 4], 0.17649567015309295, 5.961500363618126, [
      -1.2573153279527873,
      5.457315327952786,
    ]],
    [[0.5, 0.51, 0.49], [0.9, 0.7], 0.20381780171608657, 1.0066721851545268, [
      -0.9529741425029699,
      1.55297414250297,
    ]],
    [
      [1e-9, 2e-9, 1.5e-9],
      [5e-9, 6e-9, 5.5e-9],
      0.0006081849444633361,
      4,
      [2.8665210322362398e-9, 5.133478967763759e-9],
    ],
  ] as const;
  for (const [a, b, p, freedom, [low, high]] of table) {
    const estimate = welch(a, b);
    assert(estimate !== undefined);
    assertNear(pOf(estimate), p);
    assertNear(estimate.freedom, freedom);
    const interval = intervalOf(estimate, 0.05);
    assertNear(interval[0], low);
    assertNear(interval[1], high);
  }
  assertEquals(welch([1], [1, 2]), undefined);
});

test("oneAgainst, paired: scipy.stats.ttest_ind with one value, ttest_1samp", () => {
  for (
    const [sample, value, p] of [
      [[1, 2, 3, 4], 9, 0.020449683309363205],
      [[0.5, 0.51, 0.49], 0.53, 0.12168993434632014],
    ] as const
  ) {
    const estimate = oneAgainst(sample, value);
    assert(estimate !== undefined);
    assertNear(pOf(estimate), p);
  }
  for (
    const [differences, p] of [
      [[1, 2, 3, 2.5], 0.015587358121496146],
      [[-0.1, 0.2, 0.3, 0.05, 0.12], 0.16794533611983664],
    ] as const
  ) {
    const estimate = paired(differences);
    assert(estimate !== undefined);
    assertNear(pOf(estimate), p);
  }
  assertEquals(oneAgainst([1], 2), undefined);
  assertEquals(paired([1]), undefined);
});

test("fisherExact: scipy.stats.fisher_exact", () => {
  const table = [
    [0, 5, 3, 4, 0.04761904761904763],
    [1, 9, 11, 14, 0.0027594561852200836],
    [3, 3, 0, 20, 0.000564652738565782],
    [0, 4, 1, 1, 0.2],
    [5, 10, 5, 10, 1],
    [0, 19, 1, 1, 0.05],
  ] as const;
  for (const [a, ofA, b, ofB, p] of table) {
    assertNear(fisherExact(a, ofA, b, ofB), p);
  }
});

test("permuteWithinBlocks: every arrangement of one block", () => {
  const table = [
    [[1, 2, 3], [4, 5, 6], 0.1],
    [[1, 2, 5, 3], [4, 6, 2.5], 12 / 35],
    [[1, 2, 3, 4], [9, 8, 7, 12], 1 / 35],
  ] as const;
  for (const [first, second, p] of table) {
    const found = permuteWithinBlocks([{ first, second }]);
    assertNear(found?.p ?? NaN, p);
  }
});

test("permuteWithinBlocks: a difference between blocks is no difference within them", () => {
  // Pooled, the second side is larger by 4; within each block it is smaller by 1.
  const blocks = [
    { first: [10, 10.1, 9.9], second: [9, 9.1] },
    { first: [1, 1.1], second: [0, 0.1, -0.1] },
  ];
  const found = permuteWithinBlocks(blocks);
  assert(found !== undefined && found.difference < -0.8);
  assertEquals(
    permuteWithinBlocks([{ first: [1, 2, 3], second: [] }]),
    undefined,
  );
});

test("permuteWithinBlocks: of many arrangements some are drawn, always the same", () => {
  const first = Array.from({ length: 15 }, (_, k) => k % 5);
  const second = Array.from({ length: 15 }, (_, k) => k % 5 + 4);
  const found = permuteWithinBlocks([{ first, second }]);
  assert(found !== undefined && found.p < 0.001 && found.p > 0);
  assertEquals(permuteWithinBlocks([{ first, second }]), found);
});

test("holm: the least p value is corrected most, and the order is kept", () => {
  assertEquals(holm([0.25, 0.0625, 0.125]), [0.25, 0.1875, 0.25]);
  assertEquals(holm([0.0625], 4), [0.25]);
  assertEquals(holm([0.9, 0.8]), [1, 1]);
  assertEquals(holm([]), []);
});

test("momentsOf: equal values have no deviation, and neither has rounding", () => {
  assertEquals(momentsOf([0.1, 0.1, 0.1]), { n: 3, mean: 0.1, deviation: 0 });
  assertEquals(momentsOf([0.3, 0.1 + 0.2]).deviation, 0);
  assert(momentsOf([1e9, 1e9 + 1]).deviation > 0.6);
  assertEquals(momentsOf([]).n, 0);
});

test("detectableOf, runsToDetect: more runs find smaller differences", () => {
  const few = welch([1, 2, 3], [1, 2, 3]);
  const many = welch([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3]);
  assert(few !== undefined && many !== undefined);
  assert(detectableOf(few, 0.05) > detectableOf(many, 0.05));
  // The power of 17 a side is 0.807 for one standard deviation (scipy.stats.nct), that of 16 is 0.781.
  assertEquals(runsToDetect(1, 1, 0.05), 17);
  assertEquals(runsToDetect(1, 1e-6, 0.05), undefined);
});

test("isEquivalent: a wide interval shows no equality", () => {
  assert(isEquivalent({ difference: 0, error: 0.1, freedom: 20 }, 1, 0.05));
  assert(!isEquivalent({ difference: 0, error: 1, freedom: 20 }, 1, 0.05));
  assert(!isEquivalent({ difference: 0.9, error: 0.1, freedom: 20 }, 1, 0.05));
});
