/**
 * The cost of one ask and tell of a sampler after many trials.
 *
 * @module
 */
import { createRandom } from "../../hyperopt/random.ts";
import { randomSampler } from "../../hyperopt/samplers/random.ts";
import { type MakeSampler, spaceOf } from "./drive.ts";
import { hartmann6 } from "./functions.ts";

/** Returns the median milliseconds of one `sample`, `started` and `observe` on Hartmann 6 after `trials` trials. */
export function overhead(
  make: MakeSampler,
  trials: number,
  repeats: number,
): number {
  const space = spaceOf(hartmann6);
  const sampler = make(space, 0);
  const start = randomSampler(space);
  const root = createRandom(0);
  const times: number[] = [];
  for (let trial = 0; trial < trials + repeats; trial++) {
    const random = root.fork(trial);
    const asked = performance.now();
    const point = (trial < trials ? start : sampler).sample(trial, random) ??
      [];
    sampler.started?.(trial, point);
    const answered = performance.now();
    const loss = hartmann6.evaluate(space.toConfig(point));
    const told = performance.now();
    sampler.observe?.({ trial, point, fidelity: 1, loss });
    times.push(answered - asked + performance.now() - told);
  }
  // The first calls after the filling warm up the compiler.
  const measured = times.slice(trials + Math.floor(repeats / 4))
    .sort((a, b) => a - b);
  return measured[measured.length >> 1] ?? NaN;
}
