/**
 * Writes into a file of runs what a record of inputs would hold, so that the reasoning over complete records is
 * measured as well.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { Cause } from "./types.ts";

/**
 * Records the inputs of all runs of a cause: those that were planted, with another value in run B.
 *
 * @param db The file, which is changed.
 * @param cause The cause.
 * @param b The id of run B.
 */
export function assumeInputs(db: string, cause: Cause, b: number): void {
  const file = new DatabaseSync(db);
  try {
    const ids = cause.planted.filter(({ needs }) => needs === "inputs")
      .map(({ ids }) => ids[0] ?? "");
    const sets = ["before", "after"].map((value) => setOf(file, ids, value));
    const runs = file.prepare(
      "SELECT run_id, attempt FROM run_factors WHERE dimension = 'environment'",
    ).all();
    const insert = file.prepare(
      "INSERT OR REPLACE INTO run_factors VALUES (?, ?, 'inputs', ?, 'full', NULL)",
    );
    for (const { run_id, attempt } of runs) {
      const set = sets[Number(run_id) === b ? 1 : 0] ?? 0;
      insert.run(Number(run_id), Number(attempt), set);
    }
  } finally {
    file.close();
  }
}

function setOf(
  file: DatabaseSync,
  ids: readonly string[],
  value: string,
): number {
  const members = ids.flatMap((id) => {
    file.prepare("INSERT OR IGNORE INTO factor_names (name) VALUES (?)").run(
      id,
    );
    const name = file.prepare("SELECT id FROM factor_names WHERE name = ?")
      .get(id);
    file.prepare("INSERT OR IGNORE INTO factor_values (key) VALUES (?)").run(
      value,
    );
    const key = file.prepare("SELECT id FROM factor_values WHERE key = ?")
      .get(value);
    return [Number(name?.["id"]), Number(key?.["id"])];
  });
  const { lastInsertRowid } = file.prepare(
    "INSERT INTO factor_sets (hash, members) VALUES (?, ?)",
  ).run(`assumed ${value}`, JSON.stringify(members));
  return Number(lastInsertRowid);
}
