import type { SearchJournal } from "./backend.ts";

/** The entries of the journal that a rank has read. */
export class SearchLog {
  readonly #journal: SearchJournal;
  readonly #values = new Map<string, string>();
  readonly #entries: (readonly [key: string, value: string])[] = [];
  #sequence = 0;

  constructor(journal: SearchJournal) {
    this.#journal = journal;
  }

  /** Returns the value of a key; `undefined` if none was read yet. */
  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** The entries that count, in the order that all ranks see. */
  get entries(): readonly (readonly [key: string, value: string])[] {
    return this.#entries;
  }

  /** Appends an entry. It counts once it is read, unless another entry of its key came first. */
  append(key: string, value: string): Promise<boolean> {
    return this.#journal.append(key, value);
  }

  /** Reads new entries; if there are none, waits for some. */
  async read(wait: number, signal?: AbortSignal): Promise<void> {
    const entries = await this.#journal.read(
      this.#sequence,
      signal === undefined ? { wait } : { wait, signal },
    );
    for (const { sequence, key, value } of entries) {
      if (!this.#values.has(key)) {
        this.#values.set(key, value);
        this.#entries.push([key, value]);
      }
      this.#sequence = Math.max(this.#sequence, sequence);
    }
  }
}
