import type { SearchJournal } from "./backend.ts";

/** What a rank knows of the journal. */
export class SearchLog {
  readonly #journal: SearchJournal;
  readonly #values = new Map<string, string>();
  #sequence = 0;

  constructor(journal: SearchJournal) {
    this.#journal = journal;
  }

  /** What the journal says about a key, as far as it was read. */
  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** Adds an entry. It counts when it is read, unless another one of its key came first. */
  append(key: string, value: string): Promise<void> {
    return this.#journal.append(key, value);
  }

  /** Reads on; waits for news where there are none. */
  async read(wait: number, signal?: AbortSignal): Promise<void> {
    const entries = await this.#journal.read(
      this.#sequence,
      signal === undefined ? { wait } : { wait, signal },
    );
    for (const { sequence, key, value } of entries) {
      if (!this.#values.has(key)) this.#values.set(key, value);
      this.#sequence = Math.max(this.#sequence, sequence);
    }
  }
}
