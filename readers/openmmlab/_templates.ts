import { messageOf } from "../../internal/errors.ts";
import { basename, dirname, extname } from "node:path";
import process from "node:process";
import type { Budget } from "./_budget.ts";
import { isPlaceholder, MARK, marked } from "./_placeholder.ts";
import type { Place } from "./_syntax.ts";
import { MmConfigError } from "./errors.ts";
import { Fault } from "./errors.ts";
import { PyDict, PyList, PyTuple, type Value } from "./_values.ts";

/** A text in which the variables in double braces are filled in, and what it refers to. */
export interface Filled {
  readonly text: string;
  /** Whether the text uses values of its bases with `{{ _base_.key }}`. */
  readonly usesBases: boolean;
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

/**
 * Fills in variables such as `{{ fileDirname }}` and `{{ $VARIABLE:default }}`, and replaces
 * `{{ _base_.key }}` by a placeholder for the value.
 */
export function fillTemplates(text: string, file: string): Filled {
  if (!text.includes("{{")) return { text, usesBases: false };
  const extension = extname(file);
  const known: Readonly<Record<string, string>> = {
    fileDirname: dirname(file),
    fileBasename: basename(file),
    fileBasenameNoExtension: basename(file, extension),
    fileExtname: extension,
  };
  const named = text.replaceAll(
    /\{\{\s*(fileDirname|fileBasename|fileBasenameNoExtension|fileExtname)\s*\}\}/g,
    (whole, name: string) => (known[name] ?? whole).replaceAll("\\", "/"),
  );
  const withVariables = named.replaceAll(
    /\{\{['"]?\s*\$(\w+)\s*:\s*(\S*?)\s*['"]?\}\}/g,
    (whole, name: string, fallback: string, at: number) =>
      variable(name, fallback, whole, file, lineOf(named, at)),
  );
  let usesBases = false;
  const final = withVariables.replaceAll(
    /\{\{\s*_base_\.([\w.]+)\s*\}\}/g,
    (whole, path: string) => {
      usesBases = true;
      // Line numbers must not change.
      return `"${marked(path)}"${"\n".repeat(whole.split("\n").length - 1)}`;
    },
  );
  return { text: final, usesBases };
}

function variable(
  name: string,
  fallback: string,
  whole: string,
  file: string,
  line: number,
): string {
  let value: string | undefined;
  try {
    value = process.env[name];
  } catch (error) {
    throw new MmConfigError(
      file,
      line,
      whole,
      `the environment variable ${name} cannot be read: ${messageOf(error)}`,
    );
  }
  const found = value ?? fallback;
  if (found !== "") return found;
  throw new MmConfigError(
    file,
    line,
    whole,
    `the environment variable ${name} is not set; set it, or write a default after the colon`,
  );
}

/**
 * Copies a value and replaces placeholders by the values of the bases. Every dict is a `ConfigDict` in the
 * copy, and an object that occurs in two places is copied twice, as in mmengine.
 *
 * @param bases The keys of the bases; `undefined` if the text names none of them.
 */
export function fillBases(
  value: Value,
  bases: PyDict | undefined,
  budget: Budget,
  at: Place | undefined,
): Value {
  if (typeof value === "string") {
    return bases === undefined || !value.includes(MARK)
      ? value
      : baseValue(value, bases, budget, at);
  }
  if (value instanceof PyDict) {
    const copy = new PyDict(true);
    budget.items(value.size);
    for (const [hash, { key, value: item, at: own }] of value.map) {
      const filled = fillBases(item, bases, budget, own ?? at);
      copy.map.set(hash, { key, value: filled, at: own });
    }
    return copy;
  }
  if (!(value instanceof PyList || value instanceof PyTuple)) return value;
  budget.items(value.items.length);
  const items = value.items.map((item) => fillBases(item, bases, budget, at));
  return value instanceof PyList ? new PyList(items) : new PyTuple(items);
}

/** A fault whose place is already known. */
export class PlacedFault extends Fault {
  readonly at: Place | undefined;
  constructor(reason: string, at: Place | undefined) {
    super(reason);
    this.at = at;
  }
}

function baseValue(
  text: string,
  bases: PyDict,
  budget: Budget,
  at: Place | undefined,
): Value {
  const path = isPlaceholder(text);
  if (path === undefined) {
    throw new PlacedFault(
      "a {{ _base_ }} variable is inside a string or an expression; it must be the whole value",
      at,
    );
  }
  let found: Value | undefined = bases;
  for (const key of path.split(".")) {
    found = found instanceof PyDict ? found.get(key) : undefined;
  }
  if (found === undefined) {
    throw new PlacedFault(`the bases have no ${path}`, at);
  }
  return fillBases(found, undefined, budget, at);
}
