import { short } from "../internal/text.ts";
import { fit, pad, widthOf } from "../internal/text_width.ts";
import { type Axis, axisOf, metricAxis } from "./_search_scales.ts";
import type { SearchPlot, SearchPlotData } from "./search_data.ts";
import { type PlotLine, type PlotSpan, terminalPlot } from "./terminal_plot.ts";

/** Options for {@linkcode searchText}. */
export interface SearchTextOptions {
  /** Columns of the terminal; a drawing is at most 100 columns wide. @default {Infinity} */
  readonly width?: number;
}

const WIDEST = 100;
const ROWS = 12;
/** The dots of a braille character by row, left then right (Unicode block 2800). */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;

/**
 * Draws a plot of a search as lines of text.
 *
 * @param data The search.
 * @param plot Which plot.
 * @param options The width.
 * @returns the lines.
 */
export function searchText(
  data: SearchPlotData,
  plot: SearchPlot,
  options: SearchTextOptions = {},
): PlotLine[] {
  const width = Math.min(options.width ?? Infinity, WIDEST);
  const drawn = {
    best: bestSoFar,
    parallel,
    slices,
    rungs,
  }[plot](data, width);
  return drawn ?? [title(TITLES[plot]), [{ text: "(no result to draw)" }]];
}

const TITLES: Readonly<Record<SearchPlot, string>> = {
  best: "best so far",
  parallel: "parallel coordinates",
  slices: "slices",
  rungs: "rungs",
};

function title(text: string): PlotLine {
  return [{ text, style: "bold" }];
}

function bestSoFar(
  { metric, progress, spent }: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  if (progress.length === 0) return undefined;
  const bins = progress.flatMap(({ spent: from, value }, i) => {
    const to = progress[i + 1]?.spent ?? Math.max(spent, from);
    return [from, to].map((at) => ({
      firstStep: at,
      lastStep: at,
      min: value,
      max: value,
      last: value,
      count: 1,
      nonfinite: 0,
    }));
  });
  return terminalPlot([{ label: metric, bins }], {
    title: `${TITLES.best}: ${metric}`,
    width,
    unit: "fidelity spent",
  });
}

