import type { Axis } from "./_axis.ts";
import {
  type CmaRates,
  type CmaState,
  defaultPopulation,
  fullRates,
  nextState,
  separableRates,
  startState,
} from "./_cma_state.ts";
import type { Entry, Ranking } from "./_history.ts";
import { mix } from "./_sobol.ts";

/** What the distribution needs to know of the space. */
export interface CmaSpace {
  /** The dimensions that hold numbers, and have more than one. */
  readonly numbers: readonly number[];
  /** The dimensions that hold choices without order. */
  readonly categories: readonly number[];
  readonly axes: readonly Axis[];
}

/** The settings of {@linkcode cmaChain}. */
export interface CmaSettings {
  readonly covariance: "full" | "separable";
  readonly sigma: number;
  readonly population: number | undefined;
  readonly restarts: number;
}

/** The distribution of the next points: of the numbers, and of the choices. */
export interface CmaLink {
  readonly state: CmaState;
  /** The probability of each choice of each category. */
  readonly chances: readonly Float64Array[];
  /** How often the search was restarted. */
  readonly restart: number;
  /** The generations since the best trial of this restart was found. */
  readonly since: number;
}

/** A generation, as it was used to make a link. */
interface Used {
  readonly entries: readonly Entry[];
  readonly measured: number;
  readonly improved: boolean;
  readonly link: CmaLink;
}

/** The learning rate of the chances of the choices. */
const CHOICE_RATE = 0.3;

/** The chance that a point gets some other choice, however sure the distribution is. */
const OTHER_CHOICE = 0.2;

/** The deviation of a whole number or step, in bins: from the middle, one draw in 80 leaves the bin. */
const LEAST_DEVIATION = 0.2;

/** The search is restarted when all deviations are below this share of the range. */
const LEAST_SPREAD = 1e-6;

const GREATEST_CONDITION = 1e14;

/**
 * The distributions after each generation. The trials that ended, by their numbers, are cut into generations, so
 * the result does not depend on the order in which they ended. Links are kept, and made again from the first
 * generation that changed.
 */
export class CmaChain {
  readonly #space: CmaSpace;
  readonly #settings: CmaSettings;
  readonly #used: Used[] = [];

  constructor(space: CmaSpace, settings: CmaSettings) {
    this.#space = space;
    this.#settings = settings;
  }

  /** The number of points of the generations before the first restart. */
  get population(): number {
    return this.#settings.population ??
      defaultPopulation(this.#space.numbers.length);
  }

  /** Returns the distribution after the trials that ended. */
  last({ ranked, failed }: Ranking): CmaLink {
    const all = [...ranked, ...failed];
    const ranks = ranksByTrial(all);
    let link = this.#start(0);
    let best = Infinity;
    for (let from = 0, index = 0;; index++) {
      const until = from + (this.population << link.restart);
      if (until > ranks.length) return link;
      const generation = ranks.slice(from, until).sort((a, b) => a - b);
      const entries = generation.map((rank) => all[rank] as Entry);
      const measured = generation.filter((rank) => rank < ranked.length)
        .length;
      const first = generation[0] as number;
      const improved = measured > 0 && first < best;
      if (improved) best = first;
      const next = this.#link(index, link, { entries, measured, improved });
      if (next.restart > link.restart) best = Infinity;
      link = next;
      from = until;
    }
  }

  #link(index: number, before: CmaLink, made: Omit<Used, "link">): CmaLink {
    const known = this.#used[index];
    if (known !== undefined && isSame(known, made)) return known.link;
    const link = made.measured === 0 ? before : this.#next(before, made);
    // Later links follow from this one.
    this.#used.splice(index, Infinity, { ...made, link });
    return link;
  }

