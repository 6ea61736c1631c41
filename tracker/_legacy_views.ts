/**
 * Temporary views over the tables of a file of Python ato, which add the columns of Ato. They are in memory,
 * so the file is not changed. All points count as being in the tail, so they need no stored summary.
 */
import type { Connection } from "./driver.ts";
import { KIND_OF, MILLISECONDS_OF } from "./_schema_sql.ts";

/** Creates the views. */
export function addLegacyViews(connection: Connection): void {
  connection.exec(`
    CREATE TEMP VIEW experiments AS SELECT e.*, NULL AS uuid, NULL AS name, NULL AS notes,
      NULL AS parent_id, 0 AS attempt, NULL AS seed, NULL AS error, NULL AS duration,
      NULL AS deleted_at FROM main.experiments e;
    CREATE TEMP VIEW artifacts AS SELECT a.*, NULL AS size, NULL AS sha256, NULL AS logged_at
      FROM main.artifacts a;
    CREATE TEMP VIEW fingerprints AS SELECT f.*, NULL AS uses, NULL AS calls, NULL AS seen_at
      FROM main.fingerprints f;
    CREATE TEMP TABLE run_details (run_id, config_types, provenance, unread);
    CREATE TEMP TABLE run_state (run_id, host, boot_id, pid, pid_start, heartbeat, dropped, spilled);
    CREATE TEMP TABLE attempts (run_id, attempt, from_step, start_time, environment);
    CREATE TEMP TABLE outputs (run_id, trace_id, attempt, call, sequence, outcome, hash, reason, sketch);
    CREATE TEMP TABLE sources (hash, source);
    CREATE TEMP TABLE fingerprint_gaps (run_id, trace_id, reason);
    CREATE TEMP TABLE rollups (series_id, level, n, first_step, last_step, count, nonfinite,
      min, min_step, max, max_step, last);
    CREATE TEMP TABLE points (series_id, step, seq, value, kind, at);
    CREATE TEMP VIEW series AS SELECT m.first_id AS id, m.run_id, e.project_id, m.key, 0 AS attempt,
      1 AS latest, 0 AS closed, m.start, 0 AS next_seq, NULL AS rolled_step,
      NULL AS cut_step, 0 AS count, 0 AS nonfinite, NULL AS diverged_step, NULL AS first_step,
      NULL AS first, NULL AS last_step, NULL AS last, NULL AS last_kind, NULL AS min,
      NULL AS min_step, NULL AS max, NULL AS max_step
      FROM (SELECT min(id) AS first_id, run_id, key, ${
    MILLISECONDS_OF("min(timestamp)")
  } AS start
        FROM main.metrics GROUP BY run_id, key) m
      LEFT JOIN main.experiments e ON e.id = m.run_id;
    CREATE TEMP VIEW tail AS SELECT m.run_id, m.id AS n, s.first_id AS series_id, m.step, m.id AS seq,
      CASE WHEN abs(m.value) < 9e999 THEN m.value END AS value, ${
    KIND_OF("m.value")
  } AS kind,
      ${MILLISECONDS_OF("m.timestamp")} - s.start AS at
      FROM (SELECT min(id) AS first_id, run_id, key, ${
    MILLISECONDS_OF("min(timestamp)")
  } AS start
        FROM main.metrics GROUP BY run_id, key) s
      JOIN main.metrics m ON m.run_id = s.run_id AND m.key = s.key;
  `);
}
