/**
 * Errors of the tracker.
 *
 * @module
 */
import {
  isForUser,
  markForUser,
  messageOf,
  UserError,
} from "../internal/errors.ts";
import { visible } from "../internal/visible_text.ts";
import { isNotCapable, missingPermission } from "./_missing_permission.ts";

/**
 * Why a file could not be used. `corrupt`: it is damaged; `foreign`: it has a view, trigger or
 * constraint that neither Ato created.
 */
export type StorageProblem =
  | "busy"
  | "full"
  | "readonly"
  | "corrupt"
  | "foreign"
  | "io"
  | "other";

/**
 * The database file could not be read or written.
 *
 * @example
 * ```ts
 * import { StorageError } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StorageError("Cannot write runs.db: the disk is full", { problem: "full" });
 * assertEquals(error.problem, "full");
 * ```
 */
export class StorageError extends UserError {
  /** The class of the problem. */
  readonly problem: StorageProblem;
  /** The id of the run that cannot be read, if it is one run. */
  readonly run?: number;
  /** The table that cannot be read, if it is known. */
  readonly table?: string;

  /**
   * Makes the error.
   *
   * @param message What happened and how to fix it.
   * @param options The class of the problem, the run and the table, and the cause.
   */
  constructor(
    message: string,
    options: {
      problem: StorageProblem;
      run?: number;
      table?: string;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.name = "StorageError";
    this.problem = options.problem;
    if (options.run !== undefined) this.run = options.run;
    if (options.table !== undefined) this.table = options.table;
  }
}

/**
 * The file was written by a newer version of Ato than this one. It is not changed.
 *
 * @example
 * ```ts
 * import { NewerSchemaError } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new NewerSchemaError("runs.db", { found: 9, supported: 1 });
 * assertEquals(error.found, 9);
 * ```
 */
export class NewerSchemaError extends RangeError {
  /** The schema version of the file. */
  readonly found: number;
  /** The newest schema version that this Ato knows. */
  readonly supported: number;

  /**
   * Makes the error.
   *
   * @param path The file.
   * @param versions Its schema version, and the newest known one.
   */
  constructor(path: string, versions: { found: number; supported: number }) {
    super(
      `Cannot open ${path}: its schema version is ${versions.found}, and this Ato reads versions up to ` +
        `${versions.supported}; update Ato`,
    );
    this.name = "NewerSchemaError";
    markForUser(this);
    this.found = versions.found;
    this.supported = versions.supported;
  }
}

/**
 * The tracker cannot do what the caller asks for: the config names no database, the file to merge
 * does not exist, a value cannot be stored.
 *
 * @example
 * ```ts
 * import { mergeRuns, TrackerUsageError } from "@ato/ato/tracker";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => mergeRuns("runs.db", "not-there.db"), TrackerUsageError);
 * ```
 */
export class TrackerUsageError extends TypeError {
  /**
   * Makes the error.
   *
   * @param message What cannot be done, why, and what to do instead.
   */
  constructor(message: string) {
    super(message);
    this.name = "TrackerUsageError";
    markForUser(this);
  }
}

/** The problem for each primary result code of SQLite that matters here. */
const BY_CODE: Record<number, StorageProblem> = {
  5: "busy",
  6: "busy",
  8: "readonly",
  10: "io",
  11: "corrupt",
  13: "full",
  14: "io",
  26: "corrupt",
};

/**
 * The messages of SQLite for these codes. `@db/sqlite` reports only the message, and so does Deno's
 * `node:sqlite` if a file cannot be opened. A pattern matches the whole message, because a path or a
 * value of the user may contain the same words.
 */
const BY_MESSAGE: readonly (readonly [RegExp, StorageProblem])[] = [
  [/^database (?:table |schema )?is locked(?:: .*)?$/s, "busy"],
  [/^database or disk is full$/, "full"],
  [/^attempt to write a readonly database$/, "readonly"],
  [/^database disk image is malformed$|^file is not a database$/, "corrupt"],
  [/^malformed database schema \(/, "corrupt"],
  [/^disk I\/O error$|^unable to open database(?: file)?(?:: .*)?$/s, "io"],
];

/** Returns the result code of SQLite, which Node calls `errcode` and `@db/sqlite` calls `code`. */
function resultCode(error: Error): number | undefined {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") return errcode;
  const hasCode = error.name === "SqliteError" && typeof code === "number";
  return hasCode ? code : undefined;
}

/**
 * Returns the class of an SQLite error by its code, or by its message if the driver gives no code; a
 * permission that Deno does not grant is of the class `io`.
 *
 * @param error Anything that a driver threw.
 * @returns the class of the problem, or `undefined` if it is neither of them.
 */
export function classifyStorageProblem(
  error: unknown,
): StorageProblem | undefined {
  if (error instanceof StorageError) return error.problem;
  if (!(error instanceof Error) || isForUser(error)) return undefined;
  if (isNotCapable(error)) return "io";
  const code = resultCode(error);
  if (code !== undefined) return BY_CODE[code & 0xff] ?? "other";
  return BY_MESSAGE.find(([pattern]) => pattern.test(error.message))?.[1];
}

const ADVICE: Record<StorageProblem, string> = {
  busy:
    "another process holds the lock; wait until it has finished, or raise busyTimeout",
  full: "the disk is full; free some space",
  readonly: "it is read-only; give it and its folder write permission",
  corrupt: "it is not a sound SQLite database; move it away or restore a copy",
  foreign:
    "it contains something that neither Ato for TypeScript nor Python ato made; use another copy of the file",
  io:
    "the system denied access; check the path, its folder and the permissions",
  other: "SQLite reports an error",
};

/**
 * Wraps a driver's error in one that names the file and says how to fix it.
 *
 * @param action The verb of what failed, e.g. `write`.
 * @param options The file and the cause.
 * @returns the error to throw.
 */
export function toStorageError(
  action: string,
  options: { path: string; table?: string; cause: unknown },
): StorageError {
  const { path, table, cause } = options;
  if (cause instanceof StorageError) return cause;
  const problem = classifyStorageProblem(cause) ?? "other";
  const what = table === undefined ? path : `the table ${table} of ${path}`;
  // The message of SQLite contains names of tables and columns, which can be any string.
  const detail = visible(messageOf(cause));
  const reason = isNotCapable(cause)
    ? missingPermission(path, { writes: action !== "read", cause })
    : `${ADVICE[problem]} (${detail})`;
  return new StorageError(
    `Cannot ${action} ${visible(what)}: ${reason}`,
    { problem, cause, ...(table !== undefined && { table }) },
  );
}

/** The place of a value. */
export interface Place {
  /** The file. */
  readonly path: string;
  /** The table. */
  readonly table: string;
  /** The id of its run, if it belongs to one. */
  readonly run?: number;
}

/**
 * Makes the error for a value that Ato does not write.
 *
 * @param place The place of the value.
 * @param what What is wrong with it, as visible text.
 * @returns the error to throw.
 */
export function damageError(place: Place, what: string): StorageError {
  const { path, table, run } = place;
  const name = run === undefined ? `the table ${table}` : `run ${run}`;
  return new StorageError(
    `Cannot read ${name} of ${
      visible(path)
    }: ${what}; it is damaged, or another program ` +
      "wrote it: restore a copy, or continue without it",
    { problem: "corrupt", table, ...(run !== undefined && { run }) },
  );
}
