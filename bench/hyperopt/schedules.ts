/**
 * Small schedulers as in the papers, for one worker, and the loop that runs them. They measure
 * samplers without a study.
 *
 * @module
 */
import type { Random } from "../../hyperopt/random.ts";
import type { Point } from "../../hyperopt/spaces/space.ts";
import { type MakeSampler, spaceOf } from "./drive.ts";
import type { FidelityProblem } from "./functions.ts";

const RUNGS = [1, 3, 9, 27, 81];
const TOP = RUNGS.length - 1;
const ETA = 3;

/** What runs next: a known trial, or a new one if there is no number; and the rung that it runs to. */
interface Step {
  readonly trial?: number;
  readonly rung: number;
}

/** Decides what runs next; it never ends. */
interface Schedule {
  /** The fidelities at which trials are compared. */
  readonly fidelities: readonly number[];
  next(): Step;
  ended(trial: number, rung: number, loss: number): void;
}

interface Result {
  readonly trial: number;
  readonly loss: number;
}

function best(results: readonly Result[]): readonly Result[] {
  const count = Math.floor(results.length / ETA);
  return [...results].sort((a, b) => a.loss - b.loss).slice(0, count);
}

/** Each trial runs to the greatest fidelity at once. */
export function wholeTrials(): Schedule {
  return {
    fidelities: RUNGS.slice(TOP),
    next: () => ({ rung: TOP }),
    ended() {},
  };
}

/** Brackets run one after the other, again and again; promoted trials resume. */
function brackets(starts: readonly Step[], sizes: readonly number[]): Schedule {
  let bracket = -1;
  let queue: Step[] = [];
  let rung = TOP;
  let results: Result[] = [];
  const refill = (): void => {
    queue = rung < TOP
      ? best(results).map(({ trial }) => ({ trial, rung: rung + 1 }))
      : [];
    results = [];
    if (queue.length > 0) return;
    bracket = (bracket + 1) % starts.length;
    const start = starts[bracket] as Step;
    queue = new Array<Step>(sizes[bracket] ?? 0).fill(start);
  };
  return {
    fidelities: RUNGS,
    next() {
      if (queue.length === 0) refill();
      const step = queue.shift() as Step;
      rung = step.rung;
      return step;
    },
    ended: (trial, _rung, loss) => void results.push({ trial, loss }),
  };
}

/** Successive halving: 81 at 1, 27 at 3, and so on. */
export function successiveHalving(): Schedule {
  return brackets([{ rung: 0 }], [81]);
}

/** Hyperband's brackets for R = 81 and eta = 3. */
export function hyperband(): Schedule {
  return brackets(
    [0, 1, 2, 3, 4].map((rung) => ({ rung })),
    [81, 34, 15, 8, 5],
  );
}

/** Promotion-type ASHA. */
export function asha(): Schedule {
  const rungs: Result[][] = RUNGS.map(() => []);
  const promoted = RUNGS.map(() => new Set<number>());
  return {
    fidelities: RUNGS,
    next() {
      for (let rung = TOP - 1; rung >= 0; rung--) {
        const found = best(rungs[rung] ?? [])
          .find(({ trial }) => !promoted[rung]?.has(trial));
        if (found === undefined) continue;
        promoted[rung]?.add(found.trial);
        return { trial: found.trial, rung: rung + 1 };
      }
      return { rung: 0 };
    },
    ended: (trial, rung, loss) => void rungs[rung]?.push({ trial, loss }),
  };
}

/**
 * Returns the regret of the best trial at the greatest fidelity once `units` are spent; a trial that resumes costs
 * only the rest. `undefined` if no trial reached that fidelity.
 */
export function scheduledRegret(
  problem: FidelityProblem,
  way: { schedule: Schedule; make: MakeSampler },
  options: { seed: number; random: Random; units: number },
): number | undefined {
  const space = spaceOf(problem);
  const sampler = way.make(space, options.seed);
  sampler.prepare?.(way.schedule.fidelities);
  const points: Point[] = [];
  let spent = 0;
  let least: number | undefined;
  for (;;) {
    const step = way.schedule.next();
    const to = RUNGS[step.rung] ?? 0;
    spent += step.trial === undefined ? to : to - (RUNGS[step.rung - 1] ?? 0);
    if (spent > options.units) return least;
    const trial = step.trial ?? points.length;
    const random = options.random.fork(trial);
    if (step.trial === undefined) {
      const point = sampler.sample(trial, random) ?? [];
      sampler.started?.(trial, point);
      points.push(point);
    }
    const point = points[trial] ?? [];
    const noise = options.random.fork(`noise ${trial} ${to}`);
    const loss = problem.evaluateAt(space.toConfig(point), to, 81, noise);
    sampler.observe?.({ trial, point, fidelity: to, loss });
    way.schedule.ended(trial, step.rung, loss);
    if (step.rung === TOP) {
      least = Math.min(least ?? Infinity, loss - problem.optimum);
    }
  }
}
