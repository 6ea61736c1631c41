/**
 * What the server answers about searches, and for the small curves of the table: the types that it and the page share, as in `api_types.ts`.
 *
 * | address                 | query          | answer            |
 * | ----------------------- | -------------- | ----------------- |
 * | `/api/studies`          |                | `StudiesReply`    |
 * | `/api/study`            | `id`           | `StudyReply`      |
 * | `/api/study/importance` | `id`, `metric` | `ImportanceReply` |
 * | `/api/sparklines`       | `metric`, `ids` | `SparklinesReply` |
 *
 * @module
 */
import type { Importance, StudyView, TrialStatus } from "../hyperopt/mod.ts";
import type { Figure } from "./api_types.ts";

/** A search in the list. */
export interface StudyLine {
  readonly id: string;
  readonly state: StudyView<unknown>["state"];
  readonly trials: number;
  /** Where it goes on, if its journal came from a hub or another file: this file has a copy of it. */
  readonly copyOf?: string;
  /** The objectives, and whether the least or the greatest value is the best. */
  readonly objectives: readonly Objective[];
  /** The best value; absent if there is none, or several objectives. */
  readonly best?: number;
  /** The number of trials of the front; absent if there is one objective. */
  readonly front?: number;
}

/** The searches of the file, the newest first. */
export interface StudiesReply {
  readonly studies: readonly StudyLine[];
  /** What is left out because it is damaged, one sentence each. */
  readonly warnings: readonly string[];
}

/** A metric that is optimised. */
export interface Objective {
  readonly name: string;
  readonly mode: "min" | "max";
}

/** A searched parameter. */
export interface ParameterView {
  readonly path: string;
  /** The least and the greatest number, or place in `choices`. */
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** The texts of its choices; empty for a number. */
  readonly choices: readonly string[];
}

/** A run of a trial. */
export interface TrialRun {
  /** Its id, if it is in this file. */
  readonly id?: number;
  readonly name: string;
}

/** A trial. */
export interface TrialRow {
  readonly trial: number;
  readonly status: TrialStatus;
  readonly bracket: number;
  readonly rung: number;
  /** The greatest fidelity at which it has a result. */
  readonly fidelity: number | null;
  /** A number, or a place in `choices`, for each parameter; `null` if its config lacks the parameter. */
  readonly values: readonly (number | null)[];
  /** Its metrics at that fidelity, by `metrics` of the study. */
  readonly results: readonly (Figure | null)[];
  /** Its place among those with a result, from 0; trials of a front share 0. */
  readonly rank: number | null;
  /** By how much it violates the constraints. */
  readonly violation: number;
  readonly runs: readonly TrialRun[];
  /** The error of its last failure. */
  readonly error?: string;
}

/** A search. */
export interface StudyReply extends StudyLine {
  readonly sampler: string;
  readonly scheduler: string;
  readonly seed: string;
  readonly sessions: number;
  /** What was spent, and the most of it. */
  readonly spent: StudyView<unknown>["spent"];
  readonly budget: Partial<StudyView<unknown>["spent"]>;
  /** The names of all metrics, those of the objectives first. */
  readonly metrics: readonly string[];
  readonly parameters: readonly ParameterView[];
  /** The trials, the best first; those without a result come last. */
  readonly rows: readonly TrialRow[];
  /** Each result that was the best one when it came. */
  readonly progress: StudyView<unknown>["progress"];
  readonly rungs: StudyView<unknown>["rungs"];
}

/** Which parameters matter for a metric, as `ato search importance --json` says it. */
export type ImportanceReply = Importance;

/** The curves of some runs, small. */
export interface SparklinesReply {
  readonly metric: string;
  /** A line for each run that was asked for, in that order; without parts if the run has no such metric. */
  readonly lines: readonly {
    readonly id: number;
    readonly steps: readonly number[];
    readonly min: readonly (number | null)[];
    readonly max: readonly (number | null)[];
    readonly last: readonly (number | null)[];
  }[];
}
