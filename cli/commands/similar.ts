import { type Command, EXIT, NotFoundError, UsageError } from "../command.ts";
import type { Run } from "../../tracker/mod.ts";
import { nearestName } from "../../internal/names.ts";
import { runNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato similar`. */
export const similar: Command = {
  name: "similar",
  summary:
    "List runs whose config has the same structure, or whose trace is the same",
  usage: "ato similar RUN [--trace ID] [--outputs]",
  options: {
    trace: { type: "string" },
    outputs: { type: "boolean", default: false },
  },
  optionHelp: {
    "--trace ID": "List runs in which this traced function has the same code",
    "--outputs": "With --trace: compare the outputs instead of the code",
  },
  examples: [
    ["ato similar 1", "runs that differ from run 1 only in values"],
    ["ato similar 1 --trace trainStep", "runs with the same code of trainStep"],
  ],
  async run({ words, options, terminal, json, finder }) {
    const [word, ...more] = words;
    if (word === undefined || more.length > 0) {
      throw new UsageError(
        "Cannot find similar runs: name one run, as in `ato similar 1`",
      );
    }
    const { trace, outputs } = options;
    if (outputs === true && typeof trace !== "string") {
      throw new UsageError(
        "Cannot compare outputs without a trace; name one with --trace ID",
      );
    }
    const file = await finder();
    const run = await runNamed(file, word, terminal);
    if (typeof trace === "string") requireTrace(run, trace);
    const found = typeof trace === "string"
      ? await file.findSimilarRunsByTrace(run.id, trace, {
        type: outputs === true ? "runtime" : "static",
      })
      : await file.findSimilarRuns(run.id);
    if (json) {
      terminal.json(
        found.map(({ id, uuid, name, status }) => ({ id, uuid, name, status })),
      );
    } else if (found.length === 0) terminal.warn("no other run is similar");
    else {
      writeTable(
        terminal,
        ["run", "status", "name"],
        found.map((
          { id, status, name },
        ) => [String(id), status, visible(name ?? "")]),
        [0],
      );
    }
    return found.length > 0 ? EXIT.ok : EXIT.differs;
  },
};

function requireTrace(run: Run, trace: string): void {
  const ids = [...new Set(run.fingerprints.map(({ traceId }) => traceId))];
  if (ids.includes(trace)) return;
  const guess = nearestName(trace, ids);
  throw new NotFoundError(
    `Cannot find trace ${visible(trace)} in run ${run.id}; ` +
      (guess !== undefined
        ? `did you mean ${visible(guess)}?`
        : ids.length === 0
        ? "it has none"
        : `it has ${visible(ids.join(", "))}`),
  );
}
