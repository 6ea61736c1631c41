/**
 * Writing runs.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import { absorbFile, absorbSpills } from "./_absorb.ts";
import { storableCode } from "./_deep_store.ts";
import { hashFile } from "./_hash_file.ts";
import { encodeJson } from "./_json.ts";
import { watch, yieldSignals } from "./_lifecycle.ts";
import { migrate } from "./_migrations.ts";
import { OutputWriter } from "./_output_writer.ts";
import { spillPath, WaitingRoom } from "./_outage.ts";
import { repeatedRun } from "./_repeat.ts";
import { identifyProcess } from "./_process_identity.ts";
import {
  checkPoint,
  describeError,
  findId,
  plainConfig,
  refuseAlive,
  repeatedId,
  structuralHash,
  unreadKeys,
} from "./_logger_support.ts";
import type {
  FinishOptions,
  MetricPointInput,
  RunOptions,
  SQLLoggerOptions,
} from "./logger_options.ts";
import {
  beat,
  endRun,
  type NewRun,
  type Registered,
  registerRun,
  resumeRun,
  writeCode,
} from "./_run_store.ts";
import { type Point, SeriesWriter } from "./_series_writer.ts";
import { toTimeText } from "./_times.ts";
import { dbPathOf, projectNameOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Driver } from "./driver.ts";
import { captureEnvironment, type RunEnvironment } from "./environment.ts";
import { sealOf } from "./seal.ts";
import {
  classifyStorageProblem,
  NewerSchemaError,
  toStorageError,
} from "./errors.ts";
import { chooseDriver, openForWriting } from "./open.ts";
import { retryBusy, transact } from "./retry.ts";
import {
  type CodeRecord,
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
} from "./run_source.ts";

/** Milliseconds between heartbeats. */
const HEARTBEAT = 10_000;
/** Milliseconds between looks at the clock's business. */
const TICK = 250;
/** Milliseconds before writing is tried again. */
const RETRY_AFTER = 1_000;

