/// <reference lib="dom" />
/** Draws the lanes below the history. */
import type uPlot from "uplot";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import type { ChangeState, Neighbours } from "./neighbours.ts";

/** The height of a lane in pixels. */
export const LANE = 20;

/** Draws what changed at each run, at the same places as the chart above. */
export function drawLanes(
  canvas: HTMLCanvasElement,
  plot: uPlot,
  neighbours: readonly (Neighbours | undefined)[],
): void {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [plot.bbox.width / ratio, LANE * DIMENSIONS.length];
  canvas.style.width = `${width}px`;
  [canvas.width, canvas.height] = [
    Math.max(1, Math.round(width * ratio)),
    height * ratio,
  ];
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const style = getComputedStyle(canvas);
  const colours: Readonly<Record<ChangeState, string>> = {
    changed: style.getPropertyValue("--curve-1").trim(),
    unknown: style.getPropertyValue("--text-weak").trim(),
    same: style.getPropertyValue("--line").trim(),
    "as-recorded": style.getPropertyValue("--line").trim(),
  };
  pen.scale(ratio, ratio);
  const places = (plot.data[0] ?? []).map((x) => plot.valToPos(Number(x), "x"));
  // What changed is drawn last, so that nothing hides it.
  for (const state of ["same", "as-recorded", "unknown", "changed"] as const) {
    pen.fillStyle = colours[state];
    neighbours.forEach((found, i) => {
      const [from, to] = [places[i - 1], places[i]];
      if (found === undefined || from === undefined || to === undefined) return;
      if (to < 0 || from > width) return;
      DIMENSIONS.forEach((dimension, lane) => {
        if (found.states[dimension] !== state) return;
        drawState(pen, state, { from, to, top: lane * LANE });
      });
    });
  }
}

function drawState(
  pen: CanvasRenderingContext2D,
  state: ChangeState,
  { from, to, top }: {
    readonly from: number;
    readonly to: number;
    readonly top: number;
  },
): void {
  const middle = top + LANE / 2;
  if (state === "changed") {
    pen.fillRect(to - 1.5, top + 2, 3, LANE - 4);
  } else if (state === "unknown") {
    pen.globalAlpha = 0.35;
    pen.fillRect(from, top + 5, Math.max(1, to - from), LANE - 10);
    pen.globalAlpha = 1;
  } else if (state === "same") {
    pen.fillRect(from, middle - 1, to - from, 2);
  } else {
    for (let x = from; x < to; x += 6) {
      pen.fillRect(x, middle - 1, Math.min(3, to - x), 2);
    }
  }
}
