import type { Run } from "./mod.ts";
import { UsageError } from "../cli/command.ts";
import { configAt } from "../internal/config_at.ts";
import { leafText } from "../internal/json_text.ts";
import { visible } from "../internal/visible_text.ts";

/** Whether a run is kept. */
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
 * Compiles a condition such as `lr<0.01`, `model.name=resnet` or `best:loss<0.2`.
 *
 * A key is looked for in the config, then among the metrics: their last value, or with `best:`,
 * `min:`, `max:` or `first:` in front another one.
 *
 * @param text The condition.
 * @returns the filter; a run without the key is never kept.
 * @throws {UsageError} if it is none.
 */
export function compileFilter(text: string): RunFilter {
  const [, key, operator, wanted] =
    /^([^<>=!]+)(<=|>=|!=|==?|<|>)(.*)$/.exec(text) ?? [];
  const test = OPERATORS[operator === "==" ? "=" : operator ?? ""];
  if (key === undefined || wanted === undefined || test === undefined) {
    throw new UsageError(
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

/** How two values are ordered; `undefined` where they cannot be compared (NaN never can). */
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

/** Whole numbers are taken digit by digit, as configs keep them. */
function limitOf(text: string): number | bigint {
  const [, digits] = /^(-?\d+)n?$/.exec(text) ?? [];
  return digits === undefined ? Number(text) : BigInt(digits);
}
