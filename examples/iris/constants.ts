/** Numbers that several files agree on. */

/** Probabilities below this count as this: the logarithm of 0 is no loss to learn from. */
export const LEAST_PROBABILITY = 1e-12;
