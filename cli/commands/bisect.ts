import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { factorValue } from "../../internal/factor_value.ts";
import { nextText } from "../next_text.ts";
import { numberOf } from "../option_values.ts";
import { allRuns, projectNamed, runNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import type {
  BisectFinding,
  Bisection,
  BisectMove,
  RunsBisection,
} from "../../why/mod.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato bisect`. */
export const bisect: Command = {
  name: "bisect",
  summary:
    "Find where a metric moved in the history of a project, and what moved it",
  usage: "ato bisect [PROJECT] --metric M [--good A --bad B] [--alpha P]",
  options: {
    metric: { type: "string" },
    good: { type: "string" },
    bad: { type: "string" },
    alpha: { type: "string" },
  },
  optionHelp: {
    "--metric M": "The metric that moved",
    "--good A --bad B": "Two runs to search between, instead of all runs",
    "--alpha P":
      "The share of false alarms when a move is judged (default: 0.05)",
  },
  examples: [
    [
      "ato bisect --metric val_accuracy",
      "where it moved beyond its noise, and what changed there",
    ],
    ["ato bisect --metric accuracy --good 41 --bad 57", "between two runs"],
  ],
  async run(invocation) {
    const { words, options, finder, terminal, json } = invocation;
    const { metric } = options;
    if (typeof metric !== "string") {
      throw new UsageError(
        "Cannot bisect without a metric; name it with --metric M",
      );
    }
    const alpha = options.alpha === undefined
      ? {}
      : { alpha: numberOf(options.alpha, "--alpha", { min: 0, max: 1 }) };
    const file = await finder();
    const project = await projectNamed(file, words);
    const runs = await between(
      await allRuns(file, project),
      file,
      invocation,
    );
    const { bisect } = await import("../../why/mod.ts");
    const found = await bisect(runs, { finder: file, metric, ...alpha });
    requireValues(found, { metric, project });
    warnOfSkipped(found, terminal);
    if (json) terminal.json(found);
    else print(found, terminal);
    return exitCodeOf(found);
  },
};

function exitCodeOf({ moves }: Bisection): ExitCode {
  return moves.length === 0 ? EXIT.ok : EXIT.differs;
}

/** Leaves out the runs that are not between the two that the options name. */
async function between(
  runs: readonly Run[],
  file: SQLFinder,
  { options: { good, bad } }: Invocation,
): Promise<readonly Run[]> {
  if (good === undefined && bad === undefined) return runs;
  if (typeof good !== "string" || typeof bad !== "string") {
    throw new UsageError(
      "Cannot search with one run only; give both --good A and --bad B",
    );
  }
  const ids = [
    (await runNamed(file, good)).id,
    (await runNamed(file, bad)).id,
  ];
  const [from, to] = [Math.min(...ids), Math.max(...ids)];
  return runs.filter(({ id }) => id >= from && id <= to);
}

function requireValues(
  { runs }: Bisection,
  { metric, project }: Readonly<Record<"metric" | "project", string>>,
): void {
  if (runs >= 2) return;
  throw new UsageError(
    `Cannot bisect ${visible(metric)}: ${runs} completed run(s) of ${
      visible(project)
    } have a finite value of it`,
  );
}

/** The most runs that are named for a reason. */
const MOST_RUNS = 12;

/** Says which runs were not used, and why. */
function warnOfSkipped({ skipped }: Bisection, terminal: Terminal): void {
  const runs = new Map<string, number[]>();
  for (const { id, why } of skipped) {
    runs.set(why, [...runs.get(why) ?? [], id]);
  }
  for (const [why, ids] of runs) {
    const more = ids.length > MOST_RUNS ? ", …" : "";
    terminal.warn(
      `ato: not used: run${ids.length === 1 ? "" : "s"} ${
        ids.slice(0, MOST_RUNS).join(", ")
      }${more}: ${visible(why)}`,
    );
  }
}

function print(found: RunsBisection, terminal: Terminal): void {
  if (found.moves.length === 0) terminal.line(visible(found.sentence));
  for (const [index, move] of found.moves.entries()) {
    if (index > 0) terminal.line();
    printMove(move, terminal);
  }
  for (const phrase of found.unknown) {
    terminal.line(`UNKNOWN  ${visible(phrase)}`);
  }
  if (found.leftOut > 0) {
    terminal.line(
      `UNKNOWN  ${found.leftOut} further runs of the project were not read`,
    );
  }
}

function printMove(
  { findings, sentence, next }: BisectMove,
  terminal: Terminal,
): void {
  terminal.line(visible(sentence));
  if (findings.length > 0) {
    writeTable(
      terminal,
      ["verdict", "what", "before", "after", "decided by"],
      findings.map(findingRow),
    );
  }
  if (next !== undefined) {
    terminal.line(`NEXT     ${nextText(next)}`);
  }
}

function findingRow(
  { status, id, before, after, runs, group = [] }: BisectFinding,
): string[] {
  const convicted = group.length > 1 ? "> one of" : "> moved it";
  return [
    status === "convicted" ? convicted : status,
    visible(id),
    factorValue(before, SHOWN),
    factorValue(after, SHOWN),
    runs === undefined || runs.length === 0
      ? ""
      : `runs ${runs.slice(0, 6).join(", ")}${runs.length > 6 ? ", …" : ""}`,
  ];
}

const SHOWN = { digits: 8, length: 40 };
