import { binary, unary } from "./_arithmetic.ts";
import { assignTo, setName } from "./_assign.ts";
import { compare } from "./_compare.ts";
import { containerMethod } from "./_container_methods.ts";
import { takeEntries } from "./_dict_update.ts";
import { callFunction } from "./_function.ts";
import { format } from "./_format.ts";
import { convert } from "./_format_text.ts";
import { type Machine, Names } from "./_machine.ts";
import { charsOf, iterate, position, slicePositions } from "./_sequence.ts";
import { stringMethod } from "./_string_methods.ts";
import type { Clause, Expr, Field, Item } from "./_syntax.ts";
import {
  Callable,
  type CallArguments,
  isTrue,
  LazyName,
  PyDict,
  PyIterator,
  PyList,
  PyModule,
  PyRange,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Evaluates an expression. */
export function evaluate(expr: Expr, names: Names, machine: Machine): Value {
  machine.budget.step();
  switch (expr.kind) {
    case "constant":
      return expr.value;
    case "name":
      return lookUp(expr, names, machine);
    case "list":
      return new PyList(collect(expr.items, names, machine));
    case "tuple":
      return new PyTuple(collect(expr.items, names, machine));
    case "set": {
      const items = collect(expr.items, names, machine);
      machine.place = expr.at;
      return new PySet(items);
    }
    case "dict":
      return dict(expr, names, machine);
    case "call":
      return call(expr, names, machine);
    case "attribute": {
      const object = evaluate(expr.of, names, machine);
      machine.place = expr.at;
      return attribute(object, expr.name, machine);
    }
    case "item":
      return item(expr, names, machine);
    case "unary": {
      const value = evaluate(expr.of, names, machine);
      machine.place = expr.at;
      return expr.operator === "not"
        ? !isTrue(value)
        : unary(expr.operator, value);
    }
    case "binary": {
      const left = evaluate(expr.left, names, machine);
      const right = evaluate(expr.right, names, machine);
      machine.place = expr.at;
      return binary(expr.operator, left, right, machine.budget);
    }
    case "compare":
      return comparison(expr, names, machine);
    case "logic": {
      const left = evaluate(expr.left, names, machine);
      return isTrue(left) === (expr.operator === "or")
        ? left
        : evaluate(expr.right, names, machine);
    }
    case "choice": {
      const test = evaluate(expr.test, names, machine);
      return evaluate(
        isTrue(test) ? expr.then : expr.otherwise,
        names,
        machine,
      );
    }
    case "lambda":
      return new Callable(
        "lambda",
        (args) => callFunction("lambda", expr, args, names, machine),
      );
    case "comprehension":
      return comprehension(expr, names, machine);
    case "format":
      return formatted(expr.parts, names, machine);
    case "bind": {
      const value = evaluate(expr.value, names, machine);
      setName(expr.name, value, expr.at, names);
      return value;
    }
    case "slice":
    case "unsupported":
      machine.place = expr.at;
      throw new Fault(
        `${
          expr.kind === "slice" ? "a slice" : expr.what
        } is more than a config may have here`,
      );
  }
}

function lookUp(
  expr: Extract<Expr, { kind: "name" }>,
  names: Names,
  machine: Machine,
): Value {
  const own = names.find(expr.name);
  const found = own === undefined ? machine.builtins.get(expr.name) : own;
  if (found !== undefined) return found;
  machine.place = expr.at;
  throw new Fault(
    `${expr.name} is not set before it is used, and is no function that makes data of data`,
  );
}

/** The elements of a display, starred ones unpacked. */
export function collect(
  items: readonly Item[],
  names: Names,
  machine: Machine,
): Value[] {
  const values: Value[] = [];
  for (const { star, value } of items) {
    const found = evaluate(value, names, machine);
    if (star) {
      machine.place = value.at;
      for (const item of iterate(found, machine.budget)) values.push(item);
    } else values.push(found);
  }
  machine.budget.items(values.length);
  return values;
}

function dict(
  expr: Extract<Expr, { kind: "dict" }>,
  names: Names,
  machine: Machine,
): Value {
  const made = new PyDict();
  for (const { key, value, at } of expr.items) {
    const name = key === undefined ? undefined : evaluate(key, names, machine);
    const found = evaluate(value, names, machine);
    machine.place = at;
    if (name === undefined) {
      takeMapping(made, found, machine);
    } else made.set(name, found, at);
  }
  machine.budget.items(made.size);
  return made;
}

function takeMapping(into: PyDict, found: Value, machine: Machine): void {
  if (!(found instanceof PyDict)) {
    throw new Fault(`** needs a dict and gets ${typeName(found)}`);
  }
  takeEntries(into, found, machine.place!, machine.budget);
}

function call(
  expr: Extract<Expr, { kind: "call" }>,
  names: Names,
  machine: Machine,
): Value {
  const callee = evaluate(expr.callee, names, machine);
  const args = callArguments(expr, names, machine);
  machine.place = expr.at;
  if (callee instanceof Callable) return callee.call(args);
  if (callee instanceof LazyName) {
    throw new Fault(
      `${callee.path} would have to be run; a config may only name it`,
    );
  }
  throw new Fault(`${typeName(callee)} cannot be called`);
}

function callArguments(
  expr: Extract<Expr, { kind: "call" }>,
  names: Names,
  machine: Machine,
): CallArguments {
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  const places = new Map<string, Expr["at"]>();
  for (const { name, value, at } of expr.args) {
    const found = evaluate(value, names, machine);
    machine.place = at;
    if (name === "") positional.push(found);
    else if (name === "*") {
      for (const item of iterate(found, machine.budget)) positional.push(item);
    } else if (name === "**") {
      if (!(found instanceof PyDict)) {
        throw new Fault(`** needs a dict and gets ${typeName(found)}`);
      }
      machine.budget.items(found.size);
      for (const entry of found.map.values()) {
        if (typeof entry.key !== "string") {
          throw new Fault("an argument's name must be a str");
        }
        refuseTwice(named, entry.key);
        named.set(entry.key, entry.value);
        places.set(entry.key, entry.at ?? at);
      }
    } else {
      refuseTwice(named, name);
      named.set(name, found);
      places.set(name, at);
    }
  }
  return { positional, named, places };
}

function refuseTwice(named: ReadonlyMap<string, Value>, name: string): void {
  if (named.has(name)) throw new Fault(`the argument ${name} is given twice`);
}

/** An attribute: of a base it is a key, of a container a method, of an import a name. */
function attribute(object: Value, name: string, machine: Machine): Value {
  if (object instanceof LazyName) return object.attribute(name);
  if (object instanceof PyModule) {
    const member = object.members.get(name);
    if (member !== undefined) return member;
    throw new Fault(`${object.name}.${name} is more than a config may use`);
  }
  const method = containerMethod(object, name);
  if (method !== undefined) {
    return new Callable(
      name,
      (args) => method(args, { budget: machine.budget, at: machine.place! }),
    );
  }
  if (typeof object === "string") {
    const own = stringMethod(name);
    if (own !== undefined) {
      return new Callable(name, (args) => own(object, args, machine.budget));
    }
  }
  if (object instanceof PyDict && object.isConfig) {
    const found = object.get(name);
    if (found !== undefined) return found;
    throw new Fault(`there is no key "${name}"`);
  }
  if (
    object instanceof Callable && name === "fromkeys" && object.name === "dict"
  ) {
    return new Callable("fromkeys", (args) => fromKeys(args, machine));
  }
  const hint = object instanceof PyDict && object.has(name)
    ? `; write ["${name}"]`
    : "";
  throw new Fault(`${typeName(object)} has no attribute ${name}${hint}`);
}

function fromKeys({ positional }: CallArguments, machine: Machine): Value {
  const made = new PyDict();
  const [keys, value] = positional;
  if (keys === undefined) throw new Fault("fromkeys needs keys");
  for (const key of iterate(keys, machine.budget)) {
    made.set(key, value ?? null, machine.place);
  }
  machine.budget.items(made.size);
  return made;
}

function item(
  expr: Extract<Expr, { kind: "item" }>,
  names: Names,
  machine: Machine,
): Value {
  const object = evaluate(expr.of, names, machine);
  if (expr.index.kind === "slice") {
    const part = (bound: Expr | undefined) =>
      bound === undefined ? undefined : evaluate(bound, names, machine);
    const { start, stop, step } = expr.index;
    const slice = { start: part(start), stop: part(stop), step: part(step) };
    machine.place = expr.at;
    return sliced(object, slice, machine);
  }
  const index = evaluate(expr.index, names, machine);
  machine.place = expr.at;
  return itemOf(object, index);
}

function sliced(
  object: Value,
  slice: Parameters<typeof slicePositions>[0],
  { budget }: Machine,
): Value {
  if (typeof object === "string") {
    const chars = charsOf(object);
    const taken = slicePositions(slice, chars.length);
    budget.text(taken.length);
    return taken.map((at) => chars[at]!).join("");
  }
  const source = object instanceof PyRange
    ? iterate(object, budget)
    : object instanceof PyList || object instanceof PyTuple
    ? object.items
    : undefined;
  if (source === undefined) {
    throw new Fault(`${typeName(object)} cannot be sliced`);
  }
  const taken = slicePositions(slice, source.length).map((at) => source[at]!);
  budget.items(taken.length);
  return object instanceof PyTuple ? new PyTuple(taken) : new PyList(taken);
}

/** `object[index]`. */
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
    return items[position(index, items.length, typeName(object))]!;
  }
  if (typeof object === "string") {
    const chars = charsOf(object);
    return chars[position(index, chars.length, "a str")]!;
  }
  if (object instanceof PyRange) {
    const at = position(index, Number(object.length), "a range");
    return object.start + BigInt(at) * object.step;
  }
  throw new Fault(`${typeName(object)} has no items`);
}

