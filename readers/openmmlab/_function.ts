// This import cycle is intended: mutual recursion over the syntax tree.
import { evaluate } from "./_evaluate.ts";
import { type Machine, Names } from "./_machine.ts";
import type { Expr, Parameter, Statement } from "./_syntax.ts";
// This import cycle is intended: mutual recursion over the syntax tree.
import { runBody } from "./_execute.ts";
import { type CallArguments, PyDict, PyTuple, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/** The maximum depth of function calls. */
const MAX_CALLS = 60;

/** A function of a config file: its parameters and its body. */
export interface FunctionCode {
  readonly params: readonly Parameter[];
  readonly body: Expr | readonly Statement[];
}

/** Calls a function that a config file defines. */
export function callFunction(
  name: string,
  code: FunctionCode,
  args: CallArguments,
  around: Names,
  machine: Machine,
): Value {
  const { place } = machine;
  if (machine.depth >= MAX_CALLS) {
    throw new Fault(
      `function calls are nested more than ${MAX_CALLS} deep`,
      true,
    );
  }
  const names = new Names(new Map(), around);
  machine.depth++;
  bind(name, code.params, args, names, around, machine);
  const value = Array.isArray(code.body)
    ? runBody(code.body, names, machine)
    : evaluate(code.body as Expr, names, machine);
  machine.depth--;
  machine.place = place;
  return value;
}

function bind(
  name: string,
  params: readonly Parameter[],
  args: CallArguments,
  names: Names,
  around: Names,
  machine: Machine,
): void {
  const { positional, named } = args;
  const left = new Map(named);
  let next = 0;
  let onlyNamed = false;
  for (const param of params) {
    if (param.star === "*") {
      onlyNamed = true;
      if (param.name === "") continue;
      names.own.set(param.name, new PyTuple(positional.slice(next)));
      next = positional.length;
    } else if (param.star === "**") {
      const rest = new PyDict();
      for (const [key, value] of left) {
        rest.set(key, value, args.places.get(key));
      }
      left.clear();
      names.own.set(param.name, rest);
    } else {
      const given = !onlyNamed && next < positional.length
        ? positional[next++]
        : left.get(param.name);
      left.delete(param.name);
      const value = given === undefined && param.fallback !== undefined
        ? evaluate(param.fallback, around, machine)
        : given;
      if (value === undefined) throw new Fault(`${name} needs ${param.name}`);
      names.own.set(param.name, value);
    }
  }
  if (next < positional.length) {
    throw new Fault(`${name} gets too many arguments`);
  }
  const [extra] = left.keys();
  if (extra !== undefined) throw new Fault(`${name} has no parameter ${extra}`);
}
