import type { Case } from "./case/case.ts";
import type { RunFacts } from "./facts.ts";
import { samplesOf } from "./replicates.ts";
import { momentsOf } from "./stats/moments.ts";
import type { EvidenceGroup } from "./verdict_types.ts";

/**
 * Groups the runs around the first suspect by its value. Runs of a group agree in every other effective factor
 * but the seed, so that good and bad runs are not pooled.
 *
 * @param known The comparison.
 * @returns the groups: those beside the first run, then those beside the second.
 */
export function evidenceOf(known: Case): EvidenceGroup[] {
  const { frame, metric, findings, results } = known;
  const [first] = findings.suspects;
  if (first === undefined || metric === undefined) return [];
  const groups = groupsBeside(known, new Set(first.group ?? [first.id]))
    .map((runs) => samplesOf(frame, runs, metric.key, results))
    .filter(({ length }) => length > 0);
  const ids = idsApart(known, groups.flatMap(([one]) => one ? [one.run] : []))
    .filter((id) => id !== first.id);
  return groups.map((samples): EvidenceGroup => {
    const run = samples[0]?.run;
    const { mean, deviation, n } = momentsOf(
      samples.map(({ value }) => value),
    );
    return {
      ...factorIn(run, first.id),
      ...(ids.length > 0 && { others: ids.map((id) => factorIn(run, id)) }),
      runs: samples.map(({ run }) => run.id),
      mean,
      ...(n > 1 && { deviation }),
    };
  });
}

/** Names the group of a run: its values of the factors, and the side, if other factors differ between the sides. */
function keyOver(
  known: Case,
  together: ReadonlySet<string>,
): (side: string, run: RunFacts) => string {
  const { frame } = known;
  const ids = [...together];
  const isSideless = isAlone(known, together);
  // The numbers of values tell them apart, too, and need no texts.
  const isVarying = ids.every((id) => frame.varying.includes(id));
  return (side, run) =>
    JSON.stringify([
      isSideless ? "" : side,
      ids.map((id) =>
        isVarying ? frame.codeOf(run, id) : run.factors.get(id) ?? null
      ),
    ]);
}

/** The completed runs beside the first run, then those beside the second, by the values of what is suspected together. */
function groupsBeside(
  known: Case,
  together: ReadonlySet<string>,
): RunFacts[][] {
  const { frame, a, b } = known;
  const keyOf = keyOver(known, together);
  const groups = new Map<string, Set<RunFacts>>();
  for (const [side, anchor] of [["a", a], ["b", b]] as const) {
    for (const run of frame.runs) {
      if (run.status !== "completed") continue;
      if (!isBeside(known, anchor, run, together)) continue;
      const key = keyOf(side, run);
      groups.set(key, (groups.get(key) ?? new Set()).add(run));
    }
  }
  return [...groups.values()].map((runs) => [...runs]);
}

/** The factors in which the groups differ, each given by one of its runs. */
function idsApart({ pair }: Case, runs: readonly RunFacts[]): string[] {
  return pair.differing.filter((id) =>
    new Set(runs.map((run) => run.factors.get(id))).size > 1
  );
}

function factorIn(
  run: RunFacts | undefined,
  id: string,
): { readonly id: string; readonly value?: string } {
  const value = run?.factors.get(id);
  return { id, ...(value !== undefined && { value }) };
}

function isBeside(
  { frame }: Case,
  anchor: RunFacts,
  run: RunFacts,
  together: ReadonlySet<string>,
): boolean {
  return run === anchor || frame.isSameSetting(anchor, run, together);
}

/** Whether the two runs differ in nothing but the suspect: then the runs beside both are the same. */
function isAlone({ pair }: Case, together: ReadonlySet<string>): boolean {
  return pair.differing.every((id) => together.has(id));
}