function comparison(
  expr: Extract<Expr, { kind: "compare" }>,
  names: Names,
  machine: Machine,
): boolean {
  let left = evaluate(expr.first, names, machine);
  for (const [operator, next] of expr.rest) {
    const right = evaluate(next, names, machine);
    machine.place = expr.at;
    if (!compare(operator, left, right, machine.budget)) return false;
    left = right;
  }
  return true;
}

type Comprehension = Extract<Expr, { kind: "comprehension" }>;

function comprehension(
  expr: Comprehension,
  names: Names,
  machine: Machine,
): Value {
  const inner = new Names(new Map(), names);
  const found: Value[] = [];
  const made = new PyDict();
  go(expr.clauses, inner, machine, () => {
    machine.budget.items(1);
    if (expr.key === undefined) {
      found.push(evaluate(expr.value, inner, machine));
      return;
    }
    const key = evaluate(expr.key, inner, machine);
    const value = evaluate(expr.value, inner, machine);
    machine.place = expr.value.at;
    made.set(key, value, expr.value.at);
  });
  machine.place = expr.at;
  switch (expr.of) {
    case "list":
      return new PyList(found);
    case "set":
      return new PySet(found);
    case "dict":
      return made;
    case "generator":
      return new PyIterator(found);
  }
}

function go(
  clauses: readonly Clause[],
  names: Names,
  machine: Machine,
  visit: () => void,
): void {
  const [clause, ...rest] = clauses;
  if (clause === undefined) return visit();
  const source = evaluate(clause.source, names, machine);
  machine.place = clause.source.at;
  for (const value of iterate(source, machine.budget)) {
    assignTo(clause.target, value, names, machine);
    const isTaken = clause.tests.every((test) =>
      isTrue(evaluate(test, names, machine))
    );
    if (isTaken) go(rest, names, machine, visit);
  }
}

function formatted(
  parts: readonly (string | Field)[],
  names: Names,
  machine: Machine,
): string {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") text += part;
    else {
      const value = evaluate(part.value, names, machine);
      const spec = formatted(part.spec ?? [], names, machine);
      machine.place = part.value.at;
      text += part.label +
        format(convert(value, part.conversion), spec, machine.budget);
    }
  }
  machine.budget.text(text.length);
  return text;
}
