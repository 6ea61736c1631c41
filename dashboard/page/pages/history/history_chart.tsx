/// <reference lib="dom" />
/** The history as a picture: a dot a run, and below it a lane for each part of the record, with a tick where it changed. */
import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { plotPng } from "../../files/plot_png.ts";
import {
  type AxisTicks,
  escape,
  placer,
  type PlotDrawing,
  plotSvg,
} from "../../files/plot_svg.ts";
import { type ChartMouse, followMouse } from "../../parts/chart_mouse.ts";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { FileButtons } from "../../parts/file_buttons.tsx";
import { axisLook, coloursAt } from "../../parts/plot_theme.ts";
import { usePlot } from "../../parts/use_plot.ts";
import {
  divided,
  unitOf,
  valueAxis,
  valueScale,
  type ValueUnit,
} from "../../parts/value_scale.ts";
import { go, link } from "../../router.ts";
import { brief, number, shown, time } from "../../text.ts";
import { changesText } from "./change_text.ts";
import { historyCsv } from "./history_csv.ts";
import { drawLanes, LANE, LANE_NAMES, LANES, lanesSvg } from "./lanes.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HistoryPoint } from "./points.ts";
import { aroundPlace, type Places, placesIn, type RunRange } from "./range.ts";

const HEIGHT = 320;

/** The width of the values beside the chart, which the names of the lanes have, too. */
const LEFT = 84;

interface ChartProps {
  readonly points: readonly HistoryPoint[];
  /** What changed at each point; `undefined` for the first one, and while it is not known yet. */
  readonly neighbours: readonly (Neighbours | undefined)[];
  readonly metric: string;
  readonly isTime: boolean;
  /** The runs that are shown; all if it is absent. */
  readonly range: RunRange | undefined;
  onRange(range: RunRange | undefined): void;
}

/** What the parts of the chart share, as it is drawn last. */
interface Drawn {
  props: ChartProps;
  unit: ValueUnit;
  readonly ticks: { x: AxisTicks; y: AxisTicks };
  onCursor(place: number): void;
  open(place: number | undefined): void;
  redraw(): void;
}

const NO_TICKS: AxisTicks = { places: [], texts: [] };

