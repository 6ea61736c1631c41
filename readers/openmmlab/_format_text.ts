import { itemAt } from "./_item_at.ts";
import type { Budget } from "./_budget.ts";
import { format } from "./_format.ts";
import { ascii } from "./_percent.ts";
import { repr, str } from "./_repr.ts";
import { position } from "./_sequence.ts";
import {
  type CallArguments,
  PyDict,
  PyList,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Converts a value as `!r`, `!s` or `!a` says. */
export function convert(value: Value, conversion: string): Value {
  if (conversion === "") return value;
  if (conversion === "r") return repr(value);
  if (conversion === "s") return str(value);
  if (conversion === "a") return ascii(value);
  throw new Fault(`!${conversion} is not a conversion`);
}

/** Implements Python's `text.format(…)`. */
export function formatText(
  template: string,
  args: CallArguments,
  budget: Budget,
): string {
  let automatic = 0;
  const fill = (text: string, depth: number): string => {
    if (depth > 2) {
      throw new Fault("the fields of the format are nested too deep");
    }
    let out = "";
    for (let at = 0; at < text.length;) {
      const char = text.charAt(at);
      if ((char === "{" || char === "}") && text[at + 1] === char) {
        out += char;
        at += 2;
      } else if (char === "}") {
        throw new Fault("a single } is in the format; write }} for a brace");
      } else if (char === "{") {
        const end = closing(text, at);
        out += field(text.slice(at + 1, end), depth);
        at = end + 1;
      } else {
        out += char;
        at++;
      }
    }
    budget.text(out.length);
    return out;
  };
  const field = (text: string, depth: number): string => {
    const [, name, conversion, spec] =
      /^([^!:]*)(?:!([a-z]))?(?::([^]*))?$/.exec(text) ?? [];
    if (name === undefined) throw new Fault(`{${text}} is not a valid field`);
    const value = lookUp(name, args, () => automatic++);
    const wanted = spec === undefined ? "" : fill(spec, depth + 1);
    return format(convert(value, conversion ?? ""), wanted, budget);
  };
  return fill(template, 1);
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  throw new Fault("a single { is in the format; write {{ for a brace");
}

function lookUp(
  name: string,
  args: CallArguments,
  next: () => number,
): Value {
  const [first = "", ...steps] = name.split(/(?=[.[])/);
  const index = first === "" || first.startsWith(".") || first.startsWith("[")
    ? next()
    : /^\d+$/.test(first)
    ? Number(first)
    : undefined;
  let value = index === undefined
    ? args.named.get(first)
    : args.positional[index];
  if (value === undefined) {
    throw new Fault(`the format has no value for {${name}}`);
  }
  const rest = /^[.[]/.test(first) ? [first, ...steps] : steps;
  for (const step of rest) value = member(value, step);
  return value;
}

function member(value: Value, step: string): Value {
  const key = step.startsWith(".") ? step.slice(1) : step.slice(1, -1);
  const isItem = step.startsWith("[");
  if (value instanceof PyDict && (isItem || value.isConfig)) {
    const found = value.get(/^\d+$/.test(key) ? BigInt(key) : key);
    if (found !== undefined) return found;
  }
  const isList = value instanceof PyList || value instanceof PyTuple;
  if (isItem && isList && /^\d+$/.test(key)) {
    return itemAt(value.items, position(BigInt(key), value.items.length, "it"));
  }
  throw new Fault(`${typeName(value)} has no ${step}`);
}
