/**
 * The driver over `node:sqlite`, which Deno and Node both have.
 *
 * @module
 */
import { checkerFor } from "../_storable_text.ts";
import type {
  Connection,
  ConnectOptions,
  Driver,
  Row,
  SqlValue,
  Statement,
} from "../driver.ts";

type SqliteModule = typeof import("node:sqlite");
type SqliteOptions =
  & NonNullable<
    ConstructorParameters<SqliteModule["DatabaseSync"]>[1]
  >
  & { readonly defensive?: boolean };
type Database = InstanceType<SqliteModule["DatabaseSync"]>;
type Prepared = ReturnType<Database["prepare"]>;

/**
 * Loads `node:sqlite` without its one warning. Node 22 calls the module experimental on first
 * import; whoever logs a metric can do nothing about that. Every other warning passes.
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

/** The column that tells the row after the last one from the rows before it. */
const END = "ato_end";

class NodeStatement implements Statement {
  readonly #statement: Prepared;
  readonly #check: ((params: readonly SqlValue[]) => void) | undefined;
  readonly #prepareGuarded: (() => Prepared | undefined) | undefined;
  #guarded: Prepared | undefined;

  /**
   * @param statement What was prepared.
   * @param sql Its text.
   * @param prepareGuarded Prepares the same with a row behind its last one, where the runtime's
   *   `iterate` hides errors.
   */
  constructor(
    statement: Prepared,
    sql: string,
    prepareGuarded?: () => Prepared | undefined,
  ) {
    this.#statement = statement;
    this.#check = checkerFor(sql);
    this.#prepareGuarded = prepareGuarded;
  }

  run(...params: SqlValue[]): void {
    this.#check?.(params);
    this.#statement.run(...params);
  }

  get(...params: SqlValue[]): Row | undefined {
    this.#check?.(params);
    return this.#read(() => this.#statement.get(...params) as Row | undefined);
  }

  all(...params: SqlValue[]): Row[] {
    this.#check?.(params);
    return this.#read(() => this.#statement.all(...params) as Row[]);
  }

  /** The module refuses integers beyond ±2^53 unless all integers are to be bigints; ours stay numbers. */
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

  iterate(...params: SqlValue[]): IterableIterator<Row> {
    this.#check?.(params);
    if (this.#prepareGuarded === undefined) {
      return this.#statement.iterate(...params) as IterableIterator<Row>;
    }
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
    // The read was cut short. Read in one piece, it throws what iterate kept to itself.
    this.#statement.all(...params);
    throw new Error("Cannot read on: SQLite stopped before the last row");
  }
}

/** Whether `iterate` ends quietly where a read fails, as it does in Deno 2.9. */
function hidesErrors(database: Database): boolean {
  const failing = database.prepare("SELECT abs(-9223372036854775808) AS n");
  try {
    return [...failing.iterate()].length === 0;
  } catch {
    // It throws, as it should.
    return false;
  }
}

/** A query with one more row behind its last; `undefined` where it is none, or cannot be had. */
function prepareGuarded(
  database: Database,
  options: { sql: string; statement: Prepared },
): Prepared | undefined {
  const { sql, statement } = options;
  if (!/^\s*(SELECT|WITH|VALUES)\b/i.test(sql)) return undefined;
  const nulls = statement.columns().map(() => "NULL, ").join("");
  try {
    return database.prepare(
      `SELECT *, 0 AS ${END} FROM (${
        sql.replace(/;\s*$/, "")
      }\n) UNION ALL SELECT ${nulls}1`,
    );
  } catch {
    // A WITH that writes, say. It is then read in one piece.
    return undefined;
  }
}

function narrow(row: Row): void {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== "bigint") continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[name] = number;
  }
}

class NodeConnection implements Connection {
  readonly driver = "node";
  readonly sqliteVersion: string;
  readonly #database: Database;
  readonly #guards: boolean;
  #open = true;

  constructor(
    database: Database,
    options: { sqliteVersion: string; guards: boolean },
  ) {
    this.#database = database;
    this.sqliteVersion = options.sqliteVersion;
    this.#guards = options.guards;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): Statement {
    const statement = this.#database.prepare(sql);
    if (!this.#guards) return new NodeStatement(statement, sql);
    const guard = (): Prepared | undefined =>
      prepareGuarded(this.#database, { sql, statement });
    return new NodeStatement(statement, sql, guard);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }
}

/**
 * Loads the driver over `node:sqlite`.
 *
 * @returns the driver.
 * @throws {Error} where the runtime has no `node:sqlite`.
 */
export async function loadNodeDriver(): Promise<Driver> {
  const { DatabaseSync } = await importQuietly();
  const probe = new DatabaseSync(":memory:");
  const sqliteVersion = String(
    (probe.prepare("SELECT sqlite_version() AS version").get() as Row)[
      "version"
    ],
  );
  const guards = hidesErrors(probe);
  probe.close();
  return {
    name: "node",
    sqliteVersion,
    connect(path: string, options: ConnectOptions = {}): Connection {
      const target = options.immutable ? immutableUrl(path) : path;
      const settings: SqliteOptions = {
        readOnly: options.readOnly ?? false,
        // No statement may damage the file below SQLite's own checks. Older runtimes know no such thing.
        defensive: true,
      };
      const database = new DatabaseSync(target, settings);
      return new NodeConnection(database, { sqliteVersion, guards });
    },
  };
}

function immutableUrl(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `file:${encoded}?immutable=1`;
}
