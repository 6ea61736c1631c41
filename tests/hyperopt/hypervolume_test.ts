import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { hypervolume, SearchUsageError } from "@ato/ato/hyperopt";
import { crowdingOf, frontsOf } from "../../hyperopt/objectives/_fronts.ts";
import { dominates, rankedLoss } from "../../hyperopt/objectives/_score.ts";

/** What `_pymoo_facts.py` wrote. */
interface Fact {
  readonly losses: readonly number[][];
  readonly reference: readonly number[];
  readonly hypervolume: number;
  readonly fronts: readonly number[][];
  /** The first front, without repetitions. */
  readonly first: readonly number[][];
  /** Its crowding distances, summed over the objectives; `null` for infinite ones. */
  readonly crowding: readonly (number | null)[] | null;
}

const FACTS: readonly Fact[] = JSON.parse(
  readFileSync(new URL("./_pymoo_facts.json", import.meta.url), "utf8"),
);

for (const { losses, reference, ...fact } of FACTS) {
  const what = `${losses.length} results of ${reference.length} objectives`;

  test(`hypervolume: ${what} have the volume that pymoo and Optuna compute`, () => {
    assertAlmostEquals(hypervolume(losses, reference), fact.hypervolume, 1e-12);
  });

  test(`frontsOf: ${what} have the fronts of pymoo`, () => {
    const scores = losses.map((one) => ({ losses: one, violation: 0 }));
    assertEquals(frontsOf(scores), fact.fronts);
  });

  if (fact.crowding === null) continue;
  test(`crowdingOf: the first front of ${what} has the distances of pymoo`, () => {
    const distances = crowdingOf(fact.first);
    fact.crowding!.forEach((distance, index) => {
      const own = distances[index]!;
      if (distance === null) assertEquals(own, Infinity);
      else assertAlmostEquals(own, distance, 1e-12);
    });
  });
}

const POINTS = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(
    fc.array(fc.integer({ min: 0, max: 6 }), {
      minLength: objectives,
      maxLength: objectives,
    }),
    { minLength: 1, maxLength: 8 },
  )
);

test("hypervolume: it is the number of unit cubes that some result covers", () => {
  fc.assert(fc.property(POINTS, (points) => {
    const reference = points[0]!.map(() => 5);
    let cubes: number[][] = [[]];
    for (let i = 0; i < reference.length; i++) {
      cubes = cubes.flatMap((cube) => [0, 1, 2, 3, 4].map((x) => [...cube, x]));
    }
    const covered = cubes.filter((cube) =>
      points.some((point) => point.every((x, i) => x <= cube[i]!))
    );
    assertEquals(hypervolume(points, reference), covered.length);
  }));
});

test("hypervolume: a result that another one dominates adds nothing, and one that none dominates adds something", () => {
  fc.assert(fc.property(POINTS, (points) => {
    const reference = points[0]!.map(() => 7);
    const [added, ...others] = points;
    const gain = hypervolume(points, reference) -
      hypervolume(others, reference);
    const isCovered = others.some((one) =>
      one.every((x, i) => x <= added![i]!)
    );
    assertEquals(gain > 0, !isCovered);
  }));
});

test("hypervolume: no result has no volume, and a point of another length is refused", () => {
  assertEquals(hypervolume([], [1, 1]), 0);
  for (const point of [[1], [1, NaN], "ab" as never]) {
    assertThrows(
      () => hypervolume([point], [4, 4]),
      SearchUsageError,
      "give one number for each objective",
    );
  }
});

const SCORES = fc.array(
  fc.record({
    losses: fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
    ),
    violation: fc.constantFrom(0, 0, 0, 1, 2.5),
  }),
  { maxLength: 20 },
);

test("frontsOf: each result is in one front, no front holds a dominated one, and each is dominated from the front before", () => {
  fc.assert(fc.property(SCORES, (scores) => {
    const fronts = frontsOf(scores);
    assertEquals(
      fronts.flat().sort((a, b) => a - b),
      scores.map((_, index) => index),
    );
    const isBetter = (one: number, other: number) => {
      const [a, b] = [scores[one]!, scores[other]!];
      if (a.violation !== b.violation) return a.violation < b.violation;
      return a.violation === 0 && dominates(a.losses, b.losses);
    };
    fronts.forEach((front, place) => {
      for (const one of front) {
        assert(!front.some((other) => isBetter(other, one)));
        const before = fronts[place - 1];
        if (before) assert(before.some((other) => isBetter(other, one)));
      }
    });
  }));
});

test("rankedLoss: feasible results rank by their loss, and before all others, which rank by their violation", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  const violation = fc.oneof(
    fc.constant(0),
    fc.double({
      min: Number.MIN_VALUE,
      max: Number.MAX_VALUE,
      noNaN: true,
    }),
  );
  const score = fc.record({ losses: fc.tuple(finite), violation });
  fc.assert(fc.property(score, score, (one, other) => {
    const difference = rankedLoss(one) - rankedLoss(other);
    assert(Number.isFinite(rankedLoss(one)));
    if (one.violation === 0 && other.violation === 0) {
      const greatest = Math.max(
        Math.abs(one.losses[0]),
        Math.abs(other.losses[0]),
      );
      if (greatest > 1e300) return;
      assertEquals(
        Math.sign(difference),
        Math.sign(Math.sign(one.losses[0] - other.losses[0])),
      );
    } else if (one.violation === 0) assert(difference < 0);
    else if (one.violation > other.violation * (1 + 1e-10)) {
      assert(difference > 0);
    }
  }));
});
