/** The factors of one dimension of a run, as they are stored. */
import { createHash } from "node:crypto";
import { toStorable } from "./_storable_text.ts";
import type { Coverage, Dimension } from "../internal/run_factors.ts";

/** A factor: its id and its value. */
export type FactorEntry = readonly [id: string, value: string];

/** The factors of one dimension, and how completely they were recorded. */
export interface FactorRecord extends Coverage {
  readonly dimension: Dimension;
  /** Sorted by id, each id once. */
  readonly factors: readonly FactorEntry[];
}

/** Makes a record; strings that SQLite does not keep are escaped. */
export function factorRecord(
  dimension: Dimension,
  factors: Iterable<FactorEntry>,
  coverage: Coverage,
): FactorRecord {
  const sorted = [...new Map(factors)].map(([id, value]): FactorEntry => [
    toStorable(id),
    toStorable(value),
  ]).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  const { level, missing } = coverage;
  return {
    dimension,
    factors: sorted,
    level,
    missing: missing.map(toStorable),
  };
}

/** Makes the coverage that is full unless something is missing. */
export function coverageOf(missing: readonly string[]): Coverage {
  return { level: missing.length === 0 ? "full" : "partial", missing };
}

/** Makes the coverage of a dimension of which nothing was recorded. */
export function nothingOf(reason: string): Coverage {
  return { level: "none", missing: [reason] };
}

const hashes = new WeakMap<readonly FactorEntry[], string>();

/** Returns the hash of a set of factors: the same in every file. */
export function setHash(factors: readonly FactorEntry[]): string {
  let hash = hashes.get(factors);
  if (hash === undefined) {
    const text = JSON.stringify(["ato-factors-v1", factors]);
    hash = createHash("sha256").update(text).digest("hex");
    hashes.set(factors, hash);
  }
  return hash;
}

/** Adds what a record still lacks. */
export function lacking(
  record: FactorRecord,
  missing: readonly string[],
): FactorRecord {
  if (missing.length === 0) return record;
  return {
    ...record,
    level: record.level === "none" ? "none" : "partial",
    missing: [...record.missing, ...missing.map(toStorable)],
  };
}
