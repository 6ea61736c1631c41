import type { DescribedSearch } from "../_search_trials.ts";
import type { Mirror } from "../study/_mirror.ts";
import {
  decode,
  decodeTrial,
  DONE,
  encode,
  OPENED,
  type Opening,
  readEnd,
  readSpan,
} from "./_messages.ts";
import { SearchEvents } from "./_search_events.ts";
import type { SearchLog } from "./_search_log.ts";

/** The search in the file of a rank. It follows the journal, so the files of all ranks have the same events. */
export class SearchCopy {
  readonly #search: DescribedSearch;
  readonly #mirror: Mirror;
  /** The config that was chosen for each job so far. */
  readonly #configs = new Map<string, object>();
  #events: SearchEvents | undefined;
  /** The number of entries whose events are known. */
  #place = 0;
  /** The number of events that the mirror was told. */
  #told = 0;

  constructor(search: DescribedSearch, mirror: Mirror) {
    this.#search = search;
    this.#mirror = mirror;
  }

  /** Makes the entry that says how the search is told from others of its name. */
  static opening(at: number): string {
    return encode({ nonce: crypto.randomUUID(), at } satisfies Opening);
  }

  /**
   * Follows the jobs of a batch, too, and writes the file if no other process does.
   *
   * @param configs The configs of the jobs, by their ids.
   */
  async begin(
    configs: Iterable<readonly [string, object]>,
    log: SearchLog,
  ): Promise<void> {
    for (const [id, config] of configs) this.#configs.set(id, config);
    await this.#open(log);
    this.follow(log);
  }

  /** Writes what is new in the journal. */
  follow(log: SearchLog): void {
    if (!this.#mirror.isOpen) return;
    this.#derive(log);
    const news = this.#events?.all.slice(this.#told) ?? [];
    this.#told += news.length;
    this.#mirror.add(news);
  }

  /** Completes the file, unless the process that writes it does. */
  async end(log: SearchLog): Promise<void> {
    this.follow(log);
    await this.#open(log);
    this.close();
  }

  /** Closes the file. */
  close(): void {
    this.#mirror.end();
  }

  async #open(log: SearchLog): Promise<void> {
    if (this.#mirror.isOpen) return;
    this.#derive(log);
    const events = this.#events?.all.slice() ?? [];
    await this.#mirror.begin(events);
    this.#told = events.length;
  }

  /** Adds the events of the entries that are new. */
  #derive(log: SearchLog): void {
    const opened = log.get(OPENED);
    if (opened === undefined) return;
    this.#events ??= new SearchEvents(this.#search, decode(opened) as Opening);
    for (const [key, value] of log.entries.slice(this.#place)) {
      if (isResult(key)) {
        const config = this.#configs.get(key);
        // It is of a batch to which this rank has not come yet.
        if (config === undefined) return;
        this.#events.add(config, decodeTrial(value, config), readSpan(value));
      } else if (key === DONE) this.#events.end(readEnd(value));
      this.#place++;
    }
  }
}

/** Whether an entry is the result of a job. */
function isResult(key: string): boolean {
  return /^\d+\.\d+$/.test(key);
}
