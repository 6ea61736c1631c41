import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../../internal/objects.ts";
import { VERSION } from "../../internal/version.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  type WandbLog,
  type WandbLogOptions,
  wandbRunFolder,
  wandbRunId,
  writeWandbLog,
} from "../../sync/mod.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { UsageError } from "../command.ts";
import type { Chosen } from "../export/choose.ts";
import { safeNames } from "../../internal/safe_name.ts";
import { writeText } from "../export/sink.ts";
import { makeFolder } from "../output/output_folder.ts";
import { type OutputOptions, writeOutput } from "../output/output_file.ts";
import type { RecordedFactors } from "../../internal/run_facts.ts";
import { programOf } from "./program_of.ts";
import { copyArtifact, fileOfArtifact } from "./copy_artifact.ts";

/** The file that marks a folder as ours, and says what was written into it. */
const NOTE = "ato.json";

/** How runs are written. */
export interface WandbFolderOptions {
  /** The folder that gets a folder for each run. */
  readonly out: string;
  readonly entity: string | undefined;
  readonly project: string | undefined;
  /** Whether output, words of the command, folders and git's differences go along. */
  readonly withSources: boolean;
  /** Whether copies of artifacts go along. */
  readonly withArtifacts: boolean;
  /** Whether nothing is written. */
  readonly isDry: boolean;
  readonly output: OutputOptions;
}

/** What became of a run. */
export interface WrittenRun {
  readonly run: number;
  readonly uuid: string | undefined;
  /** Its id at W&B. */
  readonly id: string;
  readonly folder: string;
  readonly state: "written" | "unchanged" | "to be written";
  readonly rows?: number;
  /** What somebody should know: artifacts that were left out, rows that stay at W&B. */
  readonly notices: readonly string[];
  /** Whether `wandb sync` has sent this state of the run. */
  readonly isSent: boolean;
}

/** What the note in a folder says. */
interface Note {
  /** Names what was written; absent while it is being written. */
  readonly state?: string;
  readonly rows?: number;
}

/**
 * Writes the folder of a run as wandb itself writes it when it is offline. A run that has not changed since is left
 * alone. The log gets its name when everything else is in place, and only then wandb's mark that it was sent is removed.
 *
 * @throws {UsageError} If the folder is not ours.
 */
export async function writeWandbFolder(
  chosen: Chosen,
  finder: SQLFinder,
  options: WandbFolderOptions,
): Promise<WrittenRun> {
  const { run } = chosen;
  const folder = join(options.out, wandbRunFolder(run));
  const log = join(folder, `run-${wandbRunId(run)}.wandb`);
  const note = noteOf(folder, options.output);
  const state = await stateOf(run, options);
  const about = { run: run.id, uuid: run.uuid, id: wandbRunId(run), folder };
  if (note?.state === state && existsSync(log)) {
    const isSent = existsSync(`${log}.synced`);
    return {
      ...about,
      state: "unchanged",
      ...(note.rows !== undefined && { rows: note.rows }),
      notices: [],
      isSent,
    };
  }
  if (options.isDry) {
    return { ...about, state: "to be written", notices: [], isSent: false };
  }
  const output = { ...options.output, isOurs: () => true };
  makeFolder(options.out);
  makeFolder(folder, options.out);
  const unfinished = note?.rows === undefined ? {} : { rows: note.rows };
  await writeNote(folder, unfinished, output);
  const notices: string[] = [];
  const recorded = await finder.factorsOf(run.id);
  const files = await writeFiles(chosen, recorded, {
    ...{ ...options, output, folder, notices },
  });
  const written = await writeLog(
    log,
    output,
    async (begin) =>
      await writeWandbLog(run, {
        project: chosen.project,
        ...(options.project !== undefined && { wandbProject: options.project }),
        ...(options.entity !== undefined && { entity: options.entity }),
        inputs: await chosen.inputs(),
        ...files,
        ...programWords(run, recorded, options.withSources),
        ...(options.withSources && {
          console: await finder.consoleOf(run.id),
        }),
      }, begin),
  );
  rmSync(`${log}.synced`, { force: true });
  await writeTexts(join(folder, "files"), written, output);
  if (note?.rows !== undefined && written.rows < note.rows) {
    notices.push(
      `it has ${written.rows} rows, and had ${note.rows} before it was resumed: ` +
        "if those were sent, W&B may show the last ones until the run has as many again",
    );
  }
  await writeNote(folder, { state, rows: written.rows }, output);
  return {
    ...about,
    state: "written",
    rows: written.rows,
    notices,
    isSent: false,
  };
}

