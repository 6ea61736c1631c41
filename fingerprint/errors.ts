/**
 * The errors of fingerprints.
 *
 * @module
 */

import { markForUser } from "../internal/errors.ts";

/**
 * A function that has no source text: it is native, bound, or behind a `Proxy`.
 *
 * @example
 * ```ts
 * import { fingerprintCode, OpaqueFunctionError } from "@ato/ato/fingerprint";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => fingerprintCode(Math.max), OpaqueFunctionError);
 * ```
 */
export class OpaqueFunctionError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "OpaqueFunctionError";
  /** The name of the function; empty if it has none. */
  readonly functionName: string;

  /**
   * Makes the error.
   *
   * @param functionName The name of the function; empty if it has none.
   */
  constructor(functionName: string) {
    const which = functionName === ""
      ? "an anonymous function"
      : `"${functionName}"`;
    super(
      `Cannot fingerprint ${which}: it has no readable source, as it is native, bound or behind a Proxy; ` +
        `pass the function that it stands for, or a function of your own that calls it`,
    );
    this.functionName = functionName;
    markForUser(this);
  }
}

/**
 * The source text of a function could not be understood, so there is no fingerprint for it.
 *
 * @example
 * ```ts
 * import { UnreadableFunctionError } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new UnreadableFunctionError("step", "why").functionName, "step");
 * ```
 */
export class UnreadableFunctionError extends SyntaxError {
  /** The name of the class. */
  override readonly name: string = "UnreadableFunctionError";
  /** The name of the function; empty if it has none. */
  readonly functionName: string;

  /**
   * Makes the error.
   *
   * @param functionName The name of the function; empty if it has none.
   * @param problem What the parser or the canonicaliser met.
   */
  constructor(functionName: string, problem: string) {
    const which = functionName === ""
      ? "an anonymous function"
      : `"${functionName}"`;
    super(
      `Cannot fingerprint ${which}: ${problem}; ` +
        `write it in syntax of ECMAScript 2025, or trace a function of your own that calls it`,
    );
    this.functionName = functionName;
    markForUser(this);
  }
}

/**
 * The helpers named in `uses` have no usable names.
 *
 * @example
 * ```ts
 * import { fingerprintCode, UsesError } from "@ato/ato/fingerprint";
 * import { assertRejects } from "@std/assert";
 *
 * const step = (x: number) => x + 1;
 * await assertRejects(() => fingerprintCode(step, { uses: [step, step] }), UsesError);
 * ```
 */
export class UsesError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "UsesError";

  /**
   * Makes the error.
   *
   * @param message A whole sentence, without a final period.
   */
  constructor(message: string) {
    super(message);
    markForUser(this);
  }
}

/**
 * A value, or a part of it, that has nothing that can be fingerprinted, or too many parts.
 *
 * @example
 * ```ts
 * import { fingerprintValue, OpaqueValueError } from "@ato/ato/fingerprint";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(
 *   () => fingerprintValue({ layers: [() => 1] }),
 *   OpaqueValueError,
 * );
 * assertEquals(error.path, "value.layers[0]");
 * ```
 */
export class OpaqueValueError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "OpaqueValueError";
  /** Where the part is, from `value` on, e.g. `value.layers[0]`. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param path Where the part is.
   * @param problem What it is, and what to do.
   */
  constructor(path: string, problem: string) {
    super(`Cannot fingerprint ${path}: ${problem}`);
    this.path = path;
    markForUser(this);
  }
}

/**
 * An argument that a function of this module cannot take; TypeScript would have refused it.
 *
 * @example
 * ```ts
 * import { fingerprintCode, FingerprintUsageError } from "@ato/ato/fingerprint";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => fingerprintCode("x" as never), FingerprintUsageError);
 * ```
 */
export class FingerprintUsageError extends TypeError {
  /** The name of the class. */
  override readonly name: string = "FingerprintUsageError";

  /**
   * Makes the error.
   *
   * @param message A whole sentence, without a final period.
   */
  constructor(message: string) {
    super(message);
    markForUser(this);
  }
}
