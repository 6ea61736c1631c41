/** Forward migrations, one for each schema version. */
import {
  APPLICATION_ID,
  CONSOLE_TABLES,
  DEEP_TABLES,
  FACTOR_TABLES,
  KIND_OF,
  METRICS_VIEW,
  MILLISECONDS_OF,
  OWN_COLUMNS,
  OWN_TABLES,
  PYTHON_TABLES,
  STUDY_TABLES,
} from "./_schema_sql.ts";
import { fillFactors } from "./_fill_factors.ts";
import { rebuildSeries } from "./_rebuild.ts";
import {
  refuseNewer,
  SCHEMA_VERSION,
  schemaVersion,
} from "./_schema_version.ts";
import type { Connection } from "./driver.ts";
import { retryBusy, transact } from "./retry.ts";

function isTable(connection: Connection, name: string): boolean {
  const sql =
    "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?";
  return connection.prepare(sql).get(name) !== undefined;
}

/** Migrates an empty file, or a file of Python ato, to version 1. */
function toVersion1(connection: Connection): void {
  const adopted = isTable(connection, "metrics");
  connection.exec(PYTHON_TABLES + OWN_COLUMNS + OWN_TABLES);
  if (adopted) moveMetrics(connection);
  connection.exec(METRICS_VIEW);
}

/** Moves the rows of Python ato, one for each point, to series and points. */
function moveMetrics(connection: Connection): void {
  const at = MILLISECONDS_OF("m.timestamp");
  connection.exec(`
    INSERT INTO series (run_id, project_id, key, attempt, closed, start)
      SELECT m.run_id, e.project_id, m.key, 0, 1, ${
    MILLISECONDS_OF("min(m.timestamp)")
  }
      FROM metrics m LEFT JOIN experiments e ON e.id = m.run_id GROUP BY m.run_id, m.key;
    INSERT INTO points (series_id, step, seq, value, kind, at)
      SELECT s.id, m.step, row_number() OVER (PARTITION BY s.id ORDER BY m.id) - 1,
        CASE WHEN abs(m.value) < 9e999 THEN m.value END, ${
    KIND_OF("m.value")
  }, ${at} - s.start
      FROM metrics m JOIN series s ON s.run_id = m.run_id AND s.key = m.key ORDER BY 1, 2, 3;
    DROP TABLE metrics;
  `);
  for (const row of connection.prepare("SELECT id FROM series").all()) {
    rebuildSeries(connection, Number(row["id"]));
  }
}

/** Adds deep fingerprints. */
function toVersion2(connection: Connection): void {
  connection.exec(DEEP_TABLES);
}

/** Adds the config keys that were not read. */
function toVersion3(connection: Connection): void {
  connection.exec("ALTER TABLE run_details ADD COLUMN unread TEXT");
}

/** Adds the journals of studies. */
function toVersion4(connection: Connection): void {
  connection.exec(STUDY_TABLES);
}

/** Adds the factors of runs, and fills in what earlier versions recorded. */
function toVersion5(connection: Connection): void {
  connection.exec(FACTOR_TABLES);
  fillFactors(connection);
}

/** Adds what programs printed. */
function toVersion6(connection: Connection): void {
  connection.exec(CONSOLE_TABLES);
}

const MIGRATIONS: readonly ((connection: Connection) => void)[] = [
  toVersion1,
  toVersion2,
  toVersion3,
  toVersion4,
  toVersion5,
  toVersion6,
];

/**
 * Migrates a file to the newest schema, in one transaction. Several processes can do so at the same time:
 * the second one that gets the lock has nothing left to do.
 *
 * @param connection The file.
 * @param options Its path, and how long to wait for a lock, in milliseconds.
 * @throws {NewerSchemaError} If a newer Ato wrote the file.
 */
export function migrate(
  connection: Connection,
  options: { path: string; timeout: number },
): void {
  // Outside of WAL mode a writer blocks readers, too.
  const found = retryBusy(() => {
    refuseNewer(connection, options.path);
    return schemaVersion(connection);
  }, options.timeout);
  if (found === SCHEMA_VERSION) return;
  const work = (): void => {
    refuseNewer(connection, options.path);
    for (
      let version = schemaVersion(connection);
      version < SCHEMA_VERSION;
      version++
    ) {
      MIGRATIONS[version]!(connection);
      connection.exec(`PRAGMA user_version = ${version + 1}`);
    }
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  };
  transact(connection, { work, timeout: options.timeout });
}
