/** Texts along the axes of drawings in a terminal. */
import { fit, pad, widthOf } from "../internal/text_width.ts";
import { Canvas } from "./_canvas.ts";
import { fitEnd } from "./_fit_end.ts";
import type { Axis } from "./_search_scales.ts";
import type { PlotTrial } from "./search_data.ts";
import type { PlotLine } from "./terminal_plot.ts";

/** Returns the text at an end of an axis: 0 for the first, -1 for the last. */
export function endOf({ marks }: Axis, at: number): string {
  return marks.at(at)?.text ?? "";
}

/** Writes texts at equal distances: the first at the left end, the last at the right end. */
export function spread(
  texts: readonly string[],
  columns: number,
  shorten: (text: string, width: number) => string = fit,
): string {
  const room = Math.max(3, Math.floor(columns / texts.length) - 1);
  const cells = texts.map((text) => shorten(text, room));
  let line = "";
  cells.forEach((cell, i) => {
    const wide = widthOf(cell);
    const middle = i * (columns - 1) / Math.max(1, cells.length - 1);
    const start = i === 0
      ? 0
      : i === cells.length - 1
      ? columns - wide
      : Math.round(middle - wide / 2);
    line = pad(line, Math.max(widthOf(line) + (i > 0 ? 1 : 0), start)) + cell;
  });
  return fit(line.trimEnd(), columns);
}

/** Writes the texts of choices below their places, in the middle of equal parts. */
function choiceLine({ marks }: Axis, columns: number): string {
  const slot = columns / marks.length;
  if (slot < 4) return spread([marks[0]!.text, marks.at(-1)!.text], columns);
  let line = "";
  marks.forEach(({ text }, i) => {
    const cell = fit(text, Math.floor(slot) - 1);
    const start = Math.round((i + 0.5) * slot - widthOf(cell) / 2);
    line = pad(line, Math.max(0, start)) + cell;
  });
  return line;
}

/** Trials as places on two axes. */
export interface TextScatter {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly {
    readonly x: number | undefined;
    readonly y: number | undefined;
    readonly kind: PlotTrial["kind"];
  }[];
}

/** Draws trials as dots, with the texts of both axes. */
export function textScatter(
  { title, x, y, points }: TextScatter,
  { width, rows }: { readonly width: number; readonly rows: number },
): PlotLine[] {
  const labels = new Map<number, string>();
  for (const { value, text } of y.marks) {
    labels.set(Math.round((1 - y.at(value)) * (rows - 1)), text);
  }
  const gutter = Math.max(...[...labels.values()].map(widthOf));
  const columns = Math.max(10, Math.min(60, Math.floor(width) - gutter - 2));
  const canvas = new Canvas(columns, rows);
  for (const point of points.toReversed()) {
    if (point.x === undefined || point.y === undefined) continue;
    canvas.dot(x.at(point.x), y.at(point.y), point.kind === "best");
  }
  const below = x.isChoice
    ? choiceLine(x, columns)
    : spread([...new Set([endOf(x, 0), endOf(x, -1)])], columns);
  return [
    [{ text: fitEnd(title, Math.max(10, width)), style: "bold" }],
    ...Array.from({ length: rows }, (_, row): PlotLine => {
      const label = labels.get(row);
      const edge = label === undefined ? "│" : "┤";
      return [
        { text: `${pad(label ?? "", gutter, "right")} ${edge}` },
        ...canvas.rowOf(row),
      ];
    }),
    [{ text: `${" ".repeat(gutter)} └${"─".repeat(columns)}` }],
    [{ text: " ".repeat(gutter + 2) + below }],
  ];
}
