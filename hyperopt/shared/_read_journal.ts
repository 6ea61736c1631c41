import type { SearchBackend } from "../distributed/backend.ts";
import type { StudyEvent } from "../study/events.ts";
import { EntryReader } from "./_entries.ts";
import { idOf } from "./_messages.ts";

/** The journal of a search. */
export interface ReadJournal {
  readonly events: readonly StudyEvent[];
  /** The position of the next entry. */
  readonly position: number;
  /** How far the events rest on `told`. */
  readonly told: number;
  /** The job in the queue of each trial that was started, by trial. */
  readonly jobs: ReadonlyMap<number, string>;
}

/**
 * Reads the journal of a search, as far as it is written now.
 *
 * @throws {StudyJournalError} If it is not the journal of a study.
 */
export async function readJournal(
  backend: SearchBackend,
): Promise<ReadJournal> {
  const reader = new EntryReader(backend.journal, backend.searchId);
  const events: StudyEvent[] = [];
  const jobs = new Map<number, string>();
  let told = 0;
  for await (const entry of reader.read()) {
    for (const event of entry.events) {
      events.push(event);
      if (event.kind !== "started") continue;
      const id = idOf(event);
      jobs.set(event.trial, entry.moved[id] ?? id);
    }
    told = entry.told;
  }
  return { events, position: reader.position, told, jobs };
}
