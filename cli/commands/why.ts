import { type Command, EXIT, NotFoundError, UsageError } from "../command.ts";
import { runNamed, runsBeside } from "../runs_by_name.ts";
import { soundRuns } from "../sound.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato why`. */
export const why: Command = {
  name: "why",
  summary: "Say why two runs gave different results",
  usage: "ato why A B [--metric M]",
  options: { metric: { type: "string" } },
  optionHelp: {
    "--metric M": "The metric to explain (default: one is chosen)",
  },
  examples: [
    [
      "ato why 1 2",
      "what differs between run 1 and run 2, and what explains it",
    ],
    [
      "ato why 1 latest --metric loss",
      "compare the newest run with the first, by loss",
    ],
  ],
  async run({ words, options, terminal, json, finder }) {
    const [first, second, ...more] = words;
    if (first === undefined || second === undefined || more.length > 0) {
      throw new UsageError(
        "Cannot compare: name two runs, as in `ato why 1 2`",
      );
    }
    const file = await finder();
    const [a, b] = [await runNamed(file, first), await runNamed(file, second)];
    const metric = typeof options.metric === "string"
      ? options.metric
      : undefined;
    for (const run of metric === undefined ? [] : [a, b]) {
      if (await run.metrics.summary(metric!) !== undefined) continue;
      throw new NotFoundError(
        `Cannot compare by ${
          visible(metric!)
        }: run ${run.id} has no such metric`,
      );
    }
    const runs = await soundRuns(await runsBeside(file, a), terminal);
    const [{ explain }, { renderExplanation }] = await Promise.all([
      import("../../why/mod.ts"),
      import("../why_text.ts"),
    ]);
    const found = await explain(a, b, runs, metric);
    if (json) terminal.json(found);
    else renderExplanation(found, terminal);
    return found.isEvidence ? EXIT.differs : EXIT.ok;
  },
};
