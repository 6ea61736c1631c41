/** The versions of a traced function. */
import { DEEP_SINCE } from "./_deep_store.ts";
import { schemaVersion } from "./_migrations.ts";
import type { Connection, Row } from "./driver.ts";

/** Counts the runs of each fingerprint that a table has of a trace. */
function countRuns(
  table: { name: string; type: string; hash: string; runs: string },
): string {
  return `SELECT ${table.type} AS type, ${table.hash} AS hash, count(${table.runs}) AS count,
      min(e.start_time) AS first_seen, max(e.start_time) AS last_seen
    FROM projects p CROSS JOIN ${table.name} f CROSS JOIN experiments e INDEXED BY experiments_seen
    WHERE p.name = ? AND f.trace_id = ? AND ${table.hash} IS NOT NULL
      AND e.id = f.run_id AND e.project_id = p.id AND e.deleted_at IS NULL
    GROUP BY 1, 2`;
}

const PRINTS = countRuns({
  name: "fingerprints",
  type: "f.trace_type",
  hash: "f.fingerprint",
  // Python ato may have written the same one twice.
  runs: "DISTINCT f.run_id",
});
const DEEP = countRuns({
  name: "deep_fingerprints",
  type: "'deep'",
  hash: "f.deep",
  runs: "*",
});
/** In a file of an earlier version there is no such index, nor anything deep. */
const EARLIER = PRINTS.replace("INDEXED BY experiments_seen", "");

/**
 * Reads the versions of a trace.
 *
 * @param connection The file.
 * @param options Of which trace; `fromTables` passes over the index of traces, which takes as long as
 * there are fingerprints in the file.
 * @returns one row per version: type, hash, count, first_seen, last_seen; by when it was first seen.
 */
export function traceVersionRows(
  connection: Connection,
  options: { projectName: string; traceId: string; fromTables?: boolean },
): Row[] {
  const known = schemaVersion(connection) < DEEP_SINCE
    ? [EARLIER]
    : [PRINTS, DEEP];
  const all = options.fromTables === true
    ? known.map((one) => one.replace(" f CROSS", " f NOT INDEXED CROSS"))
    : known;
  const sql = `${all.join(" UNION ALL ")} ORDER BY first_seen, type, hash`;
  // Not numbered parameters: node:sqlite in Node 22.13 cannot bind those by position.
  const params = all.flatMap(() => [options.projectName, options.traceId]);
  return connection.prepare(sql).all(...params);
}
