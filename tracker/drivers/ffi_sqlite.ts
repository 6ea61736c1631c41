/**
 * The driver over `@db/sqlite`, which reaches a SQLite library through Deno's FFI. It reads
 * millions of rows several times faster than `node:sqlite`. The only file that may touch `Deno`.
 *
 * @module
 */
import { checkerFor } from "../_storable_text.ts";
import { importLate } from "../../internal/import_late.ts";
import { isDeno } from "../../internal/runtime.ts";
import { TrackerUsageError } from "../errors.ts";
import type {
  Connection,
  ConnectOptions,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "../driver.ts";

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

/** As `deno.json` has it: a name of its import map means nothing to a module that no import names. */
const PACKAGE = "jsr:@db/sqlite@^0.13.0";

const OPEN_READONLY = 0x1;
const OPEN_URI = 0x40;

/** `@db/sqlite` refuses -0 and cuts integers beyond 64 bits; both must arrive unharmed. */
function bindable(value: SqlValue): SqlValue {
  if (typeof value !== "number") return value;
  if (value === 0) return 0;
  // A column of REAL affinity turns the text into the same double; there is no other way to bind it.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return String(value);
  }
  return value;
}

class FfiStatementAdapter implements Statement {
  readonly #statement: FfiStatement;
  readonly #check: ((params: readonly SqlValue[]) => void) | undefined;

  constructor(statement: FfiStatement, sql: string) {
    this.#statement = statement;
    this.#check = checkerFor(sql);
  }

  #bind(params: readonly SqlValue[]): SqlValue[] {
    this.#check?.(params);
    return params.map(bindable);
  }

  run(...params: SqlValue[]): void {
    this.#statement.run(...this.#bind(params));
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#statement.get(...this.#bind(params)) ?? undefined;
  }

  all(...params: SqlValue[]): Row[] {
    return this.#statement.all(...this.#bind(params));
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    return this.#statement.iter(...this.#bind(params));
  }
}

class FfiConnection implements Connection {
  readonly driver = "ffi";
  readonly sqliteVersion: string;
  readonly #database: FfiDatabase;
  #open = true;

  constructor(database: FfiDatabase, sqliteVersion: string) {
    this.#database = database;
    this.sqliteVersion = sqliteVersion;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): Statement {
    return new FfiStatementAdapter(this.#database.prepare(sql), sql);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }
}

/**
 * Whether `@db/sqlite` can be loaded without a download: under Deno, with FFI allowed, and with
 * the library named by `DENO_SQLITE_PATH`. (The library that the package downloads by itself is
 * SQLite 3.46.0, which has the WAL-reset bug, so a cached copy of it would be passed over anyway.)
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
 * @returns the driver.
 * The package and what it stands on are a hundred files that most programs never use: so no import names
 * it, and nobody downloads it but who asks for this driver.
 *
 * @throws {Error} where the package or its library cannot be loaded.
 */
export async function loadFfiDriver(): Promise<Driver> {
  if (!canUseFfi()) {
    // Without a library the package would download one.
    throw new TrackerUsageError(
      "Cannot use SQLite through FFI: that takes Deno with --allow-ffi and --allow-env, and the path of a " +
        "SQLite library in DENO_SQLITE_PATH; or use ATO_SQLITE=node",
    );
  }
  const loaded = await loadPackage();
  if ("isStandIn" in loaded) {
    throw new TrackerUsageError(
      "Cannot use SQLite through FFI: @db/sqlite is a stand-in over node:sqlite here; use deno.json, or ATO_SQLITE=node",
    );
  }
  const { Database } = loaded as unknown as FfiModule;
  const base = { int64: true, parseJson: false };
  const probe = new Database(":memory:", {
    ...base,
    readonly: false,
    create: true,
  });
  const row = probe.prepare("SELECT sqlite_version() AS version").get();
  const sqliteVersion = String(row?.["version"]);
  probe.close();
  return {
    name: "ffi",
    sqliteVersion,
    connect(path: string, options: ConnectOptions = {}): Connection {
      const readonly = options.readOnly ?? false;
      const settings: FfiOptions = { ...base, readonly, create: !readonly };
      let target = path;
      if (options.immutable) {
        target = `file:${
          path.split("/").map(encodeURIComponent).join("/")
        }?immutable=1`;
        settings.flags = OPEN_READONLY | OPEN_URI;
      }
      return new FfiConnection(new Database(target, settings), sqliteVersion);
    },
  };
}

async function loadPackage(): Promise<object> {
  try {
    return await importLate(PACKAGE);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Cannot use SQLite through FFI: ${PACKAGE} could not be loaded: ${
        text.split("\n")[0]
      }; or use ATO_SQLITE=node`,
      { cause },
    );
  }
}
