/**
 * What can go wrong with the file.
 *
 * @module
 */

/** Why a file could not be used. */
export type StorageProblem =
  | "busy"
  | "full"
  | "readonly"
  | "corrupt"
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
export class StorageError extends Error {
  /** The class of the problem. */
  readonly problem: StorageProblem;

  /**
   * Makes the error.
   *
   * @param message What happened and how to mend it.
   * @param options The class of the problem, and the error underneath.
   */
  constructor(
    message: string,
    options: { problem: StorageProblem; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = "StorageError";
    this.problem = options.problem;
  }
}

/**
 * The file was written by a newer version of Ato than this one. It was left untouched.
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
      `Cannot open ${path}: its schema version is ${versions.found}, this Ato knows up to ` +
        `${versions.supported}; update Ato to read it`,
    );
    this.name = "NewerSchemaError";
    this.found = versions.found;
    this.supported = versions.supported;
  }
}

/**
 * The tracker was asked for something that it cannot do: a config without a database, a file to
 * merge that is not there, a value that cannot be stored.
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
  }
}

/** SQLite's primary result codes, as far as they matter here. */
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

const BY_MESSAGE: readonly (readonly [RegExp, StorageProblem])[] = [
  [/is locked|database schema is locked/, "busy"],
  [/disk is full/, "full"],
  [/readonly database/, "readonly"],
  [/malformed|not a database/, "corrupt"],
  [/disk I\/O error|unable to open database/, "io"],
];

/**
 * Tells what kind of SQLite error this is. `@db/sqlite` gives only the message, hence both ways.
 *
 * @param error Anything thrown by a driver.
 * @returns the class of the problem, or `undefined` if it is no SQLite error.
 */
export function classifyStorageProblem(
  error: unknown,
): StorageProblem | undefined {
  if (error instanceof StorageError) return error.problem;
  if (!(error instanceof Error)) return undefined;
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code === "number") return BY_CODE[code & 0xff] ?? "other";
  return BY_MESSAGE.find(([pattern]) => pattern.test(error.message))?.[1];
}

const ADVICE: Record<StorageProblem, string> = {
  busy: "another process holds the lock; let it finish, or raise busyTimeout",
  full: "the disk is full; free some space",
  readonly: "it is read-only; give it and its folder write permission",
  corrupt: "it is not a sound SQLite database; move it away or restore a copy",
  io:
    "the system refused access; check the path, its folder and the permissions",
  other: "SQLite refused",
};

/**
 * Wraps a driver's error into one that names the file and the way out.
 *
 * @param action What was tried, e.g. `write`.
 * @param options The file and the error underneath.
 * @returns the error to throw.
 */
export function toStorageError(
  action: string,
  options: { path: string; cause: unknown },
): StorageError {
  const problem = classifyStorageProblem(options.cause) ?? "other";
  const detail = options.cause instanceof Error
    ? options.cause.message
    : String(options.cause);
  return new StorageError(
    `Cannot ${action} ${options.path}: ${ADVICE[problem]} (${detail})`,
    {
      problem,
      cause: options.cause,
    },
  );
}
