import type { ConfigOf, Simplify } from "./config_of.ts";
import type { SpaceSpec } from "./spec.ts";

/** A choice that decides which parameters exist; made by {@linkcode conditional}. */
export class Conditional<out T> {
  /** Carries the type; the property does not exist at run time. */
  declare readonly valueType: T;
  /** The key that holds the choice. */
  readonly key: string;
  /** The parameters of each choice. */
  readonly branches: Readonly<Record<string, unknown>>;

  /**
   * Makes a choice.
   *
   * @param key The key that holds the choice.
   * @param branches The parameters of each choice.
   */
  constructor(key: string, branches: Readonly<Record<string, unknown>>) {
    this.key = key;
    this.branches = branches;
  }
}

/** The discriminated union of the configs of the branches. */
export type Branches<K extends string, B> = {
  [Choice in keyof B & string]: Simplify<
    & { [_ in K]: Choice }
    & ConfigOf<B[Choice]>
  >;
}[keyof B & string];

/**
 * Makes a category whose choice decides which other parameters exist. The config is a discriminated union.
 *
 * @param key The key that holds the choice.
 * @param branches The choices, each with its parameters; `{}` for none.
 * @returns the conditional: use it as a group of parameters, or as the whole space.
 *
 * @example
 * ```ts
 * import { conditional, defineSpace, float } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({
 *   optimizer: conditional("name", {
 *     sgd: { momentum: float(0, 0.99) },
 *     adam: { beta1: float(0.8, 0.99), beta2: float(0.9, 0.9999) },
 *   }),
 * });
 * const { optimizer } = space.toConfig([0, 0.5, undefined, undefined]);
 * assertEquals(optimizer.name === "sgd" && optimizer.momentum, 0.5);
 * ```
 */
export function conditional<
  const K extends string,
  const B extends { readonly [choice: string]: SpaceSpec },
>(key: K, branches: B): Conditional<Branches<K, B>> {
  return new Conditional(key, branches);
}
