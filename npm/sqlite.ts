/**
 * Stand-in for `@db/sqlite` over `node:sqlite`: the part of `Database` and `Statement` that the
 * tracker's driver uses, with integers in full as `int64: true` has them.
 *
 * @module
 */
import {
  DatabaseSync,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";

/** What can be bound to a parameter. */
export type BindValue = SQLInputValue;

/** Options of {@linkcode Database}. */
export interface DatabaseOpenOptions {
  /** Open for reading only. @default false */
  readonly?: boolean;
  /** Make the file if it is not there. @default true */
  create?: boolean;
  /** Give integers beyond 2^53 as bigints; this stand-in always does. */
  int64?: boolean;
}

/** A database. */
export class Database {
  readonly #database: DatabaseSync;

  /** Opens the file at `path`, or a database in memory for `":memory:"`. */
  constructor(path: string, options: DatabaseOpenOptions = {}) {
    this.#database = new DatabaseSync(path, {
      readOnly: options.readonly ?? false,
    });
  }

  /** Runs statements that give nothing. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Compiles a statement. */
  prepare(sql: string): Statement {
    return new Statement(this.#database.prepare(sql));
  }

  /** Closes the database. */
  close(): void {
    this.#database.close();
  }
}

type Row = Record<string, unknown>;

/** A compiled statement. */
export class Statement {
  readonly #statement: StatementSync;

  /** Takes a statement of `node:sqlite`. */
  constructor(statement: StatementSync) {
    statement.setReadBigInts(true);
    this.#statement = statement;
  }

  /** Runs it; gives the number of changed rows. */
  run(...params: BindValue[]): number {
    return Number(this.#statement.run(...params).changes);
  }

  /** The first row, if there is one. */
  get(...params: BindValue[]): Row | undefined {
    const row = this.#statement.get(...params);
    return row === undefined ? undefined : inNumbers(row);
  }

  /** All rows. */
  all(...params: BindValue[]): Row[] {
    return this.#statement.all(...params).map(inNumbers);
  }

  /** The rows, one at a time. */
  *iter(...params: BindValue[]): IterableIterator<Row> {
    for (const row of this.#statement.iterate(...params)) yield inNumbers(row);
  }
}

/** Integers as numbers where a number holds them, as `int64: true` gives them. */
function inNumbers(row: object): Row {
  const out: Row = {};
  for (const [name, value] of Object.entries(row)) {
    const fits = typeof value === "bigint" &&
      BigInt.asIntN(54, value) === value;
    out[name] = fits ? Number(value) : value;
  }
  return out;
}
