/**
 * The ids of config leaves.
 *
 * @module
 */
import { splitPath } from "../internal/key_path.ts";

/**
 * Returns the keys of a config leaf.
 *
 * @param id The id of a factor, e.g. `config:model.depth`.
 * @returns the keys; `undefined` if the factor is no config leaf.
 */
export function keysOf(id: string): string[] | undefined {
  if (!id.startsWith("config:")) return undefined;
  return splitPath(id.slice("config:".length));
}

/**
 * Reads a value that a run's config has.
 *
 * @param factors The factors of the run.
 * @param path The key path.
 * @returns the value; `undefined` if there is none, or it is not JSON.
 */
export function configValue(
  factors: ReadonlyMap<string, string>,
  path: string,
): unknown {
  const text = factors.get(`config:${path}`);
  return text === undefined ? undefined : parseJson(text);
}

/**
 * Reads a JSON text.
 *
 * @param text The text.
 * @returns the value; `undefined` if it is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Values that JSON cannot write are kept in words, and have no value here.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
