import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";

/** The range of fidelities, and the factor between its rungs. */
export interface LadderOptions {
  readonly minFidelity: number;
  readonly maxFidelity: number;
  readonly eta: number;
}

/** Tells whether a fidelity is above another one. */
function isAbove(one: number, other: number): boolean {
  // Whole numbers are exact; a fraction such as 1/27 times 27 may not be exactly 1.
  const isExact = Number.isInteger(one) && Number.isInteger(other);
  return one > other * (isExact ? 1 : 1 + 1e-9);
}

/** Refuses fidelities that a scheduler cannot work with. */
export function checkLadder(
  name: string,
  { minFidelity, maxFidelity, eta }: LadderOptions,
): void {
  checkFidelity(name, "maxFidelity", maxFidelity);
  checkFidelity(name, "minFidelity", minFidelity);
  if (minFidelity > maxFidelity) {
    throw new SearchUsageError(
      "minFidelity",
      `Cannot plan ${name}: minFidelity ${minFidelity} is above maxFidelity ${maxFidelity}; ` +
        "give one that is not",
    );
  }
  if (!Number.isSafeInteger(eta) || eta < 2) {
    throw new SearchUsageError(
      "eta",
      `Cannot plan ${name}: eta is ${
        describe(eta)
      }; give a whole number of at least 2`,
    );
  }
}

/** Refuses a fidelity that is not a number above 0. */
export function checkFidelity(
  name: string,
  setting: string,
  fidelity: number,
): void {
  if (Number.isFinite(fidelity) && fidelity > 0) return;
  throw new SearchUsageError(
    setting,
    `Cannot plan ${name}: ${setting} is ${
      describe(fidelity)
    }; give a number above 0`,
  );
}

/** Refuses a number of trials that is not a whole number from 1 up. */
export function checkTrials(name: string, trials: number): void {
  checkCount(name, "trials", trials);
}

/** Refuses a count that is not a whole number from 1 up. */
export function checkCount(name: string, setting: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new SearchUsageError(
    setting,
    `Cannot plan ${name}: ${setting} is ${
      describe(count)
    }; give a whole number of at least 1`,
  );
}

/** Returns the fidelities `min * eta^k` below the greatest one, and the greatest one. */
export function ladder(
  { minFidelity, maxFidelity, eta }: LadderOptions,
): number[] {
  const rungs: number[] = [];
  let fidelity = minFidelity;
  while (isAbove(maxFidelity, fidelity)) {
    rungs.push(fidelity);
    fidelity *= eta;
  }
  rungs.push(maxFidelity);
  return rungs;
}

/** Returns the greatest s with `min * eta^s <= max`. It multiplies, since the computed logarithm of 243 to 3 is below 5. */
export function mostHalvings(
  { minFidelity, maxFidelity, eta }: LadderOptions,
): number {
  let halvings = 0;
  let fidelity = minFidelity * eta;
  while (!isAbove(fidelity, maxFidelity)) {
    halvings++;
    fidelity *= eta;
  }
  return halvings;
}
