/**
 * The source text of a function, as the engine keeps it. Loads nothing.
 *
 * @module
 */
import { OpaqueFunctionError } from "./errors.ts";
import { unwrapFunction } from "./wrapper.ts";

/** Any function or class. */
// deno-lint-ignore ban-types
export type AnyFunction = Function;

// Taken when this module is loaded: a function with a `toString` of its own, or a patched
// prototype, must not be able to speak for itself.
const intrinsicToString = Function.prototype.toString;
const apply = Reflect.apply;

// No function of user code can end so: `[native code]` is no statement.
const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;

/** The name of a function, also where a static member hides it. */
export function functionName(fn: AnyFunction): string {
  const name = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" ? name : "";
}

/**
 * Returns the source text of a function; for Ato's own wrappers, that of the original.
 *
 * @param fn A function or a class.
 * @returns the text, as it was given to the runtime.
 * @throws {OpaqueFunctionError} If the function is native, bound or behind a `Proxy`.
 */
export function functionText(fn: AnyFunction): string {
  const original = unwrapFunction(fn);
  if (typeof original !== "function") throw new OpaqueFunctionError("");
  const text: string = apply(intrinsicToString, original, []);
  if (NATIVE.test(text)) throw new OpaqueFunctionError(functionName(original));
  return text;
}
