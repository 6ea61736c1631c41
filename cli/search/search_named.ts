import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";
import { listStudies, readStudy, type StudyView } from "../../hyperopt/mod.ts";
import { type Invocation, NotFoundError, UsageError } from "../command.ts";

/** The config of a trial. */
export type Config = Record<string, unknown>;

/**
 * Reads the search that the word names, or the only one of the file.
 *
 * @param words At most one word.
 * @param invocation The command.
 * @returns the search, as its journal has it now.
 * @throws {NotFoundError} If the file has no such search.
 * @throws {UsageError} If none is named and there is not exactly one.
 */
export async function searchNamed(
  [word]: readonly string[],
  { dbPath }: Invocation,
): Promise<StudyView<Config>> {
  const path = await dbPath();
  const names = await listStudies(path);
  if (word !== undefined) {
    if (names.includes(word)) return await readStudy<Config>(path, word);
    const guess = nearestName(word, names);
    throw new NotFoundError(
      `Cannot find search ${word === "" ? '""' : visible(word)}: ` +
        (names.length === 0
          ? `${visible(path)} has no search`
          : guess === undefined
          ? "`ato search list` lists them"
          : `did you mean ${visible(guess)}?`),
    );
  }
  if (names.length === 1) return await readStudy<Config>(path, names[0]!);
  if (names.length === 0) {
    throw new NotFoundError(
      `Cannot choose a search: ${visible(path)} has none`,
    );
  }
  throw new UsageError(
    `Cannot choose a search: there are ${
      names.map(visible).join(", ")
    }; name one`,
  );
}
