import type { SQLLogger } from "../tracker/mod.ts";

const loggers = new WeakMap<object, SQLLogger>();

/**
 * Returns the logger of a tracked trial, for metrics and artifacts of its run.
 *
 * @param config The config that the objective was given.
 * @returns the logger, whose run the search starts and finishes; `undefined` if the search has no tracker,
 * and after the trial.
 *
 * @example
 * ```ts
 * import { HyperBand, int, trialLogger } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 * import { SQLFinder } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const tracker = {
 *   experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } },
 * };
 * const hyperband = new HyperBand(new Scope({ argv: [] }), { width: int(1, 2, { grid: 2 }) }, {
 *   halvingRate: 0.5,
 *   numMinSamples: 2,
 *   tracker,
 * });
 * await hyperband.main((config) => {
 *   trialLogger(config)?.logMetric("loss", 1 / config.width);
 *   return config.width;
 * })();
 *
 * const finder = new SQLFinder(tracker);
 * const best = await finder.findBestRun({ projectName: "demo", metric: "loss", mode: "min" });
 * assertEquals(best?.name, "width=2 __num_halved__=0");
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function trialLogger(config: object): SQLLogger | undefined {
  return loggers.get(config);
}

/**
 * Remembers the logger of a trial while it runs.
 *
 * @returns a function that forgets it.
 */
export function rememberLogger(config: object, logger: SQLLogger): () => void {
  loggers.set(config, logger);
  return () => {
    loggers.delete(config);
  };
}
