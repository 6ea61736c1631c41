/** Scales of the plots of a search. */
import { markTexts, numberText } from "./_mark_texts.ts";
import { linearScale, logScale } from "./scale.ts";
import type { PlotParameter, SearchPlotData } from "./search_data.ts";

/** One axis: a parameter, or a metric. */
export interface Axis {
  readonly name: string;
  /** Maps a value to the range from 0 to 1. */
  at(value: number): number;
  /** The values that are named, ascending, with their texts. */
  readonly marks: readonly Mark[];
  /** Whether there are only a few values. */
  readonly isChoice: boolean;
}

/** A value that is named on an axis. */
export interface Mark {
  readonly value: number;
  readonly text: string;
}

/** Values of an objective that differ by this factor are on a logarithmic scale. */
const LOG_FROM = 1000;

/** Makes the axis of a parameter. */
export function axisOf(parameter: PlotParameter, count = 4): Axis {
  const { name, low, high, log, choices } = parameter;
  if (choices.length > 0) return choiceAxis(name, choices);
  return numberAxis(name, [low, high], { count, log: log && low > 0 });
}

/** Choices are in the middle of equal parts, so that none is at the edge of a drawing. */
function choiceAxis(name: string, choices: readonly string[]): Axis {
  return {
    name,
    at: (value) => (value + 0.5) / choices.length,
    marks: choices.map((text, value) => ({ value, text })),
    isChoice: true,
  };
}

/** Makes the axis of numbers. Both ends are named. */
export function numberAxis(
  name: string,
  [low, high]: readonly [number, number],
  { count = 4, log = isWide([low, high]) }: {
    readonly count?: number;
    readonly log?: boolean;
  } = {},
): Axis {
  const { at, ticks } = (log ? logScale : linearScale)([low, high], count);
  // A round value that is close to an end would be written over it.
  const inner = ticks.filter((tick) => at(tick) > 0.06 && at(tick) < 0.94);
  const values = low === high ? [low] : [low, ...inner, high];
  const { texts, base } = markTexts(values, (value) => numberText(value, 6));
  const marks = values.map((value, i) => ({ value, text: texts[i]! }));
  return { name: `${name}${base}`, at, marks, isChoice: false };
}

/** Whether values are so far apart that a linear scale shows only the greatest. */
export function isWide([low, high]: readonly [number, number]): boolean {
  return low > 0 && high / low >= LOG_FROM;
}

/** Makes the axis of an objective; `undefined` if no trial has a result. */
export function objectiveAxis(
  { objectives, trials }: SearchPlotData,
  index: number,
  count = 4,
): Axis | undefined {
  const ends = endsOf(trials.map(({ results }) => results[index]));
  return ends && numberAxis(objectives[index]!.name, ends, { count });
}

/** Finds the least and the greatest finite value. */
export function endsOf(
  values: readonly (number | undefined)[],
): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? undefined : [low, high];
}

/**
 * Leaves out marks whose texts would be written over others; the ends stay.
 *
 * @param marks The marks, ascending.
 * @param place Returns the middle of a mark.
 * @param size Returns the size of its text, with the distance to the next one.
 */
export function spaced(
  marks: readonly Mark[],
  place: (mark: Mark) => number,
  size: (mark: Mark) => number,
): Mark[] {
  const [first, last] = [marks[0], marks.at(-1)];
  const kept: Mark[] = [];
  const add = (mark: Mark | undefined) => {
    if (mark === undefined || kept.includes(mark)) return;
    const isFree = kept.every((one) =>
      Math.abs(place(one) - place(mark)) >= (size(one) + size(mark)) / 2
    );
    if (isFree) kept.push(mark);
  };
  for (const mark of [first, last, ...marks]) add(mark);
  return kept.sort((a, b) => a.value - b.value);
}
