import { UserError } from "../../internal/errors.ts";

/**
 * A study of Optuna cannot be read or written.
 *
 * @example
 * ```ts
 * import { OptunaStudyError, readOptunaStudy } from "@ato/ato/hyperopt";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(() => readOptunaStudy({ dbPath: "none.db" }), OptunaStudyError);
 * assertEquals(error.path, "none.db");
 * ```
 */
export class OptunaStudyError extends UserError {
  /** The file. */
  readonly path: string;

  /**
   * Makes the error.
   *
   * @param path The file.
   * @param message The whole message.
   * @param options The cause.
   */
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OptunaStudyError";
    this.path = path;
  }
}
