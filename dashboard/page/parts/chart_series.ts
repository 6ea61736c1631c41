/** How each curve of a chart is drawn. */
import type uPlot from "uplot";
import type { PlottedLine } from "./chart_data.ts";
import type { ColourOf } from "./plot_theme.ts";

/** The edges of the band, the last values, and the smoothed ones. */
export function seriesOf(
  line: PlottedLine,
  colour: ColourOf,
): uPlot.Series[] {
  const stroke = colour(`--curve-${line.colour}`);
  // Edges of their own, because a band that is one pixel wide can hardly be seen.
  const edge: uPlot.Series = {
    stroke: `${stroke}90`,
    spanGaps: true,
    width: 1,
    points: { show: false },
  };
  const last: uPlot.Series = {
    label: line.label,
    stroke: line.smooth === undefined ? stroke : `${stroke}60`,
    width: 1.5,
    spanGaps: true,
    points: { size: 4 },
  };
  const smooth: uPlot.Series = {
    label: `${line.label}, smoothed`,
    stroke,
    width: 2,
    spanGaps: true,
    points: { show: false },
  };
  return line.smooth === undefined
    ? [edge, edge, last]
    : [edge, edge, last, smooth];
}
