/** An open hub: its identity, its head, and its objects, checked. */
import { randomUUID } from "node:crypto";
import { BlobError, type BlobKind, decodeBlob, encodeBlob } from "./_blob.ts";
import {
  areCovers,
  type HubEntry,
  INLINE_STREAMS,
  isEntry,
  type StreamCover,
} from "./_entry.ts";
import { NodeStore } from "./_node_store.ts";
import { isSearchEntry, type SearchEntry } from "./_search_entry.ts";
import { HubError } from "./errors.ts";
import { ReadAhead } from "./_read_ahead.ts";
import type { HubStore } from "./store.ts";
import { WriteQueue } from "./_write_queue.ts";
import { isRecord } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";

/** The version of hubs that this Ato makes. */
export const HUB_VERSION = 1;

const FORMAT = "format";

/**
 * The values of a hub that name the root of an index: of its runs, and of its searches. The second one is a value of its
 * own, because an earlier Ato, which does not know it, must be able to write the first one.
 */
export type HeadName = "head" | "searches";

/** The head of an index. */
export interface Head {
  /** The root of the index; `undefined` for an empty hub. */
  readonly root: string | undefined;
  /** How often the head was set. */
  readonly generation: number;
}

/** What a hub says of itself. */
interface Format {
  readonly version: number;
  readonly id: string;
}

/** An open hub. */
export class Hub {
  /** Its place. */
  readonly store: HubStore;
  /** Its identity: two addresses can be the same hub. */
  readonly id: string;
  /** The nodes of the index of runs. */
  readonly runs: NodeStore<HubEntry>;
  /** The nodes of the index of searches. */
  readonly searches: NodeStore<SearchEntry>;
  readonly #writes: WriteQueue;
  #ahead: ReadAhead | undefined;

  private constructor(store: HubStore, id: string) {
    this.store = store;
    this.id = id;
    this.#writes = new WriteQueue(store);
    this.runs = new NodeStore(this, isEntry);
    this.searches = new NodeStore(this, isSearchEntry);
  }

  /**
   * Makes a hub, or does nothing if there is one.
   *
   * @returns the hub, and whether it was made now.
   */
  static async init(store: HubStore): Promise<{ hub: Hub; isNew: boolean }> {
    await store.prepare();
    if (await store.read(FORMAT) === undefined) {
      const value = {
        format: "ato-hub",
        version: HUB_VERSION,
        id: randomUUID(),
      };
      const isNew = await store.swap(FORMAT, JSON.stringify(value), 0);
      if (isNew) return { hub: new Hub(store, value.id), isNew };
    }
    return { hub: await Hub.open(store), isNew: false };
  }

  /**
   * Opens a hub.
   *
   * @throws {HubError} If there is none, or a newer Ato made it.
   */
  static async open(store: HubStore): Promise<Hub> {
    const found = await store.isPrepared()
      ? await store.read(FORMAT)
      : undefined;
    if (found === undefined) {
      throw new HubError(
        `Cannot open ${store.shown}: there is no hub; make one with ato hub init ${store.shown}`,
        { problem: "missing" },
      );
    }
    const { id } = await upgraded(store, found);
    return new Hub(store, id);
  }

  /** Reads the head of an index. */
  async head(name: HeadName = "head"): Promise<Head> {
    const found = await this.store.read(name);
    if (found === undefined) return { root: undefined, generation: 0 };
    const value = parsed(found.value);
    const root = value?.["root"];
    if (value === undefined || (typeof root !== "string" && root !== null)) {
      throw new HubError(
        `Cannot read ${this.store.shown}: its head is not what Ato stores`,
        { problem: "damaged" },
      );
    }
    return { root: root ?? undefined, generation: found.generation };
  }

  /** Sets the head of an index, if nobody has set it since it was read. */
  async setHead(
    root: string | undefined,
    { generation }: Head,
    name: HeadName = "head",
  ): Promise<boolean> {
    // Whoever reads the head finds all that it refers to.
    await this.kept();
    const value = JSON.stringify({ root: root ?? null });
    return await this.store.swap(name, value, generation);
  }

  /** Waits until a head may have changed. */
  async wait(
    known: Readonly<Record<HeadName, Head>>,
    options: { readonly timeout: number; readonly signal?: AbortSignal },
  ): Promise<void> {
    const { timeout, signal } = options;
    const first = new AbortController();
    const either = signal === undefined
      ? first.signal
      : AbortSignal.any([first.signal, signal]);
    const one = async (name: HeadName): Promise<void> => {
      const { generation } = known[name];
      try {
        await this.store.wait(name, { timeout, signal: either, generation });
      } finally {
        first.abort();
      }
    };
    await Promise.all([one("head"), one("searches")]);
  }

