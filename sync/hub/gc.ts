/**
 * Makes a hub, looks at it, and removes what nothing refers to.
 *
 * @module
 */
import { BlobError } from "./_blob.ts";
import { piecesIn } from "./_artifacts.ts";
import type { HubEntry } from "./_entry.ts";
import { entriesOf, type IndexNode } from "./_index.ts";
import { Hub, HUB_VERSION } from "./_hub.ts";
import { inOrder } from "./_in_order.ts";
import type { SearchEntry } from "./_search_entry.ts";
import { HubError } from "./errors.ts";
import { openHub, storeOf } from "./open_hub.ts";

/**
 * Makes a hub. Where there is one, nothing changes.
 *
 * @param url Its address: an empty or new folder, `postgres://…`, or `s3://…`.
 * @returns its identity, and whether it was made now.
 * @throws {HubError} If it cannot be made there.
 *
 * @example
 * ```ts
 * import { hubStatus, initHub } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const url = join(folder, "hub");
 * assertEquals((await initHub(url)).isNew, true);
 * assertEquals((await initHub(url)).isNew, false);
 * assertEquals((await hubStatus(url)).runs, 0);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function initHub(
  url: string,
): Promise<{ id: string; isNew: boolean }> {
  const store = await storeOf(url);
  try {
    const { hub, isNew } = await Hub.init(store);
    return { id: hub.id, isNew };
  } finally {
    await store.close();
  }
}

/** What is in a hub. */
export interface HubStatus {
  /** Its identity. */
  readonly id: string;
  /** Its version. */
  readonly version: number;
  /** The number of runs, without those in the trash. */
  readonly runs: number;
  /** The number of runs that have not ended. */
  readonly running: number;
  /** The number of runs in the trash. */
  readonly deleted: number;
  /** The rows of all runs: points, calls, output. */
  readonly rows: number;
  /** The number of objects. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** The projects, each with the number of its runs. */
  readonly projects: Readonly<Record<string, number>>;
  /** The number of searches whose journal it has. */
  readonly searches: number;
  /** The hosts that wrote, each with the time of its newest write in milliseconds since 1970. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Changes that were not kept because somebody else changed the same. */
  readonly conflicts: readonly {
    readonly uuid: string;
    readonly field: string;
    readonly kept: string | null;
    readonly lost: string | null;
  }[];
  /** What cannot be read, one line each. */
  readonly damage: readonly string[];
}

/**
 * Looks at a hub.
 *
 * @param url Its address.
 * @returns what is in it.
 * @throws {HubError} If it cannot be opened.
 */
export async function hubStatus(url: string): Promise<HubStatus> {
  const hub = await openHub(url);
  try {
    const { root } = await hub.head();
    const damage: string[] = [];
    const onLost = (error: unknown): void => {
      if (!(error instanceof BlobError)) throw error;
      damage.push(`a part of the index cannot be read: ${error.message}`);
    };
    const entries: HubEntry[] = [];
    const { atOnce } = hub;
    for await (
      const entry of entriesOf(root, hub.runs.read, { onLost, atOnce })
    ) {
      entries.push(entry);
    }
    let [objects, bytes] = [0, 0];
    for await (const { size } of hub.store.list()) {
      objects++;
      bytes += size;
    }
    const { root: searchRoot } = await hub.head("searches");
    const searches = await Array.fromAsync(
      entriesOf(searchRoot, hub.searches.read, {
        atOnce,
        onLost: (error) => {
          if (!(error instanceof BlobError)) throw error;
          damage.push(
            `a part of the index of searches cannot be read: ${error.message}; push again from a file that has them`,
          );
        },
      }),
    );
    return {
      id: hub.id,
      ...summaryOf(entries),
      searches: searches.length,
      objects,
      bytes,
      damage,
    };
  } finally {
    await hub.close();
  }
}

function summaryOf(
  entries: readonly HubEntry[],
): Omit<HubStatus, "id" | "searches" | "objects" | "bytes" | "damage"> {
  const present = entries.filter(({ edits }) => edits.deleted === null);
  const projects: [string, number][] = [
    ...Map.groupBy(present, ({ project }) => project),
  ].map(([name, { length }]) => [name, length]);
  const hosts: [string, number][] = [
    ...Map.groupBy(entries, ({ clock }) => clock[2]),
  ].map(([name, of]) => [name, Math.max(...of.map(({ clock }) => clock[1]))]);
  return {
    version: HUB_VERSION,
    runs: present.length,
    running: present.filter(({ ended }) => !ended).length,
    deleted: entries.length - present.length,
    rows: entries.reduce((sum, { rows }) => sum + rows, 0),
    projects: Object.fromEntries(projects.sort()),
    hosts: Object.fromEntries(hosts.sort()),
    conflicts: entries.flatMap(({ uuid, conflicts }) =>
      conflicts.map(({ field, kept, lost }) => ({ uuid, field, kept, lost }))
    ),
  };
}

