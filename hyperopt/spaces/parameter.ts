/** What a parameter was said to be, before it is checked. */
export interface Definition {
  /** The kind of its dimension. */
  readonly kind: "float" | "int" | "ordinal" | "category";
  /** Least and greatest value; of numbers only. */
  readonly range?: unknown;
  /** Whether the values are spread over their logarithm. */
  readonly log?: unknown;
  /** The grid: how many points, or which. */
  readonly grid?: unknown;
  /** How far apart the values are; of numbers only. */
  readonly step?: unknown;
  /** The options as they were given; unknown names are refused. */
  readonly given?: unknown;
  /** The base of the logarithm. */
  readonly base?: unknown;
  /** The values of `ordinal` and `category`. */
  readonly choices?: unknown;
  /** Whether it was written in Python's form, whose grid may hold a value twice. */
  readonly isPython?: boolean;
}

/** A parameter to search, whose values are of type `T`; made by {@linkcode float} and its like. */
export class Parameter<out T> {
  /** Carries the type; there is no such property at run time. */
  declare readonly valueType: T;
  /** What it was said to be. It is checked by {@linkcode defineSpace}, which knows its name. */
  readonly definition: Definition;

  /**
   * Keeps a definition.
   *
   * @param definition What the parameter is said to be.
   */
  constructor(definition: Definition) {
    this.definition = definition;
  }
}

/** Options of {@linkcode float} and {@linkcode int}. */
export interface NumberOptions {
  /**
   * Spread the values over their logarithm; both bounds must then be greater than 0.
   *
   * @default false
   */
  readonly log?: boolean;
  /**
   * The grid: how many points, or which. Without it, grid search does not know what to try and says
   * so; the other samplers need none.
   */
  readonly grid?: number | readonly number[];
  /**
   * Only every so many: `low`, `low + step` and so on, up to `high` where the steps reach it; otherwise
   * `high` is lowered to the last of them, with a warning. It goes with an even spread only, and makes the
   * grid unless one is given.
   *
   * @default none for floats, 1 for whole numbers
   */
  readonly step?: number;
}

/**
 * A number with a fraction.
 *
 * @param low The least value.
 * @param high The greatest value, included.
 * @param options Whether it is spread over its logarithm, its grid, and its step.
 * @returns the parameter.
 *
 * @example
 * ```ts
 * import { defineSpace, float } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ lr: float(1e-4, 1e-2, { log: true, grid: 3 }) });
 * assertEquals([...space.grid()], [[1e-4], [1e-3], [1e-2]]);
 *
 * const steps = defineSpace({ dropout: float(0.1, 0.5, { step: 0.2 }) });
 * assertEquals([...steps.grid()], [[0.1], [0.3], [0.5]]);
 * ```
 */
export function float(
  low: number,
  high: number,
  options: NumberOptions = {},
): Parameter<number> {
  return numberOf("float", [low, high], options);
}

/**
 * A whole number.
 *
 * @param low The least value.
 * @param high The greatest value, included.
 * @param options Whether it is spread over its logarithm, its grid, in which no value is twice, and its
 * step.
 * @returns the parameter.
 *
 * @example
 * ```ts
 * import { defineSpace, int } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ width: int(1, 64, { log: true, grid: 10 }) });
 * assertEquals(space.dimensions[0]?.grid, [1, 2, 3, 4, 6, 10, 16, 25, 40, 64]);
 *
 * const even = defineSpace({ width: int(2, 10, { step: 2 }) });
 * assertEquals([...even.grid()], [[2], [4], [6], [8], [10]]);
 * ```
 */
export function int(
  low: number,
  high: number,
  options: NumberOptions = {},
): Parameter<number> {
  return numberOf("int", [low, high], options);
}

function numberOf(
  kind: "float" | "int",
  range: readonly number[],
  given: NumberOptions,
): Parameter<number> {
  const { log, grid, step } = given ?? {};
  return new Parameter({ kind, range, log, grid, step, given });
}

/**
 * One of some values whose order means something: neighbours are alike.
 *
 * @param choices The values, in order: plain data, none twice.
 * @returns the parameter.
 *
 * @example
 * ```ts
 * import { defineSpace, ordinal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ batchSize: ordinal([16, 32, 64]) });
 * assertEquals(space.toConfig([1]), { batchSize: 32 });
 * ```
 */
export function ordinal<const T>(choices: readonly T[]): Parameter<T> {
  return new Parameter({ kind: "ordinal", choices });
}

/**
 * One of some values without an order.
 *
 * @param choices The values: plain data, none twice.
 * @returns the parameter.
 *
 * @example
 * ```ts
 * import { category, defineSpace } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const space = defineSpace({ activation: category(["relu", "tanh"]) });
 * const config: { activation: "relu" | "tanh" } = space.toConfig([0]);
 * assertEquals(config, { activation: "relu" });
 * ```
 */
export function category<const T>(choices: readonly T[]): Parameter<T> {
  return new Parameter({ kind: "category", choices });
}
