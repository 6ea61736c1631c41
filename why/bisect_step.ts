import { commandText } from "../internal/shell_words.ts";
import type { BisectFinding } from "./bisection_types.ts";
import type { RunFacts } from "./facts.ts";
import type { Frame } from "./frame.ts";
import { isNewRun, wordsFor } from "./proposed_run.ts";
import type { NextStep } from "./verdict_types.ts";
import { factorName, join } from "./words.ts";

/**
 * Chooses the run that tells most: the good run with half of the open config values as in the bad run (delta
 * debugging: A. Zeller and R. Hildebrandt, IEEE Transactions on Software Engineering 28, 2002).
 *
 * @param frame The runs.
 * @param ends The last run before the move, and the first after it.
 * @param findings What the history says already.
 * @returns the step; `undefined` if a factor is convicted, or nothing is open.
 */
export function bisectStep(
  frame: Frame,
  [good, bad]: readonly [RunFacts, RunFacts],
  findings: readonly BisectFinding[],
): NextStep | undefined {
  const open = findings.filter(({ status }) => status === "open");
  if (open.length === 0 || findings[0]?.status === "convicted") {
    return undefined;
  }
  const ids = open.filter(({ kind }) => kind === "config").map(({ id }) => id);
  const half = ids.slice(0, Math.max(1, Math.floor(open.length / 2)));
  for (const chosen of [half, ...ids.map((id) => [id])]) {
    const words = wordsFor(bad, chosen);
    if (chosen.length === 0 || words === undefined) continue;
    if (!isNewRun(frame, good, bad, chosen) || good.isRepeatable === false) {
      continue;
    }
    return {
      command: commandText(["ato", "repeat", String(good.id), ...words]),
      why: `run ${good.id} with only ${
        join(chosen.map(factorName))
      } of run ${bad.id}`,
    };
  }
  const names = open.map(({ id }) => factorName(id));
  return {
    why: `run the program of run ${good.id} with only ${
      names[0] ?? ""
    } of run ${bad.id}`,
  };
}
