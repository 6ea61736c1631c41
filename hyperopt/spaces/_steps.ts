/** Numbers that are a step apart: `low`, `low + step` and so on. They are counted in decimals, so that 0.1 + 2 * 0.1 is 0.3. */

/** A number as it is written: digits and decimal places. */
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

/** Returns the digits of numbers, with the same number of places. */
function aligned(values: readonly number[]): [bigint[], number] {
  const decimals = values.map(decimalOf);
  const places = Math.max(...decimals.map((one) => one.places));
  return [
    decimals.map((one) => one.digits * 10n ** BigInt(places - one.places)),
    places,
  ];
}

/**
 * Counts the steps that fit between two numbers.
 *
 * @param low The first number.
 * @param high The upper bound.
 * @param step The step, above 0.
 * @returns the number of steps.
 */
export function countSteps(low: number, high: number, step: number): number {
  const [[from, to, by]] = aligned([low, high, step]) as [
    [bigint, bigint, bigint],
    number,
  ];
  return Number((to - from) / by);
}

/** Returns the number that is some steps above the first one. */
export function stepAt(low: number, step: number, count: number): number {
  const [[from, by], places] = aligned([low, step]) as [
    [bigint, bigint],
    number,
  ];
  const digits = from + by * BigInt(count);
  return Number(`${digits}e-${places}`);
}

/** Counts the steps from the first number to another; `undefined` if it is not a whole number of steps. */
export function stepsTo(
  low: number,
  step: number,
  value: number,
): number | undefined {
  const steps = (value - low) / step;
  const count = Math.round(steps);
  // A sum of floats differs a little from the decimal.
  return Math.abs(steps - count) < 1e-8 ? count : undefined;
}
