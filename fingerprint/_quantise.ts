const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
// Which half holds sign and exponent.
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;
const TWO_32 = 2 ** 32;
const TWO_64 = 2 ** 64;
const LEAST_NORMAL = 2 ** -1022;

/**
 * Keeps the leading bits of a number's significand, half away from zero. Works on the bits: adding
 * half of the last kept place carries into the exponent as it should.
 *
 * @param value The number.
 * @param bits How many significand bits to keep, 1 to 53.
 * @returns the quantised number; -0 becomes 0, NaN and infinities stay.
 */
export function quantise(value: number, bits: number): number {
  if (!Number.isFinite(value)) return value;
  const size = Math.abs(value);
  // Below this, the leading bit is not where the format has it; scaling by a power of two is exact.
  if (size < LEAST_NORMAL && size > 0) {
    return quantise(value * TWO_64, bits) / TWO_64;
  }
  const kept = keep(value, bits);
  // The greatest numbers would round up out of the range: a finite number stays one.
  return Number.isFinite(kept)
    ? kept
    : Math.sign(value) * (2 - 2 ** (1 - bits)) * 2 ** 1023;
}

function keep(value: number, bits: number): number {
  const drop = 53 - bits;
  if (drop <= 0) return value + 0 === 0 ? 0 : value;
  float[0] = value;
  if (drop > 32) {
    const unit = 2 ** (drop - 32);
    const carry = words[HIGH]! % unit >= unit / 2 ? unit : 0;
    words[HIGH] = words[HIGH]! - words[HIGH]! % unit + carry;
    words[LOW] = 0;
  } else {
    const unit = 2 ** drop;
    const rest = words[LOW]! % unit;
    const sum = words[LOW]! - rest + (rest >= unit / 2 ? unit : 0);
    words[LOW] = sum % TWO_32;
    if (sum >= TWO_32) words[HIGH] = words[HIGH]! + 1;
  }
  return float[0]! + 0 === 0 ? 0 : float[0]!;
}

/**
 * The significand bits that hold a number of decimal digits.
 *
 * @param digits Significant decimal digits, 1 to 15.
 * @returns bits, 4 to 50.
 */
export function bitsOfPrecision(digits: number): number {
  return Math.ceil(digits * Math.log2(10));
}
