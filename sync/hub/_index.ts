/**
 * An index of a hub, of its runs or of its searches: a tree over the hashes of their UUIDs, whose nodes are objects. Equal sets of entries give the
 * same tree, so two indexes are compared by the names of their nodes, and a change writes only the nodes above it.
 */
import { BlobError, decodeBlob, encodeBlob, sha256 } from "./_blob.ts";
import { type HubEntry, isObjectName } from "./_entry.ts";
import { inOrder } from "./_in_order.ts";
import { isRecord } from "../../internal/objects.ts";

/** The most entries of a leaf. */
const LEAF = 64;
/** The deepest leaf: then a leaf takes any number of entries. */
const DEEPEST = 8;

/** What an entry of any index has. */
export interface Identified {
  /** The identity of what the entry is about. */
  readonly uuid: string;
}

/** A node: a leaf with entries, or a branch with up to 16 nodes. */
export type IndexNode<Entry extends Identified = HubEntry> =
  | { readonly leaf: readonly Entry[] }
  | { readonly branch: Readonly<Record<string, string>> };

/** Reads the content of a node. */
export type NodeReader<Entry extends Identified = HubEntry> = (
  name: string,
) => Promise<IndexNode<Entry>>;
/** Stores a node and returns its name. */
export type NodeWriter<Entry extends Identified = HubEntry> = (
  node: IndexNode<Entry>,
) => Promise<string>;

/** Makes the object of a node. */
export function encodeNode(
  node: IndexNode<Identified>,
): ReturnType<typeof encodeBlob> {
  return encodeBlob("node", JSON.stringify(node));
}

/**
 * Reads a node.
 *
 * @param name Its name.
 * @param bytes The object.
 * @param isEntry Tells whether a value is an entry of this index.
 * @throws {BlobError} If it is not what Ato stores.
 */
export function decodeNode<Entry extends Identified>(
  name: string,
  bytes: Uint8Array,
  isEntry: (value: unknown) => value is Entry,
): IndexNode<Entry> {
  let value: unknown;
  const content = decodeBlob(name, bytes, "node");
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch {
    throw new BlobError("it is not JSON");
  }
  if (isRecord(value)) {
    const { leaf, branch } = value;
    if (Array.isArray(leaf) && leaf.every(isEntry)) return { leaf };
    if (
      isRecord(branch) &&
      Object.entries(branch).every(([key, child]) =>
        /^[0-9a-f]$/.test(key) && isObjectName(child)
      )
    ) return { branch: branch as Record<string, string> };
  }
  throw new BlobError("it is not a node of an index");
}

/** The place of an entry in the tree. */
function placeOf(uuid: string): string {
  return sha256(uuid);
}

/** How an index is read. */
export interface IndexLook {
  /** Receives the error of a node that cannot be read; without it, the error is thrown. */
  readonly onLost?: (error: unknown, name: string) => void;
  /** How many nodes are read at once. @default {1} */
  readonly atOnce?: number;
}

/**
 * Lists the entries of an index, level by level.
 *
 * @param root The name of the root; `undefined` for an empty index.
 * @param read Reads a node.
 * @param options How it is read.
 */
export async function* entriesOf<Entry extends Identified>(
  root: string | undefined,
  read: NodeReader<Entry>,
  { onLost = thrown, atOnce = 1 }: IndexLook = {},
): AsyncIterable<Entry> {
  if (root === undefined) return;
  // A run is in one place, so no index has a node twice: a forged one could lead round forever.
  const seen = new Set([root]);
  const look = async (name: string): Promise<Look<Entry>> => {
    try {
      return { name, node: await read(name) };
    } catch (error) {
      return { name, error };
    }
  };
  let level = [root];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const below: string[] = [];
    for await (const { name, node, error } of inOrder(level, atOnce, look)) {
      if (node === undefined) onLost(error, name);
      else if ("leaf" in node) yield* node.leaf;
      else {
        for (const key of Object.keys(node.branch).sort()) {
          const child = node.branch[key]!;
          if (!seen.has(child)) below.push(child);
          else onLost(new BlobError("the index has a node twice"), child);
          seen.add(child);
        }
      }
    }
    level = below;
  }
  for (const name of level) {
    onLost(new BlobError("the index is too deep"), name);
  }
}

/** A node, or why it cannot be read. */
interface Look<Entry extends Identified> {
  readonly name: string;
  readonly node?: IndexNode<Entry>;
  readonly error?: unknown;
}

function thrown(error: unknown): never {
  throw error;
}

