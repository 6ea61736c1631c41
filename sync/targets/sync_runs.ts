/**
 * Sends the runs of a file to a target, once or for as long as they change.
 *
 * @module
 */
import { pause } from "../../internal/pause.ts";
import { type Run, type RunRevision, SQLFinder } from "../../tracker/mod.ts";
import { revisionOf } from "./_revision.ts";
import { StateFile } from "./_state_file.ts";
import { BackOff } from "../../internal/back_off.ts";
import { TargetError, UnreachableError } from "./errors.ts";
import type { SyncTarget } from "./target.ts";
import { oneRun, runsOfProcess, type WaitedRuns } from "./_waited_runs.ts";

/** What happens while runs are sent. */
export type SyncEvent =
  /** A run is being sent; `points` and `bytes` so far. */
  | {
    readonly type: "progress";
    readonly run: number;
    readonly points: number;
    readonly bytes: number;
  }
  /** All of a run is there. */
  | {
    readonly type: "sent";
    readonly run: number;
    readonly uuid: string;
    readonly changed: boolean;
    readonly points: number;
  }
  /** A run is not there, or not whole, and trying again would not help. */
  | { readonly type: "left"; readonly run: number; readonly reason: string }
  /** Something that is worth knowing of a run. */
  | { readonly type: "notice"; readonly run: number; readonly line: string }
  /** The place does not answer; it is tried again in `wait` milliseconds. */
  | {
    readonly type: "waiting";
    readonly reason: string;
    readonly wait: number;
  };

/** Options for {@linkcode syncRuns}. */
export interface SyncOptions {
  /** The path of the file. */
  readonly dbPath: string;
  /** Chooses runs. @default {all runs that are not in the trash} */
  readonly choose?: (run: Run, project: string) => boolean | Promise<boolean>;
  /** Goes on, and sends what is added, until `signal` ends it. @default {false} */
  readonly follow?: boolean;
  /** Goes on until the run with this UUID has ended and all of it is there; only this run is sent. */
  readonly untilEnded?: string;
  /**
   * Goes on until the process that records the run with this UUID has ended and all that it records is there; only its
   * runs are sent. One such follower is enough: another one of the same process ends at once.
   */
  readonly untilProcessEnded?: string;
  /** Ends the work; what was sent until then is remembered. */
  readonly signal?: AbortSignal;
  /** Receives what happens. */
  readonly onEvent?: (event: SyncEvent) => void;
  /** How often a place that does not answer is asked before the work ends; not for `follow`. @default {6} */
  readonly tries?: number;
  /**
   * Milliseconds for which `untilEnded` and `untilProcessEnded` wait for a place that does not answer after the end.
   *
   * @default {600000}
   */
  readonly patience?: number;
  /** Milliseconds between looks at the file. @default {1000} */
  readonly interval?: number;
  /** Milliseconds before the second try; they double up to 60 seconds. @default {500} */
  readonly pause?: number;
  /** Receives warnings about the file. */
  readonly onWarning?: (line: string) => void;
}

/** What {@linkcode syncRuns} did. */
export interface SyncReport {
  /** The ids of the runs of which something was sent. */
  readonly sent: readonly number[];
  /** The number of runs that were there already. */
  readonly same: number;
  /** The runs that are not there, or not whole, with the reason. */
  readonly left: readonly { readonly run: number; readonly reason: string }[];
  /** Why the work ended early. */
  readonly problem?: string;
}

