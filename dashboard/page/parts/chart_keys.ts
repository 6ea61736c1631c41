/// <reference lib="dom" />
/** What keys do on a chart that has the focus: all that the mouse does. */
import type uPlot from "uplot";
import { number, shown } from "../text.ts";
import { type ChartMouse, stepsBetween } from "./chart_mouse.ts";
import { type ChartPoint, pointOf } from "./chart_points.ts";

/** What the keyboard is at. */
export interface ChartKeys {
  /** The curve. */
  line: number;
  /** Says something to people who hear the page. */
  say(text: string): void;
}

/**
 * Left and right move the cursor, with Shift faster; up and down choose the curve; Enter chooses the point; `+` and `-`
 * zoom at the cursor; Escape shows all steps. Other keys are left to the page.
 */
export function onChartKey(
  event: KeyboardEvent,
  plot: uPlot,
  mouse: ChartMouse,
  keys: ChartKeys,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { clientWidth: width, clientHeight: height } = plot.over;
  const at = Math.max(0, plot.cursor.left ?? 0);
  const lines = mouse.lines();
  const point = () => pointOf(lines, keys.line, plot.posToVal(at, "x"));
  const move = (by: number) => {
    const left = Math.max(0, Math.min(width, at + by));
    plot.setCursor({ left, top: height / 2 }, true);
    say(pointOf(lines, keys.line, plot.posToVal(left, "x")));
  };
  const say = (found: ChartPoint | undefined) => {
    const label = lines[keys.line]?.label;
    if (found === undefined || label === undefined) return;
    const { step, value } = found;
    keys.say(
      `${shown(label)}, step ${step}: ${
        value === null ? "not finite" : number(value)
      }`,
    );
  };
  const choose = (by: number) => {
    keys.line = (keys.line + by + lines.length) % lines.length;
    say(point());
  };
  const zoom = (share: number) => {
    const half = width * share / 2;
    const range = stepsBetween(
      mouse,
      plot.posToVal(at - half, "x"),
      plot.posToVal(at + half, "x"),
    );
    if (range !== undefined) mouse.onRange(range);
  };
  if (keys.line >= lines.length) keys.line = 0;
  const fast = event.shiftKey ? width / 10 : Math.max(1, width / 100);
  if (event.key === "ArrowRight") move(fast);
  else if (event.key === "ArrowLeft") move(-fast);
  else if (event.key === "ArrowDown" && lines.length > 1) choose(1);
  else if (event.key === "ArrowUp" && lines.length > 1) choose(-1);
  else if (event.key === "Enter") mouse.onPick(point());
  else if (event.key === "+" || event.key === "=") zoom(0.5);
  else if (event.key === "-" && mouse.isZoomed()) zoom(2);
  else if (event.key === "Escape") mouse.onRange(undefined);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
