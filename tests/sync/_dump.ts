/** Reads all that a file knows of its runs, without the ids of the file, so that two files can be compared. */
import { assertEquals } from "@std/assert";
import {
  type Connection,
  openForReading,
  type Row,
  SQLFinder,
} from "../../tracker/mod.ts";

/** Columns that differ from file to file. */
const IDS = new Set(["id", "run_id", "project_id", "detail_id", "parent_id"]);

function plain(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => !IDS.has(name)).map((
      [name, value],
    ) => [
      name,
      typeof value === "bigint"
        ? `${value}n`
        : value instanceof Uint8Array
        ? [...value].join()
        : name === "environment"
        ? withoutWords(JSON.parse(String(value)))
        : value,
    ]),
  );
}

/** The command line travels with the sources only; `private_test.ts` looks at it. */
function withoutWords(environment: object): object {
  return { ...environment, argv: undefined, command: undefined };
}

const TABLES: Readonly<Record<string, string>> = {
  run_details: "SELECT * FROM run_details WHERE run_id = ?",
  attempts: "SELECT * FROM attempts WHERE run_id = ? ORDER BY attempt",
  outputs:
    "SELECT * FROM outputs WHERE run_id = ? ORDER BY trace_id, attempt, call",
  gaps: "SELECT * FROM fingerprint_gaps WHERE run_id = ? ORDER BY trace_id",
  artifacts:
    "SELECT * FROM artifacts WHERE run_id = ? ORDER BY path, logged_at, sha256",
  fingerprints:
    "SELECT * FROM fingerprints WHERE run_id = ? ORDER BY trace_id, trace_type",
  deep: `SELECT f.*, d.hash, d.detail FROM deep_fingerprints f
    JOIN deep_details d ON d.id = f.detail_id WHERE run_id = ? ORDER BY trace_id`,
  points:
    "SELECT key, attempt, step, seq, value, kind, timestamp, superseded FROM metric_points WHERE run_id = ? ORDER BY 1, 2, 4",
  series:
    `SELECT key, attempt, latest, cut_step, count, nonfinite, diverged_step, first_step, first, last_step, last,
    last_kind, min, max FROM series WHERE run_id = ? ORDER BY 1, 2`,
  factors:
    `SELECT f.attempt, f.dimension, f.level, f.missing, s.hash FROM run_factors f
    JOIN factor_sets s ON s.id = f.set_id WHERE run_id = ? ORDER BY 1, 2`,
  programs:
    "SELECT r.attempt, r.seal, p.hash FROM run_programs r JOIN programs p ON p.id = r.program_id WHERE run_id = ?",
  parent:
    "SELECT p.uuid AS parent FROM experiments e JOIN experiments p ON p.id = e.parent_id WHERE e.id = ?",
};

function runOf(connection: Connection, row: Row): unknown {
  const id = row["id"]!;
  const project = connection.prepare("SELECT name FROM projects WHERE id = ?")
    .get(row["project_id"]!);
  return {
    project: project?.["name"],
    // Writers differ in the spaces of this JSON.
    run: { ...plain(row), tags: JSON.parse(String(row["tags"])) },
    ...Object.fromEntries(
      Object.entries(TABLES).map(([name, sql]) => [
        name,
        connection.prepare(sql).all(id).map(plain),
      ]),
    ),
  };
}

/** Reads all runs by UUID. */
export async function dump(path: string): Promise<Record<string, unknown>> {
  const connection = await openForReading(path);
  try {
    const rows = connection.prepare("SELECT * FROM experiments ORDER BY uuid")
      .all();
    return Object.fromEntries(
      rows.map((row) => [String(row["uuid"]), runOf(connection, row)]),
    );
  } finally {
    connection.close();
  }
}

/** Asks a file what people ask, with the UUID in place of the id. */
export async function answers(path: string): Promise<Record<string, unknown>> {
  const finder = new SQLFinder(path, { onWarning: () => {} });
  const all: Record<string, unknown> = {};
  try {
    for (const { name } of await finder.listProjects()) {
      for (const run of await finder.getRunsInProject(name)) {
        const metrics: [string, unknown][] = [];
        for (const key of (await run.metrics.names()).toSorted()) {
          metrics.push([key, {
            summary: await run.metrics.summary(key),
            points: (await run.metrics.points(key, { limit: 99_999 })).points,
          }]);
        }
        const { config, tags, notes, status, environment, error } = run;
        all[run.uuid!] = {
          ...{ project: name, config, tags, notes, status, error },
          environment: withoutWords(environment ?? {}),
          ...{ metrics, fingerprints: run.fingerprints },
        };
      }
    }
  } finally {
    await finder.close();
  }
  return all;
}

/** Fails unless two files know the same of their runs, and shows only what differs. */
export function assertSame(
  actual: Record<string, unknown>,
  expected: Record<string, unknown>,
): void {
  assertEquals(Object.keys(actual).sort(), Object.keys(expected).sort());
  const differing: unknown[] = [];
  for (const [uuid, run] of Object.entries(expected)) {
    for (const [part, value] of Object.entries(run as object)) {
      const found = (actual[uuid] as Record<string, unknown>)[part];
      try {
        assertEquals(found, value);
      } catch {
        differing.push({ uuid, part, found, value });
      }
    }
  }
  assertEquals(differing, []);
}
