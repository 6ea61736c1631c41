/**
 * The bin: runs that are out of sight but not gone.
 *
 * @module
 */
import { checkIds, checkNumber, ifGiven } from "./_check.ts";
import { checkOpenOptions } from "./_logger_checks.ts";
import { erase } from "./_erase.ts";
import { fromTimeText, toTimeText } from "./_times.ts";
import { withFile } from "./_with_file.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { OpenOptions } from "./open.ts";
import { transact } from "./retry.ts";

/** How to clear the bin. */
export interface CollectOptions extends OpenOptions {
  /**
   * Days that a run stays in the bin.
   *
   * @default {30}
   */
  readonly olderThanDays?: number;
  /**
   * Give the freed space back to the file system. Rewrites the file, with nobody else in it.
   *
   * @default {false}
   */
  readonly vacuum?: boolean;
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
 * Puts runs in the bin. They stay in the file until {@linkcode collectGarbage}.
 *
 * @param config The config or path that names the file.
 * @param runIds Their ids.
 * @param options How to open the file.
 * @returns how many were put there.
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
 * Takes runs out of the bin.
 *
 * @param config The config or path that names the file.
 * @param runIds Their ids.
 * @param options How to open the file.
 * @returns how many were taken out.
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

/** Lists that no run has any more, then sources that no fingerprint names any more. */
const UNUSED = `DELETE FROM deep_details WHERE id NOT IN (
  SELECT detail_id FROM deep_fingerprints);
DELETE FROM sources WHERE hash NOT IN (
  SELECT fingerprint FROM fingerprints UNION
  SELECT json_extract(j.value, '$.hash')
    FROM deep_details d, json_each(d.detail, '$.dependencies') j UNION
  SELECT j.value FROM fingerprints f, json_each(f.uses) j WHERE f.uses IS NOT NULL)`;

/**
 * Erases the runs that have been in the bin long enough, each in a transaction of its own, so that
 * others can write in between.
 *
 * @param config The config or path that names the file.
 * @param options How long is enough.
 * @returns the ids of the runs that are gone.
 */
export async function collectGarbage(
  config: TrackerConfig | string,
  options: CollectOptions = {},
): Promise<number[]> {
  const action = "clear the bin";
  checkOpenOptions(options, action);
  ifGiven(
    options.olderThanDays,
    (value) => checkNumber(value, { action, what: "olderThanDays" }),
  );
  const before = Date.now() - (options.olderThanDays ?? 30) * 86_400_000;
  return await withFile(config, options, (connection, timeout) => {
    const binned = connection.prepare(
      "SELECT id, deleted_at FROM experiments WHERE deleted_at IS NOT NULL ORDER BY id",
    ).all();
    const due = binned
      .filter((row) =>
        fromTimeText(String(row["deleted_at"])).getTime() <= before
      )
      .map((row) => Number(row["id"]));
    for (const id of due) {
      transact(connection, { work: () => erase(connection, id), timeout });
    }
    if (due.length > 0) connection.exec(UNUSED);
    if (options.vacuum) connection.exec("VACUUM");
    return due;
  });
}
