/**
 * The one interface over every SQLite binding. Nothing else in the tracker knows which one it uses.
 *
 * @module
 */

/** What a column may hold. Integers within ±2^53 are numbers, larger ones bigints. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One row, by column name. */
export type Row = Record<string, SqlValue>;

/**
 * A compiled statement. A read that is cut short throws, whichever way the rows are asked for: fewer
 * rows than there are is never an answer. Text with a NUL character or half of a surrogate pair is not
 * written but refused, for SQLite would change it. Numbers without a fraction beyond ±2^53 keep their value in columns of REAL
 * affinity only; -0 may arrive as 0.
 */
export interface Statement {
  /** Runs it and ignores any rows. */
  run(...params: SqlValue[]): void;
  /** Runs it and gives the first row, if there is one. */
  get(...params: SqlValue[]): Row | undefined;
  /** Runs it and gives all rows. */
  all(...params: SqlValue[]): Row[];
  /** Runs it and gives rows one by one; integers beyond ±2^53 may be refused. */
  iterate(...params: SqlValue[]): IterableIterator<Row>;
}

/** An open connection. */
export interface Connection {
  /** The driver's name. */
  readonly driver: string;
  /** The version of the SQLite library, e.g. `3.53.2`. */
  readonly sqliteVersion: string;
  /** Runs one or more statements without parameters. */
  exec(sql: string): void;
  /** Compiles a statement. */
  prepare(sql: string): Statement;
  /** Closes the connection; a second call does nothing. */
  close(): void;
}

/** How to open a file. */
export interface ConnectOptions {
  /**
   * Open without the right to write.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /**
   * With `readOnly`: promise SQLite that nobody writes, so that a file in a folder without write
   * permission can be read.
   *
   * @default {false}
   */
  readonly immutable?: boolean;
}

/** A way to reach SQLite. */
export interface Driver {
  /** Its name: `node` or `ffi`, or your own. */
  readonly name: string;
  /** The version of its SQLite library, e.g. `3.53.2`. */
  readonly sqliteVersion: string;
  /**
   * Opens a file, creating it unless `readOnly`.
   *
   * @param path Path of the file.
   * @param options How to open it.
   * @returns the connection.
   */
  connect(path: string, options?: ConnectOptions): Connection;
}
