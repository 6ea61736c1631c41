/** A scale that maps values to the range from 0 to 1. */
export interface Scale {
  /** Maps a value; a value beyond the ends is outside 0 to 1. */
  at(value: number): number;
  /** Round values for labels, ascending. */
  readonly ticks: readonly number[];
}

/**
 * Makes a linear scale.
 *
 * @param ends The smallest and the largest value.
 * @param count The approximate number of ticks.
 * @returns the scale; if both ends are equal, every value maps to the middle.
 */
export function linearScale(
  [low, high]: readonly [number, number],
  count: number,
): Scale {
  // Halved, because the difference of two large numbers can overflow.
  const span = high / 2 - low / 2;
  return {
    at: (value) => span === 0 ? 0.5 : (value / 2 - low / 2) / span,
    ticks: span === 0 ? [low] : roundTicks(low, high, count),
  };
}

/**
 * Makes a logarithmic scale.
 *
 * @param ends The smallest and the largest value, both above 0.
 * @param count The approximate number of ticks.
 * @returns the scale; a value that is not above 0 maps to NaN.
 */
export function logScale(
  [low, high]: readonly [number, number],
  count: number,
): Scale {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const inner = linearScale([from, to], count);
  return {
    at: (value) => value > 0 ? inner.at(Math.log10(value)) : NaN,
    ticks: logTicks(low, high, count),
  };
}

/** Lists powers of ten; on a short scale also 2 and 5 times them. */
function logTicks(low: number, high: number, count: number): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Math.max(1, Math.ceil((to - from) / (2 * count)));
  const between = (factors: readonly number[]) => {
    const ticks: number[] = [];
    for (let power = from; power <= to; power += every) {
      for (const factor of factors) {
        const tick = Number(`${factor}e${power}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  };
  const powers = between([1]);
  if (powers.length > 2) return powers;
  const more = between([1, 2, 5]);
  return more.length > 0 ? more : [low, high];
}

/** Lists multiples of 1, 2 or 5 times a power of ten (Heckbert, Nice Numbers for Graph Labels, 1990). */
function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high / count) - (low / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ??
    10;
  const step = factor * power;
  if (!Number.isFinite(step) || step === 0) return [low, high];
  const digits = Math.max(0, Math.min(100, -Math.floor(Math.log10(step))));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Of neighbouring numbers there are none between: the same multiple comes again, or one beside both ends.
  const ticks = new Set<number>();
  for (let i = 0; i <= Math.min(100, last - first); i++) {
    const tick = (first + i) * step;
    const round = digits > 20 ? tick : Number(tick.toFixed(digits));
    ticks.add(Math.max(low, Math.min(high, round)));
  }
  return ticks.size === 0 ? [low, high] : [...ticks];
}
