import { type Command, EXIT, NotFoundError, UsageError } from "../command.ts";
import { noSuchKey } from "../known_keys.ts";
import { allRuns, projectNamed } from "../runs_by_name.ts";
import { soundRuns } from "../sound.ts";
import { brief, short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run } from "../../tracker/mod.ts";
import { isFactor, traceFactor } from "../trace_factor.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato trace`. */
export const trace: Command = {
  name: "trace",
  summary:
    "List the versions of a traced function or of a factor, with a metric for each",
  usage: "ato trace PROJECT TRACE_ID|FACTOR [--metric M]",
  options: { metric: { type: "string" } },
  optionHelp: {
    "--metric M": "Show the mean of the last values for each version",
  },
  examples: [
    [
      "ato trace iris trainStep",
      "the versions, and when each was used",
    ],
    [
      "ato trace iris trainStep --metric accuracy",
      "and the mean accuracy of each",
    ],
    [
      "ato trace iris code:src/loss.ts#mse",
      "the versions of a declaration, though nothing is traced",
    ],
    [
      "ato trace iris config:lr --metric loss",
      "the mean loss by learning rate",
    ],
  ],
  async run(invocation) {
    const { words, options, terminal, json, finder } = invocation;
    const [project, traceId, ...more] = words;
    if (project === undefined || traceId === undefined || more.length > 0) {
      throw new UsageError(
        "Cannot list versions: name a project and a trace id",
      );
    }
    const file = await finder();
    await projectNamed(file, [project]);
    if (isFactor(traceId)) {
      return await traceFactor(invocation, file, { project, id: traceId });
    }
    const { versions } = await file.getTraceStatistics(project, traceId, {
      verify: true,
    });
    const { metric } = options;
    const means = new Map<string, number>();
    if (typeof metric === "string") {
      const { traceMeans } = await import("../../why/mod.ts");
      const lastOf = async (run: Run) =>
        (await run.metrics.summary(metric))?.last;
      const runs = await soundRuns(await allRuns(file, project), terminal);
      for (const type of ["static", "deep", "runtime"] as const) {
        const trace = { traceId, type };
        for (const [hash, mean] of await traceMeans(runs, trace, lastOf)) {
          means.set(hash, mean);
        }
      }
      if (means.size === 0 && versions.length > 0) {
        const reason = await noSuchKey(
          metric,
          await allRuns(file, project),
          terminal,
        );
        throw new NotFoundError(
          `Cannot show ${visible(metric)} for this trace: ${reason}`,
        );
      }
    }
    if (json) {
      terminal.json(
        versions.map((one) => ({ ...one, mean: means.get(one.hash) })),
      );
    } else if (versions.length === 0) {
      terminal.warn(
        `no run of ${visible(project)} has a trace ${visible(traceId)}`,
      );
    } else {
      writeTable(
        terminal,
        [
          "type",
          "version",
          "runs",
          "first seen",
          "last seen",
          ...(metric ? [String(metric)] : []),
        ],
        versions.map(({ type, hash, count, firstSeen, lastSeen }) => [
          type,
          brief(hash, 12),
          String(count),
          day(firstSeen),
          day(lastSeen),
          ...(metric ? [meanText(means.get(hash))] : []),
        ]),
        [2],
      );
    }
    return versions.length > 0 ? EXIT.ok : EXIT.differs;
  },
};

function meanText(mean: number | undefined): string {
  return mean === undefined ? "" : short(mean);
}

function day(date: Date | undefined): string {
  return date?.toISOString().slice(0, 16).replace("T", " ") ?? "";
}
