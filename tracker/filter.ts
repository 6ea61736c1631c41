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

/** The value of a metric that a condition can name. */
export type MetricValue = "last" | "first" | "min" | "max";

/** A condition such as `lr<0.01`, apart from the run that it is applied to. */
export interface Condition {
  /** A key path of the config or the name of a metric; the name of a metric if `which` is set. */
  readonly key: string;
  /** The value of the metric, if the condition names it. */
  readonly which?: MetricValue;
  /** Tells whether a value meets the condition; a missing value never does. */
  matches(value: unknown): boolean;
}

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
  const condition = readCondition(text);
  return async (run) => condition.matches(await lookUp(run, condition));
}

/**
 * Reads a condition such as `lr<0.01`, for programs that have the values of many runs at hand.
 *
 * @param text The condition, as for {@linkcode compileFilter}.
 * @returns the key, and what its value must be.
 * @throws {TrackerUsageError} If the text is not a condition.
 *
 * @example
 * ```ts
 * import { readCondition } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 *
 * const { key, which, matches } = readCondition("min:loss<0.2");
 * assertEquals([key, which, matches(0.1), matches(0.2)], ["loss", "min", true, false]);
 * ```
 */
export function readCondition(text: string): Condition {
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
  return {
    ...partsOf(key.trim()),
    matches(value) {
      if (value === undefined || value === null) return false;
      const order = compare(value, wanted.trim());
      return order !== undefined && test(order);
    },
  };
}

function partsOf(key: string): Pick<Condition, "key" | "which"> {
  const [, which, metric] = /^(last|first|min|max):(.*)$/.exec(key) ?? [];
  return metric === undefined
    ? { key }
    : { key: metric, which: which as MetricValue };
}

async function lookUp(run: Run, { key, which }: Condition): Promise<unknown> {
  if (which !== undefined) return (await run.metrics.summary(key))?.[which];
  return configAt(run.config, key) ?? (await run.metrics.summary(key))?.last;
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
