import { densitiesOf, type Places, scoreOf } from "./_densities.ts";
import { type Entry, type Rung, type Split, splitOf } from "./_history.ts";
import type { ParzenDimension } from "./_parzen.ts";
import { rankAgreement } from "./_rank_agreement.ts";

/** What trust is measured with. */
export interface SkillOptions {
  readonly kinds: readonly ParzenDimension[];
  /** Which share of the trials of a fidelity counts as good. */
  readonly goodShare: number;
}

/** Of so many trials it is measured whether a model ranks them. */
const MOST_JUDGED = 40;

/** Twice what Kendall's tau is above its error: with a tau of 0.5 and few errors, a model is used without limit. */
const TRUST = 2;

/** A model of fewer trials cannot leave one out. */
const LEAST_KNOWN = 3;

/** The trials that skill is measured with. */
interface Known {
  readonly judged: readonly Entry[];
  readonly failed: readonly Entry[];
  /** The trials of each rung. */
  readonly rungs: readonly (readonly Entry[])[];
}

/**
 * Measures how well the model of each fidelity ranks the trials that went far. Each of them is scored without its own
 * kernels: what a model says of its own trials is no evidence.
 *
 * Only trials that were started up to the newest judged one are used, so that nothing is measured again for each
 * cheap result.
 */
export class Skill {
  readonly #options: SkillOptions;
  #last: { readonly known: Known; readonly weights: readonly number[] } = {
    known: { judged: [], failed: [], rungs: [] },
    weights: [],
  };

  constructor(options: SkillOptions) {
    this.#options = options;
  }

  /**
   * Returns how far the model of each rung is to be trusted, from 0 to 1.
   *
   * @param rungs The rungs, of which each gives a model.
   * @param judged The trials that went far, best first.
   * @param failed The trials that failed: they rank last, and are bad in each model.
   */
  weights(
    rungs: readonly Rung[],
    judged: Rung,
    failed: readonly Entry[],
  ): readonly number[] {
    const newest = judged.ranked
      .reduce((most, { trial }) => Math.max(most, trial), -1);
    const known = (entries: readonly Entry[]) =>
      entries.filter(({ trial }) => trial <= newest);
    const used: Known = {
      judged: judged.ranked,
      failed: known(failed),
      rungs: rungs.map(({ ranked }) => known(ranked)),
    };
    if (!isSame(used, this.#last.known)) {
      const weights = used.rungs.map((ranked) => this.#measure(ranked, used));
      this.#last = { known: used, weights };
    }
    return this.#last.weights;
  }

  #measure(ranked: readonly Entry[], { judged, failed }: Known): number {
    if (ranked.length <= LEAST_KNOWN) return 0;
    const { kinds, goodShare } = this.#options;
    const ranks = [...ranksOf(judged), ...failed.map(() => Infinity)];
    const step = Math.max(1, Math.floor(ranks.length / MOST_JUDGED));
    const isTested = (_: unknown, index: number) => index % step === 0;
    const bad = failed.map(({ row }) => row);
    const split = splitOf(ranked, goodShare, bad);
    const densities = densitiesOf(kinds, split);
    const trials = [...ranked, ...failed].map(({ trial }) => trial);
    const scores = [...judged, ...failed].filter(isTested).map(
      ({ trial, row }) =>
        scoreOf(densities, row, placesOf(trial, trials, split)),
    );
    const { tau, error } = rankAgreement(scores, ranks.filter(isTested));
    return Math.min(1, Math.max(0, TRUST * (tau - error)));
  }
}

/** Finds a trial in a split whose rows, the good ones first, are those of the trials. */
function placesOf(
  trial: number,
  trials: readonly number[],
  { good: { length } }: Split,
): Places {
  const places = trials.flatMap((other, at) => other === trial ? [at] : []);
  return {
    good: places.filter((at) => at < length),
    bad: places.filter((at) => at >= length).map((at) => at - length),
  };
}

/** The ranks of sorted trials; equal losses share one. */
function ranksOf(ranked: readonly Entry[]): number[] {
  let rank = 0;
  return ranked.map(({ loss }, index) => {
    const before = ranked[index - 1];
    if (before !== undefined && before.loss !== loss) rank++;
    return rank;
  });
}

function isSame(a: Known, b: Known): boolean {
  return a.rungs.length === b.rungs.length &&
    areEqual(a.judged, b.judged) && areEqual(a.failed, b.failed) &&
    a.rungs.every((ranked, index) => areEqual(ranked, b.rungs[index] ?? []));
}

function areEqual(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.length === b.length &&
    a.every((entry, place) => isEqual(entry, b[place]));
}

function isEqual(a: Entry, b: Entry | undefined): boolean {
  return a.trial === b?.trial && a.loss === b.loss && a.row === b.row;
}
