/**
 * The versions of a traced function.
 *
 * @module
 */
import { DEEP_SINCE } from "./_deep_store.ts";
import { schemaVersion } from "./_schema_version.ts";
import { RowReader } from "./_row_reader.ts";
import type { Connection, Row } from "./driver.ts";

/** One version of a traced function, or of what it returns. */
export interface TraceVersion {
  /** The fingerprint. */
  readonly hash: string;
  /** The kind: of the code, of the code with all that it uses, or of the results. */
  readonly type: "static" | "deep" | "runtime";
  /** The number of runs with this version. */
  readonly count: number;
  /** When the first of these runs started. */
  readonly firstSeen?: Date;
  /** When the last of these runs started. */
  readonly lastSeen?: Date;
}

/** The number of versions of a traced function. */
export interface TraceStatistics {
  /** The project's name. */
  readonly projectName: string;
  /** The id of the trace. */
  readonly traceId: string;
  /** The number of versions of the code. */
  readonly staticTraceVersions: number;
  /** The number of versions of the code with all that it uses. */
  readonly deepTraceVersions: number;
  /** The number of versions of what it returned. */
  readonly runtimeTraceVersions: number;
  /** Every version, in the order in which they were first seen. */
  readonly versions: readonly TraceVersion[];
}

/** Options for {@linkcode SQLFinder.getTraceStatistics}. */
export interface TraceStatisticsOptions {
  /**
   * Whether to count from the tables, and to warn if an index does not agree with them. The time grows
   * with the number of fingerprints in the file.
   *
   * @default {false}
   */
  readonly verify?: boolean;
}

/** A trace of a project. */
export interface TraceName {
  readonly projectName: string;
  readonly traceId: string;
}

/** A table of fingerprints, as SQL expressions over its row `f`. */
interface PrintTable {
  readonly name: string;
  readonly type: string;
  readonly hash: string;
  readonly runs: string;
}

/** Which indexes a query uses. */
interface IndexUse {
  /** Whether the file has the index `experiments_seen`. */
  readonly hasSeen: boolean;
  /** Whether the fingerprints are read from the table itself. */
  readonly fromTables: boolean;
}

const PRINTS: PrintTable = {
  name: "fingerprints",
  type: "f.trace_type",
  hash: "f.fingerprint",
  // Python ato may have written the same fingerprint twice.
  runs: "DISTINCT f.run_id",
};
const DEEP: PrintTable = {
  name: "deep_fingerprints",
  type: "'deep'",
  hash: "f.deep",
  runs: "*",
};

/** Counts the runs of each fingerprint that a table has of a trace. */
function countRuns(
  table: PrintTable,
  { hasSeen, fromTables }: IndexUse,
): string {
  const prints = `${table.name} f${fromTables ? " NOT INDEXED" : ""}`;
  const runs = `experiments e${hasSeen ? " INDEXED BY experiments_seen" : ""}`;
  return `SELECT ${table.type} AS type, ${table.hash} AS hash, count(${table.runs}) AS count,
      min(e.start_time) AS first_seen, max(e.start_time) AS last_seen
    FROM projects p CROSS JOIN ${prints} CROSS JOIN ${runs}
    WHERE p.name = ? AND f.trace_id = ? AND ${table.hash} IS NOT NULL
      AND e.id = f.run_id AND e.project_id = p.id AND e.deleted_at IS NULL
    GROUP BY 1, 2`;
}

/**
 * Reads the versions of a trace.
 *
 * @param connection The file.
 * @param options The trace; with `fromTables` the index of traces is not used, so that the time grows
 * with the number of fingerprints in the file.
 * @returns one row for each version: type, hash, count, first_seen, last_seen; in the order in which
 * they were first seen.
 */
export function traceVersionRows(
  connection: Connection,
  options: TraceName & { readonly fromTables?: boolean },
): Row[] {
  // A file of an earlier version has neither the index nor deep fingerprints.
  const hasDeep = schemaVersion(connection) >= DEEP_SINCE;
  const indexes = { hasSeen: hasDeep, fromTables: options.fromTables === true };
  const queries = (hasDeep ? [PRINTS, DEEP] : [PRINTS])
    .map((table) => countRuns(table, indexes));
  const sql = `${queries.join(" UNION ALL ")} ORDER BY first_seen, type, hash`;
  // Not numbered parameters: node:sqlite in Node 22.13 cannot bind those by position.
  const params = queries.flatMap(() => [options.projectName, options.traceId]);
  return connection.prepare(sql).all(...params);
}

/** Reads a version from a row of {@linkcode traceVersionRows}. */
export function toTraceVersion(row: Row, path: string): TraceVersion {
  const read = new RowReader(row, { path, table: "fingerprints" });
  const type = read.text("type");
  if (type !== "static" && type !== "deep" && type !== "runtime") {
    throw read.damage("trace_type", "is neither static nor runtime");
  }
  const firstSeen = read.optionalTime("first_seen");
  const lastSeen = read.optionalTime("last_seen");
  return {
    hash: read.text("hash"),
    type,
    count: read.count("count"),
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
  };
}

/** Counts the versions of a trace by their kind. */
export function statisticsOf(
  trace: TraceName,
  versions: readonly TraceVersion[],
): TraceStatistics {
  const countOf = (type: TraceVersion["type"]): number =>
    versions.filter((one) => one.type === type).length;
  return {
    projectName: trace.projectName,
    traceId: trace.traceId,
    staticTraceVersions: countOf("static"),
    deepTraceVersions: countOf("deep"),
    runtimeTraceVersions: countOf("runtime"),
    versions,
  };
}
