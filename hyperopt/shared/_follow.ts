import type { JournalEntry, SearchJournal } from "../distributed/backend.ts";

/** The milliseconds that one call waits for an entry. */
const WAIT = 5_000;
/** How many entries are read at a time. */
const PAGE = 1_000;

/** Reads a journal from its start, and goes on where it was. */
export class Follower {
  readonly #journal: SearchJournal;
  readonly #apply: (entry: JournalEntry) => void;
  #after = 0;

  /**
   * @param journal The journal.
   * @param apply Called with each entry, in order.
   */
  constructor(journal: SearchJournal, apply: (entry: JournalEntry) => void) {
    this.#journal = journal;
    this.#apply = apply;
  }

  /** Reads what is there now. */
  async catchUp(): Promise<void> {
    while (await this.#read(0) === PAGE);
  }

  /** Waits for an entry for a while, and reads what is there. */
  async wait(signal: AbortSignal): Promise<void> {
    await this.#read(WAIT, signal);
  }

  async #read(wait: number, signal?: AbortSignal): Promise<number> {
    const entries = await this.#journal.read(this.#after, {
      wait,
      limit: PAGE,
      ...(signal !== undefined && { signal }),
    });
    for (const entry of entries) {
      this.#after = entry.sequence;
      this.#apply(entry);
    }
    return entries.length;
  }
}
