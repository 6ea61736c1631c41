/** Smoothed curves. */
import { valueBetween } from "./share_of.ts";

/**
 * Smooths values by their exponential moving average, from which the bias to the start at 0 is removed (Kingma and Ba,
 * Adam, 2015, section 3), as TensorBoard does.
 *
 * @param values The values; what is not finite is `null`, stays so, and has no part in the average.
 * @param weight How much of the average stays at each value: 0 changes nothing, below 1.
 * @returns the smoothed values.
 */
export function smooth(
  values: readonly (number | null)[],
  weight: number,
): (number | null)[] {
  let [average, bias] = [0, 1];
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + (1 - weight) * value;
    bias *= weight;
    const smoothed = average / (1 - bias);
    // Of the greatest numbers that there are, what is rounded can be beyond them.
    return Number.isFinite(smoothed) ? smoothed : value;
  });
}

/**
 * Returns a smoothed curve at some steps, on straight lines between the parts that it was smoothed over. A curve that is
 * zoomed into keeps its smoothed line so: smoothing what is shown would start again at the edge of the window, and the
 * finer parts of a window would be smoothed over a shorter time.
 *
 * @param whole The steps of the whole curve, ascending, and its smoothed values.
 * @param steps The steps that are wanted; those before the first one have its value, those after the last one the last.
 * @returns the values; `null` where no value of the curve is finite.
 */
export function smoothAt(
  whole: {
    readonly steps: readonly number[];
    readonly values: readonly (number | null)[];
  },
  steps: readonly number[],
): (number | null)[] {
  const known = whole.steps.flatMap((step, i) => {
    const value = whole.values[i] ?? null;
    return value === null ? [] : [{ step, value }];
  });
  let next = 0;
  return steps.map((step) => {
    while (next < known.length && known[next]!.step < step) next++;
    const [before, after] = [known[next - 1], known[next]];
    if (before === undefined || after === undefined) {
      return (after ?? before)?.value ?? null;
    }
    if (after.step === step) return after.value;
    const share = (step - before.step) / (after.step - before.step);
    return valueBetween(share, before.value, after.value);
  });
}
