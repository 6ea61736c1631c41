/**
 * The driver over `node:sqlite`, which Deno and Node both have.
 *
 * @module
 */
import {
  driverOver,
  type RawDatabase,
  type RawStatement,
  type Target,
} from "./_binding.ts";
import type { Driver, Row, SqlValue } from "../driver.ts";

type SqliteModule = typeof import("node:sqlite");
type SqliteOptions =
  & NonNullable<
    ConstructorParameters<SqliteModule["DatabaseSync"]>[1]
  >
  & { readonly defensive?: boolean };
type Database = InstanceType<SqliteModule["DatabaseSync"]>;
type Prepared = ReturnType<Database["prepare"]>;

/**
 * Loads the driver over `node:sqlite`.
 *
 * @returns the driver.
 * @throws {Error} If the runtime has no `node:sqlite`.
 */
export async function loadNodeDriver(): Promise<Driver> {
  const { DatabaseSync } = await importQuietly();
  const probe = new DatabaseSync(":memory:");
  const guards = hidesErrors(probe);
  probe.close();
  return driverOver({
    name: "node",
    open({ name, readOnly }: Target): RawDatabase {
      // No statement can bypass the checks of SQLite and damage the file. Older runtimes ignore the option.
      const options: SqliteOptions = { readOnly, defensive: true };
      return new NodeDatabase(new DatabaseSync(name, options), guards);
    },
  });
}

/**
 * Loads `node:sqlite` and hides one warning: Node 22 reports that the module is experimental when it is
 * first imported, and the user cannot change that. All other warnings are shown.
 */
async function importQuietly(): Promise<SqliteModule> {
  const emit = process.emitWarning;
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === "string" ? warning : warning.message;
    const type = typeof rest[0] === "string"
      ? rest[0]
      : (rest[0] as { type?: string })?.type;
    if (type === "ExperimentalWarning" && text.includes("SQLite")) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  };
  process.emitWarning = filtered as typeof process.emitWarning;
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
}

/** Whether `iterate` ends without an error if a read fails, as in Deno 2.9. */
function hidesErrors(database: Database): boolean {
  const failing = database.prepare("SELECT abs(-9223372036854775808) AS n");
  try {
    return [...failing.iterate()].length === 0;
  } catch {
    // It throws, as it should.
    return false;
  }
}

class NodeDatabase implements RawDatabase {
  readonly #database: Database;
  readonly #guards: boolean;

  constructor(database: Database, guards: boolean) {
    this.#database = database;
    this.#guards = guards;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): RawStatement {
    const database = this.#database;
    const statement = database.prepare(sql);
    if (!this.#guards) return new NodeStatement(statement);
    return new GuardedNodeStatement(statement, database, sql);
  }

  close(): void {
    this.#database.close();
  }
}

class NodeStatement implements RawStatement {
  readonly #statement: Prepared;

  constructor(statement: Prepared) {
    this.#statement = statement;
  }

  run(...params: SqlValue[]): void {
    this.#statement.run(...params);
  }

  get(...params: SqlValue[]): Row | undefined {
    return this.#read(() => this.#statement.get(...params) as Row | undefined);
  }

  all(...params: SqlValue[]): Row[] {
    return this.#read(() => this.#statement.all(...params) as Row[]);
  }

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    return this.#statement.iterate(...params) as IterableIterator<Row>;
  }

  /** Reads integers beyond ±2^53 as bigints, which the module only does for all integers or for none. */
  #read<T extends Row | Row[] | undefined>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_OUT_OF_RANGE") throw error;
    }
    this.#statement.setReadBigInts(true);
    try {
      const result = read();
      for (const row of Array.isArray(result) ? result : [result ?? {}]) {
        narrow(row);
      }
      return result;
    } finally {
      this.#statement.setReadBigInts(false);
    }
  }
}

function narrow(row: Row): void {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== "bigint") continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[name] = number;
  }
}

/** The column that is 1 in the row after the last one and 0 in the rows before it. */
const END = "ato_end";

/** A statement for runtimes whose `iterate` hides errors: an additional last row shows that all rows were read. */
class GuardedNodeStatement extends NodeStatement {
  readonly #statement: Prepared;
  readonly #database: Database;
  readonly #sql: string;
  #guarded: Prepared | undefined;

  constructor(statement: Prepared, database: Database, sql: string) {
    super(statement);
    this.#statement = statement;
    this.#database = database;
    this.#sql = sql;
  }

  override iterate(...params: SqlValue[]): IterableIterator<Row> {
    this.#guarded ??= this.#prepareGuarded();
    return this.#guarded === undefined
      ? this.all(...params)[Symbol.iterator]()
      : this.#iterateGuarded(this.#guarded, params);
  }

  *#iterateGuarded(
    guarded: Prepared,
    params: SqlValue[],
  ): IterableIterator<Row> {
    for (const row of guarded.iterate(...params) as Iterable<Row>) {
      if (row[END] === 1) return;
      delete row[END];
      yield row;
    }
    // The read ended early. `all` throws the error that `iterate` has hidden.
    this.#statement.all(...params);
    throw new Error("Cannot read all rows: SQLite stopped before the last one");
  }

  /** Prepares the query with an additional last row. Returns `undefined` if it is not a query. */
  #prepareGuarded(): Prepared | undefined {
    const sql = this.#sql;
    if (!/^\s*(SELECT|WITH|VALUES)\b/i.test(sql)) return undefined;
    const nulls = this.#statement.columns().map(() => "NULL, ").join("");
    try {
      return this.#database.prepare(
        `SELECT *, 0 AS ${END} FROM (${
          sql.replace(/;\s*$/, "")
        }\n) UNION ALL SELECT ${nulls}1`,
      );
    } catch {
      // For example, a WITH that writes. Its rows are then read with `all`.
      return undefined;
    }
  }
}
