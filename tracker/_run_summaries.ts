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

/** Reads the rows of runs; the times at which they started only if they are wanted. */
export function summaryRows(
  connection: Connection,
  runs: readonly number[],
  hasTimes: boolean = true,
): Row[] {
  const version = schemaVersion(connection);
  const unread = version === 0 || version >= UNREAD_SINCE ? "d.unread" : "NULL";
  return connection.prepare(
    `SELECT e.id, e.status, e.error, ${
      hasTimes ? "e.start_time" : "NULL AS start_time"
    }, ${unread} AS unread
     FROM experiments e LEFT JOIN run_details d ON d.run_id = e.id
     WHERE e.id IN (SELECT value FROM json_each(?))`,
  ).all(JSON.stringify(runs));
}

/** Reads runs, and remembers what they have in common. */
export class SummaryReader {
  readonly #connection: Connection;
  readonly #unread = new Map<unknown, ReadonlySet<string>>();
  /** Summaries of runs that ended without an error, by status and by what was not read. */
  readonly #plain = new Map<unknown, Map<unknown, RunSummary>>();

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Reads a row of {@linkcode summaryRows}.
   *
   * @throws {StorageError} If it is damaged; the error names the run.
   */
  read(row: Row): RunSummary {
    const { status, unread } = row;
    const isPlain = row["error"] === null && row["start_time"] === null &&
      status !== "running" && status !== null;
    const known = isPlain ? this.#plain.get(status)?.get(unread) : undefined;
    // Most runs have the same few.
    if (known !== undefined && Number.isSafeInteger(row["id"])) return known;
    const summary = this.#read(row);
    if (isPlain) {
      const ofStatus = this.#plain.get(status) ?? new Map();
      this.#plain.set(status, ofStatus.set(unread, summary));
    }
    return summary;
  }

  #read(row: Row): RunSummary {
    const path = pathOf(this.#connection);
    const table = "experiments";
    const run = new RowReader(row, { path, table }).integer("id");
    const read = new RowReader(row, { path, table, run });
    const stored = read.optionalText("status") ?? "running";
    const error = read.json<{ name: string; message: string } | undefined>(
      "error",
      { shape: ERROR, fallback: undefined },
    );
    const startedAt = read.optionalTime("start_time")?.getTime();
    return {
      status: stored === "running" ? this.#statusNow(run) : stored,
      ...(error !== undefined && { error: oneLine(error) }),
      ...(startedAt !== undefined && { startedAt }),
      unread: this.#unreadOf(row, run),
    };
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
