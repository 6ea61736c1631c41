/**
 * The driver over `node:sqlite`, which Deno and Node both have.
 *
 * @module
 */
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

class NodeStatement implements Statement {
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
    return this.#statement.iterate(...params) as IterableIterator<Row>;
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
  #open = true;

  constructor(database: Database, sqliteVersion: string) {
    this.#database = database;
    this.sqliteVersion = sqliteVersion;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): Statement {
    return new NodeStatement(this.#database.prepare(sql));
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
      return new NodeConnection(database, sqliteVersion);
    },
  };
}

function immutableUrl(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `file:${encoded}?immutable=1`;
}
