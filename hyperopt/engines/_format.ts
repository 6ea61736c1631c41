import type { EngineWords } from "./_network.ts";

/** The version of what this package keeps in an engine. */
export const FORMAT = 1;

/**
 * Refuses data of a newer version.
 *
 * @param words Makes the error.
 * @param what Whose data it is.
 * @param format Its version.
 * @throws {EngineError} If the version is newer than this package, or none.
 */
export function checkFormat(
  words: EngineWords,
  what: string,
  format: number,
): void {
  if (format === FORMAT) return;
  throw words.error(
    "version",
    format > FORMAT
      ? `${what} has data of format ${format}, and this version of Ato reads ${FORMAT}; use the newer version of Ato`
      : `${what} has data that Ato did not write; choose another search id or another database`,
  );
}
