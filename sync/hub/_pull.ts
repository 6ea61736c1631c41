/** Brings the runs of an open hub into an open file. */
import {
  type Arrived,
  type StreamPart,
  type TravelFile,
  type TravelSource,
  type TravelState,
  UnsoundRunError,
} from "../../tracker/travel/mod.ts";
import type { Row, Run } from "../../tracker/mod.ts";
import { SEARCH_TAG, TRIAL_TAG } from "../../internal/trial_tag.ts";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { takeArtifacts } from "./_artifacts.ts";
import { BlobError } from "./_blob.ts";
import {
  areSame,
  type Base,
  hubEdits,
  isSetBack,
  mergeEdits,
  relateTo,
} from "./_compare.ts";
import type { HubEntry, PartRef } from "./_entry.ts";
import { entriesOf } from "./_index.ts";
import { type Hub, short } from "./_hub.ts";
import { inOrder } from "./_in_order.ts";
import { type SearchesTaken, takeSearches } from "./_pull_searches.ts";
import { nameOf } from "./_push.ts";
import { decodeSegment, type SegmentPart } from "./_segment.ts";
import { baseOf, factsOf, isSameClock, readBases } from "./_state.ts";

/** Options for {@linkcode takeRuns}. */
export interface TakeOptions {
  /**
   * Chooses runs by their project and UUID, before anything is fetched. If runs are chosen, the searches come of which
   * a trial is chosen.
   *
   * @default {all runs and all searches}
   */
  readonly chooses?: (of: { project: string; uuid: string }) => boolean;
  /**
   * Chooses runs by what they are.
   *
   * @default {all runs}
   */
  readonly filter?: (run: Run) => boolean | Promise<boolean>;
  /**
   * Whether runs that were erased from the file come back.
   *
   * @default {false}
   */
  readonly again?: boolean;
  /**
   * Whether the contents of artifacts come along.
   *
   * @default {false}
   */
  readonly artifacts?: boolean;
  /**
   * Whether what would come is only counted.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
  /** Is told how far it is. */
  readonly onProgress?: (progress: TakeProgress) => void;
  /** Receives what was left out, and why, one line each. */
  readonly onNotice?: (line: string) => void;
  /** Ends it after the run that is being written. */
  readonly signal?: AbortSignal;
}

/** How far a pull is. */
export interface TakeProgress {
  /** The runs of the hub that were looked at. */
  readonly done: number;
  /** The runs that something was written of. */
  readonly written: number;
}

/** What a pull did. */
export interface TakeResult {
  /** The UUIDs of the runs that the file did not have. */
  readonly added: readonly string[];
  /** The UUIDs of the runs of which the file got something new. */
  readonly updated: readonly string[];
  /** How many runs the file had already as they are. */
  readonly same: number;
  /** How many bytes were fetched. */
  readonly bytes: number;
  /** The UUIDs of runs that were resumed both here and elsewhere, and stay as they are in both places. */
  readonly diverged: readonly string[];
  /** The UUIDs of runs that could not be read, and were left out. */
  readonly lost: readonly string[];
  /** The projects of the hub. */
  readonly projects: readonly string[];
  /** What came of searches: the journals of their trials. */
  readonly searches: SearchesTaken & {
    /** The names of searches of which runs came, but whose journal the hub does not have. */
    readonly missing: readonly string[];
  };
}

/** Brings the runs that a file does not have, and what is new of those that it has. */
export async function takeRuns(
  file: TravelFile,
  hub: Hub,
  options: TakeOptions = {},
): Promise<TakeResult> {
  return await new Pull(file, hub, options).run();
}

/** What a file lacks of a run. */
interface Need {
  readonly entry: HubEntry;
  /** The run as the file has it. */
  readonly state: TravelState | undefined;
  /** Whether the hub's record is newer. */
  readonly takesRecord: boolean;
  /** The places from which on rows are missing, by the name of the stream. */
  readonly from: ReadonlyMap<string, number>;
  /** The places up to which they are missing. */
  readonly until: ReadonlyMap<string, number>;
}

