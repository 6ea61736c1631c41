/**
 * Limits for configs and their files. Real configs stay far below them; they stop files that are made to
 * exhaust the reader.
 *
 * @module
 */

/** The maximum number of nested mappings and lists; recursion over them fits into the stack. */
export const MAX_DEPTH = 500;

/** The maximum number of empty places in a list. */
export const MAX_HOLES = 1_000_000;

/** The number of values that aliases may repeat in every file. */
const REPEATED = 100_000;

/** The number of values that aliases may repeat in addition, for each value that the file contains. */
const REPEATED_PER_VALUE = 10;

/**
 * Returns the maximum number of values in a file.
 *
 * @param written The number of values that the file contains.
 * @returns the maximum, including the values that aliases repeat.
 */
export function maxValues(written: number): number {
  return written * (1 + REPEATED_PER_VALUE) + REPEATED;
}

/** The reason in errors about data that nests more deeply. */
export const TOO_DEEP: string = `it nests more than ${MAX_DEPTH} levels deep`;
