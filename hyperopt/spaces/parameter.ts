/** The definition of a parameter, before it is checked. */
export interface Definition {
  /** The kind of its dimension. */
  readonly kind: "float" | "int" | "ordinal" | "category";
  /** The least and the greatest value; of numbers only. */
  readonly range?: unknown;
  /** Whether the values are spread over their logarithm. */
  readonly log?: unknown;
  /** The grid: the number of points, or the points. */
  readonly grid?: unknown;
  /** The distance between the values; of numbers only. */
  readonly step?: unknown;
  /** The options as they were given; unknown names are refused. */
  readonly given?: unknown;
  /** The base of the logarithm. */
  readonly base?: unknown;
  /** The values of `ordinal` and `category`. */
  readonly choices?: unknown;
  /** Whether it is in Python's form, whose grid may hold a value twice. */
  readonly isPython?: boolean;
}

/** A parameter of a search, whose values are of type `T`; made by {@linkcode float}, {@linkcode int}, {@linkcode ordinal} and {@linkcode category}. */
export class Parameter<out T> {
  /** Carries the type; the property does not exist at run time. */
  declare readonly valueType: T;
  /** The definition. {@linkcode defineSpace} checks it, since it knows the name of the parameter. */
  readonly definition: Definition;

  /**
   * Makes a parameter.
   *
   * @param definition The definition.
   */
  constructor(definition: Definition) {
    this.definition = definition;
  }
}

/** Options for {@linkcode float} and {@linkcode int}. */
export interface NumberOptions {
  /**
   * Whether the values are spread over their logarithm; both bounds must then be above 0.
   *
   * @default {false}
   */
  readonly log?: boolean;
  /**
   * The grid: the number of points, or the points. A grid search needs one and refuses a number without it;
   * the other samplers do not.
   *
   * @default {all steps if there is a `step`, otherwise none}
   */
  readonly grid?: number | readonly number[];
  /**
   * The distance between the values: `low`, `low + step` and so on. If the steps do not reach `high`, it is
   * lowered to the last step, with a warning. A step cannot be combined with `log`. The steps are the grid
   * unless another one is given.
   *
   * @default {none for floats, 1 for whole numbers}
   */
  readonly step?: number;
}

/**
 * Makes a parameter whose values are floats.
 *
 * @param low The least value.
 * @param high The greatest value, included.
 * @param options The spread, the grid and the step.
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
 * Makes a parameter whose values are whole numbers.
 *
 * @param low The least value.
 * @param high The greatest value, included.
 * @param options The spread, the grid, in which no value is repeated, and the step.
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
 * Makes a parameter whose values are choices in an order that matters: neighbours are alike.
 *
 * @param choices The values, in order: plain data, each once.
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
 * Makes a parameter whose values are choices without an order.
 *
 * @param choices The values: plain data, each once.
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
