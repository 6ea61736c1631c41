/** A copy of a shared search in a file of this machine, so that `ato search` and the dashboard have it there. */
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import type { TrackerConfig } from "../../tracker/mod.ts";
import type { StorageOptions } from "../_tracker_parts.ts";
import { forsake, newOwner } from "./_claim.ts";
import { encodeEvent } from "./_event_codec.ts";
import { StudyCopyError, StudyOwnedError } from "./errors.ts";
import type { StudyEvent } from "./events.ts";
import type { Journal, StudyOwner } from "./journal.ts";
import { sqliteJournal } from "./sqlite_journal.ts";

/** Milliseconds after which the claim of a process that cannot be looked up ends. */
const LEASE = 60_000;

/**
 * The copy. The engine has what counts: if the file cannot be written, the search goes on. Of several processes with
 * one file, one at a time writes it.
 */
export class Mirror {
  readonly #dbPath: string | TrackerConfig;
  readonly #study: string;
  readonly #storage: StorageOptions;
  #journal: Journal | undefined;
  #owner: StudyOwner | undefined;
  /** The time at which the claim was renewed. */
  #renewed = 0;
  /** The events that the file has, and this process has not added or compared yet. */
  #ahead: readonly StudyEvent[] = [];
  #hasWarned = false;

  constructor(
    dbPath: string | TrackerConfig,
    study: string,
    storage: StorageOptions = {},
  ) {
    this.#dbPath = dbPath;
    this.#study = study;
    this.#storage = storage;
  }

  /** Whether this process writes the file. */
  get isOpen(): boolean {
    return this.#journal !== undefined;
  }

  /**
   * Opens the file, unless another process writes it, and adds the events that it lacks.
   *
   * @param events All events that are known.
   */
  async begin(events: readonly StudyEvent[]): Promise<void> {
    if (this.#journal !== undefined) return;
    try {
      const journal = await sqliteJournal({
        dbPath: this.#dbPath,
        studyId: this.#study,
        ...this.#storage,
      });
      if (!this.#claim(journal, events)) journal.close();
    } catch (error) {
      this.#warn(reasonOf(error));
    }
    this.add(events);
  }

  /** Claims the file for this process, unless another one has it; returns whether it did. */
  #claim(journal: Journal, events: readonly StudyEvent[]): boolean {
    const owner = newOwner(LEASE);
    const isClaimed = claim(journal, owner);
    try {
      const has = [...journal.read()];
      if (isClaimed) this.#ahead = has;
      // Another process of this machine writes the copy, unless it works on a search of its own.
      else if (!isSame(has.slice(0, events.length), events)) this.#warn(OTHER);
    } catch (error) {
      if (isClaimed) giveBack(journal, owner);
      else journal.close();
      throw error;
    }
    if (!isClaimed) return false;
    this.#journal = journal;
    this.#owner = owner;
    this.#renewed = Date.now();
    return true;
  }

  /** Adds events that are new in the engine, unless the file has them. */
  add(events: readonly StudyEvent[]): void {
    const [journal, owner] = [this.#journal, this.#owner];
    if (journal === undefined || owner === undefined) return;
    const has = this.#ahead.slice(0, events.length);
    try {
      if (!isSame(has, events)) return this.#stop(OTHER);
      this.#renew(journal, owner);
      journal.append(events.slice(has.length), owner);
      this.#ahead = this.#ahead.slice(has.length);
    } catch (error) {
      this.#stop(messageOf(error));
    }
  }

  /** Closes the file. */
  end(): void {
    const [journal, owner] = [this.#journal, this.#owner];
    this.#journal = this.#owner = undefined;
    if (journal === undefined || owner === undefined) return;
    const error = giveBack(journal, owner);
    if (error !== undefined) this.#warn(messageOf(error));
  }

  /** Keeps the claim where others cannot look up whether this process lives. */
  #renew(journal: Journal, owner: StudyOwner): void {
    const now = Date.now();
    if (now - this.#renewed < LEASE / 3) return;
    journal.renew(owner, now);
    this.#renewed = now;
  }

  #stop(reason: string): void {
    this.#warn(reason);
    this.end();
  }

  /** Says why there is no copy: once, since it is tried again. */
  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const {
      onWarning: warn = (line: string) => console.error(`ato: ${line}`),
    } = this.#storage;
    warn(
      `Search ${visible(this.#study)} is not copied to its file: ${reason}`,
    );
  }
}

const OTHER =
  "the file has another search of this name; choose another search id, or another file";

function reasonOf(error: unknown): string {
  return error instanceof StudyCopyError
    ? "the file has a copy of it already, and the next pull or merge brings what is new; name another file to have one at once"
    : messageOf(error);
}

/** Claims a journal; `false` if another process has it. */
function claim(journal: Journal, owner: StudyOwner): boolean {
  try {
    journal.claim(owner, Date.now());
    return true;
  } catch (error) {
    if (error instanceof StudyOwnedError) return false;
    journal.close();
    throw error;
  }
}

/**
 * Gives a claim back and closes the journal; returns why the file could not be told so. This process is not kept out
 * by such a claim.
 */
function giveBack(journal: Journal, owner: StudyOwner): unknown {
  try {
    try {
      journal.release(owner);
    } finally {
      journal.close();
    }
    return undefined;
  } catch (error) {
    forsake(owner);
    return error;
  }
}

/** Tells whether a file has the beginning of the events. */
function isSame(
  has: readonly StudyEvent[],
  events: readonly StudyEvent[],
): boolean {
  return has.every((event, i) =>
    encodeEvent(event) === encodeEvent(events[i]!)
  );
}
