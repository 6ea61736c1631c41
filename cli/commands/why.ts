import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
  UsageError,
} from "../command.ts";
import { numberOf, oneOf } from "../option_values.ts";
import { allRuns, projectNamed, runNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import type { ExplainOptions, Outcome } from "../../why/mod.ts";

/** The command `ato why`. */
export const why: Command = {
  name: "why",
  summary: "Say why two runs gave different results",
  usage: "ato why A B | ato why RUN | ato why --last [PROJECT]",
  options: {
    metric: { type: "string" },
    last: { type: "boolean", default: false },
    alpha: { type: "string" },
    tolerance: { type: "string" },
    atol: { type: "string" },
    at: { type: "string" },
    mode: { type: "string" },
  },
  optionHelp: {
    "--metric M": "The metric to explain (default: one that differs)",
    "--last": "Compare the last two runs of a project",
    "--alpha P":
      "The share of false alarms when a difference is judged (default: 0.05)",
    "--tolerance T":
      "Values that differ by at most this share of their size are equal (default: 0)",
    "--atol D": "Values that differ by at most this are equal (default: 0)",
    "--at last|best": "The value of a run (default: last)",
    "--mode max|min": "What is best, for --at best (default: max)",
  },
  examples: [
    [
      "ato why 1 2",
      "what differs between run 1 and run 2, and what explains it",
    ],
    ["ato why 2", "compare run 2 with the nearest run before it"],
    [
      "ato why 1 latest --metric loss",
      "compare the newest run with the first, by loss",
    ],
    ["ato why --last", "compare the last two runs"],
  ],
  async run(invocation) {
    const { terminal, json, finder } = invocation;
    const options = readOptions(invocation);
    // At once, because each waits for its files.
    const [{ explain }, { compareConfig }, { renderExplanation }, file] =
      await Promise.all([
        import("../../why/explain.ts"),
        import("../../why/config_differences.ts"),
        import("../why_text.ts"),
        finder(),
      ]);
    const [a, b] = await pairOf(file, invocation);
    await requireMetric(options.metric, [a, b]);
    const found = await explain(a, b, { ...options, finder: file });
    if (json) terminal.json(found);
    else renderExplanation(found, terminal, compareConfig(a, b));
    return exitCodeOf(found.outcome);
  },
};

/**
 * Returns the exit code for what a comparison came to.
 *
 * @param outcome What it came to.
 * @returns 0 for equal results and for noise, 1 for a difference, 2 if the record cannot decide.
 */
export function exitCodeOf(outcome: Outcome): ExitCode {
  if (outcome === "identical" || outcome === "within-noise") return EXIT.ok;
  return outcome === "unknown" ? EXIT.usage : EXIT.differs;
}

const AT = ["last", "best"] as const;
const MODES = ["max", "min"] as const;

function readOptions({ options }: Invocation): ExplainOptions {
  const { metric, alpha, tolerance, atol, at, mode } = options;
  const least = { min: 0 };
  return {
    ...(typeof metric === "string" && { metric }),
    ...(alpha !== undefined &&
      { alpha: numberOf(alpha, "--alpha", { min: 0, max: 1 }) }),
    ...(tolerance !== undefined &&
      { tolerance: numberOf(tolerance, "--tolerance", least) }),
    ...(atol !== undefined && { atol: numberOf(atol, "--atol", least) }),
    ...(at !== undefined && { at: oneOf(at, AT, "--at") }),
    ...(mode !== undefined && { mode: oneOf(mode, MODES, "--mode") }),
  };
}

async function pairOf(
  file: SQLFinder,
  { words, options, terminal }: Invocation,
): Promise<[Run, Run]> {
  if (options.last === true) return await lastTwo(file, words);
  const [first, second, ...more] = words;
  if (first === undefined || more.length > 0) {
    throw new UsageError(
      "Cannot compare: name two runs, as in `ato why 1 2`, or one, to compare it with the nearest run before it",
    );
  }
  const run = await runNamed(file, first, terminal);
  if (second !== undefined) {
    return [run, await runNamed(file, second, terminal)];
  }
  const before = await nearestBefore(file, run);
  terminal.warn(
    `ato: run ${before.id} is the nearest run before run ${run.id}`,
  );
  return [before, run];
}

async function lastTwo(
  file: SQLFinder,
  words: readonly string[],
): Promise<[Run, Run]> {
  const project = await projectNamed(file, words);
  const [a, b] = await allRuns(file, project, 2);
  if (a !== undefined && b !== undefined) return [a, b];
  throw new NotFoundError(
    `Cannot compare the last two runs: ${
      visible(project)
    } has fewer than two runs`,
  );
}

/** The completed run before another one whose recipe differs least, the newest of several. */
async function nearestBefore(file: SQLFinder, run: Run): Promise<Run> {
  const history = await file.history(run, run, { metrics: [] });
  const before = history?.others.filter(({ id, status }) =>
    id < run.id && status === "completed"
  );
  const found = before?.[0] && await file.findRun(before[0].id);
  if (found !== undefined) return found;
  throw new NotFoundError(
    `Cannot compare run ${run.id}: its project has no completed run before it; name two runs, as in \`ato why 1 2\``,
  );
}

async function requireMetric(
  metric: string | undefined,
  runs: readonly Run[],
): Promise<void> {
  if (metric === undefined) return;
  for (const run of runs) {
    if (await run.metrics.summary(metric) !== undefined) continue;
    const names = await run.metrics.names();
    throw new NotFoundError(
      `Cannot compare by ${visible(metric)}: run ${run.id} has no such metric${
        names.length === 0 ? "" : `; it has ${visible(names.join(", "))}`
      }`,
    );
  }
}
