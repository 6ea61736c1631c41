import type { Dimension } from "../spaces/space.ts";
import type { StudyHolder } from "./errors.ts";
import type { SessionStart } from "./events.ts";
import type { Constraint, StudyBudget } from "./options.ts";
import type { BestTrial, TrialTimes, TrialView } from "./trial_view.ts";

/** A study as its journal has it: its settings, its trials, and the best result. */
export interface StudyView<C> {
  /** Its name. */
  readonly id: string;
  /** The name of its metric; of the first one if it has several objectives. */
  readonly metric: string;
  /** The mode of each objective, by the name of its metric. */
  readonly objectives: Readonly<Record<string, "min" | "max">>;
  /** The bounds of its metrics; empty if it has no constraints. */
  readonly constraints: Readonly<Record<string, Constraint>>;
  /** Its trials, by number. */
  readonly trials: readonly TrialView<C>[];
  /** When each of its trials ran. */
  readonly times: readonly TrialTimes[];
  /** The best result, if there is one; a study of several objectives has none. */
  readonly best?: BestTrial<C>;
  /** The results that no other one is better than, as {@linkcode Study.front} returns them. */
  readonly front: readonly BestTrial<C>[];
  /**
   * `running`: a process works on it; `done`: there are no further jobs; `stopped`: it was closed before; `interrupted`:
   * its process ended without closing it.
   */
  readonly state: "running" | "done" | "stopped" | "interrupted";
  /** The process that works on it, if it is running. */
  readonly owner?: StudyHolder;
  /** Where it goes on, if its journal came from a hub or another file: this file has a copy of it. */
  readonly copyOf?: string;
  /** Its settings; `undefined` if no session began. */
  readonly settings?: StudySettings;
  /** What was spent over all sessions. */
  readonly spent: Readonly<Required<StudyBudget>>;
  /** The number of sessions. */
  readonly sessions: number;
  /** How each rung filled, in the order of brackets and rungs. */
  readonly rungs: readonly RungView[];
  /** Each result that was the best one when it came. */
  readonly progress: readonly ProgressStep[];
}

/** A result that was the best one so far. */
export interface ProgressStep {
  /** The units of fidelity that were handed out until then. */
  readonly spent: number;
  /** The trial. */
  readonly trial: number;
  /** The fidelity that it had reached. */
  readonly fidelity: number;
  /** The study's metric. */
  readonly value: number;
}

/** The settings of a study, as its newest session has them. */
export interface StudySettings {
  /** Whether the least or the greatest metric is the best. */
  readonly mode: "min" | "max";
  /** The seed. */
  readonly seed: number | string;
  /** The order in which results count. */
  readonly order: "arrival" | "logical";
  /** The scheduler's name. */
  readonly scheduler: string;
  /** The sampler's name. */
  readonly sampler: string;
  /** The parameters of the space. */
  readonly dimensions: readonly Dimension[];
  /** The budget, if there is one. */
  readonly budget?: StudyBudget;
  /** How the newest session was started, if it was recorded. */
  readonly start?: SessionStart;
}

/** A rung of a bracket, and the trials that reached it. */
export interface RungView {
  /** The bracket. */
  readonly bracket: number;
  /** The rung, from 0. */
  readonly rung: number;
  /** The fidelity of the rung. */
  readonly fidelity: number;
  /** The trials that entered it. */
  readonly entered: number;
  /** The trials that have a result there, also those that were stopped below its fidelity. */
  readonly ended: number;
  /** The trials that run there now. */
  readonly running: number;
  /** The trials that failed there. */
  readonly failed: number;
}
