/** Plots of searches: whatever the search is, a drawing has no overlapping texts and nothing outside of it. */
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import {
  type PlotParameter,
  type PlotTrial,
  SEARCH_PLOTS,
  type SearchPlot,
  type SearchPlotData,
  searchSvg,
  searchText,
} from "../../plot/mod.ts";
import { widthOf } from "../../internal/text_width.ts";

/** A parameter of numbers. */
const number = (name: string, low: number, high: number, log = false) => ({
  ...{ name, low, high, log, choices: [] },
});

const choice = (name: string, ...choices: string[]) => ({
  ...{ name, low: 0, high: choices.length - 1, log: false, choices },
});

const PARAMETERS: readonly PlotParameter[] = [
  number("lr", 1e-7, 1, true),
  number("model.encoder.attention.dropoutProbability", 0, 0.5),
  number("seedOfTheInitialization", 0, 2 ** 40),
  choice("act", "relu", "tanh"),
  choice(
    "activationFunctionName",
    ...["rectified linear unit", "gaussian error linear unit", "tanh", "swish"],
    ...["softplus", "sigmoid"],
  ),
  choice("many", ...Array.from({ length: 60 }, (_, i) => `choice ${i}`)),
];

interface Drawn {
  readonly parameters: readonly PlotParameter[];
  readonly results: readonly (number | undefined)[];
  readonly objectives: number;
}

/** A search whose trials have these results; the first has the first one, and so on. */
function searchOf({ parameters, results, objectives }: Drawn): SearchPlotData {
  const finite = results.filter((one) => one !== undefined);
  return {
    objectives: Array.from({ length: objectives }, (_, i) => ({
      name: `metric ${i}`,
      mode: i === 0 ? "min" : "max",
    })),
    parameters,
    trials: results.map((result, trial): PlotTrial => ({
      trial,
      values: parameters.map(({ low, high, choices }, i) =>
        choices.length > 0
          ? trial % choices.length
          : (trial + i) % 5 === 4
          ? undefined
          : low + (high - low) * (trial % 7) / 6
      ),
      results: result === undefined
        ? []
        : Array.from({ length: objectives }, (_, i) => result * (i + 1)),
      kind: trial === 0 ? "best" : trial % 3 === 0 ? "infeasible" : "other",
    })),
    progress: finite.map((value, i) => ({ spent: i + 1, value })),
    spent: finite.length,
    rungs: results.length === 0 ? [] : [
      { bracket: 0, rung: 0, fidelity: 1, entered: results.length, ended: 1 },
      { bracket: 0, rung: 1, fidelity: 0.1 + 0.2, entered: 1, ended: 0 },
    ],
    importance: [{
      title: "share of the differences in metric 0",
      parameters: parameters.map(({ name }, i) => ({
        ...{ path: name, share: 1 / (i + 1), spread: 0.3 },
      })),
      notes: ["a note that is long ".repeat(12)],
    }],
  };
}

const DRAWN: fc.Arbitrary<Drawn> = fc.record({
  parameters: fc.subarray([...PARAMETERS]),
  objectives: fc.integer({ min: 1, max: 5 }),
  results: fc.oneof(
    fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      nil: undefined,
    })),
    fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true })),
    fc.constantFrom([], [0], [undefined], [7, 7, 7], [1e-300, 1e300]),
    // Results that differ in their last digits only.
    fc.constant([123456.00000001, 123456.00000002, 123456.00000005]),
    fc.constant([999999999.9999986, 999999999.9999985]),
  ),
});

/** The place of a text, in a font that is about as wide as those of browsers. */
interface Place {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly base: number;
}

/** Reads the texts and their places, with those of the groups that they are in. */
function placesOf(svg: string): Place[] {
  const places: Place[] = [];
  const groups: [x: number, y: number][] = [[0, 0]];
  for (const line of svg.split("\n")) {
    const group = /^<g transform="translate\((\S+) (\S+)\)">$/.exec(line);
    const [x, y] = groups.at(-1)!;
    if (group) groups.push([x + Number(group[1]), y + Number(group[2])]);
    else if (line === "</g>") groups.pop();
    const text =
      /^<text x="(\S+)" y="(\S+)" text-anchor="(\w+)"[^>]*>(.*)<\/text>$/
        .exec(line);
    if (!text) continue;
    const words = text[4]!.replace(/&\w+;/g, "&");
    const width = widthOf(words) * 7.4;
    const shift = { start: 0, middle: width / 2, end: width }[text[3]!]!;
    const left = x + Number(text[1]) - shift;
    places.push({
      text: words,
      left,
      right: left + width,
      base: y + Number(text[2]),
    });
  }
  return places;
}

