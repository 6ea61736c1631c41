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
/** The height of the words of a mark, in the pixels of the page. */
export const MARK_LINE = 15;

/** A step that is meant, e.g. where two runs part. */
export interface ChartMark {
  readonly step: number;
  /** A few words. */
  readonly text: string;
}

/** Draws a line from top to bottom at each step that is meant, with its words. */
export function markSteps(
  chart: uPlot,
  marks: readonly ChartMark[],
  stroke: string,
): void {
  const { ctx, bbox: { left, top, width, height } } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.font = `${12 * ratio}px sans-serif`;
  ctx.textBaseline = "top";
  // Each has a line of its own, so that marks that are near each other can be read.
  for (const [i, { step, text }] of marks.entries()) {
    const x = chart.valToPos(step, "x", true);
    if (!(x >= left && x <= left + width)) continue;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    const isRight = x > left + width / 2;
    ctx.textAlign = isRight ? "right" : "left";
    ctx.fillText(
      text,
      x + (isRight ? -6 : 6) * ratio,
      top + (2 + MARK_LINE * i) * ratio,
    );
  }
  ctx.restore();
}
