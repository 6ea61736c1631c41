/** Makes runs: starts the program of a project as its user would. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { nodeBinary } from "../../tools/node_runtime.ts";
import { applyEdits, homeOf, ROOT } from "./_folder.ts";
import type { ProjectName, Situation } from "./types.ts";

/** How long a program may take, in milliseconds; a busy machine is slow. */
const LIMIT = 120_000;

/** Which projects import Ato; they can run without `ato run`, too. */
export const USES_LIBRARY: Readonly<Record<ProjectName, boolean>> = {
  credit: true,
  spam: true,
  pricing: false,
  queue: false,
};

const ATO = [
  Deno.execPath(),
  "run",
  "-A",
  "-q",
  "--config",
  join(ROOT, "deno.npm.json"),
  join(ROOT, "cli.ts"),
];

const nodes = new Map<string, Promise<string>>();

function node(version: string): Promise<string> {
  const known = nodes.get(version) ?? nodeBinary(version);
  nodes.set(version, known);
  return known;
}

let interpreter: string | undefined;

/** The interpreter itself: a script that chooses one takes longer than the program. */
function python(): string {
  const ask = ["-c", "import sys; print(sys.executable)"];
  return interpreter ??= spawnSync("python3", ask, { encoding: "utf8" })
    .stdout.trim();
}

/** The command line of a run. */
async function commandOf(
  project: ProjectName,
  words: readonly string[],
  situation: Situation,
): Promise<string[]> {
  const { as = project, plain = false } = situation;
  const program = await programOf(project, words, situation);
  return plain ? program : [...ATO, "run", "--project", as, "--", ...program];
}

/** The program of a project with its words. */
async function programOf(
  project: ProjectName,
  words: readonly string[],
  { node: version = "22" }: Situation,
): Promise<string[]> {
  switch (project) {
    case "credit":
      return [Deno.execPath(), "run", "-A", "-q", "train.ts", ...words];
    case "spam":
      return [
        await node(version),
        "--disable-warning=ExperimentalWarning",
        "--experimental-transform-types",
        "train.mjs",
        ...words,
      ];
    case "pricing":
      return [python(), "train.py", ...words.flatMap(option)];
    case "queue":
      return ["bash", "run.sh", ...words.flatMap(option)];
  }
}

/** Writes `lr=0.2` as programs take it: `--lr 0.2`; other words are passed as they are. */
function option(word: string): string[] {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [`--${word.slice(0, at)}`, word.slice(at + 1)];
}

/** Makes later words of the same key replace earlier ones. */
export function mergeWords(words: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const word of words) byKey.set(word.split("=")[0]!, word);
  return [...byKey.values()];
}

/**
 * Makes one run in the folder of a project.
 *
 * @param project The project.
 * @param folder Its folder, which has the database `runs.db`.
 * @param situation How the run is made.
 * @throws {Error} If the program fails without having been told to.
 */
export async function makeRun(
  project: ProjectName,
  folder: string,
  situation: Situation,
): Promise<void> {
  applyEdits(folder, situation.edits ?? []);
  const words = mergeWords(situation.words ?? []);
  const ended = await start(
    await commandOf(project, words, situation),
    folder,
    situation,
  );
  if (ended.code !== 0 && situation.kill === undefined && !ended.expected) {
    throw new Error(`Cannot make a run of ${project}: ${ended.output}`);
  }
  if (situation.afterwards !== undefined) {
    afterwards[situation.afterwards](join(folder, "runs.db"));
  }
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly expected: boolean;
}

function start(
  [program, ...args]: readonly string[],
  cwd: string,
  { env = {}, kill, noise = 1 }: Situation,
): Promise<Ended> {
  const child = spawn(program!, args, {
    cwd,
    env: { ...environment(env, kill, cwd), ATO_NOISE: String(mixed(noise)) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  let isKilled = false;
  const end = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal);
  const timer = setTimeout(() => end("SIGKILL"), LIMIT);
  const killBy = (signal: NodeJS.Signals) => {
    const { 1: own } = /holding (\d+)/.exec(output) ?? [];
    // A program that names itself is killed alone, and `ato run` goes on.
    if (signal !== "SIGKILL" || own === undefined) end(signal);
    else process.kill(Number(own), signal);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (kill === undefined || isKilled || !output.includes("holding")) return;
      isKilled = true;
      // The points of the epoch are written within a moment, and the first record of a run after three seconds.
      const isRecorded = kill.signal !== "SIGKILL" || /holding \d/.test(output);
      setTimeout(() => killBy(kill.signal), isRecorded ? 300 : 6000);
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output, expected: output.includes("planted failure") });
    });
  });
}

/** Makes seeds of which neighbours have nothing in common, with the finalizer of MurmurHash3. */
function mixed(index: number): number {
  let word = Math.imul(index ^ (index >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/** A small, fixed environment: what the machine has set must not decide. */
function environment(
  env: Situation["env"] & object,
  kill: Situation["kill"],
  cwd: string,
): Record<string, string> {
  const { HOME = "" } = process.env;
  const home = homeOf(cwd);
  const set: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: existsSync(home) ? home : HOME,
    DENO_DIR: process.env.DENO_DIR ?? join(HOME, ".cache/deno"),
    XDG_STATE_HOME: process.env.XDG_STATE_HOME ?? join(HOME, ".local/state"),
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(HOME, ".cache"),
    PYENV_VERSION: process.env.PYENV_VERSION,
    NO_COLOR: "1",
    TZ: "UTC",
    LANG: "C.UTF-8",
    ATO_DB: "runs.db",
    PYTHONPATH: "site-packages",
    HOLD_AT: kill === undefined ? undefined : String(kill.epoch),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, string] =>
      entry[1] !== undefined
    ),
  );
}

/** Changes of the record that no program can make by itself. */
const afterwards: Record<
  NonNullable<Situation["afterwards"]>,
  (db: string) => void
> = {
  "other host": (db) =>
    edit(
      db,
      "UPDATE attempts SET environment = json_set(environment, '$.host', 'other') WHERE run_id = (SELECT max(id) FROM experiments)",
    ),
  "old file": () => {},
};

function edit(db: string, sql: string): void {
  const file = new DatabaseSync(db);
  file.exec(sql);
  file.close();
}
