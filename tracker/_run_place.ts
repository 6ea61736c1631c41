/** The path at which a run is written, also if another file takes its place. */
import type { Backlog } from "./_backlog.ts";
import { findRegistered } from "./_absorb.ts";
import type { LoggerSettings } from "./_logger_settings.ts";
import { openDatabase } from "./_open_database.ts";
import { RunFile } from "./_run_file.ts";
import { type NewRun, type Registered, registerRun } from "./_run_store.ts";
import type { Point } from "./_series_writer.ts";
import type { SinkPlace } from "./_sink.ts";
import type { Connection, Driver } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { transact } from "./retry.ts";

/** Points that are copied to the backlog at once. */
const CHUNK = 1_000;

/** A file that the path no longer names, until the run has moved. */
interface LeftFile {
  readonly file: RunFile;
  readonly how: "gone" | "replaced";
  /** Whether it is still open, because no other place has its points. */
  readonly isNeeded: boolean;
  /** Whether all its points could be read. */
  readonly isWhole: boolean;
}

/** The path at which a run is written. */
export class RunPlace implements SinkPlace<RunFile> {
  readonly #settings: LoggerSettings;
  readonly #driver: Driver;
  readonly #run: NewRun;
  #left: LeftFile | undefined;

  /**
   * @param settings The settings of the logger.
   * @param driver The driver.
   * @param run The run, by the UUID that it has in every file.
   */
  constructor(settings: LoggerSettings, driver: Driver, run: NewRun) {
    this.#settings = settings;
    this.#driver = driver;
    this.#run = run;
  }

  open(): RunFile {
    this.#removeCompanions();
    const { timeout, now } = this.#settings;
    const database = openDatabase(this.#driver, this.#settings);
    const { connection } = database;
    try {
      const work = (): Registered => this.#enter(connection);
      const registered = transact(connection, { work, timeout });
      const file = new RunFile(database, registered, { timeout, now });
      this.#tellMove();
      return file;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  leave(file: RunFile): void {
    const { state } = file;
    // It stays open: all that the run has logged is in it. Nothing more is written to it.
    this.#left = {
      file,
      how: state === "replaced" ? state : "gone",
      isNeeded: true,
      isWhole: true,
    };
    file.checkpoint();
    try {
      file.removeCompanions();
    } catch {
      // `open` tries again, and reports the error.
    }
  }

  salvage(backlog: Backlog): void {
    const left = this.#left;
    if (!left?.isNeeded) return;
    backlog.open();
    if (!backlog.isSpillWritable) return;
    const isWhole = left.file.isReadable;
    if (isWhole) copyToBacklog(left.file, backlog);
    left.file.close();
    this.#left = { ...left, isNeeded: false, isWhole };
  }

  /** Closes a file that was left. */
  close(): void {
    this.#left?.file.close();
    this.#left = undefined;
  }

  /** Removes the old `-wal`, because SQLite would apply it to the new file. */
  #removeCompanions(): void {
    try {
      this.#left?.file.removeCompanions();
    } catch (cause) {
      throw new StorageError(
        `Cannot write ${this.#settings.path}: it is another file now, and the -wal file of the old one cannot be removed`,
        { problem: "io", cause },
      );
    }
  }

  /** Finds the run in a database, or writes it there, with all that can be read in the file that was left. */
  #enter(connection: Connection): Registered {
    const left = this.#left;
    if (left?.isNeeded) {
      const isWhole = left.file.isReadable;
      if (isWhole) left.file.copyTo(connection);
      this.#left = { ...left, isWhole };
    }
    return findRegistered(connection, this.#run.uuid) ??
      registerRun(connection, this.#run);
  }

  #tellMove(): void {
    const left = this.#left;
    if (left === undefined) return;
    this.close();
    const what = left.how === "gone"
      ? "was deleted or renamed while a run was being logged; the run continues in a new file of that name"
      : "was replaced by another file while a run was being logged; the run continues in that one";
    const rest = left.isWhole
      ? "it has all of the run"
      : "what the run had logged before could not be read";
    const { path, warn } = this.#settings;
    warn(`${path} ${what}; ${rest}`);
  }
}

function copyToBacklog(file: RunFile, backlog: Backlog): void {
  let chunk: Point[] = [];
  for (const point of file.points()) {
    if (chunk.push(point) < CHUNK) continue;
    backlog.addPoints(chunk);
    chunk = [];
  }
  backlog.addPoints(chunk);
  for (const artifact of file.artifacts()) backlog.addLine({ artifact });
  for (const note of file.factorNotes()) backlog.addLine(note);
}
