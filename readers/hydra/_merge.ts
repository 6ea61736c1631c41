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

/** How two trees are merged. */
export interface MergeOptions {
  /** Whether keys that are not there may be added. */
  readonly mayAdd: boolean;
  /** What an interpolation stands for; `undefined` if it has no value. */
  readonly deref: (node: TreeNode) => TreeNode | undefined;
}

/** A key that is not there, where none may be added. */
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
 * @param into What is changed.
 * @param from What it gets; it stays as it is.
 * @param options How.
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
  // Into an interpolation that stands for a container, its copy is taken first.
  const target = options.deref(there);
  if (target !== there && isBranch(target)) {
    into.set(key, copyNode(target));
    there = into.get(key)!;
  }
  if (isBranch(there) && isBranch(item)) mergeInto(there, item, options);
  else if (!isMandatory(item)) into.set(key, copyNode(item));
  else if (!isBranch(there)) {
    // The value stays, though a later file says again that it must be given.
    into.set(key, new Leaf((there as Leaf).value, there.at));
  }
}

/** The path of a key of a container. */
export function below(into: TreeNode, key: string): string {
  const around = pathText(into);
  const name = formatPath([keyText(key)]);
  return around === "" ? name : `${around}.${name}`;
}

function place({ at }: TreeNode): string {
  if (at === undefined) return "";
  return at.word === undefined ? ` (${at.file}:${at.line})` : ` (${at.word})`;
}
