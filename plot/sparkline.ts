import type { ChartBin } from "../tracker/mod.ts";

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * Draws a curve in one line of block characters.
 *
 * A stretch whose last value is NaN or infinite is a `×`.
 *
 * @param bins The stretches, as `run.metrics.chart` gives them.
 * @returns one character a stretch.
 */
export function sparkline(bins: readonly ChartBin[]): string {
  const values = bins.map((bin) => bin.last);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return values.map((value) => {
    if (!Number.isFinite(value)) return "×";
    if (high === low) return BLOCKS[3];
    // Halved, because the span of two great numbers may be beyond what a number holds.
    const share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return BLOCKS[Math.min(7, Math.floor(share * 8))];
  }).join("");
}
