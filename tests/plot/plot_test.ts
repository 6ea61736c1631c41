/** Plots as data: what a terminal, a page or a file shows. */
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  barPlot,
  type PlotSeries,
  rangeOf,
  readSeries,
  sparkline,
  SVG_MARK,
  svgPlot,
  terminalPlot,
} from "../../plot/mod.ts";

function series(label: string, ...values: number[]): PlotSeries {
  return {
    label,
    bins: values.map((last, step) => ({
      firstStep: step,
      lastStep: step,
      min: Number.isFinite(last) ? last : undefined,
      max: Number.isFinite(last) ? last : undefined,
      last,
      count: 1,
    } as PlotSeries["bins"][number])),
  };
}

const textOf = (line: readonly { readonly text: string }[]) =>
  line.map(({ text }) => text).join("");

test("readSeries: returns no curves if there is no run", async () => {
  assertEquals(await readSeries([], "loss", 10), []);
});

test("terminalPlot: neighbours of one style are one span, and rows end with a dot", () => {
  const curves = [series("up", 0, 1, 2, 3), series("down", 3, 2, 1, 0)];
  const lines = terminalPlot(curves, {
    title: "loss",
    width: 40,
    color: true,
  });
  assertEquals(lines[0], [{ text: "loss", style: "bold" }]);
  for (const line of lines) {
    assert([...textOf(line)].length <= 40, textOf(line));
    line.forEach(({ style }, i) => {
      assert(i < 2 || style !== line[i - 1]!.style, "spans are merged");
    });
  }
  const styles = new Set(
    lines.flatMap((line) => line.map(({ style }) => style)),
  );
  assertEquals([...styles].sort(), ["bold", "cyan", "yellow", undefined]);
  assertEquals(lines.slice(-2).map(textOf), ["  ━━ up", "  ━━ down"]);
});

test("terminalPlot: without colours the curves are letters", () => {
  const curves = [series("up", 0, 3), series("down", 3, 0)];
  const lines = terminalPlot(curves, { title: "loss", width: 40 });
  assertEquals(lines.slice(1).flat().filter(({ style }) => style), []);
  assertEquals(lines.slice(-2).map(textOf), ["  a up", "  b down"]);
});

test("terminalPlot: a curve without a finite value says so", () => {
  const lines = terminalPlot([series("x", NaN)], { title: "loss" });
  assertEquals(lines.map(textOf), ["loss", "(no finite value to draw)"]);
});

/** Values that differ only behind their sixth digit, or by their last bit. */
const CLOSE: readonly (readonly [number, number])[] = [
  [0.1234567, 0.1234571],
  [-5.0000002, -5.0000001],
  [999999999.9999985, 999999999.9999986],
  [5e-324, 1e-323],
  [1, 1 + Number.EPSILON],
  [Number.MAX_VALUE * (1 - Number.EPSILON), Number.MAX_VALUE],
];

test("terminalPlot, svgPlot: values that are close are told apart by their distance from a round one", () => {
  for (const [low, high] of CLOSE) {
    for (const log of [false, true]) {
      if (log && low <= 0) continue;
      const options = { title: "loss", log, width: 60 };
      const [head, ...lines] = terminalPlot([series("x", low, high)], options)
        .map(textOf);
      const labels = lines.flatMap((line) =>
        line.includes("┤") ? [line.split("┤")[0]!.trim()] : []
      );
      assert(labels.length > 0, `${low}`);
      assertEquals(new Set(labels).size, labels.length, labels.join());
      for (const line of lines) assert(line.length <= 60, line);
      const svg = svgPlot([series("x", low, high)], options);
      const texts = [...svg.matchAll(/text-anchor="end"[^>]*>([^<]*)</g)]
        .map(([, text]) => text);
      assertEquals(new Set(texts).size, texts.length, texts.join());
      assertStringIncludes(svg, `>${head}</text>`);
    }
  }
  const [head] = terminalPlot([series("x", ...CLOSE[0]!)], { title: "loss" });
  assertEquals(textOf(head!), "loss - 0.123457");
  const [plain] = terminalPlot([series("x", 1, 2)], { title: "loss" });
  assertEquals(textOf(plain!), "loss");
});

test("rangeOf: a logarithmic scale leaves out what is not above 0", () => {
  assertEquals(rangeOf([series("x", -1, 0, 5)], true)?.y, [5, 5]);
  assertEquals(rangeOf([series("x", -1, 0, 5)], false)?.y, [-1, 5]);
  assertEquals(rangeOf([series("x", -1)], true), undefined);
});

test("svgPlot: carries the mark, and escapes its texts", () => {
  const svg = svgPlot([series("<b>", 1, 2)], { title: "a & b" });
  assertStringIncludes(svg, SVG_MARK);
  assertStringIncludes(svg, "&lt;b&gt;");
  assertStringIncludes(svg, "<title>a &amp; b</title>");
});

test("svgPlot: the greatest numbers have places, and on a logarithmic scale a band from below 0 reaches the lower end", () => {
  const most = Number.MAX_VALUE;
  const points = (log: boolean) => {
    const { label, bins } = series("loss", 1, 1e308);
    const wide = { ...bins[1]!, min: -most, max: most };
    const svg = svgPlot([{ label, bins: [bins[0]!, wide] }], {
      title: "loss",
      log,
    });
    return [...svg.matchAll(/points="([^"]*)"/g)].map(([, text]) => text);
  };
  assertEquals(points(false), [
    "80,220 780,40 780,400 80,220",
    "80,220 780,119.87",
  ]);
  assertEquals(points(true), [
    "80,400 780,40 780,400 80,400",
    "80,400 780,40.3",
  ]);
});

test("sparkline: one character per bin, a cross for what is not finite", () => {
  assertEquals(sparkline(series("x", 0, NaN, 7).bins), "▁×█");
  assertEquals(sparkline(series("x", 2, 2).bins), "▄▄");
});

test("barPlot: bars have one scale and fit into the terminal", () => {
  const bars = [
    { label: "lr", share: 1, text: "1.00" },
    { label: "model.dropout", share: 0.5, text: "0.50" },
    { label: "b", share: 0, text: "0.00" },
  ];
  const draw = (width?: number) =>
    barPlot(bars, { title: "shares", ...(width !== undefined && { width }) })
      .map(textOf);
  assertEquals(draw(), [
    "shares",
    `lr            ${"█".repeat(40)} 1.00`,
    `model.dropout ${"█".repeat(20)}${" ".repeat(20)} 0.50`,
    `b             ${" ".repeat(40)} 0.00`,
  ]);
  assertEquals(draw(18), [
    "shares",
    "lr      █████ 1.00",
    "model.… ██▌   0.50",
    "b             0.00",
  ]);
  assertEquals(barPlot([], { title: "none" }).map(textOf), [
    "none",
    "(nothing to draw)",
  ]);
});

test("barPlot: shares out of range fill no more than the bar, and NaN is no bar", () => {
  const shares = [7, -1, NaN].map((share) => ({ label: "x", share, text: "" }));
  const lines = barPlot(shares, { title: "" }).map(textOf);
  assertEquals(lines.slice(1).map((line) => line.slice(2).trimEnd()), [
    "█".repeat(40),
    "",
    "×",
  ]);
});
