import type { ADict } from "../adict/adict.ts";
import { formatPath } from "../adict/key_path.ts";
import type { AssignmentWord, KeyPath } from "./command_line.ts";
import { CommandLineError } from "./errors.ts";
import { entriesOf, setOwn } from "./_leaves.ts";
import { suggest } from "./_suggest.ts";

/** A key that was not there before the command line set it. */
export interface NewKey {
  /** The key path. */
  readonly path: readonly string[];
  /** The path that was probably meant. */
  readonly suggestion: string | undefined;
}

/**
 * Sets a key path of a config, making the mappings on the way.
 *
 * @param config The config.
 * @param word What sets it.
 * @returns the key path if there was no such key.
 * @throws {CommandLineError} Where the path leads through a value that holds no keys.
 */
export function assignPath(
  config: ADict,
  word: AssignmentWord,
): NewKey | undefined {
  const { path, value } = word;
  let at: object = config;
  for (const index of path.keys()) {
    const key = stepInto(at, path, index, word);
    const isLast = index === path.length - 1;
    if (isLast || !Object.hasOwn(at, key)) {
      const isNew = !Object.hasOwn(at, key) && !Array.isArray(at);
      const suggestion = isNew ? suggestPath(at, path, index) : undefined;
      write(at, key, nest(path.slice(index + 1), value, word));
      return isNew ? { path: path.map(String), suggestion } : undefined;
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

/** The name of a step in a mapping or an array. */
function stepInto(
  at: object,
  path: KeyPath,
  index: number,
  word: AssignmentWord,
): string {
  const key = String(path[index]);
  if (!Array.isArray(at)) return key;
  const name = formatPath(path.slice(0, index));
  if (!/^(?:0|[1-9]\d*)$/.test(key)) {
    throw pathError(word, `${name} is a list and ${key} no position`);
  }
  if (Number(key) <= at.length) return key;
  throw pathError(
    word,
    `${name} has ${at.length} items, so ${key} would leave a gap`,
  );
}

function pathError(word: AssignmentWord, state: string): CommandLineError {
  return new CommandLineError(
    `Cannot set ${
      formatPath(word.path)
    } by "${word.text}": ${state}; check the key`,
    { word: word.text, column: 1 },
  );
}

/** Wraps a value into the mappings and lists that lead to it. */
function nest(steps: KeyPath, value: unknown, word: AssignmentWord): unknown {
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

function suggestPath(
  at: object,
  path: KeyPath,
  index: number,
): string | undefined {
  const step = path[index]!;
  if (typeof step === "number") return undefined;
  const found = suggest(step, (entriesOf(at) ?? []).map(([key]) => key));
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
