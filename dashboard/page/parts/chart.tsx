/// <reference lib="dom" />
/**
 * A chart of curves as envelopes: the band reaches from the least to the greatest value of each part, so that no
 * spike is lost at any width; the line is the last value of each part. What is not finite is marked at the bottom.
 */
import type { VNode } from "preact";
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
} from "preact/hooks";
import uPlot from "uplot";
import { type AxisKind, compact, placeText, tickTexts } from "./chart_axis.ts";
import { chartCsv } from "../files/chart_csv.ts";
import { type ChartDrawing, chartSvg } from "../files/chart_svg.ts";
import type { AxisTicks } from "../files/plot_svg.ts";
import { plotPng } from "../files/plot_png.ts";
import { shown } from "../text.ts";
import {
  type ChartLine,
  dataOf,
  firstLists,
  plotted,
  type PlottedLine,
  unitOfLines,
} from "./chart_data.ts";
import { type ChartMark, markLost, markSteps } from "./chart_marks.ts";
import { type ChartMouse, followMouse } from "./chart_mouse.ts";
import { type ChartKeys, onChartKey } from "./chart_keys.ts";
import type { ChartPoint } from "./chart_points.ts";
import { seriesOf } from "./chart_series.ts";
import { chartText } from "./chart_text.ts";
import { chartTip } from "./chart_tip.ts";
import { FileButtons } from "./file_buttons.tsx";
import { axisLook, type ColourOf, coloursAt } from "./plot_theme.ts";
import { usePlot } from "./use_plot.ts";
import { valueAxis, valueScale, type ValueUnit } from "./value_scale.ts";

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
  /** Steps that are meant; they are marked where the axis counts steps. */
  readonly marks?: readonly ChartMark[];
  /** Charts with the same name have one cursor. */
  readonly syncKey?: string;
  /** Whether a part of the curves is shown, so that a double click means something. */
  readonly isZoomed?: boolean;
  /** A person chose steps by dragging; `undefined` for all, by a double click. */
  onRange?(range: StepRange | undefined): void;
  /** A person chose a point, by a click or with Enter; `undefined` if the click turned out to be a double click. */
  onPick?(point: ChartPoint | undefined): void;
  /** The mouse is near a point; `undefined` if it has left. */
  onHover?(point: ChartPoint | undefined): void;
}

/** What the parts of the chart share, as it is drawn last. */
interface Drawn {
  props: ChartProps;
  lines: readonly PlottedLine[];
  unit: ValueUnit;
  readonly ticks: { x: AxisTicks; y: AxisTicks };
}

const NO_TICKS: AxisTicks = { places: [], texts: [] };
const NO_MARKS: readonly ChartMark[] = [];

