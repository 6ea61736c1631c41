/**
 * The interface over all SQLite bindings. Nothing else in the tracker knows which one it uses.
 *
 * @module
 */

/** A value of a column. Integers within ±2^53 are numbers, larger ones are bigints. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A row: its values by column name. */
export type Row = Record<string, SqlValue>;

/**
 * A prepared statement. A read that fails midway throws, whichever method is used; it never returns fewer
 * rows than there are. Strings with a NUL character or half of a surrogate pair are refused, because SQLite
 * would change them. Numbers without a fraction beyond ±2^53 keep their value in columns of REAL affinity
 * only; -0 may be stored as 0.
 */
export interface Statement {
  /** Runs it and ignores any rows. */
  run(...params: SqlValue[]): void;
  /** Runs it and returns the first row, if there is one. */
  get(...params: SqlValue[]): Row | undefined;
  /** Runs it and returns all rows. */
  all(...params: SqlValue[]): Row[];
  /** Runs it and yields the rows one by one; integers beyond ±2^53 may be refused. */
  iterate(...params: SqlValue[]): IterableIterator<Row>;
}

/** An open connection. */
export interface Connection {
  /** The name of the driver. */
  readonly driver: string;
  /** The version of the SQLite library, e.g. `3.53.2`. */
  readonly sqliteVersion: string;
  /** Runs one or more statements without parameters. */
  exec(sql: string): void;
  /** Prepares a statement. */
  prepare(sql: string): Statement;
  /** Closes the connection; a second call does nothing. */
  close(): void;
}

/** Options for a connection. */
export interface ConnectOptions {
  /**
   * Open the file for reading only.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /**
   * With `readOnly`: promise SQLite that no process writes, so that a file in a folder without write
   * permission can be read.
   *
   * @default {false}
   */
  readonly immutable?: boolean;
}

/** A binding of SQLite. */
export interface Driver {
  /** Its name: `node` or `ffi`, or your own. */
  readonly name: string;
  /** The version of its SQLite library, e.g. `3.53.2`. */
  readonly sqliteVersion: string;
  /**
   * Opens a file, which is made if it is missing, unless `readOnly` is set.
   *
   * @param path The path of the file.
   * @param options Options for the connection.
   * @returns the connection.
   */
  connect(path: string, options?: ConnectOptions): Connection;
}
