import { markForUser } from "./errors.ts";

/**
 * A script uses a scope in a wrong way: two views have the same name, a view returns a promise although
 * the config is needed synchronously, a config is read before it is resolved.
 *
 * @example A config that is read too early
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
