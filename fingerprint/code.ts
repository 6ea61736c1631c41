/**
 * Fingerprints of code: `ato-code-v1:` and a SHA-256 over the canonical form of a function.
 *
 * @module
 */
import { setOwn } from "../internal/objects.ts";
import { sha256Hex } from "./digest.ts";
import { checkFunction, checkOptions, describe } from "./_check.ts";
import {
  FingerprintUsageError,
  UnreadableFunctionError,
  UsesError,
} from "./errors.ts";
import {
  type AnyFunction,
  functionName,
  functionText,
} from "./function_text.ts";
import { codeNotes } from "./_code_notes.ts";

/** The version of code fingerprints: the prefix of the hash, and part of what is hashed. */
export const CODE_VERSION = "ato-code-v1";

/** What the text of a function shows of the tools that it went through. */
export type CodeNote = "coverage" | "minified";

/** The fingerprint of a function, and of the helpers named with it. */
export interface CodeFingerprint {
  /** `ato-code-v1:` and 64 hexadecimal digits. */
  readonly hash: string;
  /** The canonical code that was hashed, as indented JavaScript: locals are `$0`, `$1` … */
  readonly source: string;
  /** The hash of each helper in `uses`, by name. */
  readonly uses: Record<string, string>;
  /** The canonical code of each helper in `uses`, by name. */
  readonly usesSources: Record<string, string>;
  /** Tools that changed the text in ways that the hash cannot see through; most often empty. */
  readonly notes: readonly CodeNote[];
}

/** Helpers by name, or a list of helpers that have names of their own. */
export type CodeUses =
  | readonly AnyFunction[]
  | Readonly<Record<string, AnyFunction>>;

/** Options of {@linkcode fingerprintCode}. */
export interface CodeOptions {
  /**
   * Functions and classes that the function calls: each gets a fingerprint of its own, so that a
   * change in one is seen and named.
   *
   * @default {[]}
   */
  readonly uses?: CodeUses;
}

/**
 * Fingerprints the code of a function: its canonical syntax tree, the same in every runtime.
 *
 * Comments, formatting, types, the names of locals and the spelling of literals do not count;
 * everything that can change what the function does counts. The functions that it calls do not count,
 * unless they are named in `uses`.
 *
 * @param fn A function, method, getter (from its property descriptor) or class. For a function that Ato
 * wrapped, the original counts.
 * @param options The helpers that belong to it.
 * @returns the hash, and the canonical source to compare versions by.
 * @throws {OpaqueFunctionError} If a function has no readable source: native, bound, or a `Proxy`.
 * @throws {UnreadableFunctionError} If the source has unknown syntax.
 * @throws {UsesError} If helpers in a list have no name, or the same name.
 * @throws {FingerprintUsageError} If it is not a function, or an option is unknown.
 *
 * @example
 * ```ts
 * import { fingerprintCode } from "@ato/ato/fingerprint";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * const before = await fingerprintCode((rate: number) => rate * 0x10);
 * const after = await fingerprintCode(function scaled(r: number) {
 *   return r * 16; // the same
 * });
 * assertEquals(before.hash, after.hash);
 *
 * const scale = (x: number) => x * 2;
 * const step = (x: number) => scale(x) + 1;
 * const { uses } = await fingerprintCode(step, { uses: [scale] });
 * const other = await fingerprintCode(step, { uses: { scale: (x: number) => x / 2 } });
 * assertNotEquals(uses.scale, other.uses.scale);
 * ```
 */
export async function fingerprintCode(
  fn: AnyFunction,
  options: CodeOptions = {},
): Promise<CodeFingerprint> {
  const action = "fingerprint code";
  checkFunction(action, "it", fn);
  checkOptions<CodeOptions>(action, options, { uses: true });
  const { uses: given = [] } = options;
  if (typeof given !== "object" || given === null) {
    throw new FingerprintUsageError(
      `Cannot ${action}: uses is ${
        describe(given)
      }; give a list of helpers, or a record of them`,
    );
  }
  const helpers = namedHelpers(given);
  const own = await fingerprintOne(fn);
  const uses: Record<string, string> = {};
  const usesSources: Record<string, string> = {};
  for (const [name, helper] of helpers) {
    const { hash, source } = await fingerprintOne(helper);
    setOwn(uses, name, hash);
    setOwn(usesSources, name, source);
  }
  return { ...own, uses, usesSources };
}

async function fingerprintOne(
  fn: AnyFunction,
): Promise<Pick<CodeFingerprint, "hash" | "source" | "notes">> {
  const text = functionText(fn);
  // Only who fingerprints code pays for the parser.
  const { canonicaliseText } = await import("./_canonicalise.ts");
  let canonical;
  try {
    canonical = canonicaliseText(text);
  } catch (error) {
    throw unreadable(fn, error);
  }
  const hex = await sha256Hex(`${CODE_VERSION}:${canonical.text}`);
  return {
    hash: `${CODE_VERSION}:${hex}`,
    source: canonical.source,
    notes: codeNotes(text, canonical.free),
  };
}

function unreadable(fn: AnyFunction, error: unknown): unknown {
  const name = functionName(fn);
  if (error instanceof RangeError) {
    return new UnreadableFunctionError(name, "it is nested beyond the stack");
  }
  return error instanceof SyntaxError
    ? new UnreadableFunctionError(name, error.message)
    : error;
}

function isList(uses: CodeUses): uses is readonly AnyFunction[] {
  return Array.isArray(uses);
}

function namedHelpers(uses: CodeUses): [string, AnyFunction][] {
  if (!isList(uses)) return Object.entries(uses);
  const named = new Map<string, AnyFunction>();
  for (const [index, helper] of uses.entries()) {
    const name = functionName(helper);
    const problem = name === ""
      ? `helper ${index} of "uses" has no name`
      : named.has(name)
      ? `"uses" holds two helpers named "${name}"`
      : undefined;
    if (problem !== undefined) {
      throw new UsesError(
        `Cannot name the helpers: ${problem}; pass a record, { name: helper }`,
      );
    }
    named.set(name, helper);
  }
  return [...named];
}
