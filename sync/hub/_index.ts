/**
 * The index of a hub: a tree over the hashes of the runs' UUIDs, whose nodes are objects. Equal sets of entries give the
 * same tree, so two indexes are compared by the names of their nodes, and a change writes only the nodes above it.
 */
import { BlobError, decodeBlob, encodeBlob, sha256 } from "./_blob.ts";
import { type HubEntry, isEntry, isObjectName } from "./_entry.ts";
import { isRecord } from "../../internal/objects.ts";

/** The most entries of a leaf. */
const LEAF = 64;
/** The deepest leaf: then a leaf takes any number of entries. */
const DEEPEST = 8;

/** A node: a leaf with entries, or a branch with up to 16 nodes. */
export type IndexNode =
  | { readonly leaf: readonly HubEntry[] }
  | { readonly branch: Readonly<Record<string, string>> };

/** Reads the content of a node. */
export type NodeReader = (name: string) => Promise<IndexNode>;
/** Stores a node and returns its name. */
export type NodeWriter = (node: IndexNode) => Promise<string>;

/** Makes the object of a node. */
export function encodeNode(node: IndexNode): ReturnType<typeof encodeBlob> {
  return encodeBlob("node", JSON.stringify(node));
}

/**
 * Reads a node.
 *
 * @throws {BlobError} If it is not what Ato stores.
 */
export function decodeNode(name: string, bytes: Uint8Array): IndexNode {
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

/** The place of a run in the tree. */
function placeOf(uuid: string): string {
  return sha256(uuid);
}

/**
 * Lists the entries of an index.
 *
 * @param root The name of the root; `undefined` for an empty index.
 * @param read Reads a node.
 * @param onLost Receives the error of a node that cannot be read; without it, the error is thrown.
 */
export async function* entriesOf(
  root: string | undefined,
  read: NodeReader,
  onLost?: (error: unknown, name: string) => void,
): AsyncIterable<HubEntry> {
  if (root === undefined) return;
  yield* walk(root, { read, onLost, depth: 0, seen: new Set() });
}

async function* walk(
  name: string,
  options: {
    read: NodeReader;
    onLost: ((error: unknown, name: string) => void) | undefined;
    depth: number;
    /** The nodes so far. A run is in one place, so no index has a node twice: a forged one could lead round forever. */
    seen: Set<string>;
  },
): AsyncIterable<HubEntry> {
  const { read, onLost, depth, seen } = options;
  let node: IndexNode;
  try {
    if (depth > DEEPEST) throw new BlobError("the index is too deep");
    if (seen.has(name)) throw new BlobError("the index has a node twice");
    seen.add(name);
    node = await read(name);
  } catch (error) {
    if (onLost === undefined) throw error;
    return onLost(error, name);
  }
  if ("leaf" in node) yield* node.leaf;
  else {
    for (const key of Object.keys(node.branch).sort()) {
      yield* walk(node.branch[key]!, {
        read,
        onLost,
        depth: depth + 1,
        seen,
      });
    }
  }
}

/** Finds the entries of some runs. */
export async function findEntries(
  root: string | undefined,
  uuids: Iterable<string>,
  read: NodeReader,
): Promise<Map<string, HubEntry>> {
  const wanted = new Set(uuids);
  const found = new Map<string, HubEntry>();
  const visit = async (
    name: string,
    inside: ReadonlySet<string>,
    depth: number,
  ): Promise<void> => {
    const node = await read(name);
    if ("leaf" in node) {
      for (const entry of node.leaf) {
        if (inside.has(entry.uuid)) found.set(entry.uuid, entry);
      }
      return;
    }
    for (const [key, group] of byPlace(inside, depth)) {
      const child = node.branch[key];
      if (child !== undefined) await visit(child, new Set(group), depth + 1);
    }
  };
  if (root !== undefined && wanted.size > 0) await visit(root, wanted, 0);
  return found;
}

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
export async function changeIndex(
  root: string | undefined,
  changes: ReadonlyMap<string, HubEntry | undefined>,
  io: { readonly read: NodeReader; readonly write: NodeWriter },
): Promise<string | undefined> {
  return await changeNode(root, changes, { ...io, depth: 0 });
}

interface Change {
  readonly read: NodeReader;
  readonly write: NodeWriter;
  readonly depth: number;
}

async function changeNode(
  name: string | undefined,
  changes: ReadonlyMap<string, HubEntry | undefined>,
  change: Change,
): Promise<string | undefined> {
  const node = name === undefined ? { leaf: [] } : await change.read(name);
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

async function changeBranch(
  branch: Readonly<Record<string, string>>,
  changes: ReadonlyMap<string, HubEntry | undefined>,
  change: Change,
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

async function buildNode(
  entries: readonly HubEntry[],
  { write, depth, read }: Change,
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
