/** Links runs to the runs that they are derived from, whichever of the two comes into a file first. */
import { HUB_TABLES } from "./_schema_sql.ts";
import { hasTable } from "./_schema_version.ts";
import type { Connection, Row } from "./driver.ts";

const TABLE = "awaited_parents";

/** Reads the UUID of the run that a run is derived from, also if the file does not have that one. */
export function parentOf(connection: Connection, row: Row): string | null {
  const sql = row["parent_id"] !== null && row["parent_id"] !== undefined
    ? "SELECT uuid FROM experiments WHERE id = ?"
    : hasTable(connection, TABLE)
    ? `SELECT parent AS uuid FROM ${TABLE} WHERE child = ?`
    : undefined;
  if (sql === undefined) return null;
  const found = connection.prepare(sql).get(
    row["parent_id"] ?? row["uuid"] ?? null,
  );
  return typeof found?.["uuid"] === "string" ? found["uuid"] : null;
}

/**
 * Links a run that has no parent to its parent; if the file does not have that one, it is linked when it comes. The caller
 * has begun a transaction.
 *
 * @param to The file.
 * @param child The UUID of the run.
 * @param parent The UUID of its parent.
 */
export function linkParent(
  to: Connection,
  child: string,
  parent: string,
): void {
  const row = to.prepare("SELECT parent_id FROM experiments WHERE uuid = ?")
    .get(child);
  if (row === undefined || row["parent_id"] !== null) return;
  const found = to.prepare("SELECT id FROM experiments WHERE uuid = ?")
    .get(parent);
  if (found === undefined) awaitParent(to, child, parent);
  else {
    to.prepare("UPDATE experiments SET parent_id = ? WHERE uuid = ?")
      .run(found["id"]!, child);
  }
}

function awaitParent(to: Connection, child: string, parent: string): void {
  to.exec(HUB_TABLES);
  to.prepare(`INSERT OR REPLACE INTO ${TABLE} VALUES (?, ?)`)
    .run(child, parent);
}

/**
 * Links the runs that wait for a parent to it, because it came. The caller has begun a transaction.
 *
 * @param to The file.
 * @param parent The UUID of the run that came.
 */
export function linkChildren(to: Connection, parent: string): void {
  if (!hasTable(to, TABLE)) return;
  to.prepare(
    `UPDATE experiments SET parent_id = (SELECT id FROM experiments WHERE uuid = ?) WHERE parent_id IS NULL
     AND uuid IN (SELECT child FROM ${TABLE} WHERE parent = ?)`,
  ).run(parent, parent);
  to.prepare(`DELETE FROM ${TABLE} WHERE parent = ?`).run(parent);
}

/**
 * Lets the children of a run that is erased wait for it: another run can get its id.
 *
 * @param to The file.
 * @param id The run.
 */
export function releaseChildren(to: Connection, id: number): void {
  const children = to.prepare(
    `SELECT c.uuid AS child, p.uuid AS parent FROM experiments c JOIN experiments p ON p.id = c.parent_id
     WHERE c.parent_id = ?`,
  ).all(id);
  for (const { child, parent } of children) {
    awaitParent(to, String(child), String(parent));
  }
  to.prepare("UPDATE experiments SET parent_id = NULL WHERE parent_id = ?")
    .run(id);
}
