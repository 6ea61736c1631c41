/** Numbers a step apart: `low`, `low + step` and so on. Counted in decimals, so that 0.1 + 2 * 0.1 is 0.3. */

/** How a number is written: digits and decimal places. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function decimalOf(value: number): Decimal {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const places = fraction.length - Number(exponent);
  const digits = BigInt(sign + whole + fraction);
  return places >= 0
    ? { digits, places }
    : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

/** The digits of numbers with the same number of places. */
function aligned(values: readonly number[]): [bigint[], number] {
  const decimals = values.map(decimalOf);
  const places = Math.max(...decimals.map((one) => one.places));
  return [
    decimals.map((one) => one.digits * 10n ** BigInt(places - one.places)),
    places,
  ];
}

/**
 * How many steps fit between two numbers.
 *
 * @param low The first number.
 * @param high No number is above this one.
 * @param step Above 0.
 */
export function countSteps(low: number, high: number, step: number): number {
  const [[from, to, by]] = aligned([low, high, step]) as [
    [bigint, bigint, bigint],
    number,
  ];
  return Number((to - from) / by);
}

/** The number so many steps above the first one. */
export function stepAt(low: number, step: number, count: number): number {
  const [[from, by], places] = aligned([low, step]) as [
    [bigint, bigint],
    number,
  ];
  const digits = from + by * BigInt(count);
  return Number(`${digits}e-${places}`);
}

/** How many steps a number is above the first one; `undefined` where it is not one of them. */
export function stepsTo(
  low: number,
  step: number,
  value: number,
): number | undefined {
  const steps = (value - low) / step;
  const count = Math.round(steps);
  // A sum of floats misses the decimal by a little.
  return Math.abs(steps - count) < 1e-8 ? count : undefined;
}
