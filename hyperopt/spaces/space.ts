/**
 * The normal form of a search space: a flat list of dimensions, which samplers work on.
 *
 * @module
 */

/**
 * One parameter of a space, in normal form.
 *
 * A number of a point is the value itself for `float` and `int`, and the position in `choices` for
 * `ordinal` and `category`.
 */
export interface Dimension {
  /** The key path in the config, e.g. `model.lr`. */
  readonly path: string;
  /** What it holds; the order of the choices counts for `ordinal`, not for `category`. */
  readonly kind: "float" | "int" | "ordinal" | "category";
  /** Least value; 0 where there are choices. */
  readonly low: number;
  /** Greatest value, included; the last position where there are choices. */
  readonly high: number;
  /** Whether values are spread evenly over their logarithm. */
  readonly log: boolean;
  /** How far apart the values are, where not every one between `low` and `high` is one. */
  readonly step?: number;
  /** The values of `ordinal` and `category`; empty for numbers. */
  readonly choices: readonly unknown[];
  /** The grid's numbers, ascending for numbers: what the Python form's `numSamples` asks for. */
  readonly grid: readonly number[];
  /** Where it exists only for some choices of an earlier category: its index and those positions. */
  readonly when?: {
    readonly dimension: number;
    readonly positions: readonly number[];
  };
}

/** The numbers of a config, one a dimension; `undefined` where that dimension does not exist in it. */
export type Point = readonly (number | undefined)[];

/** A search space whose trial configs are of type `C`. */
export interface Space<C> {
  /** The parameters in normal form; a dimension comes after the one that its `when` names. */
  readonly dimensions: readonly Dimension[];
  /** The config of a point: the searched keys only, nested as their paths say. */
  toConfig(point: Point): C;
  /** The point of a config, or `undefined` where the config does not fit in this space. */
  toPoint(config: unknown): Point | undefined;
  /** The identity of a config: the same for equal values of the searched keys, whatever else it holds. */
  hash(point: Point): string;
  /** All points of the grid, first parameter slowest, as in Python. */
  grid(): Iterable<Point>;
}
