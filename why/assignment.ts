import { isPlainObject } from "../internal/objects.ts";
import { formatValue } from "../internal/format_value.ts";

/**
 * Writes the word that sets a config value on a script's command line.
 *
 * @param path The key path.
 * @param value The value.
 * @returns the word, not escaped, e.g. `model.depth=50`; `undefined` if the command line cannot express the
 * value.
 */
export function assignment(path: string, value: unknown): string | undefined {
  return isWritable(value) ? `${path}=${formatValue(value)}` : undefined;
}

function isWritable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWritable);
  if (typeof value === "object" && value !== null) {
    return isPlainObject(value) && Object.values(value).every(isWritable);
  }
  return value !== undefined && typeof value !== "function" &&
    typeof value !== "symbol";
}
