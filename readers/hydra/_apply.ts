import { MAX_DEPTH } from "../../internal/limits.ts";
import type { Evaluator } from "./resolve/_evaluate.ts";
import { NoContainerFault } from "./resolve/_evaluate.ts";
import { hasInterpolation, parseText } from "./resolve/_grammar.ts";
import { splitKey } from "./_key_path.ts";
import { floatText, pythonText } from "./_text.ts";
import {
  type Branch,
  Float,
  isBranch,
  isMandatory,
  Leaf,
  ListNode,
  MapNode,
  otherKey,
  stringKey,
  type TreeNode,
} from "./_tree.ts";
import type { Origin } from "../../internal/origin.ts";
import { below, mergeInto, type MergeOptions, NoKeyFault } from "./_merge.ts";
import {
  Dict,
  type Override,
  type OverrideValue,
  Quoted,
  Sweep,
} from "./_values.ts";
import {
  GrammarFault,
  HydraFault,
  HydraOverrideError,
  InterpolationError,
} from "./errors.ts";

/** Returns an evaluator for a config that has just changed. */
export type EvaluatorFactory = () => Evaluator;

/**
 * Applies an override: sets, adds or deletes a key.
 *
 * @param config The config, which is changed.
 * @param override The override.
 * @param evaluators Returns an evaluator.
 */
export function applyOverride(
  config: MapNode,
  override: Override,
  evaluators: EvaluatorFactory,
): void {
  try {
    apply(config, override, evaluators);
  } catch (error) {
    if (error instanceof NoKeyFault) {
      throw new HydraOverrideError(
        override.text,
        `${error.message}; to add it write +${override.text}`,
      );
    }
    const isOurs = error instanceof HydraFault ||
      error instanceof GrammarFault ||
      error instanceof InterpolationError || error instanceof NoContainerFault;
    if (!isOurs) throw error;
    throw new HydraOverrideError(override.text, error.message, {
      cause: error,
    });
  }
}

function apply(
  config: MapNode,
  override: Override,
  evaluators: EvaluatorFactory,
): void {
  if (override.package !== undefined) {
    throw new HydraFault(
      `it looks like a choice of an option, but there is no group ${override.key}`,
    );
  }
  const keys = splitKey(override.key);
  if (override.type === "delete") {
    return remove(config, override, keys, evaluators());
  }
  const origin: Origin = {
    file: "command line",
    line: override.number,
    word: override.text,
  };
  const value = treeOf(override.value, origin);
  const mayAdd = override.type !== "change";
  if (override.type === "add") {
    const there = select(config, override.key, evaluators());
    if (there !== undefined && value instanceof Leaf) {
      throw new HydraFault(
        `there is a value already; leave out the +, or write +${override.text} to set it anyway`,
      );
    }
  }
  const deref = (node: TreeNode) => evaluators().tryDeref(node);
  update(config, keys, value, { mayAdd, deref });
}

/** Returns the value at a path, if it is not missing, null or mandatory. */
function select(
  config: MapNode,
  path: string,
  evaluator: Evaluator,
): TreeNode | undefined {
  try {
    const found = evaluator.find(path, config, "keep");
    const isNothing = found instanceof Leaf &&
      (found.value === null || isMandatory(found));
    return isNothing ? undefined : found;
  } catch (error) {
    // A path through a value that is not a container leads nowhere.
    if (error instanceof NoContainerFault) return undefined;
    throw error;
  }
}

function remove(
  config: MapNode,
  override: Override,
  keys: readonly string[],
  evaluator: Evaluator,
): void {
  const there = select(config, override.key, evaluator);
  if (there === undefined) throw new HydraFault("there is no such value");
  const { value } = override;
  if (value !== undefined && value !== null) {
    if (!isEqual(there, treeOf(value, undefined), evaluator)) {
      throw new HydraFault("the value is another one");
    }
  }
  const last = keys.at(-1)!;
  const path = keys.slice(0, -1).join(".");
  const parent = path === "" ? config : evaluator.find(path, config, "keep");
  if (!(parent instanceof MapNode) || !parent.items.delete(last)) {
    throw new HydraFault("a list's items cannot be deleted");
  }
}

