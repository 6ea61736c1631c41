import { type Claim, isHeld } from "./_claim.ts";
import { checkSettings } from "../_settings.ts";
import { StudyOwnedError, StudySettingError } from "./errors.ts";
import type { StudyEvent } from "./events.ts";
import type { Journal, StudyOwner } from "./journal.ts";

/** Options for {@linkcode memoryJournal}. */
export interface MemoryJournalOptions {
  /**
   * The events of earlier sessions.
   *
   * @default {none}
   */
  readonly events?: Iterable<StudyEvent>;
  /**
   * The study's name in messages.
   *
   * @default {"in memory"}
   */
  readonly studyId?: string;
}

/**
 * Makes a journal in memory; it is lost when the process ends.
 *
 * @param options The events of earlier sessions.
 * @returns the journal.
 * @throws {StudySettingError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { memoryJournal } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...memoryJournal().read()], []);
 * ```
 */
export function memoryJournal(options: MemoryJournalOptions = {}): Journal {
  checkSettings<MemoryJournalOptions>("make a journal", options, {
    events: true,
    studyId: true,
  }, (setting, message) => new StudySettingError(setting, message));
  const study = options.studyId ?? "in memory";
  const events: StudyEvent[] = [...options.events ?? []];
  let claim: Claim | undefined;
  const mine = (owner: StudyOwner): void => {
    if (claim === undefined || claim.owner.token === owner.token) return;
    throw new StudyOwnedError(study, claim.owner);
  };
  return {
    resumeHint: "it cannot be resumed, because its journal is in memory; " +
      "give openStudy() the journal await sqliteJournal({ dbPath, studyId })",
    claim(owner: StudyOwner, now: number): void {
      if (claim !== undefined && isHeld(claim, now)) mine(owner);
      claim = { owner, renewed: now };
    },
    renew(owner: StudyOwner, now: number): void {
      mine(owner);
      claim = { owner, renewed: now };
    },
    release(owner: StudyOwner): void {
      if (claim?.owner.token === owner.token) claim = undefined;
    },
    read: (): Iterable<StudyEvent> => events.slice(),
    append(added: readonly StudyEvent[], owner: StudyOwner): void {
      mine(owner);
      for (const event of added) events.push(event);
    },
    close(): void {},
  };
}
