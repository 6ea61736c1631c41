import { markForUser } from "../../internal/errors.ts";

/**
 * A search space cannot be used, or a point or config does not belong to it.
 *
 * @example
 * ```ts
 * import { defineSpace, float, SpaceError } from "@ato/ato/hyperopt";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => defineSpace({ model: { lr: float(1, 0) } }), SpaceError);
 * assertEquals(error.path, "model.lr");
 * ```
 */
export class SpaceError extends TypeError {
  /** The key path of the parameter; empty for the space as a whole. */
  readonly path: string;

  /**
   * Makes the error for a parameter.
   *
   * @param path Its key path, as `formatPath` writes it; empty for the space as a whole.
   * @param reason What is wrong and how to fix it, without a final period.
   * @param action The action that cannot be done.
   */
  constructor(path: string, reason: string, action = "search") {
    super(`Cannot ${action} ${path === "" ? "the space" : path}: ${reason}`);
    this.name = "SpaceError";
    markForUser(this);
    this.path = path;
  }
}