  /** Reads an object, checked against its name. */
  async read(name: string, kind: BlobKind): Promise<Uint8Array> {
    return decodeBlob(name, await this.fetch(name), kind);
  }

  /** Reads an object as it is stored. */
  async fetch(name: string): Promise<Uint8Array> {
    const bytes = await (this.#ahead?.take(name) ?? this.store.get(name));
    if (bytes === undefined) {
      throw new BlobError(`the hub does not have the object ${short(name)}`);
    }
    return bytes;
  }

  /**
   * Stores an object by its name. It may be under way when this returns, so that several are at once; no head is set
   * before it is there.
   *
   * @throws {HubError} If it, or one before it, cannot be stored.
   */
  async keep(name: string, bytes: Uint8Array): Promise<void> {
    await this.#writes.add(name, bytes);
  }

  /**
   * Waits until all objects are there.
   *
   * @throws {HubError} If one cannot be stored.
   */
  async kept(): Promise<void> {
    await this.#writes.finish();
  }

  /** Waits until no object is on its way any more, after something went wrong. */
  async settle(): Promise<void> {
    await this.#writes.settle();
  }

  /** Stores an object, as {@linkcode Hub.keep} does. */
  async put(kind: BlobKind, content: string | Uint8Array): Promise<string> {
    const { name, bytes } = encodeBlob(kind, content);
    await this.keep(name, bytes);
    return name;
  }

  /** Reads how far the hub has the streams of a run. */
  async covers({ covers }: HubEntry): Promise<readonly StreamCover[]> {
    if (typeof covers !== "string") return covers;
    const text = new TextDecoder().decode(await this.read(covers, "content"));
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new BlobError("a list of streams is not JSON");
    }
    if (areCovers(value)) return value;
    throw new BlobError("a list of streams is not what Ato stores");
  }

  /** Stores how far the hub has the streams of a run. */
  async putCovers(
    covers: readonly StreamCover[],
  ): Promise<HubEntry["covers"]> {
    return covers.length <= INLINE_STREAMS
      ? covers
      : await this.put("content", JSON.stringify(covers));
  }

  /**
   * Does work for groups of objects, one after the other, and fetches the next ones meanwhile.
   *
   * @param groups The names that are likely to be fetched, in their order.
   * @param work Is given what says that a group is done.
   * @returns what `work` returns.
   */
  async readAhead<T>(
    groups: Iterable<Iterable<string>>,
    work: (next: () => void) => Promise<T>,
  ): Promise<T> {
    if (this.atOnce === 1) return await work(() => {});
    const ahead = new ReadAhead(this.store, groups);
    this.#ahead = ahead;
    try {
      return await work(() => ahead.next());
    } finally {
      this.#ahead = undefined;
      await ahead.end();
    }
  }

  /** How many calls for objects may be under way at once. */
  get atOnce(): number {
    return this.store.atOnce ?? 1;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.settle();
    await this.store.close();
  }
}

/** What changes a hub of an earlier version, one step for each. Version 0 had no identity. */
const UPGRADES: readonly ((format: Format) => Format)[] = [
  (format) => ({ ...format, version: 1, id: format.id || randomUUID() }),
];

/** Reads what a hub says of itself, and brings an older hub up to date. */
async function upgraded(
  store: HubStore,
  found: { readonly value: string; readonly generation: number },
): Promise<Format> {
  const value = parsed(found.value);
  const version = value?.["version"];
  if (value?.["format"] !== "ato-hub" || !Number.isSafeInteger(version)) {
    throw new HubError(
      `Cannot open ${store.shown}: what is there is no hub of Ato; name an empty place`,
      { problem: "damaged" },
    );
  }
  let format: Format = {
    version: version as number,
    id: typeof value["id"] === "string" ? value["id"] : "",
  };
  if (format.version > HUB_VERSION) {
    throw new HubError(
      `Cannot open ${store.shown}: its version is ${format.version}, and this Ato knows versions up to ` +
        `${HUB_VERSION}; update Ato`,
      { problem: "newer" },
    );
  }
  if (format.version === HUB_VERSION && format.id !== "") return format;
  for (let at = format.version; at < HUB_VERSION; at++) {
    format = UPGRADES[at]!(format);
  }
  const text = JSON.stringify({ format: "ato-hub", ...format });
  if (await store.swap(FORMAT, text, found.generation)) return format;
  // Another process has upgraded it meanwhile.
  const now = await store.read(FORMAT);
  return now === undefined ? format : await upgraded(store, now);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The start of a name, for messages. */
export function short(name: string): string {
  return visible(name.slice(0, 12));
}
