/** Writes a run that came from elsewhere into a file, or what is new of it. */
import type { CommandWords } from "./command_words.ts";
import { addDiff, addWords } from "./land_words.ts";
import {
  copyParts,
  copySources,
  insertRows,
  insertRun,
  projectIn,
  storableValue,
} from "../_copy_run.ts";
import { copyFactors } from "../_copy_factors.ts";
import { rebuildSeries, refreshSeries } from "../_rebuild.ts";
import { encodeJson } from "../../internal/json.ts";
import type { Connection, Row, SqlValue, Statement } from "../driver.ts";
import { FACT_COLUMNS } from "./read.ts";
import type { StreamPart, TravelEdits, TravelRow } from "./shape.ts";
import { type Stage, STAGED } from "./stage.ts";
import { fromTravel } from "./values.ts";

/** Where a run is written. */
export interface Landed {
  /** Its id in the file. */
  readonly id: number;
  /** Whether it was added. */
  readonly isNew: boolean;
}

/**
 * Writes the run that is staged, without its streams. The caller has begun a transaction.
 *
 * @param to The file.
 * @param stage The run.
 * @param edits What people wrote about it.
 */
export function landRun(
  to: Connection,
  stage: Stage,
  edits: TravelEdits,
): Landed {
  const from = stage.connection;
  const row = stage.row();
  const uuid = String(row["uuid"]);
  const project = from.prepare("SELECT * FROM projects").get()!;
  const projectId = projectIn(to, project);
  const found = to.prepare("SELECT * FROM experiments WHERE uuid = ?").get(
    uuid,
  );
  const toId = found === undefined
    ? insertRun(to, { row, uuid, projectId })
    : Number(found["id"]);
  const copy = { from, to, fromId: STAGED, toId, projectId };
  if (found === undefined) copyParts(copy);
  else updateParts(copy, row);
  landSources(to, stage, toId);
  writeEdits(to, toId, edits);
  return { id: toId, isNew: found === undefined };
}

/** Adds the sources of the run that is staged, and the diffs and command lines that its attempts lack. */
export function landSources(to: Connection, stage: Stage, id: number): void {
  const from = stage.connection;
  copySources(from, to);
  copyTexts(from, to);
  const attempts = from.prepare(
    `SELECT attempt, json_extract(environment, '$.argv') AS argv, json_extract(environment, '$.command') AS command
     FROM attempts WHERE json_valid(environment)`,
  ).all();
  for (const { attempt, argv, command } of attempts) {
    const words: CommandWords = {
      ...(typeof argv === "string" && { argv: JSON.parse(argv) }),
      ...(typeof command === "string" && { command: JSON.parse(command) }),
    };
    addWords(to, { run: id, attempt: Number(attempt), words });
  }
  const diffs = from.prepare(
    `SELECT attempt, json_extract(environment, '$.git.diff') AS diff FROM attempts
     WHERE json_valid(environment) AND json_extract(environment, '$.git.diff') IS NOT NULL`,
  ).all();
  for (const { attempt, diff } of diffs) {
    if (typeof diff !== "string") continue;
    addDiff(to, { run: id, attempt: Number(attempt), diff });
  }
}

/** Writes what people wrote about a run. */
export function writeEdits(
  to: Connection,
  id: number,
  { tags, name, notes, deleted }: TravelEdits,
): void {
  to.prepare(
    "UPDATE experiments SET tags = ?, name = ?, notes = ?, deleted_at = ? WHERE id = ?",
  ).run(
    ...[encodeJson(tags).text, name, notes, deleted].map(storableValue),
    id,
  );
}

interface Update {
  readonly from: Connection;
  readonly to: Connection;
  readonly fromId: number;
  readonly toId: number;
  readonly projectId: number;
}

