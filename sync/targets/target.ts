/**
 * What every target of `ato sync` does.
 *
 * @module
 */
import type { Run, SQLFinder } from "../../tracker/mod.ts";

/** A run that is sent. */
export interface LocalRun {
  /** The run. */
  readonly run: Run;
  /** Its identity across machines. */
  readonly uuid: string;
  /** The name of its project. */
  readonly project: string;
  /** Reads what belongs to it and is not in {@linkcode LocalRun.run}: inputs, factors. */
  readonly finder: SQLFinder;
  /** The path of the file that it is from. */
  readonly dbPath: string;
}

/** What is remembered of a run: any JSON that the target writes. It is kept beside the database. */
export interface RunMemory<Sent> {
  /** What was written last; `undefined` for a run that was never sent. */
  readonly sent: Sent | undefined;
  /** Remembers it at once, so that a process that is killed later continues there. */
  save(sent: Sent): void;
}

/** What a target gets while it sends a run. */
export interface SendContext {
  /** Ends the work at the next point where nothing is lost. */
  readonly signal: AbortSignal;
  /** Says something once for each run, e.g. what was mapped. */
  readonly notice: (line: string) => void;
  /** Says how far it is: points, files. */
  readonly progress: (
    part: { readonly points?: number; readonly bytes?: number },
  ) => void;
}

/** What sending a run did. */
export interface SendResult {
  /** Whether anything was sent. */
  readonly changed: boolean;
  /** Why the run is not there, although nothing failed: e.g. someone deleted it there. */
  readonly left?: string;
}

/** Where runs are sent. */
export interface SyncTarget<Sent = unknown> {
  /** What it is, e.g. `mlflow`. */
  readonly kind: string;
  /** Where it is: without logins, always the same for the same place. It is shown and stored. */
  readonly address: string;
  /**
   * Makes the run there equal to the run here. It is called again whenever the run changes, and after a failure;
   * called twice in a row it changes nothing.
   *
   * @param run The run.
   * @param memory What was remembered of it.
   * @param context The signal, and what takes progress.
   * @returns what it did.
   * @throws {UnreachableError} If the place does not answer: it is tried again.
   * @throws {TargetError} If the place refuses: the user has to do something.
   */
  send(
    run: LocalRun,
    memory: RunMemory<Sent>,
    context: SendContext,
  ): Promise<SendResult>;
  /**
   * Counts the points of a run that were not sent, without asking the place.
   *
   * @param run The run.
   * @param sent What was remembered of it.
   */
  unsent?(run: LocalRun, sent: Sent | undefined): Promise<number>;
  /**
   * Removes a run there, so that it can be restored there.
   *
   * @param sent What was remembered of it.
   * @param signal Ends the work.
   */
  takeBack?(sent: Sent, signal: AbortSignal): Promise<void>;
  /** Is called once before the first run: whether the place is there, and whether what is remembered still holds. */
  begin?(memory: TargetMemory, signal: AbortSignal): Promise<void>;
  /** Frees what it holds. */
  close?(): Promise<void>;
}

/** What is remembered of a target, beside its runs. */
export interface TargetMemory {
  /** Reads what was written under a name. */
  get(name: string): unknown;
  /** Writes it; `undefined` removes it. */
  set(name: string, value: unknown): void;
  /** Forgets all that was remembered of the runs that a test picks. */
  forget(isGone: (sent: unknown) => boolean): void;
}
