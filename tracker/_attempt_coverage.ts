/** How completely a run was recorded, over all its attempts. */
import {
  type Coverage,
  type Dimension,
  DIMENSIONS,
} from "../internal/run_factors.ts";
import { NOT_OBSERVED } from "../internal/run_inputs.ts";

/** Why a dimension has no record. */
const UNRECORDED: Readonly<Record<Dimension, string>> = {
  config: "the config was not recorded",
  code: "the snapshot of the program was not stored before the run ended",
  inputs: NOT_OBSERVED,
  environment: "the environment was not recorded",
};

/** The coverage of a run that recorded nothing. */
export const NOTHING: Readonly<Record<Dimension, Coverage>> = Object
  .fromEntries(
    DIMENSIONS.map((dimension) => [
      dimension,
      { level: "none", missing: [UNRECORDED[dimension]] },
    ]),
  ) as unknown as Record<Dimension, Coverage>;

/** A dimension of an attempt. */
export interface AttemptDimension {
  readonly attempt: number;
  readonly dimension: Dimension;
  /** What the set of factors is recognised by. */
  readonly set: number | string;
  readonly coverage: Coverage;
}

const OTHER: Readonly<Record<Dimension, string>> = {
  config: "had another config",
  code: "ran other code",
  inputs: "read other inputs",
  environment: "ran in another environment",
};

/**
 * Returns the coverage of the newest attempt. A run is the work of all its attempts, so what differs in an
 * earlier one makes a dimension partial.
 */
export function coverageOfAttempts(
  rows: readonly AttemptDimension[],
): Readonly<Record<Dimension, Coverage>> {
  const newest = rows.reduce((most, { attempt }) => Math.max(most, attempt), 0);
  const result = { ...NOTHING };
  for (const dimension of DIMENSIONS) {
    const all = rows.filter((row) => row.dimension === dimension);
    const last = all.find(({ attempt }) => attempt === newest);
    if (last === undefined) continue;
    const notes = all.filter((row) => row !== last)
      .flatMap((row) => noteOn(row, last));
    result[dimension] = notes.length === 0 ? last.coverage : {
      level: last.coverage.level === "none" ? "none" : "partial",
      missing: [...last.coverage.missing, ...notes],
    };
  }
  return result;
}

function noteOn(row: AttemptDimension, last: AttemptDimension): string[] {
  const { attempt, dimension, coverage } = row;
  if (coverage.level === "none") {
    return last.coverage.level === "none"
      ? []
      : [`attempt ${attempt}: ${coverage.missing.join(", ")}`];
  }
  return row.set === last.set ? [] : [`attempt ${attempt} ${OTHER[dimension]}`];
}
