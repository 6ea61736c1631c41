/** The functions between the layers. */

/** Applies the rectified linear unit. */
export function relu(x: number): number {
  return x > 0 ? x : 0;
}

/** Turns scores into probabilities. The largest score is subtracted first, so that nothing overflows. */
export function softmax(scores: Float64Array): Float64Array {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
