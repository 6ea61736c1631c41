import { formatPath } from "../internal/key_path.ts";
import { formatValue } from "../scope/mod.ts";
import { plainValueAt } from "./spaces/_searched_leaves.ts";

/**
 * Writes the values of a config as words of a command line.
 *
 * @param config The config.
 * @param paths The keys of each value; those that the config does not have are left out.
 * @returns the words.
 */
export function wordsAt(
  config: unknown,
  paths: readonly (readonly string[])[],
): string[] {
  return paths.flatMap((keys) => {
    const value = plainValueAt(config, keys);
    return value === undefined
      ? []
      : [`${formatPath(keys)}=${formatValue(value)}`];
  });
}
