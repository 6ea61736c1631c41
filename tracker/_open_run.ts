/** A run that is being logged. */
import { resolve } from "node:path";
import { Backlog } from "./_backlog.ts";
import type { NewRunPlan } from "./_begin_run.ts";
import { ConsoleBuffer, KEPT_END } from "./_console_buffer.ts";
import type { ConsoleNote } from "./_console_store.ts";
import type { ConsoleStream } from "./console.ts";
import { storableCode } from "./_deep_store.ts";
import { within } from "./_describe_factors.ts";
import { type FactorRecord, lacking } from "./_factor_record.ts";
import { InputWriter } from "./_input_writer.ts";
import { type LateConfig, lateConfig } from "./_late_config.ts";
import { processObserver } from "../internal/process_observer.ts";
import { filesOf, programNote, type ProgramRecord } from "./_program_store.ts";
import { projectRoot } from "./_project_root.ts";
import {
  handedProgram,
  type TakenProgram,
  takeProgram,
} from "./_take_program.ts";
import { sourceOf } from "./_describe_run.ts";
import { Endings } from "./_endings.ts";
import { Heartbeat } from "./_heartbeat.ts";
import { resetSignals } from "./_lifecycle.ts";
import { describeError, unreadKeys } from "./_logger_support.ts";
import type { LoggerSettings } from "./_logger_settings.ts";
import { isNotCapable } from "./_missing_permission.ts";
import type { RunFile } from "./_run_file.ts";
import { RunPlace } from "./_run_place.ts";
import type { Artifact, NewRun } from "./_run_store.ts";
import { type Note, Sink } from "./_sink.ts";
import { SpillFile } from "./_spill_file.ts";
import { spillPath } from "./_spills.ts";
import { StepCounter } from "./_step_counter.ts";
import { messageOf } from "../internal/errors.ts";
import type { LateRecord, SeenRead } from "../internal/run_inputs.ts";
import type { RunSource } from "../internal/run_source.ts";
import {
  classifyStorageProblem,
  NewerSchemaError,
  StorageError,
  toStorageError,
} from "./errors.ts";
import type {
  FinishOptions,
  MetricPointInput,
  RunOptions,
} from "./logger_options.ts";

/** Milliseconds that a start waits for the snapshot of the program. */
const PATIENCE = 1_500;

/** A run that is being logged, until {@linkcode OpenRun.isOpen} is false. */
export class OpenRun {
  /** Its UUID. */
  readonly uuid: string;
  readonly #settings: LoggerSettings;
  readonly #place: RunPlace;
  readonly #backlog: Backlog;
  readonly #sink: Sink<RunFile>;
  readonly #steps: StepCounter;
  readonly #heartbeat: Heartbeat;
  readonly #endings: Endings;
  readonly #trial: RunOptions["trial"];
  /** Whether the program itself ends the run. */
  #isFinishing = false;
  /** Whether the program was written with the run. */
  readonly #hasProgram: boolean;
  readonly #source: RunSource | undefined;
  /** The run as it was recorded at its start. */
  readonly #run: NewRun;
  readonly #inputs: InputWriter;
  /** The project's root, once a snapshot of the program is there. */
  #projectRoot: string | undefined;
  #taken: ProgramRecord | undefined;
  /** What code lacks until the source has said more. */
  #lacks: readonly string[];
  /** The configs that were recorded, as JSON. */
  readonly #configs: string[];
  /** What became known of the config after the start. */
  #lateConfig: LateConfig = {};
  #program: Promise<void> | undefined;
  #hasLateProgram = false;
  readonly #unsubscribe: readonly (() => void)[];
  /** What its program prints, if that is recorded. */
  #console: ConsoleBuffer | undefined;
  #spilledConsole = 0;
  /** What is recorded as soon as it is known; awaited before the run ends. */
  readonly #pending: Promise<void>[] = [];
  /** The newest collecting of what is known only at the end. */
  #collecting: Promise<void> | undefined;
  readonly #started: number = performance.now();

