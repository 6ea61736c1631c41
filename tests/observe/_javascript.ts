/** Runs programs with the observer of JavaScript, and reads what it wrote. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { javascriptLaunch, type Observation } from "../../observe/mod.ts";
import { IS_DENO } from "../_shared/run_script.ts";

/** What a program did, and what was seen of it. */
export interface Observed {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of all its processes. */
  readonly lines: readonly Observation[];
}

/** Options for {@linkcode observe}. */
export interface ObserveOptions {
  /** The folder of the program, which has a folder `launch` beside it. */
  readonly cwd: string;
  /** Variables to add. */
  readonly env?: Readonly<Record<string, string>>;
  /** The standard input. @default {""} */
  readonly input?: string;
  /** Whether nothing observes it. @default {false} */
  readonly isBare?: boolean;
}

/** The words that run a script on the runtime of the tests. */
export function scriptCommand(script: string, ...args: string[]): string[] {
  return IS_DENO
    ? [process.execPath, "run", "-A", "--no-check", "--no-config", script]
      .concat(
        args,
      )
    : [process.execPath, script, ...args];
}

/** Writes files into a folder. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Runs a command so that it is observed. */
export function observe(
  command: readonly string[],
  { cwd, env = {}, input = "", isBare = false }: ObserveOptions,
): Observed {
  const folder = join(
    dirname(cwd),
    `launch-${readdirSync(dirname(cwd)).length}`,
  );
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: _options, ...own } = process.env;
  const given = { ...own, PROGRAM: command[0] ?? "", NO_COLOR: "1", ...env };
  const launch = javascriptLaunch(folder, given, command);
  if (!isBare) writeLaunch(folder, launch.files);
  const [, ...words] = isBare ? command : launch.command;
  const { status, signal, stdout, stderr } = spawnSync("/bin/sh", [
    "-c",
    // Deno gives all permissions to a Deno that it starts, if it finds its path among the words.
    `exec "$PROGRAM" "$@"`,
    "sh",
    ...words,
  ], {
    cwd,
    input,
    encoding: "utf8",
    env: isBare ? given : { ...given, ...launch.env },
  });
  return { status, signal, stdout, stderr, lines: linesIn(folder) };
}

function writeLaunch(
  folder: string,
  files: ReturnType<typeof javascriptLaunch>["files"],
): void {
  mkdirSync(join(folder, "observations"), { recursive: true });
  for (const { path, text, mode } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  }
}

function linesIn(folder: string): Observation[] {
  const observations = join(folder, "observations");
  if (!existsSync(observations)) return [];
  return readdirSync(observations).sort().flatMap((name) =>
    readFileSync(join(observations, name), "utf8").split("\n").filter(Boolean)
      .map((line) => JSON.parse(line) as Observation)
  );
}

/** Returns what was seen of a path, in order: `read`, `guess`, `hash`, `write`, `list`. */
export function seenOf(
  lines: readonly Observation[],
  path: string,
): readonly string[] {
  return lines.flatMap((line) => {
    if (line.is === "write" || line.is === "list") {
      return line.path === path ? [line.is] : [];
    }
    if (line.is !== "read" || line.path !== path) return [];
    return [
      line.sha256 !== undefined ? "hash" : line.isGuess ? "guess" : "read",
    ];
  });
}

/** Returns the variables that were read, by name. */
export function variablesIn(
  lines: readonly Observation[],
): ReadonlyMap<string, string | null> {
  return new Map(
    lines.flatMap((line) =>
      line.is === "env" ? [[line.name, line.value] as const] : []
    ),
  );
}

/** Returns the gaps. */
export function gapsIn(lines: readonly Observation[]): readonly string[] {
  return lines.flatMap((line) => line.is === "gap" ? [line.what] : []);
}
