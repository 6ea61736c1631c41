/** Writes and reads deep fingerprints. */
import { createHash } from "node:crypto";
import { schemaVersion } from "./_schema_version.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { DEEP_DETAIL } from "./_run_shapes.ts";
import { toStorable } from "./_storable_text.ts";
import type { Connection } from "./driver.ts";
import type { CodeRecord, DeepRecord } from "../internal/run_source.ts";

/** The lists of a deep fingerprint, which runs of the same code share. */
type Detail = Pick<
  DeepRecord,
  "dependencies" | "packages" | "globals" | "blindSpots" | "modules"
>;

/** The first schema version with deep fingerprints. */
export const DEEP_SINCE = 2;

function sorted(
  record: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Returns the lists as JSON, without sources; equal lists give equal strings. */
function detailText(deep: DeepRecord): string {
  const detail: Detail = {
    dependencies: deep.dependencies.map(({ id, kind, hash }) => ({
      id,
      kind,
      hash,
    })),
    packages: sorted(deep.packages),
    globals: deep.globals,
    blindSpots: deep.blindSpots.map(({ kind, what }) => ({ kind, what })),
    modules: sorted(deep.modules),
  };
  return JSON.stringify(detail);
}

/**
 * Returns a code record whose deep fingerprint can be stored. If it cannot be stored, the record has the
 * reason instead, so that the run does not stop.
 */
export function storableCode(record: CodeRecord): CodeRecord {
  const { deep } = record;
  if (deep === undefined) return record;
  try {
    detailText(deep);
    return record;
  } catch (error) {
    return { ...record, deep: withoutDeep(`it cannot be stored: ${error}`) };
  }
}

function withoutDeep(reason: string): DeepRecord {
  return {
    reason,
    dependencies: [],
    packages: {},
    globals: [],
    blindSpots: [],
    modules: {},
  };
}

/** Writes what a traced function uses, and replaces what the run has stored for it. */
export function writeDeep(
  connection: Connection,
  options: { runId: number; traceId: string; deep: DeepRecord | undefined },
): void {
  const { runId, traceId, deep } = options;
  if (deep === undefined) {
    // A run that was resumed without deep fingerprints must not keep the old one.
    connection.prepare(
      "DELETE FROM deep_fingerprints WHERE run_id = ? AND trace_id = ?",
    ).run(runId, traceId);
    return;
  }
  connection.prepare(
    "INSERT OR REPLACE INTO deep_fingerprints VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run(
    runId,
    traceId,
    deep.hash ?? null,
    deep.graph ?? null,
    deep.own ?? null,
    deep.reason === undefined ? null : toStorable(deep.reason),
    detailId(connection, deep),
  );
}

/** Returns the id of the stored lists; new lists are written with their sources. */
function detailId(connection: Connection, deep: DeepRecord): number {
  const text = detailText(deep);
  const hash = createHash("sha256").update(text).digest("hex");
  const known = connection.prepare(
    "SELECT id FROM deep_details WHERE hash = ?",
  ).get(hash);
  if (known !== undefined) return Number(known["id"]);
  const insert = connection.prepare(
    "INSERT OR IGNORE INTO sources VALUES (?, ?)",
  );
  for (const { hash, source } of deep.dependencies) {
    if (source !== undefined) insert.run(hash, toStorable(source));
  }
  const row = connection.prepare(
    "INSERT INTO deep_details (hash, detail) VALUES (?, ?) RETURNING id",
  ).get(hash, text)!;
  return Number(row["id"]);
}

/** Reads what the traced functions of a run use, by trace; empty for a file of an earlier version. */
export function readDeep(
  connection: Connection,
  runId: number,
): Map<string, DeepRecord> {
  if (schemaVersion(connection) < DEEP_SINCE) return new Map();
  const rows = connection.prepare(
    `SELECT f.*, d.detail FROM deep_fingerprints f LEFT JOIN deep_details d ON d.id = f.detail_id
     WHERE f.run_id = ?`,
  ).all(runId);
  const place = {
    path: pathOf(connection),
    table: "deep_fingerprints",
    run: runId,
  };
  return new Map(rows.map((row) => {
    const read = new RowReader(row, place);
    return [read.text("trace_id"), toDeep(read)];
  }));
}

function toDeep(read: RowReader): DeepRecord {
  const text = (column: string, name = column): Record<string, string> => {
    const value = read.optionalText(column);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    ...text("deep", "hash"),
    ...text("graph"),
    ...text("own"),
    ...text("reason"),
    ...read.json<Detail>("detail", { shape: DEEP_DETAIL }),
  };
}
