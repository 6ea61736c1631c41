import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { Job } from "./job.ts";
import type { Study } from "./study.ts";

/** A clock whose time changes only when it is set. */
export interface VirtualClock {
  /** The time in milliseconds. */
  now(): number;
  /** Sets the time. */
  goTo(time: number): void;
}

/**
 * Makes a clock for a simulation. Pass its `now` to the study as `clock`.
 *
 * @param start The first time, in milliseconds.
 * @returns the clock.
 *
 * @example
 * ```ts
 * import { virtualClock } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = virtualClock(5);
 * clock.goTo(9);
 * assertEquals(clock.now(), 9);
 * ```
 */
export function virtualClock(start = 0): VirtualClock {
  let time = start;
  return { now: () => time, goTo: (next) => void (time = next) };
}

/** Options for {@linkcode simulate}. */
export interface SimulationOptions<C> {
  /** The number of workers. */
  readonly workers: number;
  /** The clock of the study. */
  readonly clock: VirtualClock;
  /** Returns the metrics of a job; if it throws, the job fails. */
  readonly objective: (job: Job<C>) => Readonly<Record<string, number>>;
  /**
   * Returns how long a job takes, in milliseconds.
   *
   * @default {one second for each unit of fidelity}
   */
  readonly cost?: (job: Job<C>) => number;
}

/**
 * Runs a study to its end without waiting: the workers use the time of the clock. Each job has a
 * checkpoint, so survivors resume.
 *
 * @param study The study; its lease should be longer than any job.
 * @param options The workers, the clock and the objective.
 * @returns the virtual time at which the last job ended, in milliseconds.
 * @throws {SearchUsageError} If an option is missing or unknown.
 *
 * @example
 * ```ts
 * import { asha, defineSpace, float, openStudy, randomSampler, simulate, virtualClock } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ x: float(0, 1) });
 * const clock = virtualClock();
 * const study = openStudy({
 *   id: "simulated",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 27 }),
 *   metric: "loss",
 *   mode: "min",
 *   lease: 1e6,
 *   clock: clock.now,
 * });
 * simulate(study, { workers: 4, clock, objective: ({ config }) => ({ loss: config.x }) });
 * assertEquals(study.best()?.fidelity, 9);
 * study.close();
 * ```
 */
export function simulate<C>(
  study: Study<C>,
  options: SimulationOptions<C>,
): number {
  checkSimulation(study, options);
  const { workers, clock, objective } = options;
  const cost = options.cost ?? (({ from, to }) => 1000 * (to - from));
  const running: { job: Job<C>; ends: number; order: number }[] = [];
  for (let order = 0;;) {
    while (running.length < workers) {
      const answer = study.ask({ worker: `worker ${running.length}` });
      if (answer.kind !== "job") break;
      const { job } = answer;
      running.push({ job, ends: clock.now() + cost(job), order: order++ });
    }
    running.sort((a, b) => a.ends - b.ends || a.order - b.order);
    const next = running.shift();
    if (next === undefined) return clock.now();
    clock.goTo(Math.max(clock.now(), next.ends));
    finish(study, next.job, objective);
  }
}

function checkSimulation(study: unknown, options: unknown): void {
  const action = "simulate a study";
  checkMethods(action, "study", study, {
    methods: ["ask", "tell"],
    give: "a study made by openStudy()",
  });
  checkSettings<SimulationOptions<unknown>>(action, options ?? null, {
    workers: true,
    clock: true,
    objective: true,
    cost: true,
  });
  const { workers, clock, objective } = options as SimulationOptions<unknown>;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new SearchUsageError(
      "workers",
      `Cannot ${action}: workers is ${
        describe(workers)
      }; give a whole number from 1 up`,
    );
  }
  checkMethods(action, "clock", clock, {
    methods: ["now", "goTo"],
    give: "virtualClock(), the same as the study has",
  });
  if (typeof objective === "function") return;
  throw new SearchUsageError(
    "objective",
    `Cannot ${action}: the objective is ${
      describe(objective)
    }; give a function`,
  );
}

function finish<C>(
  study: Study<C>,
  job: Job<C>,
  objective: SimulationOptions<C>["objective"],
): void {
  let metrics: Readonly<Record<string, number>>;
  try {
    metrics = objective(job);
  } catch (error) {
    study.tell(job, { error });
    return;
  }
  const checkpoint = {
    uri: `simulated:${job.trial}@${job.to}`,
    sha256: "0".repeat(64),
  };
  study.tell(job, { metrics, checkpoint });
}
