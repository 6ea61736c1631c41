/// <reference lib="dom" />
/** What all plots have as SVG: the document, the title, the axes. */
import type uPlot from "uplot";
import type { ColourOf } from "../parts/plot_theme.ts";
import type { ValueUnit } from "../parts/value_scale.ts";
import { brief, shown } from "../text.ts";

/** The places and texts of the ticks of an axis. */
export interface AxisTicks {
  readonly places: readonly (number | null)[];
  readonly texts: readonly string[];
}

/** A plot as it is on the screen. */
export interface PlotDrawing {
  readonly plot: uPlot;
  readonly title: string;
  readonly unit: ValueUnit;
  readonly ticks: { readonly x: AxisTicks; readonly y: AxisTicks };
  readonly colour: ColourOf;
}

/** The room above a plot for its title. */
const TITLE = 30;

/**
 * Draws a plot: its title, its axes, and what is given.
 *
 * @param drawing The plot.
 * @param body The elements within it.
 * @param below Pixels below the plot that `body` needs.
 */
export function plotSvg(
  drawing: PlotDrawing,
  body: readonly string[],
  below: number,
): string {
  const { plot, title, colour } = drawing;
  const height = plot.height + TITLE + below;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${plot.width}" height="${height}" ` +
    `viewBox="0 0 ${plot.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${escape(colour("--back"))}"/>`,
    `<text x="${plot.width / 2}" y="20" text-anchor="middle" fill="${
      escape(colour("--text"))
    }">${escape(brief(title))}</text>`,
    `<g transform="translate(0 ${TITLE})">`,
    ...axes(drawing),
    ...body,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Edges, in the pixels of the page. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The area of the curves in the pixels of the page. */
export function area({ bbox }: uPlot): Area {
  const { devicePixelRatio: ratio } = globalThis;
  return {
    left: bbox.left / ratio,
    top: bbox.top / ratio,
    right: (bbox.left + bbox.width) / ratio,
    bottom: (bbox.top + bbox.height) / ratio,
  };
}

/** The ticks of both axes. */
function axes(drawing: PlotDrawing): string[] {
  const { plot, ticks, colour, unit: { divisor } } = drawing;
  const { left, top, right, bottom } = area(plot);
  const [grid, text] = [
    escape(colour("--line")),
    escape(colour("--text-weak")),
  ];
  const at = placer(drawing);
  return [
    ...places(ticks.x).map(([value, label]) =>
      `<path d="M${at.x(value)} ${top}V${bottom}" stroke="${grid}"/>` +
      `<text x="${at.x(value)}" y="${
        bottom + 18
      }" text-anchor="middle" fill="${text}">${escape(label)}</text>`
    ),
    ...places(ticks.y).map(([place, label]) => {
      const y = at.y(place * divisor);
      return `<path d="M${left} ${y}H${right}" stroke="${grid}"/>` +
        `<text x="${left - 8}" y="${y + 4}" text-anchor="end" fill="${text}">${
          escape(label)
        }</text>`;
    }),
  ];
}

function places({ places, texts }: AxisTicks): [number, string][] {
  return places.flatMap((place, i) =>
    place === null || !texts[i] ? [] : [[place, texts[i]]]
  );
}

/** Places of values in the drawing, to a tenth of a pixel. */
export function placer(
  { plot, unit: { divisor } }: Pick<PlotDrawing, "plot" | "unit">,
): Readonly<Record<"x" | "y", (value: number) => number>> {
  const { left, top } = area(plot);
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return {
    x: (value: number) => tenth(left + plot.valToPos(value, "x")),
    y: (value: number) => tenth(top + plot.valToPos(value / divisor, "y")),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Escapes text for SVG: names of metrics and runs come from the file. */
export function escape(text: string): string {
  return shown(text).replace(/[&<>"]/g, (char) => ENTITIES[char] ?? "");
}
