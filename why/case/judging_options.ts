import { UserError } from "../../internal/errors.ts";
import { configValue } from "../config_ids.ts";
import type { History } from "../facts.ts";
import type { ResultOptions } from "../results.ts";
import type { ExplainOptions } from "../verdict_types.ts";

/** How results are compared and judged, with every default filled in. */
export interface JudgingOptions {
  /** How results are compared. */
  readonly results: ResultOptions;
  /** The level of the tests. */
  readonly alpha: number;
  /** The smallest difference that matters. */
  readonly practicalDifference: number | undefined;
}

/**
 * Checks options and fills in the defaults.
 *
 * @param history The runs, whose config may state the smallest difference that matters.
 * @param options What the caller gave.
 * @returns the options.
 * @throws {UserError} If one is out of range.
 */
export function judgingOptions(
  { a, b }: History,
  options: ExplainOptions,
): JudgingOptions {
  const { alpha = 0.05, tolerance = 0, atol = 0, at = "last", mode = "max" } =
    options;
  if (!(alpha > 0 && alpha < 1)) {
    throw new UserError(
      `Cannot judge at level ${alpha}: alpha must be above 0 and below 1; give 0.05, for example`,
    );
  }
  requireTolerance("tolerance", tolerance);
  requireTolerance("atol", atol);
  // Two runs may state two: what is too small for either is too small.
  const stated = [a, b].flatMap(({ factors }) => {
    const value = configValue(factors, "experiment.practicalDifference");
    return typeof value === "number" && value > 0 ? [value] : [];
  });
  return {
    results: { tolerance, atol, at, mode },
    alpha,
    practicalDifference: options.practicalDifference ??
      (stated.length === 0 ? undefined : Math.min(...stated)),
  };
}

function requireTolerance(name: string, value: number): void {
  if (value >= 0 && Number.isFinite(value)) return;
  throw new UserError(
    `Cannot compare with ${name} ${value}: it must be a number of at least 0; leave it out for equal bits`,
  );
}
