/**
 * The trash: runs that are deleted but can be restored.
 *
 * @module
 */
import { checkIds, checkNumber, ifGiven } from "./_check.ts";
import { checkOpenOptions } from "./_logger_checks.ts";
import { erase } from "./_erase.ts";
import { eraseUnusedFactors } from "./_erase_factors.ts";
import { RowReader } from "./_row_reader.ts";
import { toTimeText } from "./_times.ts";
import { withFile } from "./_with_file.ts";
import { dbPathOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, StorageError } from "./errors.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** Options for {@linkcode emptyTrash}. */
export interface EmptyTrashOptions extends OpenOptions {
  /**
   * Days that a run stays in the trash.
   *
   * @default {30}
   */
  readonly olderThanDays?: number;
  /**
   * Whether to return the freed space to the file system. This rewrites the file, and no other
   * process may use it meanwhile.
   *
   * @default {false}
   */
  readonly vacuum?: boolean;
  /**
   * Whether to erase the stored sources of all runs, too: the text of programs and of traced functions,
   * uncommitted changes, and what programs printed.
   * Hashes stay, so that runs can still be compared; there are no diffs, and no run is repeated as it was.
   *
   * @default {false}
   */
  readonly sources?: boolean;
}

async function mark(
  config: TrackerConfig | string,
  runIds: readonly number[],
  options: OpenOptions & { value: string | null },
): Promise<number> {
  return await withFile(config, options, (connection, timeout) => {
    const update = connection.prepare(
      "UPDATE experiments SET deleted_at = ? WHERE id = ? AND (deleted_at IS NULL) = ? RETURNING id",
    );
    const fresh = options.value === null ? 0 : 1;
    const work = (): number =>
      runIds.filter((id) => update.get(options.value, id, fresh) !== undefined)
        .length;
    return transact(connection, { work, timeout });
  });
}

/**
 * Moves runs to the trash. They stay in the file until {@linkcode emptyTrash} erases them.
 *
 * @param config The config or path that names the file.
 * @param runIds Their ids.
 * @param options How the file is opened.
 * @returns how many runs were moved.
 */
export async function deleteRuns(
  config: TrackerConfig | string,
  runIds: readonly number[],
  options: OpenOptions = {},
): Promise<number> {
  checkIds(runIds, "delete runs");
  checkOpenOptions(options, "delete runs");
  return await mark(config, runIds, {
    ...options,
    value: toTimeText(Date.now()),
  });
}

/**
 * Restores runs from the trash.
 *
 * @param config The config or path that names the file.
 * @param runIds Their ids.
 * @param options How the file is opened.
 * @returns how many runs were restored.
 */
export async function restoreRuns(
  config: TrackerConfig | string,
  runIds: readonly number[],
  options: OpenOptions = {},
): Promise<number> {
  checkIds(runIds, "restore runs");
  checkOpenOptions(options, "restore runs");
  return await mark(config, runIds, { ...options, value: null });
}

/** Erases lists that no run uses, then sources that no fingerprint refers to. */
const UNUSED = `DELETE FROM deep_details WHERE id NOT IN (
  SELECT detail_id FROM deep_fingerprints);
DELETE FROM sources WHERE hash NOT IN (
  SELECT fingerprint FROM fingerprints UNION
  SELECT json_extract(j.value, '$.hash')
    FROM deep_details d, json_each(d.detail, '$.dependencies') j UNION
  SELECT j.value FROM fingerprints f, json_each(f.uses) j WHERE f.uses IS NOT NULL)`;

/** Erases every stored source; the uncommitted changes of a working tree are sources, too. So is console output. */
const SOURCES =
  `DELETE FROM texts; DELETE FROM parsed; DELETE FROM sources; DELETE FROM console;
UPDATE attempts SET environment = json_remove(environment, '$.git.diff')
  WHERE json_valid(environment) AND json_extract(environment, '$.git.diff') IS NOT NULL`;

/** Whether a run was deleted long enough ago; a run whose time cannot be read stays. */
function wasBefore(
  row: Row,
  options: {
    readonly path: string;
    readonly before: number;
    readonly onWarning: (line: string) => void;
  },
): boolean {
  const { path, before, onWarning } = options;
  try {
    const table = "experiments";
    const run = new RowReader(row, { path, table }).integer("id");
    const time = new RowReader(row, { path, table, run })
      .optionalTime("deleted_at");
    return time !== undefined && time.getTime() <= before;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    onWarning(error.message);
    return false;
  }
}

/** Whether all references to sources can be read: sources that a damaged list refers to must be kept. */
function isReadable(
  connection: Connection,
  options: {
    readonly path: string;
    readonly onWarning: (line: string) => void;
  },
): boolean {
  const { path, onWarning } = options;
  const lists = [["deep_details", "detail"], ["fingerprints", "uses"]] as const;
  for (const [table, column] of lists) {
    const row = connection.prepare(
      `SELECT 1 AS found FROM ${table} WHERE ${column} IS NOT NULL AND NOT json_valid(${column}) LIMIT 1`,
    ).get();
    if (row === undefined) continue;
    const { message } = damageError(
      { path, table },
      `${table}.${column} is not JSON, so no source was erased`,
    );
    onWarning(message);
    return false;
  }
  return true;
}

/**
 * Erases the runs that have been in the trash long enough. Each is erased in a transaction of its
 * own, so that other processes can write in between.
 *
 * @param config The config or path that names the file.
 * @param options How long a run stays in the trash.
 * @returns the ids of the runs that were erased.
 */
export async function emptyTrash(
  config: TrackerConfig | string,
  options: EmptyTrashOptions = {},
): Promise<number[]> {
  const action = "empty the trash";
  checkOpenOptions(options, action);
  ifGiven(
    options.olderThanDays,
    (value) => checkNumber(value, { action, what: "olderThanDays" }),
  );
  const before = Date.now() - (options.olderThanDays ?? 30) * 86_400_000;
  const { onWarning = (line) => console.error(`ato: ${line}`) } = options;
  const path = dbPathOf(config);
  return await withFile(config, options, (connection, timeout) => {
    const deleted = connection.prepare(
      "SELECT id, deleted_at FROM experiments WHERE deleted_at IS NOT NULL ORDER BY id",
    ).all();
    const due = deleted
      .filter((row) => wasBefore(row, { path, before, onWarning }))
      .map((row) => Number(row["id"]));
    for (const id of due) {
      transact(connection, { work: () => erase(connection, id), timeout });
    }
    if (due.length > 0 && isReadable(connection, { path, onWarning })) {
      connection.exec(UNUSED);
    }
    if (due.length > 0) {
      const work = (): void =>
        eraseUnusedFactors(connection, { path, onWarning });
      transact(connection, { work, timeout });
    }
    if (options.sources) {
      transact(connection, { work: () => connection.exec(SOURCES), timeout });
    }
    if (options.vacuum) connection.exec("VACUUM");
    return due;
  });
}
