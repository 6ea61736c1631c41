import { fit, pad } from "../internal/text_width.ts";
import { short } from "../internal/text.ts";
import { markTexts } from "./_mark_texts.ts";
import { linearScale, logScale, type Scale } from "./scale.ts";
import { type PlotRange, type PlotSeries, rangeOf } from "./series.ts";

/** How a part of a line is shown. */
export type PlotStyle = "bold" | "red" | "green" | "yellow" | "cyan";

/** A part of a line. */
export interface PlotSpan {
  /** Its characters. */
  readonly text: string;
  /** How it is shown; plain if it is absent. */
  readonly style?: PlotStyle;
}

/** One line of a drawing, from left to right. */
export type PlotLine = readonly PlotSpan[];

/** Options for {@linkcode terminalPlot}. */
export interface TerminalPlotOptions {
  /** The line above the drawing. */
  readonly title: string;
  /**
   * Columns of the terminal; a drawing is at most 100 columns wide.
   *
   * @default {Infinity}
   */
  readonly width?: number;
  /**
   * Whether curves are told apart by colour; otherwise by letters.
   *
   * @default {false}
   */
  readonly color?: boolean;
  /**
   * Rows of the drawing.
   *
   * @default {12}
   */
  readonly rows?: number;
  /**
   * Whether the values are on a logarithmic scale.
   *
   * @default {false}
   */
  readonly log?: boolean;
  /**
   * What the horizontal axis counts.
   *
   * @default {"step"}
   */
  readonly unit?: string;
}

const COLORS: readonly PlotStyle[] = [
  "cyan",
  "yellow",
  "green",
  "red",
  "bold",
];
const MARKS = "abcdefghijklmnopqrstuvwxyz";
/** The dots of a braille character by row, left then right (Unicode block 2800). */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;
const WIDEST = 100;

/** The dots of one character, and the curve that was drawn into it last. */
interface Cell {
  dots: number;
  series: number;
}

/** Columns for the labels, and columns of the drawing. */
interface Layout {
  readonly gutter: number;
  readonly columns: number;
}

/**
 * Draws curves with braille dots.
 *
 * @param series The curves.
 * @param options The title, the size, and how curves are told apart.
 * @returns the lines, with a legend if there is more than one curve.
 */
export function terminalPlot(
  series: readonly PlotSeries[],
  options: TerminalPlotOptions,
): PlotLine[] {
  const { title, rows = 12, log = false, width = Infinity, color = false } =
    options;
  const { unit = "step" } = options;
  const range = rangeOf(series, log);
  const headed = (text: string): PlotLine => [{ text, style: "bold" }];
  if (range === undefined) {
    return [headed(title), [{ text: "(no finite value to draw)" }]];
  }
  const y = (log ? logScale : linearScale)(range.y, Math.max(2, rows / 3));
  const { texts, base } = markTexts(y.ticks);
  const labels = labelRows(y, texts, rows);
  const gutter = Math.max(...[...labels.values()].map((text) => text.length));
  const columns = Math.max(10, Math.min(WIDEST, width - gutter - 2));
  const lines = [headed(title + base)];
  const grid = paint(series, range, { columns, rows, at: y.at });
  for (let row = 0; row < rows; row++) {
    const cells = grid.slice(row * columns, (row + 1) * columns);
    const label = labels.get(row);
    const axis = label === undefined ? "│" : "┤";
    lines.push([
      { text: `${pad(label ?? "", gutter, "right")} ${axis}` },
      ...spansOf(cells, series.length, color),
    ]);
  }
  lines.push(...stepLines(range, { gutter, columns, unit }));
  if (series.length > 1) lines.push(...legend(series, width, color));
  return lines;
}

/** Chooses the rows that have a value beside them. */
function labelRows(
  y: Scale,
  texts: readonly string[],
  rows: number,
): Map<number, string> {
  const places = y.ticks.map((tick) =>
    Math.round((1 - y.at(tick)) * (rows - 1))
  );
  return new Map(places.map((row, i) => [row, texts[i]!]));
}