/** The chart. */
export function HistoryChart(props: ChartProps): VNode {
  const { points, neighbours, metric, isTime, range, onRange } = props;
  const lanes = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState<number>();
  const unit = useMemo(
    () => unitOf([points.map(({ value }) => value)], false),
    [points],
  );
  const drawn = useRef<Drawn>({
    props,
    unit,
    ticks: { x: NO_TICKS, y: NO_TICKS },
    onCursor: setCursor,
    open: (place) => {
      const { points, metric } = drawn.props;
      const [before, run] = [points[(place ?? 0) - 1], points[place ?? -1]];
      if (before !== undefined && run !== undefined) {
        go(link("why", [before.id, run.id], { metric }));
      }
    },
    redraw: () => {
      if (plot.current && lanes.current) {
        drawLanes(lanes.current, plot.current, drawn.props.neighbours);
      }
    },
  }).current;
  drawn.props = props;
  drawn.unit = unit;
  const { box, plot } = usePlot(
    (parent) => new uPlot(optionsOf(parent, drawn), plotData(drawn), parent),
    JSON.stringify([isTime, unit]),
    HEIGHT,
  );
  useLayoutEffect(() => plot.current?.setData(plotData(drawn)), [
    points,
    range?.from,
    range?.to,
  ]);
  // Together with the list below, which says the same. A plot that is not drawn yet draws the lanes by itself.
  useLayoutEffect(() => {
    if (plot.current?.status === 1) drawn.redraw();
  }, [neighbours]);
  const move = (to: number) => {
    const place = Math.max(0, Math.min(points.length - 1, to));
    setCursor(place);
    const x = plot.current?.data[0]?.[place];
    if (plot.current === undefined || x === undefined) return;
    const left = plot.current.valToPos(x, "x");
    plot.current.setCursor({ left, top: HEIGHT / 2 }, false);
  };
  const zoom = (share: number) => {
    const places = placesIn(points, range);
    onRange(aroundPlace(points, places, cursor ?? places.last, share));
  };
  const at = cursor ?? points.length;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move(at - 1),
    ArrowRight: () => move(at + 1),
    Home: () => move(0),
    End: () => move(points.length - 1),
    Enter: () => drawn.open(cursor),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    Escape: () => onRange(undefined),
  };
  const drawing = (): PlotDrawing | undefined =>
    plot.current === undefined || box.current === null ? undefined : {
      plot: plot.current,
      title: titleOf(props),
      unit: drawn.unit,
      ticks: drawn.ticks,
      colour: coloursAt(box.current),
    };
  return (
    <div class="history-chart">
      <div
        ref={box}
        class="history-plot"
        role="application"
        tabIndex={0}
        aria-label={`${
          shown(metric)
        } over the runs; the arrow keys move from run to run, Enter asks why it differs from the run before`}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined || event.ctrlKey || event.metaKey) return;
          act();
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div class="lanes">
        <div class="lane-names" aria-hidden="true">
          {DIMENSIONS.map((one) => (
            <div key={one} style={{ height: `${LANE}px` }}>
              {LANE_NAMES[one]}
            </div>
          ))}
        </div>
        <canvas
          ref={lanes}
          role="img"
          aria-label="Where config, code, inputs and environment changed; the list below says the same in words"
          style={{ height: `${LANES}px` }}
          onMouseMove={(event) => setCursor(placeAt(plot.current, event))}
          onClick={(event) => drawn.open(placeAt(plot.current, event))}
        />
      </div>
      <p class="lane-key weak">
        <span class="key-changed">█</span> changed{" "}
        <span class="key-unknown">▒</span> not recorded: unknown <span>─</span>
        {" "}
        the same <span>┄</span> the same as far as recorded
      </p>
      <p class="readout" role="status">
        {readout(points, neighbours, cursor)}
      </p>
      <FileButtons
        name={titleOf(props)}
        svg={() => {
          const found = drawing();
          return found && historySvg(found, props);
        }}
        png={() => {
          const found = drawing();
          const below = lanes.current && {
            canvas: lanes.current,
            left: LEFT,
            names: DIMENSIONS.map((one) => LANE_NAMES[one]),
          };
          return found && plotPng(found, below ?? undefined);
        }}
        csv={() => historyCsv(points, neighbours, metric)}
      />
    </div>
  );
}

function titleOf({ metric }: ChartProps): string {
  return `${metric} over the runs`;
}

function historySvg(drawing: PlotDrawing, props: ChartProps): string {
  const { plot, colour } = drawing;
  const at = placer(drawing);
  const fill = escape(colour("--curve-0"));
  const { first, last } = placesIn(props.points, props.range);
  const [xs, values] = dataOf(props);
  const dots = props.points.slice(first, last + 1).map((_, i) =>
    `<circle cx="${at.x(Number(xs[first + i]))}" cy="${
      at.y(Number(values![first + i]))
    }" r="3" fill="${fill}"/>`
  );
  const top = plot.height + 4;
  return plotSvg(
    drawing,
    [...dots, ...lanesSvg(plot, props.neighbours, { colour, top })],
    LANES + 12,
  );
}

function readout(
  points: readonly HistoryPoint[],
  neighbours: readonly (Neighbours | undefined)[],
  cursor: number | undefined,
): string {
  const point = points[cursor ?? -1];
  if (point === undefined) {
    return "Point at a run to see what changed; click to ask why; drag to zoom.";
  }
  const { id, name, value, started } = point;
  const before = points[(cursor ?? 0) - 1];
  const found = neighbours[cursor ?? -1];
  const head = `run ${id}${name === null ? "" : ` ${brief(name)}`}, ${
    time(started)
  }: ${number(value)}`;
  if (before === undefined) return `${head} · the first run`;
  return `${head} · against run ${before.id}: ${
    found === undefined ? "not read yet" : changesText(found)
  }`;
}

