/** Runs TypeScript files as separate processes, on the runtime that runs the tests. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** Whether the tests run under Deno. */
export const IS_DENO: boolean = navigator.userAgent.startsWith("Deno/");

/** Returns the absolute path of the Deno config in use. A child that may not read variables does not ask. */
export function denoConfig(): string {
  return process.env["ATO_DENO_CONFIG"] || join(ROOT, "deno.npm.json");
}

/** The output and the status of a process. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options for {@linkcode runScript}. */
export interface RunScriptOptions {
  /** `"test"` runs the file as a test file. */
  readonly how?: "run" | "test";
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The words that make the runtime run a file. */
export function runtimeArgs(how: "run" | "test"): string[] {
  if (IS_DENO) return [how, "--config", denoConfig(), "-A", "--no-check"];
  const hooks = new URL("../../tools/node_hooks.mjs", import.meta.url).href;
  const minor = /^v22\.(\d+)/.exec(process.version)?.[1];
  const strip = minor !== undefined && Number(minor) < 18
    ? ["--experimental-strip-types"]
    : [];
  return [
    ...strip,
    "--no-warnings",
    "--import",
    hooks,
    ...(how === "test" ? ["--test"] : []),
  ];
}

/**
 * Runs a file in the root of the repository, and waits until it ends.
 *
 * @param file Its absolute path.
 * @param args Its words.
 * @param options How it is run.
 */
export function runScript(
  file: string,
  args: readonly string[],
  { how = "run", env = {} }: RunScriptOptions = {},
): Outcome {
  // Under `node --test` a child reports to the runner of its parent and not to stdout.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const words = [...runtimeArgs(how), file, ...(how === "run" ? args : [])];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    cwd: ROOT,
    env: { ...own, NO_COLOR: "1", ...env },
  });
  return { status, stdout, stderr: withoutWaiting(stderr) };
}

/**
 * Leaves out what Deno says of itself when it waits for the lock of its own cache, as it does on a busy machine.
 *
 * @param errors What a process wrote to stderr.
 */
export function withoutWaiting(errors: string): string {
  return errors.replace(
    // deno-lint-ignore no-control-regex -- Deno colours the word
    /^(?:\u001b\[[\d;]*m)*Blocking(?:\u001b\[[\d;]*m)* waiting for file lock.*\r?\n?/gm,
    "",
  );
}
