/**
 * The share of a normal distribution around `middle` that lies between 0 and 1.
 *
 * @param middle from 0 to 1, so at least a third of the distribution is inside where `deviation` <= 1.
 */
export function normalShare(middle: number, deviation: number): number {
  const scale = 1 / (deviation * Math.SQRT2);
  return 0.5 * (erf((1 - middle) * scale) + erf(middle * scale));
}

/**
 * The error function for arguments from 0 up, to 1.5e-7.
 *
 * Source: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
 */
function erf(x: number): number {
  if (x > 4) return 1;
  const t = 1 / (1 + 0.3275911 * x);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t -
        0.284496736) * t + 0.254829592) * t;
  return 1 - series * Math.exp(-x * x);
}
