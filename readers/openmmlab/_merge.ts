import type { Budget } from "./_budget.ts";
import { copyDeep } from "./_copy.ts";
import { repr } from "./_repr.ts";
import type { Place } from "./_syntax.ts";
import { isTrue, PyDict, typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

const DELETE = "_delete_";

/** A fault about a key of a child config that does not fit its base. */
export class MergeFault extends Fault {
  /** The place where the child sets the key. */
  readonly at: Place | undefined;
  /**
   * @param reason What is wrong.
   * @param at The place where the child sets the key.
   */
  constructor(reason: string, at: Place | undefined) {
    super(reason);
    this.at = at;
  }
}

/**
 * Merges a config file's keys into those of its bases, as mmengine does.
 *
 * @param child The file's own keys, as `ConfigDict`s; `_delete_` is removed from them.
 * @param base The keys of its bases.
 * @returns a new dict, which shares unchanged values with the base; the base itself is not changed.
 */
export function mergeIntoBase(
  child: PyDict,
  base: PyDict,
  budget: Budget,
): PyDict {
  budget.items(base.size + child.size);
  const merged = new PyDict(true);
  for (const [hash, entry] of base.map) merged.map.set(hash, entry);
  for (const entry of child.map.values()) {
    const { key, value, at } = entry;
    const below = base.entry(key);
    const isMerged = value instanceof PyDict && below !== undefined &&
      !takeDelete(value);
    if (!isMerged) {
      merged.put(entry);
      continue;
    }
    if (!(below.value instanceof PyDict)) {
      throw new MergeFault(
        `${repr(key)} is a dict here and ${
          typeName(below.value)
        } in the base ` +
          `(${
            where(below.at)
          }); set _delete_=True in the dict to take nothing from the base`,
        at,
      );
    }
    // The origin of the key stays in the base, because only its content changes.
    const both = mergeIntoBase(value, below.value, budget);
    merged.put({ key, value: both, at: below.at });
  }
  return merged;
}

function where(at: Place | undefined): string {
  return at === undefined ? "of no known line" : `${at.file}:${at.line}`;
}

/** Removes `_delete_` and returns whether it was set. */
function takeDelete(value: PyDict): boolean {
  const given = value.get(DELETE);
  if (given === undefined) return false;
  value.delete(DELETE);
  return isTrue(given);
}

/** Implements `ConfigDict.merge`. */
export function mergeIntoConfig(
  self: PyDict,
  other: PyDict,
  budget: Budget,
): void {
  const merged = mergedConfig(
    copyDeep(other, budget) as PyDict,
    copyDeep(self, budget) as PyDict,
    budget,
  );
  self.map.clear();
  for (const { key, value, at } of merged.map.values()) {
    self.set(key, value, at);
  }
}

function mergedConfig(child: PyDict, base: PyDict, budget: Budget): PyDict {
  if (takeDelete(child)) base.map.clear();
  budget.items(child.size + base.size);
  const merged = new PyDict();
  for (
    const { key, value, at } of [...base.map.values(), ...child.map.values()]
  ) {
    if (key === DELETE) continue;
    const over = child.entry(key);
    const below = base.get(key);
    if (over === undefined) merged.set(key, value, at);
    else merged.set(key, mergedValue(over.value, below, budget), over.at);
  }
  return merged;
}

function mergedValue(
  child: Value,
  base: Value | undefined,
  budget: Budget,
): Value {
  if (!(child instanceof PyDict)) return child;
  if (base instanceof PyDict) return mergedConfig(child, base, budget);
  child.delete(DELETE);
  return child;
}
