import type { Random } from "../random.ts";

/**
 * Mixes two positions from 0 to 1 by simulated binary crossover with bounds, and returns one of the two children.
 *
 * Source: K. Deb and R. B. Agrawal, Simulated Binary Crossover for Continuous Search Space, Complex Systems 9
 * (1995).
 */
export function sbx(
  one: number,
  other: number,
  { index, random }: { readonly index: number; readonly random: Random },
): number {
  const low = Math.min(one, other);
  const high = Math.max(one, other);
  const u = random.next();
  const isLow = random.next() < 0.5;
  const distance = high - low;
  if (!(distance > 1e-14)) return one;
  const room = isLow ? low : 1 - high;
  const alpha = 2 - Math.pow(1 + 2 * room / distance, -(index + 1));
  const spread = Math.pow(
    u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha),
    1 / (index + 1),
  );
  const middle = (low + high) / 2;
  const half = spread * distance / 2;
  return clamp(isLow ? middle - half : middle + half);
}

/**
 * Moves a position from 0 to 1 by the polynomial mutation with bounds.
 *
 * Source: K. Deb and S. Agrawal, A Niched-Penalty Approach for Constraint Handling in Genetic Algorithms,
 * ICANNGA 1999.
 */
export function mutated(unit: number, index: number, random: Random): number {
  const u = random.next();
  const power = index + 1;
  const step = u < 0.5
    ? Math.pow(2 * u + (1 - 2 * u) * Math.pow(1 - unit, power), 1 / power) - 1
    : 1 -
      Math.pow(
        2 * (1 - u) + (2 * u - 1) * Math.pow(unit, power),
        1 / power,
      );
  return clamp(unit + step);
}

function clamp(unit: number): number {
  return unit < 0 ? 0 : unit > 1 ? 1 : unit;
}
