/** A trial with the loss that it reached on a rung. */
export interface Ranked {
  readonly trial: number;
  readonly loss: number;
}

/** Whether a trial is better than another; of equal ones the earlier trial is. */
export function isBetter(one: Ranked, other: Ranked): boolean {
  return one.loss < other.loss ||
    (one.loss === other.loss && one.trial < other.trial);
}

/** For sorting: the better one first. */
export function compareRanked(one: Ranked, other: Ranked): number {
  return isBetter(one, other) ? -1 : 1;
}

/** Whether a loss counts; a trial without one has failed. */
export function isLoss(loss: number | undefined): loss is number {
  return loss !== undefined && !Number.isNaN(loss);
}
