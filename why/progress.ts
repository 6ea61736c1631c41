/**
 * How far two runs came.
 *
 * @module
 */
import type { RunFacts } from "./facts.ts";
import { isSame, type ResultOptions } from "./results.ts";
import type { Progress, RunProgress } from "./verdict_types.ts";

/**
 * Compares how far two runs came.
 *
 * @param a The first run.
 * @param b The second run.
 * @param keys The metrics that are results.
 * @param options The tolerances.
 * @returns the progress, with the last common step if they ended at different ones.
 */
export function progressOf(
  a: RunFacts,
  b: RunFacts,
  keys: readonly string[],
  options: ResultOptions,
): Progress {
  const [one, other] = [progressIn(a), progressIn(b)];
  const runs = [["a", a], ["b", b]] as const;
  const stopped = runs.filter(([, { status }]) => status !== "completed")
    .map(([name]) => name);
  const common = commonOf(a, b, keys, options);
  return { a: one, b: other, stopped, ...(common && { common }) };
}

function progressIn(run: RunFacts): RunProgress {
  const last = lastStepOf(run);
  return {
    status: run.status,
    ...(last !== undefined && { lastStep: last }),
    ...(run.error !== undefined && { error: run.error }),
  };
}

function lastStepOf({ metrics }: RunFacts): number | undefined {
  const steps = [...metrics.values()].map(({ lastStep }) => lastStep);
  return steps.length === 0 ? undefined : Math.max(...steps);
}

function commonOf(
  a: RunFacts,
  b: RunFacts,
  keys: readonly string[],
  options: ResultOptions,
): Progress["common"] {
  const [ofA, ofB] = [lastStepOf(a), lastStepOf(b)];
  if (ofA === undefined || ofB === undefined || ofA === ofB) return undefined;
  const last = Math.min(ofA, ofB);
  const compared = keys.flatMap((key) => {
    const [x, y] = [a.metrics.get(key), b.metrics.get(key)];
    if (x === undefined || y === undefined) return [];
    // A metric that both ended before is their result, and differs because their lengths do.
    if (x.lastStep === y.lastStep && x.lastStep !== last) return [];
    const step = Math.min(x.lastStep, y.lastStep);
    const values = [x, y].map((facts) =>
      facts.lastStep === step ? facts.last : facts.valueAt?.get(step)
    );
    return [{ key, step, a: values[0], b: values[1] }];
  });
  const known = compared.flatMap(({ key, step, a, b }) =>
    a === undefined || b === undefined ? [] : [{ key, step, a, b }]
  );
  const others = known.filter(({ a, b }) => !isSame(a, b, options));
  // The last step that both reached says most; a metric may have ended before.
  const other = others.find(({ step }) => step === last) ?? others[0];
  if (other !== undefined) {
    return { step: last, isEqual: false, metric: other };
  }
  const isEqual = known.length > 0 && known.length === compared.length;
  return { step: last, ...(isEqual && { isEqual }) };
}
