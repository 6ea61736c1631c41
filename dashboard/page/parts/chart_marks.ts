/// <reference lib="dom" />
/** Marks of a chart for what a curve cannot show. */
import type uPlot from "uplot";
import type { PlottedLine } from "./chart_data.ts";

/** Draws a cross at the bottom for each part that has values that are not finite. */
export function markLost(
  chart: uPlot,
  lines: readonly PlottedLine[],
  stroke: string,
): void {
  const { ctx, bbox, scales: { x: scale } } = chart;
  const size = 4 * devicePixelRatio;
  const y = bbox.top + bbox.height - 2 * size;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  for (const x of lines.flatMap(({ marks }) => marks)) {
    if (x < (scale?.min ?? x) || x > (scale?.max ?? x)) continue;
    const at = chart.valToPos(x, "x", true);
    ctx.moveTo(at - size, y - size);
    ctx.lineTo(at + size, y + size);
    ctx.moveTo(at + size, y - size);
    ctx.lineTo(at - size, y + size);
  }
  ctx.stroke();
  ctx.restore();
}
