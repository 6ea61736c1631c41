/**
 * How completely two runs were recorded.
 *
 * @module
 */
import { type Dimension, DIMENSIONS } from "../internal/run_factors.ts";
import type { RunFacts } from "./facts.ts";
import type { PairCoverage } from "./verdict_types.ts";

const LEVELS = ["none", "partial", "full"] as const;

/**
 * Joins the coverage of two runs.
 *
 * @param a The first run.
 * @param b The second run.
 * @returns for each dimension the lower level, and everything that is missing.
 */
export function pairCoverage(
  a: RunFacts,
  b: RunFacts,
): Record<Dimension, PairCoverage> {
  const of = (dimension: Dimension): PairCoverage => {
    const [one, other] = [a.coverage[dimension], b.coverage[dimension]];
    const lower = Math.min(
      LEVELS.indexOf(one.level),
      LEVELS.indexOf(other.level),
    );
    const missing = [...new Set([...one.missing, ...other.missing])];
    const level = LEVELS[lower] ?? "none";
    return { level, missing, a: one.level, b: other.level };
  };
  return {
    config: of("config"),
    code: of("code"),
    inputs: of("inputs"),
    environment: of("environment"),
  };
}

/**
 * Says what the record of two runs leaves open, most likely first.
 *
 * @param coverage The coverage.
 * @returns phrases such as `inputs were not recorded`; empty if everything was.
 */
export function gapsIn(
  coverage: Readonly<Record<Dimension, PairCoverage>>,
): string[] {
  // Code and inputs change more often than machines.
  const order: Dimension[] = ["code", "inputs", "config", "environment"];
  return order.flatMap((dimension) => {
    const { a, b, level } = coverage[dimension];
    if (level === "full") return [];
    const verb = dimension === "inputs" ? "were" : "was";
    const noun = dimension === "config" || dimension === "environment"
      ? `the ${dimension}`
      : dimension;
    if (level === "partial") return [`${noun} ${verb} recorded in part`];
    return [
      a === b
        ? `${noun} ${verb} not recorded`
        : `${noun} of one run ${verb} not recorded`,
    ];
  });
}

/**
 * Lists what is missing in each dimension.
 *
 * @param coverage The coverage.
 * @returns one phrase each, with the dimension: `inputs: …`.
 */
export function missingIn(
  coverage: Readonly<Record<Dimension, PairCoverage>>,
): string[] {
  return DIMENSIONS.flatMap((dimension) => {
    const { level, missing } = coverage[dimension];
    if (level === "full") return [];
    return missing.length === 0
      ? [
        `${dimension}: recorded ${level === "none" ? "not at all" : "in part"}`,
      ]
      : missing.map((phrase) => `${dimension}: ${phrase}`);
  });
}
