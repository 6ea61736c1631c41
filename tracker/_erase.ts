/** Erases runs. */
import { releaseChildren } from "./_parents.ts";
import type { Connection } from "./driver.ts";

const OF_A_RUN = [
  "tail",
  "outputs",
  "fingerprint_gaps",
  "deep_fingerprints",
  "run_factors",
  "run_programs",
  "console",
  "fingerprints",
  "artifacts",
  "attempts",
  "run_state",
  "run_details",
  "series",
] as const;

/** Erases all that belongs to a run, but not the row of the run itself. */
export function eraseParts(connection: Connection, runId: number): void {
  for (const table of ["rollups", "points"]) {
    connection.prepare(
      `DELETE FROM ${table} WHERE series_id IN (SELECT id FROM series WHERE run_id = ?)`,
    ).run(runId);
  }
  for (const table of OF_A_RUN) {
    connection.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(runId);
  }
}

/** Erases a run. */
export function erase(connection: Connection, runId: number): void {
  eraseParts(connection, runId);
  releaseChildren(connection, runId);
  connection.prepare("DELETE FROM experiments WHERE id = ?").run(runId);
}
