/** Axes of drawings: values as places from 0 to 1. */
import { shareOf, valueBetween } from "./share_of.ts";
import { number, rounded } from "../text.ts";

/** An axis. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** The texts of the values 0, 1, 2 …; empty for numbers. */
  readonly choices: readonly string[];
}

/** Makes the axis of some values; of none it is from 0 to 1. */
export function scaleOf(values: readonly number[], isLog = false): Scale {
  const usable = values.filter((value) =>
    Number.isFinite(value) && !(isLog && value <= 0)
  );
  const [low, high] = usable.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  return low > high
    ? { low: 0, high: 1, isLog: false, choices: [] }
    : { low, high, isLog, choices: [] };
}

/** Returns the place of a value. All values are in the middle if there is one only. */
export function placeOf({ low, high, isLog }: Scale, value: number): number {
  if (low === high) return 0.5;
  // Great numbers that are near each other can have one logarithm.
  const place = isLog && Math.log(low) < Math.log(high)
    ? shareOf(Math.log(value), Math.log(low), Math.log(high))
    : shareOf(value, low, high);
  return Number.isFinite(place) ? place : 0;
}

/** Returns the value at a place. */
export function valueAt({ low, high, isLog }: Scale, place: number): number {
  return isLog
    ? low ** (1 - place) * high ** place
    : valueBetween(place, low, high);
}

/** Writes the value of an axis. */
export function textOf({ choices }: Scale, value: number): string {
  return choices.length === 0
    ? number(rounded(value, 4))
    : choices[Math.round(value)] ?? "";
}

/** Returns about `count` values that are easy to read. */
export function ticksOf(scale: Scale, count: number): number[] {
  const { low, high, isLog, choices } = scale;
  if (low === high) return [low];
  if (choices.length > 0) {
    const every = Math.ceil(choices.length / Math.max(1, count));
    return choices.flatMap((_, i) => i % every === 0 ? [i] : []);
  }
  if (isLog) {
    const [first, last] = [
      Math.ceil(Math.log10(low) - 1e-9),
      Math.floor(Math.log10(high) + 1e-9),
    ];
    const every = Math.max(1, Math.ceil((last - first + 1) / count));
    const powers = range(first, last, every).map((power) => 10 ** power);
    return powers.length > 1 ? powers : [low, high];
  }
  const rough = high / Math.max(1, count) - low / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((one) => one * power >= rough)! * power;
  // Of the least numbers that there are no tenth can be told.
  if (!(step > 0)) return [low, high];
  const places = range(
    Math.ceil(low / step - 1e-9),
    Math.floor(high / step + 1e-9),
    1,
  );
  // What is rounded can be a little beside the axis, and two such can be the same.
  return [...new Set(places.map((one) => clamped(one * step, low, high)))];
}

function clamped(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Numbers from one to another; those that the next step does not reach, because it is too small, are left out. */
function range(first: number, last: number, step: number): number[] {
  const all: number[] = [];
  for (let one = first; one <= last && one !== all.at(-1); one += step) {
    all.push(one);
  }
  return all;
}
