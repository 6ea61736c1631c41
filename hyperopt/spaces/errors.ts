import { markForUser } from "../../internal/errors.ts";
/**
 * A search space that cannot be used, or a point or config that is not of it.
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
  /** The key path of the parameter; empty where the space as a whole is meant. */
  readonly path: string;

  /**
   * Makes the error for a parameter.
   *
   * @param path Its key path, as `formatPath` writes it; empty for the space as a whole.
   * @param reason What is wrong and how to mend it, without a final period.
   * @param action What cannot be done.
   */
  constructor(path: string, reason: string, action = "search") {
    super(`Cannot ${action} ${path === "" ? "the space" : path}: ${reason}`);
    this.name = "SpaceError";
    markForUser(this);
    this.path = path;
  }
}