/** Tells whether two values are equal in Python: 1 equals 1.0. */
function isEqual(a: TreeNode, b: TreeNode, evaluator: Evaluator): boolean {
  const [x, y] = [evaluator.deref(a), b];
  if (x instanceof Leaf && y instanceof Leaf) {
    const [p, q] = [x.value, y.value].map((value) =>
      value instanceof Float
        ? value.value
        : typeof value === "boolean"
        ? Number(value)
        : value
    );
    return p === q;
  }
  if (x instanceof ListNode && y instanceof ListNode) {
    return x.items.length === y.items.length &&
      x.items.every((item, i) => isEqual(item, y.items[i]!, evaluator));
  }
  return x instanceof MapNode && y instanceof MapNode &&
    x.items.size === y.items.size &&
    [...x.items].every(([key, item]) => {
      const other = y.get(key);
      return other !== undefined && isEqual(item, other, evaluator);
    });
}

/** Sets the value at a path; a value on the way that is not a container becomes a mapping. */
export function update(
  root: MapNode,
  keys: readonly string[],
  value: TreeNode,
  options: MergeOptions,
): void {
  if (keys.length > MAX_DEPTH) {
    throw new HydraFault(
      `the path has ${keys.length} keys, and a config has at most ${MAX_DEPTH} levels`,
    );
  }
  let at: Branch = root;
  for (const key of keys.slice(0, -1)) at = step(at, key, value, options);
  const last = keys.at(-1)!;
  if (at instanceof ListNode) {
    const there = item(at, last);
    if (isBranch(value) && isBranch(there)) mergeInto(there, value, options);
    else at.set(there.key, value);
    return;
  }
  const there = at.get(last);
  if (there === undefined && !options.mayAdd) {
    throw new NoKeyFault(below(at, last));
  }
  if (isBranch(value) && isBranch(there)) mergeInto(there, value, options);
  else at.set(last, value);
}

function step(
  at: Branch,
  key: string,
  value: TreeNode,
  options: MergeOptions,
): Branch {
  const there = at instanceof ListNode ? item(at, key) : at.get(key);
  if (isBranch(there)) return there;
  if (there === undefined && !options.mayAdd) {
    throw new NoKeyFault(below(at, key));
  }
  const made = new MapNode(value.at);
  at.set(there?.key ?? key, made);
  return made;
}

function item(list: ListNode, key: string): TreeNode {
  const found = list.get(key);
  if (found === undefined) {
    throw new HydraFault(
      `${key} is no index of a list of ${list.items.length}; to change its length give the whole list`,
    );
  }
  return found;
}

/** Converts the value of an override to a tree. */
export function treeOf(given: OverrideValue, at: Origin | undefined): TreeNode {
  if (Array.isArray(given)) {
    const list = new ListNode(at);
    for (const item of given) list.push(treeOf(item, at));
    return list;
  }
  if (given instanceof Dict) {
    const map = new MapNode(at);
    for (const [key, item] of given.pairs) {
      map.set(keyOf(key), treeOf(item, at));
    }
    return map;
  }
  if (given instanceof Sweep) throw sweepFault(given);
  const value = given instanceof Quoted ? given.text : given;
  if (hasInterpolation(value)) parseText(value);
  return new Leaf(value, at);
}

/** Makes the error for a value that stands for several. */
export function sweepFault(sweep: Sweep): HydraFault {
  return new HydraFault(
    sweep.isSimple
      ? "it gives several values; for a list write [a,b], for a text put it in quotes"
      : "it gives several values, and a config has one",
  );
}

function keyOf(key: OverrideValue): string {
  if (typeof key === "string") return stringKey(key);
  if (key === null) throw new HydraFault("null cannot be a key");
  return otherKey(
    key instanceof Float
      ? floatText(key.value)
      : typeof key === "boolean"
      ? String(key)
      : pythonText(key),
  );
}
