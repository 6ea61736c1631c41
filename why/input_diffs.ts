/**
 * What changed in inputs: the lines of small text files, the files of folders.
 *
 * @module
 */
import {
  inputValue,
  nameOfInput,
  readListing,
} from "../internal/run_inputs.ts";
import type { SQLFinder } from "../tracker/mod.ts";
import { unifiedDiff } from "./unified_diff.ts";
import type { ShownFactor } from "./verdict_types.ts";

/** The most diffs of an answer. */
const MOST_DIFFS = 20;
/** The most changed files of a folder that are listed, and that have a diff of their own. */
const MOST_FILES = 200;
const MOST_TEXTS = 4;

/**
 * Makes a diff for each input whose texts were stored.
 *
 * @param inputs The factors, all of them inputs.
 * @param finder The file.
 * @returns the diffs by the id of the factor.
 */
export async function inputDiffs(
  inputs: readonly ShownFactor[],
  finder: SQLFinder,
): Promise<Map<string, string>> {
  const diffs = new Map<string, string>();
  for (const one of inputs.slice(0, MOST_DIFFS)) {
    const diff = await inputDiff(one, finder);
    if (diff !== undefined) diffs.set(one.id, diff);
  }
  return diffs;
}

/**
 * Makes the diff of one input.
 *
 * @param factor Its id and its values.
 * @param finder The file.
 * @returns the diff; `undefined` if the texts were not stored, or only one run has the input.
 */
export async function inputDiff(
  { id, before, after }: ShownFactor,
  finder: SQLFinder,
): Promise<string | undefined> {
  if (before === undefined || after === undefined) return undefined;
  const [old, now] = [inputValue(before), inputValue(after)];
  const name = nameOfInput(id);
  if (old.is === "file" && now.is === "file") {
    return await textDiff(name, [old.sha256, now.sha256], finder);
  }
  if (old.is !== "folder" || now.is !== "folder") return undefined;
  return await folderDiff(name, [old.sha256, now.sha256], finder);
}

async function textDiff(
  name: string,
  [before, after]: readonly [string, string],
  finder: SQLFinder,
): Promise<string | undefined> {
  const texts = await bothTexts([before, after], finder);
  return texts && await unifiedDiff(name, ...texts);
}

/** The texts of two hashes; `undefined` if one of them was not stored. */
async function bothTexts(
  [before, after]: readonly [string, string],
  finder: SQLFinder,
): Promise<[before: string, after: string] | undefined> {
  const old = await finder.textOf(before);
  const now = await finder.textOf(after);
  return old === undefined || now === undefined ? undefined : [old, now];
}

async function folderDiff(
  name: string,
  [before, after]: readonly [string, string],
  finder: SQLFinder,
): Promise<string | undefined> {
  const listings = await bothTexts([before, after], finder);
  if (listings === undefined) return undefined;
  const files = listings.map((listing) =>
    new Map(readListing(listing).map(({ way, sha256 }) => [way, sha256]))
  );
  const [left, right] = [files[0]!, files[1]!];
  const ways = [...new Set([...left.keys(), ...right.keys()])].sort()
    .filter((way) => left.get(way) !== right.get(way));
  const lines = ways.slice(0, MOST_FILES).map((way) =>
    !left.has(way)
      ? `+${way}`
      : right.has(way)
      ? ` ${way}   changed`
      : `-${way}`
  );
  if (ways.length > MOST_FILES) {
    lines.push(` … ${ways.length - MOST_FILES} more`);
  }
  const texts: string[] = [];
  for (const way of ways) {
    const [a, b] = [left.get(way), right.get(way)];
    if (a === undefined || b === undefined) continue;
    if (texts.length === MOST_TEXTS) break;
    const diff = await textDiff(`${name}/${way}`, [a, b], finder);
    if (diff !== undefined) texts.push(diff);
  }
  return [`--- ${name}`, `+++ ${name}`, ...lines, ...texts].join("\n");
}
