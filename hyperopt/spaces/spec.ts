import type { Conditional } from "./conditional.ts";
import type { Parameter } from "./parameter.ts";

/** A parameter as Python ato has it. Snake case is accepted too, and values in any case. */
export interface PythonParameter {
  /** `FLOAT`, `INTEGER` or `CATEGORY`. */
  readonly paramType?: string;
  /** Least and greatest value, of numbers. */
  readonly paramRange?: readonly number[];
  /** How many points the grid has, of numbers. */
  readonly numSamples?: number;
  /**
   * `LINEAR` or `LOG`.
   *
   * @default "LINEAR"
   */
  readonly spaceType?: string;
  /**
   * The base of the logarithm. It makes no difference but for rounding.
   *
   * @default 2 for `INTEGER`, 10 for `FLOAT`
   */
  readonly base?: number;
  /** How far apart the values are, of numbers whose `spaceType` is `LINEAR`; Python ato has no such key. */
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

/** What may stand under a key of a space: a parameter, or a group of parameters. */
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
