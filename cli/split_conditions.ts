/** The words of a command that chooses runs. */
export interface ChoosingWords {
  /** Conditions, such as `lr<0.1`. */
  readonly conditions: string[];
  /** The others: names of projects or runs. */
  readonly names: string[];
}

/**
 * Tells the conditions among words from the names.
 *
 * @param words The words.
 * @returns both, in their order.
 */
export function splitConditions(words: readonly string[]): ChoosingWords {
  const isCondition = (word: string): boolean => /[<>=!]/.test(word);
  return {
    conditions: words.filter(isCondition),
    names: words.filter((word) => !isCondition(word)),
  };
}
