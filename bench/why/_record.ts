/** Makes runs: starts the program of a project as its user would. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { nodeBinary } from "../../tools/node_runtime.ts";
import { applyEdits, ROOT } from "./_folder.ts";
import type { ProjectName, Situation } from "./types.ts";

/** How long a program may take, in milliseconds; a busy machine is slow. */
const LIMIT = 120_000;

/** Which projects import Ato; the others run under `ato run`. */
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

/** The command line of a run. */
async function commandOf(
  project: ProjectName,
  words: readonly string[],
  { node: version = "22", as = project }: Situation,
): Promise<string[]> {
  const run = [...ATO, "run", "--project", as, "--"];
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
      return [...run, "python3", "train.py", ...words.flatMap(option)];
    case "queue":
      return [...run, "bash", "run.sh", ...words.flatMap(option)];
  }
}

/** Writes `lr=0.2` as programs take it: `--lr 0.2`. */
function option(word: string): string[] {
  const at = word.indexOf("=");
  return at < 0
    ? [`--${word}`]
    : [`--${word.slice(0, at)}`, word.slice(at + 1)];
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
  { env = {}, kill }: Situation,
): Promise<Ended> {
  const child = spawn(program!, args, {
    cwd,
    env: environment(env, kill),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  let isKilled = false;
  const end = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal);
  const timer = setTimeout(() => end("SIGKILL"), LIMIT);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (kill === undefined || isKilled || !output.includes("holding")) return;
      isKilled = true;
      // The points of the epoch are written within a moment.
      setTimeout(() => end(kill.signal), 300);
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

/** A small, fixed environment: what the machine has set must not decide. */
function environment(
  env: Situation["env"] & object,
  kill: Situation["kill"],
): Record<string, string> {
  const set: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DENO_DIR: process.env.DENO_DIR,
    PYENV_VERSION: process.env.PYENV_VERSION,
    NO_COLOR: "1",
    TZ: "UTC",
    LANG: "C.UTF-8",
    ATO_DB: "runs.db",
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
