/**
 * Curves of metrics, and searches, as drawings: an SVG document, lines of text for a terminal, or one line of blocks.
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
export {
  type PlotImportance,
  type PlotObjective,
  type PlotParameter,
  type PlotRung,
  type PlotTrial,
  SEARCH_PLOTS,
  type SearchPlot,
  type SearchPlotData,
} from "./search_data.ts";
export { searchSvg } from "./search_svg.ts";
export { searchText, type SearchTextOptions } from "./search_text.ts";
export { sparkline } from "./sparkline.ts";
export { SVG_MARK, type SvgOptions, svgPlot } from "./svg_plot.ts";
export {
  type PlotLine,
  type PlotSpan,
  type PlotStyle,
  terminalPlot,
  type TerminalPlotOptions,
} from "./terminal_plot.ts";
