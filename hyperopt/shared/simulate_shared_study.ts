import { setImmediate } from "node:timers";
import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import type { Job } from "../study/job.ts";
import { Delivery } from "./_delivery.ts";
import { Owner } from "./_owner.ts";
import { checkWorkers } from "./_check_workers.ts";
import type { SharedStudySettings } from "./run_shared_study.ts";
import { type Gate, VirtualEngine } from "./_virtual_engine.ts";

/** What an engine costs, in milliseconds. */
export interface EngineCosts {
  /** For how long a call and its answer are on their way. */
  readonly latency: number;
  /** For how long the engine is busy with one entry of a journal. */
  readonly append: number;
  /** For how long it is busy with reading a journal once. */
  readonly read: number;
  /** For how long it is busy with a job that is put into the queue. */
  readonly publish: number;
  /** For how long it is busy with a job that is taken. */
  readonly take: number;
  /** For how long it is busy with a job that leaves the queue. */
  readonly ack: number;
  /**
   * How many calls it works on at the same time.
   *
   * @default {1}
   */
  readonly parallel?: number;
}

/** Options for {@linkcode simulateSharedStudy}. */
export interface SharedSimulationOptions<C> {
  /** The number of workers, each on a connection of its own. */
  readonly workers: number;
  /** What the engine costs. */
  readonly engine: EngineCosts;
  /** The milliseconds of the owner for one job: what the sampler, the scheduler and the journal need. */
  readonly decide: number;
  /** Returns the metrics of a job. */
  readonly objective: (job: Job<C>) => Readonly<Record<string, number>>;
  /**
   * Returns how long a job takes, in milliseconds.
   *
   * @default {one second for each unit of fidelity}
   */
  readonly cost?: (job: Job<C>) => number;
  /**
   * How many jobs wait in the queue for the workers.
   *
   * @default {a quarter of the number of workers}
   */
  readonly buffer?: number;
}

/** What a simulated search took. */
export interface SharedSimulation {
  /** The milliseconds until the last result. */
  readonly time: number;
  /** The number of jobs. */
  readonly jobs: number;
  /** The jobs a second. */
  readonly rate: number;
  /** The share of the time in which a worker had a job. */
  readonly busy: number;
  /** The share of the time in which the owner decided. */
  readonly owner: number;
  /** The share of the time in which the engine worked. */
  readonly engine: number;
}

/**
 * Simulates a shared study on a virtual clock: the code that decides and that workers tell with is the real one, and
 * the engine costs what you measured. So it shows from how many workers on one owner, or one engine, is not enough.
 *
 * @param settings Returns what is searched, and how; see {@linkcode runSharedStudy}.
 * @param options The workers, and what the engine and the owner cost.
 * @returns how long it took, and what was busy.
 * @throws {SearchUsageError} If an option is missing or unknown.
 *
 * @example
 * ```ts
 * import { defineSpace, float, fullFidelity, randomSampler, simulateSharedStudy } from "@ato/ato/hyperopt";
 * import { assert } from "@std/assert";
 *
 * const space = defineSpace({ x: float(0, 1) });
 * const { busy } = await simulateSharedStudy(() => ({
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 40 }),
 *   metric: "loss",
 * }), {
 *   workers: 4,
 *   engine: { latency: 1, append: 0.1, read: 0.1, publish: 0.2, take: 0.2, ack: 0.2 },
 *   decide: 0.1,
 *   objective: ({ config }) => ({ loss: config.x }),
 * });
 * assert(busy > 0.9);
 * ```
 */
export async function simulateSharedStudy<C>(
  settings: () => SharedStudySettings<C>,
  options: SharedSimulationOptions<C>,
): Promise<SharedSimulation> {
  checkSimulation(options);
  const { workers, decide, objective, buffer } = options;
  const cost = options.cost ?? (({ from, to }) => 1000 * (to - from));
  const world = new World(options.engine);
  const engine = new VirtualEngine(1e12, world.now);
  let jobs = 0;
  let busy = 0;
  let ended = 0;
  const work = async () => {
    const backend = engine.connect("simulated", world.gate());
    const taker = { backend, member: "w", now: world.now };
    for (;;) {
      const leased = await backend.take({ wait: 1 });
      const delivery = await Delivery.take<C>(taker, leased!);
      if (delivery === undefined) continue;
      const took = cost(delivery.job);
      await world.sleep(took);
      jobs++;
      busy += took;
      ended = world.now();
      const { trial, to } = delivery.job;
      await delivery.complete({
        metrics: objective(delivery.job),
        checkpoint: { uri: `simulated:${trial}@${to}`, sha256: "0".repeat(64) },
      });
    }
  };
  const own = async () => {
    const backend = engine.connect("simulated", world.gate(decide));
    const { timeout: _timeout, ...study } = settings();
    const owner = await Owner.open<C>({ backend, study, now: world.now });
    const most = workers + (buffer ?? Math.ceil(workers / 4));
    while (await owner!.step(most, 1) === "open");
  };
  // The workers wait for jobs that do not come any more when the owner has ended.
  for (let i = 0; i < workers; i++) void work().catch(world.fail);
  await world.run(own());
  const share = (part: number) => ended === 0 ? 0 : Math.min(1, part / ended);
  return {
    time: ended,
    jobs,
    rate: ended === 0 ? 0 : 1000 * jobs / ended,
    busy: share(busy / workers),
    owner: share(world.decided),
    engine: share(world.engineBusy),
  };
}