/** Updates everything but the streams: what is only ever added stays, the rest is replaced. */
function updateParts(update: Update, row: Row): void {
  const { to, toId } = update;
  to.prepare(
    `UPDATE experiments SET ${
      FACT_COLUMNS.map((name) => `${name} = ?`).join(", ")
    } WHERE id = ?`,
  ).run(...FACT_COLUMNS.map((name) => row[name] ?? null), toId);
  for (const table of REPLACED) {
    to.prepare(`DELETE FROM ${table} WHERE run_id = ?`).run(toId);
    const rows = stagedRows(update, table);
    const set = { run_id: toId };
    if (table === "deep_fingerprints") copyDeepRows(update, rows);
    else insertRows(to, { table, rows, set, skip: SKIPPED[table] ?? [] });
  }
  keepMissing(update, "attempts", ["attempt"]);
  keepMissing(update, "artifacts", ["path", "logged_at", "sha256"]);
  copyFactors(update);
  updateSeries(update);
}

const REPLACED = [
  "run_details",
  "run_state",
  "fingerprints",
  "fingerprint_gaps",
  "deep_fingerprints",
] as const;

const SKIPPED: Readonly<Record<string, readonly string[]>> = {
  fingerprints: ["id"],
  artifacts: ["id"],
};

function stagedRows({ from, fromId }: Update, table: string): Row[] {
  return from.prepare(`SELECT * FROM ${table} WHERE run_id = ?`).all(fromId);
}

function copyDeepRows({ from, to, toId }: Update, rows: readonly Row[]): void {
  for (const row of rows) {
    const { hash, detail } = from.prepare(
      "SELECT hash, detail FROM deep_details WHERE id = ?",
    ).get(row["detail_id"]!)!;
    to.prepare(
      "INSERT INTO deep_details (hash, detail) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
    ).run(hash!, detail!);
    const { id } = to.prepare("SELECT id FROM deep_details WHERE hash = ?")
      .get(hash!)!;
    insertRows(to, {
      table: "deep_fingerprints",
      rows: [row],
      set: { run_id: toId, detail_id: id! },
    });
  }
}

/** Adds the rows that the file does not have: what it has can say more, e.g. a diff that did not travel. */
function keepMissing(
  update: Update,
  table: string,
  identity: readonly string[],
): void {
  const { to, toId } = update;
  const find = to.prepare(
    `SELECT 1 AS found FROM ${table} WHERE run_id = ? AND ${
      identity.map((name) => `${name} IS ?`).join(" AND ")
    }`,
  );
  for (const row of stagedRows(update, table)) {
    const values = identity.map((name) => row[name] ?? null);
    if (find.get(toId, ...values) !== undefined) continue;
    const skip = SKIPPED[table] ?? [];
    insertRows(to, { table, rows: [row], set: { run_id: toId }, skip });
  }
}

/** Adds the series that the file does not have, and takes over which points count. */
function updateSeries(update: Update): void {
  const { to, toId, projectId } = update;
  const find = to.prepare(
    "SELECT id, cut_step FROM series WHERE run_id = ? AND key = ? AND attempt = ?",
  );
  for (const row of stagedRows(update, "series")) {
    const { key, attempt, latest, closed, cut_step } = row;
    const found = find.get(toId, key!, attempt!);
    if (found === undefined) {
      insertRows(to, {
        table: "series",
        rows: [row],
        set: { run_id: toId, project_id: projectId },
        skip: ["id"],
      });
      continue;
    }
    to.prepare(
      "UPDATE series SET latest = ?, closed = ?, cut_step = ? WHERE id = ?",
    ).run(latest!, closed!, cut_step ?? null, found["id"]!);
    if (found["cut_step"] !== cut_step) {
      rebuildSeries(to, Number(found["id"]));
    }
  }
}

function copyTexts(from: Connection, to: Connection): void {
  const insert = to.prepare(
    "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
  );
  for (
    const { sha256, content } of from.prepare(
      "SELECT sha256, content FROM texts",
    ).iterate()
  ) insert.run(sha256!, content!);
}

/** Adds parts of streams to a run. Rows that the file has are not added again. */
export class StreamWriter {
  readonly #to: Connection;
  readonly #id: number;
  readonly #series = new Map<string, { id: number; start: number }>();
  /** The series that got points, and whether all of them come after what was rolled up. */
  readonly #touched = new Map<number, { later: boolean; rolled: number }>();
  readonly #point: Statement;
  readonly #moved: Statement;

