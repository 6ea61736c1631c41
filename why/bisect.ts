/**
 * Finds where a metric moved in the runs of a file, and what moved it.
 *
 * @module
 */
import type { Run, SQLFinder } from "../tracker/mod.ts";
import { bisectFacts } from "./bisect_facts.ts";
import type { Bisection, BisectOptions } from "./bisection_types.ts";
import type { RunFacts } from "./facts.ts";
import { shapesOfPairs, withKnownShapes } from "./renames/with_shapes.ts";

/** Options for {@linkcode bisect}. */
export interface BisectRunsOptions extends BisectOptions {
  /** The file of the runs. */
  readonly finder: SQLFinder;
}

/** What was found, and how much was read. */
export interface RunsBisection extends Bisection {
  /** How many of the runs were not read, because they are too many. */
  readonly leftOut: number;
}

/**
 * Finds where a metric moved in the history of a project, and judges everything that changed there. Code that only
 * has another name is not among it.
 *
 * @param runs The runs of the project; of more than 2,000, those that are nearest to the first and the last one are
 * read.
 * @param options The file, the metric and how to judge.
 * @returns the moves with what may have made them, and the answer in words.
 * @throws {UserError} If alpha is out of range.
 * @throws {StorageError} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { bisect } from "@ato/ato/why";
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "demo-bisect.db";
 * for (let i = 0; i < 12; i++) {
 *   const experiment = { projectName: "demo", sql: { dbPath } };
 *   const logger = new SQLLogger({ width: i < 6 ? 8 : 2, experiment });
 *   await logger.run();
 *   logger.logMetric("loss", (i < 6 ? 0.2 : 0.7) + i % 3 / 100, 0);
 *   await logger.finish();
 * }
 * const finder = new SQLFinder(dbPath);
 * const runs = await finder.getRunsInProject("demo");
 * const { moves } = await bisect(runs, { finder, metric: "loss", mode: "min" });
 * assertEquals(moves[0]?.findings[0]?.id, "config:width");
 * await finder.close();
 * rmSync(dbPath);
 * ```
 */
export async function bisect(
  runs: readonly Run[],
  options: BisectRunsOptions,
): Promise<RunsBisection> {
  const { finder, ...judging } = options;
  const { facts, leftOut } = await readFacts(runs, finder);
  const found = bisectFacts(facts, judging);
  const byId = new Map(facts.map((run) => [run.id, run]));
  const pairs = found.moves.flatMap(({ ends }) => {
    const [good, bad] = (ends ?? []).map((id) => byId.get(id));
    return good && bad ? [[good, bad] as const] : [];
  });
  const known = await shapesOfPairs(pairs, runs, finder);
  if (known.size === 0) return { ...found, leftOut };
  // The shapes change nothing about where the metric moved, only what is suspected there.
  const shaped = facts.map((run) => withKnownShapes(run, known));
  return { ...bisectFacts(shaped, judging), leftOut };
}

async function readFacts(
  runs: readonly Run[],
  finder: SQLFinder,
): Promise<{ facts: readonly RunFacts[]; leftOut: number }> {
  const [first, last] = [runs[0], runs.at(-1)];
  const history = first && last && await finder.history(first, last);
  if (history === undefined) return { facts: [], leftOut: 0 };
  const wanted = new Set(runs.map(({ id }) => id));
  const { a, b, others, leftOut } = history;
  const all = a.id === b.id ? [a, ...others] : [a, b, ...others];
  return { facts: all.filter(({ id }) => wanted.has(id)), leftOut };
}
