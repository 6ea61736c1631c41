/** Sends the runs of an open file to an open hub. */
import type {
  StreamPart,
  TravelFile,
  TravelRun,
} from "../../tracker/travel/mod.ts";
import { StorageError } from "../../tracker/mod.ts";
import type { Row, Run } from "../../tracker/mod.ts";
import { hostName } from "../../internal/process_identity.ts";
import { messageOf } from "../../internal/errors.ts";
import { sendArtifacts } from "./_artifacts.ts";
import { BlobError } from "./_blob.ts";
import {
  areSame,
  type Base,
  hubEdits,
  mergeEdits,
  relateTo,
  type Relation,
} from "./_compare.ts";
import {
  type Conflict,
  type HubEntry,
  isEntry,
  type PartRef,
  type StreamCover,
} from "./_entry.ts";
import { changeIndex, findEntries } from "./_index.ts";
import type { Head, Hub } from "./_hub.ts";
import { HubError } from "./errors.ts";
import { Packer, type PendingPart } from "./_packer.ts";
import { type SearchesSent, sendSearches } from "./_push_searches.ts";
import { decodeSegment } from "./_segment.ts";
import {
  baseOf,
  factsOf,
  isSameClock,
  nextClock,
  placeRow,
  readBases,
} from "./_state.ts";

/** Options for {@linkcode sendRuns}. */
export interface HubSendOptions {
  /**
   * Chooses runs. With a filter, the searches go along of which a trial is chosen.
   *
   * @default {all runs and all searches}
   */
  readonly filter?: (run: Run, project: string) => boolean | Promise<boolean>;
  /**
   * Whether sources, inputs' texts, the command line, uncommitted changes and console output go along.
   *
   * @default {false}
   */
  readonly sources?: boolean;
  /**
   * Whether the contents of artifacts go along.
   *
   * @default {false}
   */
  readonly artifacts?: boolean;
  /**
   * Whether nothing is written down in the file: the hub only counts.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
  /** Is told how far it is. */
  readonly onProgress?: (progress: SendProgress) => void;
  /** Receives what was left out, and why, one line each. */
  readonly onNotice?: (line: string) => void;
  /** Ends it after the runs that are being sent. */
  readonly signal?: AbortSignal;
}

/** How far a push is. */
export interface SendProgress {
  /** The runs that were looked at. */
  readonly done: number;
  /** The runs that are chosen. */
  readonly total: number;
}

/** What a push did. */
export interface HubSendResult {
  /** The UUIDs of the runs that the hub did not have. */
  readonly added: readonly string[];
  /** The UUIDs of the runs of which the hub got something new. */
  readonly updated: readonly string[];
  /** How many runs the hub had already as they are. */
  readonly same: number;
  /** How many runs the hub knows more of; a pull brings that. */
  readonly behind: number;
  /** How many rows of points, calls and output were sent. */
  readonly rows: number;
  /** The UUIDs of runs that were resumed both here and elsewhere, and stay as they are in both places. */
  readonly diverged: readonly string[];
  /** What was sent of searches: the journals of their trials. */
  readonly searches: SearchesSent;
}

/** The runs that are sent before the index is written: what was sent until then is not lost if the push is cut. */
const BATCH = 200;
/** The rows after which the same is done. */
const BATCH_ROWS = 2_000_000;
/** The parts that a run may have before small ones are put together. */
const MANY_PARTS = 8;
/** The most rows that are put together. */
const FOLDED_ROWS = 65_536;
/** The rows of a part, about. */
const PART_ROWS = 16_384;
/** Content that is longer is an object of its own, which other runs use, too. */
const SHARED = 2_048;
/** The conflicts that are kept of a run. */
const KEPT_CONFLICTS = 20;

/** Sends the runs that a hub does not have, and what is new of those that it has. */
export async function sendRuns(
  file: TravelFile,
  hub: Hub,
  options: HubSendOptions = {},
): Promise<HubSendResult> {
  try {
    return await new Push(file, hub, options).run();
  } catch (error) {
    await hub.settle();
    if (!(error instanceof BlobError)) throw error;
    throw new HubError(
      `Cannot push to ${hub.store.shown}: a part of its index cannot be read (${error.message}); ` +
        "restore it from a backup, or push to a new hub",
      { problem: "damaged", cause: error },
    );
  }
}

/** What is sent of a run. */
interface Plan {
  readonly row: Row;
  readonly run: TravelRun;
  /** What the hub had when it was planned. */
  readonly before: HubEntry | undefined;
  /** Makes the entry, once the segments are stored. */
  entry(): HubEntry;
  /** What file and hub agree on, once the entry is written. */
  base(entry: HubEntry): readonly [string, string];
}