/** Options for {@linkcode gcHub}. */
export interface GcOptions {
  /**
   * The hours for which an object that nothing refers to is kept: a push that has stored it may not be finished.
   *
   * @default {24}
   */
  readonly graceHours?: number;
  /**
   * Whether what would be removed is only counted.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
}

/** What was removed. */
export interface GcResult {
  /** The number of objects that were removed. */
  readonly removed: number;
  /** Their bytes. */
  readonly bytes: number;
  /** The number of objects that are left. */
  readonly kept: number;
}

/**
 * Removes the objects of a hub that nothing refers to: parts of runs that were put together, old nodes of the index,
 * what a push that was cut off has left.
 *
 * @param url The address of the hub.
 * @param options How old such an object must be.
 * @returns what was removed.
 * @throws {HubError} If the hub cannot be opened, or a part of its index cannot be read: then it is not known what is
 * referred to, and nothing is removed.
 */
export async function gcHub(
  url: string,
  { graceHours = 24, dryRun = false }: GcOptions = {},
): Promise<GcResult> {
  const hub = await openHub(url);
  try {
    // First what is old, then what is referred to: whatever becomes referred to in between is stored anew.
    const before = await hub.store.now() - graceHours * 3_600_000;
    const old: { name: string; size: number }[] = [];
    let all = 0;
    for await (const { name, size, at } of hub.store.list()) {
      all++;
      if (at < before) old.push({ name, size });
    }
    const used = await usedIn(hub);
    let [removed, bytes] = [0, 0];
    const remove = async (
      { name, size }: { readonly name: string; readonly size: number },
    ): Promise<void> => {
      if (!dryRun && !await hub.store.remove(name, before)) return;
      removed++;
      bytes += size;
    };
    const unused = old.filter(({ name }) => !used.has(name));
    for await (const _ of inOrder(unused, hub.atOnce, remove));
    if (!dryRun) await hub.store.sweep?.(before);
    return { removed, bytes, kept: all - removed };
  } finally {
    await hub.close();
  }
}

/** The objects that the index refers to. */
async function usedIn(hub: Hub): Promise<Set<string>> {
  const used = new Set<string>();
  const readNode = async (name: string): Promise<IndexNode> => {
    used.add(name);
    return await hub.runs.read(name);
  };
  try {
    const { root } = await hub.head();
    for await (
      const entry of entriesOf(root, readNode, { atOnce: hub.atOnce })
    ) {
      await addUsed(hub, entry, used);
    }
    await addUsedBySearches(hub, used);
  } catch (error) {
    if (!(error instanceof BlobError)) throw error;
    throw new HubError(
      `Cannot clean up ${hub.store.shown}: it cannot be told what is still needed, because ${error.message}`,
      { problem: "damaged", cause: error },
    );
  }
  return used;
}

async function addUsedBySearches(hub: Hub, used: Set<string>): Promise<void> {
  const read = async (name: string): Promise<IndexNode<SearchEntry>> => {
    used.add(name);
    return await hub.searches.read(name);
  };
  // What an earlier Ato has removed comes back with the next push, so it does not keep the rest from being removed.
  const onLost = (error: unknown): void => {
    if (!(error instanceof BlobError)) throw error;
  };
  const { root } = await hub.head("searches");
  const { atOnce } = hub;
  for await (const { parts } of entriesOf(root, read, { onLost, atOnce })) {
    for (const [name] of parts) used.add(name);
  }
}

async function addUsed(
  hub: Hub,
  entry: HubEntry,
  used: Set<string>,
): Promise<void> {
  const { record, parts, objects, sources, artifacts, covers } = entry;
  for (const [segment] of [record, ...parts]) used.add(segment);
  for (const name of Object.values(objects)) used.add(name);
  if (typeof covers === "string") used.add(covers);
  for (const list of sources) {
    if (used.has(list)) continue;
    used.add(list);
    const text = new TextDecoder().decode(await hub.read(list, "content"));
    for (const [, , object] of JSON.parse(text) as string[][]) {
      if (object !== undefined) used.add(object);
    }
  }
  for (const list of Object.values(artifacts)) {
    if (used.has(list)) continue;
    used.add(list);
    for (const piece of await piecesIn(hub, list)) used.add(piece);
  }
}
