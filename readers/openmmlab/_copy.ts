import type { Budget } from "./_budget.ts";
import { PyDict, PyList, PySet, PyTuple, type Value } from "./_values.ts";

/** Implements `copy.deepcopy`: an object that occurs twice is one object in the copy too. */
export function copyDeep(
  value: Value,
  budget: Budget,
  known: Map<object, Value> = new Map(),
): Value {
  if (typeof value !== "object" || value === null) return value;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  if (value instanceof PyDict) {
    const copy = new PyDict(value.isConfig);
    known.set(value, copy);
    budget.items(value.size);
    for (const { key, value: item, at } of value.map.values()) {
      copy.set(key, copyDeep(item, budget, known), at);
    }
    return copy;
  }
  if (value instanceof PyList) {
    const copy = new PyList();
    known.set(value, copy);
    budget.items(value.items.length);
    copy.items = value.items.map((item) => copyDeep(item, budget, known));
    return copy;
  }
  if (value instanceof PyTuple) {
    budget.items(value.items.length);
    const copy = new PyTuple(
      value.items.map((item) => copyDeep(item, budget, known)),
    );
    known.set(value, copy);
    return copy;
  }
  if (value instanceof PySet) {
    budget.items(value.map.size);
    return new PySet(value.map.values());
  }
  return value;
}

/** Implements `copy.copy`. */
export function copyShallow(value: Value, budget: Budget): Value {
  if (value instanceof PyList) {
    budget.items(value.items.length);
    return new PyList([...value.items]);
  }
  if (value instanceof PySet) return new PySet(value.map.values());
  if (!(value instanceof PyDict)) return value;
  budget.items(value.size);
  const copy = new PyDict(value.isConfig);
  for (const { key, value: item, at } of value.map.values()) {
    copy.set(key, item, at);
  }
  return copy;
}
