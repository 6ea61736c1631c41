import type { StudyEvent } from "./events.ts";

/** Who wants to own a study. */
export interface StudyOwner {
  /** Names this claim; another session has another one. */
  readonly token: string;
  /** The machine, where it is known. */
  readonly host: string | null;
  /** The machine's boot, where it is known. */
  readonly bootId: string | null;
  /** The process. */
  readonly pid: number;
  /** When the process began, where it is known. */
  readonly pidStart: string | null;
  /** Milliseconds after which a claim that nobody renewed may be taken over. */
  readonly lease: number;
}

/**
 * Where a study keeps what happened. The engine writes each event before it answers, and reads them all
 * when it opens; it keeps nothing else.
 */
export interface Journal {
  /**
   * Makes this owner the only one that may append.
   *
   * @param owner Who.
   * @param now The time in milliseconds since 1970.
   * @throws {StudyOwnedError} if another one owns the study: its process lives, or, where that cannot be
   * told from here, it renewed its claim within its lease.
   */
  claim(owner: StudyOwner, now: number): void;
  /**
   * Says that the owner is still there.
   *
   * @throws {StudyOwnedError} if another one has taken the study over.
   */
  renew(owner: StudyOwner, now: number): void;
  /** Gives the claim back, if it is still this owner's. */
  release(owner: StudyOwner): void;
  /** All events, in order. */
  read(): Iterable<StudyEvent>;
  /**
   * Adds events, all or none; they are durable when it returns.
   *
   * @param events What happened.
   * @param owner Who says so.
   * @throws {StudyOwnedError} if another one has taken the study over.
   */
  append(events: readonly StudyEvent[], owner: StudyOwner): void;
  /** Lets go of what it holds open; the claim is released by then. */
  close(): void;
}
