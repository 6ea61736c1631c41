/// <reference lib="dom" />
/**
 * A chart of curves as envelopes: the band reaches from the least to the greatest value of each part, so that no
 * spike is lost at any width; the line is the last value of each part. What is not finite is marked at the bottom.
 */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { type AxisKind, compact, placeText, tickTexts } from "./chart_axis.ts";
import {
  type ChartLine,
  dataOf,
  firstLists,
  nearest,
  plotted,
  type PlottedLine,
} from "./chart_data.ts";
import { ChartFiles } from "./chart_files.tsx";
import { markLost } from "./chart_marks.ts";
import { type ColourOf, seriesOf } from "./chart_series.ts";
import { chartTip } from "./chart_tip.ts";
import { shown } from "../text.ts";
import type { AxisTicks, ChartDrawing } from "../files/chart_svg.ts";

export type { ChartLine } from "./chart_data.ts";

/** The steps that are shown. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** The chart's curves, and what it reports. */
export interface ChartProps {
  /** What it shows, for people who do not see it, and as the title of its files. */
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly isLog?: boolean;
  readonly height?: number;
  /** What the horizontal axis counts; the `xs` of the lines are in it. @default {"step"} */
  readonly axis?: AxisKind;
  /** Charts with the same name have one cursor. */
  readonly syncKey?: string;
  /** A person chose steps by dragging; `undefined` for all, by a double click. */
  onRange?(range: StepRange | undefined): void;
  /** A person chose a point of the first line, by a click or with Enter. */
  onPick?(step: number): void;
}

/** What the parts of the chart share, as it is drawn last. */
interface Drawn {
  props: ChartProps;
  lines: readonly PlottedLine[];
  plot: uPlot | undefined;
  ticks: { x: AxisTicks; y: AxisTicks };
}

const NO_TICKS: AxisTicks = { places: [], texts: [] };

/** The chart. */
export function Chart(props: ChartProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn>({
    props,
    lines: [],
    plot: undefined,
    ticks: { x: NO_TICKS, y: NO_TICKS },
  }).current;
  const { lines, isLog, height = 260, label, axis } = props;
  drawn.props = props;
  // A plot is made once for each set of lines; new points go into the one that there is.
  const shape = JSON.stringify([
    lines.map((line) => [line.label, line.colour, line.smooth !== undefined]),
    isLog,
    height,
    axis,
  ]);
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const make = () => {
      drawn.plot?.destroy();
      drawn.lines = drawn.props.lines.map(plotted);
      drawn.plot = new uPlot(
        optionsOf(parent, drawn),
        dataOf(drawn.lines),
        parent,
      );
    };
    make();
    const resize = new ResizeObserver(() => {
      const width = parent.clientWidth;
      if (width > 0 && width !== drawn.plot?.width) {
        drawn.plot?.setSize({ width, height });
      }
    });
    resize.observe(parent);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      scheme.removeEventListener("change", make);
      resize.disconnect();
      drawn.plot?.destroy();
      drawn.plot = undefined;
    };
  }, [shape]);
  useEffect(() => {
    drawn.lines = lines.map(plotted);
    drawn.plot?.setData(dataOf(drawn.lines));
  }, [lines]);
  return (
    <div class="chart-box">
      <div
        class="chart"
        role="img"
        aria-label={shown(label)}
        tabIndex={0}
        style={{ minHeight: `${height}px` }}
        ref={box}
        onKeyDown={(event) => onKey(event, drawn)}
      />
      <ChartFiles name={label} drawing={() => drawingOf(box.current, drawn)} />
    </div>
  );
}

/** What is on the screen, for files. */
function drawingOf(
  parent: HTMLElement | null,
  { plot, lines, ticks, props }: Drawn,
): ChartDrawing | undefined {
  if (plot === undefined || parent === null) return undefined;
  return { plot, lines, ticks, title: props.label, colour: colours(parent) };
}

/** The colours of the theme that is shown. */
function colours(parent: HTMLElement): ColourOf {
  const style = getComputedStyle(parent);
  return (name) => style.getPropertyValue(name).trim();
}

