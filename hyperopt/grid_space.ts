import { checkMethods } from "./_settings.ts";
import type { ADict, ADictMethods, LooseConfig } from "../adict/mod.ts";
import type { ConfigOf } from "./spaces/config_of.ts";
import { defineSpace, type SpaceInput } from "./spaces/define_space.ts";
import type { Space } from "./spaces/space.ts";
import { withPoint } from "./_with_point.ts";

/** The type of a config of which only some keys are known, also in groups. */
export type Loosened<C> = C extends readonly unknown[] ? C
  : C extends object ? { [K in keyof C]: Loosened<C[K]> } & LooseConfig
  : C;

/** The type of the config of a trial: the keys of the scope and the searched keys. */
export type DistributionConfig<T extends object, C> = string extends keyof T
  ? ADict<{ [K in keyof C]: Loosened<C[K]> }> & LooseConfig
  : ADict<T & C>;

/**
 * Makes the config of each point of a grid.
 *
 * @param baseConfig The config into whose copies the searched keys are set; it is not changed.
 * @param searchSpaces The parameters; each number must have a grid.
 * @returns a config for each point; the first parameter changes slowest.
 * @throws {SpaceError} If a parameter cannot be searched, or has no grid.
 *
 * @example
 * ```ts
 * import { ADict } from "@ato/ato/adict";
 * import { prepareDistributions } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const configs = prepareDistributions(new ADict({ epochs: 3 }), {
 *   lr: { paramType: "FLOAT", paramRange: [0.01, 0.1], numSamples: 2, spaceType: "LOG" },
 *   activation: { paramType: "CATEGORY", categories: ["relu", "tanh"] },
 * });
 * assertEquals(configs.map((config) => [config.lr, config.activation]), [
 *   [0.01, "relu"],
 *   [0.01, "tanh"],
 *   [0.1, "relu"],
 *   [0.1, "tanh"],
 * ]);
 * ```
 */
export function prepareDistributions<
  T extends object,
  const S extends SpaceInput,
>(
  baseConfig: ADictMethods<T>,
  searchSpaces: S,
): DistributionConfig<T, ConfigOf<S>>[] {
  checkMethods("prepare configs", "baseConfig", baseConfig, {
    methods: ["clone", "setByPath"],
    give: "an ADict",
  });
  const space: Space<unknown> = defineSpace(searchSpaces);
  return Array.from(
    space.grid(),
    (point) => withPoint(baseConfig, space, point) as never,
  );
}