class Pull {
  readonly #file: TravelFile;
  readonly #hub: Hub;
  readonly #options: TakeOptions;
  readonly #bases: Map<string, Base>;
  readonly #segments: SegmentCache;
  readonly #contents = new Map<string, string>();
  readonly #added: string[] = [];
  readonly #updated: string[] = [];
  readonly #diverged: string[] = [];
  readonly #lost: string[] = [];
  /** The runs that are chosen, and their projects. */
  readonly #chosen = { runs: new Set<string>(), projects: new Set<string>() };
  /** The searches that runs which came are trials of. */
  readonly #searched = new Set<string>();
  #agreed: (readonly [string, string])[] = [];
  #same = 0;
  #done = 0;

  constructor(file: TravelFile, hub: Hub, options: TakeOptions) {
    this.#file = file;
    this.#hub = hub;
    this.#options = options;
    this.#bases = readBases(file, hub.id);
    this.#segments = new SegmentCache(hub);
  }

  async run(): Promise<TakeResult> {
    const { root } = await this.#hub.head();
    const onLost = (error: unknown, name: string): void => {
      if (!(error instanceof BlobError)) throw error;
      this.#lost.push(name);
      this.#notice(
        `A part of the hub's index cannot be read, and its runs are left out: object ${
          short(name)
        }: ${error.message}`,
      );
    };
    const entries: HubEntry[] = [];
    const projects = new Set<string>();
    const { runs: { read }, atOnce } = this.#hub;
    for await (const entry of entriesOf(root, read, { onLost, atOnce })) {
      projects.add(entry.project);
      if (this.#options.chooses?.(entry) ?? true) entries.push(entry);
    }
    entries.sort(byStart);
    await this.#hub.readAhead(this.#likely(entries), async (next) => {
      for (const entry of entries) {
        if (this.#options.signal?.aborted) break;
        await this.#tryTake(entry);
        next();
        this.#options.onProgress?.({
          done: ++this.#done,
          written: this.#added.length + this.#updated.length,
        });
      }
    });
    if (!this.#options.dryRun) this.#saveAgreed();
    const searches = await this.#takeSearches();
    return {
      searches,
      added: this.#added,
      updated: this.#updated,
      same: this.#same,
      bytes: this.#segments.bytes + searches.bytes,
      diverged: this.#diverged,
      lost: this.#lost,
      projects: [...projects].sort(),
    };
  }

  /** The objects that are likely to be fetched for each run. */
  *#likely(entries: readonly HubEntry[]): Iterable<string[]> {
    for (const entry of entries) {
      const { covers, record, parts, objects, sources } = entry;
      const base = this.#bases.get(entry.uuid);
      const row = this.#file.row(entry.uuid);
      if (this.#isKnown(entry, base, row)) yield [];
      else if (row !== undefined) {
        yield typeof covers === "string" ? [covers] : [];
      } else {
        // A filter looks at a run before its rows are fetched.
        const refs = this.#options.filter === undefined ? parts : [];
        yield [
          ...(typeof covers === "string" ? [covers] : []),
          ...[record, ...refs].map(([name]) => name),
          ...Object.values(objects),
          ...sources,
        ];
      }
    }
  }

  /**
   * Whether nothing of a run comes: the hub says nothing that the file did not know when they last agreed, or the file
   * does not have it because it was erased here, or is in the trash of the hub.
   */
  #isKnown(
    { clock, edits }: HubEntry,
    base: Base | undefined,
    row: Row | undefined,
  ): boolean {
    if (row !== undefined) {
      return base?.has === true && isSameClock(base.clock, clock);
    }
    const wasErased = base !== undefined && !this.#options.again;
    return edits.deleted !== null || wasErased;
  }

  async #takeSearches(): Promise<TakeResult["searches"]> {
    const { chooses, filter, dryRun, signal } = this.#options;
    const isAll = chooses === undefined && filter === undefined;
    const taken = await takeSearches(this.#file, this.#hub, {
      chosen: isAll ? undefined : this.#chosen,
      dryRun,
      signal,
      onNotice: (line) => this.#notice(line),
    });
    const known = new Set(taken.known);
    const missing = [...this.#searched].filter((name) => !known.has(name));
    return { ...taken, missing: missing.sort() };
  }

  #notice(line: string): void {
    (this.#options.onNotice ?? ((text) => console.error(`ato: ${text}`)))(line);
  }

  async #tryTake(entry: HubEntry): Promise<void> {
    try {
      await this.#take(entry);
      await this.#noteSearch(entry);
      if (this.#options.artifacts) await this.#takeArtifacts(entry);
    } catch (error) {
      if (!(error instanceof BlobError || error instanceof UnsoundRunError)) {
        throw error;
      }
      this.#lost.push(entry.uuid);
      this.#notice(
        `Run ${visible(entry.uuid)} is left out: ${messageOf(error)}`,
      );
    }
  }

  /** Notes what tells which searches come along. */
  async #noteSearch({ uuid, project, edits }: HubEntry): Promise<void> {
    const { chooses, filter } = this.#options;
    const isNew = this.#added.at(-1) === uuid;
    if (isNew && edits.tags.includes(TRIAL_TAG)) {
      for (const tag of edits.tags) {
        if (tag.startsWith(SEARCH_TAG)) {
          this.#searched.add(tag.slice(SEARCH_TAG.length));
        }
      }
    }
    if (chooses === undefined && filter === undefined) return;
    const row = this.#file.row(uuid);
    const isChosen = isNew ||
      (row !== undefined && (await filter?.(this.#file.run(row)) ?? true));
    if (!isChosen) return;
    this.#chosen.runs.add(uuid);
    this.#chosen.projects.add(project);
  }

  async #takeArtifacts(entry: HubEntry): Promise<void> {
    const row = this.#file.row(entry.uuid);
    if (row === undefined || this.#options.dryRun) return;
    const { record } = this.#file.read(row);
    await takeArtifacts(this.#hub, record, {
      known: entry.artifacts,
      folder: `${this.#file.path}.artifacts`,
    });
  }

  async #take(entry: HubEntry): Promise<void> {
    const base = this.#bases.get(entry.uuid);
    const row = this.#file.row(entry.uuid);
    if (this.#isKnown(entry, base, row)) {
      if (row !== undefined) this.#same++;
      return;
    }
    const need = await this.#needOf(entry, base);
    if (need === undefined) return;
    const edits = need.state === undefined
      ? { edits: entry.edits, conflicts: [] }
      : mergeEdits(base?.edits, need.state.edits, hubEdits(entry, base));
    const isEdited = need.state !== undefined &&
      !areSame(edits.edits, need.state.edits);
    const brings = need.takesRecord || need.until.size > 0;
    const sources = entry.sources.length > 0 && need.state !== undefined;
    for (const { field, kept, lost } of edits.conflicts) {
      this.#notice(
        `Run ${row?.["id"]}: ${field} was changed here and on the hub; ${
          JSON.stringify(kept ?? "")
        } stays, ${
          JSON.stringify(lost ?? "")
        } is what the hub has until you push`,
      );
    }
    if (need.state !== undefined) this.#tellReplaced(entry, need.state, base);
    if (!brings && !isEdited && !sources) {
      this.#same++;
      this.#agree(entry, base, edits.conflicts);
      return;
    }
    if (brings || sources) {
      const arrived = await this.#arrived(entry, edits.edits);
      const { filter } = this.#options;
      if (filter !== undefined && !await filter(this.#file.look(arrived))) {
        return;
      }
      if (!this.#options.dryRun) await this.#land(arrived, need, edits.edits);
    } else if (!this.#options.dryRun) this.#file.edit(entry.uuid, edits.edits);
    (need.state === undefined ? this.#added : this.#updated).push(entry.uuid);
    this.#agree(entry, base, edits.conflicts);
  }

  /** A conflict that another machine found, and in which this file's value was not kept, is told here. */
  #tellReplaced(
    entry: HubEntry,
    state: TravelState,
    base: Base | undefined,
  ): void {
    for (const { field, kept, lost, clock } of entry.conflicts) {
      if (base !== undefined && clock[0] <= base.clock[0]) continue;
      if (state.edits[field] !== lost) continue;
      this.#notice(
        `Run ${visible(entry.uuid)}: ${field} ${
          JSON.stringify(lost ?? "")
        } was changed by ${visible(clock[2])} at the same time; ${
          JSON.stringify(kept ?? "")
        } replaces it`,
      );
    }
  }

  async #needOf(
    entry: HubEntry,
    base: Base | undefined,
  ): Promise<Need | undefined> {
    const row = this.#file.row(entry.uuid);
    const state = row && this.#file.read(row).state;
    const relation = state === undefined
      ? "behind"
      : relateTo(factsOf(state), entry, base);
    if (relation === "diverged" || relation === "differs") {
      this.#diverged.push(entry.uuid);
      this.#notice(
        relation === "diverged"
          ? `Run ${
            row?.["id"]
          } was resumed here and elsewhere: both stay as they are, here and on the hub`
          : `Run ${
            row?.["id"]
          } is not the same here and on the hub, and neither is known to be newer: both stay as they are`,
      );
      if (relation === "diverged") return undefined;
    }
    const known = new Map(
      state?.streams.map((stream) => [nameOf(stream), stream.next]),
    );
    const [from, until] = [
      new Map<string, number>(),
      new Map<string, number>(),
    ];
    for (const [kind, key, attempt, next] of await this.#hub.covers(entry)) {
      const name = nameOf({ kind, key, attempt });
      const place = known.get(name) ?? 0;
      if (next <= place) continue;
      from.set(name, place);
      until.set(name, next);
    }
    const takesRecord = relation === "behind" ||
      (until.size > 0 && relation !== "ahead");
    return { entry, state, takesRecord, from, until };
  }

  /** Fetches the record of a run with all that it names. */
  async #arrived(
    entry: HubEntry,
    edits: Arrived["edits"],
  ): Promise<Arrived> {
    const part = await this.#segments.part(entry.record, entry.uuid);
    const { record, contents = {} } = part;
    if (record === undefined) throw new BlobError("its record is missing");
    if (record.project["name"] !== entry.project) {
      throw new BlobError("its record is of another project");
    }
    for (const name of Object.values(entry.objects)) await this.#content(name);
    return {
      uuid: entry.uuid,
      record,
      edits,
      content: (name) => {
        if (Object.hasOwn(contents, name)) return contents[name];
        return Object.hasOwn(entry.objects, name)
          ? this.#contents.get(entry.objects[name]!)
          : undefined;
      },
      sources: await this.#sources(entry),
    };
  }

  async #content(name: string): Promise<string> {
    let text = this.#contents.get(name);
    if (text === undefined) {
      text = new TextDecoder().decode(await this.#hub.read(name, "content"));
      if (this.#contents.size > 1_000) this.#contents.clear();
      this.#contents.set(name, text);
    }
    return text;
  }

  async #sources({ sources }: HubEntry): Promise<TravelSource[]> {
    const all: TravelSource[] = [];
    for (const list of sources) {
      const items = parsedList(await this.#content(list));
      for (const [kind, name, object] of items) {
        all.push({ kind, name, content: await this.#content(object) });
      }
    }
    return all;
  }

  /** Writes what is new of a run, in one transaction. */
  async #land(
    arrived: Arrived,
    need: Need,
    edits: Arrived["edits"],
  ): Promise<void> {
    const { entry, takesRecord, until } = need;
    const refs = until.size === 0 ? [] : await this.#neededParts(need);
    await this.#segments.hold(refs);
    const parts = (): Iterable<StreamPart> => this.#missing(refs, need);
    // A record that is older than the file's is not written; its rows are.
    if (takesRecord || need.state === undefined) {
      this.#file.land({ ...arrived, edits }, parts());
    } else this.#file.add(entry.uuid, { ...arrived, edits }, parts());
  }

  /** The parts with rows that the file lacks: from the newest back to those that it has. */
  async #neededParts({ entry, state, from }: Need): Promise<PartRef[]> {
    if (state === undefined) return [...entry.parts];
    const open = new Map(from);
    const needed: PartRef[] = [];
    for (const ref of [...entry.parts].reverse()) {
      if (open.size === 0) break;
      const { streams } = await this.#segments.part(ref, entry.uuid);
      const useful = streams.filter((one) => open.has(nameOf(one)));
      if (useful.length === 0) continue;
      needed.unshift(ref);
      for (const one of useful) {
        const first = Math.min(...one.rows.map((row) => placeOf(one, row)));
        if (first <= open.get(nameOf(one))!) open.delete(nameOf(one));
      }
    }
    return needed;
  }

  /** The rows that the file lacks. */
  *#missing(
    refs: readonly PartRef[],
    { entry, from, until }: Need,
  ): Iterable<StreamPart> {
    const reached = new Map<string, number>();
    for (const ref of refs) {
      for (const part of this.#segments.held(ref, entry.uuid).streams) {
        const name = nameOf(part);
        const first = from.get(name);
        if (first === undefined) continue;
        const rows = part.rows.filter((row) => placeAfter(part, row) > first);
        for (const row of rows) {
          const place = placeAfter(part, row);
          reached.set(name, Math.max(reached.get(name) ?? 0, place));
        }
        if (rows.length > 0) yield { ...part, rows };
      }
    }
    for (const [name, next] of until) {
      if ((reached.get(name) ?? 0) < next) {
        throw new BlobError("the hub lacks rows that its index names");
      }
    }
  }

  /** Notes what file and hub agree on: all that the hub says, but what both have changed. */
  #agree(
    entry: HubEntry,
    before: Base | undefined,
    conflicts: readonly { readonly field: "name" | "notes" | "deleted" }[],
  ): void {
    const row = this.#file.row(entry.uuid);
    if (row === undefined || this.#options.dryRun) return;
    // Until this file is pushed again, what they agreed on is more than the hub has.
    if (isSetBack(entry, before)) return;
    const edits = { ...entry.edits };
    for (const { field } of conflicts) {
      edits[field] = before?.edits[field] ?? null;
    }
    const local = this.#file.read(row).state.digest;
    this.#agreed.push(baseOf(entry, { local, edits, has: true, before }));
    if (this.#agreed.length >= 200) this.#saveAgreed();
  }

  #saveAgreed(): void {
    this.#file.bases.agree(this.#hub.id, this.#agreed);
    this.#agreed = [];
  }
}

