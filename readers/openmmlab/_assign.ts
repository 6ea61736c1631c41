import { itemAt } from "./_item_at.ts";
// This import cycle is intended: mutual recursion over the syntax tree.
import { evaluate } from "./_evaluate.ts";
import type { Machine, Names } from "./_machine.ts";
import { iterate, position, slicePositions } from "./_sequence.ts";
import type { Expr, Place, Target } from "./_syntax.ts";
import { PyDict, PyList, typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/** The places where the names of a file's top level are set. */
export const PLACES: WeakMap<Names, Map<string, Place>> = new WeakMap();

/** Sets a name in the scope of the file's top level or of a function. */
export function setName(
  name: string,
  value: Value,
  at: Place,
  names: Names,
): void {
  names.own.set(name, value);
  PLACES.get(names)?.set(name, at);
}

/** Assigns a value to a target. */
export function assignTo(
  target: Target,
  value: Value,
  names: Names,
  machine: Machine,
  at: Place = target.at,
): void {
  switch (target.kind) {
    case "name":
      return setName(target.name, value, at, names);
    case "list":
    case "tuple":
      return unpack(target, value, names, machine, at);
    case "attribute": {
      const object = evaluate(target.of, names, machine);
      machine.place = target.at;
      if (object instanceof PyDict && object.isConfig) {
        return object.set(target.name, value, at);
      }
      throw new Fault(`an attribute of ${typeName(object)} cannot be set`);
    }
    case "item":
      return setItem(target, value, names, machine, at);
    default:
      machine.place = target.at;
      throw new Fault("this cannot be assigned to");
  }
}

function unpack(
  target: Extract<Expr, { kind: "list" | "tuple" | "set" }>,
  value: Value,
  names: Names,
  machine: Machine,
  at: Place,
): void {
  machine.place = target.at;
  const values = iterate(value, machine.budget);
  const { items } = target;
  const star = items.findIndex((item) => item.star);
  const extra = values.length - items.length;
  if (star < 0 ? extra !== 0 : extra < -1) {
    throw new Fault(
      `${values.length} values cannot be assigned to ${items.length} names`,
    );
  }
  let next = 0;
  for (const [index, item] of items.entries()) {
    if (index === star) {
      const rest = values.slice(next, next + extra + 1);
      machine.budget.items(rest.length);
      assignTo(item.value, new PyList([...rest]), names, machine, at);
      next += extra + 1;
    } else assignTo(item.value, values[next++]!, names, machine, at);
  }
}

function setItem(
  target: Extract<Expr, { kind: "item" }>,
  value: Value,
  names: Names,
  machine: Machine,
  at: Place,
): void {
  const object = evaluate(target.of, names, machine);
  if (target.index.kind === "slice") {
    return setSlice(object, target, value, names, machine);
  }
  const index = evaluate(target.index, names, machine);
  machine.place = target.at;
  if (object instanceof PyDict) {
    machine.budget.items(1);
    return object.set(index, value, at);
  }
  if (!(object instanceof PyList)) {
    throw new Fault(`an item of ${typeName(object)} cannot be set`);
  }
  object.items[position(index, object.items.length, "the list")] = value;
}

function setSlice(
  object: Value,
  target: Extract<Expr, { kind: "item" }>,
  value: Value,
  names: Names,
  machine: Machine,
): void {
  const taken = positionsOf(object, target, names, machine);
  const list = object as PyList;
  const values = [...iterate(value, machine.budget)];
  machine.budget.items(list.items.length + values.length);
  const { step } = target.index as Extract<Expr, { kind: "slice" }>;
  if (step === undefined) {
    const from = taken.start;
    list.items = [
      ...list.items.slice(0, from),
      ...values,
      ...list.items.slice(from + taken.positions.length),
    ];
    return;
  }
  if (values.length !== taken.positions.length) {
    throw new Fault(
      `${values.length} values cannot be assigned to ${taken.positions.length} items`,
    );
  }
  taken.positions.forEach((at, i) => list.items[at] = itemAt(values, i));
}

function positionsOf(
  object: Value,
  target: Extract<Expr, { kind: "item" }>,
  names: Names,
  machine: Machine,
): { positions: number[]; start: number } {
  const { start, stop, step } = target.index as Extract<
    Expr,
    { kind: "slice" }
  >;
  const bound = (part: Expr | undefined) =>
    part === undefined ? undefined : evaluate(part, names, machine);
  const slice = { start: bound(start), stop: bound(stop), step: bound(step) };
  machine.place = target.at;
  if (!(object instanceof PyList)) {
    throw new Fault(`a slice of ${typeName(object)} cannot be changed`);
  }
  const { length } = object.items;
  const positions = slicePositions(slice, length);
  // The position of an empty slice.
  const from =
    slicePositions({ ...slice, stop: undefined, step: undefined }, length)[0];
  return { positions, start: positions[0] ?? from ?? length };
}

/** Executes `del target`. */
export function deleteTarget(
  target: Target,
  names: Names,
  machine: Machine,
): void {
  if (target.kind === "tuple" || target.kind === "list") {
    for (const item of target.items) deleteTarget(item.value, names, machine);
    return;
  }
  if (target.kind === "name") {
    machine.place = target.at;
    PLACES.get(names)?.delete(target.name);
    if (names.own.delete(target.name)) return;
    throw new Fault(`${target.name} is not set`);
  }
  if (target.kind !== "item" && target.kind !== "attribute") {
    machine.place = target.at;
    throw new Fault("this cannot be deleted");
  }
  const object = evaluate(target.of, names, machine);
  if (target.kind === "item" && target.index.kind === "slice") {
    const taken = new Set(
      positionsOf(object, target, names, machine).positions,
    );
    const list = object as PyList;
    list.items = list.items.filter((_, i) => !taken.has(i));
    return;
  }
  const index = target.kind === "attribute"
    ? target.name
    : evaluate(target.index, names, machine);
  machine.place = target.at;
  deleteItem(object, index, target.kind === "attribute");
}

function deleteItem(object: Value, index: Value, isAttribute: boolean): void {
  if (object instanceof PyDict && (!isAttribute || object.isConfig)) {
    if (object.delete(index)) return;
    throw new Fault(`there is no key ${String(index)}`);
  }
  if (!(object instanceof PyList) || isAttribute) {
    throw new Fault(`nothing can be deleted from ${typeName(object)}`);
  }
  object.items.splice(position(index, object.items.length, "the list"), 1);
}
