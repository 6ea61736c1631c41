/**
 * The conditions that choose runs: `ato runs "lr<0.01"`.
 *
 * @module
 */
import { configAt } from "../internal/config_at.ts";
import { leafText } from "../internal/json_text.ts";
import { visible } from "../internal/visible_text.ts";
import { TrackerUsageError } from "./errors.ts";
import type { Run } from "./run_record.ts";

/** Tells whether a run meets a condition. */
export type RunFilter = (run: Run) => Promise<boolean>;

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
};

/**
 * Compiles a condition such as `lr<0.01`, `model.name=resnet` or `min:loss<0.2`.
 *
 * The key is looked up in the config, then among the metrics, where it stands for the last value. With
 * the prefix `first:`, `last:`, `min:` or `max:` it is looked up among the metrics only.
 *
 * @param text The condition.
 * @returns the filter. It rejects a run that does not have the key.
 * @throws {TrackerUsageError} If the text is not a condition.
 *
 * @example
 * ```ts
 * import { compileFilter, SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const config = { lr: 0.1, experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } } };
 * const logger = new SQLLogger(config);
 * const id = await logger.run();
 * await logger.finish();
 *
 * const finder = new SQLFinder(config);
 * const run = await finder.findRun(id);
 * assertEquals(run && await compileFilter("lr<=0.1")(run), true);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function compileFilter(text: string): RunFilter {
  const [, key, operator, wanted] =
    /^([^<>=!]+)(<=|>=|!=|==?|<|>)(.*)$/.exec(text) ?? [];
  const test = OPERATORS[operator === "==" ? "=" : operator ?? ""];
  if (key === undefined || wanted === undefined || test === undefined) {
    throw new TrackerUsageError(
      `Cannot read the condition ${
        visible(text)
      }; write it like lr<0.01 or name=first`,
    );
  }
  return async (run) => {
    const value = await lookUp(run, key.trim());
    if (value === undefined || value === null) return false;
    const order = compare(value, wanted.trim());
    return order !== undefined && test(order);
  };
}

async function lookUp(run: Run, key: string): Promise<unknown> {
  const [, which, metric] = /^(last|first|min|max):(.*)$/.exec(key) ?? [];
  if (metric !== undefined) {
    const summary = await run.metrics.summary(metric);
    return summary?.[which as "last" | "first" | "min" | "max"];
  }
  const value = configAt(run.config, key);
  return value ?? (await run.metrics.summary(key))?.last;
}

/** The order of two values; `undefined` if they cannot be compared, as NaN never can. */
function compare(value: unknown, wanted: string): number | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    const limit = limitOf(wanted);
    // Of two kinds of numbers, `<` and `>` are exact.
    if (value < limit) return -1;
    if (value > limit) return 1;
    return Number.isNaN(value) || Number.isNaN(limit) ? undefined : 0;
  }
  const text = leafText(value);
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}

/** Integers are read without rounding, as configs keep them. */
function limitOf(text: string): number | bigint {
  const [, digits] = /^(-?\d+)n?$/.exec(text) ?? [];
  return digits === undefined ? Number(text) : BigInt(digits);
}
