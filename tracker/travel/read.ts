/** Reads what travels of a run. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { attemptName } from "../_attempt_name.ts";
import { setHash } from "../_factor_record.ts";
import { parentOf } from "../_parents.ts";
import { textsOfInputs } from "../_inputs_store.ts";
import { pathOf } from "../_reading.ts";
import { readRecords } from "../_read_factors.ts";
import { programsOf, textsOf } from "../_read_program.ts";
import type { Connection, Row, SqlValue } from "../driver.ts";
import { hideInWords, secretsIn } from "../../internal/hidden_secrets.ts";
import { readJson } from "../../internal/json.ts";
import { isRecord } from "../../internal/objects.ts";
import {
  type StreamName,
  type StreamPart,
  type StreamState,
  TRAVEL_TABLES,
  type TravelEdits,
  type TravelRecord,
  type TravelRow,
  type TravelSource,
  type TravelState,
  type TravelTable,
} from "./shape.ts";
import { COMMAND_WORDS, type CommandWords, isWords } from "./command_words.ts";
import { toTravelRow } from "./values.ts";

/** The columns of a run that programs write. */
export const FACT_COLUMNS = [
  "config",
  "structural_hash",
  "status",
  "start_time",
  "end_time",
  "attempt",
  "seed",
  "error",
  "duration",
] as const;

const IDS: ReadonlySet<string> = new Set([
  "id",
  "run_id",
  "project_id",
  "detail_id",
]);

/** What a summary says follows from the points: files that have the same points can differ in it for a while. */
const DERIVED: ReadonlySet<string> = new Set([
  ..."count nonfinite diverged_step first_step first last_step last".split(" "),
  ..."last_kind min min_step max max_step rolled_step next_seq".split(" "),
]);

/** What a process that runs writes all the time. */
const VOLATILE: ReadonlySet<string> = new Set([
  "heartbeat",
  "spilled",
]);

const ORDER: Readonly<Record<TravelTable, string>> = {
  run_details: "run_id",
  run_state: "run_id",
  attempts: "attempt",
  artifacts: "id",
  fingerprints: "id",
  fingerprint_gaps: "trace_id",
  deep_fingerprints: "trace_id",
  series: "key, attempt",
};

/** Content that several runs share, by its name. */
export type Contents = Map<string, string>;

/** What is read of a run, but its streams and sources. */
export interface ReadRun {
  readonly record: TravelRecord;
  readonly edits: TravelEdits;
  /** The content that the record names. */
  readonly contents: Contents;
}

function rowsOf(
  connection: Connection,
  table: TravelTable,
  runId: number,
): Row[] {
  const sql = table === "deep_fingerprints"
    ? `SELECT f.*, d.hash AS detail FROM deep_fingerprints f
       JOIN deep_details d ON d.id = f.detail_id WHERE f.run_id = ? ORDER BY trace_id`
    : `SELECT * FROM ${table} WHERE run_id = ? ORDER BY ${ORDER[table]}`;
  return connection.prepare(sql).all(runId);
}

/** Reads a run, but its streams and sources. The diff of uncommitted changes is a source. */
export function readRun(connection: Connection, row: Row): ReadRun {
  const runId = Number(row["id"]);
  const contents: Contents = new Map();
  const tables = Object.fromEntries(
    TRAVEL_TABLES.map((table) => [
      table,
      rowsOf(connection, table, runId).map((one) =>
        toTravelRow(
          table === "attempts" ? shareable(one) : one,
          IDS,
        )
      ),
    ]),
  ) as unknown as TravelRecord["tables"];
  for (const { detail } of tables.deep_fingerprints) {
    const found = connection.prepare(
      "SELECT detail FROM deep_details WHERE hash = ?",
    ).get(String(detail));
    contents.set(`deep:${detail}`, String(found?.["detail"]));
  }
  return {
    record: {
      project: projectOf(connection, row),
      parent: parentOf(connection, row),
      run: toTravelRow(
        Object.fromEntries(
          FACT_COLUMNS.map((name) => [name, row[name] ?? null]),
        ),
        IDS,
      ),
      tables,
      factors: factorsOf(connection, runId, contents),
      programs: programRows(connection, runId, contents),
    },
    edits: editsOf(row),
    contents,
  };
}

/**
 * An attempt without what can hold secrets: the diff of uncommitted changes and the words of the command line travel as
 * sources.
 */
function shareable(row: Row): Row {
  const parsed = readJson<unknown>(row["environment"], undefined);
  if (!isRecord(parsed)) return row;
  const { argv: _, command: __, ...rest } = parsed;
  if (isRecord(rest["git"])) {
    const { diff: ___, ...git } = rest["git"];
    rest["git"] = git;
  }
  return { ...row, environment: JSON.stringify(rest) };
}

/** The words of a command line, without what they name as secrets: an older version stored those as they were. */
function wordsOf(environment: unknown): CommandWords {
  const parsed = readJson<unknown>(environment, undefined);
  if (!isRecord(parsed)) return {};
  return Object.fromEntries(
    COMMAND_WORDS.flatMap((name) => {
      const words = parsed[name];
      if (!isWords(words)) return [];
      const isSafe = secretsIn(words).length === 0;
      return [[name, isSafe ? words : hideInWords(words).words]];
    }),
  );
}

