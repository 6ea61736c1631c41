/** Copies the journals of the searches of one open file into another one. */
import { classifyStorageProblem, type Connection } from "../../tracker/mod.ts";
import {
  chainEvents,
  NO_EVENTS,
  StudyEventError,
  StudyLandingError,
  travelEvent,
  TravelStudies,
  type TravelStudy,
} from "../../tracker/travel/mod.ts";
import { checkJournal, UnsoundJournalError } from "../../hyperopt/journals.ts";
import { fileOrigin } from "../../internal/copy_origin.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { isName, LARGEST_JOURNAL, MOST_EVENTS } from "../hub/_search_entry.ts";

/** What a merge did with searches; each list has names of the file that was written. */
export interface SearchesMerged {
  /** Those that the file did not have. */
  readonly added: readonly string[];
  /** Those of which the file got further events. */
  readonly updated: readonly string[];
  /** How many the file had already, as they are or with further events. */
  readonly same: number;
  /** How many events were copied. */
  readonly events: number;
  /** Those that went on in both files, and stay as they are in both. */
  readonly diverged: readonly string[];
  /** Those that were left out: their journals are not what a search writes, or a process works on them here. */
  readonly lost: readonly string[];
}

/** Copies the searches that a file does not have, and what is new of those that it has. */
export function mergeSearches(
  files: { readonly from: Connection; readonly to: Connection },
  path: string,
): { readonly result: SearchesMerged; readonly notices: readonly string[] } {
  const merge = new SearchMerge(files, path);
  merge.run();
  return merge;
}

class SearchMerge {
  readonly #from: TravelStudies;
  readonly #to: TravelStudies;
  /** The path of the other file. */
  readonly #path: string;
  readonly notices: string[] = [];
  readonly result = {
    added: [] as string[],
    updated: [] as string[],
    same: 0,
    events: 0,
    diverged: [] as string[],
    lost: [] as string[],
  };

  constructor(
    { from, to }: { readonly from: Connection; readonly to: Connection },
    path: string,
  ) {
    this.#from = new TravelStudies(from, (work) => work(from));
    // All of a merge is one transaction.
    this.#to = new TravelStudies(to, (work) => work(to));
    this.#path = path;
  }

  run(): void {
    const studies = this.#from.list((name) =>
      this.#leaveOut(name, "its journal does not begin with a session")
    );
    for (const study of studies) this.#tryTake(study);
  }

  #tryTake(study: TravelStudy): void {
    try {
      this.#take(study);
    } catch (error) {
      const isTheirs = error instanceof UnsoundJournalError ||
        error instanceof StudyEventError;
      if (!isTheirs && !(error instanceof StudyLandingError)) throw error;
      this.#leaveOut(study.name, messageOf(error));
    }
  }

  #leaveOut(name: string, why: string): void {
    this.result.lost.push(name);
    this.notices.push(
      `Search ${visible(name)} of ${visible(this.#path)} is left out: ${why}`,
    );
  }

  #take(study: TravelStudy): void {
    const theirs = this.#read(study);
    const found = this.#to.find(study.uuid);
    const ours = found === undefined ? [] : [...this.#to.events(found, 0)];
    const both = Math.min(ours.length, theirs.length);
    const shared = theirs.slice(0, both).map(asItTravels);
    if (digestOf(shared) !== digestOf(ours.slice(0, both))) {
      this.#tellDiverged(found!);
    } else if (theirs.length <= ours.length) {
      this.#keep(study, found!);
    } else {
      const { uuid, name } = study;
      checkJournal(theirs, { id: name, nonce: uuid });
      this.#write(study, found, theirs.slice(both));
    }
  }

  /** Reads a journal with all that the file has of it. */
  #read(study: TravelStudy): string[] {
    if (!isName(study.name) || !isName(study.uuid)) {
      throw new StudyEventError("its name is empty or too long");
    }
    if (study.count > MOST_EVENTS) {
      throw new StudyEventError(`it has more than ${MOST_EVENTS} events`);
    }
    const events: string[] = [];
    let size = 0;
    for (const text of this.#stored(study)) {
      size += text.length;
      if (size > LARGEST_JOURNAL) {
        throw new StudyEventError(
          `its journal has more than ${LARGEST_JOURNAL} bytes`,
        );
      }
      events.push(text);
    }
    return events;
  }

  *#stored(study: TravelStudy): Iterable<string> {
    try {
      yield* this.#from.events(study, 0, "whole");
    } catch (error) {
      if (classifyStorageProblem(error) !== "corrupt") throw error;
      throw new StudyEventError(
        `its journal cannot be read: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  #tellDiverged({ name }: TravelStudy): void {
    this.result.diverged.push(name);
    this.notices.push(
      `Search ${visible(name)} went on here and in ${
        visible(this.#path)
      }: both stay as they are, so keep both files`,
    );
  }

  /** This file has all events: only who works on the search can be new, and where it came from. */
  #keep({ uuid, count, holder }: TravelStudy, found: TravelStudy): void {
    this.result.same++;
    if (!found.isCopy || count < found.count) return;
    this.#to.hold(uuid, holder);
    this.#to.cameFrom(uuid, fileOrigin(this.#path));
  }

  #write(
    { uuid, name, holder }: TravelStudy,
    found: TravelStudy | undefined,
    events: readonly string[],
  ): void {
    const origin = fileOrigin(this.#path);
    const from = found?.count ?? 0;
    const named = this.#to.land({ uuid, name, events, from, holder, origin });
    if (found !== undefined) this.#to.cameFrom(uuid, origin);
    const { added, updated } = this.result;
    (found === undefined ? added : updated).push(named);
    this.result.events += events.length;
  }
}

function asItTravels(text: string): string {
  return travelEvent(text, () => undefined);
}

function digestOf(events: readonly string[]): string {
  return chainEvents(NO_EVENTS, events);
}
