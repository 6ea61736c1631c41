/** Writes metric points with their summaries and rollups, at about the cost of inserting the points alone. */
import {
  Bucket,
  BUCKET_SIZE,
  encodeValue,
  FAN_OUT,
  TOP_LEVEL,
} from "./_bucket.ts";
import {
  CLEAR_TAIL,
  drainTail,
  INSERT_ROLLUP,
  MOVE_TAIL,
  rebuildSeries,
} from "./_rebuild.ts";
import type { Connection, SqlValue, Statement } from "./driver.ts";
import { retryBusy, rollback, transact } from "./retry.ts";

/**
 * The largest number of rows of a run in `tail`. They are side by side there, so that a commit writes one page
 * however many metrics it logs. Moved in bulk, they cost little more than if they were written once.
 */
const TAIL_ROWS = 256;
/** The number of rows of one multi-row insert. */
const ROWS_A_STATEMENT = 64;

/** A point of a metric. */
export interface Point {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Level {
  /** Rows written so far. */
  n: number;
  /** The points that will be a row of the next level. */
  carry: Bucket;
  carried: number;
}

/** The state of a series. Only this writer writes the series, so memory and file agree. */
interface SeriesState {
  readonly id: number;
  readonly start: number;
  seq: number;
  summary: Bucket;
  /** Whether the stored summary is out of date. */
  touched: boolean;
  rolledStep: number;
  pending: Bucket;
  late: Bucket;
  lateEnd: number;
  levels: Level[];
}

/** The run that points belong to. */
export interface SeriesOwner {
  readonly runId: number;
  readonly projectId: number;
  readonly attempt: number;
}

/** A point that is in `tail`. */
interface Unmoved {
  readonly state: SeriesState;
  readonly step: number;
  readonly value: number | null;
  readonly kind: number | null;
}

const INSERT_TAIL = "INSERT INTO tail VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const TAIL_ROW = ", (?, ?, ?, ?, ?, ?, ?, ?)";
const INSERT_POINT = "INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)";
const POINT_ROW = ", (?, ?, ?, ?, ?, ?)";
const FOLD =
  `UPDATE series SET count = ?, nonfinite = ?, diverged_step = ?, first_step = ?, first = ?,
  last_step = ?, last = ?, last_kind = ?, min = ?, min_step = ?, max = ?, max_step = ?,
  rolled_step = ?, next_seq = ? WHERE id = ?`;

/** Writes the points of one run. After a method has thrown, call {@linkcode SeriesWriter.recover}. */
export class SeriesWriter {
  readonly #connection: Connection;
  readonly #owner: SeriesOwner;
  readonly #timeout: number;
  readonly #states = new Map<string, SeriesState>();
  readonly #statements = new Map<string, Statement>();
  readonly #insertTail: Statement;
  readonly #insertRollup: Statement;
  readonly #fold: Statement;
  #unmoved: Unmoved[] = [];
  #tailEnd = 0;

  constructor(connection: Connection, owner: SeriesOwner, timeout: number) {
    this.#connection = connection;
    this.#owner = owner;
    this.#timeout = timeout;
    this.#insertTail = connection.prepare(INSERT_TAIL);
    this.#insertRollup = connection.prepare(INSERT_ROLLUP);
    this.#fold = connection.prepare(FOLD);
  }

  /** Writes one point; it is durable when this returns. */
  append(point: Point): void {
    const { key, value, step, at } = point;
    const state = this.#states.get(key);
    if (state === undefined || this.#unmoved.length >= TAIL_ROWS - 1) {
      return this.appendMany([point]);
    }
    const [stored, kind] = encodeValue(value);
    const { runId } = this.#owner;
    const { id, seq, start } = state;
    const run = (): void =>
      this.#insertTail.run(
        runId,
        this.#tailEnd,
        id,
        step,
        seq,
        stored,
        kind,
        at - start,
      );
    retryBusy(run, this.#timeout);
    this.#tailEnd++;
    state.seq++;
    this.#unmoved.push({ state, step, value: stored, kind });
  }

