/**
 * The driver over `@db/sqlite`, which reaches a SQLite library through Deno's FFI. It reads
 * millions of rows several times faster than `node:sqlite`. The only file that may touch `Deno`.
 *
 * @module
 */
import {
  driverOver,
  type RawDatabase,
  type RawStatement,
  type Target,
} from "./_binding.ts";
import { messageOf, UserError } from "../../internal/errors.ts";
import { importLate } from "../../internal/import_late.ts";
import { isDeno } from "../../internal/runtime.ts";
import { TrackerUsageError } from "../errors.ts";
import type { Driver, Row, SqlValue } from "../driver.ts";

interface FfiStatement {
  run(...params: SqlValue[]): unknown;
  get(...params: SqlValue[]): Row | undefined;
  all(...params: SqlValue[]): Row[];
  iter(...params: SqlValue[]): IterableIterator<Row>;
}

interface FfiDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): FfiStatement;
  close(): void;
}

interface FfiOptions {
  readonly: boolean;
  create: boolean;
  int64: boolean;
  parseJson: boolean;
  flags?: number;
}

type FfiModule = {
  Database: new (path: string, options: FfiOptions) => FfiDatabase;
};

/** The version in `deno.json`. The import map does not apply, because no import names the package. */
const PACKAGE = "jsr:@db/sqlite@^0.13.0";

const OPEN_READONLY = 0x1;
const OPEN_URI = 0x40;

/** Returns a value that `@db/sqlite` stores exactly: it refuses -0 and truncates integers beyond 64 bits. */
function bindable(value: SqlValue): SqlValue {
  if (typeof value !== "number") return value;
  if (value === 0) return 0;
  // A column of REAL affinity turns the string into the same double; there is no other way to bind it.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return String(value);
  }
  return value;
}

class FfiStatementAdapter implements RawStatement {
  readonly #statement: FfiStatement;

  constructor(statement: FfiStatement) {
    this.#statement = statement;
  }

  run(...params: SqlValue[]): void {
    this.#statement.run(...params.map(bindable));
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#statement.get(...params.map(bindable)) ?? undefined;
  }

  all(...params: SqlValue[]): Row[] {
    return this.#statement.all(...params.map(bindable));
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    return this.#statement.iter(...params.map(bindable));
  }
}

class FfiDatabaseAdapter implements RawDatabase {
  readonly #database: FfiDatabase;

  constructor(database: FfiDatabase) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): RawStatement {
    return new FfiStatementAdapter(this.#database.prepare(sql));
  }

  close(): void {
    this.#database.close();
  }
}

/**
 * Whether `@db/sqlite` can be loaded without downloading a library: in Deno, with FFI allowed, and with
 * the library that `DENO_SQLITE_PATH` names. (The library that the package downloads is SQLite 3.46.0,
 * which has the WAL-reset bug, so a cached copy of it would not be used anyway.)
 *
 * @returns true if {@linkcode loadFfiDriver} is worth trying.
 */
export function canUseFfi(): boolean {
  if (!isDeno()) return false;
  const granted = (descriptor: Deno.PermissionDescriptor): boolean =>
    Deno.permissions.querySync(descriptor).state === "granted";
  if (!granted({ name: "env", variable: "DENO_SQLITE_PATH" })) return false;
  const path = Deno.env.get("DENO_SQLITE_PATH");
  return path !== undefined && path !== "" && granted({ name: "ffi", path });
}

/**
 * Loads the driver over `@db/sqlite`.
 *
 * The package and its dependencies are a hundred files that most programs never use. Therefore no import
 * names it, and only a program that uses this driver downloads it.
 *
 * @returns the driver.
 * @throws {TrackerUsageError} If the runtime, its permissions or the configuration do not allow it.
 * @throws {UserError} If the package cannot be loaded.
 * @throws {Error} If its library cannot be loaded.
 */
export async function loadFfiDriver(): Promise<Driver> {
  if (!canUseFfi()) {
    // Without a library the package would download one.
    throw new TrackerUsageError(
      "Cannot use SQLite through FFI: it needs Deno with --allow-ffi and --allow-env, and the path of a " +
        "SQLite library in DENO_SQLITE_PATH; set them, or use ATO_SQLITE=node",
    );
  }
  const loaded = await loadPackage();
  if ("isStandIn" in loaded) {
    throw new TrackerUsageError(
      "Cannot use SQLite through FFI: @db/sqlite is a stand-in over node:sqlite here; use deno.json, or ATO_SQLITE=node",
    );
  }
  const { Database } = loaded as unknown as FfiModule;
  return driverOver({
    name: "ffi",
    open({ name, isAddress, readOnly }: Target): RawDatabase {
      const options: FfiOptions = {
        readonly: readOnly,
        create: !readOnly,
        int64: true,
        parseJson: false,
        ...(isAddress && { flags: OPEN_READONLY | OPEN_URI }),
      };
      return new FfiDatabaseAdapter(new Database(name, options));
    },
  });
}

async function loadPackage(): Promise<object> {
  try {
    return await importLate(PACKAGE);
  } catch (cause) {
    const [reason] = messageOf(cause).split("\n");
    throw new UserError(
      `Cannot use SQLite through FFI: ${PACKAGE} could not be loaded: ${reason}; or use ATO_SQLITE=node`,
      { cause },
    );
  }
}
