import type { StudyView, TrialView } from "../../hyperopt/mod.ts";
import { rankTrials, wordsOf } from "../../hyperopt/mod.ts";
import type { Config } from "./search_named.ts";

/** A trial with what is shown of it. */
export interface ShownTrial {
  readonly view: TrialView<Config>;
  /** The greatest fidelity at which it has a result. */
  readonly fidelity?: number;
  /** Its metrics there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The study's metric there, if it is a number. */
  readonly value?: number;
  /** Its place, from 0; in a search of several objectives, trials of the front have 0. */
  readonly rank?: number;
  /** By how much it violates the constraints. */
  readonly violation: number;
  /** The words that set its config. */
  readonly words: readonly string[];
}

/**
 * Lists the trials, the best first, as the study ranks them. Those without a result come last.
 *
 * @param study The search.
 * @returns the trials.
 */
export function rankedTrials(study: StudyView<Config>): ShownTrial[] {
  const { metric, objectives, constraints, settings } = study;
  const dimensions = settings?.dimensions ?? [];
  const ranked = rankTrials(study.trials, { objectives, constraints });
  return ranked.map(({ trial: view, result, rank, violation }) => {
    const value = result?.metrics[metric];
    return {
      view,
      ...(result && { fidelity: result.fidelity }),
      metrics: result?.metrics ?? {},
      ...(Number.isFinite(value) && { value: value! }),
      ...(rank !== undefined && { rank }),
      violation,
      words: wordsOf(view.config, { dimensions }),
    };
  });
}

/** Whether a search has several objectives, and so a front and no best trial. */
export function hasSeveral({ objectives }: StudyView<Config>): boolean {
  return Object.keys(objectives).length > 1;
}
