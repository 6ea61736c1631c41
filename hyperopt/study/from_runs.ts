import type { Run, TrackerConfig } from "../../tracker/mod.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { StudySettingError } from "./errors.ts";
import type { WarmObservation } from "./study.ts";

/** Options for {@linkcode observationsFromRuns}. */
export interface FromRunsOptions {
  /** The project. */
  readonly projectName: string;
  /** The names of the metrics to read, including the study's metric. */
  readonly metrics: readonly string[];
  /**
   * Returns how far a run was trained, in the study's units.
   *
   * @default {1 for each run}
   */
  readonly fidelity?: (run: Run) => number;
  /**
   * The value of a metric that counts.
   *
   * @default {"last"}
   */
  readonly by?: "last" | "min" | "max";
}

/**
 * Reads completed runs of the tracker as results for {@linkcode Study.warmStart}.
 *
 * @param dbPath The tracker's file: a path, or a config that names it.
 * @param options The project, and the metrics.
 * @returns the results; runs that lack one of the metrics are left out.
 * @throws {StudySettingError} If an option is missing or unknown.
 *
 * @example
 * ```ts
 * import { observationsFromRuns } from "@ato/ato/hyperopt";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const experiment = { projectName: "demo", sql: { dbPath: "warm-demo.db" } };
 * const logger = new SQLLogger({ lr: 0.1, experiment });
 * await logger.run();
 * logger.logMetric("loss", 0.3, 9);
 * await logger.finish();
 *
 * const found = await observationsFromRuns("warm-demo.db", { projectName: "demo", metrics: ["loss"] });
 * assertEquals(found.map(({ metrics, fidelity }) => [metrics, fidelity]), [[{ loss: 0.3 }, 1]]);
 * rmSync("warm-demo.db");
 * ```
 */
export async function observationsFromRuns(
  dbPath: string | TrackerConfig,
  options: FromRunsOptions,
): Promise<WarmObservation[]> {
  checkQuery(options);
  const { projectName, metrics: names, fidelity = () => 1, by = "last" } =
    options;
  const { SQLFinder } = await import("../../tracker/mod.ts");
  const finder = new SQLFinder(dbPath);
  const found: WarmObservation[] = [];
  try {
    for (const run of await finder.getRunsInProject(projectName)) {
      if (run.status !== "completed") continue;
      const metrics: Record<string, number> = {};
      for (const name of names) {
        const value = (await run.metrics.summary(name))?.[by];
        if (value !== undefined) metrics[name] = value;
      }
      if (Object.keys(metrics).length < names.length) continue;
      found.push({ config: run.config, metrics, fidelity: fidelity(run) });
    }
  } finally {
    await finder.close();
  }
  return found;
}

function checkQuery(options: unknown): void {
  const action = "take runs as observations";
  const make = (setting: string, message: string) =>
    new StudySettingError(setting, message);
  checkSettings<FromRunsOptions>(action, options ?? null, {
    projectName: true,
    metrics: true,
    fidelity: true,
    by: true,
  }, make);
  const { metrics, by = "last", fidelity } = options as FromRunsOptions;
  const fail = (setting: string, value: unknown, may: string): never => {
    const what = `${setting} is ${describe(value)}`;
    throw make(setting, `Cannot ${action}: ${what}; give ${may}`);
  };
  if (!Array.isArray(metrics)) fail("metrics", metrics, "an array of names");
  if (!["last", "min", "max"].includes(by)) {
    fail("by", by, '"last", "min" or "max"');
  }
  if (fidelity !== undefined && typeof fidelity !== "function") {
    fail("fidelity", fidelity, "a function of a run");
  }
}
