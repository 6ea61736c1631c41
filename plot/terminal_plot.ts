import type { Style, Terminal } from "../cli/terminal.ts";
import { short } from "../internal/text.ts";
import { fit, pad } from "../internal/text_width.ts";
import { linearScale, logScale } from "./scale.ts";
import { type PlotRange, type PlotSeries, rangeOf } from "./series.ts";

const COLORS: readonly Style[] = ["cyan", "yellow", "green", "red", "bold"];
const MARKS = "abcdefghijklmnopqrstuvwxyz";
/** The dots of a braille character by row, left then right (Unicode block 2800). */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;
const WIDEST = 100;

/** What was drawn into one character. */
interface Cell {
  dots: number;
  series: number;
}

/**
 * Draws curves with braille dots. Several curves are told apart by colour, or by letters where no
 * colours are shown.
 *
 * @param series The curves.
 * @param terminal Where to draw.
 * @param options `title`, `rows` of the drawing, and `log` for a logarithmic scale.
 */
export function drawPlot(
  series: readonly PlotSeries[],
  terminal: Terminal,
  options: {
    readonly title: string;
    readonly rows?: number;
    readonly log?: boolean;
  },
): void {
  const { title, rows = 12, log = false } = options;
  const range = rangeOf(series, log);
  terminal.line(terminal.style("bold", title));
  if (range === undefined) {
    return terminal.line("(no finite value to draw)");
  }
  const y = (log ? logScale : linearScale)(range.y, Math.max(2, rows / 3));
  const labels = labelRows(y, rows);
  const gutter = Math.max(...[...labels.values()].map((text) => text.length));
  const columns = Math.max(
    10,
    Math.min(WIDEST, terminal.width - gutter - 2),
  );
  const grid = paint(series, range, { columns, rows, at: y.at });
  for (let row = 0; row < rows; row++) {
    const cells = grid.slice(row * columns, (row + 1) * columns);
    const text = cells.map((cell) => character(cell, series.length, terminal));
    const label = labels.get(row);
    terminal.line(
      `${pad(label ?? "", gutter, "right")} ${label === undefined ? "│" : "┤"}${
        text.join("").trimEnd()
      }`,
    );
  }
  drawSteps(range, { gutter, columns }, terminal);
  if (series.length > 1) drawLegend(series, terminal);
}

/** Which rows have a value beside them. */
function labelRows(
  y: { at(value: number): number; readonly ticks: readonly number[] },
  rows: number,
): Map<number, string> {
  const labels = new Map<number, string>();
  for (const tick of y.ticks) {
    const row = Math.round((1 - y.at(tick)) * (rows - 1));
    if (row >= 0 && row < rows) labels.set(row, short(tick));
  }
  return labels;
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
  const dot = (column: number, row: number, index: number) => {
    const cell = grid[(row >> 2) * columns + (column >> 1)];
    if (cell === undefined || column < 0 || column >= wide) return;
    cell.dots |= DOTS[(row & 3) as 0]![(column & 1) as 0];
    cell.series = index;
  };
  const place = (value: number) => {
    const share = size.at(value);
    return Number.isNaN(share)
      ? undefined
      : Math.round((1 - share) * (high - 1));
  };
  series.forEach(({ bins }, index) => {
    let before: { column: number; row: number } | undefined;
    for (const { firstStep, lastStep, min, max, last } of bins) {
      const middle = (firstStep + lastStep) / 2;
      const column = Math.round(x.at(middle) * (wide - 1));
      const end = Number.isFinite(last) ? place(last) : undefined;
      // The whole envelope of a stretch: a spike never vanishes.
      const [top, bottom] = [max, min].map((value) =>
        value === undefined ? undefined : place(value)
      );
      if (top !== undefined && bottom !== undefined) {
        for (let row = top; row <= bottom; row++) dot(column, row, index);
      }
      if (end === undefined) {
        before = undefined;
        continue;
      }
      if (before !== undefined) {
        line(before, { column, row: end }, (c, r) => dot(c, r, index));
      }
      dot(column, end, index);
      before = { column, row: end };
    }
  });
  return grid;
}

/** Every dot between two, a column at a time. */
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

function character(
  { dots, series }: Cell,
  count: number,
  terminal: Terminal,
): string {
  if (series < 0) return " ";
  if (count > 1 && !terminal.color) return markOf(series);
  const text = String.fromCharCode(0x2800 + dots);
  return count > 1 ? terminal.style(colorOf(series), text) : text;
}

function markOf(index: number): string {
  return MARKS[index % MARKS.length]!;
}

function colorOf(index: number): Style {
  return COLORS[index % COLORS.length]!;
}

function drawSteps(
  { x: [low, high] }: PlotRange,
  { gutter, columns }: { gutter: number; columns: number },
  terminal: Terminal,
): void {
  terminal.line(`${" ".repeat(gutter)} └${"─".repeat(columns)}`);
  const left = short(low);
  const right = `step ${short(high)}`;
  terminal.line(
    `${" ".repeat(gutter + 2)}${left}${
      low === high ? "" : pad(right, columns - left.length, "right")
    }`,
  );
}

function drawLegend(series: readonly PlotSeries[], terminal: Terminal): void {
  for (const [index, { label }] of series.entries()) {
    const mark = terminal.color
      ? terminal.style(colorOf(index), "━━")
      : markOf(index);
    terminal.line(`  ${mark} ${fit(label, Math.max(4, terminal.width - 6))}`);
  }
}
