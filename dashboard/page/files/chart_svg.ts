/** A chart as an SVG document: what is on the screen, as text that programs for drawings can edit. */
import type uPlot from "uplot";
import { visible } from "../../../internal/visible_text.ts";
import type { PlottedLine } from "../parts/chart_data.ts";

/** The places and texts of the ticks of an axis. */
export interface AxisTicks {
  readonly places: readonly (number | null)[];
  readonly texts: readonly string[];
}

/** What is drawn. */
export interface ChartDrawing {
  readonly plot: uPlot;
  readonly title: string;
  readonly lines: readonly PlottedLine[];
  readonly ticks: { readonly x: AxisTicks; readonly y: AxisTicks };
  /** The colour of a variable of `theme.css`. */
  colour(name: string): string;
}

/** The room above the chart for the title, and for each line of the legend. */
const TITLE = 30;
const LEGEND = 18;

/** Draws a chart. */
export function chartSvg(drawing: ChartDrawing): string {
  const { plot, title, lines, colour } = drawing;
  const height = plot.height + TITLE + LEGEND * lines.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${plot.width}" height="${height}" ` +
    `viewBox="0 0 ${plot.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${escape(colour("--back"))}"/>`,
    `<text x="${plot.width / 2}" y="20" text-anchor="middle" fill="${
      escape(colour("--text"))
    }">${escape(title)}</text>`,
    `<g transform="translate(0 ${TITLE})">`,
    ...axes(drawing),
    ...lines.flatMap((line) => curve(drawing, line)),
    ...lines.flatMap((line, i) => legend(drawing, line, i)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** The area of the curves in the pixels of the page. */
function area({ bbox }: uPlot) {
  const { devicePixelRatio: ratio } = globalThis;
  return {
    left: bbox.left / ratio,
    top: bbox.top / ratio,
    right: (bbox.left + bbox.width) / ratio,
    bottom: (bbox.top + bbox.height) / ratio,
  };
}

function axes({ plot, ticks, colour }: ChartDrawing): string[] {
  const { left, top, right, bottom } = area(plot);
  const [grid, text] = [
    escape(colour("--line")),
    escape(colour("--text-weak")),
  ];
  const at = placer(plot);
  return [
    ...places(ticks.x).map(([value, label]) =>
      `<path d="M${at.x(value)} ${top}V${bottom}" stroke="${grid}"/>` +
      `<text x="${at.x(value)}" y="${
        bottom + 18
      }" text-anchor="middle" fill="${text}">${escape(label)}</text>`
    ),
    ...places(ticks.y).map(([value, label]) =>
      `<path d="M${left} ${at.y(value)}H${right}" stroke="${grid}"/>` +
      `<text x="${left - 8}" y="${
        at.y(value) + 4
      }" text-anchor="end" fill="${text}">${escape(label)}</text>`
    ),
  ];
}

function places({ places, texts }: AxisTicks): [number, string][] {
  return places.flatMap((place, i) =>
    place === null || !texts[i] ? [] : [[place, texts[i]]]
  );
}

/** The band from the least to the greatest value, the last values, the smoothed ones, and marks. */
function curve(drawing: ChartDrawing, line: PlottedLine): string[] {
  const { plot, colour } = drawing;
  const stroke = escape(colour(`--curve-${line.colour}`));
  const at = placer(plot);
  const { min: low = -Infinity, max: high = Infinity } = plot.scales["x"] ?? {};
  const inside = line.xs.flatMap((x, i) =>
    x >= (low ?? -Infinity) && x <= (high ?? Infinity) ? [i] : []
  );
  const points = (values: readonly (number | null)[]) =>
    inside.flatMap((i) => {
      const [x, value] = [line.xs[i], values[i] ?? null];
      if (x === undefined || value === null) return [];
      const y = at.y(value);
      return Number.isFinite(y) ? [`${at.x(x)},${y}`] : [];
    });
  const path = (values: readonly (number | null)[], more: string) =>
    `<polyline points="${
      points(values).join(" ")
    }" fill="none" stroke="${stroke}" ${more}/>`;
  const band = [...points(line.max), ...points(line.min).reverse()].join(" ");
  const { bottom } = area(plot);
  return [
    `<polygon points="${band}" fill="${stroke}" fill-opacity="0.2"/>`,
    path(line.last, `stroke-width="1.5" opacity="${line.smooth ? 0.4 : 1}"`),
    ...(line.smooth === undefined
      ? []
      : [path(line.smooth, 'stroke-width="2"')]),
    ...line.marks.filter((x) => x >= (low ?? x) && x <= (high ?? x)).map((x) =>
      `<path d="M${at.x(x) - 4} ${bottom - 9}l8 8m0 -8l-8 8" stroke="${
        escape(colour("--bad"))
      }" stroke-width="2"/>`
    ),
  ];
}

function legend(
  { plot, colour }: ChartDrawing,
  line: PlottedLine,
  i: number,
): string[] {
  const { left } = area(plot);
  const y = plot.height + LEGEND * i;
  return [
    `<rect x="${left}" y="${y}" width="18" height="4" fill="${
      escape(colour(`--curve-${line.colour}`))
    }"/>`,
    `<text x="${left + 26}" y="${y + 7}" fill="${escape(colour("--text"))}">${
      escape(line.label)
    }</text>`,
  ];
}

/** Places of values in the drawing, to a tenth of a pixel. */
function placer(plot: uPlot) {
  const { left, top } = area(plot);
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return {
    x: (value: number) => tenth(left + plot.valToPos(value, "x")),
    y: (value: number) => tenth(top + plot.valToPos(value, "y")),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Names of metrics and runs come from the file. */
function escape(text: string): string {
  return visible(text).replace(/[&<>"]/g, (char) => ENTITIES[char] ?? "");
}
