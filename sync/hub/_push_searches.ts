/** Sends the journals of the searches of an open file to an open hub. */
import {
  chainEvents,
  NO_EVENTS,
  parsedEvent,
  StudyEventError,
  type TravelFile,
  type TravelStudy,
} from "../../tracker/travel/mod.ts";
import { checkJournal, UnsoundJournalError } from "../../hyperopt/journals.ts";
import { messageOf } from "../../internal/errors.ts";
import { hostName } from "../../internal/process_identity.ts";
import { visible } from "../../internal/visible_text.ts";
import { BlobError } from "./_blob.ts";
import { changeIndex, entriesOf, findEntries } from "./_index.ts";
import type { Hub } from "./_hub.ts";
import { putJournal } from "./_journal_part.ts";
import { type SearchBase, searchBases, textOfBase } from "./_search_base.ts";
import {
  isSearchEntry,
  type JournalRef,
  type SearchEntry,
} from "./_search_entry.ts";
import { nextClock } from "./_state.ts";

/** What a push did with searches; each list has names of this file. */
export interface SearchesSent {
  /** Those that the hub did not have. */
  readonly added: readonly string[];
  /** Those of which the hub got further events. */
  readonly updated: readonly string[];
  /** How many the hub had already as they are. */
  readonly same: number;
  /** How many the hub knows more of; a pull brings that. */
  readonly behind: number;
  /** How many events were sent. */
  readonly events: number;
  /** Those that went on both here and elsewhere, and stay as they are in both places. */
  readonly diverged: readonly string[];
}

/** Options for {@linkcode sendSearches}. */
export interface SearchSendOptions {
  /** The UUIDs of the runs that are sent; only searches with one of these runs go along. Absent: all searches do. */
  readonly runs?: ReadonlySet<string> | undefined;
  readonly dryRun?: boolean | undefined;
  /** Receives what was left out, and why, one line each. */
  readonly onNotice: (line: string) => void;
}

/** The parts that a journal may have before small ones are put together. */
const MANY_PARTS = 8;

/** Sends the searches that a hub does not have, and what is new of those that it has. */
export async function sendSearches(
  file: TravelFile,
  hub: Hub,
  options: SearchSendOptions,
): Promise<SearchesSent> {
  for (;;) {
    // Somebody can be faster: then what they sent decides what is still to be sent.
    const round = new SearchPush(file, hub, options);
    if (await round.run()) {
      round.notices.forEach(options.onNotice);
      return round.result;
    }
  }
}

class SearchPush {
  readonly #file: TravelFile;
  readonly #hub: Hub;
  readonly #options: SearchSendOptions;
  readonly #bases: Map<string, SearchBase>;
  readonly #changes = new Map<string, SearchEntry>();
  readonly #agreed: (readonly [string, string])[] = [];
  readonly notices: string[] = [];
  readonly result = {
    added: [] as string[],
    updated: [] as string[],
    same: 0,
    behind: 0,
    events: 0,
    diverged: [] as string[],
  };

  constructor(file: TravelFile, hub: Hub, options: SearchSendOptions) {
    this.#file = file;
    this.#hub = hub;
    this.#options = options;
    this.#bases = searchBases(file, hub.id);
  }

