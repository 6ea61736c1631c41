/**
 * Stand-in for `@std/assert`: the assertions that the tests and the documentation use.
 *
 * @module
 */
import { inspect } from "node:util";
import { equal } from "./_equal.ts";

/** What a failed assertion throws. */
export class AssertionError extends Error {
  /** Makes the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** What {@linkcode assertFalse} lets through. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** An array, a typed array, or the like, but not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

// deno-lint-ignore no-explicit-any -- constructors take whatever their class takes, as in @std/assert
type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

function show(value: unknown): string {
  return inspect(value, { depth: 8, maxArrayLength: 100, sorted: true });
}

function refuse(message: string, detail?: string): never {
  throw new AssertionError(
    detail === undefined ? message : `${message}: ${detail}`,
  );
}

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) refuse(msg);
}

/** Fails if `expr` is truthy. */
export function assertFalse(
  expr: unknown,
  msg = "Expected a falsy value",
): asserts expr is Falsy {
  if (expr) refuse(msg);
}

/** Fails always. */
export function fail(msg?: string): never {
  refuse("Failed assertion", msg);
}

/** Fails unless the two are deeply equal; 0 and -0 count as equal, as do NaN and NaN. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  refuse(
    `Values are not equal${msg === undefined ? "" : `: ${msg}`}\n  actual:   ${
      show(actual)
    }\n  expected: ${show(expected)}`,
  );
}

/** Fails if the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) {
    refuse(`Expected values to differ: ${show(actual)}`, msg);
  }
}

/** Fails unless the two are the same value by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    refuse(
      `Values are not strictly equal: ${show(actual)} and ${show(expected)}`,
      msg,
    );
  }
}

/** Fails if the two are the same value by `Object.is`. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (Object.is(actual, expected)) {
    refuse(`Expected another value than ${show(actual)}`, msg);
  }
}

/** Fails if the value is `null` or `undefined`. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    refuse(`Expected a value, got ${actual}`, msg);
  }
}

/** Fails unless the value is an instance of the class. */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- see ErrorClass
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (!(actual instanceof expectedType)) {
    refuse(
      `Expected an instance of ${expectedType.name}, got ${show(actual)}`,
      msg,
    );
  }
}

/** Fails unless the two numbers differ by at most `tolerance` (absolute; 1e-7 of `expected`). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (!(Math.abs(expected - actual) <= allowed)) {
    refuse(`Expected ${actual} to be within ${allowed} of ${expected}`, msg);
  }
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) {
    refuse(`Expected ${show(actual)} > ${show(expected)}`, msg);
  }
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual >= expected)) {
    refuse(`Expected ${show(actual)} >= ${show(expected)}`, msg);
  }
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) {
    refuse(`Expected ${show(actual)} < ${show(expected)}`, msg);
  }
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual <= expected)) {
    refuse(`Expected ${show(actual)} <= ${show(expected)}`, msg);
  }
}

/** Fails unless the text contains the part. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (!actual.includes(expected)) {
    refuse(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
  }
}

/** Fails unless the text matches. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (actual.search(expected) < 0) {
    refuse(`Expected ${show(actual)} to match ${expected}`, msg);
  }
}

/** Fails if the text matches. */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (actual.search(expected) >= 0) {
    refuse(`Expected ${show(actual)} not to match ${expected}`, msg);
  }
}

/** Fails unless every expected element is somewhere in the array. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((item) =>
    !items.some((other) => equal(item, other))
  );
  if (missing.length > 0) {
    refuse(`Missing from the array: ${show(missing)}`, msg);
  }
}

/** Fails unless everything in `expected` is in `actual`, which may have more. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (!covers(actual, expected)) {
    refuse(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
  }
}

function covers(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null || !isPlain(expected)) {
    return equal(actual, expected);
  }
  if (typeof actual !== "object" || actual === null) return false;
  return Object.keys(expected).every((key) =>
    Object.hasOwn(actual, key) &&
    covers(
      (actual as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
    )
  );
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype ||
    prototype === null;
}

/** Fails unless `fn` throws; gives what was thrown. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an error of the class whose message contains the text. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const detail = typeof classOrMsg === "string" ? classOrMsg : msg;
  try {
    fn();
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, detail);
  }
  refuse("Expected function to throw", detail);
}

/** Fails unless the promise rejects; gives the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** Fails unless the promise rejects with an error of the class whose message contains the text. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const detail = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    refuse(`Function throws when expected to reject (${show(error)})`, detail);
  }
  try {
    await promise;
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, detail);
  }
  refuse("Expected function to reject", detail);
}

function checkThrown(
  error: unknown,
  classOrMsg: ErrorClass | string | undefined,
  msgIncludes: string | undefined,
  detail: string | undefined,
): unknown {
  if (typeof classOrMsg !== "function") return error;
  if (!(error instanceof classOrMsg)) {
    refuse(
      `Expected error to be instance of "${classOrMsg.name}", but was ${
        show(error)
      }`,
      detail,
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    refuse(
      `Expected error message to include ${show(msgIncludes)}, but got ${
        show(error.message)
      }`,
      detail,
    );
  }
  return error;
}
