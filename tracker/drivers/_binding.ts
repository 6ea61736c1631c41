/** What the drivers share: everything but the few things in which two bindings of SQLite differ. */
import { checkerFor } from "../_storable_text.ts";
import type {
  Connection,
  ConnectOptions,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "../driver.ts";

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

/** What a binding opens. */
export interface Target {
  /** A path, or an address that begins with `file:`. */
  readonly name: string;
  readonly isAddress: boolean;
  readonly readOnly: boolean;
}

/** A binding of SQLite. */
export interface Binding {
  /** The name of the driver. */
  readonly name: string;
  /** Opens a database, which is made unless it is read only. */
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
      new BoundConnection(binding.open(targetOf(path, options)), {
        driver: name,
        sqliteVersion,
      }),
  };
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
  #isOpen = true;

  constructor(
    database: RawDatabase,
    { driver, sqliteVersion }: { driver: string; sqliteVersion: string },
  ) {
    this.#database = database;
    this.driver = driver;
    this.sqliteVersion = sqliteVersion;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): Statement {
    return new BoundStatement(this.#database.prepare(sql), sql);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#database.close();
  }
}

/** A statement that refuses strings that SQLite would change. */
class BoundStatement implements Statement {
  readonly #raw: RawStatement;
  readonly #check: ((params: readonly SqlValue[]) => void) | undefined;

  constructor(raw: RawStatement, sql: string) {
    this.#raw = raw;
    this.#check = checkerFor(sql);
  }

  run(...params: SqlValue[]): void {
    this.#check?.(params);
    this.#raw.run(...params);
  }

  get(...params: SqlValue[]): Row | undefined {
    this.#check?.(params);
    return this.#raw.get(...params);
  }

  all(...params: SqlValue[]): Row[] {
    this.#check?.(params);
    return this.#raw.all(...params);
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    this.#check?.(params);
    return this.#raw.iterate(...params);
  }
}
