import { UserError } from "../../internal/errors.ts";

/**
 * What is wrong with an engine:
 * - `url`: the URL cannot be used
 * - `usage`: an option, a name or an id cannot be used
 * - `package`: the package of its driver is not installed
 * - `host`: nothing answers at the address
 * - `login`: the user or the password is refused
 * - `database`: the database does not exist
 * - `permission`: the user may not do what is needed
 * - `tls`: an encrypted connection is needed, not offered, or not trusted
 * - `version`: the engine, its tables or its data are too old or too new
 * - `lost`: the connection was lost and did not come back in time
 * - `dropped`: the journal has fewer entries than were read: the search was dropped, or restored from an older state
 * - `full`: the engine has no memory or no disk left
 * - `size`: a value is larger than a message may be
 * - `closed`: the connection was closed by this process
 * - `other`: what the engine itself says
 */
export type EngineProblem =
  | "url"
  | "usage"
  | "package"
  | "host"
  | "login"
  | "database"
  | "permission"
  | "tls"
  | "version"
  | "lost"
  | "dropped"
  | "full"
  | "size"
  | "closed"
  | "other";

/**
 * An engine cannot be used, or cannot do what was asked. The message never has a password.
 *
 * @example
 * ```ts
 * import { connectEngine, EngineError } from "@ato/ato/engines";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => connectEngine("reddis://localhost", { searchId: "demo" }),
 *   EngineError,
 *   "did you mean redis://",
 * );
 * assertEquals(error.problem, "url");
 * ```
 */
export class EngineError extends UserError {
  /** What is wrong. */
  readonly problem: EngineProblem;

  /**
   * Makes the error.
   *
   * @param problem What is wrong.
   * @param message A whole sentence, without a final period.
   */
  constructor(problem: EngineProblem, message: string) {
    super(message);
    this.name = "EngineError";
    this.problem = problem;
  }
}
