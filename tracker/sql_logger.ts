/**
 * Writing runs.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import {
  absorbFile,
  absorbLines,
  absorbSpills,
  findRegistered,
} from "./_absorb.ts";
import { artifactsOf, carryRun, isReadable, pointsOf } from "./_copy_run.ts";
import { storableCode } from "./_deep_store.ts";
import { hashFile, isMissing } from "./_hash_file.ts";
import { encodeJson } from "../internal/json.ts";
import { watch, yieldSignals } from "./_lifecycle.ts";
import { migrate } from "./_migrations.ts";
import { OutputWriter } from "./_output_writer.ts";
import { openWith } from "./_open_with.ts";
import { spillPath, WaitingRoom } from "./_outage.ts";
import { OwnFile } from "./_own_file.ts";
import { prepareFile } from "./_prepare_file.ts";
import { repeatedRun } from "./_repeat.ts";
import { identifyProcess } from "./_process_identity.ts";
import {
  checkArtifact,
  checkFinish,
  checkLoggerOptions,
  checkPoint,
  checkPoints,
  checkRunOptions,
  checkValues,
} from "./_logger_checks.ts";
import { checkName } from "./_check.ts";
import {
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
  writeArtifact,
  writeCode,
} from "./_run_store.ts";
import { type Point, SeriesWriter } from "./_series_writer.ts";
import { StepCounter } from "./_step_counter.ts";
import { dbPathOf, projectNameOf, type TrackerConfig } from "./db_path.ts";
import type { Connection, Driver } from "./driver.ts";
import { captureEnvironment, type RunEnvironment } from "./environment.ts";
import { sealOf } from "./seal.ts";
import {
  classifyStorageProblem,
  NewerSchemaError,
  StorageError,
  toStorageError,
} from "./errors.ts";
import { chooseDriver } from "./open.ts";
import { retryBusy, transact } from "./retry.ts";
import {
  type CodeRecord,
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
} from "../internal/run_source.ts";

/** A file that is open, and which one it is; a database in memory is none. */
interface OpenFile {
  readonly connection: Connection;
  readonly own: OwnFile | undefined;
}

