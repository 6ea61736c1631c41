/** A point as the Gaussian process reads it: positions from 0 to 1, numbers of choices, NaN where it lacks a dimension. */
export type Features = Float64Array;

const ROOT5 = Math.sqrt(5);

/**
 * Returns the square of the distance of two points in one dimension. Different choices have the distance 1. A
 * point that lacks the dimension lies beside its middle, about 1 from each position; so the distances are those of
 * places in a plane, as a kernel needs it.
 */
export function squareBetween(
  a: number,
  b: number,
  isChoice: boolean,
): number {
  const lacksA = Number.isNaN(a);
  const lacksB = Number.isNaN(b);
  if (lacksA && lacksB) return 0;
  if (isChoice) return a === b ? 0 : 1;
  if (lacksA || lacksB) return ((lacksA ? b : a) - 0.5) ** 2 + 0.75;
  return (a - b) ** 2;
}

/** The Matérn kernel of smoothness 5/2 at a square of a distance; its value at 0 is 1. */
export function matern(square: number): number {
  const r = Math.sqrt(5 * square);
  return (1 + r + r * r / 3) * Math.exp(-r);
}

/** Minus twice the derivative of {@linkcode matern} by the square of the distance. */
export function maternSlope(square: number): number {
  const r = ROOT5 * Math.sqrt(square);
  return 5 / 3 * (1 + r) * Math.exp(-r);
}
