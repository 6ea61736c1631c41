/** Writes the factors of runs that have none. */
import { DERIVE_FROM, FactorDeriver } from "./_derive_factors.ts";
import { FactorStore } from "./_factor_store.ts";
import type { Connection } from "./driver.ts";

/** Runs that are read at once. */
const CHUNK = 500;

/**
 * Fills in the factors of all runs that have none, within the transaction of the caller: a process that is
 * killed leaves none of them.
 */
export function fillFactors(connection: Connection): void {
  const store = new FactorStore(connection);
  const deriver = new FactorDeriver(connection);
  const next = connection.prepare(
    `${DERIVE_FROM} WHERE e.id > ? ORDER BY e.id LIMIT ${CHUNK}`,
  );
  let last = Number.MIN_SAFE_INTEGER;
  for (let rows = next.all(last); rows.length > 0; rows = next.all(last)) {
    for (const row of rows) {
      const { records, ...of } = deriver.derive(row);
      for (const record of records) store.write(of, record);
    }
    last = Number(rows.at(-1)!["id"]);
  }
}

/** Fills in the factors of one run. The caller has begun a transaction. */
export function fillRun(connection: Connection, runId: number): void {
  const row = connection.prepare(`${DERIVE_FROM} WHERE e.id = ?`).get(runId);
  if (row === undefined) return;
  const store = new FactorStore(connection);
  const { records, ...of } = new FactorDeriver(connection).derive(row);
  for (const record of records) store.write(of, record);
}