  /** Writes many points, all or none. */
  appendMany(points: readonly Point[]): void {
    if (points.length === 0) return;
    const isNew = points.some(({ key }) => !this.#states.has(key));
    const fits = this.#unmoved.length + points.length < TAIL_ROWS;
    if (fits && !isNew) {
      const insert = this.#toTail(points);
      return retryBusy(insert, this.#timeout);
    }
    const connection = this.#connection;
    retryBusy(() => connection.exec("BEGIN IMMEDIATE"), this.#timeout);
    try {
      if (fits) this.#toTail(points)();
      else this.#toPoints(points);
      retryBusy(() => connection.exec("COMMIT"), this.#timeout);
    } catch (error) {
      rollback(connection);
      throw error;
    }
  }

  /** Updates every stored summary and marks the series as closed. */
  close(): void {
    const work = (): void => {
      this.#moveTail();
      this.#foldAll();
      this.#connection.prepare(
        "UPDATE series SET closed = 1 WHERE run_id = ? AND closed = 0",
      ).run(this.#owner.runId);
    };
    transact(this.#connection, { work, timeout: this.#timeout });
  }

  /** Discards the state in memory, and reads it from the file. */
  recover(): void {
    const { runId, attempt } = this.#owner;
    const work = (): void => {
      this.#states.clear();
      this.#unmoved = [];
      this.#tailEnd = 0;
      drainTail(this.#connection, runId);
      const rows = this.#connection.prepare(
        "SELECT id, key FROM series WHERE run_id = ? AND attempt = ?",
      ).all(runId, attempt);
      for (const row of rows) {
        rebuildSeries(this.#connection, Number(row["id"]));
        this.#states.set(String(row["key"]), this.#load(Number(row["id"])));
      }
    };
    transact(this.#connection, { work, timeout: this.#timeout });
  }

  /** Notes the points, and returns a function that writes their rows into `tail`. */
  #toTail(points: readonly Point[]): () => void {
    const params: SqlValue[] = [];
    for (const point of points) {
      const state = this.#states.get(point.key) ?? this.#create(point);
      const { step } = point;
      const [value, kind] = encodeValue(point.value);
      const at = point.at - state.start;
      params.push(
        this.#owner.runId,
        this.#tailEnd++,
        state.id,
        step,
        state.seq,
        value,
        kind,
        at,
      );
      state.seq++;
      this.#unmoved.push({ state, step, value, kind });
    }
    const statement = this.#multiInsert(INSERT_TAIL, TAIL_ROW, points.length);
    return () => statement.run(...params);
  }

  /** Moves the tail, then writes the points after it into `points`. */
  #toPoints(points: readonly Point[]): void {
    this.#moveTail();
    for (let from = 0; from < points.length; from += ROWS_A_STATEMENT) {
      const params: SqlValue[] = [];
      const chunk = points.slice(from, from + ROWS_A_STATEMENT);
      for (const point of chunk) {
        const state = this.#states.get(point.key) ?? this.#create(point);
        const { step } = point;
        const [value, kind] = encodeValue(point.value);
        params.push(
          state.id,
          step,
          state.seq,
          value,
          kind,
          point.at - state.start,
        );
        state.seq++;
        this.#note(state, step, value, kind);
      }
      this.#multiInsert(INSERT_POINT, POINT_ROW, chunk.length).run(...params);
    }
    this.#foldAll();
  }

  #moveTail(): void {
    if (this.#unmoved.length === 0) return;
    const { runId } = this.#owner;
    this.#prepared(MOVE_TAIL).run(runId);
    this.#prepared(CLEAR_TAIL).run(runId);
    for (const { state, step, value, kind } of this.#unmoved) {
      this.#note(state, step, value, kind);
    }
    this.#unmoved = [];
    this.#tailEnd = 0;
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #multiInsert(sql: string, row: string, rows: number): Statement {
    return this.#prepared(sql + row.repeat(rows - 1));
  }

  /** Adds a point to summary and rollups, and writes rollup rows that it completes. */
  #note(
    state: SeriesState,
    step: number,
    value: number | null,
    kind: number | null,
  ): void {
    state.touched = true;
    state.summary.add(step, value, kind);
    if (step <= state.rolledStep) {
      return this.#noteLate(state, step, value, kind);
    }
    state.pending.add(step, value, kind);
    if (state.pending.count < BUCKET_SIZE) return;
    const full = state.pending;
    state.pending = new Bucket();
    state.rolledStep = full.lastStep!;
    this.#writeRollup(state, 1, full);
  }

  /**
   * A point before the end of what is rolled up becomes a rollup row of its own (level 0), so that charts
   * have it at once; enough of them make one of level 1.
   */
  #noteLate(
    state: SeriesState,
    step: number,
    value: number | null,
    kind: number | null,
  ): void {
    const single = new Bucket();
    single.add(step, value, kind);
    this.#insertRollup.run(
      state.id,
      0,
      state.lateEnd++,
      ...single.rollupColumns(),
    );
    state.late.add(step, value, kind);
    if (state.late.count < BUCKET_SIZE) return;
    const full = state.late;
    state.late = new Bucket();
    this.#connection.prepare(
      "DELETE FROM rollups WHERE series_id = ? AND level = 0",
    ).run(state.id);
    this.#writeRollup(state, 1, full);
  }

  #writeRollup(state: SeriesState, number: number, bucket: Bucket): void {
    const level = state.levels[number - 1]!;
    this.#insertRollup.run(
      state.id,
      number,
      level.n++,
      ...bucket.rollupColumns(),
    );
    if (number === TOP_LEVEL) return;
    level.carry.merge(bucket);
    if (++level.carried < FAN_OUT) return;
    const full = level.carry;
    level.carry = new Bucket();
    level.carried = 0;
    this.#writeRollup(state, number + 1, full);
  }