/** The oldest first, so that the ids of a file follow time. */
function byStart(a: HubEntry, b: HubEntry): number {
  return a.started < b.started
    ? -1
    : a.started > b.started || a.uuid > b.uuid
    ? 1
    : -1;
}

/** The place of a row in its stream. */
function placeOf(
  { kind }: StreamPart,
  row: StreamPart["rows"][number],
): number {
  const name = kind === "point" ? "seq" : kind === "call" ? "call" : "start";
  return Number(row[name]);
}

/** The place after a row. */
function placeAfter(
  part: StreamPart,
  row: StreamPart["rows"][number],
): number {
  const length = part.kind === "console" ? Number(row["bytes"]) : 1;
  return placeOf(part, row) + length;
}

function parsedList(
  text: string,
): (readonly [TravelSource["kind"], string, string])[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BlobError("its list of sources is not JSON");
  }
  const isItem = (one: unknown): boolean =>
    Array.isArray(one) && one.length === 3 &&
    ["text", "source", "diff", "words"].includes(one[0]) &&
    one.every((part) => typeof part === "string");
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw new BlobError("its list of sources is not what Ato stores");
}

/** The bytes of segments that are kept, if one run does not need more. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** The segments that are kept decoded. */
const KEPT_DECODED = 4;

/** Segments that were fetched: those that were used last are kept. */
class SegmentCache {
  readonly #hub: Hub;
  readonly #decoded = new Map<string, readonly SegmentPart[]>();
  readonly #bytes = new Map<string, Uint8Array>();
  #size = 0;
  /** The bytes that were fetched. */
  bytes = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Fetches a part. */
  async part(ref: PartRef, uuid: string): Promise<SegmentPart> {
    await this.hold([ref]);
    return this.held(ref, uuid);
  }

