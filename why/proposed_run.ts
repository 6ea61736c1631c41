/**
 * Runs that a next step proposes.
 *
 * @module
 */
import { commandText } from "../internal/shell_words.ts";
import { assignment } from "./assignment.ts";
import { keysOf, parseJson } from "./config_ids.ts";
import type { RunFacts } from "./facts.ts";
import type { Frame } from "./frame.ts";
import type { NextStep } from "./verdict_types.ts";
import { factorName, join } from "./words.ts";

/**
 * Proposes the run that tells most of factors which cannot be told apart: one of two runs with half of the config
 * values as in the other (delta debugging: A. Zeller and R. Hildebrandt, IEEE Transactions on Software
 * Engineering 28, 2002).
 *
 * @param frame The runs.
 * @param ends The two runs.
 * @param ids The ids of the factors.
 * @returns the step; `undefined` if no command sets one of them alone, or the runs that it would make exist.
 */
export function separatingRun(
  frame: Frame,
  [a, b]: readonly [RunFacts, RunFacts],
  ids: readonly string[],
): NextStep | undefined {
  const config = ids.filter((id) => id.startsWith("config:"));
  const half = config.slice(0, Math.floor(ids.length / 2));
  const choices = [half, ...config.map((id) => [id])]
    .filter(({ length }) => length > 0);
  for (const [from, to] of [[a, b], [b, a]] as const) {
    if (from.isRepeatable === false) continue;
    for (const chosen of choices) {
      const words = wordsFor(to, chosen);
      if (words === undefined || !isNewRun(frame, from, to, chosen)) continue;
      return {
        command: commandText(["ato", "repeat", String(from.id), ...words]),
        why: `run ${from.id} with only ${
          join(chosen.map(factorName))
        } of run ${to.id}`,
      };
    }
  }
  return undefined;
}

/**
 * Writes the words that set config values as in a run.
 *
 * @param run The run.
 * @param ids The ids of the config leaves.
 * @returns the words, not escaped; `undefined` if a value cannot be set: no word removes a key, and neither a hidden
 * value nor an option of a program that `ato run` recorded is a word.
 */
export function wordsFor(
  run: RunFacts,
  ids: readonly string[],
): string[] | undefined {
  const words = ids.map((id) => wordFor(run, id));
  return words.every((word) => word !== undefined) ? words : undefined;
}

function wordFor({ factors }: RunFacts, id: string): string | undefined {
  const [keys, text] = [keysOf(id), factors.get(id)];
  if (keys === undefined || text === undefined) return undefined;
  // A word that is added to a command line does not replace another one.
  if (keys[0] === "args" && factors.has("config:program")) return undefined;
  const value = parseJson(text);
  return value === undefined || value === "***"
    ? undefined
    : assignment(keys, value);
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
