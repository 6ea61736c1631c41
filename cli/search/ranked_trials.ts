import type { StudyView, TrialView } from "../../hyperopt/mod.ts";
import { wordsOf } from "../../hyperopt/mod.ts";
import type { Config } from "./search_named.ts";

/** A trial with what is shown of it. */
export interface RankedTrial {
  readonly view: TrialView<Config>;
  /** The greatest fidelity at which it has a result. */
  readonly fidelity?: number;
  /** The study's metric there. */
  readonly value?: number;
  /** The words that set its config. */
  readonly words: readonly string[];
}

/**
 * Lists the trials, the best first: as in the study, a result at a greater fidelity is better, then the metric
 * decides. Those without a result come last.
 *
 * @param study The search.
 * @returns the trials.
 */
export function rankedTrials(study: StudyView<Config>): RankedTrial[] {
  const { metric, settings } = study;
  const sign = settings?.mode === "max" ? -1 : 1;
  const dimensions = settings?.dimensions ?? [];
  const trials = study.trials.map((view): RankedTrial => {
    const words = wordsOf(view.config, { dimensions });
    const result = bestResult(view, metric);
    return { view, words, ...result };
  });
  return trials.sort((a, b) =>
    compare(b.fidelity, a.fidelity) ||
    sign * compare(a.value, b.value) ||
    a.view.trial - b.view.trial
  );
}

function bestResult(
  { results }: TrialView<Config>,
  metric: string,
): { fidelity: number; value: number } | undefined {
  let best: { fidelity: number; value: number } | undefined;
  for (const { fidelity, metrics } of results) {
    const value = metrics[metric];
    if (value === undefined || !Number.isFinite(value)) continue;
    if (best === undefined || fidelity >= best.fidelity) {
      best = { fidelity, value };
    }
  }
  return best;
}

/** Missing values are the least. */
function compare(a: number | undefined, b: number | undefined): number {
  const [one, other] = [a ?? -Infinity, b ?? -Infinity];
  return one < other ? -1 : one > other ? 1 : 0;
}