function projectOf(connection: Connection, row: Row): TravelRow {
  const found = connection.prepare(
    "SELECT name, description, created_at FROM projects WHERE id = ?",
  ).get(row["project_id"]!);
  return toTravelRow(found ?? {}, IDS);
}

/** Reads what people wrote about a run. */
export function editsOf(row: Row): TravelEdits {
  const text = (name: string): string | null =>
    typeof row[name] === "string" ? row[name] : null;
  const tags = readJson<unknown>(row["tags"], []);
  return {
    tags: Array.isArray(tags) ? tags.map(String) : [],
    name: text("name"),
    notes: text("notes"),
    deleted: text("deleted_at"),
  };
}

function factorsOf(
  connection: Connection,
  runId: number,
  contents: Contents,
): TravelRecord["factors"] {
  return readRecords(connection, runId).map(({ attempt, record }) => {
    const { dimension, factors, level, missing } = record;
    const set = setHash(factors);
    contents.set(`set:${set}`, JSON.stringify(factors));
    return { attempt, dimension, level, missing, set };
  }).sort((a, b) =>
    a.attempt - b.attempt || (a.dimension < b.dimension ? -1 : 1)
  );
}

function programRows(
  connection: Connection,
  runId: number,
  contents: Contents,
): TravelRecord["programs"] {
  return programsOf(connection, runId).map(({ attempt, hash, ...rest }) => {
    contents.set(
      `program:${hash}`,
      Buffer.from(rest.detail).toString("base64"),
    );
    return { attempt, hash, seal: rest.seal ?? null };
  });
}

/** Reads which streams a run has, and how far. */
export function streamsOf(
  connection: Connection,
  runId: number,
): StreamState[] {
  return [
    ...pointStreams(connection, runId),
    ...states(
      "call",
      connection.prepare(
        `SELECT trace_id AS key, attempt, max(call) + 1 AS next, count(*) AS rows FROM outputs
         WHERE run_id = ? GROUP BY trace_id, attempt`,
      ).all(runId),
    ),
    ...states(
      "console",
      connection.prepare(
        `SELECT '' AS key, attempt, max(start + bytes) AS next, count(*) AS rows FROM console
         WHERE run_id = ? GROUP BY attempt`,
      ).all(runId),
    ),
  ].sort(byName);
}

