import { basename, resolve } from "node:path";
import process from "node:process";
import {
  type Command,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { hideInText, secretsIn } from "../../internal/hidden_secrets.ts";
import { visible } from "../../internal/visible_text.ts";
import type { RunOptions, SQLLogger, StorageError } from "../../tracker/mod.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";
import type { Ended } from "../run/child.ts";
import type { LaunchedRun } from "../run/launch_run.ts";
import type { LineReader } from "../run/metrics/metric_log.ts";
import type { passOn } from "../run/pass_on.ts";

/** The command `ato run`. */
export const run: Command = {
  name: "run",
  summary:
    "Run any program as a tracked run, and record the metrics that it prints",
  usage:
    "ato run [--project P] [--name N] [--tag T] [--seed S] [--metrics PATTERN] [--no-observe] -- COMMAND…",
  options: {
    project: { type: "string" },
    name: { type: "string" },
    tag: { type: "string", multiple: true },
    seed: { type: "string" },
    metrics: { type: "string", multiple: true },
    observe: { type: "boolean", default: true },
  },
  optionHelp: {
    "--project P": "The project (default: the name of the folder)",
    "--name N": "A name for the run",
    "--tag TAG": "A tag; can be repeated",
    "--seed S": "The seed of the program, for the record",
    "--metrics PATTERN":
      "A regular expression whose named groups are the metrics, instead of what is read by default; can be repeated",
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
  const launched = await launchRun(command, { path, projectName, isObserved });
  try {
    const [name, seed] = [text("name"), text("seed")];
    const id = await begin(command, launched.logger, {
      tags: (options.tag ?? []) as string[],
      ...(name !== undefined && { name }),
      ...(seed !== undefined && { seed }),
    });
    const { ended, summary } = await follow(command, {
      launched,
      invocation,
      makeReader,
    });
    const own = launched.announced();
    if (own.length > 0) {
      const { addAnnouncedInputs } = await import("../run/announced_inputs.ts");
      await addAnnouncedInputs(
        own,
        launched.collector,
        (text) => terminal.warn(`ato: ${visible(text)}`),
      );
      await leaveTo(own, { path, id }, invocation);
      if (json) terminal.json({ ...own[0], ...ended, runs: own });
      return ended.code;
    }
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

/** What following a program takes. */
interface Follow {
  readonly launched: LaunchedRun;
  readonly invocation: Invocation;
  readonly makeReader: (() => LineReader) | undefined;
}

/** Runs the program and logs the metrics that it prints; the run ends with the program in any case. */
async function follow(
  command: readonly string[],
  { launched, invocation: { json, terminal }, makeReader }: Follow,
): Promise<{ readonly ended: Ended; readonly summary: string }> {
  const { logger, launch, source, collector, announced } = launched;
  const { runChild } = await import("../run/child.ts");
  const say = (text: string) => terminal.warn(`ato: ${visible(text)}`);
  terminal.outliveReader();
  const streams = await passStreams(json, say);
  const { childTerminal } = await import("../run/child_terminal.ts");
  const { isGiven: inTerminal, reason } = json
    ? { isGiven: false, reason: undefined }
    : childTerminal();
  if (reason !== undefined) say(`the program gets no terminal: ${reason}`);
  const { programOutput } = await import("../run/program_output.ts");
  const output = programOutput({
    logger,
    warn: say,
    makeReader,
    inTerminal,
    secrets: secretsIn(command),
  });
  try {
    const ended = await runChild(launch.command, {
      env: {
        // Python buffers what it prints to a pipe; metrics must arrive while it runs.
        PYTHONUNBUFFERED: process.env.PYTHONUNBUFFERED ?? "1",
        ...launch.env,
      },
      onStart: (pid) => {
        collector.start(pid, { isBelow: inTerminal });
        source.start();
      },
      inTerminal,
      onOutput: (stream, chunk) => {
        output.write(stream, chunk);
        return streams[stream](chunk);
      },
      onLeftBehind: () =>
        say(
          "the program has ended, but a process that it started still holds its output; " +
            "press Ctrl-C to stop waiting",
        ),
    });
    const summary = output.end();
    if (announced().length > 0) source.leave();
    await logger.finish(statusOf(command, ended, output.tail));
    return { ended, summary };
  } catch (error) {
    await logger.finish({ error });
    throw error;
  }
}

/** Makes what passes the output of the program on; with `--json`, stdout is for the answer alone. */
async function passStreams(
  json: boolean,
  say: (text: string) => void,
): Promise<Readonly<Record<"stdout" | "stderr", ReturnType<typeof passOn>>>> {
  const { passOn: pass } = await import("../run/pass_on.ts");
  const lost = (error: Error) =>
    say(
      `the output cannot be written (${error.message}); the program continues`,
    );
  return {
    stdout: pass(json ? process.stderr : process.stdout, lost),
    // If stderr itself fails, there is no place to say so.
    stderr: pass(process.stderr, () => {}),
  };
}

function statusOf(
  command: readonly string[],
  { code, interrupted, signal }: Ended,
  tail: readonly string[],
): { status?: "interrupted"; error?: Error } {
  if (interrupted) return { status: "interrupted" };
  if (code === 0) return {};
  const [program = ""] = command;
  const secrets = secretsIn(command);
  const how = signal === undefined ? `exit code ${code}` : `signal ${signal}`;
  const error = new Error(`${program} ended with ${how}`);
  error.name = "ExitError";
  // The reason is in what the program printed, not in a stack of ours.
  error.stack = tail.length > 0
    ? hideInText(tail.join("\n"), secrets)
    : `ExitError: ${error.message}`;
  return { error };
}
