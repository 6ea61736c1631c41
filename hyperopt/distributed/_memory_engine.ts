import type { JournalEntry, QueuedJob } from "./backend.ts";
import { MemoryLog } from "./_memory_log.ts";

/** A job in the queue. */
interface Slot {
  readonly job: QueuedJob;
  /** How often it was taken. */
  taken: number;
  /** The time from which it can be taken again; 0 if nobody holds it. */
  until: number;
}

/** A lock that is held. */
export interface MemoryLock {
  extend(now: number): boolean;
  release(now: number): void;
}

/** A job that is held. */
export interface MemoryJob {
  readonly job: QueuedJob;
  /** How often it was taken before. */
  readonly attempt: number;
  extend(now: number): boolean;
  ack(now: number): void;
}

/** A queue, journals and locks in memory. It has no clock: each call gets the time, in milliseconds. */
export class MemoryEngine {
  readonly #lease: number;
  readonly #slots = new Map<string, Slot>();
  readonly #logs = new Map<string, MemoryLog>();
  readonly #locks = new Map<string, { until: number }>();

  /** @param lease The milliseconds that a lease lasts. */
  constructor(lease: number) {
    this.#lease = lease;
  }

  /** Appends to a journal, unless it has the key; returns whether it did. */
  append(name: string, key: string, value: string): boolean {
    const log = this.#logs.get(name) ?? new MemoryLog();
    this.#logs.set(name, log);
    return log.append(key, value);
  }

  /** Returns the entries of a journal after a sequence; `undefined` if there are none. */
  after(
    name: string,
    sequence: number,
    limit?: number,
  ): JournalEntry[] | undefined {
    return this.#logs.get(name)?.after(sequence, limit);
  }

  /** Takes a lock; `undefined` if it is held. */
  lock(name: string, now: number): MemoryLock | undefined {
    if ((this.#locks.get(name)?.until ?? 0) > now) return undefined;
    const held = { until: now + this.#lease };
    this.#locks.set(name, held);
    const isHeld = (at: number) =>
      this.#locks.get(name) === held && held.until > at;
    return {
      extend: (at) => {
        const is = isHeld(at);
        if (is) held.until = at + this.#lease;
        return is;
      },
      release: (at) => {
        if (isHeld(at)) this.#locks.delete(name);
      },
    };
  }

  /** Puts a job into the queue, unless it is there; returns whether it did. */
  publish(job: QueuedJob): boolean {
    if (this.#slots.has(job.id)) return false;
    this.#slots.set(job.id, { job: { ...job }, taken: 0, until: 0 });
    return true;
  }

  /** Takes the first job that nobody holds. */
  take(now: number): MemoryJob | undefined {
    for (const slot of this.#slots.values()) {
      if (slot.until > now) continue;
      const attempt = slot.taken++;
      slot.until = now + this.#lease;
      const isHeld = (at: number) =>
        slot.taken === attempt + 1 && slot.until > at;
      return {
        job: slot.job,
        attempt,
        extend: (at) => {
          const is = isHeld(at);
          if (is) slot.until = at + this.#lease;
          return is;
        },
        ack: (at) => {
          if (isHeld(at)) this.#slots.delete(slot.job.id);
        },
      };
    }
    return undefined;
  }

  /** Returns the next time at which a lease of a job ends; `Infinity` if none is held. */
  expiry(now: number): number {
    let first = Infinity;
    for (const { until } of this.#slots.values()) {
      if (until > now && until < first) first = until;
    }
    return first;
  }

  /** Removes everything. */
  drop(): void {
    this.#slots.clear();
    this.#logs.clear();
    this.#locks.clear();
  }
}
