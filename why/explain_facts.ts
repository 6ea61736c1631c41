/**
 * Explains why two runs gave different results, from facts alone.
 *
 * @module
 */
import { buildCase } from "./case/build_case.ts";
import type { Case } from "./case/case.ts";
import { unknownParts } from "./case/unknown_parts.ts";
import { evidenceOf } from "./evidence_groups.ts";
import type { History } from "./facts.ts";
import { nextStep } from "./next_step.ts";
import { sentenceOf } from "./sentence/sentence.ts";
import { factorOf } from "./suspects.ts";
import type { ExplainOptions, ShownFactor, Verdict } from "./verdict_types.ts";

/**
 * Explains why two runs gave different results.
 *
 * The answer says what the record shows and no more: a factor that was not recorded is never taken for equal, a
 * difference that repeats show as well is chance, and a cause is named as such only if runs that differ in it
 * alone differ beyond the noise.
 *
 * @param history The two runs, and the runs that may say something about them.
 * @param options Options.
 * @returns the answer. It depends on the facts alone: the same facts give the same answer.
 * @throws {UserError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { explainFacts, type RunFacts } from "@ato/ato/why";
 * import { assertEquals } from "@std/assert";
 *
 * const full = { level: "full", missing: [] } as const;
 * const run = (id: number, lr: number, loss: number): RunFacts => ({
 *   id,
 *   status: "completed",
 *   coverage: { config: full, code: full, inputs: full, environment: full },
 *   factors: new Map([["config:lr", String(lr)]]),
 *   unread: new Set(),
 *   metrics: new Map([["loss", {
 *     count: 1, lastStep: 0, last: loss, lastFinite: loss, min: loss, max: loss,
 *   }]]),
 * });
 * const others = [run(3, 0.1, 0.51), run(4, 0.1, 0.49)];
 * const verdict = explainFacts({ a: run(1, 0.1, 0.5), b: run(2, 0.2, 0.9), others, leftOut: 0 });
 * assertEquals(verdict.outcome, "explained");
 * assertEquals(verdict.suspects[0]?.id, "config:lr");
 * ```
 */
export function explainFacts(
  history: History,
  options: ExplainOptions = {},
): Verdict {
  const known = buildCase(history, options);
  const { a, b, pair, metric, progress, coverage, findings } = known;
  const next = nextStep(known);
  return {
    version: 2,
    a: a.id,
    b: b.id,
    outcome: known.outcome,
    sentence: sentenceOf(known),
    ...(metric && { metric }),
    progress,
    coverage,
    suspects: findings.suspects,
    ...(findings.joint && { joint: findings.joint }),
    isCaused: known.isCaused,
    cleared: findings.cleared,
    differing: shown(known, [...pair.differing, ...pair.seeds]),
    unknown: unknownParts(known, options.metric),
    labels: shown(known, pair.labels),
    unread: shown(known, pair.unread),
    repeats: known.repeats,
    evidence: evidenceOf(known),
    leftOut: history.leftOut,
    ...(next && { next }),
  };
}

function shown(
  { a, b, pair: { moved } }: Case,
  ids: readonly string[],
): ShownFactor[] {
  return ids.map((id) => {
    const { kind: _, ...factor } = factorOf({ a, b, moved }, id);
    return factor;
  });
}
