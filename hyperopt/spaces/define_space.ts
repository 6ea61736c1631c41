import type { ADictMethods } from "../../adict/mod.ts";
import type { LooseValue } from "../../internal/loose_config.ts";
import type { Conditional } from "./conditional.ts";
import type { ConfigOf } from "./config_of.ts";
import { FlatSpace } from "./_flat_space.ts";
import { readSpec } from "./_read_spec.ts";
import type { Space } from "./space.ts";
import type { SpaceSpec } from "./spec.ts";

/** The definition of a space. */
export type SpaceInput =
  | SpaceSpec
  | Conditional<unknown>
  | ADictMethods<LooseValue>;

/**
 * Defines a search space: by {@linkcode float}, {@linkcode int}, {@linkcode ordinal}, {@linkcode category} and
 * {@linkcode conditional}, or in Python's form, with or without groups.
 *
 * @param spec The parameters by name.
 * @returns the space. The type of its configs follows from `spec`.
 * @throws {SpaceError} If a parameter cannot be searched; the error names the parameter.
 *
 * @example
 * ```ts
 * import { category, defineSpace, float, int } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({
 *   lr: float(1e-4, 1e-2, { log: true, grid: 3 }),
 *   model: { depth: int(1, 3), activation: category(["relu", "tanh"]) },
 *   batchSize: { paramType: "INTEGER", paramRange: [16, 64], numSamples: 3, spaceType: "LOG" },
 * });
 * const config = space.toConfig([0.001, 2, 1, 32]);
 * const depth: number = config.model.depth;
 * assertEquals(config, {
 *   lr: 0.001,
 *   model: { depth, activation: "tanh" },
 *   batchSize: 32,
 * });
 * ```
 */
export function defineSpace<const S extends SpaceInput>(
  spec: S,
): Space<ConfigOf<S>> {
  return new FlatSpace(readSpec(spec));
}
