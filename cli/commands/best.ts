import { type Command, EXIT, UsageError } from "../command.ts";
import { oneOf } from "../option_values.ts";
import { projectNamed } from "../runs_by_name.ts";
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato best`. */
export const best: Command = {
  name: "best",
  summary: "Find the run with the best value of a metric",
  usage: "ato best [PROJECT] --metric M [--mode min|max]",
  options: {
    metric: { type: "string" },
    mode: { type: "string", default: "max" },
  },
  optionHelp: {
    "--metric M": "The metric",
    "--mode MODE": "min if smaller is better (max)",
  },
  examples: [
    [
      "ato best --metric accuracy",
      "the highest accuracy of any run",
    ],
    ["ato best iris --metric loss --mode min", "the lowest loss of a project"],
  ],
  async run({ words, options, terminal, json, finder }) {
    const { metric } = options;
    const mode = oneOf(options.mode, ["min", "max"], "--mode");
    if (typeof metric !== "string") {
      throw new UsageError(
        "Cannot find the best run without a metric; name it with --metric M",
      );
    }
    const file = await finder();
    const projectName = await projectNamed(file, words);
    const found = await file.findBest({ projectName, metric, mode });
    if (found === undefined) {
      if (json) terminal.json(null);
      else {terminal.warn(
          `no run of ${visible(projectName)} has a finite value of ${
            visible(metric)
          }`,
        );}
      return EXIT.differs;
    }
    const { run, value } = found;
    if (json) {
      terminal.json({
        id: run.id,
        uuid: run.uuid,
        name: run.name,
        metric,
        value,
      });
    } else {
      const name = run.name === undefined ? "" : `  ${visible(run.name)}`;
      terminal.line(
        `run ${run.id}${name}  ${visible(metric)} ${short(value)}`,
      );
    }
    return EXIT.ok;
  },
};