/** Orders streams by kind, attempt and key. */
export function byName(a: StreamName, b: StreamName): number {
  return compare(a.kind, b.kind) || a.attempt - b.attempt ||
    compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function states(kind: StreamName["kind"], rows: readonly Row[]): StreamState[] {
  return rows.map((row) => ({
    kind,
    key: String(row["key"]),
    attempt: Number(row["attempt"]),
    next: Number(row["next"]),
    rows: Number(row["rows"]),
  }));
}

/**
 * A series that is closed and was never cut has a summary that its writer keeps with its points; the points of any
 * other are counted.
 */
function pointStreams(connection: Connection, runId: number): StreamState[] {
  const series = connection.prepare(
    "SELECT id, key, attempt, closed, cut_step, count, next_seq FROM series WHERE run_id = ?",
  ).all(runId);
  const count = connection.prepare(
    `SELECT count(*) AS rows, coalesce(max(seq) + 1, 0) AS next FROM points WHERE series_id = ?`,
  );
  const tail = new Map(
    connection.prepare(
      `SELECT series_id, count(*) AS rows, max(seq) + 1 AS next FROM tail
       WHERE run_id = ? GROUP BY series_id`,
    ).all(runId).map((row) => [Number(row["series_id"]), row]),
  );
  return series.map((row) => {
    const isSummed = row["closed"] === 1 && row["cut_step"] === null;
    const stored = isSummed
      ? { rows: row["count"]!, next: row["next_seq"]! }
      : count.get(row["id"]!)!;
    const newest = tail.get(Number(row["id"]));
    return {
      kind: "point" as const,
      key: String(row["key"]),
      attempt: Number(row["attempt"]),
      next: Math.max(Number(stored["next"]), Number(newest?.["next"] ?? 0)),
      rows: Number(stored["rows"]) + Number(newest?.["rows"] ?? 0),
    };
  }).filter(({ rows }) => rows > 0);
}

/** The rows of a stream that are copied at once. */
const CHUNK = 16_384;

/** Reads the rows of a stream from a place on, in pieces. */
export function* readStream(
  connection: Connection,
  runId: number,
  { kind, key, attempt, from }: StreamName & { readonly from: number },
): Iterable<StreamPart> {
  const select = SELECT[kind];
  const params: SqlValue[] = select.params(runId, key, attempt, from);
  let rows: TravelRow[] = [];
  for (const row of connection.prepare(select.sql).iterate(...params)) {
    // The columns of a point are numbers or NULL, and there can be millions.
    rows.push(kind === "point" ? row as TravelRow : toTravelRow(row, IDS));
    if (rows.length < CHUNK) continue;
    yield { kind, key, attempt, rows };
    rows = [];
  }
  if (rows.length > 0) yield { kind, key, attempt, rows };
}

const POINTS = (table: string): string =>
  `SELECT p.step, p.seq, p.value, p.kind, s.start + p.at AS at FROM series s
   JOIN ${table} p ON p.series_id = s.id
   WHERE s.run_id = ? AND s.key = ? AND s.attempt = ? AND p.seq >= ?`;

const SELECT: Readonly<
  Record<StreamName["kind"], {
    readonly sql: string;
    params(
      runId: number,
      key: string,
      attempt: number,
      from: number,
    ): SqlValue[];
  }>
> = {
  point: {
    sql: `${POINTS("points")} UNION ALL ${POINTS("tail")} ORDER BY 2`,
    params: (...of) => [...of, ...of],
  },
  call: {
    sql: `SELECT call, sequence, outcome, hash, reason, sketch FROM outputs
      WHERE run_id = ? AND trace_id = ? AND attempt = ? AND call >= ? ORDER BY call`,
    params: (...of) => of,
  },
  console: {
    sql: `SELECT start, bytes, at, content FROM console
      WHERE run_id = ? AND attempt = ? AND start + bytes > ? ORDER BY start`,
    params: (runId, _key, attempt, from) => [runId, attempt, from],
  },
};

/** Reads the state of a run. */
export function stateOf(
  connection: Connection,
  row: Row,
  { record, edits }: ReadRun,
): TravelState {
  const state = record.tables.run_state[0];
  return {
    uuid: String(row["uuid"]),
    project: String(record.project["name"]),
    attempts: record.tables.attempts.map(attemptName),
    ended: row["status"] !== "running",
    heartbeat: Number(state?.["heartbeat"] ?? 0),
    streams: streamsOf(connection, Number(row["id"])),
    digest: digestOf(record),
    edits,
  };
}

/** The digest of a record: equal for files that know the same of a run, whatever their summaries say. */
export function digestOf(record: TravelRecord): string {
  const strip = (table: TravelTable, row: TravelRow): TravelRow =>
    Object.fromEntries(
      Object.entries(row).filter(([name]) =>
        !VOLATILE.has(name) && !(table === "series" && DERIVED.has(name))
      ),
    );
  const tables = TRAVEL_TABLES.map((table) =>
    record.tables[table].map((row) => JSON.stringify(strip(table, row))).sort()
  );
  const { run, parent, factors, programs } = record;
  return sha256(JSON.stringify([run, parent, tables, factors, programs]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Reads the texts that a run needs to show its code, inputs and uncommitted changes, and to be repeated. */
export function* readSources(
  connection: Connection,
  row: Row,
): Iterable<TravelSource> {
  const runId = Number(row["id"]);
  const place = { path: pathOf(connection), table: "programs", run: runId };
  const text = ([name, content]: readonly [string, Uint8Array]) => ({
    kind: "text" as const,
    name,
    content: Buffer.from(content).toString("base64"),
  });
  for (const program of programsOf(connection, runId)) {
    for (const one of textsOf(connection, program, place)) yield text(one);
  }
  for (const { record } of readRecords(connection, runId)) {
    if (record.dimension !== "inputs") continue;
    for (const one of textsOfInputs(connection, record)) yield text(one);
  }
  const sources = connection.prepare(SOURCES).all(runId, runId, runId);
  for (const { hash, source } of sources) {
    yield { kind: "source", name: String(hash), content: String(source) };
  }
  const attempts = connection.prepare(
    "SELECT attempt, environment FROM attempts WHERE run_id = ? ORDER BY attempt",
  ).all(runId);
  for (const { attempt, environment } of attempts) {
    const words = wordsOf(environment);
    if (Object.keys(words).length === 0) continue;
    const content = JSON.stringify(words);
    yield { kind: "words", name: String(attempt), content };
  }
  const diffs = connection.prepare(
    `SELECT attempt, environment FROM attempts WHERE run_id = ? AND json_valid(environment)
     AND json_extract(environment, '$.git.diff') IS NOT NULL ORDER BY attempt`,
  ).all(runId);
  for (const { attempt, environment } of diffs) {
    const { git } = JSON.parse(String(environment)) as {
      git: { diff: unknown };
    };
    yield { kind: "diff", name: String(attempt), content: String(git.diff) };
  }
}

/** The sources of a run: of its traced functions, of what these name, and of what they use. */
const SOURCES = `SELECT hash, source FROM sources WHERE hash IN (
  SELECT fingerprint FROM fingerprints WHERE run_id = ? UNION
  SELECT j.value FROM fingerprints f, json_each(f.uses) j WHERE f.run_id = ? AND f.uses IS NOT NULL UNION
  SELECT json_extract(j.value, '$.hash') FROM deep_fingerprints f
    JOIN deep_details d ON d.id = f.detail_id, json_each(d.detail, '$.dependencies') j
    WHERE f.run_id = ?) ORDER BY hash`;
