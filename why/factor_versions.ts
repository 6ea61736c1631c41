/**
 * The versions of a factor and of a trace in the runs of a project, with a metric for each: what `ato trace` lists.
 *
 * @module
 */
import type { Run } from "../tracker/mod.ts";
import type { RunFacts } from "./facts.ts";

/** A version of a factor. */
export interface FactorVersion {
  /** Its value, as it is recorded. */
  readonly value: string;
  /** The runs that have it, oldest first. */
  readonly runs: readonly number[];
  /** The mean of the last finite values of the metric. */
  readonly mean?: number;
}

/**
 * Lists the versions of a factor.
 *
 * @param facts The runs.
 * @param id The id of the factor.
 * @param metric The metric. @default {no means}
 * @returns the versions, the one that was used first before the others; empty if no run has the factor.
 */
export function factorVersions(
  facts: readonly RunFacts[],
  id: string,
  metric?: string,
): FactorVersion[] {
  const groups = new Map<string, RunFacts[]>();
  for (const run of facts.toSorted((a, b) => a.id - b.id)) {
    const value = run.factors.get(id);
    if (value === undefined) continue;
    groups.set(value, [...groups.get(value) ?? [], run]);
  }
  return [...groups].map(([value, runs]) => {
    const values = runs.flatMap(({ metrics }) =>
      metric === undefined ? [] : metrics.get(metric)?.lastFinite ?? []
    );
    const mean = meanOf(values);
    return {
      value,
      runs: runs.map((run) => run.id),
      ...(mean !== undefined && { mean }),
    };
  });
}

/** The types of fingerprints that have versions. */
export type TraceType = "static" | "deep" | "runtime";

/**
 * Computes the mean of the last finite values of a metric for each version of a trace.
 *
 * @param runs The runs.
 * @param trace The id of the trace, and the type of its fingerprints.
 * @param lastOf Returns the last value of the metric in a run.
 * @returns the means by the hash of the version.
 */
export async function traceMeans(
  runs: readonly Run[],
  trace: { readonly traceId: string; readonly type: TraceType },
  lastOf: (run: Run) => Promise<number | undefined>,
): Promise<Map<string, number>> {
  const groups = new Map<string, number[]>();
  for (const run of runs) {
    const version = versionOf(run, trace);
    const last = version === undefined ? undefined : await lastOf(run);
    if (version === undefined || last === undefined || !Number.isFinite(last)) {
      continue;
    }
    groups.set(version, [...groups.get(version) ?? [], last]);
  }
  return new Map(
    [...groups].map(([version, values]) => [version, meanOf(values) ?? NaN]),
  );
}

function versionOf(
  run: Run,
  { traceId, type }: { readonly traceId: string; readonly type: TraceType },
): string | undefined {
  const print = run.fingerprints.find((one) =>
    one.traceId === traceId &&
    one.type === (type === "runtime" ? "runtime" : "static")
  );
  return type === "deep" ? print?.deep?.hash : print?.hash;
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
