import type { ADict } from "../adict/mod.ts";
import { type FailedTrial, SearchFailedError } from "./errors.ts";
import type { HyperBandResult, LoggedConfig } from "./hyper_band_result.ts";
import type { Trial } from "./trial.ts";

/** The trials that a halving has run so far. */
export class HalvingRecord<C> {
  readonly #logs: LoggedConfig<C>[][] = [];
  readonly #failures: FailedTrial[] = [];

  /** Keeps the trials of a rung, and returns them with copies of their configs. */
  add(rung: readonly Trial<C>[]): readonly Trial<LoggedConfig<C>>[] {
    for (const trial of rung) if (isNaN(trial.metric)) this.fail(trial);
    const trials = rung.map(withMetric);
    this.#logs.push(trials.map(({ config }) => config));
    return trials;
  }

  /** Keeps a failed trial. */
  fail({ config, error }: Trial<C>): void {
    this.#failures.push({ config, error });
  }

  /** Returns the result, whose best config is that of the last run. */
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

/** Counts a halving in a logged config, and returns the config for the next rung. */
export function halve(config: object): ADict {
  const logged = config as ADict;
  logged.set("__num_halved__", logged.get("__num_halved__") as number + 1);
  return withoutMetric(logged);
}

/** Copies a logged config without its metric, to run it again. */
export function withoutMetric(config: object): ADict {
  const copy = (config as ADict).clone();
  copy.delete("__metric__");
  return copy;
}
