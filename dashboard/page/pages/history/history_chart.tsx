/// <reference lib="dom" />
/** The history as a picture: a dot a run, and below it a lane for each part of the record, with a tick where it changed. */
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { go, link } from "../../router.ts";
import { number, shown, time } from "../../text.ts";
import { changesText } from "./change_text.ts";
import { drawLanes, LANE } from "./lanes.ts";
import type { Neighbours } from "./neighbours.ts";
import type { HistoryPoint } from "./points.ts";

const HEIGHT = 320;

/** The width of the values beside the chart, which the names of the lanes have, too. */
const LEFT = 84;

interface ChartProps {
  readonly points: readonly HistoryPoint[];
  /** What changed at each point; `undefined` for the first one, and while it is not known yet. */
  readonly neighbours: readonly (Neighbours | undefined)[];
  readonly metric: string;
  readonly isTime: boolean;
}

/** The chart. */
export function HistoryChart(props: ChartProps): VNode {
  const { points, neighbours, metric, isTime } = props;
  const box = useRef<HTMLDivElement>(null);
  const lanes = useRef<HTMLCanvasElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [cursor, setCursor] = useState<number>();
  const redraw = () => {
    if (plot.current && lanes.current) {
      drawLanes(lanes.current, plot.current, latest.current.neighbours);
    }
  };
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(parent, {
          isTime,
          redraw,
          onCursor: setCursor,
          idAt: (place) => latest.current.points[place]?.id,
        }),
        dataOf(latest.current),
        parent,
      );
    };
    make();
    const resize = new ResizeObserver(() => {
      const width = parent.clientWidth;
      if (width > 0 && width !== plot.current?.width) {
        plot.current?.setSize({ width, height: HEIGHT });
      }
    });
    resize.observe(parent);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      scheme.removeEventListener("change", make);
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [isTime]);
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [points]);
  // Together with the list below, which says the same.
  useLayoutEffect(redraw, [neighbours]);
  const open = (place: number | undefined) => {
    const [before, run] = [points[(place ?? 0) - 1], points[place ?? -1]];
    if (before !== undefined && run !== undefined) {
      go(link("why", [before.id, run.id], { metric }));
    }
  };
  const move = (by: number) =>
    setCursor((at) =>
      Math.max(0, Math.min(points.length - 1, (at ?? points.length) + by))
    );
  const pressed = useRef(0);
  return (
    <div class="history-chart">
      <div
        ref={box}
        class="history-plot"
        role="application"
        tabIndex={0}
        aria-label={`${metric} over the runs; the arrow keys move from run to run, Enter asks why it differs from the run before`}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") move(-1);
          else if (event.key === "ArrowRight") move(1);
          else if (event.key === "Enter") open(cursor);
          else return;
          event.preventDefault();
        }}
        onMouseDown={(event) => {
          pressed.current = event.clientX;
        }}
        onClick={(event) => {
          const isOver = (event.target as Element).closest(".u-over") !== null;
          if (isOver && Math.abs(event.clientX - pressed.current) <= 3) {
            open(cursor);
          }
        }}
      />
      <div class="lanes">
        <div class="lane-names" aria-hidden="true">
          {DIMENSIONS.map((one) => (
            <div key={one} style={{ height: `${LANE}px` }}>{LANES[one]}</div>
          ))}
        </div>
        <canvas
          ref={lanes}
          role="img"
          aria-label="Where config, code, inputs and environment changed; the list below says the same in words"
          style={{ height: `${LANE * DIMENSIONS.length}px` }}
          onMouseMove={(event) => setCursor(placeAt(plot.current, event))}
          onClick={(event) => open(placeAt(plot.current, event))}
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
    </div>
  );
}

const LANES: Readonly<Record<typeof DIMENSIONS[number], string>> = {
  config: "config",
  code: "code",
  inputs: "inputs",
  environment: "machine",
};

function readout(
  points: readonly HistoryPoint[],
  neighbours: readonly (Neighbours | undefined)[],
  cursor: number | undefined,
): string {
  const point = points[cursor ?? -1];
  if (point === undefined) {
    return "Point at a run to see what changed; click to ask why.";
  }
  const { id, name, value, started } = point;
  const before = points[(cursor ?? 0) - 1];
  const found = neighbours[cursor ?? -1];
  const head = `run ${id}${name === null ? "" : ` ${shown(name)}`}, ${
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

function dataOf({ points, isTime }: ChartProps): uPlot.AlignedData {
  return [
    // In seconds; runs that started in the same moment have one place.
    points.map(({ started }, i) => isTime ? started / 1000 : i + 1),
    points.map(({ value }) => value),
  ];
}

function optionsOf(
  parent: HTMLElement,
  { isTime, redraw, onCursor, idAt }: {
    readonly isTime: boolean;
    redraw(): void;
    onCursor(place: number | undefined): void;
    idAt(place: number): number | undefined;
  },
): uPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--text-weak"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
  };
  return {
    width: Math.max(1, parent.clientWidth),
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    scales: { x: { time: isTime } },
    axes: [
      {
        ...axis,
        space: 70,
        // In order, the axis has the ids of the runs.
        ...(!isTime && {
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
          values: (_chart: uPlot, places: number[]) =>
            places.map((place) => idAt(place - 1) ?? ""),
        }),
      },
      { ...axis, size: LEFT },
    ],
    series: [{}, {
      stroke: colour("--curve-0"),
      fill: colour("--curve-0"),
      paths: () => null,
      points: { show: true, size: 6, fill: colour("--curve-0") },
    }],
    hooks: {
      draw: [redraw],
      setCursor: [(chart) => {
        if (chart.cursor.idx != null && (chart.cursor.left ?? -1) >= 0) {
          onCursor(chart.cursor.idx);
        }
      }],
    },
  };
}
