/**
 * Curves of metrics as drawings: an SVG document, lines of text for a terminal, or one line of blocks.
 *
 * @module
 */
export { type Bar, barPlot, type BarPlotOptions } from "./bars.ts";
export {
  type PlotRange,
  type PlotSeries,
  rangeOf,
  readSeries,
} from "./series.ts";
export { sparkline } from "./sparkline.ts";
export { SVG_MARK, type SvgOptions, svgPlot } from "./svg_plot.ts";
export {
  type PlotLine,
  type PlotSpan,
  type PlotStyle,
  terminalPlot,
  type TerminalPlotOptions,
} from "./terminal_plot.ts";
