import { existsSync } from "node:fs";
import type { Connection, TrackerConfig } from "../../tracker/mod.ts";
import { describe } from "../_describe.ts";
import { visible } from "../../internal/visible_text.ts";
import { isHeld } from "./_claim.ts";
import { StudyJournalError, StudySettingError } from "./errors.ts";
import { foldStudy } from "./_fold_study.ts";
import type { StudyView } from "./study_view.ts";

/**
 * Reads a study, even while another process works on it. The file is neither locked nor changed.
 *
 * @param dbPath The tracker's file: a path, or a config that names it.
 * @param id The study's name.
 * @returns the trials and the best result so far.
 * @throws {StudyJournalError} If the file has no such study, or its journal is damaged.
 * @throws {StorageError} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { defineSpace, fullFidelity, int, openStudy, randomSampler, readStudy, sqliteJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const space = defineSpace({ width: int(1, 9) });
 * const study = openStudy({
 *   id: "widths",
 *   space,
 *   sampler: randomSampler(space),
 *   scheduler: fullFidelity({ trials: 3 }),
 *   metric: "loss",
 *   mode: "min",
 *   journal: await sqliteJournal({ dbPath: "read-demo.db", studyId: "widths" }),
 * });
 * const answer = study.ask();
 * if (answer.kind === "job") study.tell(answer.job, { metrics: { loss: 0.5 } });
 * assertEquals((await readStudy("read-demo.db", "widths")).best?.metrics, { loss: 0.5 });
 * study.close();
 * rmSync("read-demo.db");
 * ```
 */
export async function readStudy<C = Record<string, unknown>>(
  dbPath: string | TrackerConfig,
  id: string,
): Promise<StudyView<C>> {
  if (typeof id !== "string") {
    throw new StudySettingError(
      "id",
      `Cannot read a study: id is ${describe(id)}; give its name`,
    );
  }
  // A database is loaded only when one is used.
  const { dbPathOf, openForReading } = await import("../../tracker/mod.ts");
  const path = dbPathOf(dbPath);
  const missing = () =>
    new StudyJournalError(
      id,
      `Cannot read study ${visible(id)}: ${
        visible(path)
      } has no such study; check the name`,
    );
  if (!existsSync(path)) throw missing();
  const { findClaim, findStudy, readEvents } = await import(
    "./_sqlite_journal.ts"
  );
  const { goesOnIn, lastStart, placeOf } = await import("./_copy.ts");
  const connection = await openForReading(path);
  try {
    const found = hasStudies(connection) && findStudy(connection, id);
    if (found === undefined || found === false) throw missing();
    const claim = findClaim(connection, found);
    const owner = claim !== undefined && isHeld(claim, Date.now())
      ? { host: claim.owner.host, pid: claim.owner.pid }
      : undefined;
    const events = readEvents(connection, found, path);
    const view = foldStudy<C>(id, events, { path, owner });
    return goesOnIn(connection, found, path)
      ? view
      : { ...view, copyOf: placeOf(lastStart(connection, found)) };
  } finally {
    connection.close();
  }
}

/**
 * Lists the studies of a file.
 *
 * @param dbPath The tracker's file: a path, or a config that names it.
 * @returns their names, oldest first; none if there is no such file.
 * @throws {StorageError} If the file cannot be read.
 *
 * @example
 * ```ts
 * import { listStudies, sqliteJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const journal = await sqliteJournal({ dbPath: "list-demo.db", studyId: "widths" });
 * journal.close();
 * assertEquals(await listStudies("list-demo.db"), ["widths"]);
 * rmSync("list-demo.db");
 * ```
 */
export async function listStudies(
  dbPath: string | TrackerConfig,
): Promise<string[]> {
  const { dbPathOf, openForReading } = await import("../../tracker/mod.ts");
  const path = dbPathOf(dbPath);
  if (!existsSync(path)) return [];
  const connection = await openForReading(path);
  try {
    if (!hasStudies(connection)) return [];
    return connection.prepare("SELECT name FROM studies ORDER BY id").all()
      .map(({ name }) => String(name));
  } finally {
    connection.close();
  }
}

/** A file of an earlier version, or of Python ato, has no such table. */
function hasStudies(connection: Connection): boolean {
  return connection.prepare(
    "SELECT 1 AS found FROM sqlite_master WHERE name = 'studies'",
  ).get() !== undefined;
}
