import { containerMethod } from "./_container_methods.ts";
import type { Machine } from "./_machine.ts";
import { iterate } from "./_sequence.ts";
import { stringMethod } from "./_string_methods.ts";
import {
  Callable,
  type CallArguments,
  LazyName,
  PyDict,
  PyModule,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Returns an attribute: a key of a base, a method of a container, or a name of an import. */
export function attribute(
  object: Value,
  name: string,
  machine: Machine,
): Value {
  if (object instanceof LazyName) return object.attribute(name);
  if (object instanceof PyModule) {
    const member = object.members.get(name);
    if (member !== undefined) return member;
    throw new Fault(`${object.name}.${name} is not available in a config`);
  }
  const method = containerMethod(object, name);
  if (method !== undefined) {
    return new Callable(
      name,
      (args) => method(args, { budget: machine.budget, at: machine.at() }),
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