class Push {
  readonly #file: TravelFile;
  readonly #hub: Hub;
  readonly #options: HubSendOptions;
  readonly #bases: Map<string, Base>;
  readonly #objects = new Set<string>();
  readonly #added = new Set<string>();
  readonly #updated = new Set<string>();
  readonly #diverged = new Set<string>();
  #same = 0;
  #behind = 0;
  #rows = 0;
  #head: Head = { root: undefined, generation: 0 };

  constructor(file: TravelFile, hub: Hub, options: HubSendOptions) {
    this.#file = file;
    this.#hub = hub;
    this.#options = options;
    this.#bases = readBases(file, hub.id);
  }

  async run(): Promise<HubSendResult> {
    this.#head = await this.#hub.head();
    const rows = await this.#chosen();
    const uuids = rows.map((row) => String(row["uuid"]));
    const entries = await this.#find(uuids);
    let at = 0;
    while (at < rows.length && !this.#options.signal?.aborted) {
      at = await this.#sendBatch(rows, { at, entries });
    }
    // Runs first: who reads a journal on the hub finds the runs of its trials there.
    const searches = await sendSearches(this.#file, this.#hub, {
      runs: this.#options.filter && new Set(uuids),
      dryRun: this.#options.dryRun,
      onNotice: (line) => this.#notice(line),
    });
    await this.#hub.kept();
    return {
      searches,
      added: [...this.#added],
      updated: [...this.#updated],
      same: this.#same,
      behind: this.#behind,
      rows: this.#rows,
      diverged: [...this.#diverged],
    };
  }

  #find(uuids: Iterable<string>): Promise<Map<string, HubEntry>> {
    const { runs: { read }, atOnce } = this.#hub;
    return findEntries(this.#head.root, uuids, { read, atOnce });
  }

  /** The rows of the chosen runs. */
  async #chosen(): Promise<Row[]> {
    const { filter } = this.#options;
    const chosen: Row[] = [];
    for (const row of this.#file.rows()) {
      if (typeof row["uuid"] !== "string") continue;
      try {
        if (
          filter === undefined ||
          await filter(this.#file.run(row), this.#file.projectOf(row))
        ) chosen.push(row);
      } catch (error) {
        this.#leaveOut(row, error);
      }
    }
    return chosen;
  }

  /** Plans and sends runs from a place on, and returns the place after them. */
  async #sendBatch(
    rows: readonly Row[],
    options: { at: number; entries: Map<string, HubEntry> },
  ): Promise<number> {
    const { entries } = options;
    const packer = new Packer(this.#hub);
    const plans: Plan[] = [];
    const agreed: (readonly [string, string])[] = [];
    const before = this.#rows;
    let { at } = options;
    for (; at < rows.length; at++) {
      if (plans.length >= BATCH || this.#rows - before >= BATCH_ROWS) break;
      if (this.#options.signal?.aborted) break;
      const row = rows[at]!;
      const plan = await this.#tryPlan(row, {
        packer,
        entry: entries.get(String(row["uuid"])),
        agreed,
      });
      if (plan !== undefined) plans.push(plan);
      this.#options.onProgress?.({ done: at + 1, total: rows.length });
    }
    await this.#commit(plans, packer, agreed);
    return at;
  }

  async #tryPlan(
    row: Row,
    options: PlanOptions,
  ): Promise<Plan | undefined> {
    try {
      return await this.#plan(row, options);
    } catch (error) {
      this.#leaveOut(row, error);
      return undefined;
    }
  }

  #leaveOut(row: Row, error: unknown): void {
    if (!(error instanceof StorageError) && !(error instanceof BlobError)) {
      throw error;
    }
    if (error instanceof StorageError && error.problem !== "corrupt") {
      throw error;
    }
    this.#notice(
      `Run ${row["id"]} is not sent: ${messageOf(error)}`,
    );
  }

  #notice(line: string): void {
    (this.#options.onNotice ?? ((text) => console.error(`ato: ${text}`)))(line);
  }

  /** Writes the index, again and again if others write it meanwhile. */
  async #commit(
    planned: readonly Plan[],
    first: Packer,
    agreed: (readonly [string, string])[],
  ): Promise<void> {
    let [plans, packer] = [planned, first];
    while (plans.length > 0) {
      await packer.flush();
      const changes = new Map(
        plans.map((plan) => [plan.run.state.uuid, plan.entry()]),
      );
      const root = await changeIndex(this.#head.root, changes, {
        read: this.#hub.runs.read,
        write: this.#hub.runs.write,
      });
      if (await this.#hub.setHead(root, this.#head)) {
        for (const plan of plans) this.#count(plan, agreed);
        this.#head = { root, generation: this.#head.generation + 1 };
        break;
      }
      // Somebody was faster. What they sent of the same runs decides what is still to be sent.
      this.#head = await this.#hub.head();
      const entries = await this.#find(changes.keys());
      packer = new Packer(this.#hub);
      const next: Plan[] = [];
      for (const plan of plans) {
        const entry = entries.get(plan.run.state.uuid);
        const isStill = entry === undefined
          ? plan.before === undefined
          : isSameClock(plan.before?.clock, entry.clock);
        const again = isStill
          ? plan
          : await this.#tryPlan(plan.row, { packer, entry, agreed });
        if (again !== undefined) next.push(again);
      }
      plans = next;
    }
    if (this.#options.dryRun || agreed.length === 0) return;
    const { id, store } = this.#hub;
    this.#file.bases.agree(id, [...agreed, placeRow(store.shown)]);
  }

  #count(plan: Plan, agreed: (readonly [string, string])[]): void {
    const { uuid } = plan.run.state;
    (plan.before === undefined ? this.#added : this.#updated).add(uuid);
    agreed.push(plan.base(plan.entry()));
  }

  /**
   * Plans what is sent of a run, and gives it to the packer; `undefined` if that is nothing. A run that went to the trash
   * before the hub had it is not sent.
   */
  async #plan(
    row: Row,
    { packer, entry, agreed }: PlanOptions,
  ): Promise<Plan | undefined> {
    const run = this.#file.read(row);
    const { state } = run;
    if (entry === undefined && state.edits.deleted !== null) return undefined;
    const base = this.#bases.get(state.uuid);
    const relation = entry === undefined
      ? "ahead"
      : relateTo(factsOf(state), entry, base);
    if (relation === "diverged" || relation === "differs") {
      this.#tellDifference(row, relation, state.uuid);
      if (relation === "diverged") return undefined;
    }
    const covers = entry === undefined ? [] : await this.#hub.covers(entry);
    const news = this.#newStreams(run, covers);
    const merged = entry === undefined
      ? { edits: state.edits, conflicts: [] }
      : mergeEdits(base?.edits, state.edits, hubEdits(entry, base));
    const sources = this.#options.sources ? await this.#sources(row) : [];
    const artifacts = this.#options.artifacts
      ? await sendArtifacts(this.#hub, run.record, {
        known: entry?.artifacts ?? {},
        onNotice: (line) => this.#notice(`Run ${row["id"]}: ${line}`),
      })
      : {};
    const isEdited = entry === undefined || !areSame(merged.edits, entry.edits);
    const isKnown = sources.every((one) => entry?.sources.includes(one)) &&
      Object.keys(artifacts).length === 0;
    const sendsRecord = relation === "ahead" ||
      (news.length > 0 && relation !== "behind");
    if (!sendsRecord && news.length === 0 && !isEdited && isKnown) {
      if (relation === "behind") this.#behind++;
      else {
        this.#same++;
        const has = relation === "same" && hasAll(state, covers) &&
          areSame(state.edits, entry!.edits) &&
          entry!.sources.every((one) => sources.includes(one));
        if (has && !isSameClock(base?.clock, entry!.clock)) {
          const { digest: local, edits } = state;
          agreed.push(baseOf(entry!, { local, edits, has, before: base }));
        }
      }
      return undefined;
    }
    if (sendsRecord || news.length > 0) {
      const damage = this.#file.damageOf(row);
      if (damage !== undefined) throw damage;
    }
    const sent = await this.#send(row, {
      run,
      packer,
      entry,
      news,
      sendsRecord,
    });
    const clock = nextClock(entry?.clock, {
      now: Date.now(),
      host: hostName() ?? "",
    });
    for (const conflict of merged.conflicts) this.#tellConflict(row, conflict);
    const conflicts: Conflict[] = [
      ...(entry?.conflicts ?? []),
      ...merged.conflicts.map((one) => ({ ...one, clock })),
    ].slice(-KEPT_CONFLICTS);
    const newCovers = await this.#hub.putCovers(
      joinCovers(covers, sent.covers),
    );
    const facts = sendsRecord || entry === undefined ? factsOf(state) : entry;
    const has = (sendsRecord || relation === "same") &&
      hasAll(state, covers) && areSame(merged.edits, state.edits) &&
      (entry?.sources ?? []).every((one) => sources.includes(one));
    const make = (record: PartRef, added: readonly PartRef[]): HubEntry => ({
      uuid: state.uuid,
      project: state.project,
      started: String(run.record.run["start_time"] ?? ""),
      clock,
      attempts: facts.attempts,
      ended: facts.ended,
      heartbeat: facts.heartbeat,
      digest: facts.digest,
      covers: newCovers,
      rows: (entry?.rows ?? 0) + sent.rows,
      record,
      parts: [...sent.kept, ...added],
      objects: sendsRecord ? sent.objects : entry!.objects,
      sources: [...new Set([...(entry?.sources ?? []), ...sources])],
      artifacts: { ...entry?.artifacts, ...artifacts },
      edits: merged.edits,
      conflicts,
    });
    // What nobody can read would hide the runs beside it in the index.
    if (!isEntry(make(["0".repeat(64), 0, 0], []))) {
      throw new BlobError("it has a value that a hub does not take");
    }
    return {
      row,
      run,
      before: entry,
      base: (now) =>
        baseOf(now, {
          local: state.digest,
          edits: state.edits,
          has,
          before: base,
          sent: Date.now(),
        }),
      entry: () =>
        make(
          sent.record?.ref() ?? entry!.record,
          sent.parts.map((part) => part.ref()),
        ),
    };
  }

  #tellDifference(row: Row, relation: Relation, uuid: string): void {
    this.#diverged.add(uuid);
    this.#notice(
      relation === "diverged"
        ? `Run ${
          row["id"]
        } was resumed here and elsewhere: both stay as they are, here and on the hub`
        : `Run ${
          row["id"]
        } is not the same here and on the hub, and neither is known to be newer: both stay as they are`,
    );
  }

  #tellConflict(
    row: Row,
    { field, kept, lost }: Omit<Conflict, "clock">,
  ): void {
    const show = (value: string | null): string => JSON.stringify(value ?? "");
    this.#notice(
      `Run ${row["id"]}: ${field} was changed here and on the hub; ${
        show(kept)
      } stays, ${show(lost)} is kept as a conflict`,
    );
  }

  /** The streams of which the hub lacks rows, with the place from which on. */
  #newStreams(
    { state }: TravelRun,
    covers: readonly StreamCover[],
  ): NewStream[] {
    const known = new Map(
      covers.map(([kind, key, attempt, next]) => [
        nameOf({ kind, key, attempt }),
        next,
      ]),
    );
    return state.streams
      .filter(({ kind }) => kind !== "console" || this.#options.sources)
      .map((stream) => ({ ...stream, from: known.get(nameOf(stream)) ?? 0 }))
      .filter(({ next, from }) => next > from);
  }

  /** Gives what is new of a run to the packer. */
  async #send(
    row: Row,
    options: {
      run: TravelRun;
      packer: Packer;
      entry: HubEntry | undefined;
      news: readonly NewStream[];
      sendsRecord: boolean;
    },
  ): Promise<{
    record: PendingPart | undefined;
    kept: readonly PartRef[];
    parts: PendingPart[];
    objects: Record<string, string>;
    covers: StreamCover[];
    rows: number;
  }> {
    const { run, packer, entry, news, sendsRecord } = options;
    const { uuid } = run.state;
    const { kept, folded } = await this.#fold(
      entry?.parts ?? [],
      uuid,
      news.reduce((sum, { rows }) => sum + rows, 0),
    );
    const { objects, contents } = sendsRecord
      ? await this.#shared(run.contents)
      : { objects: {}, contents: {} };
    const parts: PendingPart[] = [];
    let record: PendingPart | undefined;
    let open: StreamPart[] = [...folded];
    let size = rowsIn(open);
    const close = async (): Promise<void> => {
      const isFirst = sendsRecord && record === undefined;
      if (open.length === 0 && !isFirst) return;
      const pending = await packer.add({
        uuid,
        ...(isFirst && { record: run.record, contents }),
        streams: open,
      });
      if (isFirst) record = pending;
      if (pending.rows > 0) parts.push(pending);
      open = [];
      size = 0;
    };
    let rows = 0;
    const covers: StreamCover[] = [];
    for (const stream of news) {
      let next = stream.from;
      for (const part of this.#file.stream(row, stream)) {
        open.push(part);
        size += part.rows.length;
        rows += part.rows.length;
        next = Math.max(next, placeAfter(part));
        if (size >= PART_ROWS) await close();
      }
      covers.push([stream.kind, stream.key, stream.attempt, next]);
    }
    await close();
    this.#rows += rows;
    return { record, kept, parts, objects, covers, rows };
  }

  /** Puts small parts together, so that a run that is sent every few seconds stays quick to read. */
  async #fold(
    parts: readonly PartRef[],
    uuid: string,
    rows: number,
  ): Promise<{ kept: readonly PartRef[]; folded: StreamPart[] }> {
    if (parts.length < MANY_PARTS || rows === 0) {
      return { kept: parts, folded: [] };
    }
    let [from, sum] = [parts.length, rows];
    while (from > 0) {
      const [, , size] = parts[from - 1]!;
      if (size > 2 * sum || sum + size > FOLDED_ROWS) break;
      sum += size;
      from--;
    }
    if (parts.length - from < 2) return { kept: parts, folded: [] };
    const folded: StreamPart[] = [];
    for (const [segment, number] of parts.slice(from)) {
      const found = decodeSegment(segment, await this.#hub.fetch(segment))[
        number
      ];
      if (found?.uuid !== uuid) {
        throw new BlobError("a segment of it has another run");
      }
      folded.push(...found.streams);
    }
    return { kept: parts.slice(0, from), folded: joinStreams(folded) };
  }

  /** Stores long content as objects of their own. */
  async #shared(all: ReadonlyMap<string, string>): Promise<{
    objects: Record<string, string>;
    contents: Record<string, string>;
  }> {
    const objects: Record<string, string> = {};
    const contents: Record<string, string> = {};
    for (const [name, text] of all) {
      if (text.length <= SHARED) contents[name] = text;
      else objects[name] = await this.#putOnce(text);
    }
    return { objects, contents };
  }

  readonly #names = new Map<string, string>();

  async #putOnce(text: string): Promise<string> {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = await this.#hub.put("content", text);
    if (this.#names.size > 1_000) this.#names.clear();
    this.#names.set(text, name);
    return name;
  }

  /** Stores the sources of a run, and returns the objects that list them. */
  async #sources(row: Row): Promise<string[]> {
    const list: (readonly [string, string, string])[] = [];
    for (const { kind, name, content } of this.#file.sources(row)) {
      list.push([kind, name, await this.#putOnce(content)]);
    }
    if (list.length === 0) return [];
    return [await this.#putOnce(JSON.stringify(list))];
  }
}

interface PlanOptions {
  readonly packer: Packer;
  readonly entry: HubEntry | undefined;
  /** Collects what file and hub agree on. */
  readonly agreed: (readonly [string, string])[];
}

/** A stream of which a hub lacks rows. */
interface NewStream {
  readonly kind: StreamPart["kind"];
  readonly key: string;
  readonly attempt: number;
  readonly next: number;
  readonly rows: number;
  readonly from: number;
}

/** Whether a file has all rows that a hub has. */
function hasAll(
  { streams }: TravelRun["state"],
  covers: readonly StreamCover[],
): boolean {
  const known = new Map(streams.map((one) => [nameOf(one), one.next]));
  return covers.every(([kind, key, attempt, next]) =>
    (known.get(nameOf({ kind, key, attempt })) ?? 0) >= next
  );
}

/** A text that names a stream. */
export function nameOf(
  { kind, key, attempt }: Pick<StreamPart, "kind" | "key" | "attempt">,
): string {
  return JSON.stringify([kind, key, attempt]);
}

function rowsIn(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** The place after the last row of a part. */
function placeAfter({ kind, rows }: StreamPart): number {
  const place = (row: StreamPart["rows"][number]): number =>
    kind === "point"
      ? Number(row["seq"]) + 1
      : kind === "call"
      ? Number(row["call"]) + 1
      : Number(row["start"]) + Number(row["bytes"]);
  return rows.reduce((most, row) => Math.max(most, place(row)), 0);
}

/** Joins the parts of each stream. */
function joinStreams(parts: readonly StreamPart[]): StreamPart[] {
  return [...Map.groupBy(parts, nameOf).values()].map((same) => ({
    ...same[0]!,
    rows: same.flatMap(({ rows }) => rows),
  }));
}

/** How far both lists of streams reach together. */
function joinCovers(
  old: readonly StreamCover[],
  added: readonly StreamCover[],
): StreamCover[] {
  const all = new Map<string, StreamCover>();
  for (const cover of [...old, ...added]) {
    const [kind, key, attempt, next] = cover;
    const name = nameOf({ kind, key, attempt });
    if ((all.get(name)?.[3] ?? -1) < next) all.set(name, cover);
  }
  return [...all.values()];
}
