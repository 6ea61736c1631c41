/** Simulated runs, and the numbers that they are drawn from. */
import { createRandom, type Random } from "../../hyperopt/mod.ts";
import type { RunFacts } from "../../why/mod.ts";
import { factsOf } from "./_metric_facts.ts";

const FULL = { level: "full", missing: [] } as const;

/** Random numbers. */
export class Draws {
  readonly #random: Random;

  /** Makes the generator of a scenario. */
  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  /** Draws from the uniform distribution over [0, 1). */
  next(): number {
    return this.#random.next();
  }

  /** Draws from the standard normal distribution. */
  normal(): number {
    return this.#random.normal();
  }

  /** Draws the number of hits in some trials. */
  count(trials: number, share: number): number {
    let hits = 0;
    for (let k = 0; k < trials; k++) hits += this.next() < share ? 1 : 0;
    return hits;
  }
}

/** What a simulated run is made of. */
export interface SimulatedRun {
  /** Config leaves. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The seed. */
  readonly seed?: number;
  /** The metric `loss`: its values by step, or the last one. */
  readonly loss?: number | readonly number[];
  /** Other metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The status. @default {"completed"} */
  readonly status?: string;
}

/** Makes a run; every run of a history gets the next id. */
export type Make = (run: SimulatedRun) => RunFacts;

/** Starts a history. */
export function maker(): Make {
  let id = 0;
  return ({ config, seed, loss, metrics = {}, status = "completed" }) => ({
    id: ++id,
    status,
    coverage: { config: FULL, code: FULL, inputs: FULL, environment: FULL },
    factors: new Map([
      ...Object.entries(config).map(([path, value]) =>
        [`config:${path}`, JSON.stringify(value)] as const
      ),
      ...(seed === undefined ? [] : [["seed", String(seed)] as const]),
    ]),
    unread: new Set(),
    metrics: new Map(
      Object.entries({ ...metrics, ...(loss !== undefined && { loss }) })
        .map(([key, values]) => [key, factsOf(values)]),
    ),
  });
}
