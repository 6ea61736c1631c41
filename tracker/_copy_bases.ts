/** Copies what a file and its hubs agree on of a run to the file that gets the run. */
import { HUB_TABLES } from "./_schema_sql.ts";
import { hasTable } from "./_schema_version.ts";
import type { Connection } from "./driver.ts";

/**
 * Copies it for a run that was added: what people change in the copy is a change then, and no state that a hub has not
 * seen yet. When this file sent something is not taken over, because the other file did. The caller has begun a transaction.
 */
export function copyBases(
  { from, to }: { readonly from: Connection; readonly to: Connection },
  uuid: string,
): void {
  if (!hasTable(from, "hub_runs")) return;
  const rows = from.prepare(
    `SELECT hub, json_remove(base, '$.sent') AS base FROM hub_runs
     WHERE uuid = ? AND json_valid(base)`,
  ).all(uuid);
  if (rows.length === 0) return;
  to.exec(HUB_TABLES);
  const put = to.prepare("INSERT OR IGNORE INTO hub_runs VALUES (?, ?, ?)");
  for (const { hub, base } of rows) put.run(hub!, uuid, base!);
}
