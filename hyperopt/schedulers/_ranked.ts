/** A trial with its loss at a rung. */
export interface Ranked {
  readonly trial: number;
  readonly loss: number;
}

/** Tells whether a trial is better than another; of equal trials, the earlier one is better. */
export function isBetter(one: Ranked, other: Ranked): boolean {
  return one.loss < other.loss ||
    (one.loss === other.loss && one.trial < other.trial);
}

/** Compares trials for sorting: the better one is first. */
export function compareRanked(one: Ranked, other: Ranked): number {
  return isBetter(one, other) ? -1 : 1;
}

/** Tells whether a trial has a loss; otherwise it failed. */
export function isLoss(loss: number | undefined): loss is number {
  return loss !== undefined && !Number.isNaN(loss);
}
