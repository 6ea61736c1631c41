import { type Command, EXIT, UsageError } from "../command.ts";
import { writeOurs } from "../output/write_ours.ts";
import { curvesOf, drawCurves } from "../plots.ts";
import { runsNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato plot`. */
export const plot: Command = {
  name: "plot",
  summary: "Draw the curve of a metric for one or more runs",
  usage: "ato plot RUN… --metric M [--log] [--svg FILE] [--force]",
  options: {
    metric: { type: "string" },
    log: { type: "boolean", default: false },
    svg: { type: "string" },
    force: { type: "boolean", default: false },
  },
  optionHelp: {
    "--metric M": "The metric",
    "--log": "Use a logarithmic scale for the values",
    "--svg FILE": "Write an SVG file instead of drawing in the terminal",
    "--force":
      "Overwrite an existing file, unless it is a database; an earlier plot is replaced without it",
  },
  examples: [
    ["ato plot 1 2 --metric loss", "two curves in the terminal"],
    [
      "ato plot latest --metric loss --log --svg loss.svg",
      "an SVG file for a report",
    ],
  ],
  async run(invocation) {
    const { words, options, terminal, json, finder } = invocation;
    const { metric, log, svg } = options;
    if (words.length === 0 || typeof metric !== "string") {
      throw new UsageError(
        "Cannot plot: name runs and a metric, as in `ato plot 1 2 --metric loss`",
      );
    }
    const runs = await runsNamed(await finder(), words, terminal);
    const isFile = typeof svg === "string";
    const series = await curvesOf(runs, metric, isFile || json ? 1000 : 200);
    const title = visible(metric);
    if (isFile) {
      const { svgPlot } = await import("../../plot/mod.ts");
      const text = svgPlot(series, { title, log: log === true });
      await writeOurs(svg, text, invocation);
      if (!json) terminal.line(`wrote ${visible(svg)}`);
    }
    if (json) {
      terminal.json({ metric, series, ...(isFile && { file: svg }) });
    } else if (!isFile) {
      await drawCurves(series, terminal, { title, log: log === true });
    }
    return EXIT.ok;
  },
};
