/** The parts of charts that need no browser. */
import { test } from "node:test";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CurveReply } from "../../dashboard/api_types.ts";
import { chartCsv } from "../../dashboard/page/files/chart_csv.ts";
import {
  aroundPlace,
  placesIn,
} from "../../dashboard/page/pages/history/range.ts";
import {
  atStep,
  atStepText,
  partingOf,
  partingText,
} from "../../dashboard/page/pages/why/parting.ts";
import { plotted } from "../../dashboard/page/parts/chart_data.ts";
import { pointNear } from "../../dashboard/page/parts/chart_points.ts";
import { chartText } from "../../dashboard/page/parts/chart_text.ts";
import { lineOf } from "../../dashboard/page/parts/curve_lines.ts";
import { smooth, smoothAt } from "../../dashboard/page/parts/smooth.ts";
import { brief, shown } from "../../dashboard/page/text.ts";

type Values = readonly (number | null)[];

/** A curve of points; with `isPoints: false`, one whose parts stand for ten points each. */
function curve(
  last: Values,
  { steps = last.map((_, i) => i), isPoints = true, count = last.length }:
    Partial<Pick<CurveReply, "steps" | "isPoints" | "count">> = {},
): CurveReply {
  return {
    metric: "loss",
    count,
    isPoints,
    steps,
    min: last,
    max: last,
    last,
    nonfinite: steps.filter((_, i) => last[i] === null),
  };
}

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("smoothing: a part of a curve has the line of the whole curve, wherever the window is", () =>
  fc.assert(fc.property(
    fc.array(fc.option(finite), { minLength: 1, maxLength: 60 }),
    fc.nat(59),
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    (values, from, weight) => {
      const whole = curve(values);
      const part = curve(values.slice(from), {
        steps: whole.steps.slice(from),
      });
      const line = { label: "loss", colour: 0, started: undefined };
      const query = { axis: "step", weight } as const;
      const all = lineOf({ curve: whole }, line, {
        ...query,
        range: undefined,
      }).smooth;
      const shownPart = lineOf({ curve: part, whole }, line, {
        ...query,
        range: { from, to: values.length },
      }).smooth;
      assertEquals(shownPart, all?.slice(from));
    },
  )));

test("smoothing: a part is not smoothed before the whole curve is there", () => {
  const part = curve([1, 2], { steps: [5, 6] });
  const { smooth } = lineOf({ curve: part }, {
    label: "loss",
    colour: 0,
    started: undefined,
  }, { axis: "step", weight: 0.9, range: { from: 5, to: 6 } });
  assertEquals(smooth, undefined);
});

test("smoothAt: between parts it is on the straight line, and beside them as the nearest one", () => {
  const whole = { steps: [10, 20, 30], values: [1, null, 3] };
  assertEquals(smoothAt(whole, [0, 10, 15, 25, 30, 99]), [
    1,
    1,
    1.5,
    2.5,
    3,
    3,
  ]);
  assertEquals(smoothAt({ steps: [1], values: [null] }, [1, 2]), [null, null]);
  assertAlmostEquals(smooth([1, 2], 0.6)[1]!, 1.625, 1e-12);
});

for (
  const [name, a, b, text] of [
    [
      "the same points",
      curve([1, 2, 3]),
      curve([1, 2, 3]),
      "The values are the same at all 3 steps that both runs have.",
    ],
    [
      "points that differ later",
      curve([1, 2, 3]),
      curve([1, 2, 4]),
      "The values first differ at step 2; at the 2 common steps before it they are the same.",
    ],
    [
      "points that differ at once",
      curve([1, 2]),
      curve([5, 2]),
      "The values differ at step 0, the first step that both runs have.",
    ],
    [
      "steps that only one run has",
      curve([1, 9, 3], { steps: [0, 1, 2] }),
      curve([1, 4], { steps: [0, 2] }),
      "The values first differ at step 2; at the common step before it they are the same.",
    ],
    [
      "a step that was logged twice: the last value counts",
      curve([9, 1, 2], { steps: [0, 0, 1] }),
      curve([1, 7, 2], { steps: [0, 1, 1] }),
      "The values are the same at all 2 steps that both runs have.",
    ],
    [
      "parts of many points: a difference before may be hidden in them",
      curve([1, 2, 3], { isPoints: false, count: 30 }),
      curve([1, 2, 4], { isPoints: false, count: 30 }),
      "The values differ at step 2; whether they differ before is not known, because not every value was compared.",
    ],
    [
      "equal parts of many points: their points may differ",
      curve([1, 2], { isPoints: false, count: 20 }),
      curve([1, 2], { isPoints: false, count: 20 }),
      "At the 2 common steps that were read, no difference was found; not every value was compared.",
    ],
    [
      "values that are not finite: NaN and Infinity look alike",
      curve([1, null]),
      curve([1, null]),
      "At the 2 common steps that were read, no difference was found; not every value was compared.",
    ],
    [
      "no common step",
      curve([1], { steps: [1] }),
      curve([1], { steps: [2] }),
      "The two runs have no step in common at which both values were read.",
    ],
  ] as const
) {
  test(`parting: ${name}`, () =>
    assertEquals(partingText(partingOf(a, b)), text));
}