test("searchSvg: texts neither overlap nor leave the drawing, and each number has a place", () => {
  fc.assert(
    fc.property(DRAWN, (drawn) => {
      const svg = searchSvg(searchOf(drawn), SEARCH_PLOTS, { title: "s" });
      assert(!/NaN|Infinity|undefined/.test(svg), "a number has no place");
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
      const places = placesOf(svg);
      for (const { text, left, right, base } of places) {
        assert(left >= 0 && right <= Number(width), `cut: ${text}`);
        assert(base >= 10 && base <= Number(height), `cut: ${text}`);
      }
      places.sort((a, b) => a.base - b.base);
      places.forEach((one, i) => {
        for (const other of places.slice(i + 1)) {
          if (other.base - one.base >= 11) break;
          const isApart = one.right <= other.left || other.right <= one.left;
          assert(isApart, `overlap: ${one.text} and ${other.text}`);
        }
      });
    }),
    {
      // The best trial has an infinite result: twice its first one.
      examples: [[{ parameters: [], objectives: 2, results: [1e308, 0, 1] }]],
    },
  );
});

test("searchText: lines fit the terminal, whatever the search is", () => {
  const widths = fc.integer({ min: 60, max: 120 });
  fc.assert(fc.property(DRAWN, widths, (drawn, width) => {
    for (const plot of SEARCH_PLOTS) {
      const lines = searchText(searchOf(drawn), plot, { width })
        .map((line) => line.map(({ text }) => text).join(""));
      for (const line of plot === "importance" ? lines.slice(0, 1) : lines) {
        assert(widthOf(line) <= width, `${plot}: ${line}`);
        assert(!/NaN|undefined/.test(line), line);
      }
    }
  }));
});

const trial = (
  number: number,
  results: readonly number[],
  kind: PlotTrial["kind"],
): PlotTrial => ({ trial: number, values: [], results, kind });

const FRONT: SearchPlotData = {
  ...searchOf({ parameters: [], results: [], objectives: 2 }),
  objectives: [{ name: "loss", mode: "min" }, { name: "recall", mode: "max" }],
  trials: [
    trial(0, [1, 0.2], "best"),
    trial(1, [3, 0.6], "best"),
    trial(2, [5, 1], "best"),
    trial(3, [4, 0.2], "other"),
    trial(4, [1.5, 0.9], "infeasible"),
  ],
};

test("searchSvg: the line of the front passes its trials, and no other trial is on its better side", () => {
  const svg = searchSvg(FRONT, ["front"], { title: "s" });
  const [, text] = /<polyline points="([^"]*)"[^>]*stroke="#d55e00"/.exec(svg)!;
  const corners = text!.split(" ").map((one) => one.split(",").map(Number));
  // Right is worse for the loss, and up (a smaller number) is better for the recall.
  const xs = corners.map(([x]) => x!);
  const ys = corners.map(([, y]) => y!);
  assertEquals(xs, xs.toSorted((a, b) => a - b));
  assertEquals(ys, ys.toSorted((a, b) => b - a));
  // From one trial to the next: first to the greater loss, then to the greater recall.
  assertEquals([xs[1], ys[1]], [xs[2], ys[0]]);
  assertEquals(corners.length, 5);
  assertEquals(svg.match(/<circle [^>]*fill="#d55e00"/g)!.length, 3 + 1);
  assertStringIncludes(svg, "recall (max)");
  assertStringIncludes(svg, "loss (min)");
  assertStringIncludes(svg, "trials that violate constraints");
});

test("searchSvg, searchText: a plot that has nothing to draw says why", () => {
  const one = searchOf({ parameters: [], results: [1], objectives: 1 });
  const none = searchOf({ parameters: [], results: [], objectives: 1 });
  const cases: readonly [SearchPlotData, SearchPlot, string][] = [
    [FRONT, "best", "several objectives have no best result"],
    [one, "front", "one objective has no front"],
    [none, "best", "no result to draw"],
    [none, "parallel", "no result to draw"],
    [none, "rungs", "no result to draw"],
  ];
  for (const [data, plot, reason] of cases) {
    assertStringIncludes(searchSvg(data, [plot], { title: "s" }), reason);
    const text = searchText(data, plot).flat().map(({ text }) => text).join();
    assertStringIncludes(text, reason);
  }
});

test("searchSvg: names are escaped", () => {
  const data = searchOf({
    parameters: [number(`<script>"&`, 0, 1)],
    results: [1, 2],
    objectives: 1,
  });
  const svg = searchSvg(data, SEARCH_PLOTS, { title: "<b>&" });
  assert(!/<script|<b>/.test(svg));
  assertStringIncludes(svg, "&lt;script&gt;");
});
