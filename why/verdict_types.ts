/**
 * The answer of `ato why` as data: what the library returns and `ato why --json` prints.
 *
 * Everything is raw: nothing is escaped for a terminal and nothing is shortened. Numbers that JSON cannot write
 * (NaN, infinite) are `null` in the JSON.
 *
 * @module
 */
import type {
  Coverage,
  Dimension,
  FactorKind,
} from "../internal/run_factors.ts";

/** What the comparison came to. */
export type Outcome =
  /** The results are equal, in everything that counts. */
  | "identical"
  /** The results differ by no more than repeats do, and a change of the stated size would have been found. */
  | "within-noise"
  /** A run did not complete. */
  | "stopped-early"
  /** The results differ, and the suspects are named. */
  | "explained"
  /** The results differ, and no recorded factor does. */
  | "unexplained"
  /** The record cannot decide. */
  | "unknown";

/** What speaks against a suspect, the strongest first. */
export type EvidenceKind = "intervention" | "association" | "prior";

/** What repeats vary: nothing but chance with the same seed, or the seed too. */
export type NoiseKind = "same-seed" | "seed";

/** How a difference was judged. */
export interface DifferenceTest {
  /**
   * `one-against-n` compares one run with the group of the other; `pooled` two groups of which
   * one is small, as if both varied alike; `welch` two groups; `paired` the same seeds on
   * both sides; `identical` groups in which all repeats are identical; `fisher` the numbers of runs whose
   * result is not finite.
   */
  readonly kind:
    | "one-against-n"
    | "pooled"
    | "welch"
    | "paired"
    | "identical"
    | "fisher";
  /** What the repeats vary in. */
  readonly noise: NoiseKind;
  /** The number of runs (of seeds, for the noise of seeds) in the group of the first run, itself included. */
  readonly nA: number;
  /** The same for the second run. */
  readonly nB: number;
  /** The difference that was judged, the second minus the first; of shares, for `fisher`. */
  readonly difference: number;
  /** The two-sided p value, corrected for the number of metrics where the metric was chosen. */
  readonly p: number;
  /** The interval of the difference at confidence 1 - alpha. */
  readonly interval?: readonly [low: number, high: number];
  /** The smallest difference that would have been found with 80% power. */
  readonly detectable?: number;
  /** The degrees of freedom. */
  readonly freedom?: number;
  /** Whether the test found a difference: p is at most alpha, and identical repeats span enough seeds. */
  readonly isBeyondNoise: boolean;
}

/** The metric that the answer is about. */
export interface MetricVerdict {
  /** Its name. */
  readonly key: string;
  /** Its value in the first run: the last finite one, or the best. */
  readonly a: number;
  /** Its value in the second run. */
  readonly b: number;
  /** The second minus the first. */
  readonly difference: number;
  /** How it was chosen: named by the caller, by `experiment.metric`, or among those that differ. */
  readonly chosenBy: "name" | "experiment" | "difference";
  /** The number of metrics among which it was chosen; 1 if it was named. */
  readonly among: number;
  /** Whether the last value of a run is not finite. */
  readonly notFinite?: { readonly a: boolean; readonly b: boolean };
  /** How the difference was judged, if there are enough repeats. */
  readonly test?: DifferenceTest;
}

/** How far a run came. */
export interface RunProgress {
  /** Its status. */
  readonly status: string;
  /** The greatest step of its metrics; absent without metrics. */
  readonly lastStep?: number;
  /** The error that ended it. */
  readonly error?: string;
}

/** How far both runs came. */
export interface Progress {
  /** The first run. */
  readonly a: RunProgress;
  /** The second run. */
  readonly b: RunProgress;
  /** The runs that did not complete. */
  readonly stopped: readonly ("a" | "b")[];
  /** The last step that both reached, if they ended at different ones. */
  readonly common?: {
    /** The step. */
    readonly step: number;
    /** Whether the metrics were equal there; absent if the values are not known. */
    readonly isEqual?: boolean;
    /** The first metric that differed there, or else at the last step at which both runs have it, with its values. */
    readonly metric?: {
      readonly key: string;
      /** The step of the values. */
      readonly step: number;
      readonly a: number;
      readonly b: number;
    };
  };
}

/** The coverage of a dimension in both runs: the lower level, and everything that is missing. */
export interface PairCoverage extends Coverage {
  /** The level in the first run. */
  readonly a: Coverage["level"];
  /** The level in the second run. */
  readonly b: Coverage["level"];
}

/** Something that differs and may have changed the result. */
export interface VerdictSuspect {
  /** The id of the factor, e.g. `config:lr`, `code:src/loss.ts#mse`. */
  readonly id: string;
  /** Its id in the first run, for code that had another name or place there. */
  readonly was?: string;
  /** Its kind. */
  readonly kind: FactorKind;
  /** What speaks against it. */
  readonly evidence: EvidenceKind;
  /**
   * The change of the metric that goes with it, from its value in the first run to that in the second; of the share
   * of runs that failed, or whose result is not finite, if that is what differs.
   */
  readonly effect?: number;
  /** The p value of the effect, corrected for the number of factors tried. */
  readonly p?: number;
  /** Its value in the first run, as the record has it; absent if the run does not have the factor. */
  readonly before?: string;
  /** Its value in the second run. */
  readonly after?: string;
  /**
   * A unified diff, for code and for small text files that were read; for a folder that was read, the files that
   * were added, removed or changed. A caller that has the texts adds it.
   */
  readonly diff?: string;
  /** The ids, its own included, that the record cannot tell apart. */
  readonly group?: readonly string[];
  /** The runs between which it alone changed. */
  readonly runs?: readonly number[];
}

