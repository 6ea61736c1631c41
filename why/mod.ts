/**
 * Why two runs gave different results: what most likely explains the difference, how far that is shown by the
 * other runs of the project, and what the record leaves open, as data.
 *
 * ```ts
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { explain } from "@ato/ato/why";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const dbPath = "why-runs.db";
 * for (const lr of [0.1, 0.2]) {
 *   const logger = new SQLLogger({
 *     lr,
 *     experiment: { projectName: "demo", sql: { dbPath } },
 *   });
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
 *
 * @module
 */
export {
  bisect,
  type BisectRunsOptions,
  type RunsBisection,
} from "./bisect.ts";
export { bisectFacts } from "./bisect_facts.ts";
export type {
  BisectFinding,
  Bisection,
  BisectMove,
  BisectOptions,
} from "./bisection_types.ts";
export { changesOf } from "./code_changes.ts";
export {
  compareFactors,
  compareRuns,
  type FactorCell,
  type FactorDifference,
  type FactorRow,
  type FactorTableOfRuns,
} from "./compare_factors.ts";
export {
  compareConfig,
  type ConfigDifference,
  configLeaves,
} from "./config_differences.ts";
export type {
  Divergence,
  MetricDivergence,
  OutputDivergence,
} from "./divergence.ts";
export type {
  Coverage,
  Dimension,
  FactorKind,
} from "../internal/run_factors.ts";
export {
  drawEvidence,
  type DrawnEvidence,
  type DrawnGroup,
  type DrawnPoint,
  type DrawnStep,
} from "./drawn_evidence.ts";
export {
  explain,
  type ExplainRunsOptions,
  type Explanation,
} from "./explain.ts";
export { explainFacts } from "./explain_facts.ts";
export { factorDiffs } from "./factor_diffs.ts";
export {
  type FactorVersion,
  factorVersions,
  traceMeans,
  type TraceType,
} from "./factor_versions.ts";
export { groupNames } from "./group_names.ts";
export type {
  CallDivergence,
  CodeShape,
  History,
  MetricFacts,
  PointDivergence,
  RunFacts,
} from "./facts.ts";
export { repeatCommand } from "./repeat_command.ts";
export type {
  ClearedFactor,
  DifferenceTest,
  EvidenceGroup,
  EvidenceKind,
  ExplainOptions,
  Joint,
  MetricVerdict,
  NextStep,
  NoiseKind,
  Outcome,
  PairCoverage,
  Progress,
  Repeats,
  RunProgress,
  ShownFactor,
  Verdict,
  VerdictSuspect,
} from "./verdict_types.ts";
