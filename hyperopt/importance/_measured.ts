import type { Point, Space } from "../spaces/space.ts";
import type { TrialView } from "../study/trial_view.ts";

/** What {@linkcode parameterImportance} reads of a trial. */
export type ImportanceTrial =
  & Pick<TrialView<unknown>, "trial" | "config" | "results">
  & Partial<Pick<TrialView<unknown>, "status" | "source">>;

/** Why trials were left out, with their numbers. */
export interface LeftOutTrials {
  /** They have no finite metric at the fidelity, and failed. */
  readonly failed: number;
  /** They have no finite metric at the fidelity, for another reason: they were stopped before, or still run. */
  readonly unmeasured: number;
  /** Their config is not in the space. */
  readonly outside: number;
  /** They took the result of an earlier trial with the same config. */
  readonly reused: number;
}

/** A trial with its metric. */
export interface Measured {
  readonly trial: number;
  readonly point: Point;
  readonly value: number;
}

/** The trials that count. */
export interface Selection {
  /** The fidelity; `undefined` if no trial was measured. */
  readonly fidelity: number | undefined;
  readonly measured: readonly Measured[];
  readonly leftOut: LeftOutTrials;
}

/**
 * Selects the trials at one fidelity: the given one, or the greatest one with enough trials, or else the one
 * with most trials.
 */
export function selectTrials(
  trials: readonly ImportanceTrial[],
  space: Pick<Space<unknown>, "toPoint">,
  options: {
    readonly metric: string;
    readonly fidelity: number | undefined;
    readonly least: number;
  },
): Selection {
  const leftOut = { failed: 0, unmeasured: 0, outside: 0, reused: 0 };
  const rows: { trial: ImportanceTrial; point: Point }[] = [];
  // The forest depends on the order, which must not depend on when trials ended.
  for (const trial of [...trials].sort((a, b) => a.trial - b.trial)) {
    const point = trial.source === undefined
      ? space.toPoint(trial.config)
      : undefined;
    if (trial.source !== undefined) leftOut.reused++;
    else if (point === undefined) leftOut.outside++;
    else rows.push({ trial, point });
  }
  const fidelity = options.fidelity ??
    chooseFidelity(rows.map(({ trial }) => trial), options);
  const measured: Measured[] = [];
  for (const { trial, point } of rows) {
    const value = valueAt(trial, options.metric, fidelity);
    if (value !== undefined) {
      measured.push({ trial: trial.trial, point, value });
    } else if (trial.status === "failed") leftOut.failed++;
    else leftOut.unmeasured++;
  }
  return { fidelity, measured, leftOut };
}

function chooseFidelity(
  trials: readonly ImportanceTrial[],
  { metric, least }: { readonly metric: string; readonly least: number },
): number | undefined {
  const counts = new Map<number, number>();
  for (const trial of trials) {
    for (const fidelity of new Set(trial.results.map((one) => one.fidelity))) {
      if (valueAt(trial, metric, fidelity) === undefined) continue;
      counts.set(fidelity, (counts.get(fidelity) ?? 0) + 1);
    }
  }
  const [first] = [...counts].sort(([a, some], [b, more]) =>
    Math.min(more, least) - Math.min(some, least) || b - a
  );
  return first?.[0];
}

/** Returns the metric of a trial at a fidelity; `undefined` if it is not a finite number. */
function valueAt(
  { results }: ImportanceTrial,
  metric: string,
  fidelity: number | undefined,
): number | undefined {
  const found = results.findLast((one) => one.fidelity === fidelity);
  const value = found?.metrics[metric];
  return Number.isFinite(value) ? value : undefined;
}
