import { flatten } from "./leaves.ts";

/**
 * Looks up a config value by what a person types.
 *
 * @param config The config.
 * @param path A key path, as it is shown: `model.depth`, `"a.b".c`. A key with a dot is found without
 *   its quotes too, where no path of this name leads anywhere.
 * @returns the value, or `undefined` where there is none.
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
