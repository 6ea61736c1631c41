import { SearchUsageError } from "./errors.ts";
import { describe } from "./_describe.ts";

/** The rungs of a halving. */
export interface HalvingPlan {
  /** The number of configs of each rung. */
  readonly rungs: readonly number[];
  /** The number of configs that are kept after each rung; those of the last rung do not run again. */
  readonly keep: readonly number[];
  /** The number of values of `__num_halved__`, including that of the last run. */
  readonly generations: number;
  /** Returns the steps of each generation. */
  steps(maxSteps: number): number[];
}

/** Plans the halving of a number of configs. */
export function planHalving(
  size: number,
  options: { readonly halvingRate: number; readonly numMinSamples: number },
): HalvingPlan {
  const { halvingRate, numMinSamples } = options;
  checkOptions(size, halvingRate, numMinSamples);
  const rungs: number[] = [];
  const keep: number[] = [];
  let count = size;
  while (count >= numMinSamples) {
    rungs.push(count);
    count = Math.floor(count * halvingRate);
    keep.push(count);
  }
  // The best config is halved before its last run, too, if anything of its rung is kept.
  const generations = rungs.length + (count > 0 ? 1 : 0);
  return {
    rungs,
    keep,
    generations,
    steps: (maxSteps) =>
      Array.from({ length: generations }, (_, i) => {
        const halvings = generations - 1 - i;
        return halvings === 0
          ? maxSteps
          : roundUp(maxSteps * Math.pow(halvingRate, halvings));
      }),
  };
}

/** Rounds up, but ignores the error that exists only because 0.3 is not a binary fraction. */
function roundUp(steps: number): number {
  const nearest = Math.round(steps);
  return nearest > 0 && Math.abs(steps - nearest) <= nearest * 1e-12
    ? nearest
    : Math.ceil(steps);
}

function checkOptions(
  size: number,
  halvingRate: number,
  numMinSamples: number,
): void {
  const isRate = typeof halvingRate === "number" && halvingRate > 0 &&
    halvingRate < 1;
  if (!isRate) {
    throw new SearchUsageError(
      "halvingRate",
      `Cannot halve by ${
        describe(halvingRate)
      }: halvingRate is the share that is kept, above 0 and below 1`,
    );
  }
  if (!(typeof numMinSamples === "number" && numMinSamples >= 1)) {
    throw new SearchUsageError(
      "numMinSamples",
      `Cannot stop at ${
        describe(numMinSamples)
      } configs: numMinSamples is a number from 1 up`,
    );
  }
  if (size < numMinSamples) {
    throw new SearchUsageError(
      "numMinSamples",
      `Cannot run a rung: the grid has ${size} configs, and numMinSamples is ${numMinSamples}; ` +
        "lower it, or give the parameters more points",
    );
  }
}
