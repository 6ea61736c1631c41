/**
 * The normal form of a search space: a flat list of dimensions.
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
  /** The kind of its values; the order of the choices matters for `ordinal`, not for `category`. */
  readonly kind: "float" | "int" | "ordinal" | "category";
  /** The least value; 0 if there are choices. */
  readonly low: number;
  /** The greatest value, included; the last position if there are choices. */
  readonly high: number;
  /** Whether values are spread evenly over their logarithm. */
  readonly log: boolean;
  /** The distance between the values, if not every number from `low` to `high` is a value. */
  readonly step?: number;
  /** The values of `ordinal` and `category`; empty for numbers. */
  readonly choices: readonly unknown[];
  /** The numbers of the grid, ascending for numbers; empty if there is none. */
  readonly grid: readonly number[];
  /** If it exists only for some choices of an earlier category: the index of the category, and the positions of the choices. */
  readonly when?: {
    readonly dimension: number;
    readonly positions: readonly number[];
  };
}

/** The numbers of a config, one for each dimension; `undefined` if the dimension does not exist in the config. */
export type Point = readonly (number | undefined)[];

/** A search space whose trial configs are of type `C`. */
export interface Space<C> {
  /** The parameters in normal form; a dimension comes after the one that its `when` names. */
  readonly dimensions: readonly Dimension[];
  /** Returns the config of a point: only the searched keys, nested by their paths. */
  toConfig(point: Point): C;
  /** Returns the point of a config; `undefined` if the config does not fit in this space. */
  toPoint(config: unknown): Point | undefined;
  /** Returns the hash of a config: equal values of the searched keys have the same hash. */
  hash(point: Point): string;
  /** Lists all points of the grid; the first parameter changes slowest, as in Python. */
  grid(): Iterable<Point>;
}
