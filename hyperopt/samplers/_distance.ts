import type { Row } from "./_history.ts";

/** What the distances of rows need to know of a dimension: the number of its choices, 0 if it holds numbers. */
export type DimensionChoices = readonly number[];

/**
 * Returns the Euclidean distance of two rows in the unit cube, or `most` if it is greater. Another choice, and a
 * dimension that only one of the rows has, count as the whole range.
 */
export function distance(
  choices: DimensionChoices,
  a: Row,
  b: Row,
  most: number,
): number {
  const limit = most ** 2;
  let sum = 0;
  for (let index = 0; index < choices.length; index++) {
    // Most rows are far away, which one or two dimensions tell.
    if (sum >= limit) return most;
    const one = a[index] as number;
    const other = b[index] as number;
    if (one === other || (Number.isNaN(one) && Number.isNaN(other))) continue;
    const isApart = (choices[index] as number) > 0 || Number.isNaN(one) ||
      Number.isNaN(other);
    sum += isApart ? 1 : (one - other) ** 2;
  }
  return Math.min(most, Math.sqrt(sum));
}

/** The greatest spacing: with few points in many dimensions the formula gives more than half of the cube. */
const GREATEST = 0.5;

/**
 * Returns how far points are from each other that are spread over the cube: the radius at which a ball holds one
 * of `count` points in the mean. Choices divide the points: only those with the same ones can be near.
 *
 * @param choices The number of choices of each dimension; 0 if it holds numbers.
 * @param count The number of points.
 */
export function spacing(choices: DimensionChoices, count: number): number {
  const numbers = choices.filter((each) => each === 0).length;
  if (numbers === 0) return 0;
  const parts = choices.reduce((all, each) => all * Math.max(1, each), 1);
  const points = Math.max(1, count / parts);
  return Math.min(GREATEST, (ballOfVolume(numbers) / points) ** (1 / numbers));
}

/** Returns the inverse of the volume of the unit ball, which is the power of the radius at which a ball has volume 1. */
function ballOfVolume(dimensions: number): number {
  let volume = dimensions % 2 === 0 ? 1 : 2;
  for (let d = dimensions; d > 1; d -= 2) volume *= 2 * Math.PI / d;
  return 1 / volume;
}
