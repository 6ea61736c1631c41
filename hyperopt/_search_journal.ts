import { clearInterval, setInterval } from "node:timers";
import type { TrackerConfig } from "../tracker/mod.ts";
import { type DescribedSearch, SearchTrials } from "./_search_trials.ts";
import type { StorageOptions } from "./_tracker_parts.ts";
import type { SqliteJournal } from "./study/_sqlite_journal.ts";

/** A search whose trials are tracked. */
export interface TrackedSearch extends DescribedSearch {
  /** Whether its program gave it its id: one that was made for it is another one when the program is started again. */
  readonly isNamed: boolean;
}

/** What a journal begins with. */
export interface SearchJournalOptions extends TrackedSearch {
  /** The tracker's file. */
  readonly tracker: TrackerConfig;
  /** How the file is used. */
  readonly storage: StorageOptions;
}

/** The journal of a search that is no study, in the tracker's file. */
export class SearchJournal {
  /** The trials that it has. */
  readonly trials: SearchTrials;
  readonly #journal: SqliteJournal;
  readonly #beats: ReturnType<typeof setInterval>;

  private constructor(trials: SearchTrials, journal: SqliteJournal) {
    this.trials = trials;
    this.#journal = journal;
    // While a trial trains, nothing else is written.
    this.#beats = setInterval(() => this.#beat(), trials.lease / 3);
    this.#beats.unref();
  }

  /**
   * Opens the journal of a search, which may go on. A session begins with its first trial.
   *
   * @throws {StudyOwnedError} If another process works on the search.
   * @throws {StudyCopyError} If the journal is a copy, and the search goes on elsewhere.
   * @throws {StudySettingError} If the file has another search of this name.
   */
  static async open(search: SearchJournalOptions): Promise<SearchJournal> {
    // A database is loaded only when one is used.
    const { openSqliteJournal } = await import("./study/_sqlite_journal.ts");
    const journal = await openSqliteJournal({
      dbPath: search.tracker,
      studyId: search.id,
      hasStart: search.isNamed,
      ...search.storage,
    });
    try {
      return new SearchJournal(new SearchTrials(search, journal), journal);
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /**
   * Ends the session; a search in which no trial began has none.
   *
   * @param isDone Whether the search has its result.
   */
  close(isDone: boolean): void {
    clearInterval(this.#beats);
    if (this.trials.close(isDone)) return;
    this.#journal.removeEmpty();
    this.#journal.close();
  }

  /** Stops to keep others away; nothing more is noted. */
  abandon(): void {
    clearInterval(this.#beats);
    this.trials.abandon();
    this.#journal.close();
  }

  #beat(): void {
    try {
      this.trials.renew();
    } catch {
      // What is noted next renews the claim, too, and meets the same error where it can be said.
    }
  }
}