  /**
   * @param plan The run, and how to write it.
   * @param opened The file that it is registered in, or why that could not be opened.
   * @param beat Milliseconds between heartbeats. @default {10000}
   * @throws {StorageError} If the file could not be opened and nothing of the run can be kept beside it.
   */
  constructor(
    plan: NewRunPlan,
    opened: RunFile | { readonly error: unknown },
    beat?: number,
  ) {
    const { settings, driver, options: { resume, trial } } = plan;
    const file = "error" in opened ? undefined : opened;
    const run = { ...plan.run, uuid: file?.run.uuid ?? plan.run.uuid };
    this.uuid = run.uuid;
    this.#settings = settings;
    this.#trial = trial;
    const next = resume === undefined ? 0 : resume.step + 1;
    this.#steps = new StepCounter(file?.run.nextStep ?? next);
    this.#place = new RunPlace(settings, driver, run);
    this.#backlog = makeBacklog(settings, run, plan.run.uuid);
    this.#sink = new Sink({
      path: settings.path,
      place: this.#place,
      file,
      backlog: this.#backlog,
      onError: settings.onError,
      warn: settings.warn,
      clock: () => performance.now(),
    });
    this.#hasProgram = file !== undefined && plan.taken !== undefined;
    if ("error" in opened) this.#startSuspended(opened.error);
    this.#heartbeat = new Heartbeat(this.#sink, beat);
    this.#endings = new Endings({
      end: (options, amends) => this.#end(options, amends),
      release: () => this.#release(),
      warn: settings.warn,
    });
    this.#source = sourceOf(settings.config);
    this.#run = run;
    this.#configs = [run.config];
    const unsettled = this.#source?.unsettled;
    this.#lacks = unsettled === undefined ? [] : [unsettled];
    this.#inputs = new InputWriter({
      database: resolve(settings.path),
      root: () => this.#root(),
      write: (inputs) => this.#note({ inputs }),
      track: (work) => void this.#await(work),
    });
    if (plan.taken !== undefined) this.#keepRoot(plan.taken);
    this.#unsubscribe = this.#source === undefined ? [] : [
      this.#source.onCode((record) =>
        this.#sink.addNote({ code: storableCode(record) })
      ),
      this.#source.onOutput((output) => this.#sink.addNote({ output })),
      ...this.#subscribe(this.#source),
    ];
    if (plan.late !== undefined) this.#await(this.#takeLate(plan.late));
  }

  /**
   * Records the program, so that it is stored before the run does anything. A snapshot that takes long is
   * recorded when it is there, at the latest when the run ends.
   */
  async recordProgram(): Promise<void> {
    if (this.#settings.snapshot && !this.#hasProgram) {
      this.#program = this.#await(this.#takeProgram());
      await within(this.#program, PATIENCE);
    }
    // Also if there was nothing to wait for: another run of this process may have waited.
    resetSignals();
  }

  /** Remembers work whose error the end of the run throws. */
  #await(work: Promise<void>): Promise<void> {
    this.#pending.push(work);
    return work.catch(() => undefined);
  }

  async #takeProgram(): Promise<void> {
    const cache = this.#sink.file?.cache;
    const taken = await takeProgram(this.#source, cache);
    this.#keepRoot(taken);
    // The program as observers saw it is more than a snapshot.
    if (this.#hasLateProgram) return;
    if ("program" in taken) this.#noteProgram(taken.program);
    else this.#note(taken);
  }

  #keepRoot(taken: TakenProgram): void {
    if (!("root" in taken)) return;
    this.#taken = taken.program;
    if (taken.root !== "") this.#projectRoot = taken.root;
  }

  /** Takes over what the program itself observes of this process, unless `ato run` observes it. */
  async #takeObserved(): Promise<void> {
    const observer = processObserver();
    if (observer === undefined || !this.isOpen) return;
    if (this.#source?.onLate !== undefined) return;
    const inputs = await observer.inputs({
      root: await this.#root(),
      code: this.#taken === undefined ? [] : filesOf(this.#taken),
      database: resolve(this.#settings.path),
    });
    this.#inputs.take(inputs);
  }

  /** The root of the program's snapshot, so that one file has one name, whoever saw it. */
  async #root(): Promise<string> {
    await this.#program;
    return this.#projectRoot ?? projectRoot();
  }

  #noteProgram(program: ProgramRecord): void {
    const factors = lacking(program.factors, this.#lacks);
    this.#note({ program: programNote({ ...program, factors }) });
  }

  #note(note: Note): void {
    if (this.isOpen) this.#sink.addNote(note);
  }

  #subscribe(source: RunSource): (() => void)[] {
    const inputs = source.onInput?.((read) => this.#inputs.add(read));
    const late = source.onLate?.((record) => this.#takeRecord(record));
    return [inputs, late].filter((one) => one !== undefined);
  }

  /** Records what became known after the start; a later record replaces the parts that it has. */
  #takeRecord(record: LateRecord): void {
    const { program, inputs, config, unsettled, seed } = record;
    this.#lacks = unsettled ?? this.#lacks;
    if (program !== undefined) {
      this.#hasLateProgram = true;
      const taken = handedProgram(program);
      this.#keepRoot(taken);
      this.#noteProgram(taken.program);
    } else if (unsettled !== undefined && this.#taken !== undefined) {
      this.#note({ factors: lacking(this.#taken.factors, this.#lacks) });
    }
    if (inputs !== undefined) this.#inputs.take(inputs);
    const ofConfig = [config, unsettled, seed];
    if (ofConfig.every((part) => part === undefined)) return;
    this.#lateConfig = {
      ...this.#lateConfig,
      ...(config !== undefined && { config }),
      ...(unsettled !== undefined && { unsettled }),
      ...(seed !== undefined && { seed }),
    };
    void this.#await(this.#writeConfig(this.#lateConfig));
  }

  async #writeConfig(late: LateConfig): Promise<void> {
    const config = await lateConfig(this.#settings, this.#run, late);
    // A newer one is written by itself.
    if (this.#lateConfig !== late) return;
    const earlier = [...this.#configs];
    this.#configs.push(config.config);
    const isSame = late.config === undefined && late.seed === undefined;
    this.#note(
      isSame ? { factors: config.factors } : { config: { ...config, earlier } },
    );
  }

  async #takeLate(late: Promise<FactorRecord>): Promise<void> {
    const factors = await late;
    if (this.isOpen) this.#sink.addNote({ factors });
  }

  /** Its id in the file; `undefined` while there is no file. */
  get runId(): number | undefined {
    return this.isOpen ? this.#sink.file?.run.runId : undefined;
  }

  /** Whether it has not ended. */
  get isOpen(): boolean {
    return this.#endings.isOpen;
  }

  /** Logs one point. */
  logPoint(key: string, value: number, step: number | undefined): void {
    this.#heartbeat.tick();
    const at = Math.trunc(this.#settings.now());
    const point = { key, value, step: step ?? this.#steps.next(key), at };
    this.#sink.addPoint(point);
    this.#steps.count(key, point.step);
  }

  /** Logs points, all or none. */
  logPoints(inputs: readonly MetricPointInput[]): void {
    this.#heartbeat.tick();
    const at = Math.trunc(this.#settings.now());
    const points = this.#steps.number(inputs, at);
    this.#sink.addPoints(points);
    for (const { key, step } of points) this.#steps.count(key, step);
  }

  /** Records an artifact. */
  logArtifact(artifact: Omit<Artifact, "at">): void {
    this.#heartbeat.tick();
    const at = Math.trunc(this.#settings.now());
    this.#sink.addNote({ artifact: { ...artifact, at } });
  }

  /** Records what its program prints. */
  logConsole(stream: ConsoleStream, bytes: Uint8Array): void {
    this.#console ??= new ConsoleBuffer(
      (note) => this.#keepConsole(note),
      this.#settings.now,
    );
    this.#console.add(stream, bytes);
  }

  /** While the file is not writable, the spill file gets no more than the file itself would keep. */
  #keepConsole(note: ConsoleNote): void {
    if (this.#sink.file !== undefined) this.#spilledConsole = 0;
    else if ((this.#spilledConsole += note.bytes) > KEPT_END) return;
    this.#sink.addNote({ console: note });
  }

  /** Records inputs that the program names. */
  logInput(reads: readonly SeenRead[]): void {
    this.#heartbeat.tick();
    for (const read of reads) this.#inputs.add(read);
  }

  /** Ends the run and closes the file. */
  async finish(options: FinishOptions): Promise<void> {
    await this.#collectLast();
    this.#isFinishing = true;
    this.#endings.finish(options);
  }

  /** Ends the run because its block has ended. */
  async dispose(): Promise<void> {
    await this.#collectLast();
    this.#endings.dispose();
  }

  /** Closes the file of a run that has ended. */
  release(): void {
    this.#endings.release();
  }

  /** Waits for what is known only at the end. Calls wait for each other, so that the first that can ends the run. */
  #collectLast(): Promise<void> {
    const collect = () => this.#collect();
    return this.#collecting = this.#collecting?.then(collect, collect) ??
      collect();
  }

  /** Records what the config knows only at the end: functions traced late, iterators left open. */
  async #collect(): Promise<void> {
    if (this.#source?.settle !== undefined) {
      await this.#source.settle(this.#sink.file?.cache);
    }
    await this.#collectPending();
    if (processObserver() !== undefined) {
      await this.#takeObserved();
      await this.#collectPending();
    }
    if (this.#source === undefined) return;
    const records = await this.#source.codeRecords();
    // Another call, or a signal, may have ended the run meanwhile.
    if (!this.isOpen) return;
    for (const record of records) {
      this.#sink.addNote({ code: storableCode(record) });
    }
    this.#source.flush?.();
  }

  async #collectPending(): Promise<void> {
    while (this.#pending.length > 0) {
      await Promise.all(this.#pending.splice(0));
    }
  }

  /** Starts the run in the backlog, unless nothing of it could be kept there either. */
  #startSuspended(error: unknown): void {
    const problem = classifyStorageProblem(error);
    if (problem === undefined || error instanceof NewerSchemaError) throw error;
    this.#backlog.open();
    // A full disk may have free space again before the buffer is full.
    if (!this.#backlog.isSpillWritable && problem !== "full") {
      const { path } = this.#settings;
      const failure = toStorageError("open", { path, cause: error });
      // The spill file needs the same permission.
      if (isNotCapable(failure.cause)) throw failure;
      throw new StorageError(
        `${failure.message}. No spill file can be made beside it either, so the run would not be stored`,
        { problem, cause: error },
      );
    }
    this.#sink.suspend(error, "open");
  }

  #end(options: FinishOptions, amends: boolean): void {
    const { config, now } = this.#settings;
    this.#heartbeat.stop();
    this.#console?.flush();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const { error } = options;
    // A trial whose process ends in the middle is not complete, whatever the exit code.
    const isWhole = this.#trial === undefined || this.#isFinishing;
    const {
      status = error !== undefined
        ? "failed"
        : isWhole
        ? "completed"
        : "interrupted",
    } = options;
    this.#sink.end({
      status,
      error: error === undefined ? null : JSON.stringify(describeError(error)),
      at: Math.trunc(now()),
      duration: amends ? 0 : (performance.now() - this.#started) / 1000,
      unread: unreadKeys(config),
      ...(this.#trial !== undefined && {
        trial: {
          counts: status === "completed",
          restarts: this.#trial.restarts,
        },
      }),
    });
    this.#warnOfLoss();
    this.#reportHeartbeat(error);
  }

  /** Reports a heartbeat that failed since the last call; the error that ended the run is more important. */
  #reportHeartbeat(ended: unknown): void {
    try {
      this.#heartbeat.throwFailure();
    } catch (error) {
      if (ended === undefined) throw error;
      this.#settings.warn(messageOf(error));
    }
  }

  #warnOfLoss(): void {
    const { dropped, loss } = this.#backlog;
    if (dropped === 0) return;
    const points = dropped === 1 ? "1 point" : `${dropped} points`;
    const were = dropped === 1 ? "was" : "were";
    this.#settings.warn(
      `${points} of run ${this.uuid} ${were} lost: ${loss}`,
    );
  }

  #release(): void {
    this.#place.close();
    this.#backlog.close();
    this.#sink.file?.close();
  }
}

function makeBacklog(
  { path, bufferSize, sync }: LoggerSettings,
  run: NewRun,
  attempt: string,
): Backlog {
  const header = (): string =>
    JSON.stringify({ ato: "spill", version: 1, run });
  return new Backlog({
    capacity: bufferSize,
    // Each attempt of a run has files of its own.
    makeFile: (outage) =>
      new SpillFile(spillPath(path, attempt, outage), { header, sync }),
    clock: () => performance.now(),
  });
}