/** Tells whether `wandb sync` has marked the run as sent. */
export function isMarkedSent(run: WrittenRun): boolean {
  return existsSync(markOf(run));
}

/** Removes the mark, so that the run is sent again. */
export function unmarkSent(run: WrittenRun): void {
  rmSync(markOf(run), { force: true });
}

function markOf({ folder, id }: WrittenRun): string {
  return join(folder, `run-${id}.wandb.synced`);
}

/** Reads the note in a folder; `undefined` if there is no folder. */
function noteOf(folder: string, output: OutputOptions): Note | undefined {
  if (!existsSync(folder)) return undefined;
  const path = join(folder, NOTE);
  if (existsSync(path) && statSync(path).size < 10_000) {
    const note = parsed(readFileSync(path, "utf8"));
    if (isRecord(note) && note["format"] === "ato-wandb") {
      const { state, rows } = note;
      return {
        ...(typeof state === "string" && { state }),
        ...(Number.isSafeInteger(rows) && { rows: rows as number }),
      };
    }
  }
  if (output.force === true || isBarelyBegun(folder)) return {};
  throw new UsageError(
    `Cannot write ${
      visible(folder)
    }: it exists already and was not written by ato; name another folder with --out, or overwrite it with --force`,
  );
}

/** Whether a folder has nothing but, perhaps, the note that was being written when the process was killed. */
function isBarelyBegun(folder: string): boolean {
  return readdirSync(folder).every((name) =>
    /^\.ato\.[0-9a-f]+\.part\.json$/.test(name)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not our note.
    return undefined;
  }
}

async function writeNote(
  folder: string,
  note: Note,
  output: OutputOptions,
): Promise<void> {
  const text = JSON.stringify({
    ...{ format: "ato-wandb", version: 1, writer: VERSION },
    ...note,
  });
  await writeText(join(folder, NOTE), output, text + "\n");
}

/** Names the state of a run and how it is written. */
async function stateOf(
  run: Run,
  options: WandbFolderOptions,
): Promise<string> {
  const metrics: unknown[] = [];
  for (const name of await run.metrics.names()) {
    metrics.push(await run.metrics.summary(name));
  }
  const { status, endTime, tags, notes, name, artifacts, error, attempts } =
    run;
  const { entity, project, withSources, withArtifacts } = options;
  const said = JSON.stringify([
    ...[VERSION, status, endTime, tags, notes, name, artifacts, error],
    ...[attempts.length, metrics.map((one) => JSON.stringify(one, words))],
    ...[entity, project, withSources, withArtifacts],
  ]);
  return createHash("sha256").update(said).digest("hex");
}

/** JSON makes all numbers that are not finite the same. */
function words(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value)
    ? String(value)
    : value;
}

/** Where the files of a run go. */
interface Place extends WandbFolderOptions {
  readonly folder: string;
  readonly notices: string[];
}

/** Writes the files that are sent as they are. */
async function writeFiles(
  { run }: Chosen,
  recorded: RecordedFactors | undefined,
  place: Place,
): Promise<{ artifacts: { path: string; file: string }[]; files: string[] }> {
  const { folder, output } = place;
  const target = join(folder, "files");
  makeFolder(target, place.out);
  // What an earlier call wrote may not be wanted any more.
  for (const name of ["artifacts", "diff.patch", "requirements.txt"]) {
    rmSync(join(target, name), { recursive: true, force: true });
  }
  const files: string[] = [];
  const write = async (name: string, text: string): Promise<void> => {
    await writeText(join(target, name), output, text);
    files.push(name);
  };
  const packages = requirements(recorded);
  if (packages !== "") await write("requirements.txt", packages);
  const diff = run.environment.git?.diff;
  if (place.withSources && diff !== undefined) await write("diff.patch", diff);
  return { files, artifacts: await writeArtifacts(run, target, place) };
}

