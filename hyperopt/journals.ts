/**
 * A door for what moves journals of studies between files: it checks those that came from elsewhere.
 *
 * @module
 */
export { checkJournal, UnsoundJournalError } from "./study/check_journal.ts";
