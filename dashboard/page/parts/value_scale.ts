/**
 * The vertical scale of charts. uPlot has marks for values up to 1e32, and the range of a chart from -1e308 to 1e308 is
 * no number: such values are drawn divided, over a scale of their own.
 */
import uPlot from "uplot";
import { ticksOf } from "./scale.ts";

/** How values are drawn. */
export interface ValueUnit {
  /** Whether uPlot's own scale and marks do not do. */
  readonly isExtreme: boolean;
  /** What values are divided by before they are drawn. A power of ten, so that round values stay round. */
  readonly divisor: 1 | 10;
}

/** Where the marks of uPlot are. */
const [LEAST, GREATEST] = [1e-30, 1e30];

/** Pixels between marks. */
const SPACE = 40;

/** Decides how the values of some lists are drawn. */
export function unitOf(
  lists: readonly (readonly (number | null)[])[],
  isLog: boolean,
): ValueUnit {
  let [least, greatest] = [Infinity, 0];
  for (const list of lists) {
    for (const value of list) {
      if (value === null) continue;
      greatest = Math.max(greatest, Math.abs(value));
      if (value > 0) least = Math.min(least, value);
    }
  }
  const isGreat = greatest > GREATEST;
  return {
    isExtreme: isGreat || (isLog && least < LEAST),
    divisor: isGreat && !isLog ? 10 : 1,
  };
}

/** Divides values that are drawn. */
export function divided(
  list: readonly (number | null)[],
  { divisor }: ValueUnit,
): (number | null)[] {
  return divisor === 1
    ? [...list]
    : list.map((value) => value === null ? null : value / divisor);
}

/** Returns the options of the vertical scale. */
export function valueScale(
  { isExtreme, divisor }: ValueUnit,
  isLog: boolean,
): uPlot.Scale {
  const kind: uPlot.Scale = isLog ? { distr: 3 } : {};
  if (!isExtreme) return kind;
  const most = Number.MAX_VALUE / divisor;
  return {
    ...kind,
    // What has no logarithm is at the lower end.
    clamp: (_plot, _value, low) => low,
    range: (_plot, low: number | null, high: number | null) => {
      if (low === null || high === null) return [null, null];
      return isLog
        ? [Math.max(low / 2, Number.MIN_VALUE), Math.min(high * 2, most)]
        : linearRange(low, high, most);
    },
  };
}

function linearRange(
  low: number,
  high: number,
  most: number,
): uPlot.Range.MinMax {
  const [first, last] = uPlot.rangeNum(low, high, 0.1, true);
  return [Math.max(first ?? low, -most), Math.min(last ?? high, most)];
}

/** The width of the values beside a chart. */
const [WIDTH, EXTREME_WIDTH] = [64, 76];

/** Returns the options of the vertical axis. */
export function valueAxis(
  { isExtreme }: ValueUnit,
  isLog: boolean,
): uPlot.Axis {
  if (!isExtreme) return { size: WIDTH };
  return {
    size: EXTREME_WIDTH,
    // Any distance that has room: the marks do not follow from it.
    incrs: (_plot, _axis, low, high) => [Math.max(5, high - low)],
    splits: ({ height }, _axis, low, high) =>
      ticksOf({ low, high, isLog, choices: [] }, Math.ceil(height / SPACE)),
    filter: (_plot, marks) => marks,
  };
}
