import { markForUser } from "../internal/errors.ts";

/** The place in a command line where something is wrong. */
export interface CommandLinePlace {
  /** The word, as it was typed. */
  readonly word: string;
  /** The column in the word, from 1. */
  readonly column: number;
}

/**
 * A word of the command line that cannot be read or applied.
 *
 * `message` is one sentence; `excerpt` shows the word with a caret below the place.
 *
 * @example The place of a mistake
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
  /** The word, as it was typed. */
  readonly word: string;
  /** The column in the word, from 1. */
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

  /** The word and, on the next line, a caret below the place. */
  get excerpt(): string {
    // A line break or a tab in the word would move the caret.
    return `${this.word.replace(/\s/g, " ")}\n${" ".repeat(this.column - 1)}^`;
  }
}

/**
 * A view that does not exist was requested: on the command line, by `assign` or by `chainWith`.
 *
 * @example A mistyped name
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
  /** The name that was requested. */
  readonly view: string;
  /** The name that was probably meant. */
  readonly suggestion: string | undefined;

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param view The name that was requested.
   * @param suggestion The name that was probably meant. @default {none}
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
 * The command line sets a key that no view sets, and the scope is strict.
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
  /** The name that was probably meant. */
  readonly suggestion: string | undefined;

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param key The key path.
   * @param suggestion The name that was probably meant. @default {none}
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
 * The prerequisites of views form a cycle.
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
  /** The names of the views in the cycle; the first name is repeated at the end. */
  readonly chain: readonly string[];

  /**
   * Makes the error.
   *
   * @param message One sentence.
   * @param chain The names of the views in the cycle.
   */
  constructor(message: string, chain: readonly string[]) {
    super(message);
    this.name = "ViewChainError";
    markForUser(this);
    this.chain = chain;
  }
}

export { ScopeUsageError } from "../internal/scope_usage_error.ts";
