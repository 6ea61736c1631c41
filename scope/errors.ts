import { markForUser } from "../internal/errors.ts";
/** Where in the command line something is wrong. */
export interface CommandLinePlace {
  /** The word in question, as it was typed. */
  readonly word: string;
  /** Column in the word, from 1. */
  readonly column: number;
}

/**
 * A word of the command line that cannot be understood or applied.
 *
 * `message` is one sentence; `excerpt` shows the word with a caret under the place.
 *
 * @example Where the mistake is
 * ```ts
 * import { CommandLineError, parseCommandLine } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parseCommandLine(["layers=[1,,2]"]), CommandLineError);
 * assertEquals(error.column, 11);
 * assertEquals(error.excerpt, "layers=[1,,2]\n          ^");
 * ```
 */
export class CommandLineError extends SyntaxError {
  /** The word in question, as it was typed. */
  readonly word: string;
  /** Column in the word, from 1. */
  readonly column: number;

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param place The word and the column.
   */
  constructor(message: string, place: CommandLinePlace) {
    super(message);
    this.name = "CommandLineError";
    markForUser(this);
    this.word = place.word;
    this.column = place.column;
  }

  /** The word, and on the next line a caret under the place. */
  get excerpt(): string {
    // A line break or tab inside the word would move the caret away from its place.
    return `${this.word.replace(/\s/g, " ")}\n${" ".repeat(this.column - 1)}^`;
  }
}

/**
 * A view that does not exist was asked for, on the command line, by `assign` or by `chainWith`.
 *
 * @example A slip of the finger
 * ```ts
 * import { Scope, UnknownViewError } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const scope = new Scope();
 * scope.observe("wide", { hidden: [32] });
 * const error = assertThrows(() => scope.apply(["wdie"]), UnknownViewError);
 * assertEquals(error.suggestion, "wide");
 * ```
 */
export class UnknownViewError extends ReferenceError {
  /** The name that was asked for. */
  readonly view: string;
  /** What was probably meant. */
  readonly suggestion: string | undefined;

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param view The name that was asked for.
   * @param suggestion What was probably meant.
   */
  constructor(message: string, view: string, suggestion?: string) {
    super(message);
    this.name = "UnknownViewError";
    markForUser(this);
    this.view = view;
    this.suggestion = suggestion;
  }
}

/**
 * In strict mode, the command line set a key that no view sets.
 *
 * @example A strict scope
 * ```ts
 * import { Scope, UnknownKeyError } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const scope = new Scope({ config: { lr: 0.1 }, strict: true });
 * const error = assertThrows(() => scope.apply(["rl=1"]), UnknownKeyError);
 * assertEquals(error.key, "rl");
 * assertEquals(error.suggestion, "lr");
 * ```
 */
export class UnknownKeyError extends ReferenceError {
  /** The key path. */
  readonly key: string;
  /** What was probably meant. */
  readonly suggestion: string | undefined;

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param key The key path.
   * @param suggestion What was probably meant.
   */
  constructor(message: string, key: string, suggestion?: string) {
    super(message);
    this.name = "UnknownKeyError";
    markForUser(this);
    this.key = key;
    this.suggestion = suggestion;
  }
}

/**
 * The prerequisites of a view lead back to it.
 *
 * @example Two views that need each other
 * ```ts
 * import { Scope, ViewChainError } from "@ato/ato/scope";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const scope = new Scope();
 * scope.observe({ chainWith: "b" })(function a() {});
 * scope.observe({ chainWith: "a" })(function b() {});
 * const error = assertThrows(() => scope.apply(["a"]), ViewChainError);
 * assertEquals(error.chain, ["a", "b", "a"]);
 * ```
 */
export class ViewChainError extends RangeError {
  /** The names along the chain, the first one again at the end. */
  readonly chain: readonly string[];

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param chain The names along the chain.
   */
  constructor(message: string, chain: readonly string[]) {
    super(message);
    this.name = "ViewChainError";
    markForUser(this);
    this.chain = chain;
  }
}

/**
 * A scope was used in a way that cannot work: two views of one name, a view that returns a promise
 * where the config is needed at once, a config read before it was resolved.
 *
 * @example Too early
 * ```ts
 * import { Scope, ScopeUsageError } from "@ato/ato/scope";
 * import { assertThrows } from "@std/assert";
 *
 * const scope = new Scope();
 * assertThrows(() => scope.config, ScopeUsageError);
 * ```
 */
export class ScopeUsageError extends TypeError {
  /**
   * Makes the error.
   *
   * @param message One sentence.
   */
  constructor(message: string) {
    super(message);
    this.name = "ScopeUsageError";
    markForUser(this);
  }
}
