/// <reference lib="dom" />
/** The lanes below the history: what changed at each run, at the same places as the chart above. */
import type uPlot from "uplot";
import { area, escape } from "../../files/plot_svg.ts";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { type ColourOf, coloursAt } from "../../parts/plot_theme.ts";
import type { ChangeState, Neighbours } from "./neighbours.ts";

/** The height of a lane in pixels. */
export const LANE = 20;

/** The height of all lanes. */
export const LANES: number = LANE * DIMENSIONS.length;

/** The names of the lanes. */
export const LANE_NAMES: Readonly<Record<typeof DIMENSIONS[number], string>> = {
  config: "config",
  code: "code",
  inputs: "inputs",
  environment: "machine",
};

/** A mark: a rectangle in the pixels of the page, from the left end of the lanes. */
interface Mark {
  readonly state: ChangeState;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The variables of the colours, and how much of what is behind shows through. */
const LOOKS: Readonly<
  Record<ChangeState, { readonly colour: string; readonly opacity: number }>
> = {
  changed: { colour: "--curve-1", opacity: 1 },
  unknown: { colour: "--text-weak", opacity: 0.35 },
  same: { colour: "--line", opacity: 1 },
  "as-recorded": { colour: "--line", opacity: 1 },
};

/** Draws the lanes on a canvas. */
export function drawLanes(
  canvas: HTMLCanvasElement,
  plot: uPlot,
  neighbours: readonly (Neighbours | undefined)[],
): void {
  const ratio = devicePixelRatio || 1;
  const width = plot.bbox.width / ratio;
  canvas.style.width = `${width}px`;
  [canvas.width, canvas.height] = [
    Math.max(1, Math.round(width * ratio)),
    LANES * ratio,
  ];
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const colour = coloursAt(canvas);
  pen.scale(ratio, ratio);
  for (const { state, x, y, width, height } of marksOf(plot, neighbours)) {
    pen.fillStyle = colour(LOOKS[state].colour);
    pen.globalAlpha = LOOKS[state].opacity;
    pen.fillRect(x, y, width, height);
  }
}

/** Draws the lanes with their names as SVG, from a height on. */
export function lanesSvg(
  plot: uPlot,
  neighbours: readonly (Neighbours | undefined)[],
  { colour, top }: { readonly colour: ColourOf; readonly top: number },
): string[] {
  const { left } = area(plot);
  return [
    ...DIMENSIONS.map((one, lane) =>
      `<text x="${left - 10}" y="${
        top + lane * LANE + 14
      }" text-anchor="end" fill="${escape(colour("--text-weak"))}">${
        LANE_NAMES[one]
      }</text>`
    ),
    ...marksOf(plot, neighbours).map(({ state, x, y, width, height }) =>
      `<rect x="${(left + x).toFixed(1)}" y="${(top + y).toFixed(1)}" width="${
        width.toFixed(1)
      }" height="${height}" fill="${
        escape(colour(LOOKS[state].colour))
      }" fill-opacity="${LOOKS[state].opacity}"/>`
    ),
  ];
}

/** The marks, in the order in which they are drawn: what changed comes last, so that nothing hides it. */
function marksOf(
  plot: uPlot,
  neighbours: readonly (Neighbours | undefined)[],
): Mark[] {
  const width = plot.bbox.width / (devicePixelRatio || 1);
  const places = (plot.data[0] ?? []).map((x) => plot.valToPos(Number(x), "x"));
  const marks: Mark[] = [];
  for (const state of ["same", "as-recorded", "unknown", "changed"] as const) {
    neighbours.forEach((found, i) => {
      const [from, to] = [places[i - 1], places[i]];
      if (found === undefined || from === undefined || to === undefined) return;
      if (to < 0 || from > width) return;
      DIMENSIONS.forEach((dimension, lane) => {
        if (found.states[dimension] !== state) return;
        marks.push(...marksAt(state, from, to, lane * LANE));
      });
    });
  }
  return marks;
}

function marksAt(
  state: ChangeState,
  from: number,
  to: number,
  top: number,
): Mark[] {
  switch (state) {
    case "changed":
      return [{ state, x: to - 1.5, y: top + 2, width: 3, height: LANE - 4 }];
    case "unknown": {
      const width = Math.max(1, to - from);
      return [{ state, x: from, y: top + 5, width, height: LANE - 10 }];
    }
    case "same": {
      const y = top + LANE / 2 - 1;
      return [{ state, x: from, y, width: to - from, height: 2 }];
    }
    case "as-recorded": {
      const dashes: Mark[] = [];
      const y = top + LANE / 2 - 1;
      for (let x = from; x < to; x += 6) {
        dashes.push({ state, x, y, width: Math.min(3, to - x), height: 2 });
      }
      return dashes;
    }
  }
}
