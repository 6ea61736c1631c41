/** Pythons of this machine, and runs of programs with and without the observer. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Observation } from "../../internal/observation.ts";
import { pythonLaunch } from "../../observe/mod.ts";

/** A Python of this machine. */
export interface Python {
  /** E.g. `3.11`. */
  readonly version: string;
  readonly path: string;
}

/** The folder of the programs that the tests run. */
export const PROGRAMS: string = fileURLToPath(
  new URL("./python", import.meta.url),
);

/** Finds an interpreter by its version, in pyenv or on the path. */
export function findPython(version: string): Python | undefined {
  const versions = join(homedir(), ".pyenv", "versions");
  const all = existsSync(versions) ? readdirSync(versions) : [];
  const paths = [
    ...all.filter((name) => name.startsWith(`${version}.`))
      .map((name) => join(versions, name, "bin", "python")),
    ...(process.env["PATH"] ?? "").split(delimiter)
      .map((folder) => join(folder, `python${version}`))
      .filter((path) => !path.includes("shims")),
  ];
  const path = paths.find(existsSync);
  return path === undefined ? undefined : { version, path };
}

/** The newest Python that can be observed, if there is one. */
export const PYTHON: Python | undefined = [14, 13, 12, 11, 10, 9, 8]
  .map((minor) => findPython(`3.${minor}`)).find((found) =>
    found !== undefined
  );

/** Why tests with {@linkcode PYTHON} are skipped, or `false`. */
export const SKIP: string | false = PYTHON === undefined
  ? "no Python 3.8 or newer on the path or in ~/.pyenv/versions"
  : false;

/** What a program did, and what was seen. */
export interface Seen {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly Observation[];
  /** The folder with the observations. */
  readonly folder: string;
}

/** Options for {@linkcode runPython}. */
export interface RunOptions {
  readonly cwd: string;
  /** Variables; `{launch}` stands for the launch folder. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Whether the observer is loaded. @default {true} */
  readonly observed?: boolean;
  /** The folder with the observer's compiled files, which several launches share. @default {none} */
  readonly compiled?: string;
  /** Changes the observer's files. @default {they stay as they are} */
  readonly change?: (path: string, text: string) => string;
  /** The program that is started. @default {the interpreter} */
  readonly command?: string;
}

let launches = 0;

/** The environment of the programs: nothing of the machine decides what they print. */
const ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: homedir(),
  LANG: "C.UTF-8",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Runs a Python program and reads what was seen. */
export function runPython(
  words: readonly string[],
  options: RunOptions,
): Seen {
  const { cwd, env = {}, input, observed = true, command = PYTHON!.path } =
    options;
  const folder = join(cwd, `.launch${launches++}`);
  const whole = Object.fromEntries(
    Object.entries({ ...ENV, ...env })
      .map(([name, value]) => [name, value.replaceAll("{launch}", folder)]),
  );
  const launch = pythonLaunch(folder, whole);
  if (observed) writeLaunch(launch.files, folder, options);
  const { status, signal, stdout, stderr } = spawnSync(command, [...words], {
    cwd,
    env: observed ? { ...whole, ...launch.env } : whole,
    encoding: "utf8",
    ...(input === undefined
      ? { stdio: ["ignore", "pipe", "pipe"] }
      : { input }),
  });
  const seen = join(folder, "observations");
  return { status, signal, stdout, stderr, lines: linesIn(seen), folder: seen };
}

function writeLaunch(
  files: ReadonlyMap<string, string>,
  folder: string,
  { compiled, change = (_, text) => text }: RunOptions,
): void {
  mkdirSync(join(folder, "observations"), { recursive: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, change(path, text));
  }
  if (compiled) symlinkSync(compiled, join(folder, "python", "compiled"));
}

/** Reads the lines of all processes, in the order of their files. */
export function linesIn(folder: string): Observation[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean)
        .map((line) => JSON.parse(line))
    );
}

/** The lines of one kind. */
export function only<K extends Observation["is"]>(
  { lines }: Seen,
  kind: K,
): Extract<Observation, { is: K }>[] {
  return lines.filter((line): line is Extract<Observation, { is: K }> =>
    line.is === kind
  );
}
