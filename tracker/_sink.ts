/** Writes the records of a run to its file, or to the backlog while the file is not writable. */
import type { Backlog, BacklogLine, BacklogTaker } from "./_backlog.ts";
import type { ConsoleNote } from "./_console_store.ts";
import type { FactorRecord } from "./_factor_record.ts";
import type { InputsRecord } from "./_inputs_store.ts";
import type { ConfigRecord } from "./_late_config.ts";
import type { ProgramRecord } from "./_program_store.ts";
import type { Artifact, Finish } from "./_run_store.ts";
import type { Point } from "./_series_writer.ts";
import {
  classifyStorageProblem,
  NewerSchemaError,
  toStorageError,
} from "./errors.ts";
import type { CodeRecord, OutputRecord } from "../internal/run_source.ts";

/** Milliseconds before a file that was not writable is tried again. */
const RETRY_AFTER = 1_000;

/** A record of a run that is not a point. It has a line of its own in the backlog. */
export type Note =
  | { readonly artifact: Artifact }
  | { readonly code: CodeRecord }
  | { readonly factors: FactorRecord }
  | { readonly program: ProgramRecord }
  | { readonly inputs: InputsRecord }
  | { readonly config: ConfigRecord }
  | { readonly output: OutputRecord }
  | { readonly console: ConsoleNote }
  | { readonly inputs: InputsRecord }
  | { readonly config: ConfigRecord };

/** The numbers of points that were spilled and lost. */
export interface Losses {
  readonly spilled: number;
  readonly dropped: number;
}

/** The file of a run. Each method writes all or nothing, durably, and throws if it cannot. */
export interface SinkFile extends BacklogTaker {
  /** Whether the path still names this file. */
  readonly isThere: boolean;
  /** Writes one point. */
  addPoint(point: Point): void;
  /** Writes points. */
  addPoints(points: readonly Point[]): void;
  /** Writes something else. */
  addNote(note: Note): void;
  /** Writes that the run is alive, and what it lost. */
  beat(losses: Losses): void;
  /** Reads the state of the run from the file, after a write has failed or was made by other means. */
  recover(): void;
  /** Writes how the run ended. */
  end(finish: Finish, losses: Losses): void;
}

/** The path of a run's file. */
export interface SinkPlace<F extends SinkFile> {
  /** Opens the file that the path names, with all that the run has logged so far. */
  open(): F;
  /** Leaves a file that the path no longer names. */
  leave(file: F): void;
  /** Moves the content of the file that was left to the backlog, if no other file has taken it over. */
  salvage(backlog: Backlog): void;
}

/** Options for {@linkcode Sink}. */
export interface SinkOptions<F extends SinkFile> {
  /** The path of the file, for messages. */
  readonly path: string;
  readonly place: SinkPlace<F>;
  /** The file; `undefined` if it could not be opened. */
  readonly file: F | undefined;
  readonly backlog: Backlog;
  readonly onError: "continue" | "throw";
  readonly warn: (message: string) => void;
  /** Returns milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/**
 * Writes the records of a run. Only the sink knows whether writing is suspended: after a failure,
 * everything is written to the backlog until the file is writable and has taken over the backlog.
 */
export class Sink<F extends SinkFile> {
  readonly #options: SinkOptions<F>;
  #file: F | undefined;
  /** When the file may be tried again, while writing is suspended. */
  #retryAt: number | undefined;
  /** Whether the user has been told of this outage. */
  #isReported = false;

  /** @param options The file, the backlog, and what happens if a write fails. */
  constructor(options: SinkOptions<F>) {
    this.#options = options;
    this.#file = options.file;
    if (options.file === undefined) this.#retryAt = options.clock();
  }

  /** The file; `undefined` while there is none. */
  get file(): F | undefined {
    return this.#file;
  }

  /** Writes one point. */
  addPoint(point: Point): void {
    this.#write(
      (file) => file.addPoint(point),
      (backlog) => backlog.addPoints([point]),
    );
  }

  /** Writes points, all or none. */
  addPoints(points: readonly Point[]): void {
    this.#write(
      (file) => file.addPoints(points),
      (backlog) => backlog.addPoints(points),
    );
  }

  /** Writes something else. */
  addNote(note: Note): void {
    this.#write(
      (file) => file.addNote(note),
      (backlog) => backlog.addLine(note),
    );
  }

  /** Moves the run to the file that the path names now, if that is another one. */
  check(): void {
    const file = this.#file;
    if (file === undefined || file.isThere) return;
    this.#leave(file);
    this.#resume();
  }

  /** Shows that the run is alive: in the file, or beside it. */
  beat(): void {
    this.check();
    const { backlog } = this.#options;
    this.#write((file) => file.beat(backlog), () => backlog.touch());
  }

  /** Writes how the run ended. After that, only another end can be written. */
  end(finish: Finish): void {
    this.check();
    if (this.#retryAt !== undefined) this.#resume();
    this.#writeEnd(finish);
    if (this.#retryAt !== undefined || this.#file?.isThere !== false) return;
    // It was taken away while the end was written.
    this.check();
    this.#writeEnd(finish);
  }

  /**
   * Suspends writing after a failure; `addPoint` and the others try again later.
   *
   * @param error What was thrown.
   * @param action What failed.
   * @throws the error, if it does not come from the file, or with `onError: "throw"`.
   */
  suspend(error: unknown, action: "open" | "write" = "write"): void {
    // SQLite refuses some writes to a file that was taken away. The run moves at the next write.
    if (this.#file?.isThere === false) return this.#leave(this.#file);
    const { path, onError, clock } = this.#options;
    const isNewer = error instanceof NewerSchemaError;
    if (classifyStorageProblem(error) === undefined && !isNewer) throw error;
    const failure = isNewer
      ? error
      : toStorageError(action, { path, cause: error });
    const isStrict = onError === "throw";
    this.#retryAt = clock() + (isStrict ? 0 : RETRY_AFTER);
    if (isStrict) throw failure;
    this.#report(failure);
  }

  #report({ message }: Error): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#options.warn(
      `${message}. Logging is suspended; points are buffered until the file is writable.`,
    );
  }

  /** Writes to the file, or, if that cannot be done, to the backlog. */
  #write(
    toFile: (file: F) => void,
    toBacklog: (backlog: Backlog) => void,
  ): void {
    if (
      this.#retryAt !== undefined && this.#options.clock() >= this.#retryAt
    ) this.#resume();
    const file = this.#file;
    if (file === undefined || this.#retryAt !== undefined) {
      return toBacklog(this.#options.backlog);
    }
    try {
      toFile(file);
    } catch (error) {
      this.suspend(error);
      toBacklog(this.#options.backlog);
    }
  }

  #writeEnd(finish: Finish): void {
    const { backlog } = this.#options;
    const line: BacklogLine = { finish };
    this.#write((file) => file.end(finish, backlog), () => {
      // What was logged before is written first; after that there may be space for one more line.
      backlog.spillAll();
      backlog.addLine(line);
      backlog.spillAll();
    });
  }

  /** Ends the suspension: opens the file if necessary, and moves the backlog to it. */
  #resume(): void {
    const { place, backlog } = this.#options;
    try {
      const file = this.#file ??= place.open();
      backlog.drain(file);
      file.recover();
      file.beat(backlog);
      this.#retryAt = undefined;
      this.#isReported = false;
    } catch (error) {
      if (this.#file === undefined) place.salvage(backlog);
      this.suspend(error);
    }
  }

  #leave(file: F): void {
    this.#file = undefined;
    this.#retryAt = this.#options.clock();
    this.#options.place.leave(file);
  }
}
