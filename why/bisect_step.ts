import type { BisectFinding } from "./bisection_types.ts";
import type { RunFacts } from "./facts.ts";
import type { Frame } from "./frame.ts";
import { separatingRun } from "./proposed_run.ts";
import type { NextStep } from "./verdict_types.ts";
import { factorName } from "./words.ts";

/**
 * Chooses the run that tells most: the good run with half of what cannot be told apart as in the bad run.
 *
 * @param frame The runs.
 * @param ends The last run before the move, and the first after it.
 * @param findings What the history says already.
 * @returns the step; `undefined` if single factors are convicted, or nothing is open.
 */
export function bisectStep(
  frame: Frame,
  ends: readonly [RunFacts, RunFacts],
  findings: readonly BisectFinding[],
): NextStep | undefined {
  const ids = undecidedIn(findings);
  const [first] = ids;
  if (first === undefined) return undefined;
  const [good, bad] = ends;
  return separatingRun(frame, ends, ids) ?? {
    why: `run the program of run ${good.id} with only ${
      factorName(first)
    } of run ${bad.id}`,
  };
}

/** The first group that is convicted together; what is open, if nothing is convicted. */
function undecidedIn(findings: readonly BisectFinding[]): readonly string[] {
  const convicted = findings.filter(({ status }) => status === "convicted");
  if (convicted.length > 0) {
    return convicted.find(({ group }) => group !== undefined)?.group ?? [];
  }
  return findings.filter(({ status }) => status === "open")
    .map(({ id }) => id);
}
