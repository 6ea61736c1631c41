import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { Waiters } from "./_waiters.ts";
import type {
  JournalEntry,
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

/**
 * A queue and a journal in memory, for several ranks in one process: for tests, and for objectives that mostly
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
  readonly #entries: JournalEntry[] = [];
  readonly #keys = new Set<string>();
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
    const journal: SearchJournal = {
      append: (key, value) => whenOpen(check, () => this.#append(key, value)),
      read: (after, options) =>
        this.#wait(options, () => {
          check();
          const entries = this.#entries.slice(after);
          return entries.length > 0 ? entries : undefined;
        }).then((entries) => entries ?? []),
    };
    return {
      searchId: this.searchId,
      lease: this.lease,
      journal,
      publish: (job) => whenOpen(check, () => this.#publish(job)),
      take: (options) =>
        this.#wait(options, () => {
          check();
          return this.#take(connection);
        }),
      close: () => {
        connection.isOpen = false;
        this.#changes.wake();
        return Promise.resolve();
      },
    };
  }

  #append(key: string, value: string): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    const sequence = this.#entries.length + 1;
    this.#entries.push({ sequence, key, value });
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

function whenOpen(check: () => void, work: () => void): Promise<void> {
  return new Promise((resolve) => {
    check();
    work();
    resolve();
  });
}
