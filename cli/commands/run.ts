import { basename, resolve } from "node:path";
import process from "node:process";
import {
  type Command,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import type { RunOptions, SQLLogger, StorageError } from "../../tracker/mod.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";
import type { LineReader } from "../run/metrics/metric_log.ts";

/** The command `ato run`. */
export const run: Command = {
  name: "run",
  summary:
    "Run any program as a tracked run, and record the metrics that it prints",
  usage:
    "ato run [--project P] [--name N] [--tag T] [--seed S] [--metrics PATTERN] [--sync URL] [--no-observe] -- COMMAND…",
  options: {
    project: { type: "string" },
    name: { type: "string" },
    tag: { type: "string", multiple: true },
    seed: { type: "string" },
    metrics: { type: "string", multiple: true },
    sync: { type: "string", multiple: true },
    observe: { type: "boolean", default: true },
  },
  optionHelp: {
    "--project P": "The project (default: the name of the folder)",
    "--name N": "A name for the run",
    "--tag TAG": "A tag; can be repeated",
    "--seed S": "The seed of the program, for the record",
    "--metrics PATTERN":
      "A regular expression whose named groups are the metrics, instead of what is read by default; can be repeated",
    "--sync URL":
      "Send the run there while it runs, e.g. mlflow+http://127.0.0.1:5000; can be repeated",
    "--observe":
      "Record which files and variables the program reads (the default)",
    "--no-observe": "Do not load observers into the program",
  },
  examples: [
    [
      "ato run -- python train.py --lr 0.1",
      "a printed `loss=0.3 step=5` is a metric",
    ],
    [
      "ato run --metrics 'err=(?<err>\\d+)%' -- ./simulate",
      "reads what your own pattern names",
    ],
    [
      "ato run --tag gpu -- ./simulate -n 100",
      "returns the exit code of the program",
    ],
  ],
  async run(invocation) {
    const { words } = invocation;
    if (words.length === 0) {
      throw new UsageError(
        "Cannot run nothing: name a program after --, as in `ato run -- python train.py`",
      );
    }
    return await track(words, invocation);
  },
};

async function track(
  command: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { options, terminal, json } = invocation;
  const text = (name: string) =>
    typeof options[name] === "string" ? options[name] as string : undefined;
  const path = await invocation.dbPathToWrite();
  const projectName = text("project") ?? (basename(process.cwd()) || "runs");
  const { launchRun } = await import("../run/launch_run.ts");
  const makeReader = await readerOf(options.metrics);
  const isObserved = options.observe === true;
  const sync = (options.sync ?? []) as string[];
  const launched = await launchRun(command, {
    ...{ path, projectName, isObserved, sync },
  });
  try {
    const [name, seed] = [text("name"), text("seed")];
    const id = await begin(command, launched.logger, {
      tags: (options.tag ?? []) as string[],
      ...(name !== undefined && { name }),
      ...(seed !== undefined && { seed }),
    });
    const { follow } = await import("../run/follow.ts");
    const { ended, summary } = await follow(command, {
      launched,
      invocation,
      makeReader,
    });
    const own = launched.announced();
    if (own.length > 0) {
      const { addAnnouncedInputs } = await import("../run/announced_inputs.ts");
      const { addAnnouncedConsole } = await import(
        "../run/announced_console.ts"
      );
      const say = (text: string) => terminal.warn(`ato: ${visible(text)}`);
      await addAnnouncedInputs(own, launched.collector, say);
      await addAnnouncedConsole(own, { path, id }, say);
      await leaveTo(own, { path, id }, invocation);
      if (json) terminal.json({ ...own[0], ...ended, runs: own });
      return ended.code;
    }
    await warnOfJob(command, terminal);
    const { runUuid: uuid } = launched.logger;
    if (json) terminal.json({ id, uuid, ...ended });
    else {
      const how = ended.interrupted
        ? "interrupted"
        : ended.code === 0
        ? "completed"
        : `failed with exit code ${ended.code}`;
      terminal.warn(
        `ato: run ${id} of ${visible(projectName)} ${how}; ${visible(summary)}`,
      );
    }
    return ended.code;
  } finally {
    launched.launch.remove();
  }
}

/** A job that a scheduler starts later is none of the run. */
async function warnOfJob(
  command: readonly string[],
  terminal: Invocation["terminal"],
): Promise<void> {
  const { submitterOf } = await import("../../observe/mod.ts");
  const name = submitterOf(command);
  if (name === undefined) return;
  terminal.warn(
    `ato: ${name} only submits a job, and the job is not observed; write \`ato run -- …\` before the program in the script of the job`,
  );
}

/** A program that records its runs itself makes them alone: the run of this process goes to the trash. */
async function leaveTo(
  runs: readonly AnnouncedRun[],
  { path, id }: { readonly path: string; readonly id: number },
  { terminal, json }: Invocation,
): Promise<void> {
  const { deleteRuns } = await import("../../tracker/mod.ts");
  await deleteRuns(path, [id]);
  if (json) return;
  const names = runs.slice(0, 10).map((run) =>
    run.path === resolve(path)
      ? `run ${run.id}`
      : `run ${run.id} of ${visible(run.path)}`
  );
  const rest = runs.length > names.length
    ? ` and ${runs.length - names.length} more`
    : "";
  terminal.warn(
    `ato: the program recorded ${names.join(", ")}${rest} itself`,
  );
}

/** Starts the run; the program is started only if its run is recorded. */
async function begin(
  command: readonly string[],
  logger: SQLLogger,
  options: RunOptions,
): Promise<number> {
  const refuse = (reason: string, cause?: StorageError) =>
    new UsageError(
      `Cannot run ${
        visible(command[0]!)
      }: ${reason}; its run cannot be recorded, so nothing was started`,
      { cause },
    );
  const { StorageError } = await import("../../tracker/mod.ts");
  let id: number;
  try {
    id = await logger.run(options);
  } catch (error) {
    throw error instanceof StorageError ? refuse(error.message, error) : error;
  }
  if (id !== 0) return id;
  await logger.finish({ status: "failed" });
  throw refuse("the database cannot be written");
}

/** Makes what reads the metrics by the user's patterns; `undefined` if there are none. */
async function readerOf(
  patterns: unknown,
): Promise<(() => LineReader) | undefined> {
  const given = (patterns ?? []) as readonly string[];
  if (given.length === 0) return undefined;
  const { patternReader } = await import("../run/metrics/pattern.ts");
  const reader = patternReader(given);
  return () => reader;
}
