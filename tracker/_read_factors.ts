/** Reads the factors of one run. */
import { DERIVE_FROM, FactorDeriver } from "./_derive_factors.ts";
import {
  type FactorEntry,
  type FactorRecord,
  setHash,
} from "./_factor_record.ts";
import { FACTORS_SINCE } from "./_factor_store.ts";
import { coverageOfAttempts } from "./_attempt_coverage.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { schemaVersion } from "./_schema_version.ts";
import { listOf, NUMBER, type Shape, TEXT } from "./_shapes.ts";
import type { Connection } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import {
  type Coverage,
  type Dimension,
  DIMENSIONS,
} from "../internal/run_factors.ts";
import type { RecordedFactors } from "../internal/run_facts.ts";

/** Factors of one attempt in one dimension. */
export interface AttemptRecord {
  readonly attempt: number;
  readonly record: FactorRecord;
}

const MEMBERS: Shape = listOf(NUMBER);
const MISSING: Shape = listOf(TEXT);
const LEVELS: readonly string[] = ["full", "partial", "none"];

/** Reads the level and what is missing. */
export function readCoverage(read: RowReader): Coverage {
  const level = read.text("level");
  if (!LEVELS.includes(level)) {
    throw read.damage("level", "is none of full, partial, none");
  }
  const missing = read.json<string[]>("missing", {
    shape: MISSING,
    fallback: [],
  });
  return { level: level as Coverage["level"], missing };
}

/** Reads a dimension. */
export function readDimension(read: RowReader): Dimension {
  const dimension = read.text("dimension");
  if ((DIMENSIONS as readonly string[]).includes(dimension)) {
    return dimension as Dimension;
  }
  throw read.damage("dimension", "is no dimension");
}

/**
 * Reads all factors that a file of the newest schema has of a run, the oldest attempt first.
 *
 * @throws {StorageError} If they are damaged; the error names the run.
 */
export function readRecords(
  connection: Connection,
  runId: number,
): AttemptRecord[] {
  const place = { path: pathOf(connection), table: "run_factors", run: runId };
  const rows = connection.prepare(
    `SELECT f.*, s.members FROM run_factors f LEFT JOIN factor_sets s ON s.id = f.set_id
     WHERE f.run_id = ? ORDER BY f.attempt`,
  ).all(runId);
  return rows.map((row) => {
    const read = new RowReader(row, place);
    return {
      attempt: read.count("attempt"),
      record: {
        dimension: readDimension(read),
        factors: readSet(connection, read, place),
        ...readCoverage(read),
      },
    };
  });
}

function readSet(
  connection: Connection,
  read: RowReader,
  place: Place,
): FactorEntry[] {
  const members = read.json<number[]>("members", { shape: MEMBERS });
  const rows = connection.prepare(
    `SELECT n.name, coalesce(v.value, v.key) AS value
     FROM (SELECT j.key AS at, j.value AS name_id, lead(j.value) OVER (ORDER BY j.key) AS value_id
       FROM json_each(?) j) m
     JOIN factor_names n ON n.id = m.name_id JOIN factor_values v ON v.id = m.value_id
     WHERE m.at % 2 = 0`,
  ).all(JSON.stringify(members));
  if (rows.length * 2 !== members.length) {
    throw damageError(place, "a factor of the run has no name or no value");
  }
  return rows.map((row): FactorEntry => {
    const one = new RowReader(row, { ...place, table: "factor_values" });
    return [one.text("name"), one.text("value")];
  }).sort(([a], [b]) => a < b ? -1 : 1);
}

/** Reads the factors of a run; derives them if the file has none. */
export function recordsOf(
  connection: Connection,
  runId: number,
): AttemptRecord[] {
  const stored = schemaVersion(connection) < FACTORS_SINCE
    ? []
    : readRecords(connection, runId);
  if (stored.length > 0) return stored;
  const row = connection.prepare(`${DERIVE_FROM} WHERE e.id = ?`).get(runId);
  if (row === undefined) return [];
  const { attempt, records } = new FactorDeriver(connection).derive(row);
  return records.map((record) => ({ attempt, record }));
}

/**
 * Reads the factors of one attempt.
 *
 * @returns the factors with their coverage; `undefined` if there is no such attempt.
 */
export function readFactors(
  connection: Connection,
  runId: number,
  attempt?: number,
): RecordedFactors | undefined {
  const records = recordsOf(connection, runId)
    .filter((one) => attempt === undefined || one.attempt <= attempt);
  const newest = Math.max(...records.map((one) => one.attempt));
  if (records.length === 0 || (attempt !== undefined && newest !== attempt)) {
    return undefined;
  }
  const coverage = coverageOfAttempts(records.map((one) => ({
    attempt: one.attempt,
    dimension: one.record.dimension,
    set: setHash(one.record.factors),
    coverage: { level: one.record.level, missing: one.record.missing },
  })));
  const factors = records.filter((one) => one.attempt === newest)
    .flatMap(({ record }) => record.factors);
  return { coverage, factors: new Map(factors) };
}
