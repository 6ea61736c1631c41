/** Reads the runs of a project in pieces. */
import type { Run, SQLFinder } from "../../tracker/mod.ts";

/**
 * The most runs of a piece. Thousands of runs at once, of which each is needed for a moment, make the engine take
 * memory that it does not give back.
 */
export const PIECE = 200;

/**
 * Reads the runs of a project, the newest piece first.
 *
 * @param finder The file.
 * @param project The name of the project.
 * @param before Only runs whose id is less.
 * @returns the pieces, each with its oldest run first; none is empty.
 */
export async function* runPieces(
  finder: SQLFinder,
  project: string,
  before: number = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<readonly Run[]> {
  for (let end = before;;) {
    const runs = await finder.getRunsInProject(project, {
      last: PIECE,
      before: end,
    });
    const [oldest] = runs;
    if (oldest === undefined) {
      // Damaged runs are left out, so nothing is known of those before a piece of damaged ones only.
      const rest = await finder.getRunsInProject(project, { before: end });
      if (rest.length > 0) yield rest;
      return;
    }
    yield runs;
    end = oldest.id;
  }
}

/** Lets other requests be answered. */
export function pause(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