function paint(
  series: readonly PlotSeries[],
  range: PlotRange,
  size: { columns: number; rows: number; at(value: number): number },
): Cell[] {
  const { columns, rows } = size;
  const grid = Array.from(
    { length: columns * rows },
    (): Cell => ({ dots: 0, series: -1 }),
  );
  const [wide, high] = [columns * 2, rows * 4];
  const x = linearScale(range.x, 4);
  const columnOf = (step: number) => Math.round(x.at(step) * (wide - 1));
  const rowOf = (value: number | undefined) => {
    const share = value === undefined ? NaN : size.at(value);
    return Number.isNaN(share)
      ? undefined
      : Math.round((1 - share) * (high - 1));
  };
  series.forEach(({ bins }, index) => {
    paintCurve(bins, { columnOf, rowOf }, (column, row) => {
      const cell = grid[(row >> 2) * columns + (column >> 1)];
      if (cell === undefined || column < 0 || column >= wide) return;
      cell.dots |= DOTS[(row & 3) as 0]![(column & 1) as 0];
      cell.series = index;
    });
  });
  return grid;
}

/** Where a step and a value are, in dots. */
interface Places {
  columnOf(step: number): number;
  rowOf(value: number | undefined): number | undefined;
}

function paintCurve(
  bins: PlotSeries["bins"],
  { columnOf, rowOf }: Places,
  dot: (column: number, row: number) => void,
): void {
  let before: { column: number; row: number } | undefined;
  for (const { firstStep, lastStep, min, max, last } of bins) {
    const column = columnOf((firstStep + lastStep) / 2);
    const [top, bottom] = [rowOf(max), rowOf(min)];
    // The whole envelope of a bin, so that no spike is lost.
    if (top !== undefined && bottom !== undefined) {
      for (let row = top; row <= bottom; row++) dot(column, row);
    }
    const row = Number.isFinite(last) ? rowOf(last) : undefined;
    if (row === undefined) {
      before = undefined;
      continue;
    }
    if (before !== undefined) line(before, { column, row }, dot);
    dot(column, row);
    before = { column, row };
  }
}

/** Draws every dot between two, without the ends. */
function line(
  from: { column: number; row: number },
  to: { column: number; row: number },
  dot: (column: number, row: number) => void,
): void {
  const steps = Math.max(
    Math.abs(to.column - from.column),
    Math.abs(to.row - from.row),
  );
  for (let i = 1; i < steps; i++) {
    dot(
      Math.round(from.column + (to.column - from.column) * i / steps),
      Math.round(from.row + (to.row - from.row) * i / steps),
    );
  }
}

/** The cells of a row up to the last that is not blank; neighbours of one style are one span. */
function spansOf(
  cells: readonly Cell[],
  count: number,
  color: boolean,
): PlotSpan[] {
  const end = cells.findLastIndex(({ series }) => series >= 0) + 1;
  const spans: PlotSpan[] = [];
  for (const cell of cells.slice(0, end)) {
    const next = spanOf(cell, count, color);
    const last = spans.at(-1);
    if (last === undefined || last.style !== next.style) spans.push(next);
    else spans[spans.length - 1] = { ...last, text: last.text + next.text };
  }
  return spans;
}

function spanOf(
  { dots, series }: Cell,
  count: number,
  color: boolean,
): PlotSpan {
  if (series < 0) return { text: " " };
  if (count > 1 && !color) return { text: markOf(series) };
  const text = String.fromCharCode(0x2800 + dots);
  return count > 1 ? { text, style: colorOf(series) } : { text };
}

function markOf(index: number): string {
  return MARKS[index % MARKS.length]!;
}

function colorOf(index: number): PlotStyle {
  return COLORS[index % COLORS.length]!;
}

function stepLines(
  { x: [low, high] }: PlotRange,
  { gutter, columns, unit }: Layout & { readonly unit: string },
): PlotLine[] {
  const left = short(low);
  const right = low === high
    ? ""
    : pad(`${unit} ${short(high)}`, columns - left.length, "right");
  return [
    [{ text: `${" ".repeat(gutter)} └${"─".repeat(columns)}` }],
    [{ text: `${" ".repeat(gutter + 2)}${left}${right}` }],
  ];
}

function legend(
  series: readonly PlotSeries[],
  width: number,
  color: boolean,
): PlotLine[] {
  return series.map(({ label }, index) => [
    { text: "  " },
    color ? { text: "━━", style: colorOf(index) } : { text: markOf(index) },
    { text: ` ${fit(label, Math.max(4, width - 6))}` },
  ]);
}
