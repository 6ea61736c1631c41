/**
 * Describes a value in an error message.
 *
 * @param value Any value.
 * @returns a primitive as it is written, e.g. `"loss"`, `5` or `undefined`; the kind of anything else. Unlike
 * `kindOf` it names the class, since most values here are made by a class or function of this package.
 */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    return `an object of class ${value.constructor?.name ?? "unknown"}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
