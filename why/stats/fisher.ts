/**
 * Tests whether two shares differ: Fisher's exact test (R. A. Fisher, Journal of the Royal Statistical Society
 * 85, 1922), two-sided: the tables that are at most as likely as the given one.
 *
 * @param hitsA The hits of the first group.
 * @param ofA The size of the first group.
 * @param hitsB The hits of the second group.
 * @param ofB The size of the second group.
 * @returns the p value.
 */
export function fisherExact(
  hitsA: number,
  ofA: number,
  hitsB: number,
  ofB: number,
): number {
  const hits = hitsA + hitsB;
  const logOf = (inA: number) =>
    logChoose(ofA, inA) + logChoose(ofB, hits - inA);
  const [from, to] = [Math.max(0, hits - ofB), Math.min(ofA, hits)];
  const given = logOf(hitsA);
  const total = logChoose(ofA + ofB, hits);
  let p = 0;
  for (let inA = from; inA <= to; inA++) {
    const log = logOf(inA);
    // Tables that are equally likely may differ by rounding.
    if (log <= given + 1e-7) p += Math.exp(log - total);
  }
  return Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    log += Math.log((n - Math.min(k, n - k) + i) / i);
  }
  return log;
}
