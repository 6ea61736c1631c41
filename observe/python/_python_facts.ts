/** What `pieces.py` says of a module: it depends on the bytes alone, so it can be stored. */
import { isRecord } from "../../internal/objects.ts";

/** The version of the facts: part of the key under which they are stored. */
export const PYTHON_FACTS_VERSION = "ato-pyast-v1-facts-1";

/** Lines of a file: from, to, both from 1 and included. */
type Lines = readonly [from: number, to: number];

/** A function, a class, a member of a class, or a variable. */
export interface PythonPieceFacts {
  readonly name: string;
  readonly kind: "function" | "class" | "method" | "variable";
  readonly hash: string;
  readonly lines: readonly Lines[];
  /** The names that it uses: variables, attributes, arguments, strings that may be names. */
  readonly uses: readonly string[];
  /** The class that it is a member of. */
  readonly owner?: string;
  /** Whether it is used even if nothing names it. */
  readonly always?: boolean;
  /** Whether it may use code that it does not name. */
  readonly dynamic?: boolean;
  /** Of a class: the last names of its bases; `null` for one that has no name. */
  readonly bases?: readonly (string | null)[];
}

/** What a module does, in its order: a statement, an import, or a declaration whose code runs. */
export type PythonStep =
  | {
    readonly hash: string;
    readonly lines: Lines;
    readonly uses: readonly string[];
    readonly dynamic?: boolean;
    /** Whether it is `if __name__ == "__main__":`. */
    readonly main?: boolean;
  }
  | { readonly place: string }
  | { readonly import: number };

/** An import statement of a module. */
export interface PythonImport {
  /** The module of `from m import n`, `""` for `from . import n`; `null` for `import m`. */
  readonly module: string | null;
  /** The number of dots. */
  readonly level: number;
  /** The names, and what they are called in the module. */
  readonly names: readonly (readonly [name: string, local: string | null])[];
  readonly lines: Lines;
  /** Whether what it imports may use code that is not named. */
  readonly dynamic?: boolean;
}

/** What a module says about itself. */
export interface PythonFacts {
  readonly pieces: readonly PythonPieceFacts[];
  readonly order: readonly PythonStep[];
  readonly imports: readonly PythonImport[];
  /** Syntax that is not known. */
  readonly unknown: readonly { readonly line: number; readonly what: string }[];
}

/** A module that cannot be read as one. */
export interface PythonFailure {
  /** Why, after its path. */
  readonly failure: string;
}

/**
 * Reads facts from outside: a process or a stored file can say anything.
 *
 * @param value Parsed JSON.
 * @returns the facts; `undefined` if it is something else.
 */
export function readPythonFacts(
  value: unknown,
): PythonFacts | PythonFailure | undefined {
  if (!isRecord(value)) return undefined;
  if (isText(value.failure)) return { failure: value.failure };
  const { pieces, order, imports, unknown } = value;
  return isListOf(pieces, isPiece) && isListOf(order, isStep) &&
      isListOf(imports, isImport) && isListOf(unknown, isUnknown)
    ? { pieces, order, imports, unknown }
    : undefined;
}

const HASH = /^ato-pyast-v1:[0-9a-f]{64}$/;
const KINDS = new Set(["function", "class", "method", "variable"]);

function isPiece(value: unknown): value is PythonPieceFacts {
  return isRecord(value) && isText(value.name) && value.name !== "" &&
    isText(value.kind) && KINDS.has(value.kind) && isHash(value.hash) &&
    isListOf(value.lines, isLines) && isListOf(value.uses, isText) &&
    (value.owner === undefined || isText(value.owner)) &&
    isFlag(value.always) && isFlag(value.dynamic) &&
    (value.bases === undefined || isListOf(value.bases, isName));
}

function isStep(value: unknown): value is PythonStep {
  if (!isRecord(value)) return false;
  if ("place" in value) return isText(value.place);
  if ("import" in value) return isNumber(value.import);
  return isHash(value.hash) && isLines(value.lines) &&
    isListOf(value.uses, isText) && isFlag(value.dynamic) && isFlag(value.main);
}

function isImport(value: unknown): value is PythonImport {
  return isRecord(value) && isName(value.module) && isNumber(value.level) &&
    isListOf(value.names, isImportedName) && isLines(value.lines) &&
    isFlag(value.dynamic);
}

function isImportedName(
  value: unknown,
): value is readonly [string, string | null] {
  return Array.isArray(value) && value.length === 2 && isText(value[0]) &&
    isName(value[1]);
}

function isUnknown(value: unknown): value is PythonFacts["unknown"][number] {
  return isRecord(value) && isNumber(value.line) && isText(value.what);
}

function isLines(value: unknown): value is Lines {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

function isListOf<T>(
  value: unknown,
  isItem: (item: unknown) => item is T,
): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isName(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === "boolean";
}

function isHash(value: unknown): value is string {
  return isText(value) && HASH.test(value);
}