/** Milliseconds between heartbeats. */
const HEARTBEAT = 10_000;
/** Milliseconds between looks at the clock's business. */
const TICK = 250;
/** Points that are handed on at once. */
const CHUNK = 1_000;
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
 * const best = await finder.findBestRun({ projectName: "demo", metric: "loss", mode: "min" });
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
  #steps = new StepCounter(0);
  /** The file that is open, as the file system knows it. */
  #own: OwnFile | undefined;
  /** What became of it, where that has not been told yet. */
  #moved: "there" | "gone" | "replaced" | undefined;
  /** Whether all that the run has logged is where it goes on. */
  #whole = true;
  /** The file that was taken away, still open. */
  #forsaken: Connection | undefined;
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
    checkLoggerOptions(options);
    this.#config = config;
    this.#options = options;
    this.#path = dbPathOf(config);
    this.#project = projectNameOf(config);
    checkName(this.#project, {
      action: "make a logger",
      what: "experiment.projectName",
    });
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
   * @throws {TrackerUsageError} if what is to be recorded is not what it should be, or the path of the
   *   database is that of a folder.
   * @throws {NewerSchemaError} if the file was written by a newer Ato.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`, or if nothing of the
   *   run could be kept beside it either, e.g. where its folder cannot be made.
   * @throws {RangeError} if the run to resume is not there.
   * @throws {Error} if the last run of this logger has not been finished, or if the run to resume
   *   is still being logged.
   */
  async run(options: RunOptions = {}): Promise<number> {
    checkRunOptions(options);
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
    this.#steps = new StepCounter(
      options.resume === undefined ? 0 : options.resume.step + 1,
    );
    const waiting = this.#makeWaitingRoom(this.#newRun);
    this.#waiting = waiting;
    try {
      this.#open(options, driver);
    } catch (error) {
      if (options.resume !== undefined) throw this.#wrapped(error, "open");
      if (this.#options.onError !== "throw") this.#waitFromTheStart(error);
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
   * @throws {TrackerUsageError} if the name is not a text that SQLite keeps, the value not a number,
   *   or the step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetric(key: string, value: number, step?: number): void {
    checkPoint(key, value, step);
    const metrics = this.#ready();
    const at = Math.trunc(this.#now());
    const theStep = step ?? this.#steps.next(key);
    if (metrics === undefined) {
      this.#waiting!.addPoints([{ key, value, step: theStep, at }]);
    } else {
      try {
        metrics.append(key, value, theStep, at);
      } catch (error) {
        this.#fail(error, "write");
        this.#waiting!.addPoints([{ key, value, step: theStep, at }]);
      }
    }
    this.#steps.count(key, theStep);
  }

  /**
   * Logs several metrics of one step, all or none, in one transaction.
   *
   * @param values Values by metric name.
   * @param step Their step; by default each key's next.
   * @throws {TrackerUsageError} if a name is not a text that SQLite keeps, a value not a number, or
   *   the step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetrics(values: Readonly<Record<string, number>>, step?: number): void {
    checkValues(values);
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
   * @throws {TrackerUsageError} if a name is not a text that SQLite keeps, a value not a number, or a
   *   step not an integer.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  logMetricBatch(points: readonly MetricPointInput[]): void {
    checkPoints(points);
    const metrics = this.#ready();
    const at = Math.trunc(this.#now());
    const stamped = this.#steps.number(points, at);
    if (metrics === undefined) this.#waiting!.addPoints(stamped);
    else {
      try {
        metrics.appendMany(stamped);
      } catch (error) {
        this.#fail(error, "write");
        this.#waiting!.addPoints(stamped);
      }
    }
    for (const { key, step } of stamped) this.#steps.count(key, step);
  }

  /**
   * Records a file that belongs to the run: its path, and its size and SHA-256. Where there is no such
   * file, a warning says so; a folder and an address such as `s3://bucket/model` have a path only.
   *
   * @param path The file; it is not copied.
   * @param options `type`, e.g. `model`, and any `metadata` that JSON can hold.
   * @throws {TrackerUsageError} if the path is not a text.
   * @throws {StorageError} if the database cannot be written and `onError` is `throw`.
   */
  logArtifact(
    path: string,
    options: { readonly type?: string; readonly metadata?: unknown } = {},
  ): void {
    checkArtifact(path, options);
    this.#ready();
    const info = options.metadata === undefined
      ? null
      : encodeJson(options.metadata).text;
    const file = hashFile(path);
    if (file === undefined) this.#tellMissing(path);
    const artifact = {
      path,
      type: options.type ?? null,
      info,
      at: Math.trunc(this.#now()),
      ...file,
    };
    this.#write(
      (connection, { runId }) =>
        writeArtifact(connection, { runId, ...artifact }),
      { artifact },
    );
  }

  /**
   * Ends the run and closes the file. A second call does nothing.
   *
   * @param options The status, or the error that ended the run.
   * @throws {TrackerUsageError} if there is no such status.
   * @throws {StorageError} if the file cannot be written and `onError` is `throw`.
   */
  async finish(options: FinishOptions = {}): Promise<void> {
    checkFinish(options);
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

  /** An artifact that is not there is kept, but is hardly what was meant. */
  #tellMissing(path: string): void {
    // Addresses of elsewhere; what may not be read cannot be told missing.
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || !isMissing(path)) return;
    this.#warn(
      `Cannot find the artifact ${path}: its path is recorded, without size and SHA-256; write the file first`,
    );
  }

  #source(): RunSource | undefined {
    const source = (this.#config as Record<symbol, unknown>)[RUN_SOURCE];
    return source as RunSource | undefined;
  }

  async #describe(options: RunOptions, driver: Driver): Promise<NewRun> {
    const config = plainConfig(this.#config);
    const { text, types } = encodeJson(config);
    const source = this.#source();
    const provenance = source?.history();
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

  #makeWaitingRoom(run: NewRun): WaitingRoom {
    return new WaitingRoom({
      capacity: this.#options.bufferSize ?? 10_000,
      sync: this.#options.synchronous === "full",
      path: (outage) => spillPath(this.#path, run.uuid, outage),
      header: () =>
        JSON.stringify({
          ato: "spill",
          version: 1,
          run: { ...run, uuid: this.#runUuid },
        }),
    });
  }

  #open(options: RunOptions, driver: Driver): void {
    const timeout = this.#timeout;
    const file = this.#connect(driver);
    const { connection } = file;
    try {
      // First, so that what an earlier attempt of a run left is there when the run is resumed.
      this.#takeUpSpills(connection);
      const work = (): Registered => this.#register(connection, options);
      this.#attach(file, transact(connection, { work, timeout }));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Opens the file, and remembers which one it is. */
  #connect(driver: Driver): OpenFile {
    const path = this.#path;
    prepareFile(path);
    const own = path === ":memory:" ? undefined : new OwnFile(path);
    const connection = openWith(driver, path, this.#options);
    try {
      migrate(connection, { path, timeout: this.#timeout });
      own?.noteCompanions();
      if (own !== undefined && own.state !== "there") {
        throw new StorageError(
          `Cannot open ${path}: it was taken away just then`,
          { problem: "io" },
        );
      }
    } catch (error) {
      connection.close();
      throw error;
    }
    return { connection, own };
  }

  #takeUpSpills(connection: Connection): void {
    try {
      const place = { path: this.#path, timeout: this.#timeout };
      for (const { path, reason } of absorbSpills(connection, place)) {
        this.#warn(
          `Cannot take up ${path}: ${reason}; it stays where it is, mend or remove it`,
        );
      }
    } catch (error) {
      this.#warn(
        `Cannot take up the spill files of ${this.#path}: ${String(error)}`,
      );
    }
  }

  /** Begins a run in the waiting room, unless nothing of it could be kept there either. */
  #waitFromTheStart(error: unknown): void {
    const problem = classifyStorageProblem(error);
    if (problem === undefined || error instanceof NewerSchemaError) return;
    const waiting = this.#waiting!;
    waiting.open();
    // A disk that is full can have room again before memory is full.
    if (waiting.reason === undefined || problem === "full") return;
    const { message } = this.#wrapped(error, "open") as Error;
    throw new StorageError(
      `${message}. Nothing of the run could be kept: no spill file can be made beside it either`,
      { problem, cause: error },
    );
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

  #attach({ connection, own }: OpenFile, registered: Registered): void {
    // Preparing reads the schema, which a writer may keep closed outside of WAL mode.
    const [metrics, outputs] = retryBusy((): [SeriesWriter, OutputWriter] => [
      new SeriesWriter(connection, registered, this.#timeout),
      new OutputWriter(connection, registered, this.#timeout),
    ], this.#timeout);
    this.#connection = connection;
    this.#own = own;
    this.#registered = registered;
    this.#runUuid = registered.uuid;
    this.#metrics = metrics;
    this.#outputs = outputs;
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
    const tick = performance.now();
    if (tick >= this.#nextBeat) this.#onBeat(tick);
    const mayTry = this.#retryAt === undefined
      ? this.#broken
      : tick >= this.#retryAt;
    if (mayTry) this.#recover();
    return this.#retryAt === undefined ? this.#metrics : undefined;
  }

  #onBeat(tick: number): void {
    this.#nextBeat = tick + TICK;
    yieldSignals(tick);
    this.#lookAfterFile();
    if (tick - this.#lastBeat >= HEARTBEAT) this.#beat();
  }

  #beat(): void {
    this.#lastBeat = performance.now();
    this.#lookAfterFile();
    const waiting = this.#waiting!;
    if (this.#retryAt !== undefined && performance.now() >= this.#retryAt) {
      this.#recover();
    }
    if (this.#retryAt !== undefined) waiting.touch();
    this.#write((connection, { runId }) => this.#writeState(connection, runId));
  }

  /** Says that the run is alive, and what became of the points that had to wait. */
  #writeState(connection: Connection, runId: number): void {
    const { dropped, spilled } = this.#waiting!;
    const at = Math.trunc(this.#now());
    beat(connection, { runId, at, dropped, spilled });
  }

  /** Whether the path still names the file that this run writes. */
  #isFileThere(): boolean {
    return this.#connection === undefined || this.#own === undefined ||
      this.#own.state === "there";
  }

  /** Goes on elsewhere where the file was deleted, renamed or replaced. */
  #lookAfterFile(): void {
    if (this.#isFileThere()) return;
    this.#leaveFile();
    this.#recover();
  }

  /**
   * Takes leave of a file that the path no longer names. It stays open, for all that the run has logged is
   * in it; nothing more is written to it or beside it.
   */
  #leaveFile(): void {
    const connection = this.#connection!;
    this.#moved = this.#own!.state;
    this.#forsaken = connection;
    this.#connection = undefined;
    this.#registered = undefined;
    this.#metrics = undefined;
    this.#outputs = undefined;
    this.#retryAt = performance.now();
    try {
      // Whoever renamed the file finds all in it; its -wal stayed behind.
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (classifyStorageProblem(error) === undefined) throw error;
      // Without it the file is as old as its last checkpoint; the run itself is carried over anyway.
    }
    try {
      this.#own!.removeCompanions();
    } catch {
      // It is tried again before the run goes on, and said then.
    }
  }

  #removeCompanions(): void {
    try {
      this.#own!.removeCompanions();
    } catch (cause) {
      throw new StorageError(
        `Cannot write ${this.#path}: it is another file now, and the -wal file of the old one cannot be removed`,
        { problem: "io", cause },
      );
    }
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
    const isNewer = error instanceof NewerSchemaError;
    if (isNewer && this.#ended) throw error;
    // SQLite refuses some writes to a file that was taken away. The run goes on elsewhere at once.
    if (!this.#isFileThere()) return this.#leaveFile();
    const wrapped = this.#wrapped(error, action);
    if (classifyStorageProblem(wrapped) === undefined && !isNewer) {
      throw wrapped;
    }
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

  /** Tries to write again: first what waits. */
  #recover(): void {
    this.#retryAt = undefined;
    try {
      const isNew = this.#registered === undefined;
      if (isNew) this.#reopen();
      if (isNew || this.#broken || !this.#waiting!.isEmpty) this.#settle();
      this.#broken = false;
      this.#reported = false;
    } catch (error) {
      if (this.#forsaken !== undefined) this.#keepForsaken(this.#forsaken);
      this.#fail(error, "write");
    }
  }

  /** Lets all that the run had logged wait, where the file in place of its own cannot be written. */
  #keepForsaken(old: Connection): void {
    const waiting = this.#waiting!;
    const uuid = this.#runUuid!;
    waiting.open();
    if (waiting.reason !== undefined) return;
    if (isReadable(old, uuid)) {
      let chunk: Point[] = [];
      for (const point of pointsOf(old, uuid)) {
        if (chunk.push(point) < CHUNK) continue;
        waiting.addPoints(chunk);
        chunk = [];
      }
      waiting.addPoints(chunk);
      for (const artifact of artifactsOf(old, uuid)) waiting.note({ artifact });
    }
    old.close();
    this.#forsaken = undefined;
  }

  /** Writes what waits, and takes up from the file. */
  #settle(): void {
    const connection = this.#connection!;
    const registered = this.#registered!;
    const timeout = this.#timeout;
    this.#waiting!.settle({
      file: (path) => this.#takeUp(connection, path),
      lines: (lines) => {
        const work = (): void => absorbLines(connection, registered, { lines });
        transact(connection, { work, timeout });
      },
    });
    this.#metrics!.recover();
    this.#outputs!.recover();
    const work = (): void => this.#writeState(connection, registered.runId);
    transact(connection, { work, timeout });
  }

  #takeUp(connection: Connection, path: string): void {
    try {
      absorbFile(connection, { path, timeout: this.#timeout });
    } catch (cause) {
      if (classifyStorageProblem(cause) !== undefined) throw cause;
      throw new StorageError(
        `Cannot take up ${path}: ${(cause as Error).message}`,
        { problem: "io", cause },
      );
    }
  }

  /** Opens a file that could not be opened when the run began, or that came in place of the run's own. */
  #reopen(): void {
    const timeout = this.#timeout;
    if (this.#own !== undefined) this.#removeCompanions();
    const file = this.#connect(this.#driver!);
    const { connection } = file;
    try {
      const work = (): Registered => this.#enter(connection);
      this.#attach(file, transact(connection, { work, timeout }));
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#tellMove();
  }

  /** Finds the run in a file, or writes it there: with all that it has logged, where that can be had. */
  #enter(connection: Connection): Registered {
    const uuid = this.#runUuid!;
    const old = this.#forsaken;
    this.#whole = old === undefined || isReadable(old, uuid);
    if (old !== undefined && this.#whole) carryRun(old, connection, uuid);
    return findRegistered(connection, uuid) ??
      registerRun(connection, this.#newRun!);
  }

  /** Says what became of the file, once it is known where the run goes on. */
  #tellMove(): void {
    this.#forsaken?.close();
    this.#forsaken = undefined;
    if (this.#moved === undefined) return;
    const what = this.#moved === "gone"
      ? "was deleted or renamed while a run was being logged; it goes on in a new file of that name"
      : "was replaced by another file while a run was being logged; it goes on in that one";
    this.#moved = undefined;
    const rest = this.#whole
      ? "it has all of the run"
      : "what the run had logged before could not be read";
    this.#warn(`${this.#path} ${what}; ${rest}`);
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
    this.#lookAfterFile();
    if (this.#retryAt !== undefined) this.#recover();
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    try {
      const unread = unreadKeys(this.#config);
      const finish = { status, error, at, duration, unread };
      this.#writeEnd(finish);
      if (this.#retryAt === undefined && !this.#isFileThere()) {
        this.#lookAfterFile();
        this.#writeEnd(finish);
      }
      const { dropped } = this.#waiting!;
      if (dropped > 0) {
        this.#warn(`${dropped} points of run ${this.#runUuid} found no place`);
      }
    } finally {
      this.#ended = true;
      clearInterval(this.#beats);
      if (!this.#disposing) this.#letGo();
    }
  }

  /** Writes how the run ended, after all that belongs to it. */
  #writeEnd(finish: Omit<Parameters<typeof endRun>[1], "runId">): void {
    const waiting = this.#waiting!;
    if (this.#retryAt === undefined) this.#closeSeries();
    if (this.#retryAt !== undefined) waiting.spillAll();
    const { dropped, spilled } = waiting;
    const { at } = finish;
    this.#write((connection, { runId }) => {
      beat(connection, { runId, at, dropped, spilled });
      endRun(connection, { runId, ...finish });
    }, { finish });
    if (this.#retryAt !== undefined) waiting.spillAll();
  }

  #closeSeries(): void {
    try {
      this.#metrics!.close();
      this.#outputs!.close(this.#now());
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
    this.#own = undefined;
    this.#forsaken?.close();
    this.#forsaken = undefined;
    this.#moved = undefined;
    this.#waiting?.close();
    connection?.close();
  }
}
