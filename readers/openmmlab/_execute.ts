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

function execute(
  statement: Statement,
  names: Names,
  machine: Machine,
): Outcome {
  machine.place = statement.at;
  machine.budget.step();
  switch (statement.kind) {
    case "assign":
      assign(statement, names, machine);
      return "next";
    case "augment":
      augment(statement, names, machine);
      return "next";
    case "expression":
      evaluate(statement.value, names, machine);
      return "next";
    case "if":
      for (const [test, body] of statement.branches) {
        if (test === undefined || isTrue(evaluate(test, names, machine))) {
          return run(body, names, machine);
        }
      }
      return "next";
    case "for":
      return forLoop(statement, names, machine);
    case "while":
      return whileLoop(statement, names, machine);
    case "def": {
      const { name, at } = statement;
      const call = (args: Parameters<Callable["call"]>[0]) =>
        callFunction(name, statement, args, names, machine);
      setName(name, new Callable(name, call), at, names);
      return "next";
    }
    case "return":
      return {
        value: statement.value === undefined
          ? null
          : evaluate(statement.value, names, machine),
      };
    case "delete":
      for (const target of statement.targets) {
        deleteTarget(target, names, machine);
      }
      return "next";
    case "import":
    case "from":
      machine.place = statement.at;
      bindImports(statement, names, machine);
      return "next";
    case "assert":
      if (!isTrue(evaluate(statement.test, names, machine))) {
        machine.place = statement.at;
        throw new Fault("the assertion fails");
      }
      return "next";
    case "break":
    case "continue":
      return statement.kind;
    case "annotate":
    case "pass":
    // The bases are read before the file is run.
    case "bases":
      return "next";
    case "unsupported":
      machine.place = statement.at;
      throw new Fault(`${statement.what} is not supported in a config`);
  }
}

function assign(
  statement: Extract<Statement, { kind: "assign" }>,
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
  { target, operator, value, at }: Extract<Statement, { kind: "augment" }>,
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

function forLoop(
  statement: Extract<Statement, { kind: "for" }>,
  names: Names,
  machine: Machine,
): Outcome {
  const source = evaluate(statement.source, names, machine);
  machine.place = statement.source.at;
  // A list may grow while it is iterated over.
  const items = source instanceof PyList
    ? growing(source)
    : iterate(source, machine.budget);
  for (const item of items) {
    machine.budget.step();
    assignTo(statement.target, item, names, machine);
    const outcome = run(statement.body, names, machine);
    if (outcome === "break") return "next";
    if (typeof outcome === "object") return outcome;
  }
  return run(statement.otherwise, names, machine);
}

function* growing(list: PyList): Generator<Value> {
  for (let i = 0; i < list.items.length; i++) yield itemAt(list.items, i);
}

function whileLoop(
  statement: Extract<Statement, { kind: "while" }>,
  names: Names,
  machine: Machine,
): Outcome {
  while (isTrue(evaluate(statement.test, names, machine))) {
    machine.budget.step();
    const outcome = run(statement.body, names, machine);
    if (outcome === "break") return "next";
    if (typeof outcome === "object") return outcome;
  }
  return run(statement.otherwise, names, machine);
}

/** Binds the names of an import: known functions of Python's standard library, or only a name. */
function bindImports(
  statement: Extract<Statement, { kind: "import" | "from" }>,
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
