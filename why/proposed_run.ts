/**
 * Runs that a next step proposes.
 *
 * @module
 */
import { assignment } from "./assignment.ts";
import { parseJson } from "./config_ids.ts";
import type { RunFacts } from "./facts.ts";
import type { Frame } from "./frame.ts";

/**
 * Writes the words that set config values as in a run.
 *
 * @param run The run.
 * @param ids The ids of the config leaves.
 * @returns the words, not escaped; `undefined` if a value cannot be set: no word removes a key, and a quoted key
 * or a hidden value is no word.
 */
export function wordsFor(
  run: RunFacts,
  ids: readonly string[],
): string[] | undefined {
  const words = ids.map((id) => wordFor(run, id));
  return words.every((word) => word !== undefined) ? words : undefined;
}

function wordFor({ factors }: RunFacts, id: string): string | undefined {
  const text = factors.get(id);
  if (!id.startsWith("config:") || id.includes('"') || text === undefined) {
    return undefined;
  }
  const value = parseJson(text);
  return value === undefined || value === "***"
    ? undefined
    : assignment(id.slice("config:".length), value);
}

/**
 * Tells whether no run is the first one with some factors as in the second.
 *
 * @param frame The runs.
 * @param a The first run.
 * @param b The second run.
 * @param ids The ids of the factors.
 * @returns false if there is such a run.
 */
export function isNewRun(
  frame: Frame,
  a: RunFacts,
  b: RunFacts,
  ids: readonly string[],
): boolean {
  const changes = new Set(ids);
  return !frame.runs.some((run) => {
    if (changesMore(frame, a, run, changes)) return false;
    const { differing, seeds } = frame.compare(a, run);
    const changed = [...differing, ...seeds];
    return changed.length === ids.length &&
      ids.every((id) =>
        changed.includes(id) && run.factors.get(id) === b.factors.get(id)
      );
  });
}

/** Whether a run surely differs in another factor, so that the two need not be compared as a whole. */
function changesMore(
  frame: Frame,
  a: RunFacts,
  run: RunFacts,
  changes: ReadonlySet<string>,
): boolean {
  const [ofA, ofRun] = [frame.codesOf(a), frame.codesOf(run)];
  return frame.varying.some((id, index) =>
    ofA[index] !== ofRun[index] && ofA[index] !== 0 && ofRun[index] !== 0 &&
    // Code can differ in nothing but its place.
    !changes.has(id) && !id.startsWith("code:") &&
    !(a.unread.has(id) && run.unread.has(id))
  );
}
