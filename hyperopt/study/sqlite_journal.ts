import type { OpenOptions, TrackerConfig } from "../../tracker/mod.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { StudySettingError } from "./errors.ts";
import type { Journal } from "./journal.ts";

/** Options for {@linkcode sqliteJournal}. */
export interface SqliteJournalOptions extends OpenOptions {
  /** The tracker's file: a path, a `sqlite:///` URL, or a config that names it. */
  readonly dbPath: string | TrackerConfig;
  /** The study's name in that file. */
  readonly studyId: string;
}

/**
 * Opens a journal in the tracker's file, beside the runs. Only one process at a time can write a study. Other
 * processes can write other studies and runs in the same file, and readers never lock it.
 *
 * @param options The file, and the study.
 * @returns the journal. To close the file, close the journal or the study that uses it.
 * @throws {StudySettingError} If an option is missing or unknown.
 * @throws {StorageError} If the file cannot be used.
 *
 * @example
 * ```ts
 * import { sqliteJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const journal = await sqliteJournal({ dbPath: "demo-studies.db", studyId: "iris" });
 * assertEquals([...journal.read()], []);
 * journal.close();
 * rmSync("demo-studies.db");
 * ```
 */
export async function sqliteJournal(
  options: SqliteJournalOptions,
): Promise<Journal> {
  const make = (setting: string, message: string) =>
    new StudySettingError(setting, message);
  const action = "open a journal";
  checkSettings<SqliteJournalOptions>(action, options ?? null, {
    dbPath: true,
    studyId: true,
    driver: true,
    synchronous: true,
    busyTimeout: true,
    onWarning: true,
  }, make);
  const { studyId } = options;
  if (typeof studyId !== "string" || studyId === "") {
    const what = `studyId is ${describe(studyId)}`;
    throw make("studyId", `Cannot ${action}: ${what}; give the study's name`);
  }
  // A database is loaded only when one is used.
  const { openSqliteJournal } = await import("./_sqlite_journal.ts");
  return await openSqliteJournal(options);
}
