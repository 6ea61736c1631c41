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
function colours(parent: HTMLElement): (name: string) => string {
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
  const { isLog, height = 260, syncKey, axis: kind = "step" } = drawn.props;
  const colour = colours(parent);
  const axis: uPlot.Axis = {
    stroke: colour("--text-weak"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  const ticked = (name: "x" | "y", write: (all: number[]) => string[]) =>
  (
    _plot: uPlot,
    places: number[],
  ) => {
    const texts = write(places);
    drawn.ticks[name] = { places, texts };
    return texts;
  };
  const firsts = firstLists(drawn.lines);
  return {
    width: Math.max(1, parent.clientWidth),
    height,
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
      bind: {
        dblclick: () => () => {
          drawn.props.onRange?.(undefined);
          return null;
        },
      },
    },
    scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
    axes: [
      {
        ...axis,
        space: kind === "step" ? 70 : 90,
        values: ticked("x", (all) => tickTexts(all, kind)),
      },
      {
        ...axis,
        size: 64,
        values: ticked(
          "y",
          (all) => all.map((value) => value === null ? "" : compact(value)),
        ),
      },
    ],
    series: [{}, ...drawn.lines.flatMap((line) => seriesOf(line, colour))],
    bands: drawn.lines.map((line, i) => ({
      series: [(firsts[i] ?? 0) + 1, firsts[i] ?? 0],
      fill: `${colour(`--curve-${line.colour}`)}38`,
    })),
    hooks: {
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
    },
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

/** Draws a cross at the bottom for each part that has values that are not finite. */
function markLost(
  chart: uPlot,
  lines: readonly PlottedLine[],
  stroke: string,
): void {
  const { ctx, bbox, scales: { x: scale } } = chart;
  const size = 4 * devicePixelRatio;
  const y = bbox.top + bbox.height - 2 * size;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  for (const x of lines.flatMap(({ marks }) => marks)) {
    if (x < (scale?.min ?? x) || x > (scale?.max ?? x)) continue;
    const at = chart.valToPos(x, "x", true);
    ctx.moveTo(at - size, y - size);
    ctx.lineTo(at + size, y + size);
    ctx.moveTo(at + size, y - size);
    ctx.lineTo(at - size, y + size);
  }
  ctx.stroke();
  ctx.restore();
}

function seriesOf(
  line: PlottedLine,
  colour: (name: string) => string,
): uPlot.Series[] {
  const stroke = colour(`--curve-${line.colour}`);
  // Edges of their own, because a band that is one pixel wide can hardly be seen.
  const edge: uPlot.Series = {
    stroke: `${stroke}90`,
    spanGaps: true,
    width: 1,
    points: { show: false },
  };
  const last: uPlot.Series = {
    label: line.label,
    stroke: line.smooth === undefined ? stroke : `${stroke}60`,
    width: 1.5,
    spanGaps: true,
    points: { size: 4 },
  };
  const smooth: uPlot.Series = {
    label: `${line.label}, smoothed`,
    stroke,
    width: 2,
    spanGaps: true,
    points: { show: false },
  };
  return line.smooth === undefined
    ? [edge, edge, last]
    : [edge, edge, last, smooth];
}
