/**
 * The answer of `ato bisect` as data.
 *
 * @module
 */
import type { FactorKind } from "../internal/run_factors.ts";
import type { NextStep } from "./verdict_types.ts";

/** What the history says of a factor that changed where a metric moved. */
export interface BisectFinding {
  /** The id of the factor. */
  readonly id: string;
  /** Its kind. */
  readonly kind: FactorKind;
  /** Its value before the move; absent if the runs do not have the factor. */
  readonly before?: string;
  /** Its value after the move. */
  readonly after?: string;
  /**
   * `convicted` if runs that agree in everything else differ by it beyond the noise; `acquitted` if such runs
   * exclude that it made half of the move; `open` if the history cannot tell.
   */
  readonly status: "convicted" | "acquitted" | "open";
  /** Its effect on the metric, within runs that agree in everything else. */
  readonly effect?: number;
  /** The interval of the effect at confidence 1 - alpha. */
  readonly interval?: readonly [low: number, high: number];
  /** The p value of the effect, corrected for the number of factors tried. */
  readonly p?: number;
  /** The runs that decide it. */
  readonly runs?: readonly number[];
  /** The ids, its own included, that never changed apart in the history. */
  readonly group?: readonly string[];
}

/** A place in the history where a metric moved. */
export interface BisectMove {
  /** The last run before the likeliest place. */
  readonly good: number;
  /** The first run after it. */
  readonly bad: number;
  /** The runs that are the first after the move, with 95% confidence. */
  readonly locations: readonly number[];
  /** The last run certainly before the move and the first one certainly after it: the findings compare these two. */
  readonly ends?: readonly [good: number, bad: number];
  /** The p value of the largest split. */
  readonly p: number;
  /** The mean of the metric before the move, up to the move before it. */
  readonly before: number;
  /** The mean after it, up to the next move. */
  readonly after: number;
  /** The numbers of runs on both sides. */
  readonly sides: readonly [before: number, after: number];
  /** The size of the move, between runs of equal recurring settings. */
  readonly jump: number;
  /** Its interval at confidence 1 - alpha; absent if nothing varies. */
  readonly interval?: readonly [low: number, high: number];
  /** What changed there, convicted factors first. */
  readonly findings: readonly BisectFinding[];
  /** The move in one or two sentences. */
  readonly sentence: string;
  /** What to do next. */
  readonly next?: NextStep;
}

/** Where a metric moved in the history of a project, and what moved it. */
export interface Bisection {
  /** The version of this contract. */
  readonly version: 2;
  /** The metric. */
  readonly metric: string;
  /** The number of runs that were used. */
  readonly runs: number;
  /** The runs that were not used, with the reason. */
  readonly skipped: readonly { readonly id: number; readonly why: string }[];
  /** The moves, oldest first. */
  readonly moves: readonly BisectMove[];
  /** Config leaves that vary back and forth; runs are compared within their values. */
  readonly adjustedFor: readonly string[];
  /** Config leaves that change in many runs, and whose values too few runs share to compare runs within them. */
  readonly notAdjustedFor: readonly string[];
  /** The answer in words. */
  readonly sentence: string;
  /** What is not known, one phrase each. */
  readonly unknown: readonly string[];
}

/** Options for {@linkcode bisectFacts}. */
export interface BisectOptions {
  /** The metric. */
  readonly metric: string;
  /** The level of every test, between 0 and 1. @default {0.05} */
  readonly alpha?: number;
  /** The value of a run: the last finite one, or the best. @default {"last"} */
  readonly at?: "last" | "best";
  /** Whether a greater or a smaller value is better, for `at: "best"`. @default {"max"} */
  readonly mode?: "max" | "min";
  /** Factors that only name a run: ids, or key paths of the config. @default {`experiment.labels` of the runs} */
  readonly labels?: readonly string[];
  /** Config leaves that are seeds, as ids or key paths. @default {`experiment.seeds` of the runs} */
  readonly seeds?: readonly string[];
}
