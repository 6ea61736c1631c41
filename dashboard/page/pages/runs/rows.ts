/** The rows of the table of runs, as the page keeps them. */
import type { Cell, Figure, RunsReply } from "../../../api_types.ts";

/** A run in the table. */
export interface RunRow {
  readonly id: number;
  readonly name: string | null;
  readonly status: string;
  readonly started: number | null;
  readonly duration: number | null;
  readonly tags: readonly string[];
  readonly last: Figure | null;
  readonly min: Figure | null;
  readonly max: Figure | null;
  /** Config values by key path; those that all runs share are missing. */
  readonly config: ReadonlyMap<string, Cell>;
}

/** The table of runs. */
export interface RunRows {
  /** What the server calls its state; the next request asks for what changed since. */
  readonly version: number;
  /** Whether all runs of the project are here. */
  readonly isComplete: boolean;
  readonly metrics: readonly string[];
  readonly metric: string | undefined;
  readonly rows: readonly RunRow[];
  /** The config keys that differ. */
  readonly differing: readonly string[];
  readonly same: RunsReply["same"];
  readonly warnings: readonly string[];
}

/** Adds an answer of the server to the rows that the page has. */
export function merge(before: RunRows | undefined, reply: RunsReply): RunRows {
  const known = reply.isWhole
    ? new Map<number, RunRow>()
    : new Map(before?.rows.map((row) => [row.id, row]));
  const sameBefore = new Map(
    before?.same.map(({ key, value }) => [key, value]),
  );
  const differing = reply.differing.map(({ key }) => key);
  // A key that all runs shared until now differs: the runs before have the value that they shared.
  const late = differing.filter((key) => sameBefore.has(key));
  if (late.length > 0) {
    for (const row of known.values()) {
      const config = new Map(row.config);
      for (const key of late) config.set(key, sameBefore.get(key)!);
      known.set(row.id, { ...row, config });
    }
  }
  for (const row of rowsOf(reply)) known.set(row.id, row);
  return {
    version: reply.version,
    isComplete: reply.isComplete,
    metrics: reply.metrics,
    metric: reply.metric,
    rows: [...known.values()],
    differing,
    same: reply.same,
    warnings: reply.warnings,
  };
}

function rowsOf(reply: RunsReply): RunRow[] {
  return reply.ids.map((id, i) => {
    const config = new Map<string, Cell>();
    for (const { key, values, at } of reply.differing) {
      const value = values[at[i] ?? -1];
      if (value !== undefined) config.set(key, value);
    }
    return {
      id,
      name: reply.names[i] ?? null,
      status: reply.statuses[i] ?? "",
      started: reply.started[i] ?? null,
      duration: reply.durations[i] ?? null,
      tags: reply.tags[i] ?? [],
      last: reply.last[i] ?? null,
      min: reply.min[i] ?? null,
      max: reply.max[i] ?? null,
      config,
    };
  });
}
