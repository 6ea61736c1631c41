/**
 * What the reasoning of `why` knows of runs. The contract is in `internal/`, because the tracker gives it.
 *
 * @module
 */
export type {
  CallDivergence,
  CodeShape,
  History,
  MetricFacts,
  PointDivergence,
  RunFacts,
} from "../internal/run_facts.ts";