test("parting: what is said to be the first difference is one, and no common step before it differs", () =>
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(9), fc.nat(2)), { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(9), fc.nat(2)), { maxLength: 12 }),
    (left, right) => {
      const [one, other] = [left, right].map((pairs) => new Map(pairs));
      const made = [one!, other!].map((map) => {
        const steps = [...map.keys()].sort((a, b) => a - b);
        return curve(steps.map((step) => map.get(step)!), { steps });
      });
      const found = partingOf(made[0]!, made[1]!);
      const common = [...one!.keys()].filter((step) => other!.has(step));
      const differing = common.filter((step) =>
        one!.get(step) !== other!.get(step)
      ).sort((a, b) => a - b);
      assertEquals(
        found.kind === "differ" ? found.step : undefined,
        differing[0],
      );
      if (found.kind === "none") assertEquals(common, []);
    },
  )));

for (
  const [a, b, text] of [
    [[0.5], [0.75], "At step 3: 0.5 → 0.75, a difference of +0.25."],
    [[0.75], [0.5], "At step 3: 0.75 → 0.5, a difference of -0.25."],
    [[1], [1], "At step 3: 1 → 1, the same."],
    [[1], [], "At step 3: run 8 logged no value."],
    [[], [], "At step 3: run 7 and run 8 logged no value."],
    [[null], [1], "At step 3: not finite → 1."],
    // The same step twice: the value that was logged last counts.
    [[9, 1], [2], "At step 3: 1 → 2, a difference of +1."],
  ] as const
) {
  test(`at a step: ${text}`, () => {
    const of = (values: Values) =>
      curve(values, { steps: values.map(() => 3) });
    assertEquals(atStepText(atStep(3, [of(a), of(b)]), [7, 8]), text);
  });
}

test("chartText: says how long a curve is, where it ends, and its extremes", () => {
  const line = (one: CurveReply) => ({ label: "loss", colour: 0, curve: one });
  assertEquals(
    chartText([line(curve([3, 1, 2]))]),
    "loss: 3 points, from step 0 to step 2, last 2, least 1 at step 1, greatest 3 at step 0",
  );
  assertEquals(
    chartText([line(curve([4]))]),
    "loss: 1 point, at step 0, last 4",
  );
  assertEquals(chartText([line(curve([]))]), "loss: no points");
  // Of parts the exact steps are not known.
  assertEquals(
    chartText([
      line(curve([3, null], { steps: [9, 19], isPoints: false, count: 20 })),
    ]),
    "loss: 20 points, up to step 19, last not finite, least 3 near step 9, greatest 3 near step 9, values that are not finite near step 19",
  );
  const many = Array.from({ length: 14 }, () => line(curve([1])));
  assertEquals(chartText(many).split(". ").at(-1), "2 more curves");
});

test("pointNear: the nearest step, of the line that is nearest there", () => {
  const lines = [[1, 1, 1], [5, 5, null]].map((values, colour) =>
    plotted({ label: `${colour}`, colour, curve: curve(values) })
  );
  const places = {
    valueAt: (left: number) => left / 10,
    topOf: (value: number) => value * 10,
  };
  const near = (left: number, top: number) =>
    pointNear(lines, places, { left, top });
  assertEquals(near(9, 12), { line: 0, step: 1, value: 1 });
  assertEquals(near(9, 48), { line: 1, step: 1, value: 5 });
  assertEquals(near(20, 48), { line: 0, step: 2, value: 1 });
  assertEquals(pointNear([], places, { left: 0, top: 0 }), undefined);
});

test("chartCsv: a row for each part of each curve, with the smoothed value where there is one", () => {
  const lines = [plotted({
    label: "loss",
    colour: 0,
    curve: curve([1, null]),
    smooth: [1, null],
  })];
  assertEquals(chartCsv(lines), [
    ["curve", "step", "last", "min", "max", "smoothed"],
    ["loss", 0, 1, 1, 1, 1],
    ["loss", 1, null, null, null, null],
  ]);
});

const points = [2, 3, 5, 9].map((id) => ({
  id,
  name: null,
  status: "completed",
  started: id,
  value: 1,
}));

for (
  const [range, first, last] of [
    [undefined, 0, 3],
    [{ from: 3, to: 5 }, 1, 2],
    // Runs that are not there, as in an old link.
    [{ from: 4, to: 8 }, 2, 2],
    [{ from: 1, to: 99 }, 0, 3],
    [{ from: 9, to: 2 }, 0, 3],
    [{ from: 100, to: 200 }, 0, 3],
  ] as const
) {
  test(`history: the runs of ${JSON.stringify(range)} are at ${first} to ${last}`, () =>
    assertEquals(placesIn(points, range), { first, last }));
}

test("history: zooming in by keyboard keeps the run in sight, and zooming out ends with all", () => {
  const all = placesIn(points, undefined);
  assertEquals(aroundPlace(points, all, 0, 0.5), { from: 2, to: 3 });
  assertEquals(aroundPlace(points, { first: 0, last: 1 }, 0, 2), {
    from: 2,
    to: 3,
  });
  assertEquals(aroundPlace(points, { first: 0, last: 2 }, 1, 3), undefined);
});

test("shown: joined pictures are one sign; what joins other letters is made visible", () => {
  assertEquals(shown("👩‍👩‍👧‍👦 ok 🏳️‍🌈"), "👩‍👩‍👧‍👦 ok 🏳️‍🌈");
  assertEquals(shown("a\u200db"), "a\\u200db");
  assertEquals(shown("👩\u200d\u202e"), "👩\\u200d\\u202e");
  assertEquals(shown("👩‍🔬\u202ex"), "👩‍🔬\\u202ex");
});

test("brief: a long name is cut between letters", () => {
  assertEquals(brief("x".repeat(120)), "x".repeat(120));
  assertEquals(brief("🚀".repeat(121)), `${"🚀".repeat(120)}…`);
});
