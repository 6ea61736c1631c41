/**
 * Studies: searches that are asked for jobs and told what became of them.
 *
 * @module
 */
export * from "./errors.ts";
export type * from "./events.ts";
export * from "./from_runs.ts";
export * from "./job.ts";
export * from "./journal.ts";
export * from "./memory_journal.ts";
export type { StudyBudget, StudyOptions } from "./options.ts";
export * from "./read_study.ts";
export * from "./simulate.ts";
export { sqliteJournal } from "./sqlite_journal.ts";
export type { SqliteJournalOptions } from "./sqlite_journal.ts";
export { openStudy } from "./study.ts";
export type { Answer, AskOptions } from "./answer.ts";
export type { Study, WarmObservation } from "./study.ts";
export type * from "./trial_view.ts";
