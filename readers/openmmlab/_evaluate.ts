import { binary, unary } from "./_arithmetic.ts";
// This import cycle is intended: mutual recursion over the syntax tree.
import { assignTo, setName } from "./_assign.ts";
import { attribute } from "./_attribute.ts";
import { itemOf, sliced } from "./_item.ts";
import { compare } from "./_compare.ts";
import { takeEntries } from "./_dict_update.ts";
// This import cycle is intended: mutual recursion over the syntax tree.
import { callFunction } from "./_function.ts";
import { format } from "./_format.ts";
import { convert } from "./_format_text.ts";
import { type Machine, Names } from "./_machine.ts";
import { iterate } from "./_sequence.ts";
import type { Clause, Expr, Field, Item } from "./_syntax.ts";
import {
  Callable,
  type CallArguments,
  isTrue,
  LazyName,
  PyDict,
  PyIterator,
  PyList,
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
        } is not supported in a config`,
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
    `${expr.name} is not set before it is used, and is not a supported built-in function`,
  );
}

/** Returns the elements of a display; starred elements are unpacked. */
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
  takeEntries(into, found, machine.at(), machine.budget);
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
      `${callee.path} cannot be used as a function, because imported code is not run; a config can only name it`,
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
          throw new Fault("the name of an argument must be a str");
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
