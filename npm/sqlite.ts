/**
 * Stand-in for `@db/sqlite` over `node:sqlite`: the part of `Database` and `Statement` that a driver
 * needs, with integers in full as `int64: true` has them.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { bindAll, type BindValue, inNumbers } from "./_sqlite_values.ts";

export type { BindValue };

/** Tells this module from the real one, which reaches SQLite through FFI. */
export const isStandIn = true;

/** Options of {@linkcode Database}. */
export interface DatabaseOpenOptions {
  /** Open for reading only. @default false */
  readonly?: boolean;
  /** Make the file if it is not there. @default true */
  create?: boolean;
  /** Flags of SQLite's `open`, instead of the above; of these only "read only" counts here. */
  flags?: number;
  /** Give integers beyond 2^31 in full; this stand-in always does. */
  int64?: boolean;
  /** Parse what SQL functions give as JSON; this stand-in never does. */
  parseJson?: boolean;
}

const OPEN_READONLY = 0x1;

/** A database. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #path: string;
  #open = true;

  /** Opens the file at `path`, or a database in memory for `":memory:"`. */
  constructor(path: string, options: DatabaseOpenOptions = {}) {
    const { readonly = false, create = true, flags } = options;
    const mayCreate = create || flags !== undefined || path === ":memory:";
    if (!mayCreate && !existsSync(path)) {
      throw new Error("14: unable to open database file");
    }
    const readOnly = flags === undefined
      ? readonly
      : (flags & OPEN_READONLY) !== 0;
    this.#database = new DatabaseSync(path, { readOnly });
    this.#path = path;
  }

  /** Where the file is. */
  get path(): string {
    return this.#path;
  }

  /** Whether it has not been closed. */
  get open(): boolean {
    return this.#open;
  }

  /** Rows changed by the latest statement that changed any. */
  get changes(): number {
    return this.#ask("changes()");
  }

  /** Rows changed since it was opened. */
  get totalChanges(): number {
    return this.#ask("total_changes()");
  }

  /** The row id of the latest insertion. */
  get lastInsertRowId(): number {
    return this.#ask("last_insert_rowid()");
  }

  /** Whether every statement commits by itself. */
  get autocommit(): boolean {
    return !this.inTransaction;
  }

  /** Whether a transaction is open. */
  get inTransaction(): boolean {
    if (!this.#open) return false;
    try {
      // It locks nothing before something is read. Node before 22.16 has no other way to ask.
      this.#database.exec("BEGIN");
    } catch {
      // Inside of a transaction none can begin.
      return true;
    }
    this.#database.exec("ROLLBACK");
    return false;
  }

  #ask(expression: string): number {
    return Number(this.prepare(`SELECT ${expression} AS answer`).get()?.answer);
  }

  /** Runs statements that give nothing; with values to bind, one statement. Gives {@linkcode changes}. */
  exec(sql: string, ...params: BindValue[]): number {
    if (params.length > 0) return this.prepare(sql).run(...params);
    this.#database.exec(sql);
    return this.changes;
  }

  /** Another name of {@linkcode exec}. */
  run(sql: string, ...params: BindValue[]): number {
    return this.exec(sql, ...params);
  }

  /** Compiles a statement. */
  prepare(sql: string): Statement {
    return new Statement(this.#database.prepare(sql));
  }

  /** Closes the database. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }
}

// deno-lint-ignore no-explicit-any -- as in @db/sqlite: what a column holds depends on the table
type Row = Record<string, any>;

/** A compiled statement. Values are bound by position, or by name with one object. */
export class Statement {
  readonly #statement: StatementSync;

  /** Takes a statement of `node:sqlite`. */
  constructor(statement: StatementSync) {
    statement.setReadBigInts(true);
    this.#statement = statement;
  }

  /** Runs it; gives the number of changed rows. */
  run(...params: BindValue[]): number {
    return Number(this.#statement.run(...bindAll(params)).changes);
  }

  /** The first row, if there is one. */
  get(...params: BindValue[]): Row | undefined {
    const row = this.#statement.get(...bindAll(params));
    return row === undefined ? undefined : inNumbers(row);
  }

  /** The columns of the first row, if there is one. */
  value(...params: BindValue[]): unknown[] | undefined {
    return this.values(...params)[0];
  }

  /** All rows. */
  all(...params: BindValue[]): Row[] {
    return this.#statement.all(...bindAll(params)).map(inNumbers);
  }

  /** The columns of all rows. */
  values(...params: BindValue[]): unknown[][] {
    return this.all(...params).map((row) => Object.values(row));
  }

  /** The rows, one at a time. */
  *iter(...params: BindValue[]): IterableIterator<Row> {
    for (const row of this.#statement.iterate(...bindAll(params))) {
      yield inNumbers(row);
    }
  }

  /** Frees it; here the garbage collector does that. */
  finalize(): void {}
}
