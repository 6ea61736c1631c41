/**
 * Words for the kind of a value, for messages about arguments of the wrong type.
 *
 * @module
 */

/**
 * Describes the kind of a value in one or two words.
 *
 * @param value Any value.
 * @returns e.g. `undefined`, `NaN`, `a number`, `a list`, `an object`, `a Date`.
 */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") {
    return Number.isNaN(value) ? "NaN" : `a ${typeof value}`;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Object") return "an object";
  // Names that start with U are pronounced "you": a URL, a Uint8Array.
  return /^[AEIO]/i.test(tag) ? `an ${tag}` : `a ${tag}`;
}

/**
 * Names the class of an object.
 *
 * @param value An object.
 * @returns e.g. `an instance of Point`; what {@linkcode kindOf} says if the class has no name.
 */
export function instanceName(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== ""
    ? `an instance of ${constructor.name}`
    : kindOf(value);
}
