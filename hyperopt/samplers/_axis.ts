import type { Dimension } from "../spaces/space.ts";
import { countSteps, stepAt } from "../spaces/_steps.ts";

/**
 * A dimension as the unit interval: equal lengths are equally likely.
 *
 * Whole numbers and choices have equal bins (equal in the logarithm if the dimension is logarithmic), so that
 * the least and the greatest are as likely as those between them.
 */
export interface Axis {
  /** Returns the number at a position from 0 to 1; never outside the dimension. */
  fromUnit(unit: number): number;
  /** Returns the position of a number; if there are bins, the middle of its bin. */
  toUnit(value: number): number;
  /** Returns the length of the bin of a number; 0 for floats. */
  width(value: number): number;
  /** The number of choices, if the dimension has choices without order; otherwise 0. */
  readonly choices: number;
}

/** Returns the axis of a dimension. */
export function axisOf(dimension: Dimension): Axis {
  if (dimension.low === dimension.high) return fixed(dimension.low);
  if (dimension.step !== undefined) return stepped(dimension, dimension.step);
  if (dimension.kind === "float") {
    return dimension.log ? floatLog(dimension) : float(dimension);
  }
  return dimension.log ? wholeLog(dimension) : whole(dimension);
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function fixed(value: number): Axis {
  return {
    fromUnit: () => value,
    toUnit: () => 0.5,
    width: () => 1,
    choices: 0,
  };
}

function float({ low, high }: Dimension): Axis {
  return {
    fromUnit: (unit) => clamp(low + unit * (high - low), low, high),
    toUnit: (value) => clamp((value - low) / (high - low), 0, 1),
    width: () => 0,
    choices: 0,
  };
}

function floatLog({ low, high }: Dimension): Axis {
  const start = Math.log(low);
  const length = Math.log(high) - start;
  return {
    fromUnit: (unit) => clamp(Math.exp(start + unit * length), low, high),
    toUnit: (value) => clamp((Math.log(value) - start) / length, 0, 1),
    width: () => 0,
    choices: 0,
  };
}

function whole({ low, high, kind }: Dimension): Axis {
  const count = high - low + 1;
  return {
    fromUnit: (unit) => clamp(low + Math.floor(unit * count), low, high),
    toUnit: (value) => clamp((value - low + 0.5) / count, 0, 1),
    width: () => 1 / count,
    choices: kind === "category" ? count : 0,
  };
}

/** Each step has an equal bin, as each whole number does. */
function stepped({ low, high }: Dimension, step: number): Axis {
  const count = countSteps(low, high, step) + 1;
  return {
    fromUnit: (unit) =>
      stepAt(low, step, clamp(Math.floor(unit * count), 0, count - 1)),
    toUnit: (value) => clamp(((value - low) / step + 0.5) / count, 0, 1),
    width: () => 1 / count,
    choices: 0,
  };
}

function wholeLog({ low, high }: Dimension): Axis {
  const start = Math.log(low - 0.5);
  const length = Math.log(high + 0.5) - start;
  return {
    fromUnit: (unit) =>
      clamp(Math.round(Math.exp(start + unit * length)), low, high),
    toUnit: (value) => clamp((Math.log(value) - start) / length, 0, 1),
    width: (value) => Math.log((value + 0.5) / (value - 0.5)) / length,
    choices: 0,
  };
}
