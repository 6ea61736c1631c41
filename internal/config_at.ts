import { flatten } from "./leaves.ts";

/**
 * Looks up a config value by a key path as a person types it.
 *
 * @param config The config.
 * @param path A key path as it is shown: `model.depth`, `"a.b".c`. A key with a dot is also found without
 *   quotes if no other path has this name.
 * @returns the value; `undefined` if there is none.
 */
export function configAt(config: unknown, path: string): unknown {
  return walk(config, path.split(".")) ?? flatten(config).get(path) ??
    walk(config, [path]);
}

function walk(config: unknown, keys: readonly string[]): unknown {
  let at = config;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) {
      return undefined;
    }
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
