/** The Pythons that have wandb. */
import { spawn, spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";

/** A Python with wandb. */
export interface WandbPython {
  readonly path: string;
  /** The version of wandb. */
  readonly version: string;
  /** The program `wandb` beside it. */
  readonly wandb: string;
}

/** What a process printed. */
export interface Printed {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The Pythons that `ATO_WANDB_PYTHON` names, divided as in `PATH`; otherwise `python3`. */
export const WANDB_PYTHONS: readonly WandbPython[] =
  (process.env["ATO_WANDB_PYTHON"] ?? "python3").split(delimiter).flatMap(
    (path) => {
      const { status, stdout } = spawnSync(path, [
        "-c",
        "import importlib.metadata as m; print(m.version('wandb'))",
      ], { encoding: "utf8" });
      if (status !== 0) return [];
      const version = stdout.trim();
      return [{ path, version, wandb: join(dirname(path), "wandb") }];
    },
  );

/** Why the tests with wandb are skipped, or `false`. */
export const WHY_NO_WANDB: string | false = WANDB_PYTHONS.length > 0
  ? false
  : "no Python has wandb (set ATO_WANDB_PYTHON to the paths of some that have)";

/** Runs a program without blocking this process, which may be the server that the program talks to. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Record<string, string>;
    readonly input?: string;
  } = {},
): Promise<Printed> {
  // Under `node --test` a child reports to the runner of its parent and not to stdout.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...own, NO_COLOR: "1", ...options.env },
    });
    let [out, err] = ["", ""];
    child.stdin.end(options.input ?? "");
    child.stdout.setEncoding("utf8").on("data", (text) => out += text);
    child.stderr.setEncoding("utf8").on("data", (text) => err += text);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
