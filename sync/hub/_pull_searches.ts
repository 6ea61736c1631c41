/** Brings the journals of the searches of an open hub into an open file. */
import {
  chainEvents,
  NO_EVENTS,
  StudyEventError,
  StudyLandingError,
  travelEvent,
  type TravelFile,
  type TravelStudy,
} from "../../tracker/travel/mod.ts";
import { checkJournal, UnsoundJournalError } from "../../hyperopt/journals.ts";
import { hubOrigin } from "../../internal/copy_origin.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { BlobError } from "./_blob.ts";
import type { Hub } from "./_hub.ts";
import { entriesOf } from "./_index.ts";
import { fetchJournal } from "./_journal_part.ts";
import { linkedRuns } from "./_push_searches.ts";
import { type SearchBase, searchBases, textOfBase } from "./_search_base.ts";
import { LARGEST_JOURNAL, type SearchEntry } from "./_search_entry.ts";

/** What a pull did with searches; each list has names of this file. */
export interface SearchesTaken {
  /** Those that the file did not have. */
  readonly added: readonly string[];
  /** Those of which the file got further events. */
  readonly updated: readonly string[];
  /** How many the file had already as they are. */
  readonly same: number;
  /** How many events came. */
  readonly events: number;
  /** How many bytes were fetched. */
  readonly bytes: number;
  /** Those that went on both here and elsewhere, and stay as they are in both places. */
  readonly diverged: readonly string[];
  /** Those that could not be read, and were left out. */
  readonly lost: readonly string[];
  /** The names of all searches of the hub, as they were pushed first. */
  readonly known: readonly string[];
}

/** Options for {@linkcode takeSearches}. */
export interface SearchTakeOptions {
  /** The UUIDs of the chosen runs, and their projects; only searches of these come. Absent: all searches come. */
  readonly chosen?:
    | {
      readonly runs: ReadonlySet<string>;
      readonly projects: ReadonlySet<string>;
    }
    | undefined;
  readonly dryRun?: boolean | undefined;
  /** Receives what was left out, and why, one line each. */
  readonly onNotice: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Brings the searches that a file does not have, and what is new of those that it has. */
export async function takeSearches(
  file: TravelFile,
  hub: Hub,
  options: SearchTakeOptions,
): Promise<SearchesTaken> {
  return await new SearchPull(file, hub, options).run();
}

class SearchPull {
  readonly #file: TravelFile;
  readonly #hub: Hub;
  readonly #options: SearchTakeOptions;
  readonly #bases: Map<string, SearchBase>;
  readonly #agreed: (readonly [string, string])[] = [];
  readonly #result = {
    added: [] as string[],
    updated: [] as string[],
    same: 0,
    events: 0,
    bytes: 0,
    diverged: [] as string[],
    lost: [] as string[],
    known: [] as string[],
  };

  constructor(file: TravelFile, hub: Hub, options: SearchTakeOptions) {
    this.#file = file;
    this.#hub = hub;
    this.#options = options;
    this.#bases = searchBases(file, hub.id);
  }

