/** A copy of a shared study in a file of this machine, so that `ato search` and the dashboard have it there. */
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import type { TrackerConfig } from "../../tracker/mod.ts";
import { newOwner } from "../study/_claim.ts";
import { StudyOwnedError } from "../study/errors.ts";
import type { StudyEvent } from "../study/events.ts";
import type { Journal, StudyOwner } from "../study/journal.ts";
import { sqliteJournal } from "../study/sqlite_journal.ts";

/** Milliseconds after which the claim of a process that cannot be looked up ends. */
const LEASE = 60_000;

/** The copy. The engine has the journal that counts: if the file cannot be written, the search goes on. */
export class Mirror {
  readonly #dbPath: string | TrackerConfig;
  readonly #study: string;
  #journal: Journal | undefined;
  #owner: StudyOwner | undefined;
  /** The number of events that the file has. */
  #count = 0;

  constructor(dbPath: string | TrackerConfig, study: string) {
    this.#dbPath = dbPath;
    this.#study = study;
  }

  /** Opens the file, and adds the events that it lacks. */
  async begin(events: readonly StudyEvent[]): Promise<void> {
    if (this.#journal !== undefined) return;
    await this.#guard(async () => {
      const owner = newOwner(LEASE);
      const journal = await sqliteJournal({
        dbPath: this.#dbPath,
        studyId: this.#study,
      });
      try {
        journal.claim(owner, Date.now());
        const has = [...journal.read()];
        if (isPart(has, events)) {
          this.#journal = journal;
          this.#owner = owner;
          this.#count = has.length;
          journal.append(events.slice(has.length), owner);
          this.#count = Math.max(has.length, events.length);
          return;
        }
        journal.release(owner);
        this.#warn(
          "the file has another search of this name; choose another search id, or another file",
        );
      } catch (error) {
        journal.close();
        throw error;
      }
      journal.close();
    });
  }

  /** Adds events that are in the journal of the engine now. */
  add(events: readonly StudyEvent[]): void {
    const [journal, owner] = [this.#journal, this.#owner];
    if (journal === undefined || owner === undefined) return;
    try {
      journal.append(events, owner);
      this.#count += events.length;
    } catch (error) {
      this.end();
      this.#warn(messageOf(error));
    }
  }

  /** Closes the file. */
  end(): void {
    const [journal, owner] = [this.#journal, this.#owner];
    this.#journal = this.#owner = undefined;
    if (journal === undefined || owner === undefined) return;
    try {
      journal.release(owner);
      journal.close();
    } catch (error) {
      this.#warn(messageOf(error));
    }
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Another process of this machine writes the copy.
      if (error instanceof StudyOwnedError) return;
      this.#warn(messageOf(error));
    }
  }

  #warn(reason: string): void {
    console.error(
      `ato: Search ${
        visible(this.#study)
      } is not copied to its file: ${reason}`,
    );
  }
}

/** Tells whether the file has the beginning of the events: then it is a copy of the same search. */
function isPart(
  has: readonly StudyEvent[],
  events: readonly StudyEvent[],
): boolean {
  const nonceOf = ([first]: readonly StudyEvent[]) =>
    first?.kind === "opened" ? first.nonce : undefined;
  return has.length === 0 ||
    has.length <= events.length && nonceOf(has) === nonceOf(events);
}
