import { barPlot } from "./bars.ts";
import { Canvas } from "./_canvas.ts";
import { fitEnd } from "./_fit_end.ts";
import { rungText, rungTitle } from "./_rung_texts.ts";
import {
  type Axis,
  axisOf,
  endsOf,
  isWide,
  objectiveAxis,
} from "./_search_scales.ts";
import { endOf, spread, textScatter } from "./_text_axes.ts";
import {
  nothingToDraw,
  objectivePairs,
  SEARCH_TITLES,
  type SearchPlot,
  type SearchPlotData,
} from "./search_data.ts";
import { type PlotLine, terminalPlot } from "./terminal_plot.ts";

/** Options for {@linkcode searchText}. */
export interface SearchTextOptions {
  /** Columns of the terminal; a drawing is at most 100 columns wide. @default {Infinity} */
  readonly width?: number;
}

const WIDEST = 100;
const ROWS = 12;
const SLICE_ROWS = 8;

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
    front,
    parallel,
    slices,
    rungs,
    importance,
  }[plot](data, width);
  return drawn ?? [
    title(SEARCH_TITLES[plot]),
    [{ text: `(${nothingToDraw(data, plot)})` }],
  ];
}

function title(text: string): PlotLine {
  return [{ text, style: "bold" }];
}

function bestSoFar(
  { objectives, progress, spent }: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  const ends = endsOf(progress.map(({ value }) => value));
  if (ends === undefined) return undefined;
  const { name } = objectives[0]!;
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
  return terminalPlot([{ label: name, bins }], {
    title: `${SEARCH_TITLES.best}: ${name}`,
    width,
    log: isWide(ends),
    unit: "fidelity spent",
  });
}

/** What the filled dot means. */
function bestNote({ objectives }: SearchPlotData): PlotLine {
  return [{ text: objectives.length > 1 ? "● the front" : "● the best trial" }];
}

function front(data: SearchPlotData, width: number): PlotLine[] | undefined {
  const axes = data.objectives.map((_, i) => objectiveAxis(data, i, 3));
  const drawn = objectivePairs(axes.length).flatMap(([x, y]) => {
    const [across, up] = [axes[x], axes[y]];
    if (across === undefined || up === undefined) return [];
    const named = (index: number) => {
      const { name, mode } = data.objectives[index]!;
      return `${name} (${mode})`;
    };
    const points = data.trials.map(({ results, kind }) => ({
      x: results[x],
      y: results[y],
      kind,
    }));
    return textScatter({
      title: `front: ${named(y)} over ${named(x)}`,
      x: across,
      y: up,
      points,
    }, { width, rows: ROWS });
  });
  return drawn.length === 0 ? undefined : [...drawn, bestNote(data)];
}

function parallel(
  data: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  const metrics = data.objectives.flatMap((_, i) =>
    objectiveAxis(data, i) ?? []
  );
  if (metrics.length === 0) return undefined;
  const axes = [...data.parameters.map((one) => axisOf(one)), ...metrics];
  const columns = Math.max(10, Math.floor(width));
  const canvas = new Canvas(columns, ROWS);
  // The best ones last, so that they are on top.
  for (const { values, results, kind } of data.trials.toReversed()) {
    if (results[0] === undefined) continue;
    const places = [...values, ...results].map((value, i) =>
      value === undefined ? undefined : axes[i]?.at(value)
    );
    for (let i = 0; i + 1 < axes.length; i++) {
      const [a, b] = [places[i], places[i + 1]];
      if (a === undefined || b === undefined) continue;
      const [from, to] = [shareOf(i, axes), shareOf(i + 1, axes)];
      canvas.line([from, a], [to, b], kind === "best");
    }
  }
  return [
    title(SEARCH_TITLES.parallel),
    [{ text: spread(axes.map(({ name }) => name), columns, fitEnd) }],
    [{ text: spread(axes.map((axis) => endOf(axis, -1)), columns) }],
    ...Array.from({ length: ROWS }, (_, row) => canvas.rowOf(row)),
    [{ text: spread(axes.map((axis) => endOf(axis, 0)), columns) }],
    bestNote(data),
  ];
}

function shareOf(index: number, axes: readonly Axis[]): number {
  return axes.length === 1 ? 0.5 : index / (axes.length - 1);
}

function slices(data: SearchPlotData, width: number): PlotLine[] | undefined {
  const drawn = data.objectives.flatMap((_, objective) => {
    const y = objectiveAxis(data, objective, 3);
    if (y === undefined) return [];
    return data.parameters.flatMap((parameter, i) =>
      textScatter({
        title: `${parameter.name} and ${y.name}`,
        x: axisOf(parameter),
        y,
        points: data.trials.map(({ values, results, kind }) => ({
          x: values[i],
          y: results[objective],
          kind,
        })),
      }, { width, rows: SLICE_ROWS })
    );
  });
  return drawn.length === 0 ? undefined : drawn;
}

function rungs(
  { rungs }: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  if (rungs.length === 0) return undefined;
  const most = rungs.reduce((max, { entered }) => Math.max(max, entered), 1);
  const names = rungs.map(rungTitle);
  const counts = rungs.map(rungText);
  const before = Math.max(...names.map((name) => name.length));
  const after = Math.max(...counts.map((count) => count.length));
  const room = Math.max(
    5,
    Math.min(50, Math.floor(width) - before - after - 3),
  );
  return [
    title(SEARCH_TITLES.rungs),
    ...rungs.map(({ entered, ended }, i): PlotLine => {
      const wide = Math.max(1, Math.round(entered / most * room));
      const full = Math.round(ended / most * room);
      const bar = "█".repeat(Math.min(full, wide)) +
        "░".repeat(Math.max(0, wide - full));
      return [{ text: `${names[i]!.padEnd(before)} ${bar} ${counts[i]}` }];
    }),
  ];
}

function importance(
  { importance = [] }: SearchPlotData,
  width: number,
): PlotLine[] | undefined {
  const drawn = importance.flatMap(({ title: text, parameters, notes }) => {
    const bars = parameters.map(({ path, share, spread }) => ({
      label: path,
      share,
      text: `${percent(share)} +- ${percent(spread)}`,
    }));
    const lines = bars.length === 0
      ? [title(text)]
      : barPlot(bars, { title: text, width });
    return [...lines, ...notes.map((note): PlotLine => [{ text: note }])];
  });
  return drawn.length === 0 ? undefined : drawn;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