/** The chart. */
export function Chart(props: ChartProps): VNode {
  const { lines, isLog = false, height = 260, label, axis, marks = NO_MARKS } =
    props;
  const unit = useMemo(() => unitOfLines(lines, isLog), [lines, isLog]);
  const drawn = useRef<Drawn>({
    props,
    unit,
    lines: [],
    ticks: { x: NO_TICKS, y: NO_TICKS },
  }).current;
  drawn.props = props;
  drawn.unit = unit;
  // A plot is made once for each set of lines; new points go into the one that there is.
  const shape = JSON.stringify([
    lines.map((line) => [line.label, line.colour, line.smooth !== undefined]),
    isLog,
    axis,
    unit,
  ]);
  const { box, plot } = usePlot(
    (parent) => {
      drawn.lines = drawn.props.lines.map(plotted);
      const data = dataOf(drawn.lines, drawn.unit);
      return new uPlot(optionsOf(parent, drawn), data, parent);
    },
    shape,
    height,
  );
  useLayoutEffect(() => {
    drawn.lines = lines.map(plotted);
    plot.current?.setData(dataOf(drawn.lines, drawn.unit));
  }, [lines]);
  useEffect(() => {
    // A plot that is not drawn yet draws them by itself, and cannot be drawn again.
    if (plot.current?.status === 1) plot.current.redraw(false);
  }, [JSON.stringify(marks)]);
  const spoken = useRef<HTMLSpanElement>(null);
  const keys = useRef<ChartKeys>({
    line: 0,
    say: (text) => spoken.current?.replaceChildren(text),
  });
  const drawing = (): ChartDrawing | undefined => {
    if (plot.current === undefined || box.current === null) return undefined;
    return {
      plot: plot.current,
      lines: drawn.lines,
      unit: drawn.unit,
      ticks: drawn.ticks,
      title: label,
      marks: marksOf(props),
      colour: coloursAt(box.current),
    };
  };
  const id = useId();
  const text = useMemo(() => chartText(lines), [lines]);
  return (
    <div class="chart-box">
      <div
        class="chart"
        role="application"
        aria-roledescription="chart"
        aria-label={shown(label)}
        aria-describedby={id}
        tabIndex={0}
        style={{ minHeight: `${height}px` }}
        ref={box}
        onKeyDown={(event) => {
          if (plot.current === undefined) return;
          onChartKey(event, plot.current, mouseOf(drawn), keys.current);
        }}
      />
      <p id={id} class="hidden">
        {[text, ...marksOf(props).map((mark) => mark.text)].join(". ")}
      </p>
      <span ref={spoken} class="hidden" role="status" />
      <FileButtons
        name={label}
        svg={() => {
          const found = drawing();
          return found && chartSvg(found);
        }}
        png={() => {
          const found = drawing();
          return found && plotPng(found);
        }}
        csv={() => chartCsv(drawn.lines, axis)}
      />
    </div>
  );
}

/** The marks that have a place on the axis. */
function marksOf(
  { marks = NO_MARKS, axis = "step" }: ChartProps,
): readonly ChartMark[] {
  return axis === "step" ? marks : NO_MARKS;
}

/** The chart as the mouse and the keys need it: always as it is drawn last. */
function mouseOf(drawn: Drawn): ChartMouse {
  return {
    lines: () => drawn.lines,
    unit: () => drawn.unit,
    axis: () => drawn.props.axis ?? "step",
    isZoomed: () => drawn.props.isZoomed ?? false,
    onRange: (range) => drawn.props.onRange?.(range),
    onPick: (point) => drawn.props.onPick?.(point),
    onHover: (point) => drawn.props.onHover?.(point),
  };
}

function optionsOf(parent: HTMLElement, drawn: Drawn): uPlot.Options {
  const { isLog = false, height = 260, syncKey, axis = "step" } = drawn.props;
  const colour = coloursAt(parent);
  const firsts = firstLists(drawn.lines);
  const mouse = followMouse(mouseOf(drawn));
  return {
    width: Math.max(1, parent.clientWidth),
    height,
    legend: { show: false },
    cursor: {
      ...mouse.cursor,
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
    },
    scales: { x: { time: false }, y: valueScale(drawn.unit, isLog) },
    axes: axesOf(drawn, colour),
    series: [{}, ...drawn.lines.flatMap((line) => seriesOf(line, colour))],
    bands: drawn.lines.map((line, i) => ({
      series: [(firsts[i] ?? 0) + 1, firsts[i] ?? 0],
      fill: `${colour(`--curve-${line.colour}`)}38`,
    })),
    hooks: {
      ...mouse.hooks,
      setCursor: [chartTip({
        lines: () => drawn.lines,
        placeText: (x) => placeText(x, axis),
      })],
      draw: [
        (chart) => markLost(chart, drawn.lines, colour("--bad")),
        (chart) => markSteps(chart, marksOf(drawn.props), colour("--warn")),
      ],
    },
  };
}

/** The axes. What they write is kept for files. */
function axesOf(drawn: Drawn, colour: ColourOf): uPlot.Axis[] {
  const { axis: kind = "step", isLog = false } = drawn.props;
  const { unit } = drawn;
  const look = axisLook(colour);
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
    places.map((place) => place === null ? "" : compact(place * unit.divisor));
  return [
    { ...look, space: kind === "step" ? 70 : 90, values: kept("x", stepTexts) },
    {
      ...look,
      ...valueAxis(unit, isLog),
      values: kept("y", valueTexts),
    },
  ];
}