/** A factor that differs and is no suspect. */
export interface ClearedFactor {
  /** Its id. */
  readonly id: string;
  /**
   * `suffices`: the result is the same without its change, because others suffice; `no-effect`: the first run's result
   * stayed as it was when it changed, alone or together with others that are cleared by the same runs.
   */
  readonly reason: "suffices" | "no-effect";
  /** The runs that show it. */
  readonly runs: readonly number[];
}

/** A factor that differs and cannot be a suspect. */
export interface ShownFactor {
  /** Its id. */
  readonly id: string;
  /** Its id in the first run, for code that had another name or place there. */
  readonly was?: string;
  /** Its value in the first run. */
  readonly before?: string;
  /** Its value in the second run. */
  readonly after?: string;
}

/** Repeats of a run: completed runs with equal effective factors but the seed. */
export interface Repeats {
  /** The ids of the runs, the run itself first. */
  readonly runs: readonly number[];
  /** The number of different seeds. */
  readonly seeds: number;
  /** `full` if the record can say that the factors are equal; `recorded` if they are as far as recorded. */
  readonly quality: "full" | "recorded";
  /** The mean of the metric. */
  readonly mean?: number;
  /** The sample standard deviation; absent for fewer than two runs. */
  readonly deviation?: number;
  /** The number of runs whose last value is not finite. */
  readonly notFinite: number;
  /** Whether all values are the same; absent for fewer than two runs. */
  readonly isIdentical?: boolean;
  /** Whether the run lies outside of its own repeats (F. E. Grubbs, Annals of Mathematical Statistics 21, 1950). */
  readonly isUnusual?: boolean;
}

/** Runs that agree in everything but the first suspect, by its value. */
export interface EvidenceGroup {
  /** The id of the factor. */
  readonly id: string;
  /** Its value; absent if the runs do not have the factor. */
  readonly value?: string;
  /** The other factors in which the groups differ, with their values in this group. */
  readonly others?: readonly {
    /** The id of the factor. */
    readonly id: string;
    /** Its value; absent if the runs do not have the factor. */
    readonly value?: string;
  }[];
  /** The runs. */
  readonly runs: readonly number[];
  /** The mean of the metric. */
  readonly mean: number;
  /** The sample standard deviation; absent for fewer than two runs. */
  readonly deviation?: number;
}

/** What to do next. */
export interface NextStep {
  /** The command, escaped for a shell; absent if no single command decides. */
  readonly command?: string;
  /** The reason, or the step in words. */
  readonly why: string;
}

/** How factors act on the result together. */
export type Joint =
  /** The change is there only with all of them, or differs from the sum of their effects. */
  | "together"
  /** Each moved the metric, in the order in which the history changed them; another order may split it otherwise. */
  | "split-in-this-order";

/** Why two runs gave different results. */
export interface Verdict {
  /** The version of this contract. */
  readonly version: 2;
  /** The id of the first run. */
  readonly a: number;
  /** The id of the second run. */
  readonly b: number;
  /** What the comparison came to. */
  readonly outcome: Outcome;
  /** The answer in one to three sentences. */
  readonly sentence: string;
  /** The metric that the answer is about; absent if the runs have none in common. */
  readonly metric?: MetricVerdict;
  /** How far both runs came. */
  readonly progress: Progress;
  /** How completely both runs were recorded. */
  readonly coverage: Readonly<Record<Dimension, PairCoverage>>;
  /** What may have changed the result, likeliest first. */
  readonly suspects: readonly VerdictSuspect[];
  /** How the first suspects act together, if more than one moved the metric. */
  readonly joint?: Joint;
  /** Whether the first suspect is shown to be the cause: by an intervention, beyond known noise, with full coverage. */
  readonly isCaused: boolean;
  /** Factors that differ and are shown not to be needed. */
  readonly cleared: readonly ClearedFactor[];
  /** Everything effective that differs, seeds included, whether it is suspected or not. */
  readonly differing: readonly ShownFactor[];
  /** What is not known, one phrase each. */
  readonly unknown: readonly string[];
  /** Labels that differ: they name a run and decide nothing. */
  readonly labels: readonly ShownFactor[];
  /** Config leaves that differ and that neither run read. */
  readonly unread: readonly ShownFactor[];
  /** The repeats of each run. */
  readonly repeats: { readonly a: Repeats; readonly b: Repeats };
  /** The runs around the first suspect. */
  readonly evidence: readonly EvidenceGroup[];
  /** The number of runs of the project that were left out. */
  readonly leftOut: number;
  /** What to do next. */
  readonly next?: NextStep;
}

/** Options for {@linkcode explainFacts}. */
export interface ExplainOptions {
  /** The metric. @default {`experiment.metric` of the runs, otherwise one that differs} */
  readonly metric?: string;
  /** The level of every test, between 0 and 1. @default {0.05} */
  readonly alpha?: number;
  /** The relative difference up to which two values are equal. @default {0} */
  readonly tolerance?: number;
  /** The absolute difference up to which two values are equal. @default {0} */
  readonly atol?: number;
  /** The value of a run: the last finite one, or the best. @default {"last"} */
  readonly at?: "last" | "best";
  /** Whether a greater or a smaller value is better, for `at: "best"`. @default {"max"} */
  readonly mode?: "max" | "min";
  /** The smallest difference that matters. @default {`experiment.practicalDifference` of the runs} */
  readonly practicalDifference?: number;
  /** Factors that only name a run: ids, or key paths of the config. @default {`experiment.labels` of the runs} */
  readonly labels?: readonly string[];
  /** Config leaves that are seeds, as ids or key paths. @default {`experiment.seeds` of the runs} */
  readonly seeds?: readonly string[];
}
