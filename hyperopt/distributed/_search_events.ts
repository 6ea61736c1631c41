import { type DescribedSearch, SearchTrials } from "../_search_trials.ts";
import type { StudyEvent } from "../study/events.ts";
import type { Trial } from "../trial.ts";
import type { Opening, Span } from "./_messages.ts";

/**
 * The results of a distributed search as the events of a study. They follow from the results and their order alone, so
 * all ranks have the same events.
 */
export class SearchEvents {
  readonly #all: StudyEvent[] = [];
  readonly #trials: SearchTrials;
  readonly #metric: string;
  /** The time of what comes next. */
  #time: number;

  constructor(search: DescribedSearch, { nonce, at }: Opening) {
    this.#time = at;
    this.#metric = search.metric;
    const journal = {
      claim() {},
      renew() {},
      release() {},
      read: () => [],
      append: (events: readonly StudyEvent[]) => void this.#all.push(...events),
      close() {},
    };
    const clock = () => this.#time;
    this.#trials = new SearchTrials(search, journal, { nonce, clock });
    this.#trials.open();
  }

  /** The events so far. */
  get all(): readonly StudyEvent[] {
    return this.#all;
  }

  /**
   * Adds a result.
   *
   * @param config The config that was chosen.
   * @param trial The trial that ran.
   * @param span When it ran; if it is not known, it ran at the time of the result before it.
   */
  add(
    config: object,
    { metric, error, run }: Trial<object>,
    { from, to }: Span = { from: this.#time, to: this.#time },
  ): void {
    this.#time = from;
    const trial = this.#trials.begin(config);
    // It is not in the space.
    if (trial === undefined) return;
    if (run !== undefined) this.#trials.link(trial, run);
    this.#time = to;
    this.#trials.end(
      trial,
      error === undefined ? { metrics: { [this.#metric]: metric } } : { error },
    );
  }

  /** Says that the search has its result. */
  end(at: number = this.#time): void {
    this.#time = at;
    this.#trials.close(true);
  }
}
