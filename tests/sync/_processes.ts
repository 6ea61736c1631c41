/** Processes of the tests: `ato` and scripts, on the runtime that runs the tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";

/** A process that was started. */
export interface Started {
  readonly process: ChildProcess;
  /** What it wrote to stdout and stderr so far. */
  text(): string;
  /** Sends a signal: `ChildProcess.kill` of Deno says that a signal ended it, even if it ended by itself. */
  send(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Starts a file; the test ends it. */
export function start(file: string, args: readonly string[]): Started {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [...runtimeArgs("run"), file, ...args],
    { cwd: ROOT, env: { ...env, NO_COLOR: "1" } },
  );
  let text = "";
  child.stdout.on("data", (data) => text += data);
  child.stderr.on("data", (data) => text += data);
  const ended = new Promise<number | string | null>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  const send = (signal: NodeJS.Signals): void => {
    process.kill(child.pid!, signal);
  };
  return { process: child, text: () => text, ended, send };
}

/** Starts `ato`. */
export function startAto(...args: string[]): Started {
  return start(`${ROOT}cli.ts`, args);
}

/** Starts a script beside the tests. */
export function startBeside(name: string, ...args: string[]): Started {
  return start(fileURLToPath(new URL(name, import.meta.url)), args);
}

/** Waits until a condition holds; the test's own process ends it if it never does. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  of?: Started,
): Promise<void> {
  const end = performance.now() + 240_000;
  while (!await holds()) {
    if (performance.now() > end) {
      throw new Error(`${what}: it never came to that: ${of?.text() ?? ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
