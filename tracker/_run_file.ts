/** A database that a run is written to. */
import { absorbFile, absorbLines } from "./_absorb.ts";
import type { BacklogLine } from "./_backlog.ts";
import { artifactsOf, carryRun, isReadable, pointsOf } from "./_copy_run.ts";
import { writeConsole } from "./_console_store.ts";
import type { Database } from "./_open_database.ts";
import { writeFactors } from "./_factor_store.ts";
import { writeInputs } from "./_inputs_store.ts";
import { writeConfig } from "./_late_config.ts";
import { OutputWriter } from "./_output_writer.ts";
import { FileCache, writeProgram } from "./_program_store.ts";
import {
  beat,
  endRun,
  type Finish,
  type Registered,
  writeArtifact,
  writeCode,
} from "./_run_store.ts";
import { type Point, SeriesWriter } from "./_series_writer.ts";
import { endAttempt } from "./_trial_attempt.ts";
import type { Losses, Note, SinkFile } from "./_sink.ts";
import { factorNotesOf } from "./_factor_notes.ts";
import { messageOf } from "../internal/errors.ts";
import type { Connection, Row } from "./driver.ts";
import { classifyStorageProblem, StorageError } from "./errors.ts";
import { retryBusy, transact } from "./retry.ts";

/** Options for {@linkcode RunFile}. */
export interface RunFileOptions {
  /** Milliseconds to wait for another writer. */
  readonly timeout: number;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

/** A database that a run is written to; each method is one transaction or several that may be repeated. */
export class RunFile implements SinkFile {
  /** The run as this file knows it. */
  readonly run: Registered;
  readonly #connection: Connection;
  readonly #own: Database["own"];
  readonly #options: RunFileOptions;
  readonly #metrics: SeriesWriter;
  readonly #outputs: OutputWriter;
  /** The parsed files that it has. */
  readonly cache: FileCache;

  /**
   * @param database The database.
   * @param run The run, which is registered in it.
   * @param options How to write.
   */
  constructor(database: Database, run: Registered, options: RunFileOptions) {
    const { connection, own } = database;
    const { timeout } = options;
    this.run = run;
    this.#connection = connection;
    this.#own = own;
    this.cache = new FileCache(connection);
    this.#options = options;
    // Preparing reads the schema, which a writer may lock outside of WAL mode.
    [this.#metrics, this.#outputs] = retryBusy(
      (): [SeriesWriter, OutputWriter] => [
        new SeriesWriter(connection, run, timeout),
        new OutputWriter(connection, run, timeout),
      ],
      timeout,
    );
  }

  /** Whether the file is where it was opened, is missing there, or is another one now. */
  get state(): "there" | "gone" | "replaced" {
    return this.#own?.state ?? "there";
  }

  get isThere(): boolean {
    return this.state === "there";
  }

  addPoint(point: Point): void {
    this.#metrics.append(point);
  }

  addPoints(points: readonly Point[]): void {
    this.#metrics.appendMany(points);
  }

  addNote(note: Note): void {
    const at = this.#options.now();
    const { runId } = this.run;
    if ("output" in note) return this.#outputs.write(note.output, at);
    this.#transact((connection) => {
      if ("artifact" in note) {
        writeArtifact(connection, { ...note.artifact, runId });
      } else if ("factors" in note) {
        writeFactors(connection, this.run, [note.factors]);
      } else if ("program" in note) {
        writeProgram(connection, this.run, note.program);
        this.cache.save();
      } else if ("console" in note) {
        writeConsole(connection, this.run, note.console);
      } else if ("inputs" in note) {
        writeInputs(connection, this.run, note.inputs);
      } else if ("config" in note) {
        writeConfig(connection, this.run, note.config);
      } else writeCode(connection, { runId, record: note.code, at });
    });
  }

  beat(losses: Losses): void {
    this.#transact((connection) => this.#writeState(connection, losses));
  }

  end(finish: Finish, losses: Losses): void {
    this.#metrics.close();
    this.#outputs.close(this.#options.now());
    this.#transact((connection) => {
      this.#writeState(connection, losses);
      if (
        finish.trial !== undefined &&
        !endAttempt(connection, this.run, finish.trial)
      ) return;
      endRun(connection, { ...finish, runId: this.run.runId });
    });
  }

  takeSpill(path: string): void {
    try {
      const { timeout } = this.#options;
      absorbFile(this.#connection, { path, timeout });
    } catch (cause) {
      if (classifyStorageProblem(cause) !== undefined) throw cause;
      throw new StorageError(`Cannot read ${path}: ${messageOf(cause)}`, {
        problem: "io",
        cause,
      });
    }
  }

  takeLines(lines: readonly BacklogLine[]): void {
    this.#transact((connection) =>
      absorbLines(connection, this.run, { lines })
    );
  }

  recover(): void {
    this.#metrics.recover();
    this.#outputs.recover();
  }

  /** Writes everything into the file itself, so that a renamed file contains the whole run. */
  checkpoint(): void {
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (classifyStorageProblem(error) === undefined) throw error;
      // The file is then as old as its last checkpoint; the run itself is copied anyway.
    }
  }

  /**
   * Removes the `-wal` and `-shm` that this file left at a path that names another file now.
   *
   * @throws the error of the file system.
   */
  removeCompanions(): void {
    this.#own?.removeCompanions();
  }

  /** Whether all points of the run can be read. */
  get isReadable(): boolean {
    return isReadable(this.#connection, this.run.uuid);
  }

  /** Copies the run into another database, within a transaction of that. */
  copyTo(connection: Connection): void {
    carryRun(this.#connection, connection, this.run.uuid);
  }

  /** The points of the run that count, those of each metric in their order. */
  points(): Iterable<Point> {
    return pointsOf(this.#connection, this.run.uuid);
  }

  /** The artifacts of the run, as a spill file has them. */
  artifacts(): Row[] {
    return artifactsOf(this.#connection, this.run.uuid);
  }

  /** The factors and the program of the attempt, as a spill file has them. */
  factorNotes(): Note[] {
    return factorNotesOf(this.#connection, this.run);
  }

  /** Closes the file; a second call does nothing. */
  close(): void {
    this.#connection.close();
  }

  #writeState(connection: Connection, { dropped, spilled }: Losses): void {
    const at = Math.trunc(this.#options.now());
    beat(connection, { runId: this.run.runId, at, dropped, spilled });
  }

  #transact(work: (connection: Connection) => void): void {
    const connection = this.#connection;
    const { timeout } = this.#options;
    transact(connection, { work: () => work(connection), timeout });
  }
}
