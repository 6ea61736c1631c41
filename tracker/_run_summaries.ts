/** What `why` knows of runs besides their factors and metrics: status, error, start, and what was not read. */
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { ERROR, UNREAD } from "./_run_shapes.ts";
import { schemaVersion } from "./_schema_version.ts";
import type { Connection, Row } from "./driver.ts";
import { Run } from "./run_record.ts";

/** The columns of a run that say how it went. */
export interface RunSummary {
  readonly status: string;
  readonly error?: string;
  readonly startedAt?: number;
  readonly unread: ReadonlySet<string>;
}

/** The first schema version with the keys that were not read. */
const UNREAD_SINCE = 3;

/**
 * Reads the rows of runs. Runs that agree in everything share a row.
 *
 * @param connection The file.
 * @param runs The ids of the runs.
 * @param hasTimes Whether the times at which they started are wanted; no two runs agree in these.
 * @returns the rows by the ids of the runs.
 */
export function summaryRows(
  connection: Connection,
  runs: readonly number[],
  hasTimes: boolean = true,
): Map<number, Row> {
  const version = schemaVersion(connection);
  const unread = version === 0 || version >= UNREAD_SINCE ? "d.unread" : "NULL";
  const time = hasTimes ? "e.start_time" : "NULL";
  const found = new Map<number, Row>();
  const rows = connection.prepare(
    `SELECT group_concat(e.id) AS ids, e.status, e.error, ${time} AS start_time, ${unread} AS unread
     FROM experiments e LEFT JOIN run_details d ON d.run_id = e.id
     WHERE e.id IN (SELECT value FROM json_each(?)) GROUP BY 2, 3, 4, 5`,
  ).all(JSON.stringify(runs));
  for (const row of rows) {
    const ids = JSON.parse(`[${row["ids"]}]`) as number[];
    for (const id of ids) found.set(id, row);
  }
  return found;
}

/** Reads runs, and remembers what they have in common. */
export class SummaryReader {
  readonly #connection: Connection;
  readonly #unread = new Map<unknown, ReadonlySet<string>>();
  /** Summaries of runs that ended, by their rows. */
  readonly #ended = new Map<Row, RunSummary>();

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Reads a row of {@linkcode summaryRows}.
   *
   * @throws {StorageError} If it is damaged; the error names the run.
   */
  read(run: number, row: Row): RunSummary {
    const known = this.#ended.get(row);
    if (known !== undefined) return known;
    const path = pathOf(this.#connection);
    const read = new RowReader(row, { path, table: "experiments", run });
    const stored = read.optionalText("status") ?? "running";
    const error = read.json<{ name: string; message: string } | undefined>(
      "error",
      { shape: ERROR, fallback: undefined },
    );
    const startedAt = read.optionalTime("start_time")?.getTime();
    const summary = {
      status: stored === "running" ? this.#statusNow(run) : stored,
      ...(error !== undefined && { error: oneLine(error) }),
      ...(startedAt !== undefined && { startedAt }),
      unread: this.#unreadOf(row, run),
    };
    if (stored !== "running") this.#ended.set(row, summary);
    return summary;
  }

  /** A run that is stored as running may have crashed. */
  #statusNow(id: number): string {
    const row = this.#connection.prepare(
      "SELECT * FROM experiments WHERE id = ?",
    ).get(id);
    return row === undefined
      ? "running"
      : new Run(this.#connection, row).status;
  }

  #unreadOf(row: Row, run: number): ReadonlySet<string> {
    const text = row["unread"];
    let unread = this.#unread.get(text);
    if (unread === undefined) {
      const table = "run_details";
      const read = new RowReader(row, {
        path: pathOf(this.#connection),
        table,
        run,
      });
      const paths = read.json<string[]>("unread", {
        shape: UNREAD,
        fallback: [],
      });
      unread = new Set(paths.map((path) => `config:${path}`));
      this.#unread.set(text, unread);
    }
    return unread;
  }
}

function oneLine({ name, message }: { name: string; message: string }): string {
  const [first = ""] = message.split("\n");
  return first === "" ? name : `${name}: ${first}`;
}
