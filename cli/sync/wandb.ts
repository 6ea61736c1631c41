import { spawn } from "node:child_process";
import process from "node:process";
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
import { runsToSync } from "./choose_runs.ts";
import {
  isMarkedSent,
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
  const chosen = await runsToSync(finder, words, terminal);
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

/** Runs `wandb sync`; returns whether it has marked every run as sent. */
async function send(
  runs: readonly WrittenRun[],
  terminal: Terminal,
): Promise<boolean> {
  let said = "";
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const folders = runs.slice(at, at + AT_ONCE).map(({ folder }) => folder);
    said += await wandbSync(folders);
  }
  const failed = runs.filter((run) => !isMarkedSent(run));
  if (failed.length === 0) {
    if (runs.length > 0) {
      terminal.warn(`wandb sync has sent ${runs.length} runs`);
    }
    return true;
  }
  const ids = failed.map(({ run }) => run).join(", ");
  for (const line of said.trimEnd().split("\n").slice(-20)) terminal.warn(line);
  terminal.notice(
    `wandb sync has not sent run ${ids}; its last words are above`,
  );
  return false;
}

/** Runs the `wandb` that is installed, or the one that `ATO_WANDB` names. */
function wandbSync(folders: readonly string[]): Promise<string> {
  const program = process.env["ATO_WANDB"] ?? "wandb";
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["sync", ...folders], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-100_000);
      });
    }
    child.on("error", (error) => {
      const reason = (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "it is not installed"
        : messageOf(error);
      reject(
        new UsageError(
          `Cannot start ${
            visible(program)
          }: ${reason}; install it with pip install wandb, or name it in ATO_WANDB`,
          { cause: error },
        ),
      );
    });
    child.on("close", () => resolve(said));
  });
}
