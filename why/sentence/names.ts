/**
 * Lists of names in sentences.
 *
 * @module
 */
import { join } from "../words.ts";

/** A sentence names this many. */
const MOST_NAMES = 4;

/**
 * Joins names; of many, only the first.
 *
 * @param names The names.
 * @param last The word before the last one. @default {"and"}
 * @returns `a`, `a and b`, `a, b, c, d and 3 more`.
 */
export function listed(names: readonly string[], last: string = "and"): string {
  if (names.length <= MOST_NAMES + 1) return join(names, last);
  return `${names.slice(0, MOST_NAMES).join(", ")} ${last} ${
    names.length - MOST_NAMES
  } more`;
}

/**
 * Starts a sentence with a name.
 *
 * @param text The name.
 * @returns the text with a capital; a name keeps its case: only the words of this module start a sentence.
 */
export function capital(text: string): string {
  return /^(the|package|input|variable) /.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}

/**
 * Returns the verb for names.
 *
 * @param names The names.
 * @returns `differs` for one name.
 */
export function differ(names: readonly unknown[]): string {
  return names.length === 1 ? "differs" : "differ";
}

/**
 * Says that factors differ.
 *
 * @param changed The factors, with their changes.
 * @returns `lr (0.1 -> 0.2) differs.`; empty for none.
 */
export function allDiffer(changed: readonly string[]): string {
  return changed.length === 0
    ? ""
    : `${capital(listed(changed))} ${differ(changed)}.`;
}