/** Finds the entries of some runs, or of some searches. */
export async function findEntries<Entry extends Identified>(
  root: string | undefined,
  uuids: Iterable<string>,
  { read, atOnce = 1 }: {
    readonly read: NodeReader<Entry>;
    /** How many nodes are read at once. @default {1} */
    readonly atOnce?: number;
  },
): Promise<Map<string, Entry>> {
  const wanted = new Set(uuids);
  const found = new Map<string, Entry>();
  const look = async ([name, inside]: Place) => ({
    node: await read(name),
    inside,
  });
  let level: Place[] = root === undefined || wanted.size === 0
    ? []
    : [[root, wanted]];
  for (let depth = 0; level.length > 0; depth++) {
    const below: Place[] = [];
    for await (const { node, inside } of inOrder(level, atOnce, look)) {
      if ("leaf" in node) {
        for (const entry of node.leaf) {
          if (inside.has(entry.uuid)) found.set(entry.uuid, entry);
        }
        continue;
      }
      for (const [key, group] of byPlace(inside, depth)) {
        const child = node.branch[key];
        if (child !== undefined) below.push([child, new Set(group)]);
      }
    }
    level = below;
  }
  return found;
}

/** A node, and the UUIDs that can be in it or below. */
type Place = readonly [name: string, inside: ReadonlySet<string>];

function byPlace(
  uuids: Iterable<string>,
  depth: number,
): Map<string, string[]> {
  return Map.groupBy(uuids, (uuid) => placeOf(uuid)[depth]!);
}

/**
 * Changes entries of an index.
 *
 * @param root The name of the root; `undefined` for an empty index.
 * @param changes The new entries by UUID; `undefined` removes one.
 * @param io Reads and stores nodes.
 * @returns the name of the new root; `undefined` if nothing is left.
 */
export async function changeIndex<Entry extends Identified>(
  root: string | undefined,
  changes: ReadonlyMap<string, Entry | undefined>,
  io: { readonly read: NodeReader<Entry>; readonly write: NodeWriter<Entry> },
): Promise<string | undefined> {
  return await changeNode(root, changes, { ...io, depth: 0 });
}

interface Change<Entry extends Identified> {
  readonly read: NodeReader<Entry>;
  readonly write: NodeWriter<Entry>;
  readonly depth: number;
}

async function changeNode<Entry extends Identified>(
  name: string | undefined,
  changes: ReadonlyMap<string, Entry | undefined>,
  change: Change<Entry>,
): Promise<string | undefined> {
  const node: IndexNode<Entry> = name === undefined
    ? { leaf: [] }
    : await change.read(name);
  if ("branch" in node) {
    return await changeBranch(node.branch, changes, change);
  }
  const entries = new Map(node.leaf.map((entry) => [entry.uuid, entry]));
  for (const [uuid, entry] of changes) {
    if (entry === undefined) entries.delete(uuid);
    else entries.set(uuid, entry);
  }
  return await buildNode([...entries.values()], change);
}

async function changeBranch<Entry extends Identified>(
  branch: Readonly<Record<string, string>>,
  changes: ReadonlyMap<string, Entry | undefined>,
  change: Change<Entry>,
): Promise<string | undefined> {
  const children: Record<string, string> = { ...branch };
  const below = { ...change, depth: change.depth + 1 };
  for (const [key, uuids] of byPlace(changes.keys(), change.depth)) {
    const inside = new Map(uuids.map((uuid) => [uuid, changes.get(uuid)]));
    const child = await changeNode(children[key], inside, below);
    if (child === undefined) delete children[key];
    else children[key] = child;
  }
  const keys = Object.keys(children).sort();
  if (keys.length === 0) return undefined;
  const sorted = Object.fromEntries(keys.map((key) => [key, children[key]!]));
  return await change.write({ branch: sorted });
}

async function buildNode<Entry extends Identified>(
  entries: readonly Entry[],
  { write, depth, read }: Change<Entry>,
): Promise<string | undefined> {
  if (entries.length === 0) return undefined;
  if (entries.length <= LEAF || depth >= DEEPEST) {
    const leaf = [...entries].sort((a, b) => a.uuid < b.uuid ? -1 : 1);
    return await write({ leaf });
  }
  const branch: Record<string, string> = {};
  const groups = Map.groupBy(
    entries,
    ({ uuid }) => placeOf(uuid)[depth]!,
  );
  for (const key of [...groups.keys()].sort()) {
    const child = await buildNode(groups.get(key)!, {
      read,
      write,
      depth: depth + 1,
    });
    branch[key] = child!;
  }
  return await write({ branch });
}