  #next(before: CmaLink, { entries, measured, improved }: Omit<Used, "link">) {
    const { numbers } = this.#space;
    const rates = this.#rates(before.restart);
    const points = entries.map(({ row }) =>
      Float64Array.from(numbers, (dimension) => row[dimension] as number)
    );
    const state = numbers.length === 0
      ? before.state
      : this.#widened(nextState(before.state, { points, measured }, rates));
    const chances = this.#chances(before, entries.slice(0, measured), rates);
    const since = improved ? 0 : before.since + 1;
    const next = { ...before, state, chances, since };
    return this.#isOver(next) ? this.#start(before.restart + 1) : next;
  }

  /** Keeps whole numbers and steps from stopping in one bin. */
  #widened(state: CmaState): CmaState {
    const { numbers, axes } = this.#space;
    const least = Float64Array.from(numbers, (dimension, index) => {
      const axis = axes[dimension] as Axis;
      const width = axis.width(axis.fromUnit(state.mean[index] as number));
      return (LEAST_DEVIATION * width / state.sigma) ** 2;
    });
    return { ...state, covariance: state.covariance.atLeast(least) };
  }

  #chances(
    { chances }: CmaLink,
    parents: readonly Entry[],
    { weights, parents: most }: CmaRates,
  ): readonly Float64Array[] {
    const { categories } = this.#space;
    return categories.map((dimension, index) => {
      const old = chances[index] as Float64Array;
      const next = old.slice();
      parents.slice(0, most).forEach(({ row }, rank) => {
        const choice = row[dimension] as number;
        if (Number.isNaN(choice)) return;
        const rate = CHOICE_RATE * (weights[rank] as number);
        old.forEach((chance, i) => {
          next[i] = (next[i] as number) +
            rate * ((i === choice ? 1 : 0) - chance);
        });
      });
      return mixed(next, OTHER_CHOICE / categories.length);
    });
  }

  #isOver({ state, since, restart }: CmaLink): boolean {
    const size = state.mean.length;
    if (restart >= this.#settings.restarts || size === 0) return false;
    const population = this.population << restart;
    const { covariance, sigma } = state;
    const spread = state.mean.map((_, i) =>
      sigma * Math.sqrt(covariance.variance(i))
    );
    return since > 10 + Math.ceil(30 * size / population) ||
      Math.max(...spread) < LEAST_SPREAD ||
      !(covariance.condition < GREATEST_CONDITION);
  }

  #rates(restart: number): CmaRates {
    const size = Math.max(1, this.#space.numbers.length);
    const population = this.population << restart;
    return this.#settings.covariance === "full"
      ? fullRates(size, population)
      : separableRates(size, population);
  }

  /** Returns the distribution from which a restart begins: first around the middle, then around other places. */
  #start(restart: number): CmaLink {
    const { numbers, categories, axes } = this.#space;
    const mean = Float64Array.from(
      numbers,
      (_, index) =>
        restart === 0 ? 0.5 : (mix(mix(restart) ^ index) + 0.5) / 2 ** 32,
    );
    const { sigma, covariance } = this.#settings;
    return {
      state: startState(mean, sigma, covariance),
      chances: categories.map((dimension) => {
        const count = (axes[dimension] as Axis).choices;
        return new Float64Array(count).fill(1 / count);
      }),
      restart,
      since: 0,
    };
  }
}

/** Returns the ranks of the trials, by their numbers, which are few or none apart: it takes no comparisons. */
function ranksByTrial(entries: readonly Entry[]): number[] {
  const ranks: number[] = [];
  entries.forEach(({ trial }, rank) => ranks[trial] = rank);
  return Object.values(ranks);
}

/** Returns chances of which none is too small. */
function mixed(chances: Float64Array, other: number): Float64Array {
  const least = other / Math.max(1, chances.length - 1) / 2;
  const raised = chances.map((chance) => Math.max(chance, least));
  const total = raised.reduce((sum, chance) => sum + chance, 0);
  return raised.map((chance) => chance / total);
}

function isSame(known: Used, made: Omit<Used, "link">): boolean {
  return known.measured === made.measured &&
    known.improved === made.improved &&
    known.entries.length === made.entries.length &&
    known.entries.every(({ row }, index) =>
      row === made.entries[index]?.row ||
      row.every((value, i) => Object.is(value, made.entries[index]?.row[i]))
    );
}
