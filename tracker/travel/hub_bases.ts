/** What a file and the hubs last agreed on. */
import { HUB_TABLES } from "../_schema_sql.ts";
import { hasTable } from "../_schema_version.ts";
import type { Connection } from "../driver.ts";

/** The tables of {@linkcode HubBases}. */
type Table = "hub_runs" | "hub_studies";

/** What a file and the hubs last agreed on, by what identifies a run or a study. */
export class HubBases {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #transact: (work: (to: Connection) => void) => void;

  /**
   * @param connection The file.
   * @param table The table.
   * @param transact Does work in a transaction.
   */
  constructor(
    connection: Connection,
    table: Table,
    transact: (work: (to: Connection) => void) => void,
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#transact = transact;
  }

  /** Reads what the file and a hub last agreed on. */
  read(hub: string): Map<string, string> {
    if (!hasTable(this.#connection, this.#table)) return new Map();
    const rows = this.#connection.prepare(
      `SELECT uuid, base FROM ${this.#table} WHERE hub = ?`,
    ).all(hub);
    return new Map(rows.map(({ uuid, base }) => [String(uuid), String(base)]));
  }

  /** Writes what the file and a hub agree on now. */
  agree(hub: string, bases: Iterable<readonly [string, string]>): void {
    const all = [...bases];
    if (all.length === 0) return;
    this.#transact((to) => {
      to.exec(HUB_TABLES);
      const put = to.prepare(
        `INSERT OR REPLACE INTO ${this.#table} VALUES (?, ?, ?)`,
      );
      for (const [uuid, base] of all) put.run(hub, uuid, base);
    });
  }
}
