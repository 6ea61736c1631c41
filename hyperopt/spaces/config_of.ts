import type { ADictMethods } from "../../adict/methods.ts";
import type { LooseConfig, LooseValue } from "../../adict/types.ts";
import type { Conditional } from "./conditional.ts";
import type { Parameter } from "./parameter.ts";

/** Writes an intersection as one object type. */
export type Simplify<T> = { [K in keyof T]: T[K] };

type IsAny<T> = 0 extends 1 & T ? true : false;

type TypeName<S> = S extends { readonly paramType: infer P extends string } ? P
  : S extends { readonly param_type: infer P extends string } ? P
  : never;

/** The values of a parameter in Python's form, as far as its literals tell. */
type PythonValue<S> = Uppercase<TypeName<S>> extends "FLOAT" | "INTEGER"
  ? number
  : Uppercase<TypeName<S>> extends "CATEGORY"
    ? S extends { readonly categories: readonly (infer V)[] } ? V : LooseValue
  : LooseValue;

/** A value below a key path: `Nest<"model.lr", number>` is `{ model: { lr: number } }`. */
type Nest<P extends string, V> = P extends `${infer Head}.${infer Rest}`
  ? { [K in Head]: Nest<Rest, V> }
  : { [K in P]: V };

type Intersect<U> = (U extends unknown ? (part: U) => void : never) extends
  (part: infer I) => void ? I : never;

type Deep<T> = T extends readonly unknown[] ? T
  : T extends object ? { [K in keyof T]: Deep<T[K]> }
  : T;

type Group<S> = string extends keyof S ? LooseConfig
  : Extract<keyof S, `${string}.${string}`> extends never
    ? { -readonly [K in keyof S & string]: ConfigOf<S[K]> }
  : Deep<
    Intersect<
      { [K in keyof S & string]: Nest<K, ConfigOf<S[K]>> }[keyof S & string]
    >
  >;

/**
 * The type of a trial's config, from what its space was defined by.
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
export type ConfigOf<S> = IsAny<S> extends true ? LooseConfig
  : S extends Parameter<infer T> ? T
  : S extends Conditional<infer T> ? T
  : S extends ADictMethods<infer T> ? ConfigOf<T>
  : S extends { readonly paramType: string } | { readonly param_type: string }
    ? PythonValue<S>
  : Group<S>;
