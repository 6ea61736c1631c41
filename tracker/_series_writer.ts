/** Writes metric points, with their summaries and rollups, at about the cost of a bare insert. */
import {
  Bucket,
  BUCKET_SIZE,
  encodeValue,
  FAN_OUT,
  TOP_LEVEL,
} from "./_bucket.ts";
import { INSERT_ROLLUP, rebuildSeries } from "./_rebuild.ts";
import type { Connection, SqlValue, Statement } from "./driver.ts";
import { retryBusy, rollback, transact } from "./retry.ts";

/** Points after which the stored summary is brought up to date. Readers scan what came since. */
const FOLD_EVERY = 32;
/** Rows of one multi-row insert. */
const ROWS_A_STATEMENT = 64;

/** A point as the writer takes it. */
export interface Point {
  readonly key: string;
  readonly value: number;
  /** By default the one after the greatest of its key. */
  readonly step: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Level {
  /** Rows written so far. */
  n: number;
  /** What waits to become a row of the next level. */
  carry: Bucket;
  carried: number;
}

/** What the writer knows of a series; it owns the series, so memory and file cannot part. */
interface SeriesState {
  readonly id: number;
  readonly start: number;
  seq: number;
  nextStep: number;
  summary: Bucket;
  foldedStep: number;
  unfolded: number;
  /** Whether a point came behind the stored summary, where readers would not look for it. */
  behind: boolean;
  rolledStep: number;
  pending: Bucket;
  late: Bucket;
  levels: Level[];
}

/** Whose points these are. */
export interface SeriesOwner {
  readonly runId: number;
  readonly projectId: number;
  readonly attempt: number;
  /** The step from which the run resumed, if it did. */
  readonly fromStep: number | undefined;
}

const INSERT_POINT = "INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)";
const FOLD =
  `UPDATE series SET count = ?, nonfinite = ?, diverged_step = ?, first_step = ?, first = ?,
  last_step = ?, last = ?, last_kind = ?, min = ?, min_step = ?, max = ?, max_step = ?,
  folded_step = ?, rolled_step = ?, next_seq = ? WHERE id = ?`;

/** The writer of one run. After any method has thrown, call {@linkcode SeriesWriter.recover}. */
export class SeriesWriter {
  readonly #connection: Connection;
  readonly #owner: SeriesOwner;
  readonly #timeout: number;
  readonly #states = new Map<string, SeriesState>();
  readonly #multi = new Map<number, Statement>();
  readonly #insert: Statement;
  readonly #insertRollup: Statement;
  readonly #fold: Statement;

  constructor(connection: Connection, owner: SeriesOwner, timeout: number) {
    this.#connection = connection;
    this.#owner = owner;
    this.#timeout = timeout;
    this.#insert = connection.prepare(INSERT_POINT);
    this.#insertRollup = connection.prepare(INSERT_ROLLUP);
    this.#fold = connection.prepare(FOLD);
  }

  /** Writes one point; it is durable when this returns. */
  append(
    key: string,
    value: number,
    step: number | undefined,
    at: number,
  ): void {
    const state = this.#states.get(key);
    if (state === undefined || !this.#isPlain(state, step ?? state.nextStep)) {
      return this.appendMany([{ key, value, step, at }]);
    }
    const theStep = step ?? state.nextStep;
    const [stored, kind] = encodeValue(value);
    const run = (): void =>
      this.#insert.run(
        state.id,
        theStep,
        state.seq,
        stored,
        kind,
        at - state.start,
      );
    try {
      run();
    } catch {
      // Most likely a lock; anything else comes again from the retry.
      retryBusy(run, this.#timeout);
    }
    this.#note(state, theStep, stored, kind);
  }