/**
 * Sends the runs of a file to a target. What was sent is remembered beside the file, so that the next call sends
 * what is new. Each run is sent by one process at a time.
 *
 * @param target The target.
 * @param options Which runs, and for how long.
 * @returns what was sent, and what was not.
 *
 * @example
 * ```ts
 * import { type SyncTarget, syncRuns } from "@ato/ato/sync";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const dbPath = join(folder, "runs.db");
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } });
 * await logger.run();
 * await logger.finish();
 *
 * const seen: string[] = [];
 * const target: SyncTarget<boolean> = {
 *   kind: "list",
 *   address: "list:seen",
 *   send({ project }, memory) {
 *     seen.push(project);
 *     memory.save(true);
 *     return Promise.resolve({ changed: true });
 *   },
 * };
 * assertEquals(await syncRuns(target, { dbPath }), { sent: [1], same: 0, left: [] });
 * assertEquals(await syncRuns(target, { dbPath }), { sent: [], same: 1, left: [] });
 * assertEquals(seen, ["demo"]);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function syncRuns(
  target: SyncTarget,
  options: SyncOptions,
): Promise<SyncReport> {
  const state = await StateFile.open(options.dbPath, target);
  const { onWarning } = options;
  const finder = new SQLFinder(
    options.dbPath,
    onWarning === undefined ? {} : { onWarning },
  );
  try {
    return await new Sync(target, state, finder, options).run();
  } finally {
    await finder.close();
    state.close();
    await target.close?.();
  }
}

/** The longest pause, in milliseconds. */
const LONGEST_PAUSE = 60_000;

class Sync {
  readonly #target: SyncTarget;
  readonly #state: StateFile;
  readonly #finder: SQLFinder;
  readonly #options: SyncOptions;
  readonly #signal: AbortSignal;
  readonly #backOff: BackOff;
  readonly #sent = new Set<number>();
  readonly #same = new Set<number>();
  readonly #left = new Map<number, string>();
  /** The revisions that were refused: not tried again before the run changes. */
  readonly #refused = new Map<string, string>();
  readonly #said = new Set<string>();
  #begun = false;
  #endedAt: number | undefined;
  /** The runs that are waited for; `undefined` if none are. */
  #waited: WaitedRuns | undefined;

  constructor(
    target: SyncTarget,
    state: StateFile,
    finder: SQLFinder,
    options: SyncOptions,
  ) {
    this.#target = target;
    this.#state = state;
    this.#finder = finder;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#backOff = new BackOff(options.pause ?? 500, LONGEST_PAUSE);
  }

  async run(): Promise<SyncReport> {
    this.#waited = await this.#toWaitFor();
    const name = this.#waited?.process;
    const held = name === undefined ? undefined : this.#state.holdProcess(name);
    if (held !== undefined && "heldBy" in held) {
      return { sent: [], same: 0, left: [] };
    }
    try {
      return await this.#work();
    } finally {
      held?.release();
    }
  }

  async #toWaitFor(): Promise<WaitedRuns | undefined> {
    const { untilEnded, untilProcessEnded } = this.#options;
    if (untilEnded !== undefined) return oneRun(untilEnded);
    if (untilProcessEnded === undefined) return undefined;
    return await runsOfProcess(untilProcessEnded, this.#finder);
  }

