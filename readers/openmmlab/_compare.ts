import { itemAt } from "./_item_at.ts";
import { Fault } from "./errors.ts";
import type { Budget } from "./_budget.ts";
import {
  hashKey,
  PyDict,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";

type Numeric = boolean | bigint | number;

/** Whether a value is a number in arithmetic; bools are. */
export function isNumeric(value: Value): value is Numeric {
  return typeof value === "bigint" || typeof value === "number" ||
    typeof value === "boolean";
}

/** Converts a bool to its int; other numbers stay as they are. */
export function numeric(value: Numeric): bigint | number {
  return typeof value === "boolean" ? (value ? 1n : 0n) : value;
}

/** Whether Python's `==` holds. */
export function equals(a: Value, b: Value, budget: Budget): boolean {
  if (a === b) return true;
  // Loose equality compares the exact values of a bigint and a number.
  if (isNumeric(a) && isNumeric(b)) return numeric(a) == numeric(b);
  if (a instanceof PyList && b instanceof PyList) {
    return sameItems(a.items, b.items, budget);
  }
  if (a instanceof PyTuple && b instanceof PyTuple) {
    return sameItems(a.items, b.items, budget);
  }
  if (a instanceof PyDict && b instanceof PyDict) return sameDict(a, b, budget);
  if (a instanceof PySet && b instanceof PySet) {
    budget.step(a.map.size);
    return a.map.size === b.map.size &&
      [...a.map.keys()].every((key) => b.map.has(key));
  }
  if (a instanceof PyRange && b instanceof PyRange) {
    const count = a.length;
    return count === b.length && (count === 0n ||
      (a.start === b.start && (count === 1n || a.step === b.step)));
  }
  return false;
}

function sameItems(
  a: readonly Value[],
  b: readonly Value[],
  budget: Budget,
): boolean {
  budget.step(Math.min(a.length, b.length));
  return a.length === b.length &&
    a.every((item, i) => equals(item, itemAt(b, i), budget));
}

function sameDict(a: PyDict, b: PyDict, budget: Budget): boolean {
  budget.step(a.size);
  if (a.size !== b.size) return false;
  for (const [hash, { value }] of a.map) {
    const other = b.map.get(hash);
    if (other === undefined || !equals(value, other.value, budget)) {
      return false;
    }
  }
  return true;
}

/** Whether Python's `<` holds. */
export function isLess(a: Value, b: Value, budget: Budget): boolean {
  if (isNumeric(a) && isNumeric(b)) return numeric(a) < numeric(b);
  if (typeof a === "string" && typeof b === "string") return textLess(a, b);
  const bothLists = a instanceof PyList && b instanceof PyList;
  if (bothLists || (a instanceof PyTuple && b instanceof PyTuple)) {
    const [left, right] = [a.items, b.items];
    budget.step(left.length);
    for (const [i, item] of left.entries()) {
      if (i >= right.length) return false;
      if (!equals(item, itemAt(right, i), budget)) {
        return isLess(item, itemAt(right, i), budget);
      }
    }
    return left.length < right.length;
  }
  if (a instanceof PySet && b instanceof PySet) {
    return a.map.size < b.map.size && isSubset(a, b, budget);
  }
  throw new Fault(`${typeName(a)} and ${typeName(b)} cannot be ordered`);
}

/** Whether every item of one set is in another. */
export function isSubset(a: PySet, b: PySet, budget: Budget): boolean {
  budget.step(a.map.size);
  return [...a.map.keys()].every((key) => b.map.has(key));
}

/** Compares by code points, as Python does; JavaScript compares UTF-16 units. */
function textLess(a: string, b: string): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a.codePointAt(i)! < b.codePointAt(i)!;
  }
  return a.length < b.length;
}

/** Whether Python's `in` holds. */
export function contains(inside: Value, item: Value, budget: Budget): boolean {
  if (typeof inside === "string") {
    if (typeof item === "string") return inside.includes(item);
    throw new Fault(`a str cannot contain ${typeName(item)}`);
  }
  if (inside instanceof PyDict) return inside.has(item);
  if (inside instanceof PySet) return inside.map.has(hashKey(item));
  if (inside instanceof PyList || inside instanceof PyTuple) {
    budget.step(inside.items.length);
    return inside.items.some((other) => equals(other, item, budget));
  }
  if (inside instanceof PyRange) {
    if (!isNumeric(item) || !Number.isInteger(Number(item))) return false;
    const at = BigInt(numeric(item));
    const offset = at - inside.start;
    return offset % inside.step === 0n && offset / inside.step >= 0n &&
      offset / inside.step < inside.length;
  }
  throw new Fault(`${typeName(inside)} cannot contain values`);
}

/** Applies a comparison operator. */
export function compare(
  operator: string,
  a: Value,
  b: Value,
  budget: Budget,
): boolean {
  switch (operator) {
    case "==":
      return equals(a, b, budget);
    case "!=":
    case "<>":
      return !equals(a, b, budget);
    case "in":
      return contains(b, a, budget);
    case "not in":
      return !contains(b, a, budget);
    case "is":
      return a === b;
    case "is not":
      return a !== b;
    case "<":
      return isLess(a, b, budget);
    case ">":
      return isLess(b, a, budget);
    case "<=":
      return isOrdered(a, b, budget) &&
        (isLess(a, b, budget) || equals(a, b, budget));
    default:
      return isOrdered(a, b, budget) &&
        (isLess(b, a, budget) || equals(a, b, budget));
  }
}

/** Returns true, and throws if the values have no order; a comparison with NaN does not throw. */
function isOrdered(a: Value, b: Value, budget: Budget): boolean {
  isLess(a, b, budget);
  return true;
}
