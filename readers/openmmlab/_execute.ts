import { rootOf } from "./_dotted.ts";
import { itemAt } from "./_item_at.ts";
import { assignTo, deleteTarget, setName } from "./_assign.ts";
import { binary } from "./_arithmetic.ts";
import { updateDict } from "./_dict_update.ts";
import { evaluate } from "./_evaluate.ts";
import { callFunction } from "./_function.ts";
import type { Machine, Names } from "./_machine.ts";
import { isStandard, standardModule } from "./_modules.ts";
import { iterate } from "./_sequence.ts";
import type { Statement } from "./_syntax.ts";
import {
  Callable,
  type CallArguments,
  isTrue,
  LazyName,
  PyDict,
  PyList,
  PySet,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** The outcome of a statement: continue with the next one, or leave the enclosing loop or function. */
type Outcome = "next" | "break" | "continue" | { readonly value: Value };

/** Runs the body of a function and returns its result. */
export function runBody(
  body: readonly Statement[],
  names: Names,
  machine: Machine,
): Value {
  const outcome = run(body, names, machine);
  return typeof outcome === "object" ? outcome.value : null;
}

/** Runs statements in order. */
export function run(
  body: readonly Statement[],
  names: Names,
  machine: Machine,
): Outcome {
  for (const statement of body) {
    const outcome = execute(statement, names, machine);
    if (outcome !== "next") return outcome;
  }
  return "next";
}

/** The node of a statement of some kinds. */
type Node<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

function execute(
  statement: Statement,
  names: Names,
  machine: Machine,
): Outcome {
  machine.place = statement.at;
  machine.budget.step();
  switch (statement.kind) {
    case "if":
      return choose(statement, names, machine);
    case "for":
      return repeat(statement, turnsOfFor(statement, names, machine), {
        names,
        machine,
      });
    case "while":
      return repeat(statement, turnsOfWhile(statement, names, machine), {
        names,
        machine,
      });
    case "return": {
      const { value } = statement;
      const isEmpty = value === undefined;
      return { value: isEmpty ? null : evaluate(value, names, machine) };
    }
    case "break":
    case "continue":
      return statement.kind;
    default:
      perform(statement, names, machine);
      return "next";
  }
}

/** Executes a statement after which the next one is executed. */
function perform(
  statement: Exclude<
    Statement,
    Node<"if" | "for" | "while" | "return" | "break" | "continue">
  >,
  names: Names,
  machine: Machine,
): void {
  switch (statement.kind) {
    case "assign":
      return assign(statement, names, machine);
    case "augment":
      return augment(statement, names, machine);
    case "expression":
      evaluate(statement.value, names, machine);
      return;
    case "def":
      return define(statement, names, machine);
    case "delete":
      return deleteAll(statement, names, machine);
    case "import":
    case "from":
      return bindImports(statement, names, machine);
    case "assert":
      return check(statement, names, machine);
    case "annotate":
    case "pass":
    // The bases are read before the file is run.
    case "bases":
      return;
    case "unsupported":
      throw new Fault(`${statement.what} is not supported in a config`);
  }
}

function choose(
  statement: Node<"if">,
  names: Names,
  machine: Machine,
): Outcome {
  for (const [test, body] of statement.branches) {
    if (test === undefined || isTrue(evaluate(test, names, machine))) {
      return run(body, names, machine);
    }
  }
  return "next";
}

function define(
  statement: Node<"def">,
  names: Names,
  machine: Machine,
): void {
  const { name, at } = statement;
  const call = (args: CallArguments) =>
    callFunction(name, statement, args, names, machine);
  setName(name, new Callable(name, call), at, names);
}

function deleteAll(
  { targets }: Node<"delete">,
  names: Names,
  machine: Machine,
): void {
  for (const target of targets) deleteTarget(target, names, machine);
}

function check(
  { test, at }: Node<"assert">,
  names: Names,
  machine: Machine,
): void {
  if (isTrue(evaluate(test, names, machine))) return;
  machine.place = at;
  throw new Fault("the assertion fails");
}

function assign(
  statement: Node<"assign">,
  names: Names,
  machine: Machine,
): void {
  const [first] = statement.targets;
  // The bases have been read before.
  if (first?.kind === "name" && first.name === "_base_") return;
  const value = evaluate(statement.value, names, machine);
  for (const target of statement.targets) {
    assignTo(target, value, names, machine);
  }
}

function augment(
  { target, operator, value, at }: Node<"augment">,
  names: Names,
  machine: Machine,
): void {
  const isName = target.kind === "name";
  const isPart = target.kind === "item" || target.kind === "attribute";
  const before = isName || isPart
    ? evaluate(target, names, machine)
    : undefined;
  if (before === undefined) {
    machine.place = target.at;
    throw new Fault("this cannot be assigned to");
  }
  const operand = evaluate(value, names, machine);
  machine.place = at;
  const after = inPlace(operator, before, operand, machine) ??
    binary(operator, before, operand, machine.budget);
  assignTo(target, after, names, machine);
}

/** Changes a list, dict or set in place, so that every name that refers to it sees the change. */
function inPlace(
  operator: string,
  before: Value,
  operand: Value,
  machine: Machine,
): Value | undefined {
  const { budget } = machine;
  if (before instanceof PyList && operator === "+") {
    const items = iterate(operand, budget);
    budget.items(before.items.length + items.length);
    before.items = [...before.items, ...items];
    return before;
  }
  if (before instanceof PyDict && operator === "|") {
    const nothing = { named: new Map(), places: new Map() };
    const args = { ...nothing, positional: [operand] };
    updateDict(before, args, machine.at(), budget);
    return before;
  }
  if (before instanceof PySet && operand instanceof PySet) {
    const after = binary(operator, before, operand, budget) as PySet;
    before.map.clear();
    for (const item of after.map.values()) before.add(item);
    return before;
  }
  return undefined;
}

/** Runs the body of a loop for each turn, and after the last turn its `else`. */
function repeat(
  loop: Node<"for" | "while">,
  turns: Iterable<void>,
  { names, machine }: { readonly names: Names; readonly machine: Machine },
): Outcome {
  for (const _ of turns) {
    const outcome = run(loop.body, names, machine);
    if (outcome === "break") return "next";
    if (typeof outcome === "object") return outcome;
  }
  return run(loop.otherwise, names, machine);
}

function* turnsOfFor(
  { source, target }: Node<"for">,
  names: Names,
  machine: Machine,
): Generator<void> {
  const found = evaluate(source, names, machine);
  machine.place = source.at;
  // A list may grow while it is iterated over.
  const items = found instanceof PyList
    ? growing(found)
    : iterate(found, machine.budget);
  for (const item of items) {
    machine.budget.step();
    assignTo(target, item, names, machine);
    yield;
  }
}

function* turnsOfWhile(
  { test }: Node<"while">,
  names: Names,
  machine: Machine,
): Generator<void> {
  while (isTrue(evaluate(test, names, machine))) {
    machine.budget.step();
    yield;
  }
}

function* growing(list: PyList): Generator<Value> {
  for (let i = 0; i < list.items.length; i++) yield itemAt(list.items, i);
}

/** Binds the names of an import: known functions of Python's standard library, or only a name. */
function bindImports(
  statement: Node<"import" | "from">,
  names: Names,
  machine: Machine,
): void {
  const { at } = statement;
  if (statement.kind === "import") {
    for (const { name, alias } of statement.names) {
      const root = rootOf(name);
      const module = alias === undefined ? root : name;
      setName(
        alias ?? root,
        isStandard(name)
          ? standardModule(module, machine)
          : LazyName.module(module),
        at,
        names,
      );
    }
    return;
  }
  const module = ".".repeat(statement.level) + statement.module;
  for (const { name, alias } of statement.names) {
    if (name === "*") {
      throw new Fault(
        "import * is supported only in `with read_base():`, because imported code is not run",
      );
    }
    setName(alias ?? name, importedMember(module, name, machine), at, names);
  }
}

function importedMember(module: string, name: string, machine: Machine): Value {
  if (!isStandard(module)) return LazyName.imported(module, name);
  const known = standardModule(module, machine).members.get(name);
  return known ?? new Callable(`${module}.${name}`, () => {
    throw new Fault(`${module}.${name} is not available in a config`);
  });
}
