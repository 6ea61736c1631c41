import { isError } from "../../internal/errors.ts";
import { recoveryInterval } from "./_search_connection.ts";
import type { TakenJob } from "./_engine.ts";

/** A job of BullMQ. */
interface BullJob {
  readonly id?: string;
  readonly data: string;
  readonly attemptsStarted: number;
  extendLock(token: string, milliseconds: number): Promise<number>;
  moveToCompleted(
    result: unknown,
    token: string,
    fetchNext: boolean,
  ): Promise<unknown>;
}

/** What is common to BullMQ's queues and workers. */
interface BullBase {
  on(event: "error", listener: (error: unknown) => void): unknown;
}

interface BullQueue extends BullBase {
  add(name: string, data: string, options: object): Promise<unknown>;
  obliterate(options: { readonly force: boolean }): Promise<void>;
  resume(): Promise<void>;
}

interface BullWorker extends BullBase {
  getNextJob(
    token: string,
    options: { readonly block: boolean },
  ): Promise<BullJob | undefined>;
}

/** BullMQ's own connection to a database. */
export interface BullBackend {
  waitUntilReady(): Promise<void>;
  setQueueMeta(values: Readonly<Record<string, number>>): Promise<number>;
  moveStalledJobsToWait(): Promise<readonly string[]>;
}

type BackendFactory = (
  name: string,
  options: object,
  more?: object,
) => BullBackend;

/** What is used of the package `bullmq`. */
export interface BullModule {
  readonly Queue: new (
    name: string,
    options: object,
    factory: BackendFactory,
  ) => BullQueue;
  readonly Worker: new (
    name: string,
    processor: undefined,
    options: object,
    factory: BackendFactory,
  ) => BullWorker;
  readonly createRedisBackend: BackendFactory;
  readonly createPostgresBackend: BackendFactory;
  /** Makes or updates the tables of BullMQ. */
  runMigrations(client: object): Promise<number>;
  /** Checks the tables of BullMQ. */
  assertSchemaCompatibility(client: object): Promise<number>;
}

/** The codes by which BullMQ says that a job is not held any more: it is gone, or another process has it. */
const NOT_HELD = new Set([-1, -2, -3, -6]);

/** BullMQ gives up a job that was lost too often; how often a trial may kill its worker is not the queue's matter. */
const ANY_NUMBER = 2 ** 31 - 1;

/** Events are for people who watch a queue; nothing here reads them. */
const FEW_EVENTS = 100;

/** What a queue is made with. */
export interface QueueOptions {
  /** The name of the queue. */
  readonly name: string;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
  /** The connection, as BullMQ takes it. */
  readonly connection: object;
  /** The start of the keys, on Redis. */
  readonly prefix?: string;
}

/** The queue of a search: BullMQ's, with jobs that are taken by hand. */
export class JobQueue {
  readonly #backend: BullBackend;
  readonly #queue: BullQueue;
  readonly #worker: BullWorker;
  readonly #lease: number;

  /**
   * Makes the queue.
   *
   * @param bull The package.
   * @param create Makes BullMQ's own connection to the engine.
   * @param options The name, the lease and the connection.
   */
  constructor(
    bull: BullModule,
    create: BackendFactory,
    { name, lease, connection, prefix }: QueueOptions,
  ) {
    this.#lease = lease;
    const options = {
      connection,
      ...prefix === undefined ? {} : { prefix },
      lockDuration: lease,
      stalledInterval: recoveryInterval(lease),
      maxStalledCount: ANY_NUMBER,
      autorun: false,
      skipVersionCheck: true,
      skipMetasUpdate: true,
      skipWaitingForReady: true,
    };
    const backend = create(name, options);
    this.#backend = backend;
    // Both use the one connection that was made here.
    this.#queue = new bull.Queue(name, options, () => backend);
    this.#worker = new bull.Worker(name, undefined, options, () => backend);
    for (const part of [this.#queue, this.#worker]) {
      // The same errors reject the calls, which are tried again; an event without a listener would be printed.
      part.on("error", () => {});
    }
  }

  /** Resolves when the queue can be used. */
  async ready(): Promise<void> {
    await this.#backend.waitUntilReady();
    await this.#backend.setQueueMeta({ "opts.maxLenEvents": FEW_EVENTS });
  }

  /** Puts a job into the queue, unless it is there. */
  async publish(id: string, data: string): Promise<void> {
    await this.#queue.add("trial", data, {
      jobId: toBullId(id),
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  /** Takes a job. */
  async take(token: string): Promise<TakenJob | undefined> {
    const job = await this.#worker.getNextJob(token, { block: false });
    if (job?.id === undefined) return undefined;
    return {
      id: fromBullId(job.id),
      data: job.data,
      attempt: Math.max(0, job.attemptsStarted - 1),
      extend: async () =>
        await ifHeld(() => job.extendLock(token, this.#lease)) === 1,
      finish: async () => {
        await ifHeld(() => job.moveToCompleted(null, token, false));
      },
    };
  }

  /** Frees jobs whose lease ran out; resolves to how many. */
  async recover(): Promise<number> {
    return (await this.#backend.moveStalledJobsToWait()).length;
  }

  /** Removes all jobs. */
  async drop(): Promise<void> {
    await this.#queue.obliterate({ force: true });
    await this.#queue.resume();
  }
}

/** Calls a function of a job; resolves to `undefined` if the job is not held any more. */
async function ifHeld<R>(work: () => Promise<R>): Promise<R | undefined> {
  try {
    return await work();
  } catch (error) {
    if (
      isError(error) &&
      NOT_HELD.has((error as { code?: unknown }).code as number)
    ) {
      return undefined;
    }
    throw error;
  }
}

/** BullMQ refuses ids that are numbers. */
function toBullId(id: string): string {
  return `job-${id}`;
}

function fromBullId(id: string): string {
  return id.slice("job-".length);
}