/** Arrows move the cursor, Enter chooses the point at it, Escape shows all steps. */
function onKey(event: KeyboardEvent, drawn: Drawn): void {
  const { plot, props } = drawn;
  if (plot === undefined || event.ctrlKey || event.metaKey) return;
  const width = plot.over.clientWidth;
  const at = Math.max(0, plot.cursor.left ?? 0);
  const move = (by: number) =>
    plot.setCursor({
      left: Math.max(0, Math.min(width, at + by)),
      top: plot.over.clientHeight / 2,
    }, true);
  const step = event.shiftKey ? width / 10 : Math.max(1, width / 100);
  if (event.key === "ArrowRight") move(step);
  else if (event.key === "ArrowLeft") move(-step);
  else if (event.key === "Enter") pick(drawn, at);
  else if (event.key === "Escape") props.onRange?.(undefined);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Reports the point of the first line that is nearest to a place of the screen. */
function pick({ plot, lines: [line], props }: Drawn, left: number): void {
  if (plot === undefined || line === undefined) return;
  const step = line.steps[nearest(line, plot.posToVal(left, "x"))];
  if (step !== undefined) props.onPick?.(step);
}

function optionsOf(parent: HTMLElement, drawn: Drawn): uPlot.Options {
  const { isLog, height = 260 } = drawn.props;
  const colour = colours(parent);
  const firsts = firstLists(drawn.lines);
  return {
    width: Math.max(1, parent.clientWidth),
    height,
    legend: { show: false },
    cursor: cursorOf(drawn),
    scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
    axes: axesOf(drawn, colour),
    series: [{}, ...drawn.lines.flatMap((line) => seriesOf(line, colour))],
    bands: drawn.lines.map((line, i) => ({
      series: [(firsts[i] ?? 0) + 1, firsts[i] ?? 0],
      fill: `${colour(`--curve-${line.colour}`)}38`,
    })),
    hooks: hooksOf(drawn, colour),
  };
}

function cursorOf(drawn: Drawn): uPlot.Cursor {
  const { syncKey } = drawn.props;
  return {
    drag: { x: true, y: false, setScale: false },
    ...(syncKey !== undefined && { sync: { key: syncKey } }),
    bind: {
      dblclick: () => () => {
        drawn.props.onRange?.(undefined);
        return null;
      },
    },
  };
}

/** The axes. What they write is kept for files. */
function axesOf(drawn: Drawn, colour: ColourOf): uPlot.Axis[] {
  const { axis: kind = "step" } = drawn.props;
  const axis: uPlot.Axis = {
    stroke: colour("--text-weak"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  // On a logarithmic scale, the places without a text are `null`.
  type Places = (number | null)[];
  const kept = (name: "x" | "y", write: (places: Places) => string[]) =>
  (
    _plot: uPlot,
    places: number[],
  ) => {
    const texts = write(places);
    drawn.ticks[name] = { places, texts };
    return texts;
  };
  const stepTexts = (places: Places) =>
    tickTexts(places.map((place) => place ?? NaN), kind);
  const valueTexts = (places: Places) =>
    places.map((place) => place === null ? "" : compact(place));
  return [
    { ...axis, space: kind === "step" ? 70 : 90, values: kept("x", stepTexts) },
    { ...axis, size: 64, values: kept("y", valueTexts) },
  ];
}

function hooksOf(drawn: Drawn, colour: ColourOf): uPlot.Hooks.Arrays {
  const { axis: kind = "step" } = drawn.props;
  return {
    ready: [(chart) => chooseByClick(chart, drawn)],
    setCursor: [chartTip({
      lines: () => drawn.lines,
      placeText: (x) => placeText(x, kind),
    })],
    draw: [(chart) => markLost(chart, drawn.lines, colour("--bad"))],
    setSelect: [(chart) => {
      const { left, width } = chart.select;
      if (width < 4) return;
      chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      const [from, to] = [
        chart.posToVal(left, "x"),
        chart.posToVal(left + width, "x"),
      ];
      const range = stepsBetween(drawn, from, to);
      if (range !== undefined) drawn.props.onRange?.(range);
    }],
  };
}

/** The steps between two places of the horizontal axis. */
function stepsBetween(
  { lines, props: { axis = "step" } }: Drawn,
  from: number,
  to: number,
): StepRange | undefined {
  if (axis === "step") return { from: Math.floor(from), to: Math.ceil(to) };
  const steps = lines.flatMap(({ xs, steps }) =>
    steps.filter((_, i) => (xs[i] ?? NaN) >= from && (xs[i] ?? NaN) <= to)
  );
  if (steps.length === 0) return undefined;
  return {
    from: steps.reduce((a, b) => Math.min(a, b)),
    to: steps.reduce((a, b) => Math.max(a, b)),
  };
}

/** A click that is no drag chooses a point. */
function chooseByClick(chart: uPlot, drawn: Drawn): void {
  let [x, y] = [0, 0];
  chart.over.addEventListener("mousedown", (event) => {
    [x, y] = [event.clientX, event.clientY];
  });
  chart.over.addEventListener("click", (event) => {
    if (Math.hypot(event.clientX - x, event.clientY - y) > 3) return;
    pick(drawn, event.clientX - chart.over.getBoundingClientRect().left);
  });
}
