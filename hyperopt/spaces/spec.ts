import type { Conditional } from "./conditional.ts";
import type { Parameter } from "./parameter.ts";

/** A parameter in the form of Python ato. Snake case is accepted, too, and so are values in any case. */
export interface PythonParameter {
  /** `FLOAT`, `INTEGER` or `CATEGORY`. */
  readonly paramType?: string;
  /** The least and the greatest value, of numbers. */
  readonly paramRange?: readonly number[];
  /** The number of points of the grid, of numbers. */
  readonly numSamples?: number;
  /**
   * `LINEAR` or `LOG`.
   *
   * @default {"LINEAR"}
   */
  readonly spaceType?: string;
  /**
   * The base of the logarithm. It only affects rounding.
   *
   * @default {2 for `INTEGER`, 10 for `FLOAT`}
   */
  readonly base?: number;
  /** The distance between the values, of numbers whose `spaceType` is `LINEAR`; Python ato has no such key. */
  readonly step?: number;
  /** The values, of `CATEGORY`. */
  readonly categories?: readonly unknown[];
  /** As `paramType`. */
  readonly param_type?: string;
  /** As `paramRange`. */
  readonly param_range?: readonly number[];
  /** As `numSamples`. */
  readonly num_samples?: number;
  /** As `spaceType`. */
  readonly space_type?: string;
}

/** The value of a key of a space: a parameter, or a group of parameters. */
export type SpaceNode =
  | Parameter<unknown>
  | Conditional<unknown>
  | PythonParameter
  | SpaceSpec;

/** Parameters by name; a name with dots, `"model.lr"`, is a key path. */
export interface SpaceSpec {
  /** A parameter or a group. */
  readonly [name: string]: SpaceNode;
}
