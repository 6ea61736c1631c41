import { formatPath } from "../internal/key_path.ts";
import { formatValue } from "../scope/mod.ts";
import { keysOf, plainValueAt } from "./spaces/_searched_leaves.ts";
import type { Space } from "./spaces/space.ts";

/**
 * Writes the searched keys of a config as words of a command line: a script with a `Scope` that is started with
 * them runs this config.
 *
 * @param config The config of a trial.
 * @param space The space that was searched.
 * @returns the words, in the order of the space.
 *
 * @example
 * ```ts
 * import { category, defineSpace, float, wordsOf } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ model: { lr: float(0, 1) }, activation: category(["relu", "tanh"]) });
 * const config = { model: { lr: 0.1 }, activation: "relu" };
 * assertEquals(wordsOf(config, space), ["model.lr=0.1", "activation=relu"]);
 * ```
 */
export function wordsOf(
  config: object,
  space: Pick<Space<unknown>, "dimensions">,
): string[] {
  return wordsAt(config, space.dimensions.map(keysOf));
}

/** Writes the values at some keys as words; those that the config does not have are left out. */
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
