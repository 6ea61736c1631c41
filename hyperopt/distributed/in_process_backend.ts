import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { Waiters } from "./_waiters.ts";
import { MemoryEngine } from "./_memory_engine.ts";
import type {
  HeldLock,
  LeasedJob,
  QueuedJob,
  SearchBackend,
  SearchJournal,
  WaitOptions,
} from "./backend.ts";

/** Options for {@linkcode InProcessBackend}. */
export interface InProcessBackendOptions {
  /**
   * The id of the search.
   *
   * @default {a random UUID}
   */
  readonly searchId?: string;
  /**
   * The milliseconds that a lease lasts.
   *
   * @default {30000}
   */
  readonly lease?: number;
}

/** Whether a connection is open. */
interface Connection {
  readonly isOpen: boolean;
}

/** The name of the journal that `SearchBackend.journal` is. */
const MAIN = "";

/**
 * A queue and journals in memory, for several ranks in one process: for tests, and for objectives that mostly
 * wait.
 *
 * @example
 * ```ts
 * import { InProcessBackend } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const shared = new InProcessBackend({ searchId: "demo" });
 * const [a, b] = [shared.connect(), shared.connect()];
 * await a.publish({ id: "0.0", data: "lr=0.1" });
 * const job = await b.take({ wait: 0 });
 * await b.journal.append("0.0", "0.93");
 * await job!.ack();
 * assertEquals(await a.journal.read(0, { wait: 0 }), [
 *   { sequence: 1, key: "0.0", value: "0.93" },
 * ]);
 * ```
 */
export class InProcessBackend {
  /** The id of the search. */
  readonly searchId: string;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
  readonly #engine: MemoryEngine;
  readonly #changes: Waiters = new Waiters();

  /**
   * Makes an empty queue and an empty journal.
   *
   * @param options The id of the search, and the time that a lease lasts.
   * @throws {SearchUsageError} If an option is out of range or unknown.
   */
  constructor(options: InProcessBackendOptions = {}) {
    checkSettings<InProcessBackendOptions>("make a backend", options, {
      searchId: true,
      lease: true,
    });
    const { lease = 30_000 } = options;
    if (!(typeof lease === "number" && lease > 0)) {
      throw new SearchUsageError(
        "lease",
        `Cannot make a backend: lease is ${
          describe(lease)
        }; give milliseconds, above 0`,
      );
    }
    this.searchId = options.searchId ?? crypto.randomUUID();
    this.lease = lease;
    this.#engine = new MemoryEngine(lease);
  }

  /**
   * Connects a rank.
   *
   * @returns the connection of the rank. After `close` it cannot be used, as if the process had died.
   */
  connect(): SearchBackend {
    const connection = { isOpen: true };
    const check = () => {
      if (!connection.isOpen) {
        throw new Error(
          "Cannot use the backend: the connection is closed; connect again",
        );
      }
    };
    const journalNamed = (name: string): SearchJournal => ({
      append: (key, value) =>
        whenOpen(check, () => this.#append(name, key, value)),
      read: async (after, { limit, ...options }) => {
        const entries = await this.#wait(options, () => {
          check();
          return this.#engine.after(name, after, limit);
        });
        return entries ?? [];
      },
    });
    return {
      searchId: this.searchId,
      lease: this.lease,
      journal: journalNamed(MAIN),
      journalNamed,
      lock: (name) => whenOpen(check, () => this.#lock(name, connection)),
      now: () => whenOpen(check, () => Date.now()),
      publish: (job) => whenOpen(check, () => this.#publish(job)),
      take: (options) =>
        this.#wait(options, () => {
          check();
          return this.#take(connection);
        }),
      drop: () => whenOpen(check, () => this.#drop()),
      close: () => {
        connection.isOpen = false;
        this.#changes.wake();
        return Promise.resolve();
      },
    };
  }

  #append(name: string, key: string, value: string): boolean {
    const isFirst = this.#engine.append(name, key, value);
    if (isFirst) this.#changes.wake();
    return isFirst;
  }

  #lock(name: string, connection: Connection): HeldLock | undefined {
    const held = this.#engine.lock(name, performance.now());
    if (held === undefined) return undefined;
    return {
      extend: () =>
        Promise.resolve(connection.isOpen && held.extend(performance.now())),
      release: () => {
        if (connection.isOpen) held.release(performance.now());
        return Promise.resolve();
      },
    };
  }

  #drop(): void {
    this.#engine.drop();
    this.#changes.wake();
  }

  #publish(job: QueuedJob): void {
    if (this.#engine.publish(job)) this.#changes.wake();
  }

  #take(connection: Connection): LeasedJob | undefined {
    const taken = this.#engine.take(performance.now());
    if (taken === undefined) return undefined;
    return {
      ...taken.job,
      attempt: taken.attempt,
      extend: () =>
        Promise.resolve(connection.isOpen && taken.extend(performance.now())),
      ack: () => {
        if (connection.isOpen) taken.ack(performance.now());
        return Promise.resolve();
      },
    };
  }

  /** Looks for something until the time is over: at each change, and whenever a lease runs out. */
  async #wait<R>(
    options: WaitOptions,
    look: () => R | undefined,
  ): Promise<R | undefined> {
    const end = performance.now() + options.wait;
    for (;;) {
      if (options.signal?.aborted) return undefined;
      const found = look();
      if (found !== undefined) return found;
      const now = performance.now();
      if (now >= end) return undefined;
      const expiry = this.#engine.expiry(now);
      await this.#changes.wait(Math.min(end, expiry) - now, options.signal);
    }
  }
}

function whenOpen<R>(check: () => void, work: () => R): Promise<R> {
  return new Promise((resolve) => {
    check();
    resolve(work());
  });
}