  /** Fetches the segments of parts, and keeps them until the next call. */
  async hold(refs: readonly PartRef[]): Promise<void> {
    const names = new Set(refs.map(([name]) => name));
    const fetching = inOrder(
      names,
      this.#hub.atOnce,
      (name) => this.#fetch(name),
    );
    for await (const _ of fetching);
    for (const [name, bytes] of this.#bytes) {
      if (this.#size <= KEPT_BYTES) break;
      if (names.has(name)) continue;
      this.#bytes.delete(name);
      this.#size -= bytes.length;
    }
  }

  /** Returns a part of a segment that is held. */
  held([name, number]: PartRef, uuid: string): SegmentPart {
    let parts = this.#decoded.get(name);
    if (parts === undefined) {
      parts = decodeSegment(name, this.#bytes.get(name)!);
      if (this.#decoded.size >= KEPT_DECODED) {
        this.#decoded.delete(this.#decoded.keys().next().value!);
      }
      this.#decoded.set(name, parts);
    }
    const part = parts[number];
    if (part?.uuid === uuid) return part;
    throw new BlobError(`segment ${short(name)} has another run`);
  }

  async #fetch(name: string): Promise<void> {
    const known = this.#bytes.get(name);
    if (known !== undefined) {
      this.#bytes.delete(name);
      this.#bytes.set(name, known);
      return;
    }
    const bytes = await this.#hub.fetch(name);
    this.bytes += bytes.length;
    this.#size += bytes.length;
    this.#bytes.set(name, bytes);
  }
}
