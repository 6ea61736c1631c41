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
import type { Clause, Expr, Field, Item, Place } from "./_syntax.ts";
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

/** The node of an expression of some kinds. */
type Node<Kind extends Expr["kind"]> = Extract<Expr, { kind: Kind }>;

/** Evaluates an expression. */
export function evaluate(expr: Expr, names: Names, machine: Machine): Value {
  machine.budget.step();
  switch (expr.kind) {
    case "constant":
      return expr.value;
    case "name":
      return lookUp(expr, names, machine);
    case "list":
    case "tuple":
    case "set":
      return display(expr, names, machine);
    case "dict":
      return dict(expr, names, machine);
    case "comprehension":
      return comprehension(expr, names, machine);
    case "format":
      return formatted(expr.parts, names, machine);
    case "lambda":
      return lambda(expr, names, machine);
    case "call":
      return call(expr, names, machine);
    case "attribute":
      return attributeOf(expr, names, machine);
    case "item":
      return item(expr, names, machine);
    case "bind":
      return bind(expr, names, machine);
    default:
      return operate(expr, names, machine);
  }
}

/** Evaluates an operator. */
function operate(
  expr: Node<
    | "unary"
    | "binary"
    | "compare"
    | "logic"
    | "choice"
    | "slice"
    | "unsupported"
  >,
  names: Names,
  machine: Machine,
): Value {
  switch (expr.kind) {
    case "unary":
      return unaryOperation(expr, names, machine);
    case "binary":
      return binaryOperation(expr, names, machine);
    case "compare":
      return comparison(expr, names, machine);
    case "logic": {
      const left = evaluate(expr.left, names, machine);
      return isTrue(left) === (expr.operator === "or")
        ? left
        : evaluate(expr.right, names, machine);
    }
    case "choice": {
      const isThen = isTrue(evaluate(expr.test, names, machine));
      return evaluate(isThen ? expr.then : expr.otherwise, names, machine);
    }
    case "slice":
    case "unsupported": {
      machine.place = expr.at;
      const what = expr.kind === "slice" ? "a slice" : expr.what;
      throw new Fault(`${what} is not supported in a config`);
    }
  }
}

function unaryOperation(
  expr: Node<"unary">,
  names: Names,
  machine: Machine,
): Value {
  const value = evaluate(expr.of, names, machine);
  machine.place = expr.at;
  return expr.operator === "not" ? !isTrue(value) : unary(expr.operator, value);
}

function binaryOperation(
  expr: Node<"binary">,
  names: Names,
  machine: Machine,
): Value {
  const left = evaluate(expr.left, names, machine);
  const right = evaluate(expr.right, names, machine);
  machine.place = expr.at;
  return binary(expr.operator, left, right, machine.budget);
}

function attributeOf(
  expr: Node<"attribute">,
  names: Names,
  machine: Machine,
): Value {
  const object = evaluate(expr.of, names, machine);
  machine.place = expr.at;
  return attribute(object, expr.name, machine);
}

function lambda(expr: Node<"lambda">, names: Names, machine: Machine): Value {
  return new Callable(
    "lambda",
    (args) => callFunction("lambda", expr, args, names, machine),
  );
}

/** Evaluates an assignment expression, `name := value`. */
function bind(expr: Node<"bind">, names: Names, machine: Machine): Value {
  const value = evaluate(expr.value, names, machine);
  setName(expr.name, value, expr.at, names);
  return value;
}

function lookUp(
  expr: Node<"name">,
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

function display(
  expr: Node<"list" | "tuple" | "set">,
  names: Names,
  machine: Machine,
): Value {
  const items = collect(expr.items, names, machine);
  if (expr.kind === "list") return new PyList(items);
  if (expr.kind === "tuple") return new PyTuple(items);
  machine.place = expr.at;
  return new PySet(items);
}

function dict(
  expr: Node<"dict">,
  names: Names,
  machine: Machine,
): Value {
  const made = new PyDict();
  for (const { key, value, at } of expr.items) {
    const name = key === undefined ? undefined : evaluate(key, names, machine);
    const found = evaluate(value, names, machine);
    machine.place = at;
    if (name !== undefined) made.set(name, found, at);
    else takeEntries(made, mapping(found), machine.at(), machine.budget);
  }
  machine.budget.items(made.size);
  return made;
}

/** Returns what `**` unpacks. */
function mapping(found: Value): PyDict {
  if (found instanceof PyDict) return found;
  throw new Fault(`** needs a dict and gets ${typeName(found)}`);
}

function call(
  expr: Node<"call">,
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
  expr: Node<"call">,
  names: Names,
  machine: Machine,
): CallArguments {
  const args = new Arguments();
  for (const { name, value, at } of expr.args) {
    const found = evaluate(value, names, machine);
    machine.place = at;
    if (name === "*") {
      for (const item of iterate(found, machine.budget)) {
        args.positional.push(item);
      }
    } else if (name === "**") {
      const { size, map } = mapping(found);
      machine.budget.items(size);
      for (const entry of map.values()) {
        args.name(entry.key, entry.value, entry.at ?? at);
      }
    } else if (name !== "") args.name(name, found, at);
    else args.positional.push(found);
  }
  return args;
}

/** The arguments of a call, while they are evaluated. */
class Arguments implements CallArguments {
  readonly positional: Value[] = [];
  readonly named: Map<string, Value> = new Map();
  readonly places: Map<string, Place> = new Map();

  /** Adds a named argument. */
  name(name: Value, value: Value, at: Place): void {
    if (typeof name !== "string") {
      throw new Fault("the name of an argument must be a str");
    }
    if (this.named.has(name)) {
      throw new Fault(`the argument ${name} is given twice`);
    }
    this.named.set(name, value);
    this.places.set(name, at);
  }
}

function item(
  expr: Node<"item">,
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
  expr: Node<"compare">,
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

function comprehension(
  expr: Node<"comprehension">,
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
