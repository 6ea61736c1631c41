/**
 * Decimal digits of floats, rounded as Python rounds them: from the exact value, with halves rounded to
 * the even digit.
 *
 * @module
 */
import { splitFloat } from "./_power.ts";

/** Digits without leading zeros, and the number of digits after the point. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

function exact(value: number): Decimal {
  const { mantissa, power } = splitFloat(Math.abs(value));
  return power >= 0
    ? { digits: mantissa << BigInt(power), places: 0 }
    : { digits: mantissa * 5n ** BigInt(-power), places: -power };
}

/** Drops digits at the end and rounds halves to even. */
function drop(digits: bigint, count: number): bigint {
  if (count <= 0) return digits * 10n ** BigInt(-count);
  const unit = 10n ** BigInt(count);
  const quotient = digits / unit;
  const twice = (digits % unit) * 2n;
  const isUp = twice > unit || (twice === unit && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/**
 * Writes the absolute value of a float with a given number of digits after the point.
 *
 * @returns the string without a sign, e.g. `0.12`.
 */
export function fixed(value: number, places: number): string {
  const decimal = exact(value);
  const digits = String(drop(decimal.digits, decimal.places - places))
    .padStart(places + 1, "0");
  const split = digits.length - places;
  return places === 0
    ? digits
    : `${digits.slice(0, split)}.${digits.slice(split)}`;
}

/**
 * Returns the given number of leading digits of a float.
 *
 * @returns the digits, and the power of ten of the first one.
 */
export function significant(
  value: number,
  count: number,
): { digits: string; power: number } {
  if (value === 0) return { digits: "0".repeat(count), power: 0 };
  const decimal = exact(value);
  const length = String(decimal.digits).length;
  const digits = String(drop(decimal.digits, length - count));
  // Rounding 9.99 up adds a digit.
  const carry = digits.length - count;
  return {
    digits: digits.slice(0, count),
    power: length - 1 - decimal.places + carry,
  };
}

/** Implements Python's `round(value, places)`. */
export function roundTo(value: number, places: number): number {
  if (!Number.isFinite(value) || places > 323) return value;
  const sign = value < 0 || Object.is(value, -0) ? -1 : 1;
  if (places >= 0) return sign * Number(fixed(value, places));
  const decimal = exact(value);
  const kept = drop(decimal.digits, decimal.places - places);
  return sign * Number(`${kept}e${-places}`);
}

/** Implements Python's `round(value)`. */
export function roundToInteger(value: number): bigint {
  const size = BigInt(fixed(value, 0));
  return value < 0 ? -size : size;
}