/** A drawing of dots; the best trial is drawn last, with a character that is seen without colours. */
class Canvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #dots: Uint8Array;
  readonly #best: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#dots = new Uint8Array(columns * rows);
    this.#best = new Uint8Array(columns * rows);
  }

  /** Draws a dot at shares of the width and the height. */
  dot(x: number, y: number, isBest: boolean): void {
    const column = Math.round(x * (this.#columns * 2 - 1));
    const row = Math.round((1 - y) * (this.#rows * 4 - 1));
    if (!(column >= 0 && column < this.#columns * 2)) return;
    if (!(row >= 0 && row < this.#rows * 4)) return;
    const cell = (row >> 2) * this.#columns + (column >> 1);
    this.#dots[cell]! |= DOTS[(row & 3) as 0]![(column & 1) as 0];
    if (isBest) this.#best[cell] = 1;
  }

  line(
    from: readonly [number, number],
    to: readonly [number, number],
    isBest: boolean,
  ): void {
    const steps = Math.max(this.#columns * 2, this.#rows * 4);
    for (let i = 0; i <= steps; i++) {
      const share = i / steps;
      this.dot(
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
        isBest,
      );
    }
  }

  rowOf(row: number): PlotSpan[] {
    const spans: { text: string; style?: "green" }[] = [];
    for (let column = 0; column < this.#columns; column++) {
      const cell = row * this.#columns + column;
      const isBest = this.#best[cell] === 1;
      const dots = this.#dots[cell]!;
      const text = isBest
        ? "●"
        : dots === 0
        ? " "
        : String.fromCharCode(0x2800 + dots);
      const last = spans.at(-1);
      if (last !== undefined && (last.style === "green") === isBest) {
        last.text += text;
      } else spans.push(isBest ? { text, style: "green" } : { text });
    }
    return spans;
  }
}

function parallel(
  data: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  const metric = metricAxis(data);
  if (metric === undefined) return undefined;
  const axes = [...data.parameters.map((one) => axisOf(one)), metric];
  const columns = Math.max(10, Math.floor(width));
  const canvas = new Canvas(columns, ROWS);
  // The best one last, so that it is on top.
  for (const trial of data.trials.toReversed()) {
    if (trial.result === undefined) continue;
    const isBest = trial === data.trials[0];
    const values = [...trial.values, trial.result];
    const places = values.map((value, i) =>
      value === undefined ? undefined : axes[i]!.at(value)
    );
    for (let i = 0; i + 1 < axes.length; i++) {
      const [a, b] = [places[i], places[i + 1]];
      if (a === undefined || b === undefined) continue;
      canvas.line([shareOf(i, axes), a], [shareOf(i + 1, axes), b], isBest);
    }
  }
  return [
    title(TITLES.parallel),
    [{ text: spread(axes.map(({ name }) => name), columns, fitEnd) }],
    [{ text: spread(axes.map((axis) => endOf(axis, -1)), columns) }],
    ...Array.from({ length: ROWS }, (_, row) => canvas.rowOf(row)),
    [{ text: spread(axes.map((axis) => endOf(axis, 0)), columns) }],
    [{ text: "● the best trial" }],
  ];
}

function shareOf(index: number, axes: readonly Axis[]): number {
  return axes.length === 1 ? 0.5 : index / (axes.length - 1);
}

function endOf({ marks }: Axis, at: number): string {
  return marks.at(at)?.text ?? "";
}

/** Writes texts at equal distances: the first at the left end, the last at the right end. */
function spread(
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
  return line.trimEnd();
}

/** Keeps the end of a path, in which paths differ most. */
function fitEnd(path: string, width: number): string {
  if (widthOf(path) <= width) return path;
  return fit(`…${path.slice(1 - width)}`, width);
}

const SLICE_ROWS = 8;

function slices(data: SearchPlotData, width: number): PlotLine[] | undefined {
  const metric = metricAxis(data, 3);
  if (metric === undefined) return undefined;
  const labels = new Map<number, string>();
  for (const { value, text } of metric.marks) {
    labels.set(Math.round((1 - metric.at(value)) * (SLICE_ROWS - 1)), text);
  }
  const gutter = Math.max(...[...labels.values()].map(widthOf));
  const columns = Math.max(10, Math.min(60, Math.floor(width) - gutter - 2));
  return data.parameters.flatMap((parameter, i) => {
    const axis = axisOf(parameter);
    const canvas = new Canvas(columns, SLICE_ROWS);
    for (const trial of data.trials.toReversed()) {
      const [value, { result }] = [trial.values[i], trial];
      if (value === undefined || result === undefined) continue;
      canvas.dot(axis.at(value), metric.at(result), trial === data.trials[0]);
    }
    const rows = Array.from({ length: SLICE_ROWS }, (_, row): PlotLine => {
      const label = labels.get(row);
      const edge = label === undefined ? "│" : "┤";
      return [
        { text: `${pad(label ?? "", gutter, "right")} ${edge}` },
        ...canvas.rowOf(row),
      ];
    });
    const ends = axis.isChoice
      ? axis.marks.map(({ text }) => text)
      : [endOf(axis, 0), endOf(axis, -1)];
    return [
      title(`${parameter.name} and ${data.metric}`),
      ...rows,
      [{ text: `${" ".repeat(gutter)} └${"─".repeat(columns)}` }],
      [{ text: " ".repeat(gutter + 2) + spread(ends, columns) }],
    ];
  });
}

function rungs(
  { rungs }: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  if (rungs.length === 0) return undefined;
  const most = rungs.reduce((max, { entered }) => Math.max(max, entered), 1);
  const names = rungs.map(({ bracket, rung, fidelity }) =>
    `bracket ${bracket} rung ${rung} fidelity ${short(fidelity)}`
  );
  const counts = rungs.map(({ entered, ended }) =>
    ended === entered ? `${entered}` : `${ended} of ${entered}`
  );
  const before = Math.max(...names.map((name) => name.length));
  const after = Math.max(...counts.map((count) => count.length));
  const room = Math.max(
    5,
    Math.min(50, Math.floor(width) - before - after - 3),
  );
  return [
    title(TITLES.rungs),
    ...rungs.map(({ entered, ended }, i): PlotLine => {
      const wide = Math.max(1, Math.round(entered / most * room));
      const full = Math.round(ended / most * room);
      const bar = "█".repeat(Math.min(full, wide)) +
        "░".repeat(Math.max(0, wide - full));
      return [{ text: `${names[i]!.padEnd(before)} ${bar} ${counts[i]}` }];
    }),
  ];
}
