/**
 * The events of a shared study in the journal of the search. An entry holds several events; its key is its position.
 */
import { decodeEvent, encodeEvent } from "../study/_event_codec.ts";
import { StudyJournalError } from "../study/errors.ts";
import type { StudyEvent } from "../study/events.ts";
import { isRecord } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";
import type { JournalEntry, SearchJournal } from "../distributed/backend.ts";

/** The characters after which a further entry begins. */
const FULL = 262_144;
/** How many entries are read at a time. */
const PAGE = 200;

/** An entry. */
export interface Entry {
  readonly events: readonly StudyEvent[];
  /** How far the owner had read `told`: the events rest on the entries up to this one. */
  readonly told: number;
  /** The attempts after lost ones, which go on in the job that another worker took: the id of that job, by theirs. */
  readonly moved: Readonly<Record<string, string>>;
}

/** Events that are appended together. */
export interface Group {
  readonly events: readonly StudyEvent[];
  readonly told: number;
  readonly moved: Readonly<Record<string, string>>;
}

/** Returns the key of an entry. */
export function keyOf(position: number): string {
  return `e${position}`;
}

/** Writes groups as few entries that are not too large. A group is never split. */
export function writeEntries(
  groups: readonly Group[],
): { text: string; events: StudyEvent[] }[] {
  const entries: { text: string; events: StudyEvent[] }[] = [];
  let texts: string[] = [];
  let events: StudyEvent[] = [];
  let size = 0;
  let moved: Record<string, string> = {};
  for (const [i, group] of groups.entries()) {
    for (const event of group.events) {
      const text = encodeEvent(event);
      texts.push(text);
      size += text.length;
      events.push(event);
    }
    moved = { ...moved, ...group.moved };
    if (size < FULL && i + 1 < groups.length) continue;
    const rest = JSON.stringify({ told: group.told, moved }).slice(1);
    entries.push({ text: `{"events":[${texts.join(",")}],${rest}`, events });
    [texts, events, size, moved] = [[], [], 0, {}];
  }
  return entries;
}

/**
 * Reads an entry.
 *
 * @throws {StudyJournalError} If it is none.
 */
function readEntry({ key, value }: JournalEntry, search: string): Entry {
  try {
    const parsed: unknown = JSON.parse(value);
    if (
      isRecord(parsed) && Array.isArray(parsed["events"]) &&
      typeof parsed["told"] === "number" && isRecord(parsed["moved"])
    ) {
      const { events, told, moved } = parsed;
      return {
        events: events.map(decodeEvent),
        told,
        moved: moved as Entry["moved"],
      };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) {
      throw error;
    }
  }
  throw new StudyJournalError(
    search,
    `Cannot read search ${visible(search)}: entry ${
      visible(key)
    } of its journal is not one that Ato writes; choose another search id`,
  );
}

/** Reads the entries of a search that are new. */
export class EntryReader {
  /** The number of entries so far: the position of the next one. */
  position = 0;
  readonly #journal: SearchJournal;
  readonly #search: string;
  #after = 0;

  constructor(journal: SearchJournal, search: string) {
    this.#journal = journal;
    this.#search = search;
  }

  /**
   * Reads new entries, in order.
   *
   * @param wait The milliseconds to wait if there is none.
   */
  async *read(wait = 0, signal?: AbortSignal): AsyncGenerator<Entry> {
    for (let patience = wait;; patience = 0) {
      const page = await this.#journal.read(this.#after, {
        wait: patience,
        limit: PAGE,
        ...(signal !== undefined && { signal }),
      });
      for (const entry of page) {
        this.#after = entry.sequence;
        // A key that is no position is of a search of another kind.
        if (entry.key !== keyOf(this.position)) {
          throw new StudyJournalError(
            this.#search,
            `Cannot read search ${visible(this.#search)}: its journal has ${
              visible(entry.key)
            } where ${keyOf(this.position)} should be, so it is no study; ` +
              "choose another search id",
          );
        }
        this.position++;
        yield readEntry(entry, this.#search);
      }
      if (page.length < PAGE) return;
    }
  }
}