  async #work(): Promise<SyncReport> {
    let problem: string | undefined;
    try {
      await this.#loop();
    } catch (error) {
      if (!this.#signal.aborted) {
        if (
          !(error instanceof UnreachableError || error instanceof TargetError)
        ) throw error;
        problem = error.message;
      }
    }
    this.#state.noteEnd(problem);
    return {
      sent: [...this.#sent],
      same: [...this.#same].filter((id) => !this.#sent.has(id)).length,
      left: [...this.#left].map(([run, reason]) => ({ run, reason })),
      ...(problem !== undefined && { problem }),
    };
  }

  async #loop(): Promise<void> {
    const { follow = false, interval = 1000 } = this.#options;
    for (let wasDone = false;;) {
      const version = await this.#finder.dataVersion();
      // Asked first: what the process began before its end is seen by the pass.
      const canGrow = this.#waited?.canGrow() ?? false;
      const isDone = await this.#pass() && !canGrow;
      if (this.#signal.aborted) return;
      // A run that has just ended can still go to the trash, so it is looked at twice.
      if (this.#waited !== undefined ? isDone && wasDone : !follow) return;
      wasDone = isDone;
      await this.#untilChange(version, interval);
      if (this.#signal.aborted) return;
    }
  }

  /** Waits for a change of the file. A run whose process is gone changes nothing, so it also looks now and then. */
  async #untilChange(
    version: number | undefined,
    interval: number,
  ): Promise<void> {
    const looks = this.#waited === undefined ? 10 : 1;
    for (let n = 0; n < looks; n++) {
      await pause(interval, this.#signal);
      if (this.#signal.aborted) return;
      if (await this.#finder.dataVersion() !== version) return;
    }
  }

  /** Sends what has changed; returns whether the runs that are waited for have ended and are there. */
  async #pass(): Promise<boolean> {
    const known = this.#state.runs();
    // A run that is not there any more is not waited for.
    let isDone = true;
    for (const one of await this.#finder.revisions()) {
      if (this.#signal.aborted) return false;
      const isWaited = await this.#waited?.has(one);
      if (isWaited === false || this.#isSettled(one, known)) continue;
      const run = await this.#runOf(one);
      const { uuid } = one;
      if (uuid === undefined) continue;
      if (run === undefined) {
        await this.#takeBack(one.id, uuid);
        continue;
      }
      const revision = revisionOf(one, run);
      const isThere = known.get(uuid)?.revision === revision;
      if (isThere) this.#settle(one.id);
      else if (this.#refused.get(uuid) !== revision) {
        await this.#sendAgain(one, revision);
      }
      if (isWaited === true && !await this.#hasEnded(one.id, uuid)) {
        isDone = false;
      }
    }
    return isDone;
  }

  /** Whether a run has ended and is there. */
  async #hasEnded(id: number, uuid: string): Promise<boolean> {
    const run = await this.#finder.findRun(id);
    return run !== undefined && run.status !== "running" &&
      await this.#isThere(uuid);
  }

  async #isThere(uuid: string): Promise<boolean> {
    const one = (await this.#finder.revisions())
      .find((found) => found.uuid === uuid);
    const run = one && await this.#finder.findRun(one.id);
    if (one === undefined || run === undefined) return true;
    const revision = revisionOf(one, run);
    return this.#state.runs().get(uuid)?.revision === revision ||
      this.#refused.get(uuid) === revision;
  }

  /**
   * A run that was moved to the trash while it was followed never was one: `ato run` does so if the program records
   * its run itself. Other runs in the trash stay where they were sent.
   */
  async #takeBack(id: number, uuid: string): Promise<void> {
    const { untilEnded, untilProcessEnded } = this.#options;
    if (uuid !== untilEnded && uuid !== untilProcessEnded) return;
    const run = await this.#finder.findRun(id);
    const { sent } = this.#state.memoryOf(uuid);
    if (run?.deletedAt === undefined || sent === undefined) return;
    try {
      await this.#target.takeBack?.(sent, this.#signal);
    } catch (error) {
      if (
        !(error instanceof UnreachableError || error instanceof TargetError)
      ) {
        throw error;
      }
      this.#leave(id, error.message, uuid);
    }
  }

  /** Whether a run that was looked at before is as it was: then it need not be read. */
  #isSettled(
    { id, uuid, storedStatus, revision }: RunRevision,
    known: ReadonlyMap<string, { readonly revision?: string }>,
  ): boolean {
    return storedStatus !== "running" && uuid !== undefined &&
      (this.#same.has(id) || this.#sent.has(id)) &&
      known.get(uuid)?.revision === revision;
  }

  #settle(id: number): void {
    this.#same.add(id);
    this.#left.delete(id);
  }

  /** The run, if it is chosen. */
  async #runOf({ id, uuid, project }: RunRevision): Promise<Run | undefined> {
    const run = await this.#finder.findRun(id);
    if (run === undefined || run.deletedAt !== undefined) return undefined;
    if (!(await this.#options.choose?.(run, project) ?? true)) return undefined;
    if (uuid !== undefined) return run;
    this.#leave(
      id,
      "it has no identity, because only Python ato has written to the file; `ato import` makes a file in which it has one",
    );
    return undefined;
  }

  /** Sends a run; again while the place does not answer. */
  async #sendAgain(one: RunRevision, revision: string): Promise<void> {
    for (;;) {
      try {
        await this.#begin();
        await this.#send(one, revision);
        this.#backOff.reset();
        return;
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof UnreachableError) {
          await this.#pauseFor(one, error);
        } else if (error instanceof TargetError && !error.isForAll) {
          this.#refused.set(one.uuid!, revision);
          this.#leave(one.id, error.message, one.uuid);
          return;
        } else throw error;
        if (this.#signal.aborted) return;
      }
    }
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    try {
      await this.#target.begin?.(this.#state, this.#signal);
    } catch (cause) {
      if (!(cause instanceof TargetError)) throw cause;
      throw new TargetError(cause.message, { cause, isForAll: true });
    }
    this.#begun = true;
  }

  async #pauseFor(one: RunRevision, error: UnreachableError): Promise<void> {
    const { follow = false, tries = 6, patience = 600_000 } = this.#options;
    const wait = this.#backOff.next(error.wait);
    this.#state.note(one.uuid!, { problem: error.message });
    if (this.#waited !== undefined) {
      const run = await this.#finder.findRun(one.id);
      const isOver = run?.status !== "running" && !this.#waited.canGrow();
      if (isOver) this.#endedAt ??= Date.now();
      const since = this.#endedAt;
      if (since !== undefined && Date.now() + wait - since > patience) {
        throw error;
      }
    } else if (!follow && this.#backOff.failures >= tries) throw error;
    this.#options.onEvent?.({ type: "waiting", reason: error.message, wait });
    await pause(wait, this.#signal);
  }

  async #send(one: RunRevision, revision: string): Promise<void> {
    const { id, project } = one;
    const uuid = one.uuid!;
    const held = this.#state.hold(uuid);
    if ("heldBy" in held) {
      this.#leave(
        id,
        `process ${held.heldBy.pid} on ${
          held.heldBy.host ?? "another machine"
        } is sending it`,
      );
      return;
    }
    let [points, bytes] = [0, 0];
    try {
      const run = (await this.#finder.findRun(id))!;
      const memory = this.#state.memoryOf(uuid);
      const { changed, left } = await this.#target.send(
        {
          run,
          uuid,
          project,
          finder: this.#finder,
          dbPath: this.#options.dbPath,
        },
        {
          get sent(): unknown {
            return memory.sent;
          },
          save: (sent) => {
            memory.save(sent);
            this.#backOff.reset();
          },
        },
        {
          signal: this.#signal,
          notice: (line) => this.#say({ type: "notice", run: id, line }),
          progress: (part) => {
            points += part.points ?? 0;
            bytes += part.bytes ?? 0;
            this.#options.onEvent?.({
              type: "progress",
              run: id,
              points,
              bytes,
            });
          },
        },
      );
      if (left !== undefined) {
        this.#refused.set(uuid, revision);
        return this.#leave(id, left, uuid);
      }
      this.#state.note(uuid, { revision });
      this.#left.delete(id);
      (changed ? this.#sent : this.#same).add(id);
      this.#options.onEvent?.({ type: "sent", run: id, uuid, changed, points });
    } finally {
      held.release();
    }
  }

  #leave(run: number, reason: string, uuid?: string): void {
    this.#left.set(run, reason);
    if (uuid !== undefined) this.#state.note(uuid, { problem: reason });
    this.#say({ type: "left", run, reason });
  }

  /** Says something once. */
  #say(event: SyncEvent): void {
    const text = JSON.stringify(event);
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#options.onEvent?.(event);
  }
}