async function writeArtifacts(
  run: Run,
  target: string,
  place: Place,
): Promise<{ path: string; file: string }[]> {
  if (!place.withArtifacts) return [];
  const nameOf = safeNames({ slashes: true });
  const sent = new Map<string, { path: string; file: string }>();
  for (const artifact of run.artifacts) {
    const { path, sha256 } = artifact;
    if (sent.has(path)) continue;
    const found = fileOfArtifact(run, artifact);
    const leaveOut = (reason: string) =>
      place.notices.push(`artifact ${visible(path)} is left out: ${reason}`);
    if ("reason" in found) {
      leaveOut(found.reason);
      continue;
    }
    const inside = path.replaceAll("\\", "/").replace(/^([a-z]:)?\/+/i, "");
    const file = `artifacts/${nameOf(inside)}`;
    makeFolder(dirname(join(target, file)), place.out);
    const reason = await copyArtifact(found.path, join(target, file), {
      ...place.output,
      sha256: sha256!,
    });
    if (reason === undefined) sent.set(path, { path, file });
    else leaveOut(reason);
  }
  return [...sent.values()];
}

/** What is said of the program: its name alone, unless sources go along. */
function programWords(
  run: Run,
  recorded: RecordedFactors | undefined,
  withSources: boolean,
): Pick<WandbLogOptions, "program" | "args" | "cwd" | "python" | "runtime"> {
  const { path, args, python, runtime } = programOf(run, recorded);
  const { cwd } = run.environment;
  return {
    ...(path !== undefined && {
      program: withSources ? path : path.replace(/^.*[\\/]/, ""),
    }),
    ...(python !== undefined && { python }),
    ...(runtime !== undefined && { runtime }),
    ...(withSources && { args }),
    ...(withSources && cwd !== undefined && { cwd }),
  };
}

/** The packages of Python, as `pip freeze` writes them. */
function requirements(recorded: RecordedFactors | undefined): string {
  return [...recorded?.factors ?? []].flatMap(([id, version]) => {
    const name = /^package:pypi:([\w.-]+)$/.exec(id)?.[1];
    // Two processes of a run can have two versions.
    return name !== undefined && /^[\w.+!-]+$/.test(version)
      ? [`${name}==${version}\n`]
      : [];
  }).join("");
}

/** The files in which wandb itself keeps config and summary; `wandb sync` makes them anew. */
async function writeTexts(
  folder: string,
  { config, summary }: WandbLog,
  output: OutputOptions,
): Promise<void> {
  const yaml = ["wandb_version: 1\n"].concat(
    config.map(([key, json]) =>
      `${JSON.stringify(key)}:\n    value: ${json}\n`
    ),
  ).join("");
  await writeText(join(folder, "config.yaml"), output, yaml);
  const members = summary.map(([key, json]) =>
    `${JSON.stringify(key)}: ${json}`
  );
  const text = `{${members.join(", ")}}\n`;
  await writeText(join(folder, "wandb-summary.json"), output, text);
}

/**
 * Writes a log, which can be begun again. Until it is complete its name does not end as wandb looks for logs: what is
 * left by a process that was killed would be sent as a run that failed.
 */
async function writeLog<Result>(
  path: string,
  output: OutputOptions,
  work: (begin: () => (bytes: Uint8Array) => void) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined;
  const whole = `${path}.new`;
  await writeOutput(whole, output, async (unfinished) => {
    const file = openSync(unfinished, "r+");
    try {
      result = await work(() => {
        ftruncateSync(file);
        let end = 0;
        return (bytes) => {
          for (let at = 0; at < bytes.length;) {
            const written = writeSync(file, bytes, at, bytes.length - at, end);
            at += written;
            end += written;
          }
        };
      });
    } finally {
      closeSync(file);
    }
  });
  renameSync(whole, path);
  return result!;
}
