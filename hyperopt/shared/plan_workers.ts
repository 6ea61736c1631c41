import { SearchUsageError } from "../errors.ts";
import { createRandom } from "../random.ts";
import { randomSampler } from "../samplers/random.ts";
import type { Job } from "../study/job.ts";
import { simulate, virtualClock } from "../study/simulate.ts";
import { openStudy } from "../study/study.ts";
import { checkWorkers } from "./_check_workers.ts";
import type { SharedStudySettings } from "./run_shared_study.ts";

/** How long a search takes on some workers, in units of fidelity: a unit is what a trial needs from 0 to 1. */
export interface WorkersPlan {
  /** The number of workers. */
  readonly workers: number;
  /** The units from the start to the end of the search: times the seconds of a unit, it is the expected time. */
  readonly time: number;
  /** The most jobs that run at the same time. More workers would not help. */
  readonly inFlight: number;
  /** The share of the time in which a worker has a job. */
  readonly busy: number;
}

/**
 * Plans a search for a number of workers: how long it takes, and how many of them it keeps busy. The results are made
 * up, so that of a scheduler that stops trials early the plan is an example.
 *
 * @param settings Returns what is searched, and how; see {@linkcode runSharedStudy}. The scheduler must have an end.
 * @param workers The number of workers of all processes.
 * @returns the expected time, and the jobs in flight.
 * @throws {SearchUsageError} If `workers` is not a whole number from 1 up, or the scheduler has no end.
 *
 * @example
 * ```ts
 * import { defineSpace, float, planWorkers, randomSampler, successiveHalving } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ x: float(0, 1) });
 * const settings = () => ({
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: successiveHalving({ trials: 9, minFidelity: 1, maxFidelity: 9 }),
 *   metric: "loss",
 * });
 * const { time, inFlight } = planWorkers(settings, 100);
 * assertEquals([time, inFlight], [9, 9]);
 * ```
 */
export function planWorkers<C>(
  settings: () => SharedStudySettings<C>,
  workers: number,
): WorkersPlan {
  const action = "plan a search";
  checkWorkers(action, workers);
  const { timeout: _timeout, ...given } = settings();
  if (
    given.scheduler.plan().trials === Infinity && given.budget === undefined
  ) {
    throw new SearchUsageError(
      "settings",
      `Cannot ${action}: its scheduler has no end; give a budget`,
    );
  }
  const clock = virtualClock();
  // Samplers that learn would only learn from made-up results.
  const study = openStudy({
    ...given,
    sampler: randomSampler(given.space),
    id: "plan",
    lease: 1e9,
    clock: clock.now,
  });
  const random = createRandom("plan");
  const names = [
    ...Object.keys(study.objectives),
    ...Object.keys(given.constraints ?? {}),
  ];
  const ends: { at: number; change: number }[] = [];
  const cost = ({ from, to }: Job<C>) => {
    const took = 1000 * (to - from);
    ends.push({ at: clock.now(), change: 1 });
    ends.push({ at: clock.now() + took, change: -1 });
    return took;
  };
  const time = simulate(study, {
    workers,
    clock,
    cost,
    objective: ({ trial }) =>
      Object.fromEntries(
        names.map((name) => [name, random.fork(`${name} ${trial}`).next()]),
      ),
  });
  study.close();
  ends.sort((a, b) => a.at - b.at || a.change - b.change);
  let [running, most, worked, last] = [0, 0, 0, 0];
  for (const { at, change } of ends) {
    worked += running * (at - last);
    last = at;
    running += change;
    most = Math.max(most, running);
  }
  return {
    workers,
    time: time / 1000,
    inFlight: most,
    busy: time === 0 ? 0 : worked / (workers * time),
  };
}
