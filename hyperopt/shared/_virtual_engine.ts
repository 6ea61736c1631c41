import type {
  SearchBackend,
  SearchJournal,
  WaitOptions,
} from "../distributed/backend.ts";
import { MemoryEngine } from "../distributed/_memory_engine.ts";

/** The calls of an engine, by name. */
export type EngineCall =
  | "append"
  | "read"
  | "lock"
  | "now"
  | "publish"
  | "take"
  | "extend"
  | "ack"
  | "release";

/**
 * Decides when a call reaches the engine: it calls `work` then, and returns what that returns. A promise that never
 * resolves is a process that ended before.
 */
export type Gate = <R>(call: EngineCall, work: () => R) => Promise<R>;

/** The name of the journal that `SearchBackend.journal` is. */
const MAIN = "";

/** An engine in memory whose time and whose calls are in the hands of the caller. */
export class VirtualEngine {
  readonly #engine: MemoryEngine;
  readonly #lease: number;
  readonly #now: () => number;
  /** Those that wait for a job, and those that wait for an entry of a journal. */
  readonly #takers: (() => void)[] = [];
  readonly #readers = new Map<string, (() => void)[]>();

  /**
   * @param lease The milliseconds that a lease lasts.
   * @param now Returns the time in milliseconds.
   */
  constructor(lease: number, now: () => number) {
    this.#engine = new MemoryEngine(lease);
    this.#lease = lease;
    this.#now = now;
  }

  /** Connects a process. */
  connect(searchId: string, gate: Gate): SearchBackend {
    const engine = this.#engine;
    const now = this.#now;
    const takers = this.#takers;
    const readersOf = (name: string) => {
      const found = this.#readers.get(name) ?? [];
      this.#readers.set(name, found);
      return found;
    };
    /** Looks again when it is woken; the time that is waited for is the caller's, who may end it. */
    const wait = async <R>(
      call: EngineCall,
      { wait: most, signal }: WaitOptions,
      { look, waiting }: {
        readonly look: () => R | undefined;
        readonly waiting: (() => void)[];
      },
    ): Promise<R | undefined> => {
      for (;;) {
        // Whether there is something is decided when the call reaches the engine.
        const { found, news } = await gate(call, () => {
          const result = look();
          const waiter = Promise.withResolvers<void>();
          if (result === undefined && most > 0) waiting.push(waiter.resolve);
          return { found: result, news: waiter.promise };
        });
        if (found !== undefined || most === 0 || signal?.aborted) return found;
        const aborted = Promise.withResolvers<void>();
        signal?.addEventListener("abort", () => aborted.resolve());
        await Promise.race([news, aborted.promise]);
        if (signal?.aborted) return undefined;
      }
    };
    const journalNamed = (name: string): SearchJournal => ({
      append: (key, value) =>
        gate("append", () => {
          const isFirst = engine.append(name, key, value);
          if (isFirst) { for (const wake of readersOf(name).splice(0)) wake(); }
          return isFirst;
        }),
      read: async (after, options) =>
        await wait("read", options, {
          look: () => engine.after(name, after, options.limit),
          waiting: readersOf(name),
        }) ?? [],
    });
    return {
      searchId,
      lease: this.#lease,
      journal: journalNamed(MAIN),
      journalNamed,
      async lock(name) {
        const held = await gate("lock", () => engine.lock(name, now()));
        return held && {
          extend: () => gate("extend", () => held.extend(now())),
          release: () => gate("release", () => held.release(now())),
        };
      },
      now: () => gate("now", () => now()),
      publish: (job) =>
        gate("publish", () => {
          // A job is for one of those that wait.
          if (engine.publish(job)) takers.shift()?.();
        }),
      async take(options) {
        const taken = await wait("take", options, {
          look: () => engine.take(now()),
          waiting: takers,
        });
        return taken && {
          ...taken.job,
          attempt: taken.attempt,
          extend: () => gate("extend", () => taken.extend(now())),
          ack: () => gate("ack", () => taken.ack(now())),
        };
      },
      drop: () => gate("release", () => engine.drop()),
      close: () => Promise.resolve(),
    };
  }
}