  /** Returns whether it was done; otherwise somebody else was faster. */
  async run(): Promise<boolean> {
    const studies = this.#file.studies.list((name) =>
      this.notices.push(
        `Search ${
          visible(name)
        } is not sent: its journal does not begin with a session`,
      )
    );
    if (studies.length === 0) return true;
    const head = await this.#hub.head("searches");
    const { root: known, entries } = await this.#find(head.root, studies);
    const there = await this.#hub.store.has(
      [...entries.values()].flatMap(({ parts }) => parts.map(([name]) => name)),
    );
    for (const study of studies) {
      await this.#tryPlan(study, entries.get(study.uuid), there);
    }
    if (this.#changes.size > 0) {
      const root = await changeIndex(known, this.#changes, this.#hub.searches);
      if (!await this.#hub.setHead(root, head, "searches")) return false;
    }
    if (!this.#options.dryRun) {
      this.#file.studies.bases.agree(this.#hub.id, this.#agreed);
    }
    return true;
  }

  /**
   * Finds what the hub has of the searches. An earlier Ato, which does not know the index of searches, removes it when it
   * cleans up: then what can still be read of it is written anew.
   */
  async #find(
    root: string | undefined,
    studies: readonly TravelStudy[],
  ): Promise<{
    root: string | undefined;
    entries: ReadonlyMap<string, SearchEntry>;
  }> {
    const { searches: { read }, atOnce } = this.#hub;
    try {
      const uuids = studies.map(({ uuid }) => uuid);
      return {
        root,
        entries: await findEntries(root, uuids, { read, atOnce }),
      };
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
    }
    const onLost = (error: unknown): void => {
      if (!(error instanceof BlobError)) throw error;
    };
    for await (const entry of entriesOf(root, read, { onLost, atOnce })) {
      this.#changes.set(entry.uuid, entry);
    }
    return { root: undefined, entries: new Map(this.#changes) };
  }

  async #tryPlan(
    study: TravelStudy,
    entry: SearchEntry | undefined,
    there: ReadonlySet<string>,
  ): Promise<void> {
    try {
      await this.#plan(study, entry, there);
    } catch (error) {
      if (
        !(error instanceof UnsoundJournalError ||
          error instanceof StudyEventError)
      ) throw error;
      this.notices.push(
        `Search ${visible(study.name)} is not sent: ${messageOf(error)}`,
      );
    }
  }

  async #plan(
    study: TravelStudy,
    entry: SearchEntry | undefined,
    there: ReadonlySet<string>,
  ): Promise<void> {
    const isWhole = entry?.parts.every(([name]) => there.has(name)) ?? false;
    if (isWhole && this.#isKnown(study, entry!)) {
      this.#countSame(study, entry!);
      return;
    }
    const events = [...this.#file.studies.events(study, 0)];
    if (!this.#isChosen(events)) return;
    if (entry !== undefined && entry.count > events.length) {
      this.result.behind++;
      return;
    }
    const before = chainEvents(NO_EVENTS, events.slice(0, entry?.count ?? 0));
    if (entry !== undefined && before !== entry.digest) {
      this.result.diverged.push(study.name);
      this.notices.push(
        `Search ${
          visible(study.name)
        } went on here and elsewhere: both stay as they are, here and on the hub`,
      );
      return;
    }
    const more = events.slice(entry?.count ?? 0);
    const base = { count: events.length, digest: chainEvents(before, more) };
    this.#agreed.push([study.uuid, textOfBase(base)]);
    if (more.length === 0 && isWhole) {
      this.#countSame(study, entry!);
      return;
    }
    checkJournal(events, { id: study.name, nonce: study.uuid });
    await this.#send(study, { events, entry, isWhole, base });
  }

  /** Whether file and hub have the events that they agreed on, and no further ones: then none has to be read. */
  #isKnown({ uuid, count }: TravelStudy, entry: SearchEntry): boolean {
    const base = this.#bases.get(uuid);
    return base !== undefined && count === base.count &&
      entry.count === base.count && entry.digest === base.digest;
  }

  /** What is new of a search without new events: that its process has ended. */
  #countSame(study: TravelStudy, entry: SearchEntry): void {
    this.result.same++;
    const isEnded = (entry.holder === null) !== (study.holder === null);
    if (study.isCopy || !isEnded) return;
    this.#changes.set(study.uuid, {
      ...entry,
      clock: this.#clockAfter(entry),
      holder: study.holder,
    });
  }

  #isChosen(events: readonly string[]): boolean {
    const { runs } = this.#options;
    return runs === undefined ||
      linkedRuns(events).some((run) => runs.has(run));
  }

  async #send(
    { uuid, name, started, holder }: TravelStudy,
    { events, entry, isWhole, base }: {
      events: readonly string[];
      entry: SearchEntry | undefined;
      /** Whether the hub has all parts that its index names: an earlier Ato removes them when it cleans up. */
      isWhole: boolean;
      base: SearchBase;
    },
  ): Promise<void> {
    const kept = isWhole ? keptParts(entry!, events.length) : [];
    const first = kept.reduce((sum, [, , count]) => sum + count, 0);
    const parts = await putJournal(this.#hub, {
      uuid,
      first,
      events: events.slice(first),
    });
    const projects = this.#file.studies.projectsOf(linkedRuns(events));
    const made: SearchEntry = {
      uuid,
      name: entry?.name ?? name,
      started,
      clock: this.#clockAfter(entry),
      ...base,
      parts: [...kept, ...parts],
      projects: [...new Set([...entry?.projects ?? [], ...projects])].sort(),
      holder,
    };
    // What nobody can read would hide the searches beside it in the index.
    if (!isSearchEntry(made)) {
      throw new UnsoundJournalError(
        "its name is too long, or its journal is larger than a hub takes",
      );
    }
    this.#changes.set(uuid, made);
    (entry === undefined ? this.result.added : this.result.updated).push(name);
    this.result.events += events.length - (isWhole ? entry!.count : 0);
  }

  #clockAfter(entry: SearchEntry | undefined): SearchEntry["clock"] {
    return nextClock(entry?.clock, { now: Date.now(), host: hostName() ?? "" });
  }
}

/** The parts that stay: small ones at the end are put together with what is new, so that they stay few. */
function keptParts(
  { parts, count }: SearchEntry,
  events: number,
): readonly JournalRef[] {
  if (parts.length < MANY_PARTS) return parts;
  let [kept, sum] = [parts.length, events - count];
  while (kept > 0 && parts[kept - 1]![2] <= 2 * sum) sum += parts[--kept]![2];
  return parts.slice(0, kept);
}

/** The runs of the trials. */
export function linkedRuns(events: readonly string[]): string[] {
  const runs = new Set<string>();
  for (const text of events) {
    if (!text.includes('"linked"')) continue;
    const { kind, run } = parsedEvent(text);
    if (kind === "linked" && typeof run === "string") runs.add(run);
  }
  return [...runs];
}
