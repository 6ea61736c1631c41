import type { ChartBin } from "../tracker/mod.ts";

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * Draws a curve in one line of block characters.
 *
 * A bin whose last value is NaN or infinite is a `×`.
 *
 * @param bins The bins, as `run.metrics.chart` returns them.
 * @returns one character per bin.
 */
export function sparkline(bins: readonly ChartBin[]): string {
  const values = bins.map((bin) => bin.last);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return values.map((value) => {
    if (!Number.isFinite(value)) return "×";
    if (high === low) return BLOCKS[3];
    // Halved, because the difference of two large numbers can overflow.
    const share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return BLOCKS[Math.min(7, Math.floor(share * 8))];
  }).join("");
}
