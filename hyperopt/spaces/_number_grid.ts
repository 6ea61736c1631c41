/**
 * Returns evenly spread floats, both ends included. The arithmetic is that of `linspace` of NumPy, operation by
 * operation, so that a grid agrees with Python's to the last bit.
 */
export function linearFloats(
  low: number,
  high: number,
  count: number,
): number[] {
  const intervals = count - 1;
  const step = intervals === 0 ? 0 : (high - low) / intervals;
  const at = (i: number) =>
    step === 0 && intervals > 0
      ? (i / intervals) * (high - low) + low
      : i * step + low;
  return Array.from(
    { length: count },
    (_, i) => i === intervals && i > 0 ? high : at(i),
  );
}

/** Returns evenly spread integers, rounded down as in Python; a value may be repeated. */
export function linearIntegers(
  low: number,
  high: number,
  count: number,
): number[] {
  return linearFloats(low, high, count).map((value) => Math.floor(value) + 0);
}

/** Returns floats that are evenly spread over their logarithm. */
export function logFloats(
  low: number,
  high: number,
  count: number,
  base: number,
): number[] {
  const exponents = linearFloats(
    logarithm(low, base),
    logarithm(high, base),
    count,
  );
  return exponents.map((exponent, i) => {
    // The ends are exact; rounding must not put a point outside of them.
    if (i === 0) return low;
    if (i === count - 1) return high;
    return Math.min(high, Math.max(low, Math.pow(base, exponent)));
  });
}

/** Returns the integers nearest to numbers that are evenly spread over their logarithm, each once. */
export function logIntegers(
  low: number,
  high: number,
  count: number,
  base: number,
): number[] {
  return [...new Set(logFloats(low, high, count, base).map(Math.round))];
}

/** Returns the logarithm; it is exact if value and base are powers of 10 or 2. */
function logarithm(value: number, base: number): number {
  if (base === 10) return Math.log10(value);
  if (base === 2) return Math.log2(value);
  return Math.log(value) / Math.log(base);
}