  /** Writes many points, all or none. */
  appendMany(points: readonly Point[]): void {
    if (points.length === 0) return;
    const plain = points.length <= ROWS_A_STATEMENT && this.#arePlain(points);
    if (plain) {
      return this.#insertRows(points, (work) => retryBusy(work, this.#timeout));
    }
    const connection = this.#connection;
    retryBusy(() => connection.exec("BEGIN IMMEDIATE"), this.#timeout);
    try {
      for (let from = 0; from < points.length; from += ROWS_A_STATEMENT) {
        this.#insertRows(
          points.slice(from, from + ROWS_A_STATEMENT),
          (work) => work(),
        );
      }
      for (const state of this.#states.values()) this.#foldIfDue(state);
      retryBusy(() => connection.exec("COMMIT"), this.#timeout);
    } catch (error) {
      rollback(connection);
      throw error;
    }
  }

  /** Brings every stored summary up to date and marks the series as closed. */
  close(): void {
    const work = (): void => {
      for (const state of this.#states.values()) {
        if (state.unfolded > 0) this.#foldNow(state);
      }
      this.#connection.prepare(
        "UPDATE series SET closed = 1 WHERE run_id = ? AND closed = 0",
      ).run(this.#owner.runId);
    };
    transact(this.#connection, { work, timeout: this.#timeout });
  }

  /** Forgets what memory holds and takes up from the file. */
  recover(): void {
    this.#states.clear();
    const { runId, attempt } = this.#owner;
    const work = (): void => {
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

  /** Whether a point needs nothing but its own row. */
  #isPlain(state: SeriesState, step: number): boolean {
    return step > state.foldedStep && state.unfolded + 1 < FOLD_EVERY &&
      state.pending.count + 1 < BUCKET_SIZE;
  }

  #arePlain(points: readonly Point[]): boolean {
    const seen = new Set<string>();
    for (const { key, step } of points) {
      const state = this.#states.get(key);
      if (state === undefined || seen.has(key)) return false;
      if (!this.#isPlain(state, step ?? state.nextStep)) return false;
      seen.add(key);
    }
    return true;
  }

  /** Takes up the points and writes their rows; what follows from them is written on the way. */
  #insertRows(
    points: readonly Point[],
    attempt: (work: () => void) => void,
  ): void {
    const params: SqlValue[] = [];
    for (const point of points) {
      const state = this.#states.get(point.key) ?? this.#create(point);
      const step = point.step ?? state.nextStep;
      const [stored, kind] = encodeValue(point.value);
      params.push(
        state.id,
        step,
        state.seq,
        stored,
        kind,
        point.at - state.start,
      );
      this.#note(state, step, stored, kind);
    }
    const statement = this.#multiInsert(points.length);
    attempt(() => statement.run(...params));
  }

  #multiInsert(rows: number): Statement {
    if (rows === 1) return this.#insert;
    let statement = this.#multi.get(rows);
    if (statement === undefined) {
      statement = this.#connection.prepare(
        INSERT_POINT + ", (?, ?, ?, ?, ?, ?)".repeat(rows - 1),
      );
      this.#multi.set(rows, statement);
    }
    return statement;
  }

  /** Takes a point into summary and rollups, and writes rollup rows that it completes. */
  #note(
    state: SeriesState,
    step: number,
    value: number | null,
    kind: number | null,
  ): void {
    state.seq++;
    state.unfolded++;
    if (step <= state.foldedStep) state.behind = true;
    if (step >= state.nextStep) state.nextStep = step + 1;
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
   * A point behind what is already rolled up becomes a rollup row of its own (level 0), so that
   * charts see it at once; enough of them make one of level 1.
   */
  #noteLate(
    state: SeriesState,
    step: number,
    value: number | null,
    kind: number | null,
  ): void {
    const single = new Bucket();
    single.add(step, value, kind);
    this.#insertRollup.run(state.id, 0, state.seq, ...single.rollupColumns());
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

  /** Folds a series where enough came, or where a point came behind the stored summary. */
  #foldIfDue(state: SeriesState): void {
    if (state.unfolded >= FOLD_EVERY || state.behind) this.#foldNow(state);
  }

  #foldNow(state: SeriesState): void {
    const rolled = Number.isFinite(state.rolledStep) ? state.rolledStep : null;
    const { lastStep } = state.summary;
    this.#fold.run(
      ...state.summary.summaryColumns(),
      lastStep,
      rolled,
      state.seq,
      state.id,
    );
    state.foldedStep = lastStep!;
    state.unfolded = 0;
    state.behind = false;
  }

  #create(point: Point): SeriesState {
    const { runId, projectId, attempt, fromStep } = this.#owner;
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
    const state = newState(
      Number(row["id"]),
      point.at,
      fromStep === undefined ? 0 : fromStep + 1,
    );
    this.#states.set(point.key, state);
    return state;
  }

  #load(id: number): SeriesState {
    const row = this.#connection.prepare("SELECT * FROM series WHERE id = ?")
      .get(id)!;
    const state = newState(id, Number(row["start"]), 0);
    state.seq = Number(row["next_seq"]);
    state.summary = Bucket.fromSeries(row);
    const lastStep = state.summary.lastStep;
    if (lastStep === null) return state;
    state.nextStep = lastStep + 1;
    state.foldedStep = state.rolledStep = lastStep;
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

function newState(id: number, start: number, nextStep: number): SeriesState {
  const level = (): Level => ({ n: 0, carry: new Bucket(), carried: 0 });
  return {
    id,
    start,
    seq: 0,
    nextStep,
    summary: new Bucket(),
    foldedStep: -Infinity,
    unfolded: 0,
    behind: false,
    rolledStep: -Infinity,
    pending: new Bucket(),
    late: new Bucket(),
    levels: Array.from({ length: TOP_LEVEL }, level),
  };
}
