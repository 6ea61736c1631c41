import type { JournalEntry } from "./backend.ts";

/** A journal in memory. */
export class MemoryLog {
  readonly #entries: JournalEntry[] = [];
  readonly #keys = new Set<string>();

  /** Appends an entry, unless there is one of its key; returns whether it did. */
  append(key: string, value: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    this.#entries.push({ sequence: this.#entries.length + 1, key, value });
    return true;
  }

  /** Returns the entries after a sequence; `undefined` if there are none. */
  after(sequence: number, limit?: number): JournalEntry[] | undefined {
    const end = limit === undefined ? undefined : sequence + limit;
    const entries = this.#entries.slice(sequence, end);
    return entries.length > 0 ? entries : undefined;
  }
}
