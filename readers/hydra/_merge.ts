import { formatPath } from "../../internal/key_path.ts";
import {
  copyNode,
  isBranch,
  isMandatory,
  keyText,
  Leaf,
  ListNode,
  MapNode,
  pathText,
  type TreeNode,
} from "./_tree.ts";
import { HydraFault } from "./errors.ts";

/** Options for {@linkcode mergeInto}. */
export interface MergeOptions {
  /** Whether missing keys may be added. */
  readonly mayAdd: boolean;
  /** Returns the value of an interpolation; `undefined` if it has none. */
  readonly deref: (node: TreeNode) => TreeNode | undefined;
}

/** A missing key that may not be added. */
export class NoKeyFault extends HydraFault {
  /** The path of the key. */
  readonly path: string;

  constructor(path: string) {
    super(`there is no key ${path}`);
    this.path = path;
  }
}

/**
 * Merges a container into another, as OmegaConf does: mappings key by key, lists as a whole.
 *
 * @param into The container that is changed.
 * @param from The container that is merged; it is not changed.
 * @param options How to merge.
 */
export function mergeInto(
  into: TreeNode,
  from: TreeNode,
  options: MergeOptions,
): void {
  if (into instanceof ListNode && from instanceof ListNode) {
    into.items = [];
    into.at = from.at;
    for (const item of from.items) into.push(copyNode(item));
    return;
  }
  if (into instanceof MapNode && from instanceof MapNode) {
    into.at = from.at ?? into.at;
    for (const [key, item] of from.items) mergeKey(into, key, item, options);
    return;
  }
  const kinds = [into, from].map((node) =>
    node instanceof MapNode ? "a mapping" : "a list"
  );
  throw new HydraFault(
    `${pathText(into) || "the config"}${place(into)} is ${kinds[0]}, and ${
      kinds[1]
    }${place(from)} cannot be merged into it`,
  );
}

function mergeKey(
  into: MapNode,
  key: string,
  item: TreeNode,
  options: MergeOptions,
): void {
  let there = into.get(key);
  if (there === undefined) {
    if (!options.mayAdd) throw new NoKeyFault(below(into, key));
    into.set(key, copyNode(item));
    return;
  }
  // An interpolation of a container is replaced with a copy of it first.
  const target = options.deref(there);
  if (target !== there && isBranch(target)) {
    into.set(key, copyNode(target));
    there = into.get(key)!;
  }
  if (isBranch(there) && isBranch(item)) mergeInto(there, item, options);
  else if (!isMandatory(item)) into.set(key, copyNode(item));
  else if (!isBranch(there)) {
    // A later `???` does not remove the value.
    into.set(key, new Leaf((there as Leaf).value, there.at));
  }
}

/** Returns the path of a key of a container. */
export function below(into: TreeNode, key: string): string {
  const around = pathText(into);
  const name = formatPath([keyText(key)]);
  return around === "" ? name : `${around}.${name}`;
}

function place({ at }: TreeNode): string {
  if (at === undefined) return "";
  return at.word === undefined ? ` (${at.file}:${at.line})` : ` (${at.word})`;
}
