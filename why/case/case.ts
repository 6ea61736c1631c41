import type { FactorDifference, Frame } from "../frame.ts";
import type { History, RunFacts } from "../facts.ts";
import type { Judgement } from "../noise.ts";
import type { Sample } from "../replicates.ts";
import type { ResultOptions } from "../results.ts";
import type { Way } from "../ways.ts";
import type { Findings } from "../suspects.ts";
import type {
  MetricVerdict,
  Outcome,
  PairCoverage,
  Progress,
  Repeats,
} from "../verdict_types.ts";
import type { Dimension } from "../../internal/run_factors.ts";

/** Everything that is known of a comparison, before it is put into words. */
export interface Case {
  /** The runs. */
  readonly history: History;
  /** The first run. */
  readonly a: RunFacts;
  /** The second run. */
  readonly b: RunFacts;
  /** The runs that can be compared. */
  readonly frame: Frame;
  /** How the factors of the two differ. */
  readonly pair: FactorDifference;
  /** How results are compared. */
  readonly results: ResultOptions;
  /** The level of the tests. */
  readonly alpha: number;
  /** The smallest difference that matters. */
  readonly practicalDifference: number | undefined;
  /** The metrics that are results. */
  readonly keys: readonly string[];
  /** Other metrics that differ, and that vary between repeats which are otherwise identical. */
  readonly volatile: readonly string[];
  /** Metrics that differ on the way to the same result; those of the answer alone if it names one. */
  readonly ways: readonly Way[];
  /** Whether the results are equal, and their ways are not. */
  readonly isWay: boolean;
  /** How far the runs came. */
  readonly progress: Progress;
  /** How completely they were recorded. */
  readonly coverage: Readonly<Record<Dimension, PairCoverage>>;
  /** The metric. */
  readonly metric: MetricVerdict | undefined;
  /** The results of the repeats of each run, the run first. */
  readonly samples: {
    readonly a: readonly Sample[];
    readonly b: readonly Sample[];
  };
  /** The repeats of each run. */
  readonly repeats: { readonly a: Repeats; readonly b: Repeats };
  /** How the difference was judged. */
  readonly judgement: Judgement | undefined;
  /** The suspects. */
  readonly findings: Findings;
  /** What the comparison came to. */
  readonly outcome: Outcome;
  /** Whether the first suspect is shown to be the cause. */
  readonly isCaused: boolean;
}
