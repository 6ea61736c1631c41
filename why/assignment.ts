import { isPlainObject } from "../internal/objects.ts";
import { formatValue } from "../internal/format_value.ts";
import { formatKey } from "../internal/key_path.ts";
import { quote } from "../internal/quote.ts";

/**
 * Writes the word that sets a config value on a script's command line.
 *
 * @param keys The keys from the root.
 * @param value The value.
 * @returns the word, not escaped, e.g. `model.depth=50`, `files.%a.b%=1`; `undefined` if the command line cannot
 * express the value.
 */
export function assignment(
  keys: readonly string[],
  value: unknown,
): string | undefined {
  return isWritable(value)
    ? `${keys.map(keyText).join(".")}=${formatValue(value)}`
    : undefined;
}

/** A shell removes every quote but `%`. */
function keyText(key: string): string {
  return formatKey(key) === key ? key : quote(key);
}

function isWritable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWritable);
  if (typeof value === "object" && value !== null) {
    return isPlainObject(value) && Object.values(value).every(isWritable);
  }
  return value !== undefined && typeof value !== "function" &&
    typeof value !== "symbol";
}