/**
 * Writes runs into one SQLite file. When `logMetric` returns, the point survives a killed process.
 *
 * @example
 * ```ts
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const config = {
 *   lr: 0.1,
 *   experiment: { projectName: "demo", sql: { dbPath: join(folder, "runs.db") } },
 * };
 * const logger = new SQLLogger(config);
 * const runId = await logger.run({ tags: ["first"] });
 * for (let step = 0; step < 3; step++) logger.logMetric("loss", 1 / (step + 1), step);
 * await logger.finish();
 *
 * const finder = new SQLFinder(config);
 * const best = await finder.findBestRun({ projectName: "demo", metricKey: "loss", mode: "min" });
 * assertEquals(best?.id, runId);
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export class SQLLogger {
  readonly #config: TrackerConfig;
  readonly #options: SQLLoggerOptions;
  readonly #path: string;
  readonly #project: string;
  readonly #now: () => number;
  readonly #timeout: number;
  #connection: Connection | undefined;
  #registered: Registered | undefined;
  #newRun: NewRun | undefined;
  #metrics: SeriesWriter | undefined;
  #outputs: OutputWriter | undefined;
  #waiting: WaitingRoom | undefined;
  #runUuid: string | undefined;
  #begun = 0;
  #ended = true;
  #nextBeat = 0;
  /** When writing may be tried again, while the file cannot be written. */
  #retryAt: number | undefined;
  #reported = false;
  #signal: string | undefined;
  #unwatch: (() => void) | undefined;
  #beats: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #driver: Driver | undefined;
  /** Whether a write failed, so that the metric writer must take up from the file. */
  #broken = false;
  #disposing = false;
  #unsubscribe: (() => void)[] = [];

  /**
   * Makes a logger; the file is opened by `run`.
   *
   * @param config An ADict or a plain object with `experiment.projectName` and
   *   `experiment.sql.dbPath` (or `project_name`, `db_path`).
   * @param options How to write.
   * @throws {TypeError} if the config names no project or no SQLite database.
   */
  constructor(config: TrackerConfig, options: SQLLoggerOptions = {}) {
    this.#config = config;
    this.#options = options;
    this.#path = dbPathOf(config);
    this.#project = projectNameOf(config);
    this.#now = options.now ?? Date.now;
    this.#timeout = options.busyTimeout ?? 30_000;
  }

  /** The config that it was made with. */
  get config(): TrackerConfig {
    return this.#config;
  }

  /** How it writes, as it was told. */
  get options(): SQLLoggerOptions {
    return this.#options;
  }

  /** The UUID of the current run, its identity across machines; `undefined` before `run`. */
  get runUuid(): string | undefined {
    return this.#runUuid;
  }

  /** The id of the current run in this file; `undefined` before `run` and while the file cannot be written. */
  get runId(): number | undefined {
    return this.#registered?.runId;
  }

  /**
   * Begins a run, or takes one up again.
   *
   * @param options What to record.
   * @returns the id of the run in this file; 0 if the file cannot be written and `onError` is
   *   `continue`: then the run waits beside the database and is taken up when that mends.
   * @throws {NewerSchemaError} if the file was written by a newer Ato.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   * @throws {RangeError} if the run to resume is not there.
   * @throws {Error} if the last run of this logger has not been finished, or if the run to resume
   *   is still being logged.
   */
  async run(options: RunOptions = {}): Promise<number> {
    if (!this.#ended) {
      throw new Error(
        "Cannot begin a run: the last one has not been finished; call finish first",
      );
    }
    const driver = this.#options.driver ?? await chooseDriver();
    this.#letGo();
    this.#driver = driver;
    this.#newRun = await this.#describe(options, driver);
    this.#runUuid = this.#newRun.uuid;
    this.#reported = false;
    this.#retryAt = undefined;
    this.#waiting = new WaitingRoom(spillPath(this.#path, this.#newRun.uuid), {
      capacity: this.#options.bufferSize ?? 10_000,
      header: () =>
        JSON.stringify({
          ato: "spill",
          version: 1,
          run: { ...this.#newRun, uuid: this.#runUuid },
        }),
    });
    try {
      await this.#open(options, driver);
    } catch (error) {
      if (options.resume !== undefined) throw this.#wrapped(error, "open");
      this.#fail(error, "open");
    }
    this.#begin();
    return this.#registered?.runId ?? 0;
  }

  /**
   * Logs one point. When this returns, killing the process cannot lose it.
   *
   * @param key The metric's name.
   * @param value Its value; NaN and the infinities are kept.
   * @param step Its step, an integer in any order; by default the one after the greatest of the key.
   * @throws {TypeError} if the value is not a number or the step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetric(key: string, value: number, step?: number): void {
    checkPoint(key, value, step);
    const metrics = this.#ready();
    const at = Math.trunc(this.#now());
    const tick = performance.now();
    if (tick >= this.#nextBeat) this.#onBeat(tick);
    if (metrics === undefined) return this.#wait([{ key, value, step, at }]);
    try {
      metrics.append(key, value, step, at);
    } catch (error) {
      this.#fail(error, "write");
      this.#wait([{ key, value, step, at }]);
    }
  }

  /**
   * Logs several metrics of one step, all or none, in one transaction.
   *
   * @param values Values by metric name.
   * @param step Their step; by default each key's next.
   * @throws {TypeError} if a value is not a number or the step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetrics(values: Readonly<Record<string, number>>, step?: number): void {
    this.logMetricBatch(
      Object.entries(values).map(([key, value]) => ({
        key,
        value,
        ...(step !== undefined && { step }),
      })),
    );
  }

  /**
   * Logs many points, all or none, in one transaction: the quick way for many at once.
   *
   * @param points The points.
   * @throws {TypeError} if a value is not a number or a step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetricBatch(points: readonly MetricPointInput[]): void {
    for (const { key, value, step } of points) checkPoint(key, value, step);
    const metrics = this.#ready();
    const at = Math.trunc(this.#now());
    const tick = performance.now();
    if (tick >= this.#nextBeat) this.#onBeat(tick);
    const stamped: Point[] = points.map(({ key, value, step }) => ({
      key,
      value,
      step,
      at,
    }));
    if (metrics === undefined) return this.#wait(stamped);
    try {
      metrics.appendMany(stamped);
    } catch (error) {
      this.#fail(error, "write");
      this.#wait(stamped);
    }
  }

  /**
   * Records a file that belongs to the run: its path, and its size and SHA-256 if it is there.
   *
   * @param path The file; it is not copied.
   * @param options `type`, e.g. `model`, and any `metadata` that JSON can hold.
   * @throws {StorageError} if the database cannot be written and `onError` is `throw`.
   */
  logArtifact(
    path: string,
    options: { readonly type?: string; readonly metadata?: unknown } = {},
  ): void {
    this.#ready();
    const info = options.metadata === undefined
      ? null
      : encodeJson(options.metadata).text;
    const file = hashFile(path);
    this.#write((connection, { runId }) => {
      connection.prepare(
        `INSERT INTO artifacts (run_id, path, data_type, data_info, size, sha256, logged_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        runId,
        path,
        options.type ?? null,
        info,
        file?.size ?? null,
        file?.sha256 ?? null,
        toTimeText(this.#now()),
      );
    }, { artifact: { path, type: options.type ?? null, info, ...file } });
  }

  /**
   * Ends the run and closes the file. A second call does nothing.
   *
   * @param options The status, or the error that ended the run.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  async finish(options: FinishOptions = {}): Promise<void> {
    if (this.#ended) return;
    await this.#collectLast();
    this.#finishNow(options);
  }

  /** What the config tells at the end: functions traced late, iterators left open. */
  async #collectLast(): Promise<void> {
    const source = this.#source();
    if (source === undefined) return;
    for (const record of await source.codeRecords()) this.#writeCode(record);
    source.flush?.();
  }

  /**
   * Runs `work` and ends the run with it: as `completed`, or as `failed` with the error, which is
   * thrown on.
   *
   * @param work What the run does.
   * @returns what `work` returns.
   * @throws whatever `work` throws.
   */
  async track<T>(work: () => T | Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.finish({ error });
      throw error;
    }
    await this.finish();
    return result;
  }

  /**
   * Ends the run as `completed` unless it has ended. JavaScript does not tell a disposer that its
   * block threw: where the error goes on to end the process, the run becomes `failed` with it after
   * all; where it is caught further out, use {@linkcode SQLLogger.track} instead.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    await this.#collectLast();
    this.#disposing = true;
    this.#finishNow(
      this.#signal === undefined ? {} : { status: "interrupted" },
    );
    // Whoever catches nothing is told of it before the next turn of the event loop.
    const grace = setTimeout(() => this.#letGo(), 0);
    void grace;
  }

  #source(): RunSource | undefined {
    const source = (this.#config as Record<symbol, unknown>)[RUN_SOURCE];
    return source as RunSource | undefined;
  }

  async #describe(options: RunOptions, driver: Driver): Promise<NewRun> {
    const config = plainConfig(this.#config);
    const { text, types } = encodeJson(config);
    const source = this.#source();
    const provenance = source?.provenance();
    const captured = await captureEnvironment();
    const { cwd, command = captured.argv } = captured;
    const seal = cwd === undefined || command === undefined
      ? undefined
      : sealOf({ command, cwd, config: { text, types } });
    const environment: RunEnvironment = {
      ...captured,
      ...(seal !== undefined && { seal }),
      ...(source && { scope: source.name }),
      sqlite: { driver: driver.name, version: driver.sqliteVersion },
    };
    return {
      uuid: randomUUID(),
      project: this.#project,
      config: text,
      configTypes: types.length === 0 ? null : JSON.stringify(types),
      structuralHash: await structuralHash(this.#config),
      tags: JSON.stringify(options.tags ?? []),
      name: options.name ?? null,
      notes: options.notes ?? null,
      parentId: null,
      seed: options.seed === undefined ? null : String(options.seed),
      startedAt: Math.trunc(this.#now()),
      provenance: provenance === undefined ? null : encodeJson(provenance).text,
      environment: JSON.stringify(environment),
      process: identifyProcess(),
    };
  }

  async #open(options: RunOptions, driver: Driver): Promise<void> {
    const timeout = this.#timeout;
    const connection = await openForWriting(this.#path, {
      ...this.#options,
      driver,
    });
    try {
      migrate(connection, { path: this.#path, timeout });
      const work = (): Registered => this.#register(connection, options);
      this.#attach(connection, {
        registered: transact(connection, { work, timeout }),
        options,
      });
    } catch (error) {
      connection.close();
      throw error;
    }
    try {
      absorbSpills(connection, { path: this.#path, timeout });
    } catch (error) {
      this.#warn(
        `Cannot take up the spill files of ${this.#path}: ${String(error)}`,
      );
    }
  }

  #register(connection: Connection, options: RunOptions): Registered {
    const run = this.#newRun!;
    if (options.resume === undefined) {
      const parentId = options.parent === undefined
        ? repeatedId(connection, repeatedRun())
        : findId(connection, options.parent);
      return registerRun(connection, { ...run, parentId });
    }
    const runId = findId(connection, options.resume.run);
    refuseAlive(connection, runId);
    return resumeRun(connection, { runId, step: options.resume.step, run });
  }

  #attach(
    connection: Connection,
    { registered, options }: { registered: Registered; options?: RunOptions },
  ): void {
    this.#connection = connection;
    this.#registered = registered;
    this.#runUuid = registered.uuid;
    const owner = { ...registered, fromStep: options?.resume?.step };
    // Preparing reads the schema, which a writer may keep closed outside of WAL mode.
    retryBusy(() => {
      this.#metrics = new SeriesWriter(connection, owner, this.#timeout);
      this.#outputs = new OutputWriter(connection, registered, this.#timeout);
    }, this.#timeout);
  }

  #begin(): void {
    this.#ended = false;
    this.#disposing = false;
    this.#signal = undefined;
    this.#begun = performance.now();
    this.#nextBeat = this.#begun + TICK;
    this.#lastBeat = this.#begun;
    this.#unwatch = watch({
      interrupted: () => this.#finishQuietly({ status: "interrupted" }),
      noticed: (signal) => this.#signal = signal,
      crashed: (error) => this.#finishQuietly({ error }),
      exiting: (code) => {
        if (!this.#ended) this.#finishQuietly(this.#statusAtExit(code));
      },
    });
    this.#beats = setInterval(() => this.#beat(), HEARTBEAT);
    this.#beats.unref();
    const source = this.#source();
    if (source === undefined) return;
    this.#unsubscribe = [
      source.onCode((record) => this.#writeCode(record)),
      source.onOutput((record) => this.#writeOutput(record)),
    ];
  }

  #statusAtExit(code: number): FinishOptions {
    if (this.#signal !== undefined) return { status: "interrupted" };
    return code === 0
      ? {}
      : { error: new Error(`The process ended with exit code ${code}`) };
  }

  /** The metric writer, or `undefined` while the file cannot be written. */
  #ready(): SeriesWriter | undefined {
    if (this.#ended) {
      throw new Error("Cannot log: no run has begun; call run first");
    }
    if (this.#retryAt === undefined) {
      if (this.#broken) this.#recover();
      return this.#metrics;
    }
    if (performance.now() < this.#retryAt) return undefined;
    this.#recover();
    return this.#retryAt === undefined ? this.#metrics : undefined;
  }

  #onBeat(tick: number): void {
    this.#nextBeat = tick + TICK;
    yieldSignals(tick);
    if (tick - this.#lastBeat >= HEARTBEAT) this.#beat();
  }

  #beat(): void {
    this.#lastBeat = performance.now();
    const waiting = this.#waiting!;
    if (this.#retryAt !== undefined && performance.now() >= this.#retryAt) {
      this.#recover();
    }
    this.#write((connection, { runId }) =>
      beat(connection, {
        runId,
        at: Math.trunc(this.#now()),
        dropped: waiting.dropped,
        spilled: waiting.spilled,
      })
    );
  }

  /** Writes something small about the run, unless the file cannot be written. */
  #write(
    work: (connection: Connection, registered: Registered) => void,
    note?: Record<string, unknown>,
  ): void {
    const connection = this.#connection;
    const registered = this.#registered;
    if (
      connection === undefined || registered === undefined ||
      this.#retryAt !== undefined
    ) {
      if (note !== undefined) this.#waiting?.note(note);
      return;
    }
    try {
      transact(connection, {
        work: () => work(connection, registered),
        timeout: this.#timeout,
      });
    } catch (error) {
      this.#fail(error, "write");
      if (note !== undefined) this.#waiting?.note(note);
    }
  }

  #writeCode(given: CodeRecord): void {
    const record = storableCode(given);
    const at = this.#now();
    this.#write(
      (connection, { runId }) => writeCode(connection, { runId, record, at }),
      {
        code: record,
      },
    );
  }

  #writeOutput(record: OutputRecord): void {
    if (this.#ended) return;
    if (this.#retryAt !== undefined || this.#outputs === undefined) {
      this.#waiting?.note({ output: record });
      return;
    }
    try {
      this.#outputs.write(record, this.#now());
    } catch (error) {
      this.#fail(error, "write");
      this.#waiting?.note({ output: record });
    }
  }

  #wrapped(error: unknown, action: string): unknown {
    const problem = classifyStorageProblem(error);
    if (problem === undefined) return error;
    return toStorageError(action, { path: this.#path, cause: error });
  }

  /** Says once what is wrong, and waits; or throws, for those who want that. */
  #fail(error: unknown, action: string): void {
    if (error instanceof NewerSchemaError) throw error;
    const wrapped = this.#wrapped(error, action);
    if (classifyStorageProblem(wrapped) === undefined) throw wrapped;
    if (this.#registered !== undefined) this.#broken = true;
    if (this.#options.onError === "throw") throw wrapped;
    this.#retryAt = performance.now() + RETRY_AFTER;
    if (this.#reported) return;
    this.#reported = true;
    this.#warn(
      `${(wrapped as Error).message}. The run goes on; its points wait.`,
    );
  }

  #warn(message: string): void {
    if (this.#options.onWarning !== undefined) this.#options.onWarning(message);
    else console.error(`ato: ${message}`);
  }

  #wait(points: readonly Point[]): void {
    for (const point of points) this.#waiting!.add(point);
  }

  /** Tries to write again: first what waits. */
  #recover(): void {
    this.#retryAt = undefined;
    try {
      if (this.#registered === undefined) this.#reopen();
      const metrics = this.#metrics!;
      if (this.#broken) metrics.recover();
      this.#broken = false;
      const points = this.#waiting!.take();
      try {
        metrics.appendMany(points);
      } catch (error) {
        this.#wait(points);
        throw error;
      }
      this.#reported = false;
    } catch (error) {
      this.#fail(error, "write");
    }
  }

  /** Opens a file that could not be opened when the run began. */
  #reopen(): void {
    const driver = this.#driver!;
    const connection = driver.connect(this.#path);
    try {
      connection.exec("PRAGMA busy_timeout = 50");
      migrate(connection, { path: this.#path, timeout: this.#timeout });
      const work = (): Registered => registerRun(connection, this.#newRun!);
      const registered = transact(connection, { work, timeout: this.#timeout });
      this.#attach(connection, { registered });
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** For handlers that must not throw, as the process is ending. */
  #finishQuietly(options: FinishOptions): void {
    try {
      this.#finishNow(options);
    } catch (error) {
      this.#warn(String(error));
    }
  }

  #finishNow(options: FinishOptions): void {
    const amends = this.#ended && this.#disposing &&
      options.error !== undefined;
    if (this.#ended && !amends) return;
    if (amends) this.#disposing = false;
    const status = options.status ??
      (options.error === undefined ? "completed" : "failed");
    const at = Math.trunc(this.#now());
    const error = options.error === undefined
      ? null
      : JSON.stringify(describeError(options.error));
    const duration = amends ? 0 : (performance.now() - this.#begun) / 1000;
    if (this.#retryAt !== undefined) this.#recover();
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    const waiting = this.#waiting!;
    if (this.#retryAt !== undefined) waiting.spillAll();
    try {
      if (this.#retryAt === undefined) this.#closeSeries();
      const { dropped, spilled } = waiting;
      const unread = unreadKeys(this.#config);
      const finish = { status, error, at, duration, unread };
      this.#write((connection, { runId }) => {
        beat(connection, { runId, at, dropped, spilled });
        endRun(connection, { runId, ...finish });
      }, { finish });
      if (this.#retryAt !== undefined && dropped > 0) waiting.note({ dropped });
      if (this.#retryAt === undefined && spilled > 0) this.#absorbOwn();
      if (dropped > 0) {
        this.#warn(`${dropped} points of run ${this.#runUuid} found no place`);
      }
    } finally {
      this.#ended = true;
      clearInterval(this.#beats);
      if (!this.#disposing) this.#letGo();
    }
  }

  #closeSeries(): void {
    try {
      this.#metrics!.close();
      this.#outputs!.close(this.#now());
    } catch (error) {
      this.#fail(error, "write");
    }
  }

  /** Takes up the run's own spill file, now that the file can be written again. */
  #absorbOwn(): void {
    try {
      absorbFile(this.#connection!, {
        path: this.#waiting!.path,
        timeout: this.#timeout,
      });
    } catch (error) {
      this.#fail(error, "write");
    }
  }

  /** Closes the file and stops listening to how the process ends. */
  #letGo(): void {
    if (!this.#ended) return;
    this.#disposing = false;
    this.#unwatch?.();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#metrics = undefined;
    this.#outputs = undefined;
    this.#registered = undefined;
    connection?.close();
  }
}
