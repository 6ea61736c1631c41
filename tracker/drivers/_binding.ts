/** The part of a driver that does not depend on the binding of SQLite. */
import { isNotCapable } from "../_missing_permission.ts";
import { checkerFor } from "../_storable_text.ts";
import type {
  Connection,
  ConnectOptions,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "../driver.ts";
import { toStorageError } from "../errors.ts";
import { StatementCache } from "./_statements.ts";

/** A statement of a binding. Integers beyond ±2^53 are bigints, others are numbers. */
export interface RawStatement {
  run(...params: SqlValue[]): unknown;
  get(...params: SqlValue[]): Row | undefined;
  all(...params: SqlValue[]): Row[];
  iterate(...params: SqlValue[]): IterableIterator<Row>;
}

/** A database of a binding. */
export interface RawDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): RawStatement;
  close(): void;
}

/** The database that a binding opens. */
export interface Target {
  /** A path, or an address that starts with `file:`. */
  readonly name: string;
  readonly isAddress: boolean;
  readonly readOnly: boolean;
}

/** A binding of SQLite. */
export interface Binding {
  /** The name of the driver. */
  readonly name: string;
  /** Opens a database. It is created if it does not exist, unless it is read only. */
  open(target: Target): RawDatabase;
}

/**
 * Makes a driver over a binding.
 *
 * @param binding The binding.
 * @returns the driver.
 */
export function driverOver(binding: Binding): Driver {
  const { name } = binding;
  const probe = binding.open(targetOf(":memory:", {}));
  const row = probe.prepare("SELECT sqlite_version() AS version").get();
  const sqliteVersion = String(row?.["version"]);
  probe.close();
  return {
    name,
    sqliteVersion,
    connect: (path, options = {}) =>
      new BoundConnection(open(binding, path, options), {
        driver: name,
        sqliteVersion,
        // A writer keeps its own statements, and must not wait for a lock when it prepares one.
        keepsStatements: options.readOnly === true,
      }),
  };
}

/** Opens a database. @throws {StorageError} If Deno does not grant a permission for it. */
function open(
  binding: Binding,
  path: string,
  options: ConnectOptions,
): RawDatabase {
  try {
    return binding.open(targetOf(path, options));
  } catch (cause) {
    if (!isNotCapable(cause)) throw cause;
    throw toStorageError(options.readOnly ? "read" : "open", { path, cause });
  }
}

function targetOf(path: string, options: ConnectOptions): Target {
  const { readOnly = false, immutable = false } = options;
  if (!immutable) return { name: path, isAddress: false, readOnly };
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return { name: `file:${encoded}?immutable=1`, isAddress: true, readOnly };
}

class BoundConnection implements Connection {
  readonly driver: string;
  readonly sqliteVersion: string;
  readonly #database: RawDatabase;
  readonly #cache: StatementCache | undefined;
  #isOpen = true;

  constructor(
    database: RawDatabase,
    { driver, sqliteVersion, keepsStatements }: {
      readonly driver: string;
      readonly sqliteVersion: string;
      readonly keepsStatements: boolean;
    },
  ) {
    this.#database = database;
    this.driver = driver;
    this.sqliteVersion = sqliteVersion;
    this.#cache = keepsStatements ? new StatementCache(database) : undefined;
  }

  exec(sql: string): void {
    this.#checkOpen();
    this.#cache?.noteExec(sql);
    this.#database.exec(sql);
    this.#cache?.noteDone(sql);
  }

  prepare(sql: string): Statement {
    this.#checkOpen();
    const raw = (this.#cache ?? this.#database).prepare(sql);
    return new BoundStatement(raw, {
      isOpen: () => this.#isOpen,
      checkParams: checkerFor(sql),
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cache?.clear();
    // The bindings finalize all statements.
    this.#database.close();
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw closedError();
  }
}

/** After its connection is closed, a statement is freed memory; FFI does not refuse to use it. */
function closedError(): Error {
  return new Error("Cannot use the database: its connection is closed");
}

/** What a statement checks before it is used. */
interface StatementChecks {
  readonly isOpen: () => boolean;
  readonly checkParams: ((params: readonly SqlValue[]) => void) | undefined;
}

/** A statement that refuses strings that SQLite would change, and use after its connection is closed. */
class BoundStatement implements Statement {
  readonly #raw: RawStatement;
  readonly #checks: StatementChecks;

  constructor(raw: RawStatement, checks: StatementChecks) {
    this.#raw = raw;
    this.#checks = checks;
  }

  run(...params: SqlValue[]): void {
    this.#check(params);
    this.#raw.run(...params);
  }

  get(...params: SqlValue[]): Row | undefined {
    this.#check(params);
    return this.#raw.get(...params);
  }

  all(...params: SqlValue[]): Row[] {
    this.#check(params);
    return this.#raw.all(...params);
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    this.#check(params);
    return new OpenRows(this.#raw.iterate(...params), this.#checks.isOpen);
  }

  #check(params: readonly SqlValue[]): void {
    if (!this.#checks.isOpen()) throw closedError();
    this.#checks.checkParams?.(params);
  }
}

/** The rows of a statement while its connection is open. */
class OpenRows implements IterableIterator<Row> {
  readonly #rows: IterableIterator<Row>;
  readonly #isOpen: () => boolean;

  constructor(rows: IterableIterator<Row>, isOpen: () => boolean) {
    this.#rows = rows;
    this.#isOpen = isOpen;
  }

  next(): IteratorResult<Row> {
    if (!this.#isOpen()) throw closedError();
    return this.#rows.next();
  }

  return(value?: unknown): IteratorResult<Row> {
    const result = this.#isOpen() ? this.#rows.return?.(value) : undefined;
    return result ?? { done: true, value };
  }

  [Symbol.iterator](): IterableIterator<Row> {
    return this;
  }
}
