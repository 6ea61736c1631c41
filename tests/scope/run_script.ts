/** Runs a TypeScript file as a separate process, on the runtime that runs the tests. */
import { spawnSync } from "node:child_process";
import { isAbsolute } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Whether the tests run under Deno. */
export const IS_DENO: boolean = navigator.userAgent.startsWith("Deno/");

/** The output and the status of a process. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The absolute path of a file in `fixtures/`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** The words that make the runtime run a file; `"test"` runs it as a test file. */
function runtimeArgs(how: "run" | "test"): string[] {
  if (IS_DENO) {
    const config = process.env.ATO_DENO_CONFIG ?? `${ROOT}deno.npm.json`;
    return [how, "--config", config, "-A", "--no-check"];
  }
  const hooks = new URL("../../tools/node_hooks.mjs", import.meta.url).href;
  const old = /^v22\.(\d+)/.exec(process.version);
  const strip = old !== null && Number(old[1]) < 18
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

/** Runs a file, by its path or its name in `fixtures/`, and waits until it ends. */
export function runScript(
  name: string,
  args: string[],
  how: "run" | "test" = "run",
): Outcome {
  // Under `node --test` a child reports to the runner of its parent and not to stdout.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = [
    ...runtimeArgs(how),
    isAbsolute(name) ? name : fixture(name),
    ...(how === "run" ? args : []),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}