  /**
   * @param to The file.
   * @param id The run.
   */
  constructor(to: Connection, id: number) {
    this.#to = to;
    this.#id = id;
    this.#point = to.prepare(
      "INSERT OR IGNORE INTO points VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#moved = to.prepare(
      "SELECT 1 AS found FROM tail WHERE run_id = ? LIMIT 1",
    );
  }

  /** Adds a part. */
  add({ kind, key, attempt, rows }: StreamPart): void {
    if (kind === "point") return this.#addPoints(key, attempt, rows);
    const table = kind === "call" ? "outputs" : "console";
    const columns = kind === "call" ? CALL : CONSOLE;
    const fixed: SqlValue[] = kind === "call"
      ? [this.#id, key, attempt]
      : [this.#id, attempt];
    const first = kind === "call"
      ? "run_id, trace_id, attempt"
      : "run_id, attempt";
    const insert = this.#to.prepare(
      `INSERT OR ${kind === "call" ? "IGNORE" : "REPLACE"} INTO ${table}
       (${first}, ${columns.join(", ")}) VALUES (${
        [...fixed, ...columns].map(() => "?").join(", ")
      })`,
    );
    for (const row of rows) {
      insert.run(...fixed, ...columns.map((name) => fromTravel(row[name])));
    }
  }

  #addPoints(key: string, attempt: number, rows: readonly TravelRow[]): void {
    const { id, start } = this.#seriesOf(
      key,
      attempt,
      Number(rows[0]?.["at"]),
    );
    const touched = this.#touched.get(id)!;
    for (const { step, seq, value, kind, at } of rows) {
      if (Number(step) <= touched.rolled) touched.later = false;
      this.#point.run(
        id,
        number(step),
        number(seq),
        number(value),
        number(kind),
        Number(at) - start,
      );
    }
  }

  #seriesOf(
    key: string,
    attempt: number,
    at: number,
  ): { id: number; start: number } {
    const name = JSON.stringify([key, attempt]);
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    if (this.#moved.get(this.#id) !== undefined) this.#moveTail();
    // A metric that the record does not name is one that was first logged after it was read.
    this.#to.prepare(
      `INSERT INTO series (run_id, project_id, key, attempt, start)
       SELECT id, project_id, ?, ?, ? FROM experiments WHERE id = ?
       ON CONFLICT (run_id, key, attempt) DO NOTHING`,
    ).run(storableValue(key), attempt, at, this.#id);
    const row = this.#to.prepare(
      "SELECT id, start, rolled_step, count FROM series WHERE run_id = ? AND key = ? AND attempt = ?",
    ).get(this.#id, storableValue(key), attempt)!;
    const found = { id: Number(row["id"]), start: Number(row["start"]) };
    this.#series.set(name, found);
    this.#touched.set(found.id, {
      later: Number(row["count"]) > 0 && row["rolled_step"] !== null,
      rolled: Number(row["rolled_step"]),
    });
    return found;
  }

  /** The newest points of a run that was being written are moved, so that a point has one place. */
  #moveTail(): void {
    this.#to.prepare(
      `INSERT OR IGNORE INTO points (series_id, step, seq, value, kind, at)
       SELECT series_id, step, seq, value, kind, at FROM tail WHERE run_id = ?`,
    ).run(this.#id);
    this.#to.prepare("DELETE FROM tail WHERE run_id = ?").run(this.#id);
    const all = this.#to.prepare("SELECT id FROM series WHERE run_id = ?")
      .all(this.#id);
    for (const { id } of all) rebuildSeries(this.#to, Number(id));
  }

  /** Updates the summaries. */
  finish(): void {
    for (const [id, { later }] of this.#touched) {
      if (later) refreshSeries(this.#to, id);
      else rebuildSeries(this.#to, id);
    }
    this.#to.prepare(
      `UPDATE series SET closed = 1 WHERE run_id = ?
       AND (SELECT status FROM experiments WHERE id = ?) != 'running'`,
    ).run(this.#id, this.#id);
  }
}

/** A column of a point. */
function number(value: unknown): number | null {
  if (value === null || typeof value === "number") return value;
  throw new TypeError("it has a point that is not a number");
}

const CALL = ["call", "sequence", "outcome", "hash", "reason", "sketch"];
const CONSOLE = ["start", "bytes", "at", "content"];
