import type { ADict } from "../adict/mod.ts";
import { formatPath } from "../internal/key_path.ts";
import type { AssignmentWord, KeyPath } from "./command_line.ts";
import { CommandLineError } from "./errors.ts";
import { entriesOf } from "../internal/config_data.ts";
import { setOwn } from "../internal/objects.ts";
import { quote } from "../internal/quote.ts";
import { nearestName } from "../internal/names.ts";
import { suggestPath } from "./_suggest_path.ts";

/** A word that sets a key, as it was routed to a scope. */
export interface RoutedWord extends AssignmentWord {
  /** What was typed before the path, if several scopes share a command line: `model.`. */
  readonly prefix?: string;
  /** True for a path that a program passed as a list of keys, so that it is not ambiguous. */
  readonly isExact?: boolean;
}

/** A key that did not exist before the command line set it. */
export interface NewKey {
  /** The key path. */
  readonly path: readonly string[];
  /** What was typed before it. */
  readonly prefix: string;
  /** The path that was probably meant. */
  readonly suggestion: string | undefined;
}

/**
 * Sets a key path of a config and makes the mappings that are missing on the way.
 *
 * @param config The config.
 * @param word The word that sets it.
 * @param scope The scope's name.
 * @returns the key if it is new, and `undefined` otherwise.
 * @throws {CommandLineError} If the path leads through a value that is not a mapping or a list, or is
 * ambiguous.
 */
export function assignPath(
  config: ADict,
  word: RoutedWord,
  scope: string,
): NewKey | undefined {
  const { path, value } = word;
  let at: object = config;
  for (const index of path.keys()) {
    const key = stepInto(at, path, index, word);
    const isLast = index === path.length - 1;
    if (isLast || !Object.hasOwn(at, key)) {
      const isNew = !Object.hasOwn(at, key) && !Array.isArray(at);
      const added = isNew ? newKey(config, at, index, word, scope) : undefined;
      write(at, key, nest(path.slice(index + 1), value, word));
      return added;
    }
    const next: unknown = read(at, key);
    if (!Array.isArray(next) && entriesOf(next) === undefined) {
      throw pathError(
        word,
        `${formatPath(path.slice(0, index + 1))} holds no keys`,
      );
    }
    at = next as object;
  }
  return undefined;
}

/** Returns the key or the index of a step. */
function stepInto(
  at: object,
  path: KeyPath,
  index: number,
  word: RoutedWord,
): string {
  const key = String(path[index]);
  if (!Array.isArray(at)) {
    refuseAmbiguous(at, path, index, word);
    return key;
  }
  const name = formatPath(path.slice(0, index));
  if (!/^(?:0|[1-9]\d*)$/.test(key)) {
    throw pathError(word, `${name} is a list, and ${key} is not an index`);
  }
  if (Number(key) <= at.length) return key;
  throw pathError(
    word,
    `${name} has ${at.length} items, so ${key} would leave a gap`,
  );
}

/** Whether the path was typed without quotes. A shell removes all quotes but `%`. */
function isTypedBare({ text, isExact }: RoutedWord): boolean {
  return !isExact && !/^[^=]*["'%]/.test(text);
}

/** Refuses `a.b=1` if there is a key `"a.b"`: the shell may have removed its quotes. */
function refuseAmbiguous(
  at: object,
  path: KeyPath,
  index: number,
  word: RoutedWord,
): void {
  if (!isTypedBare(word)) return;
  for (let end = index + 2; end <= path.length; end++) {
    const steps = path.slice(index, end);
    // Brackets are not ambiguous.
    if (steps.some((step) => typeof step === "number")) return;
    const dotted = steps.join(".");
    if (Object.hasOwn(at, dotted)) {
      throw ambiguousError(path, index, end, word);
    }
  }
}

/** The error for the steps from `index` to `end`, which could also be one key with dots. */
function ambiguousError(
  path: KeyPath,
  index: number,
  end: number,
  word: RoutedWord,
): CommandLineError {
  const [first, ...inside] = path.slice(index, end);
  const dotted = [first, ...inside].join(".");
  const start = `${word.prefix ?? ""}${formatSteps(path.slice(0, index))}`;
  const nested = inside.map((key) => `[${quote(String(key))}]`).join("");
  const rest = path.slice(end).map((key) => `.${formatPath([key])}`).join("");
  const value = /:?=[^]*$/.exec(word.text)?.[0] ?? "=…";
  return pathError(
    word,
    `there is a key with dots in its name, ${JSON.stringify(dotted)}`,
    `write ${start}${quote(dotted)}${rest}${value} for this key, or ` +
      `${start}${formatPath([first!])}${nested}${rest}${value} for a key in ${
        formatPath(path.slice(0, index + 1))
      }`,
  );
}

function formatSteps(path: KeyPath): string {
  return path.length === 0 ? "" : `${formatPath(path)}.`;
}

function pathError(
  word: RoutedWord,
  state: string,
  fix = "check the key",
): CommandLineError {
  return new CommandLineError(
    `Cannot set ${formatPath(word.path)} by "${word.text}": ${state}; ${fix}`,
    { word: word.text, column: 1 },
  );
}

/** Describes a key that the command line adds. */
function newKey(
  config: ADict,
  at: object,
  index: number,
  word: RoutedWord,
  scope: string,
): NewKey {
  const path = word.path.map(String);
  const prefix = word.prefix ?? "";
  // A quoted key is meant as it was typed.
  if (!isTypedBare(word)) return { path, prefix, suggestion: undefined };
  const last = path.at(-1)!;
  // `lr-=1` looks like an operator, but a key may end with a dash; then it has to be quoted.
  if (last.endsWith("-")) {
    const stem = formatPath([...path.slice(0, -1), last.replace(/-+$/, "")]);
    throw pathError(
      word,
      `there is no operator -= and no key ${last}`,
      `write ${prefix}${stem}=value, or quote the key as ${
        quote(last)
      } to add it`,
    );
  }
  const suggestion = suggestSibling(at, word.path, index) ??
    suggestPath(config, path, scope);
  return { path, prefix, suggestion };
}

/** Wraps a value in the mappings and lists that lead to it. */
function nest(steps: KeyPath, value: unknown, word: RoutedWord): unknown {
  let nested = value;
  for (const step of steps.toReversed()) {
    if (typeof step === "number" && step > 0) {
      throw pathError(word, `there is no list, so [${step}] would leave a gap`);
    }
    if (typeof step === "number") nested = [nested];
    else {
      const mapping = {};
      setOwn(mapping, step, nested);
      nested = mapping;
    }
  }
  return nested;
}

/** Returns the path with a sibling of the missing key that is one slip away. */
function suggestSibling(
  at: object,
  path: KeyPath,
  index: number,
): string | undefined {
  const step = path[index]!;
  if (typeof step === "number") return undefined;
  const found = nearestName(step, (entriesOf(at) ?? []).map(([key]) => key), {
    slips: 1,
    shortest: 2,
  });
  if (found === undefined) return undefined;
  return formatPath([...path.slice(0, index), found, ...path.slice(index + 1)]);
}

function read(at: object, key: string): unknown {
  return Array.isArray(at) ? at[Number(key)] : (at as ADict).get(key);
}

function write(at: object, key: string, value: unknown): void {
  if (Array.isArray(at)) at[Number(key)] = value;
  else (at as ADict).set(key, value);
}
