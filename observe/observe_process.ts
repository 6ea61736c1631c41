/** What a script calls to observe its own process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { setProcessObserver } from "../internal/process_observer.ts";
import { identifyProcess } from "../internal/process_identity.ts";
import { isGranted } from "../internal/runtime.ts";
import { ASSETS } from "./javascript/assets.ts";
import { LAUNCH_PREFIX, OWNER_FILE } from "./_stale_launches.ts";

/** An observer that is loaded already: that of `ato run`, or of an earlier call. */
const LOADED = new RegExp(
  `[\\\\/]${LAUNCH_PREFIX}[^\\\\/]+[\\\\/]observer\\.cjs$`,
);

/**
 * Observes which files and environment variables this process reads from now on. They become inputs of the runs that
 * it records. Call it in the first line of the script: what was read before is not seen, and the coverage of the inputs
 * says so. In Deno, functions that were imported by name from `node:fs` are not observed either; `Deno.readTextFile`
 * and `fs.readFile` of `import fs from "node:fs"` are. Under `ato run`, which sees everything, it does nothing.
 *
 * @returns whether the process is observed; false on Windows, and in Deno without `--allow-read` and `--allow-write`
 *   for the system's folder for temporary files.
 *
 * @example
 * ```ts
 * import { observeProcess } from "@ato/ato/observe";
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import fs, { mkdtempSync, rmSync, writeFileSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * writeFileSync(join(folder, "lr.txt"), "0.5");
 * observeProcess();
 *
 * const config = { experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } } };
 * const logger = new SQLLogger(config);
 * const id = await logger.run();
 * logger.logMetric("lr", Number(fs.readFileSync(join(folder, "lr.txt"), "utf8")));
 * await logger.finish();
 *
 * const finder = new SQLFinder(config);
 * const { inputs, coverage } = (await finder.inputsOf(id))!;
 * assertEquals([inputs.length, coverage.level], [1, "partial"]);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function observeProcess(): boolean {
  const load = createRequire(import.meta.url);
  if (Object.keys(load.cache).some((path) => LOADED.test(path))) return true;
  if (process.platform === "win32" || !isPermitted()) return false;
  const place = callerOf(new Error().stack);
  const folder = mkdtempSync(join(tmpdir(), LAUNCH_PREFIX));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(identifyProcess()));
  const observations = join(folder, "observations");
  mkdirSync(observations, { mode: 0o700 });
  for (const [name, text] of Object.entries(ASSETS)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  const env = { ...process.env };
  load(join(folder, "observer.cjs"));
  setProcessObserver({
    async inputs(run) {
      const { observedInputs } = await import("./_process_inputs.ts");
      return await observedInputs(run, { observations, env, place });
    },
  });
  return true;
}

/** Deno must not prompt, and it must be possible to read what the observer writes. */
function isPermitted(): boolean {
  const path = tmpdir();
  return isGranted({ name: "read", path }) &&
    isGranted({ name: "write", path }) && isGranted({ name: "env" });
}

/** Returns the place of the call, e.g. `train.ts:3`. */
function callerOf(stack: string | undefined): string {
  const line = stack?.split("\n")[2] ?? "";
  const [, path, number] = /([^\s()]+?):(\d+):\d+\)?$/.exec(line) ?? [];
  return path === undefined ? "observeProcess" : `${basename(path)}:${number}`;
}
