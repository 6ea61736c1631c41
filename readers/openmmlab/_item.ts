import { itemAt } from "./_item_at.ts";
import type { Machine } from "./_machine.ts";
import { charsOf, iterate, position, slicePositions } from "./_sequence.ts";
import {
  PyDict,
  PyList,
  PyRange,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Evaluates `object[start:stop:step]`. */
export function sliced(
  object: Value,
  slice: Parameters<typeof slicePositions>[0],
  { budget }: Machine,
): Value {
  if (typeof object === "string") {
    const chars = charsOf(object);
    const taken = slicePositions(slice, chars.length);
    budget.text(taken.length);
    return taken.map((at) => itemAt(chars, at)).join("");
  }
  const source = object instanceof PyRange
    ? iterate(object, budget)
    : object instanceof PyList || object instanceof PyTuple
    ? object.items
    : undefined;
  if (source === undefined) {
    throw new Fault(`${typeName(object)} cannot be sliced`);
  }
  const taken = slicePositions(slice, source.length).map((at) =>
    itemAt(source, at)
  );
  budget.items(taken.length);
  return object instanceof PyTuple ? new PyTuple(taken) : new PyList(taken);
}

/** Evaluates `object[index]`. */
export function itemOf(object: Value, index: Value): Value {
  if (object instanceof PyDict) {
    const found = object.get(index);
    if (found !== undefined) return found;
    throw new Fault(
      `there is no key ${
        typeof index === "string" ? `"${index}"` : String(index)
      }`,
    );
  }
  if (object instanceof PyList || object instanceof PyTuple) {
    const { items } = object;
    return itemAt(items, position(index, items.length, typeName(object)));
  }
  if (typeof object === "string") {
    const chars = charsOf(object);
    return itemAt(chars, position(index, chars.length, "a str"));
  }
  if (object instanceof PyRange) {
    const at = position(index, Number(object.length), "a range");
    return object.start + BigInt(at) * object.step;
  }
  throw new Fault(`${typeName(object)} has no items`);
}
