import type { ADict } from "../adict/mod.ts";
import { type FailedTrial, SearchFailedError } from "./errors.ts";
import type { HyperBandResult, LoggedConfig } from "./hyper_band_result.ts";
import type { Trial } from "./trial.ts";

/** What a halving has run so far. */
export class HalvingRecord<C> {
  readonly #logs: LoggedConfig<C>[][] = [];
  readonly #failures: FailedTrial[] = [];

  /** Keeps the trials of a rung, and gives them back with copies of their configs. */
  add(rung: readonly Trial<C>[]): readonly Trial<LoggedConfig<C>>[] {
    for (const trial of rung) if (isNaN(trial.metric)) this.fail(trial);
    const trials = rung.map(withMetric);
    this.#logs.push(trials.map(({ config }) => config));
    return trials;
  }

  /** Keeps a trial that failed. */
  fail({ config, error }: Trial<C>): void {
    this.#failures.push({ config, error });
  }

  /** The result, by the last run of the best one. */
  result(last: readonly Trial<C>[]): HyperBandResult<C> {
    const best = this.add(last)[0];
    if (best === undefined || isNaN(best.metric)) {
      throw new SearchFailedError(this.#failures);
    }
    return {
      config: best.config,
      metric: best.metric,
      words: best.words,
      logs: this.#logs,
      failures: this.#failures,
    };
  }
}

function withMetric<C>(trial: Trial<C>): Trial<LoggedConfig<C>> {
  const config = (trial.config as ADict).clone();
  return {
    ...trial,
    config: config.set("__metric__", trial.metric) as unknown as LoggedConfig<
      C
    >,
  };
}

/** Counts a halving in a logged config, and gives the config that is to run next. */
export function halve(config: object): ADict {
  const logged = config as ADict;
  logged.set("__num_halved__", logged.get("__num_halved__") as number + 1);
  return withoutMetric(logged);
}

/** A copy of a logged config, to run it again. */
export function withoutMetric(config: object): ADict {
  const copy = (config as ADict).clone();
  copy.delete("__metric__");
  return copy;
}