/** A clock, and what happens when. */
class World {
  readonly #costs: EngineCosts;
  #time = 0;
  /** What happens later, as a heap by time. */
  readonly #later: { at: number; order: number; done: () => void }[] = [];
  #order = 0;
  /** When each part of the engine is free. */
  readonly #free: number[];
  #problem: { readonly error: unknown } | undefined;
  /** The milliseconds for which the owner decided. */
  decided = 0;
  engineBusy = 0;

  constructor(costs: EngineCosts) {
    this.#costs = costs;
    this.#free = Array<number>(costs.parallel ?? 1).fill(0);
  }

  readonly now = (): number => this.#time;

  readonly fail = (error: unknown): void => {
    this.#problem ??= { error };
  };

  /** Lets things happen, in the order of time, until a promise is settled. */
  async run(until: Promise<void>): Promise<void> {
    let isOver = false;
    until.then(() => isOver = true, (error) => {
      this.fail(error);
      isOver = true;
    });
    for (;;) {
      await new Promise<void>((turned) => void setImmediate(turned));
      if (this.#problem !== undefined) throw this.#problem.error;
      if (isOver) return;
      const next = this.#pop();
      if (next === undefined) {
        throw new Error("Cannot end the simulation: nothing happens any more");
      }
      this.#time = next.at;
      next.done();
      // What happens at the same time does so before anything that follows from it.
      while (this.#later[0]?.at === this.#time) this.#pop()!.done();
    }
  }

  async sleep(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#push(this.#time + milliseconds, resolve);
    await promise;
  }

  /** Returns the way of a process to the engine; with `decide`, each job that it publishes takes time before. */
  gate(decide = 0): Gate {
    let free = 0;
    return async (call, work) => {
      const { latency, parallel: _, ...busy } = this.#costs;
      let sent = this.#time;
      if (call === "publish" && decide > 0) {
        sent = free = Math.max(free, sent) + decide;
        this.decided += decide;
      }
      const cost = busy[call as keyof typeof busy] ?? 0;
      await this.sleep(sent - this.#time + latency / 2);
      const part = this.#free.indexOf(Math.min(...this.#free));
      const end = Math.max(this.#free[part]!, this.#time) + cost;
      this.#free[part] = end;
      this.engineBusy += cost / this.#free.length;
      await this.sleep(end - this.#time);
      const result = work();
      await this.sleep(latency / 2);
      return result;
    };
  }

  #push(at: number, done: () => void): void {
    const heap = this.#later;
    const item = { at, order: this.#order++, done };
    let i = heap.length;
    heap.push(item);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!isBefore(item, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = item;
  }

  #pop(): { readonly at: number; readonly done: () => void } | undefined {
    const heap = this.#later;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) {
      return first;
    }
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) {
        down++;
      }
      if (!isBefore(heap[down]!, last)) break;
      heap[i] = heap[down]!;
      i = down;
    }
    heap[i] = last;
    return first;
  }
}

function isBefore(
  a: { readonly at: number; readonly order: number },
  b: { readonly at: number; readonly order: number },
): boolean {
  return a.at < b.at || a.at === b.at && a.order < b.order;
}

function checkSimulation(options: unknown): void {
  const action = "simulate a shared study";
  checkSettings<SharedSimulationOptions<unknown>>(action, options ?? null, {
    workers: true,
    engine: true,
    decide: true,
    objective: true,
    cost: true,
    buffer: true,
  });
  const { workers, engine, decide } = options as SharedSimulationOptions<
    unknown
  >;
  checkWorkers(action, workers);
  checkSettings<EngineCosts>(action, engine ?? null, {
    latency: true,
    append: true,
    read: true,
    publish: true,
    take: true,
    ack: true,
    parallel: true,
  });
  for (const [name, value] of Object.entries({ decide, ...engine })) {
    if (typeof value === "number" && value >= 0) continue;
    throw new SearchUsageError(
      name,
      `Cannot ${action}: ${name} is ${describe(value)}; give milliseconds`,
    );
  }
}
