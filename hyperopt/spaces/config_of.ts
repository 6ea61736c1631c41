import type { ADictMethods } from "../../adict/mod.ts";
import type { LooseConfig, LooseValue } from "../../internal/loose_config.ts";
import type { Conditional } from "./conditional.ts";
import type { Parameter } from "./parameter.ts";

/** An intersection as one object type. */
export type Simplify<T> = { [K in keyof T]: T[K] };

/** The type of the values of a parameter in Python's form, as far as it follows from the literals. */
export type PythonValueOf<S> = S extends
  | { readonly paramType: infer P extends string }
  | { readonly param_type: infer P extends string }
  ? Uppercase<P> extends "FLOAT" | "INTEGER" ? number
  : Uppercase<P> extends "CATEGORY"
    ? S extends { readonly categories: readonly (infer V)[] } ? V : LooseValue
  : LooseValue
  : LooseValue;

/** A value at a key path: `Nested<"model.lr", number>` is `{ model: { lr: number } }`. */
export type Nested<P extends string, V> = P extends
  `${infer Head}.${infer Rest}` ? { [K in Head]: Nested<Rest, V> }
  : { [K in P]: V };

/** All members of a union as one object type. */
export type Merged<U> = (U extends unknown ? (part: U) => void : never) extends
  (part: infer I) => void ? I : never;

/** The type of the config of a group of parameters. */
export type GroupConfig<S> = string extends keyof S ? LooseConfig
  : Extract<keyof S, `${string}.${string}`> extends never
    ? { -readonly [K in keyof S & string]: ConfigOf<S[K]> }
  : Merged<
    { [K in keyof S & string]: Nested<K, ConfigOf<S[K]>> }[keyof S & string]
  >;

/**
 * The type of the config of a trial; it follows from the definition of the space.
 *
 * @example
 * ```ts
 * import { type ConfigOf, float } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = { model: { lr: float(0, 1) } };
 * const config: ConfigOf<typeof spec> = { model: { lr: 0.5 } };
 * assertEquals(config.model.lr, 0.5);
 * ```
 */
export type ConfigOf<S> = 0 extends 1 & S ? LooseConfig
  : S extends Parameter<infer T> ? T
  : S extends Conditional<infer T> ? T
  : S extends ADictMethods<infer T> ? ConfigOf<T>
  : S extends { readonly paramType: string } | { readonly param_type: string }
    ? PythonValueOf<S>
  : GroupConfig<S>;
