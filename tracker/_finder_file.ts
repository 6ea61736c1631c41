/** The file that a finder reads. It is opened when it is first needed, and again if it was missing. */
import { existsSync } from "node:fs";
import { addLegacyViews } from "./_legacy_views.ts";
import { looseTable } from "./_loose_rows.ts";
import { refuseNewer, schemaVersion } from "./_schema_version.ts";
import type { Connection, Driver, Row, SqlValue } from "./driver.ts";
import {
  classifyStorageProblem,
  StorageError,
  toStorageError,
} from "./errors.ts";
import { openForReading } from "./open.ts";
import { visible } from "../internal/visible_text.ts";

/** The owner of a table's rows, if it is not a run. */
const OWNERS: Readonly<Record<string, string>> = {
  experiments: "project",
  points: "series",
  rollups: "series",
};

/** A file that is read, with the warnings about it. */
export class FinderFile {
  /** The path of the file. */
  readonly path: string;
  readonly #driver: { readonly driver?: Driver };
  readonly #onWarning: (message: string) => void;
  readonly #warnings = new Set<string>();
  #connection: Promise<Connection | undefined> | undefined;

  constructor(
    path: string,
    options: {
      readonly driver?: Driver;
      readonly onWarning?: (message: string) => void;
    },
  ) {
    this.path = path;
    this.#driver = options;
    this.#onWarning = options.onWarning ??
      ((line) => console.error(`ato: ${line}`));
  }

  /** Returns the connection, or `undefined` if there is no file with runs yet. */
  async open(): Promise<Connection | undefined> {
    this.#connection ??= this.#connect();
    try {
      const connection = await this.#connection;
      // A file that does not exist yet may be created later.
      if (connection === undefined) this.#connection = undefined;
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  /** Closes the file. The next call of `open` opens it again. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    (await connection)?.close();
  }

  /** Returns all rows of a query; none if there is no file. */
  async all(sql: string, ...params: SqlValue[]): Promise<Row[]> {
    const connection = await this.open();
    return connection === undefined
      ? []
      : connection.prepare(sql).all(...params);
  }

  /** Reads an item of a list. If it is damaged, returns `undefined` and warns. */
  orSkip<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StorageError) || error.problem !== "corrupt") {
        throw error;
      }
      this.warn(error.message);
      return undefined;
    }
  }

  /** Warns, once for each message. */
  warn(message: string): void {
    if (this.#warnings.has(message)) return;
    this.#warnings.add(message);
    this.#onWarning(message);
  }

  async #connect(): Promise<Connection | undefined> {
    let connection: Connection | undefined;
    try {
      if (!existsSync(this.path)) return undefined;
      connection = await openForReading(this.path, this.#driver);
      refuseNewer(connection, this.path);
      if (schemaVersion(connection) === 0) {
        if (!hasRuns(connection)) {
          connection.close();
          return undefined;
        }
        this.#warnOfLooseRows(connection);
        addLegacyViews(connection);
      } else this.#warnOfLooseRows(connection);
      return connection;
    } catch (error) {
      connection?.close();
      if (classifyStorageProblem(error) === undefined) throw error;
      throw toStorageError("read", { path: this.path, cause: error });
    }
  }

  /** Warns of rows that belong to a run that does not exist, because no query returns them. */
  #warnOfLooseRows(connection: Connection): void {
    // A table that cannot be read is reported; the other tables are still shown.
    const table = this.orSkip(() => looseTable(connection));
    if (table === undefined) return;
    this.warn(
      `${visible(this.path)} has rows of ${table} that belong to no ${
        OWNERS[table] ?? "run"
      }, so data may be missing from what is shown; the file is damaged, or rows were deleted by hand; ` +
        "`ato doctor` checks the file",
    );
  }
}

function hasRuns(connection: Connection): boolean {
  return connection.prepare(
    "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'experiments'",
  ).get() !== undefined;
}
