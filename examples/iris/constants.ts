/** Numbers that several files share. */

/** Smaller probabilities are raised to this one, because the logarithm of 0 is not finite. */
export const LEAST_PROBABILITY = 1e-12;
