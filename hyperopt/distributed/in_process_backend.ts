import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { Waiters } from "./_waiters.ts";
import { MemoryLog } from "./_memory_log.ts";
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

/** A job in the queue. */
interface Slot {
  readonly job: QueuedJob;
  /** How often it was taken. */
  taken: number;
  /** The time from which it can be taken again; 0 if no rank holds it. */
  until: number;
}

/** Who holds a lock, and until when. */
interface Holding {
  readonly connection: { readonly isOpen: boolean };
  until: number;
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
  readonly #slots = new Map<string, Slot>();
  readonly #logs = new Map<string, MemoryLog>();
  readonly #locks = new Map<string, Holding>();
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
          return this.#logs.get(name)?.after(after, limit);
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
    const log = this.#logs.get(name) ?? new MemoryLog();
    this.#logs.set(name, log);
    const isFirst = log.append(key, value);
    if (isFirst) this.#changes.wake();
    return isFirst;
  }

  #lock(
    name: string,
    connection: { readonly isOpen: boolean },
  ): HeldLock | undefined {
    const now = performance.now();
    if ((this.#locks.get(name)?.until ?? 0) > now) return undefined;
    const held: Holding = { connection, until: now + this.lease };
    this.#locks.set(name, held);
    const isHeld = () =>
      this.#locks.get(name) === held && held.connection.isOpen &&
      held.until > performance.now();
    return {
      extend: () => {
        const is = isHeld();
        if (is) held.until = performance.now() + this.lease;
        return Promise.resolve(is);
      },
      release: () => {
        if (isHeld()) this.#locks.delete(name);
        return Promise.resolve();
      },
    };
  }

  #drop(): void {
    this.#slots.clear();
    this.#logs.clear();
    this.#locks.clear();
    this.#changes.wake();
  }

  #publish(job: QueuedJob): void {
    if (this.#slots.has(job.id)) return;
    this.#slots.set(job.id, { job: { ...job }, taken: 0, until: 0 });
    this.#changes.wake();
  }

  #take(connection: { readonly isOpen: boolean }): LeasedJob | undefined {
    const now = performance.now();
    for (const slot of this.#slots.values()) {
      if (slot.until > now) continue;
      const attempt = slot.taken++;
      slot.until = now + this.lease;
      const isHeld = () =>
        connection.isOpen && slot.taken === attempt + 1 &&
        slot.until > performance.now();
      return {
        ...slot.job,
        attempt,
        extend: () => {
          const held = isHeld();
          if (held) slot.until = performance.now() + this.lease;
          return Promise.resolve(held);
        },
        ack: () => {
          if (isHeld()) this.#slots.delete(slot.job.id);
          return Promise.resolve();
        },
      };
    }
    return undefined;
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
      const expiry = Math.min(
        ...Array.from(this.#slots.values(), ({ until }) => until)
          .filter((until) => until > now),
      );
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
