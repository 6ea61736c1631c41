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
  const { frame, a, b, metric, findings, results } = known;
  const [first] = findings.suspects;
  if (first === undefined || metric === undefined) return [];
  const together = new Set(first.group ?? [first.id]);
  const groups = new Map<string, RunFacts[]>();
  for (const [side, anchor] of [["a", a], ["b", b]] as const) {
    for (const run of frame.runs) {
      if (
        run.status !== "completed" || !isBeside(known, anchor, run, together)
      ) {
        continue;
      }
      const values = [...together].map((id) => run.factors.get(id) ?? null);
      const key = JSON.stringify([
        isAlone(known, together) ? "" : side,
        values,
      ]);
      const runs = groups.get(key) ?? [];
      if (!runs.includes(run)) groups.set(key, [...runs, run]);
    }
  }
  return [...groups.values()].flatMap((runs) => {
    const samples = samplesOf(frame, runs, metric.key, results);
    if (samples.length === 0) return [];
    const { mean, variance, n } = momentsOf(samples.map(({ value }) => value));
    const value = samples[0]?.run.factors.get(first.id);
    return [{
      id: first.id,
      ...(value !== undefined && { value }),
      runs: samples.map(({ run }) => run.id),
      mean,
      ...(n > 1 && { deviation: Math.sqrt(variance) }),
    }];
  });
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
