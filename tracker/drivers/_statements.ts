/** The statements of a reading connection: each SQL text is prepared once, not for every query. */
import type { Row, SqlValue } from "../driver.ts";
import type { RawDatabase, RawStatement } from "./_binding.ts";

/** The largest number of SQL texts whose statements are kept. */
const LIMIT = 200;

/** The texts whose statements are kept. Others, for example a PRAGMA, are prepared for each use. */
const QUERY = /^\s*(?:SELECT|WITH|VALUES)\b/i;

/** What begins a transaction, or one within another. */
const BEGINNING = /^\s*(?:BEGIN|SAVEPOINT)\b/i;

/** Transactions do not change what a query returns. */
const TRANSACTION = /^\s*(?:BEGIN|COMMIT|RELEASE|SAVEPOINT)\b[^;]*;?\s*$/i;

/**
 * Keeps the statements of a connection by their SQL; the least recently used are dropped. They are dropped
 * too if the schema has changed: SQLite prepares them again by itself, but the bindings keep the columns of
 * `SELECT *`.
 */
export class StatementCache {
  readonly #database: RawDatabase;
  readonly #statements = new Map<string, RawStatement>();
  #version: RawStatement | undefined;
  #schema: SqlValue | undefined;
  /** How many transactions are open, one within another; fewer if it is not certain. */
  #depth = 0;
  /** Whether the schema was looked at in the open transaction, in which it stays as it is. */
  #isKnown = false;

  /**
   * Makes an empty cache.
   *
   * @param database The database that prepares the statements.
   */
  constructor(database: RawDatabase) {
    this.#database = database;
  }

  /** Returns a statement for a text. It can be used as if no other query had the same text. */
  prepare(sql: string): RawStatement {
    if (!QUERY.test(sql)) return this.#database.prepare(sql);
    this.#dropOutdated();
    const known = this.#statements.get(sql);
    const statement = known ??
      new SharedStatement(() => this.#database.prepare(sql));
    // A Map keeps the order of insertion, so the first text is the one that was not used for longest.
    if (known !== undefined) this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > LIMIT) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return statement;
  }

  /** Drops the statements if a text that is executed may change the schema, also that of temporary views. */
  noteExec(sql: string): void {
    if (!TRANSACTION.test(sql)) this.clear();
    else if (!BEGINNING.test(sql)) this.#depth = Math.max(0, this.#depth - 1);
  }

  /** A text was executed without an error. */
  noteDone(sql: string): void {
    if (!TRANSACTION.test(sql) || !BEGINNING.test(sql)) return;
    if (this.#depth === 0) this.#isKnown = false;
    this.#depth++;
  }

  /** Drops all statements. */
  clear(): void {
    this.#statements.clear();
    this.#version = undefined;
    this.#depth = 0;
  }

  /** Another process may have migrated the file since the last query. */
  #dropOutdated(): void {
    if (this.#depth > 0 && this.#isKnown) return;
    this.#version ??= this.#database.prepare("PRAGMA schema_version");
    const schema = this.#version.get()?.["schema_version"];
    this.#isKnown = true;
    if (schema === this.#schema) return;
    this.#statements.clear();
    // SQLite reads a new schema when it first runs a statement, which then has the columns of the old one.
    this.#database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
    this.#schema = schema;
  }
}

/**
 * A statement that several users have at the same time. While one of them iterates, the others get another
 * prepared statement. One that failed, or was not read to its end, is not used again: it may hold a lock.
 */
class SharedStatement implements RawStatement {
  readonly #prepare: () => RawStatement;
  #free: RawStatement | undefined;

  constructor(prepare: () => RawStatement) {
    this.#prepare = prepare;
    // At once, so that an error in the text is thrown where the text is prepared.
    this.#free = prepare();
  }

  run(...params: SqlValue[]): unknown {
    return this.#use((statement) => statement.run(...params));
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#use((statement) => statement.get(...params));
  }

  all(...params: SqlValue[]): Row[] {
    return this.#use((statement) => statement.all(...params));
  }

  *iterate(...params: SqlValue[]): IterableIterator<Row> {
    const statement = this.#take();
    yield* statement.iterate(...params);
    this.#free = statement;
  }

  #use<T>(work: (statement: RawStatement) => T): T {
    const statement = this.#take();
    const result = work(statement);
    this.#free = statement;
    return result;
  }

  #take(): RawStatement {
    const statement = this.#free ?? this.#prepare();
    this.#free = undefined;
    return statement;
  }
}
