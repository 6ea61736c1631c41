import { PyDict, PyList, PyTuple, type Value } from "./_values.ts";

/**
 * Adds the name of the package to the outermost dicts with a `type` in a base from another package, as
 * mmengine does, so that its registry finds them.
 */
export function withScope(base: PyDict, scope: string): PyDict {
  const marked = new PyDict(true);
  for (const { key, value, at } of base.map.values()) {
    marked.set(key, mark(value, scope), at);
  }
  return marked;
}

function mark(value: Value, scope: string): Value {
  if (value instanceof PyList) {
    return new PyList(value.items.map((item) => mark(item, scope)));
  }
  if (value instanceof PyTuple) {
    return new PyTuple(value.items.map((item) => mark(item, scope)));
  }
  if (!(value instanceof PyDict)) return value;
  const isTyped = value.has("type");
  const copy = new PyDict(true);
  for (const { key, value: item, at } of value.map.values()) {
    copy.set(key, isTyped ? item : mark(item, scope), at);
  }
  if (isTyped && (copy.get("_scope_") ?? null) === null) {
    copy.set("_scope_", scope, copy.entry("type")!.at);
  }
  return copy;
}
