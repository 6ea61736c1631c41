/** Texts that change whenever a run does, so that a reader knows which runs to read again. */
import { RowReader } from "./_row_reader.ts";
import { hasTable } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";

/** A run, and a text that changes whenever the run does. */
export interface RunRevision {
  /** Its id in this file. */
  readonly id: number;
  /** Its identity across machines. */
  readonly uuid?: string;
  /** The name of its project. */
  readonly project: string;
  /** The status as it is stored. */
  readonly storedStatus: string;
  /** The text; equal texts of one run mean that nothing was added to it or changed. */
  readonly revision: string;
}

/** Console output and heartbeats do not count. */
const REVISIONS = (factors: string): string =>
  `SELECT e.id, e.uuid, p.name AS project, coalesce(e.status, 'running') AS status,
     json_array(e.status, e.end_time, e.name, e.notes, e.tags, e.attempt, e.seed, e.structural_hash,
       e.deleted_at, e.project_id, s.n, s.total, s.cut, t.last, a.last, f.last, ${factors}) AS revision
   FROM experiments e JOIN projects p ON p.id = e.project_id
   LEFT JOIN (SELECT run_id, count(*) AS n, sum(next_seq) AS total, total(cut_step) AS cut
     FROM series GROUP BY run_id) s ON s.run_id = e.id
   LEFT JOIN (SELECT run_id, max(n) AS last, count(*) AS n FROM tail GROUP BY run_id) t ON t.run_id = e.id
   LEFT JOIN (SELECT run_id, max(id) AS last FROM artifacts GROUP BY run_id) a ON a.run_id = e.id
   LEFT JOIN (SELECT run_id, max(id) AS last FROM fingerprints GROUP BY run_id) f ON f.run_id = e.id
   ORDER BY e.id`;

const FACTORS =
  "(SELECT group_concat(r.attempt || r.dimension || r.set_id) FROM run_factors r WHERE r.run_id = e.id)";

/**
 * Reads the revisions of all runs in one query.
 *
 * @param connection The file.
 * @param path Its path, for errors.
 * @param orSkip Reads a row, and leaves it out if it is damaged.
 * @returns the revisions, oldest run first.
 */
export function readRevisions(
  connection: Connection,
  path: string,
  orSkip: (read: () => RunRevision) => RunRevision | undefined,
): RunRevision[] {
  const factors = hasTable(connection, "run_factors") ? FACTORS : "NULL";
  const rows = connection.prepare(REVISIONS(factors)).all();
  return rows.flatMap((row) =>
    orSkip(() => {
      const table = "experiments";
      const id = new RowReader(row, { path, table }).integer("id");
      const read = new RowReader(row, { path, table, run: id });
      const uuid = read.optionalText("uuid");
      return {
        id,
        ...(uuid !== undefined && { uuid }),
        project: read.text("project"),
        storedStatus: read.text("status"),
        revision: read.text("revision"),
      };
    }) ?? []
  );
}