  #foldAll(): void {
    for (const state of this.#states.values()) {
      if (!state.touched) continue;
      const rolled = Number.isFinite(state.rolledStep)
        ? state.rolledStep
        : null;
      this.#fold.run(
        ...state.summary.summaryColumns(),
        rolled,
        state.seq,
        state.id,
      );
      state.touched = false;
    }
  }

  #create(point: Point): SeriesState {
    const { runId, projectId, attempt } = this.#owner;
    this.#connection.prepare(
      "UPDATE series SET latest = 0 WHERE run_id = ? AND key = ?",
    ).run(
      runId,
      point.key,
    );
    const sql =
      `INSERT INTO series (run_id, project_id, key, attempt, start) VALUES (?, ?, ?, ?, ?)
      RETURNING id`;
    const row = this.#connection.prepare(sql).get(
      runId,
      projectId,
      point.key,
      attempt,
      point.at,
    )!;
    const state = newState(Number(row["id"]), point.at);
    this.#states.set(point.key, state);
    return state;
  }

  #load(id: number): SeriesState {
    const row = this.#connection.prepare("SELECT * FROM series WHERE id = ?")
      .get(id)!;
    const state = newState(id, Number(row["start"]));
    state.seq = Number(row["next_seq"]);
    state.summary = Bucket.fromSeries(row);
    const lastStep = state.summary.lastStep;
    if (lastStep === null) return state;
    state.rolledStep = lastStep;
    const rollups = this.#connection.prepare(
      "SELECT * FROM rollups WHERE series_id = ? AND level = ? ORDER BY n",
    );
    state.levels.forEach((level, index) => {
      const rows = rollups.all(id, index + 1);
      level.n = rows.length;
      level.carried = rows.length % FAN_OUT;
      for (const last of rows.slice(rows.length - level.carried)) {
        level.carry.merge(Bucket.fromRollup(last));
      }
    });
    return state;
  }
}

function newState(id: number, start: number): SeriesState {
  const level = (): Level => ({ n: 0, carry: new Bucket(), carried: 0 });
  return {
    id,
    start,
    seq: 0,
    summary: new Bucket(),
    touched: false,
    rolledStep: -Infinity,
    pending: new Bucket(),
    late: new Bucket(),
    lateEnd: 0,
    levels: Array.from({ length: TOP_LEVEL }, level),
  };
}
