/** A connection that throws errors for users: they name the file and the table. */
import type { Connection, Row, SqlValue, Statement } from "./driver.ts";
import { StorageError, toStorageError } from "./errors.ts";

/** Returns the table that a statement of Ato reads or writes. */
function tableOf(sql: string): string | undefined {
  return /\b(?:FROM|INTO|UPDATE)\s+(\w+)/.exec(sql)?.[1];
}

class GuardedStatement implements Statement {
  readonly #statement: Statement;
  readonly #guard: <T>(work: () => T) => T;

  constructor(statement: Statement, guard: <T>(work: () => T) => T) {
    this.#statement = statement;
    this.#guard = guard;
  }

  run(...params: SqlValue[]): void {
    this.#guard(() => this.#statement.run(...params));
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#guard(() => this.#statement.get(...params));
  }

  all(...params: SqlValue[]): Row[] {
    return this.#guard(() => this.#statement.all(...params));
  }

  *iterate(...params: SqlValue[]): IterableIterator<Row> {
    const rows = this.#guard(() => this.#statement.iterate(...params));
    for (;;) {
      const next = this.#guard(() => rows.next());
      if (next.done) return;
      yield next.value;
    }
  }
}

/** A connection that knows the path of its file. */
export class GuardedConnection implements Connection {
  /** The file. */
  readonly path: string;
  readonly driver: string;
  readonly sqliteVersion: string;
  readonly #connection: Connection;
  readonly #action: "read" | "write";

  /** Wraps a connection. */
  constructor(
    connection: Connection,
    options: { readonly path: string; readonly action: "read" | "write" },
  ) {
    this.#connection = connection;
    this.path = options.path;
    this.#action = options.action;
    this.driver = connection.driver;
    this.sqliteVersion = connection.sqliteVersion;
  }

  exec(sql: string): void {
    this.#guard(sql, () => this.#connection.exec(sql));
  }

  prepare(sql: string): Statement {
    const statement = this.#guard(sql, () => this.#connection.prepare(sql));
    return new GuardedStatement(statement, (work) => this.#guard(sql, work));
  }

  close(): void {
    this.#connection.close();
  }

  #guard<T>(sql: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      // A TypeError is a bug in this package; a StorageError names the file already.
      if (error instanceof TypeError || error instanceof StorageError) {
        throw error;
      }
      const table = tableOf(sql);
      throw toStorageError(this.#action, {
        path: this.path,
        cause: error,
        ...(table !== undefined && { table }),
      });
    }
  }
}

/** Returns the path of a connection's file, for messages. */
export function pathOf(connection: Connection): string {
  return connection instanceof GuardedConnection ? connection.path : "the file";
}

/**
 * Reads in one transaction, so that all values come from the same state of the file and can be compared,
 * whatever other processes write meanwhile.
 */
export function atOnce<T>(connection: Connection, work: () => T): T {
  connection.exec("SAVEPOINT ato_reading");
  try {
    return work();
  } finally {
    connection.exec("RELEASE ato_reading");
  }
}