  async run(): Promise<SearchesTaken> {
    const { searches, atOnce } = this.#hub;
    const { root } = await this.#hub.head("searches");
    const onLost = (error: unknown): void => {
      if (!(error instanceof BlobError)) throw error;
      this.#options.onNotice(
        `A part of the hub's index of searches cannot be read, and its searches are left out: ${error.message}; ` +
          "push again from a file that has them",
      );
    };
    const entries = await Array.fromAsync(
      entriesOf(root, searches.read, { onLost, atOnce }),
    );
    entries.sort(byStart);
    const local = new Map(
      this.#file.studies.list().map((study) => [study.uuid, study]),
    );
    const parts = entries.map((entry) =>
      local.has(entry.uuid) || !this.#canBeChosen(entry)
        ? []
        : entry.parts.map(([name]) => name)
    );
    await this.#hub.readAhead(parts, async (next) => {
      for (const entry of entries) {
        if (this.#options.signal?.aborted) break;
        this.#result.known.push(entry.name);
        await this.#tryTake(entry, local.get(entry.uuid));
        next();
      }
    });
    if (!this.#options.dryRun) {
      this.#file.studies.bases.agree(this.#hub.id, this.#agreed);
    }
    return this.#result;
  }

  async #tryTake(
    entry: SearchEntry,
    study: TravelStudy | undefined,
  ): Promise<void> {
    try {
      await this.#take(entry, study);
    } catch (error) {
      const isTheirs = error instanceof BlobError ||
        error instanceof UnsoundJournalError ||
        error instanceof StudyEventError;
      if (!isTheirs && !(error instanceof StudyLandingError)) throw error;
      this.#result.lost.push(study?.name ?? entry.name);
      this.#options.onNotice(
        `Search ${visible(study?.name ?? entry.name)} is left out: ${
          messageOf(error)
        }`,
      );
    }
  }

  async #take(
    entry: SearchEntry,
    study: TravelStudy | undefined,
  ): Promise<void> {
    if (study === undefined && !this.#canBeChosen(entry)) return;
    const base = this.#bases.get(entry.uuid);
    const isKnown = study !== undefined && base !== undefined &&
      entry.count === base.count && entry.digest === base.digest &&
      study.count >= base.count;
    if (isKnown) return this.#keep(entry, study);
    const here = study === undefined
      ? []
      : [...this.#file.studies.events(study, 0)];
    if (here.length >= entry.count) {
      const digest = chainEvents(NO_EVENTS, here.slice(0, entry.count));
      if (digest !== entry.digest) return this.#tellDiverged(study!);
      this.#agree(entry);
      return this.#keep(entry, study!);
    }
    const more = await this.#fetch(entry, here.length);
    const all = [...here, ...more];
    if (chainEvents(NO_EVENTS, all) !== entry.digest) {
      if (study !== undefined) return this.#tellDiverged(study);
      throw new BlobError("its events are not those that its digest says");
    }
    checkJournal(all, { id: entry.name, nonce: entry.uuid });
    if (study === undefined && !this.#isChosen(all)) return;
    this.#write(entry, { study, more, from: here.length });
  }

  /** A search whose projects are not chosen does not have to be fetched. */
  #canBeChosen({ projects }: SearchEntry): boolean {
    const { chosen } = this.#options;
    return chosen === undefined ||
      projects.some((name) => chosen.projects.has(name));
  }

  #isChosen(events: readonly string[]): boolean {
    const { chosen } = this.#options;
    return chosen === undefined ||
      linkedRuns(events).some((run) => chosen.runs.has(run));
  }

  /** The file has all events: only who works on the search can be new. */
  #keep({ uuid, holder }: SearchEntry, study: TravelStudy): void {
    this.#result.same++;
    if (!study.isCopy || this.#options.dryRun) return;
    const isNew = holder?.renewed !== study.holder?.renewed;
    if (isNew) this.#file.studies.hold(uuid, holder);
  }

  /** Fetches the events from a place on. */
  async #fetch(entry: SearchEntry, from: number): Promise<string[]> {
    const more: string[] = [];
    let size = 0;
    for (const ref of entry.parts) {
      const [, first, count] = ref;
      if (first + count <= from) continue;
      const part = await fetchJournal(this.#hub, entry.uuid, ref);
      const { events } = part;
      this.#result.bytes += part.bytes;
      size += part.size;
      if (size > LARGEST_JOURNAL) {
        throw new BlobError(
          `its journal has more than ${LARGEST_JOURNAL} bytes`,
        );
      }
      for (const text of events.slice(Math.max(0, from - first))) {
        if (travelEvent(text, () => undefined) !== text) {
          throw new BlobError("an event of it is not as Ato writes it");
        }
        more.push(text);
      }
    }
    return more;
  }

  #tellDiverged({ name }: TravelStudy): void {
    this.#result.diverged.push(name);
    this.#options.onNotice(
      `Search ${
        visible(name)
      } went on here and elsewhere: both stay as they are, here and on the hub`,
    );
  }

  #write(
    entry: SearchEntry,
    { study, more, from }: {
      study: TravelStudy | undefined;
      more: readonly string[];
      from: number;
    },
  ): void {
    const { uuid, name, holder } = entry;
    const shown = this.#options.dryRun
      ? study?.name ?? name
      : this.#file.studies.land({
        uuid,
        name,
        events: more,
        from,
        holder,
        origin: hubOrigin(this.#hub.id),
      });
    (study === undefined ? this.#result.added : this.#result.updated)
      .push(shown);
    this.#result.events += more.length;
    this.#agree(entry);
  }

  #agree({ uuid, count, digest }: SearchEntry): void {
    this.#agreed.push([uuid, textOfBase({ count, digest })]);
  }
}

/** The oldest first, so that the names of a file are given in the order of time. */
function byStart(a: SearchEntry, b: SearchEntry): number {
  return a.started - b.started || (a.uuid < b.uuid ? -1 : 1);
}
