/** The lists of numbers that a chart draws. */
import uPlot from "uplot";
import type { CurveReply } from "../../api_types.ts";
import { divided, unitOf, type ValueUnit } from "./value_scale.ts";

/** A curve of a chart. */
export interface ChartLine {
  readonly label: string;
  /** The number of its colour; see `theme.css`. */
  readonly colour: number;
  readonly curve: CurveReply;
  /** The places of its parts along the horizontal axis, if those are not its steps. */
  readonly xs?: readonly number[];
  /** The smoothed values of its parts, which are drawn over the others. */
  readonly smooth?: readonly (number | null)[];
}

/** A curve as it is drawn: by places that do not descend. */
export interface PlottedLine {
  readonly label: string;
  readonly colour: number;
  readonly xs: readonly number[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly last: readonly (number | null)[];
  readonly smooth?: readonly (number | null)[];
  /** The step of each part. */
  readonly steps: readonly number[];
  /** The places of parts with values that are NaN or infinite. */
  readonly marks: readonly number[];
}

/** The number of colours in `theme.css`. */
const COLOURS = 8;

/** Orders a curve by its places. Times may descend where a run was resumed by a machine whose clock is behind. */
export function plotted(
  { label, colour, curve, xs = curve.steps, smooth }: ChartLine,
): PlottedLine {
  const isSorted = xs.every((x, i) => i === 0 || x >= (xs[i - 1] ?? x));
  const order = xs.map((_, i) => i);
  if (!isSorted) order.sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  const pick = <T>(values: readonly T[], none: T) =>
    isSorted ? values : order.map((i) => values[i] ?? none);
  const lost = new Set(curve.nonfinite);
  return {
    label,
    colour: colour % COLOURS,
    xs: pick(xs, 0),
    min: pick(curve.min, null),
    max: pick(curve.max, null),
    last: pick(curve.last, null),
    ...(smooth && { smooth: pick(smooth, null) }),
    steps: pick(curve.steps, 0),
    marks: xs.filter((_, i) => lost.has(curve.steps[i] ?? NaN)),
  };
}

/** The lists of values of a line that are drawn. */
function valuesOf(
  { min, max, last, smooth }: PlottedLine,
): (readonly (number | null)[])[] {
  return smooth === undefined ? [min, max, last] : [min, max, last, smooth];
}

/** Decides how the values of curves are drawn. */
export function unitOfLines(
  lines: readonly ChartLine[],
  isLog: boolean,
): ValueUnit {
  const lists = lines.flatMap(({ curve: { min, max }, smooth = [] }) => [
    min,
    max,
    smooth,
  ]);
  return unitOf(lists, isLog);
}

/** One list of places for all curves, and the lists of values of each as they are drawn. */
export function dataOf(
  lines: readonly PlottedLine[],
  unit: ValueUnit,
): uPlot.AlignedData {
  const tables = lines.map((line) =>
    [
      [...line.xs],
      ...valuesOf(line).map((list) => divided(list, unit)),
    ] as uPlot.AlignedData
  );
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

/** The number of each line's first list in the data. */
export function firstLists(lines: readonly PlottedLine[]): number[] {
  let next = 1;
  return lines.map((line) => {
    const first = next;
    next += valuesOf(line).length;
    return first;
  });
}

/** The part of a line that is nearest to a place; -1 if it has none. */
export function nearest({ xs }: Pick<PlottedLine, "xs">, x: number): number {
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) < x) low = middle;
    else high = middle;
  }
  const distance = (i: number) => Math.abs((xs[i] ?? Infinity) - x);
  return xs.length === 0 ? -1 : distance(low) <= distance(high) ? low : high;
}
