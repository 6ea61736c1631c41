import { markForUser, UserError } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import type { StudyOwner } from "./journal.ts";

/** The process that owns a study. */
export type StudyHolder = Pick<StudyOwner, "host" | "pid">;

/**
 * A study is owned by another process, or by another part of this one. Only one at a time can work on it.
 *
 * @example
 * ```ts
 * import { StudyOwnedError } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StudyOwnedError("iris", { host: "box", pid: 42 });
 * assertEquals(error.pid, 42);
 * ```
 */
export class StudyOwnedError extends UserError {
  /** The study. */
  readonly study: string;
  /** The owner's machine; `null` if it is not known. */
  readonly host: string | null;
  /** The owner's process. */
  readonly pid: number;

  /**
   * Makes the error.
   *
   * @param study The study.
   * @param holder The process that owns it.
   */
  constructor(study: string, holder: StudyHolder) {
    const { host, pid } = holder;
    super(
      `Cannot work on study ${study}: process ${pid} on ${
        host ?? "an unknown host"
      } owns it; wait for it, close() the study there or end that process, read it with readStudy(), ` +
        "or name another study",
    );
    this.name = "StudyOwnedError";
    this.study = study;
    this.host = host;
    this.pid = pid;
  }
}

/**
 * A setting of a study is out of range, unknown, or differs from the one that the study began with.
 *
 * @example
 * ```ts
 * import { StudySettingError } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StudySettingError("retries", "Cannot open study iris: retries is -1; give 0 or more");
 * assertEquals(error.setting, "retries");
 * ```
 */
export class StudySettingError extends RangeError {
  /** The setting. */
  readonly setting: string;

  /**
   * Makes the error.
   *
   * @param setting The setting.
   * @param message The whole message.
   */
  constructor(setting: string, message: string) {
    super(message);
    this.name = "StudySettingError";
    markForUser(this);
    this.setting = setting;
  }
}

/**
 * An operation on a trial or a job that the study cannot do.
 *
 * @example
 * ```ts
 * import { StudyTrialError } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StudyTrialError(7, "Cannot tell trial 7: the study has no such trial");
 * assertEquals(error.trial, 7);
 * ```
 */
export class StudyTrialError extends UserError {
  /** The trial; `undefined` if it has no number yet. */
  readonly trial: number | undefined;

  /**
   * Makes the error.
   *
   * @param trial The trial's number.
   * @param message The whole message.
   */
  constructor(trial: number | undefined, message: string) {
    super(message);
    this.name = "StudyTrialError";
    this.trial = trial;
  }
}

/**
 * The journal of a study came from a hub or another file, so the study goes on elsewhere.
 *
 * @example
 * ```ts
 * import { StudyCopyError } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new StudyCopyError("iris", "team.db", "/home/ana/runs.db on lab1");
 * assertEquals(
 *   error.message,
 *   "Cannot go on with study iris in team.db: its journal is a copy, and it goes on in /home/ana/runs.db on lab1; " +
 *     "start a study of another name, or in another file",
 * );
 * ```
 */
export class StudyCopyError extends UserError {
  /** The study. */
  readonly study: string;

  /**
   * Makes the error.
   *
   * @param study The study.
   * @param path The file.
   * @param place Where the study goes on, safe for a terminal.
   */
  constructor(study: string, path: string, place: string) {
    super(
      `Cannot go on with study ${visible(study)} in ${
        visible(path)
      }: its journal is a copy, and it goes on in ` +
        `${place}; start a study of another name, or in another file`,
    );
    this.name = "StudyCopyError";
    this.study = study;
  }
}

/**
 * A study does not exist, or its journal is damaged.
 *
 * @example
 * ```ts
 * import { readStudy, sqliteJournal, StudyJournalError } from "@ato/ato/hyperopt";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { rmSync } from "node:fs";
 *
 * const journal = await sqliteJournal({ dbPath: "some-studies.db", studyId: "iris" });
 * journal.close();
 * const error = await assertRejects(
 *   () => readStudy("some-studies.db", "wine"),
 *   StudyJournalError,
 * );
 * assertEquals(error.study, "wine");
 * rmSync("some-studies.db");
 * ```
 */
export class StudyJournalError extends UserError {
  /** The study. */
  readonly study: string;

  /**
   * Makes the error.
   *
   * @param study The study.
   * @param message The whole message.
   */
  constructor(study: string, message: string) {
    super(message);
    this.name = "StudyJournalError";
    this.study = study;
  }
}
