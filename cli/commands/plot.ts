import { writeFileSync } from "node:fs";
import { type Command, EXIT, UsageError } from "../command.ts";
import { runsNamed } from "../runs_by_name.ts";
import { visible } from "../text.ts";

/** `ato plot`. */
export const plot: Command = {
  name: "plot",
  summary: "Draw the curve of a metric for one or more runs",
  usage: "ato plot RUN… --metric M [--log] [--svg FILE]",
  options: {
    metric: { type: "string" },
    log: { type: "boolean", default: false },
    svg: { type: "string" },
  },
  optionHelp: {
    "--metric M": "The metric",
    "--log": "Values on a logarithmic scale",
    "--svg FILE": "Write an SVG file instead of drawing in the terminal",
  },
  examples: [
    ["ato plot 1 2 --metric loss", "two curves in the terminal"],
    ["ato plot latest --metric loss --log --svg loss.svg", "for a report"],
  ],
  async run({ words, options, terminal, json, finder }) {
    const { metric, log, svg } = options;
    if (words.length === 0 || typeof metric !== "string") {
      throw new UsageError(
        "Cannot plot: name runs and a metric, as in `ato plot 1 2 --metric loss`",
      );
    }
    const runs = await runsNamed(await finder(), words);
    const { readSeries } = await import("../plot/series.ts");
    const isFile = typeof svg === "string";
    const series = await readSeries(runs, metric, isFile || json ? 1000 : 200);
    const title = visible(metric);
    if (isFile) {
      const { svgPlot } = await import("../plot/svg_plot.ts");
      writeFile(svg, svgPlot(series, { title, log: log === true }));
      if (!json) terminal.line(`wrote ${visible(svg)}`);
    }
    if (json) {
      terminal.json({ metric, series, ...(isFile && { file: svg }) });
    } else if (!isFile) {
      const { drawPlot } = await import("../plot/terminal_plot.ts");
      drawPlot(series, terminal, { title, log: log === true });
    }
    return EXIT.ok;
  },
};

function writeFile(path: string, content: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UsageError(
      `Cannot write ${visible(path)}: ${(error as Error).message}`,
    );
  }
}
