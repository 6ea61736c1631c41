/// <reference lib="dom" />
/** What the mouse does on a chart: drag to zoom in, double click to zoom out, click to choose a point. */
import type uPlot from "uplot";
import type { AxisKind } from "./chart_axis.ts";
import type { PlottedLine } from "./chart_data.ts";
import { type ChartPoint, pointNear } from "./chart_points.ts";
import type { ValueUnit } from "./value_scale.ts";

/** A chart as the mouse and the keys need it. */
export interface ChartMouse {
  lines(): readonly PlottedLine[];
  unit(): ValueUnit;
  axis(): AxisKind;
  isZoomed(): boolean;
  onRange(
    range: { readonly from: number; readonly to: number } | undefined,
  ): void;
  onPick(point: ChartPoint | undefined): void;
  onHover(point: ChartPoint | undefined): void;
}

/** Milliseconds in which a second click makes a double click. */
const DOUBLE = 350;

/** Makes the options of a plot for the mouse. */
export function followMouse(
  mouse: ChartMouse,
): {
  readonly cursor: uPlot.Cursor;
  readonly hooks: Pick<uPlot.Hooks.Arrays, "ready" | "setSelect" | "destroy">;
} {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    cursor: {
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          clearTimeout(timer);
          mouse.onPick(undefined);
          mouse.onRange(undefined);
          return null;
        },
      },
    },
    hooks: {
      ready: [(chart) =>
        onClicks(chart, mouse, (point) => {
          clearTimeout(timer);
          // Where a double click zooms out, a click is one only when no second one follows.
          if (!mouse.isZoomed()) mouse.onPick(point);
          else timer = setTimeout(() => mouse.onPick(point), DOUBLE);
        })],
      setSelect: [(chart) => {
        const { left, width } = chart.select;
        if (width < 4) return;
        chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        const range = stepsBetween(
          mouse,
          chart.posToVal(left, "x"),
          chart.posToVal(left + width, "x"),
        );
        if (range !== undefined) mouse.onRange(range);
      }],
      destroy: [() => clearTimeout(timer)],
    },
  };
}

/** Reports clicks that are no drags and no part of a double click, and what the mouse is near. */
function onClicks(
  chart: uPlot,
  mouse: ChartMouse,
  onClick: (point: ChartPoint | undefined) => void,
): void {
  const at = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = chart.over.getBoundingClientRect();
    return pointNear(mouse.lines(), {
      valueAt: (place) => chart.posToVal(place, "x"),
      topOf: (value) => chart.valToPos(value / mouse.unit().divisor, "y"),
    }, { left: clientX - left, top: clientY - top });
  };
  let [x, y] = [0, 0];
  chart.over.addEventListener("mousedown", (event) => {
    [x, y] = [event.clientX, event.clientY];
  });
  chart.over.addEventListener("click", (event) => {
    if (Math.hypot(event.clientX - x, event.clientY - y) > 3) return;
    if (event.detail < 2) onClick(at(event));
  });
  chart.over.addEventListener("mousemove", (event) => mouse.onHover(at(event)));
  chart.over.addEventListener("mouseleave", () => mouse.onHover(undefined));
}

/** The steps between two places of the horizontal axis. */
export function stepsBetween(
  { lines, axis }: Pick<ChartMouse, "lines" | "axis">,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | undefined {
  if (axis() === "step") return { from: Math.floor(from), to: Math.ceil(to) };
  const steps = lines().flatMap(({ xs, steps }) =>
    steps.filter((_, i) => (xs[i] ?? NaN) >= from && (xs[i] ?? NaN) <= to)
  );
  if (steps.length === 0) return undefined;
  return {
    from: steps.reduce((a, b) => Math.min(a, b)),
    to: steps.reduce((a, b) => Math.max(a, b)),
  };
}