function placeAt(
  plot: uPlot | undefined,
  { clientX }: MouseEvent,
): number | undefined {
  const over = plot?.root.querySelector(".u-over");
  if (plot === undefined || over == null) return undefined;
  return plot.posToIdx(clientX - over.getBoundingClientRect().left);
}

function dataOf(
  { points, isTime }: ChartProps,
): [xs: number[], values: number[]] {
  return [
    // In seconds; runs that started in the same moment have one place.
    points.map(({ started }, i) => isTime ? started / 1000 : i + 1),
    points.map(({ value }) => value),
  ];
}

/** The same with the values as they are drawn. */
function plotData({ props, unit }: Drawn): uPlot.AlignedData {
  const [xs, values] = dataOf(props);
  return [xs, divided(values, unit)];
}

/** The values of the horizontal axis that are shown, with a little room beside the first and the last run. */
function windowOf({ isTime }: ChartProps, xs: number[], places: Places) {
  const [low, high] = [xs[places.first] ?? 0, xs[places.last] ?? 1];
  const room = isTime ? Math.max(1, (high - low) / 50) : 0.5;
  return [low - room, high + room] as [number, number];
}

/** The chart as the mouse needs it; a step is the place of a run. */
function mouseOf(drawn: Drawn): ChartMouse {
  return {
    lines: () => {
      const [xs, values] = dataOf(drawn.props);
      return [{
        label: "",
        colour: 0,
        xs,
        min: values,
        max: values,
        last: values,
        steps: xs.map((_, i) => i),
        marks: [],
      }];
    },
    unit: () => drawn.unit,
    // The places between two values, not the values.
    axis: () => "elapsed",
    isZoomed: () => drawn.props.range !== undefined,
    onRange: (range) => {
      const { points, onRange } = drawn.props;
      const [first, last] = [
        points[range?.from ?? -1],
        points[range?.to ?? -1],
      ];
      onRange(first && last && { from: first.id, to: last.id });
    },
    onPick: (point) => point && drawn.open(point.step),
    onHover: (point) => point && drawn.onCursor(point.step),
  };
}

function optionsOf(parent: HTMLElement, drawn: Drawn): uPlot.Options {
  const { props: { isTime }, unit } = drawn;
  const colour = coloursAt(parent);
  const look = axisLook(colour);
  const mouse = followMouse(mouseOf(drawn));
  const kept = (name: "x" | "y", texts: string[], places: number[]) => {
    drawn.ticks[name] = { places, texts };
    return texts;
  };
  return {
    width: Math.max(1, parent.clientWidth),
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: mouse.cursor,
    scales: {
      x: {
        time: false,
        range: (plot) =>
          windowOf(
            drawn.props,
            [...plot.data[0] ?? []],
            placesIn(drawn.props.points, drawn.props.range),
          ),
      },
      y: valueScale(unit, false),
    },
    axes: [
      {
        ...look,
        space: isTime ? 110 : 70,
        // In order, the axis has the ids of the runs.
        ...(!isTime &&
          { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }),
        values: (_chart: uPlot, places: number[]) =>
          kept(
            "x",
            places.map((place) =>
              isTime
                ? time(place * 1000)
                : String(drawn.props.points[place - 1]?.id ?? "")
            ),
            places,
          ),
      },
      {
        ...look,
        ...valueAxis(unit, false),
        size: LEFT,
        values: (_chart: uPlot, places: number[]) =>
          kept(
            "y",
            places.map((place) => number(place * unit.divisor)),
            places,
          ),
      },
    ],
    series: [{}, {
      stroke: colour("--curve-0"),
      fill: colour("--curve-0"),
      paths: () => null,
      points: { show: true, size: 6, fill: colour("--curve-0") },
    }],
    hooks: { ...mouse.hooks, draw: [() => drawn.redraw()] },
  };
}
