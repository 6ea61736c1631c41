import type { SearchPlot, SearchPlotData } from "../../plot/mod.ts";
import type { Terminal } from "../terminal.ts";

/** Draws a plot of a search in the terminal. */
export async function writePlot(
  data: SearchPlotData,
  plot: SearchPlot,
  terminal: Terminal,
): Promise<void> {
  const { searchText } = await import("../../plot/mod.ts");
  for (const line of searchText(data, plot, { width: terminal.width })) {
    terminal.line(
      line.map(({ text, style }) =>
        style === undefined ? text : terminal.style(style, text)
      ).join("").trimEnd(),
    );
  }
}
