import { SearchUsageError } from "../errors.ts";
import { compareLosses } from "./_fronts.ts";
import { dominates } from "./_score.ts";

type Losses = readonly number[];

/**
 * Returns the hypervolume of results of several objectives, all to be minimised: the volume of what is no better
 * than some result and better than the reference point. It measures a whole front by one number, and grows with
 * each result that no other one dominates.
 *
 * The volume is exact: a sweep for two objectives, and the recursion of WFG for more, whose time can grow
 * exponentially with the number of objectives.
 *
 * Source: L. While, L. Bradstreet and L. Barone, A Fast Way of Calculating Exact Hypervolumes, IEEE Transactions
 * on Evolutionary Computation 16 (2012).
 *
 * @param losses The losses of each result; negate what is maximised.
 * @param reference A point that is worse than all results of interest; others count as nothing.
 * @returns the hypervolume.
 * @throws {SearchUsageError} If a result has another number of losses than the reference point, or NaN.
 *
 * @example
 * ```ts
 * import { hypervolume } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hypervolume([[1, 3], [2, 1], [3, 3]], [4, 4]), 7);
 * ```
 */
export function hypervolume(
  losses: readonly (readonly number[])[],
  reference: readonly number[],
): number {
  check(losses, reference);
  return volumeOf(losses, reference);
}

function check(losses: readonly Losses[], reference: Losses): void {
  for (const point of [reference, ...losses]) {
    const isPoint = Array.isArray(point) && point.length > 0 &&
      point.length === reference.length &&
      point.every((loss) => typeof loss === "number" && !Number.isNaN(loss));
    if (isPoint) continue;
    const what = point === reference ? "reference" : "losses";
    throw new SearchUsageError(
      what,
      `Cannot compute a hypervolume: a point of ${what} is ${
        JSON.stringify(point)
      }; give one number for each objective, e.g. [4, 4]`,
    );
  }
}

/** Returns the hypervolume of checked losses. */
export function volumeOf(losses: readonly Losses[], reference: Losses): number {
  const inside = losses.filter((point) =>
    point.every((loss, i) => loss < (reference[i] as number))
  );
  const front = frontOf(inside);
  return reference.length < 3
    ? area(front, reference)
    : wfg(front.reverse(), reference);
}

/** Returns the points that none dominates, each once, by the first objective. */
function frontOf(points: readonly Losses[]): Losses[] {
  const sorted = [...points].sort(compareLosses);
  const front: Losses[] = [];
  for (const point of sorted) {
    const isCovered = front.some((one) =>
      dominates(one, point) || compareLosses(one, point) === 0
    );
    if (!isCovered) front.push(point);
  }
  return front;
}

/** Sweeps a front of at most two objectives along the first one. */
function area(front: readonly Losses[], reference: Losses): number {
  const [right, top = 1] = reference;
  let ceiling = top;
  let sum = 0;
  for (const [x, y = 0] of front) {
    sum += ((right as number) - (x as number)) * (ceiling - y);
    ceiling = y;
  }
  return sum;
}

/** Adds what each point covers alone, compared with the points after it. */
function wfg(front: readonly Losses[], reference: Losses): number {
  return front.reduce(
    (sum, point, index) =>
      sum + addedVolume(point, front.slice(index + 1), reference),
    0,
  );
}

/** Returns the volume that a point covers and others do not; all losses are checked. */
export function addedVolume(
  point: Losses,
  others: readonly Losses[],
  reference: Losses,
): number {
  const box = point.reduce(
    (volume, loss, i) => volume * Math.max(0, (reference[i] as number) - loss),
    1,
  );
  const limited = others.map((other) =>
    other.map((loss, i) => Math.max(loss, point[i] as number))
  );
  return box - volumeOf(limited, reference);
}
