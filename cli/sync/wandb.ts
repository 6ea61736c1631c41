import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { orNotice } from "../sound.ts";
import type { Terminal } from "../terminal.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { wandbProjectName } from "../../sync/mod.ts";
import { type Chosen, runsOfProject } from "../export/choose.ts";
import { choiceOf } from "./choose.ts";
import {
  isMarkedSent,
  unmarkSent,
  type WandbFolderOptions,
  writeWandbFolder,
  type WrittenRun,
} from "./wandb_folder.ts";

/**
 * `ato sync wandb`: writes the runs as folders that `wandb sync` sends, and sends them with `--send`.
 *
 * @param words The runs.
 * @param invocation The command.
 */
export async function syncWandb(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  const how = await optionsOf(invocation);
  const finder = await invocation.finder();
  const chosen = await chosenOf(words, invocation);
  const written: WrittenRun[] = [];
  for (const one of chosen) {
    const result = await orNotice(
      terminal,
      () => writeWandbFolder(one, finder, how),
    );
    if (result === undefined) continue;
    written.push(result);
    for (const notice of result.notices) {
      terminal.notice(`run ${result.run}: ${notice}`);
    }
    if (!json) terminal.line(lineOf(result));
  }
  const toSend = written.filter(({ isSent }) => !isSent);
  const sent = options.send === true && !how.isDry
    ? await send(toSend, terminal)
    : undefined;
  if (json) {
    terminal.json(
      written.map((one) => ({ ...one, isSent: isMarkedSent(one) })),
    );
  } else if (chosen.length === 0) terminal.line("no run to write");
  else if (sent === undefined && toSend.length > 0 && !how.isDry) {
    terminal.line(`send them with: wandb sync ${visible(how.out)}`);
  }
  return terminal.hasNotices || sent === false ? EXIT.differs : EXIT.ok;
}

/** The chosen runs of the file, the oldest first. */
async function chosenOf(
  words: readonly string[],
  invocation: Invocation,
): Promise<Chosen[]> {
  const finder = await invocation.finder();
  const isChosen = await choiceOf(words, invocation);
  const chosen: Chosen[] = [];
  for (const { name } of await finder.listProjects()) {
    for (const one of await runsOfProject(finder, name)) {
      if (await isChosen(one.run, name)) chosen.push(one);
    }
  }
  return chosen.sort((a, b) => a.run.id - b.run.id);
}

function lineOf({ run, state, folder, rows }: WrittenRun): string {
  const size = rows === undefined ? "" : `, ${rows} rows`;
  return `run ${run}: ${state}, ${visible(folder)}${size}`;
}

async function optionsOf(
  { options, dbPath }: Invocation,
): Promise<WandbFolderOptions> {
  const { out = "wandb", entity, project } = options;
  if (typeof project === "string" && wandbProjectName(project) !== project) {
    throw new UsageError(
      `Cannot use the project ${
        visible(project)
      }: W&B takes no name with / \\ # ? % : or more than 128 characters; --project ${
        visible(wandbProjectName(project))
      } is possible`,
    );
  }
  const text = (value: unknown) =>
    typeof value === "string" ? value : undefined;
  if (options.send === true && options["dry-run"] === true) {
    throw new UsageError(
      "Cannot use --send with --dry-run, which writes nothing; give one of them",
    );
  }
  return {
    out: String(out),
    entity: text(entity),
    project: text(project),
    withSources: options["with-sources"] === true,
    withArtifacts: options["without-artifacts"] !== true,
    isDry: options["dry-run"] === true,
    output: { database: await dbPath(), force: options.force === true },
  };
}

/** The most folders that one `wandb sync` gets: a command line has an end. */
const AT_ONCE = 100;

/** Runs `wandb sync`, and shows what it says; returns whether it has sent every run. */
async function send(
  runs: readonly WrittenRun[],
  terminal: Terminal,
): Promise<boolean> {
  const failed: number[] = [];
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const some = runs.slice(at, at + AT_ONCE);
    const errors = await wandbSync(some.map(({ folder }) => folder), terminal);
    for (const run of some) {
      if (isMarkedSent(run) && !isNamedIn(errors, run, some)) continue;
      // wandb marks a run as sent also if the service has refused its data.
      unmarkSent(run);
      failed.push(run.run);
    }
  }
  if (failed.length === 0) {
    terminal.warn(`wandb sync has sent ${runs.length} runs`);
    return true;
  }
  terminal.notice(
    `wandb sync has not sent run ${
      failed.join(", ")
    }: what it said is above; ato sync wandb --send sends again what was not sent`,
  );
  return false;
}

/** Whether an error is about a run: it names the run, or none of the runs. */
function isNamedIn(
  errors: readonly string[],
  { id }: WrittenRun,
  all: readonly WrittenRun[],
): boolean {
  return errors.some((line) =>
    line.includes(id) || !all.some((one) => line.includes(one.id))
  );
}

/**
 * Runs the `wandb` that is installed, or the one that `ATO_WANDB` names.
 *
 * @returns the errors that it printed; its exit code is 0 also if nothing arrived.
 */
async function wandbSync(
  folders: readonly string[],
  terminal: Terminal,
): Promise<string[]> {
  if (folders.length === 0) return [];
  const program = process.env["ATO_WANDB"] ?? "wandb";
  const child = spawn(program, ["sync", ...folders], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(cannotStart(program, error)));
    child.on("close", () => resolve());
  });
  const errors: string[] = [];
  const show = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      const text = stripVTControlCharacters(line).trimEnd();
      if (text === "") continue;
      terminal.warn(text);
      if (/^(wandb: )?error\b/i.test(text)) errors.push(text);
    }
  };
  await Promise.all([ended, show(child.stdout), show(child.stderr)]);
  return errors;
}

function cannotStart(program: string, error: Error): UsageError {
  const reason = (error as NodeJS.ErrnoException).code === "ENOENT"
    ? "it is not installed"
    : messageOf(error);
  return new UsageError(
    `Cannot start ${
      visible(program)
    }: ${reason}; install it with pip install wandb, or name it in ATO_WANDB`,
    { cause: error },
  );
}
