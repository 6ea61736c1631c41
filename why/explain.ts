/**
 * Explains why two runs of a file gave different results.
 *
 * @module
 */
import { UserError } from "../internal/errors.ts";
import type { History, RunFacts } from "../internal/run_facts.ts";
import type { MetricCursor, Run, SQLFinder } from "../tracker/mod.ts";
import { countModules } from "../internal/run_factors.ts";
import { type Divergence, divergenceOf } from "./divergence.ts";
import { factorDiffs } from "./factor_diffs.ts";
import { explainFacts } from "./explain_facts.ts";
import { withShapes } from "./renames/with_shapes.ts";
import type { ExplainOptions, Verdict } from "./verdict_types.ts";

/** Options for {@linkcode explain}. */
export interface ExplainRunsOptions extends ExplainOptions {
  /** The file of the runs. */
  readonly finder: SQLFinder;
  /**
   * The largest number of other runs that are read, the nearest recipes first.
   *
   * @default {1000}
   */
  readonly limit?: number;
}

/**
 * The default of {@linkcode ExplainRunsOptions.limit}. Runs that are further away are rarely repeats or runs that
 * differ in one factor, and reading 2,000 takes twice as long.
 */
const MOST_RUNS = 1_000;

/** Why two runs of a file gave different results. */
export interface Explanation extends Verdict {
  /** Where the outputs and the metrics of the two runs diverge; values within the tolerances are equal. */
  readonly divergence: Divergence;
  /** The number of local modules that each run recorded. */
  readonly modules: { readonly a: number; readonly b: number };
}

/**
 * Explains why two runs gave different results, with the other runs of their project as evidence.
 *
 * @param a The first run.
 * @param b The second run.
 * @param options The file, and how to judge.
 * @returns the answer.
 * @throws {UserError} If an option is out of range, or one of the runs is no longer in the file.
 * @throws {StorageError} If one of the two runs cannot be read.
 *
 * @example
 * ```ts
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { explain } from "@ato/ato/why";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "explained.db";
 * for (const lr of [0.1, 0.2]) {
 *   const experiment = { projectName: "demo", sql: { dbPath } };
 *   const logger = new SQLLogger({ lr, experiment });
 *   await logger.run();
 *   logger.logMetric("loss", lr / 2, 0);
 *   await logger.finish();
 * }
 *
 * const finder = new SQLFinder(dbPath);
 * const [a, b] = await finder.getRunsInProject("demo");
 * const { outcome, suspects } = await explain(a!, b!, { finder });
 * assertEquals([outcome, suspects[0]?.id], ["explained", "config:lr"]);
 * await finder.close();
 * rmSync(dbPath);
 * ```
 */
export async function explain(
  a: Run,
  b: Run,
  options: ExplainRunsOptions,
): Promise<Explanation> {
  const { finder, limit = MOST_RUNS, ...judging } = options;
  const history = await finder.history(
    a,
    b,
    { isLazy: true, limit },
  );
  if (history === undefined) {
    throw new UserError(
      `Cannot compare runs ${a.id} and ${b.id}: one of them is no longer in the file`,
    );
  }
  const divergence = await divergenceOf(a, b, judging);
  const { outputs, metrics } = divergence;
  const shaped = await withShapes(history, { finder, a, b });
  const facts = await withCommonSteps(shaped, a, b);
  const verdict = explainFacts(
    { ...facts, divergence: metrics, outputs },
    judging,
  );
  const diffs = await factorDiffs(verdict.suspects, { finder, a, b });
  return {
    ...verdict,
    suspects: verdict.suspects.map((suspect) => {
      const diff = diffs.get(suspect.id);
      return diff === undefined ? suspect : { ...suspect, diff };
    }),
    divergence,
    modules: {
      a: countModules(history.a.factors.keys()),
      b: countModules(history.b.factors.keys()),
    },
  };
}

/** Adds the values at the last common step where the two runs ended at different ones. */
async function withCommonSteps(
  history: History,
  a: Run,
  b: Run,
): Promise<History> {
  const steps = new Map<string, number>();
  for (const [key, { lastStep }] of history.a.metrics) {
    const other = history.b.metrics.get(key)?.lastStep;
    if (other === undefined || other === lastStep) continue;
    steps.set(key, Math.min(lastStep, other));
  }
  if (steps.size === 0) return history;
  return {
    ...history,
    a: await withValues(history.a, a, steps),
    b: await withValues(history.b, b, steps),
  };
}

async function withValues(
  facts: RunFacts,
  run: Run,
  steps: ReadonlyMap<string, number>,
): Promise<RunFacts> {
  const metrics = new Map(facts.metrics);
  for (const [key, step] of steps) {
    const found = metrics.get(key);
    const value = found && await valueAt(run, key, step);
    if (found === undefined || value === undefined) continue;
    metrics.set(key, { ...found, valueAt: new Map([[step, value]]) });
  }
  return { ...facts, metrics };
}

/** The value at a step; if it has several, the latest. */
async function valueAt(
  run: Run,
  metric: string,
  step: number,
): Promise<number | undefined> {
  let value: number | undefined;
  let after: MetricCursor | undefined;
  do {
    const page = await run.metrics.points(metric, {
      from: step,
      to: step,
      ...(after !== undefined && { after }),
    });
    value = page.points.at(-1)?.value ?? value;
    after = page.next;
  } while (after !== undefined);
  return value;
}
