/**
 * The texts that changed with factors: declarations, small files, folders.
 *
 * @module
 */
import { kindOfFactor } from "../internal/run_factors.ts";
import type { Run, SQLFinder } from "../tracker/mod.ts";
import { codeDiffs } from "./code_diffs.ts";
import { inputDiffs } from "./input_diffs.ts";
import type { ShownFactor } from "./verdict_types.ts";

/**
 * Makes a unified diff for each factor that is code or an input, and whose texts were stored. At most 20 of each are
 * made.
 *
 * @param factors The factors.
 * @param source The file and the two runs.
 * @returns the diffs by the id of the factor; those whose texts were not stored are missing.
 * @throws {StorageError} If a text cannot be read.
 */
export async function factorDiffs(
  factors: readonly ShownFactor[],
  source: {
    /** The file. */
    readonly finder: SQLFinder;
    /** The first run. */
    readonly a: Run;
    /** The second run. */
    readonly b: Run;
  },
): Promise<Map<string, string>> {
  const ofKind = (kind: string) =>
    factors.filter(({ id }) => kindOfFactor(id) === kind);
  return new Map([
    ...await codeDiffs(ofKind("code"), source),
    ...await inputDiffs(ofKind("input"), source.finder),
  ]);
}
