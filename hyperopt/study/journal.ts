import type { SessionStart, StudyEvent } from "./events.ts";

/** A process that owns a study, or wants to. */
export interface StudyOwner {
  /** The name of this claim; each session has its own. */
  readonly token: string;
  /** The machine; `null` if it is not known. */
  readonly host: string | null;
  /** The boot of the machine; `null` if it is not known. */
  readonly bootId: string | null;
  /** The process. */
  readonly pid: number;
  /** The start of the process; `null` if it is not known. */
  readonly pidStart: string | null;
  /** The milliseconds after which a claim that was not renewed can be taken over. */
  readonly lease: number;
}

/**
 * The storage of the events of a study. The study writes each event before it answers, and reads all events
 * when it is opened. Nothing else is stored.
 */
export interface Journal {
  /** How the process was started; the study records it when a session begins. */
  readonly start?: SessionStart;
  /** How to resume the study, as the end of a sentence: it is shown when the search was interrupted. */
  readonly resumeHint?: string;
  /**
   * Makes this owner the only one that can append.
   *
   * @param owner The owner.
   * @param now The time in milliseconds since 1970.
   * @throws {StudyOwnedError} If another owner holds the study: its process is alive or, if this is not
   * known, it renewed its claim within its lease.
   */
  claim(owner: StudyOwner, now: number): void;
  /**
   * Renews the claim of the owner.
   *
   * @throws {StudyOwnedError} If another owner took the study over.
   */
  renew(owner: StudyOwner, now: number): void;
  /** Releases the claim, if this owner still holds it. */
  release(owner: StudyOwner): void;
  /** Reads all events, in order. */
  read(): Iterable<StudyEvent>;
  /**
   * Appends events, all or none. They are durable when it returns.
   *
   * @param events The events.
   * @param owner The owner.
   * @throws {StudyOwnedError} If another owner took the study over.
   */
  append(events: readonly StudyEvent[], owner: StudyOwner): void;
  /** Closes files; the claim was released before. */
  close(): void;
}
