/** A growing function of losses. */
export type Warp = (loss: number) => number;

/** The powers that are tried: 1 changes nothing, less draws in great losses and spreads small ones. */
const LEAST_POWER = -4;
const GREATEST_POWER = 1;

/**
 * Finds the growing function after which losses are most like a normal distribution of mean 0 and deviation 1: the
 * power of Yeo and Johnson over losses in units of their quartiles, or over the logarithms of losses that are all above 0, whichever is more likely.
 *
 * Source: I. Yeo and R. A. Johnson, A New Family of Power Transformations to Improve Normality or Symmetry,
 * Biometrika 87 (2000).
 *
 * @param losses The losses, ascending and finite.
 */
export function fitWarp(losses: readonly number[]): Warp {
  const plain = powerWarp(losses);
  if (!((losses[0] as number) > 0)) return plain.warp;
  const logs = losses.map(Math.log);
  const log = powerWarp(logs);
  const stretch = logs.reduce((sum, y) => sum + y, 0);
  return log.likelihood - stretch > plain.likelihood
    ? (loss) => log.warp(Math.log(loss))
    : plain.warp;
}

/** Returns the warp by a power, and the logarithm of the likelihood of the numbers. */
function powerWarp(
  numbers: readonly number[],
): { warp: Warp; likelihood: number } {
  const quantile = (share: number) =>
    numbers[Math.floor(share * (numbers.length - 1))] as number;
  const middle = quantile(0.5);
  const range = quantile(0.75) - quantile(0.25);
  const unit = range > 0 ? range : quantile(1) - quantile(0);
  if (!(unit > 0 && Number.isFinite(unit))) {
    return { warp: () => 0, likelihood: -Infinity };
  }
  const units = numbers.map((y) => (y - middle) / unit);
  const power = bestPower(units);
  const { mean, deviation } = momentsOf(units.map((y) => yeoJohnson(y, power)));
  return {
    warp: (y) => (yeoJohnson((y - middle) / unit, power) - mean) / deviation,
    likelihood: powerLikelihood(units, power) -
      numbers.length * Math.log(unit),
  };
}

/** Returns the power transformation of Yeo and Johnson. */
export function yeoJohnson(y: number, power: number): number {
  if (y >= 0) {
    return power === 0 ? Math.log1p(y) : (Math.pow(y + 1, power) - 1) / power;
  }
  return power === 2
    ? -Math.log1p(-y)
    : -(Math.pow(1 - y, 2 - power) - 1) / (2 - power);
}

/** Returns the logarithm of the likelihood of a power, without constants. */
export function powerLikelihood(ys: readonly number[], power: number): number {
  const { deviation } = momentsOf(ys.map((y) => yeoJohnson(y, power)));
  const stretch = ys.reduce(
    (sum, y) => sum + Math.sign(y) * Math.log1p(Math.abs(y)),
    0,
  );
  return -ys.length * Math.log(deviation) + (power - 1) * stretch;
}

/** Finds the most likely power, by halving the range with the golden ratio. */
function bestPower(ys: readonly number[]): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = LEAST_POWER;
  let high = GREATEST_POWER;
  for (let step = 0; step < 24; step++) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (powerLikelihood(ys, left) < powerLikelihood(ys, right)) low = left;
    else high = right;
  }
  return (low + high) / 2;
}

function momentsOf(
  numbers: readonly number[],
): { mean: number; deviation: number } {
  const mean = numbers.reduce((sum, y) => sum + y, 0) / numbers.length;
  const square = numbers.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / numbers.length) || 1 };
}
