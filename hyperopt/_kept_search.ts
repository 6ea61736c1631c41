import type { SQLLoggerOptions, TrackerConfig } from "../tracker/mod.ts";
import { SearchJournal, type TrackedSearch } from "./_search_journal.ts";
import type { JournaledTrial, SearchTrials } from "./_search_trials.ts";
import { storageOf } from "./_tracker_parts.ts";
import { messageOf } from "../internal/errors.ts";
import { hostName } from "../internal/process_identity.ts";
import { StudyJournalError, StudyOwnedError } from "./study/errors.ts";
import { listStudies, readStudy } from "./study/read_study.ts";
import type { Outcome } from "./study/job.ts";

/**
 * Keeps a search in the tracker's file, beside the runs of its trials. As with points, a file that cannot be written
 * ends no training, unless that is asked for.
 */
export class KeptSearch {
  readonly #search: TrackedSearch;
  readonly #tracker: TrackerConfig;
  readonly #options: SQLLoggerOptions;
  #journal: SearchJournal | undefined;

  constructor(
    search: TrackedSearch,
    tracker: TrackerConfig,
    options: SQLLoggerOptions,
  ) {
    this.#search = search;
    this.#tracker = tracker;
    this.#options = options;
  }

  /**
   * Opens the search before its first trial.
   *
   * @throws {StudyOwnedError} If another process works on the search.
   * @throws {StudyCopyError} If it is a copy, and goes on elsewhere.
   * @throws {StudySettingError} If the file has another search of this name.
   */
  async open(): Promise<void> {
    try {
      this.#journal = await SearchJournal.open({
        ...this.#search,
        tracker: this.#tracker,
        storage: storageOf(this.#options),
      });
    } catch (error) {
      const isHere = error instanceof StudyOwnedError &&
        error.host === (hostName() ?? null);
      if (isHere) throw error;
      this.#giveUp(error);
    }
  }

  /**
   * Reads which runs are those of its trials, and which are those of searches that merged files had under the same name:
   * these have another name now, and their runs the same tag.
   */
  async runs(): Promise<KnownRuns> {
    const own = this.#journal?.trials.runs ?? new Set();
    const others = new Set<number | string>();
    for (const name of await listStudies(this.#tracker)) {
      if (!areNamesakes(name, this.#search.id)) continue;
      for (const run of await this.#runsOf(name)) others.add(run);
    }
    return { own, others };
  }

  async #runsOf(name: string): Promise<(number | string)[]> {
    try {
      const { trials } = await readStudy(this.#tracker, name);
      return trials.flatMap(({ runs }) => runs);
    } catch (error) {
      // What is damaged says nothing of its runs.
      if (error instanceof StudyJournalError || isStorage(error)) return [];
      throw error;
    }
  }

  /**
   * Notes that a trial starts.
   *
   * @param config The config that was chosen.
   * @throws {KeepingError} If the search has to end.
   */
  begin(config: object): KeptTrial {
    const trial = this.#write((trials) => trials.begin(config));
    const write = (
      work: (trials: SearchTrials, it: JournaledTrial) => void,
    ) => trial && this.#write((trials) => work(trials, trial));
    return {
      link: (run) => void write((trials, it) => trials.link(it, run)),
      end: (outcome) => void write((trials, it) => trials.end(it, outcome)),
    };
  }

  /** Notes a trial of an earlier session, unless it is known. */
  recall(config: object, outcome: Outcome, run: string | undefined): void {
    this.#write((trials) => {
      const trial = trials.record(config, outcome);
      if (trial !== undefined && run !== undefined) trials.link(trial, run);
    });
  }

  /**
   * Closes the search. Its trials are stored, so it has its result even if the file cannot be told so.
   *
   * @param isDone Whether it has its result.
   */
  close(isDone: boolean): void {
    const journal = this.#journal;
    this.#journal = undefined;
    try {
      journal?.close(isDone);
    } catch (error) {
      journal?.abandon();
      this.#warn(error);
    }
  }

  #write<T>(work: (trials: SearchTrials) => T): T | undefined {
    if (this.#journal === undefined) return undefined;
    try {
      return work(this.#journal.trials);
    } catch (error) {
      try {
        this.#giveUp(error);
      } catch (cause) {
        throw new KeepingError(cause);
      }
      return undefined;
    }
  }

  /** Goes on without the journal. */
  #giveUp(error: unknown): void {
    this.#journal?.abandon();
    this.#journal = undefined;
    if (!this.#isNoReasonToEnd(error)) throw error;
    this.#warn(error);
  }

  /** A file that is at fault, or another machine that works on the search, ends no training. */
  #isNoReasonToEnd(error: unknown): boolean {
    if (isStorage(error) || error instanceof StudyJournalError) {
      return this.#options.onError !== "throw";
    }
    return error instanceof StudyOwnedError;
  }

  #warn(error: unknown): void {
    const {
      onWarning: warn = (line: string) => console.error(`ato: ${line}`),
    } = this.#options;
    const { id } = this.#search;
    const later = error instanceof StudyJournalError
      ? ""
      : "; started again, it is completed from their runs";
    warn(
      `${
        messageOf(error)
      }; this process does not keep search ${id} in the file, but its trials are stored as runs${later}`,
    );
  }
}

/** A trial of a search that is kept. */
export interface KeptTrial {
  /** Notes the UUID of its run. */
  link(run: string): void;
  /** Notes how it ended. */
  end(outcome: Outcome): void;
}

/** A search cannot be kept, and has to end: it is no error of the trial that runs. */
export class KeepingError extends Error {
  /** Makes it. */
  constructor(cause: unknown) {
    super("Cannot keep the search", { cause });
    this.name = "KeepingError";
  }
}

/** Runs of the searches of a file. */
export interface KnownRuns {
  readonly own: ReadonlySet<number | string>;
  readonly others: ReadonlySet<number | string>;
}

/** A merged file gives the second search of a name another one: the name, `~`, and a part of its identity. */
function areNamesakes(one: string, other: string): boolean {
  return one !== other && stemOf(one) === stemOf(other);
}

function stemOf(name: string): string {
  return name.replace(/~\w{8,32}$/, "");
}

function isStorage(error: unknown): boolean {
  return error instanceof Error && error.name === "StorageError";
}
