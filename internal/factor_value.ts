/** The values of factors, as tables and lines show them. */
import { SECRET_MARK } from "./secret_values.ts";
import { brief } from "./text.ts";
import { visible } from "./visible_text.ts";

/**
 * Returns the first digits of a hash, without the links of a module that follow it.
 *
 * @param value The value of a factor.
 * @param digits The number of digits.
 * @returns visible text.
 */
export function hashDigits(value: string, digits: number): string {
  return brief(value.split("\n")[0] ?? "", digits);
}

/** Tells whether the value of a factor is a hash, e.g. `ato-code-v1:…`. */
export function isHash(value: string): boolean {
  return /^ato-[\w-]+:/.test(value);
}

/** The code of a secret: which key made it, and the code itself. */
const SECRET = new RegExp(
  `${SECRET_MARK}[0-9a-f]+:([0-9a-f]{8})[0-9a-f]*`,
  "g",
);

/**
 * Shortens the value of a factor to a number of characters. The code of a secret becomes `*** (d1f5a2c4)`, so that
 * two secrets can be told apart.
 */
export function clipped(value: string, length: number): string {
  const text = value.replaceAll(SECRET, "*** ($1)");
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/**
 * Writes the value of a factor: the digits of a hash, otherwise the value, shortened.
 *
 * @param value The value; `undefined` if the run does not have the factor.
 * @param options The number of digits of a hash, and of characters of any other value.
 * @returns visible text.
 */
export function factorValue(
  value: string | undefined,
  { digits, length }: { readonly digits: number; readonly length: number },
): string {
  if (value === undefined) return "absent";
  return isHash(value) && !value.startsWith(SECRET_MARK)
    ? hashDigits(value, digits)
    : visible(clipped(value, length));
}
