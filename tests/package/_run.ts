/** Runs programs without blocking this process, which may be their server. */
import { spawn } from "node:child_process";
import process from "node:process";

/** How a program ended, and its output. */
export interface Ended {
  /** Its exit status; -1 if a signal ended it. */
  readonly code: number;
  /** What it wrote to stdout. */
  readonly out: string;
  /** What it wrote to stderr. */
  readonly err: string;
}

/** Options for {@linkcode run}. */
export interface RunOptions {
  /** The folder. */
  readonly cwd: string;
  /** Variables to add to the environment, or (`undefined`) to remove from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs a program to its end.
 *
 * @param command The program.
 * @param args Its words.
 * @param options The folder and the environment.
 * @returns how it ended.
 */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<Ended> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => out += text);
  child.stderr.setEncoding("utf8").on("data", (text) => err += text);
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? -1, out, err }));
  });
}
