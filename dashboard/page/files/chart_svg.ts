/// <reference lib="dom" />
/** A chart as an SVG document: what is on the screen, as text that programs for drawings can edit. */
import type { PlottedLine } from "../parts/chart_data.ts";
import { type ChartMark, MARK_LINE } from "../parts/chart_marks.ts";
import { area, escape, placer, type PlotDrawing, plotSvg } from "./plot_svg.ts";

/** What is drawn. */
export interface ChartDrawing extends PlotDrawing {
  readonly lines: readonly PlottedLine[];
  readonly marks: readonly ChartMark[];
}

/** The room for each line of the legend. */
const LEGEND = 18;

/** Draws a chart. */
export function chartSvg(drawing: ChartDrawing): string {
  const { lines, marks } = drawing;
  return plotSvg(drawing, [
    ...lines.flatMap((line) => curve(drawing, line)),
    ...marks.map((mark, i) => markLine(drawing, mark, i)),
    ...lines.flatMap((line, i) => legend(drawing, line, i)),
  ], LEGEND * lines.length);
}

/** A step that is meant, as a line from top to bottom. */
function markLine(
  drawing: ChartDrawing,
  { step, text }: ChartMark,
  place: number,
): string {
  const { plot, colour } = drawing;
  const { top, bottom, left, right } = area(plot);
  const x = placer(drawing).x(step);
  if (x < left || x > right) return "";
  const isRight = x > (left + right) / 2;
  return `<path d="M${x} ${top}V${bottom}" stroke="${
    escape(colour("--warn"))
  }" stroke-dasharray="4 3"/><text x="${x + (isRight ? -6 : 6)}" y="${
    top + 12 + MARK_LINE * place
  }" text-anchor="${isRight ? "end" : "start"}" fill="${
    escape(colour("--warn"))
  }">${escape(text)}</text>`;
}

/** The band from the least to the greatest value, the last values, the smoothed ones, and marks. */
function curve(drawing: ChartDrawing, line: PlottedLine): string[] {
  const { plot, colour } = drawing;
  const stroke = escape(colour(`--curve-${line.colour}`));
  const at = placer(drawing);
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
