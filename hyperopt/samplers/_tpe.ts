import type { Random } from "../random.ts";
import type { Dimension, Point } from "../spaces/space.ts";
import { densitiesOf, scoreOf } from "./_densities.ts";
import { History } from "./_history.ts";
import { ParzenSpace } from "./_parzen_space.ts";
import { RungTpe } from "./_rung_tpe.ts";
import type { Observation, Sampler } from "./sampler.ts";
import type { TpeOptions } from "./tpe.ts";

/**
 * How many points the model proposes for one trial. If all of them were tried before, as happens in a space of
 * few points, the trial gets random points, which find the remaining ones.
 */
const PATIENCE = 20;

/**
 * With one fidelity: from so many trials on, the good share of the trials is good; of fewer trials a smaller one,
 * down to half of it. Of 20 trials the third best is often far from the best, and the next points would be, too.
 */
const FULL_SHARE_FROM = 60;

/** The sampler behind {@linkcode tpeSampler} and {@linkcode bohbSampler}. */
export class Tpe implements Sampler {
  readonly name: string;
  readonly #space: ParzenSpace;
  readonly #options: Required<TpeOptions>;
  readonly #history: History;
  /** Chooses the points where there are several fidelities. */
  readonly #rungs: RungTpe;

  constructor(
    name: string,
    dimensions: readonly Dimension[],
    options: Required<TpeOptions>,
  ) {
    check(options);
    this.name = name;
    this.#options = options;
    const space = new ParzenSpace(dimensions);
    this.#space = space;
    this.#history = new History((point) => space.row(point));
    this.#rungs = new RungTpe({
      space,
      history: this.#history,
      leastPoints: options.leastPoints,
      randomShare: options.randomShare,
    });
  }

  sample(trial: number, random: Random, again = 0): Point {
    const { startup, randomShare } = this.#options;
    const { isUsed, isReady } = this.#rungs;
    const isEarly = this.#history.ended < startup || (isUsed && !isReady);
    if (isEarly || again >= PATIENCE) return this.#space.uniform(random);
    if (isUsed) return this.#rungs.sample(trial, random);
    const isRandom = randomShare > 0 && random.next() < randomShare;
    return isRandom ? this.#space.uniform(random) : this.#best(random);
  }

  prepare(fidelities: readonly number[]): void {
    this.#rungs.prepare(fidelities);
  }

  started(trial: number, point: Point): void {
    this.#space.remember(point);
    this.#history.started(trial, point);
  }

  observe(observation: Observation): void {
    this.#space.remember(observation.point);
    this.#history.observe(observation);
  }

  #best(random: Random): Point {
    const { leastPoints, goodShare, candidates } = this.#options;
    const grown = this.#history.ended / FULL_SHARE_FROM;
    const share = goodShare * Math.min(1, Math.max(0.5, grown));
    const split = this.#history.split(leastPoints, share);
    const model = densitiesOf(this.#space.kinds, split);
    let best: Point | undefined;
    let most = -Infinity;
    for (let count = 0; count < candidates; count++) {
      const point = this.#space.draw(model.better, random);
      // A point that was tried is taken only if all candidates were.
      const score = scoreOf(model, this.#space.row(point)) -
        (this.#space.wasTried(point) ? TRIED : 0);
      if (best !== undefined && !(score > most)) continue;
      best = point;
      most = score;
    }
    return best as Point;
  }
}

/** A number above the difference of any two scores. */
const TRIED = 1e6;

/** Refuses options that are out of range. */
function check(options: Required<TpeOptions>): void {
  const wholes = ["startup", "candidates", "leastPoints"] as const;
  for (const name of wholes) {
    const least = name === "startup" ? 0 : 1;
    if (Number.isInteger(options[name]) && options[name] >= least) continue;
    throw new RangeError(
      `Cannot sample with ${name}=${
        options[name]
      }: it must be a whole number from ${least} up`,
    );
  }
  for (const name of ["goodShare", "randomShare"] as const) {
    if (options[name] >= 0 && options[name] <= 1) continue;
    throw new RangeError(
      `Cannot sample with ${name}=${options[name]}: it must be from 0 to 1`,
    );
  }
}
