/**
 * How far a config, and a file of one, may go. No real config comes near to it; a file that was made to
 * bring the reader down does.
 *
 * @module
 */

/** The most levels of mappings and lists, one within the other; few enough for every walk over them. */
export const MAX_DEPTH = 500;

/** More empty places than any list has that was made to be filled. */
export const MAX_HOLES = 1_000_000;

/** The number of values that aliases may repeat in any file. */
const REPEATED = 100_000;

/** And for each value that the file itself writes. */
const REPEATED_PER_VALUE = 10;

/**
 * How many values a file may have in all.
 *
 * @param written The number of values that the file itself writes.
 * @returns the number with those that aliases repeat.
 */
export function maxValues(written: number): number {
  return written * (1 + REPEATED_PER_VALUE) + REPEATED;
}

/** Why what goes deeper is refused. */
export const TOO_DEEP: string = `it nests more than ${MAX_DEPTH} levels deep`;
