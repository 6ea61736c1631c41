/**
 * What an error says, and which errors are meant for users.
 *
 * @module
 */

/** Marks an error whose message is meant for the user: a symbol, so that copies of this package agree. */
const FOR_USER = Symbol.for("ato.for-user");

/**
 * Marks an error as meant for the user: its message is a whole sentence that says what is wrong and how
 * to fix it, so a command line shows it without a stack trace.
 *
 * Errors of this package extend the nearest built-in (`TypeError`, `SyntaxError`, …), as callers expect,
 * and so cannot share a base class; those that extend `Error` itself extend {@linkcode UserError}.
 *
 * @param error The error, in its constructor.
 */
export function markForUser(error: Error): void {
  Object.defineProperty(error, FOR_USER, { value: true });
}

/**
 * Tells whether an error is meant for the user.
 *
 * @param error Anything that was thrown.
 * @returns true for errors that {@linkcode markForUser} marked.
 */
export function isForUser(error: unknown): boolean {
  return isError(error) && FOR_USER in error;
}

/**
 * Tells whether a value is an error. `instanceof` throws for a revoked proxy, and a revoked proxy can be thrown.
 *
 * @param value Anything that was thrown.
 * @returns true if it is an `Error`.
 */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** The base class of errors that are meant for the user and extend no other built-in error. */
export class UserError extends Error {
  /**
   * Makes the error.
   *
   * @param message A whole sentence, without a final period.
   * @param options The cause.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
    markForUser(this);
  }
}

/**
 * Returns the message of an error.
 *
 * @param error Anything that was thrown.
 * @returns the message of an `Error`; the text of anything else.
 */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    // An object without a prototype, or a revoked proxy, cannot be converted to a string.
    return "a value that has no text was thrown";
  }
}
