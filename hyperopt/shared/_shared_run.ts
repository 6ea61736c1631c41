/** One process of a shared study: its workers, and its turns as the owner. */
import {
  clearInterval,
  clearTimeout,
  setInterval,
  setTimeout,
} from "node:timers";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { hostName } from "../../internal/process_identity.ts";
import type { LeasedJob, SearchBackend } from "../distributed/backend.ts";
import { foldStudy } from "../study/_fold_study.ts";
import type { Verdict } from "../study/job.ts";
import type { CheckedOptions } from "../study/options.ts";
import type { StudyView } from "../study/study_view.ts";
import type { PlainReason } from "../workers/_give_up.ts";
import { watchInterrupts } from "../workers/_interrupts.ts";
import { openTracking, workerMaker } from "../workers/_make_workers.ts";
import type { ObjectiveResult, StudyObjective } from "../workers/objective.ts";
import type { StudyTracking } from "../workers/_study_tracking.ts";
import type { StudyWorker } from "../workers/worker.ts";
import { agree, agreementOf, scriptVersion } from "./_agreement.ts";
import { Delivery, type Taker } from "./_delivery.ts";
import { EngineClock } from "../distributed/_engine_clock.ts";
import { pause } from "../../internal/pause.ts";
import { marked, Patience } from "./_engine_calls.ts";
import { Follower } from "./_follow.ts";
import { BEAT, memberName, MEMBERS, Members, Presence } from "./_members.ts";
import { Mirror } from "../study/_mirror.ts";
import { type OwnedOptions, Owner } from "./_owner.ts";
import { readJournal } from "./_read_journal.ts";
import { type JobSignal, SIGNALS, Signals } from "./_signals.ts";
import { watchTerminations } from "./_terminations.ts";
import type {
  RunSharedStudyOptions,
  SharedStudySettings,
} from "./run_shared_study.ts";

/** The milliseconds that a worker waits for a job in one call. */
const TAKE = 5_000;
/** The milliseconds that the owner waits for what workers tell in one call. */
const HEAR = 1_000;
/** The reason of signals when this process leaves the search. */
const LEFT = "The process leaves the search";

/** What {@linkcode SharedRun} gets. */
export interface SharedRunOptions<C> {
  readonly backend: SearchBackend;
  readonly settings: () => SharedStudySettings<C>;
  /** The settings for the first turn as the owner. */
  readonly first: SharedStudySettings<C>;
  readonly checked: CheckedOptions;
  readonly objective: StudyObjective<C> | string | URL;
  readonly options: RunSharedStudyOptions<C>;
}

/** A job that a worker of this process runs. */
interface Running<C> {
  readonly delivery: Delivery<C>;
  readonly worker: StudyWorker<C>;
  /** Whether the scheduler stops the trial. */
  isStopped: boolean;
  /** Why its result is not told. */
  givenUp?: "released" | "lost" | "aborted";
  /** Resolves when the engine was told that the job is given back. */
  release?: Promise<void>;
  isLate?: true;
}

/** One process of a shared study. */
export class SharedRun<C> {
  readonly #given: SharedRunOptions<C>;
  readonly #backend: SearchBackend;
  readonly #search: string;
  readonly #member = memberName();
  readonly #clock: EngineClock;
  readonly #presence: Presence;
  readonly #signals = new Signals();
  readonly #members = new Members();
  readonly #mirror: Mirror | undefined;
  readonly #running = new Set<Running<C>>();
  readonly #idle = new Set<StudyWorker<C>>();
  /** Ends all waits: the search is over, or this process leaves it. */
  readonly #end = new AbortController();
  /** Ends the waits for jobs while the search is paused. */
  #mayTake = Promise.withResolvers<void>();
  #pause = new AbortController();
  /** Wakes the owner. */
  #news = new AbortController();
  #hasLeft = false;
  #error: { readonly error: unknown } | undefined;
  #tracking: StudyTracking<C> | undefined;
  #first: SharedStudySettings<C> | undefined;

  constructor(given: SharedRunOptions<C>) {
    this.#given = given;
    this.#backend = marked(given.backend);
    this.#search = given.backend.searchId;
    this.#clock = new EngineClock(this.#backend);
    this.#first = given.first;
    this.#presence = new Presence(
      this.#backend.journalNamed(MEMBERS),
      this.#member,
      () => this.#clock.now(),
    );
    const { db, tracker } = given.options;
    const place = db ??
      (tracker !== undefined && "logMetric" in tracker
        ? (tracker as { readonly config: never }).config
        : tracker);
    if (place !== undefined) this.#mirror = new Mirror(place, this.#search);
  }

  /** Takes part in the search until it is over, or this process leaves it. */
  async run(): Promise<StudyView<C>> {
    const { checked, options, objective } = this.#given;
    const { workers = 1, grace = 10, name = "objective", tracker } = options;
    const patience = this.#patience();
    let isThere = false;
    const follower = new Follower(
      this.#backend.journalNamed(SIGNALS),
      (entry) => {
        const about = this.#signals.apply(entry);
        // What was said before this process came is only history: a search that was stopped may go on.
        if (isThere) this.#heed(about);
      },
    );
    const presence = this.#presence;
    await patience.keep(async () => {
      await this.#clock.sync();
      await agree(this.#backend, this.#agreement());
      await follower.catchUp();
    });
    if (this.#isOver()) return await this.#view();
    isThere = true;
    if (this.#signals.control === "paused") this.#hold();
    const study = {
      id: this.#search,
      metric: checked.goal.metric,
      space: this.#given.first.space,
      link: () => {},
    };
    this.#tracking = tracker && await openTracking(study, tracker);
    const makeWorker = await workerMaker(objective, {
      name,
      metric: checked.goal.metric,
      grace: 1000 * grace,
      timeout: checked.timeout,
    }, this.#tracking);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    let isInterrupted = false;
    const interruptible = {
      interrupt: () => {
        isInterrupted = true;
        this.#announceEnd(grace);
        this.leave();
        return over;
      },
      close: () => {
        console.error(
          `ato: This process left search ${
            visible(this.#search)
          }; start it again to take part again`,
        );
      },
    };
    const unwatch = [
      watchInterrupts(interruptible),
      watchTerminations(interruptible),
    ];
    const onAbort = () => this.leave();
    options.signal?.addEventListener("abort", onAbort);
    if (options.signal?.aborted) this.leave();
    const beats = this.#beat(presence);
    if (this.#signals.control === "running") this.#resume();
    const all = Array.from({ length: workers }, makeWorker);
    try {
      // Only now: a process that is ended from here on says that it leaves.
      await patience.keep(() => presence.come(workers));
      await Promise.all([
        this.#guard(() => this.#followAll(follower)),
        options.decides === false
          ? undefined
          : this.#guard(() => this.#compete()),
        ...all.map((worker) => this.#guard(() => this.#serve(worker))),
      ]);
      await this.#patience(false).keep(() => presence.leave());
      const view = await this.#view();
      if (this.#error !== undefined) throw this.#error.error;
      return view;
    } finally {
      clearInterval(beats);
      options.signal?.removeEventListener("abort", onAbort);
      await Promise.all(all.map((worker) => worker.close()));
      this.#mirror?.end();
      for (const stop of unwatch) stop();
      end();
      // The signal is about to end the process.
      if (isInterrupted) await new Promise<never>(() => {});
    }
  }

  /** Leaves the search: the running jobs are given back at once. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#giveBack(LEFT);
    this.#end.abort();
    this.#resume();
    this.#dismiss();
  }

  /** Ends the workers that have no job, also those that start. */
  #dismiss(): void {
    for (const worker of this.#idle) {
      void worker.cancel({ name: "AbortError", message: LEFT });
    }
  }

  #agreement() {
    const { options, first, checked, objective } = this.#given;
    const module = typeof objective === "function"
      ? undefined
      : String(objective);
    const version = options.version ?? scriptVersion(module);
    return agreementOf({ ...first, id: this.#search }, checked, version);
  }

  /** Repeats calls that fail; at the end only for a short time. */
  #patience(isLong = true): Patience {
    const { patience = 600 } = this.#given.options;
    return new Patience({
      search: this.#search,
      most: isLong ? 1000 * patience : 0,
      signal: this.#end.signal,
    });
  }

  #isOver(): boolean {
    return this.#signals.isDone || this.#signals.control === "stopped";
  }

  /** Does something; an error ends the search in this process. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#error ??= { error };
      this.leave();
    }
  }

  #beat(presence: Presence): ReturnType<typeof setInterval> {
    return setInterval(() => {
      // A sign of life that fails is no reason to stop; the calls that matter are repeated.
      void this.#clock.sync().then(() => presence.beat()).catch(() => {});
    }, BEAT);
  }

  async #followAll(follower: Follower): Promise<void> {
    const { signal } = this.#end;
    const patience = this.#patience();
    while (!signal.aborted) await patience.keep(() => follower.wait(signal));
  }

  /** Does what a signal says. */
  #heed(
    about: { readonly job: string; readonly signal: JobSignal } | undefined,
  ): void {
    if (about !== undefined) {
      const { job, signal } = about;
      for (const running of this.#running) {
        if (running.delivery.name === job) this.#heedJob(running, signal);
      }
      const own = this.#told.get(job);
      if (own !== undefined && signal.kind === "refuse") {
        console.error(
          `ato: The result of trial ${own} is refused: ${
            visible(signal.reason)
          }`,
        );
      }
    }
    const { control, isDone } = this.#signals;
    if (control === "paused") this.#hold();
    else this.#resume();
    if (!this.#isOver()) return;
    this.#giveBack(isDone ? "The search is done" : "The search was stopped");
    this.#end.abort();
    this.#dismiss();
  }

  /** The jobs that this process told the results of, with their trials. */
  readonly #told = new Map<string, number>();

  #heedJob(running: Running<C>, { kind, reason }: JobSignal): void {
    if (kind === "stop") running.isStopped = true;
    else this.#cancel(running, "aborted", `The trial was given up: ${reason}`);
  }

  #cancel(
    running: Running<C>,
    why: NonNullable<Running<C>["givenUp"]>,
    message: string,
  ): void {
    if (running.givenUp !== undefined) return;
    running.givenUp = why;
    void running.worker.cancel({ name: "AbortError", message });
  }

  /** Gives the running jobs back, before their objectives have ended. */
  #giveBack(reason: string): void {
    for (const running of this.#running) {
      const isFirst = running.givenUp === undefined;
      this.#cancel(running, "released", reason);
      if (isFirst) running.release = this.#release(running, reason);
    }
  }

  async #release(running: Running<C>, reason: string): Promise<void> {
    try {
      await running.delivery.release(reason);
    } catch (error) {
      // Others get the job when its lease ends.
      console.error(
        `ato: Cannot give trial ${running.delivery.job.trial} back: ${
          messageOf(error)
        }`,
      );
    }
  }

  /** Lets workers take jobs. */
  #resume(): void {
    if (this.#pause.signal.aborted) this.#pause = new AbortController();
    this.#mayTake.resolve();
    this.#news.abort();
  }

  /** Keeps workers from taking jobs. */
  #hold(): void {
    if (this.#end.signal.aborted || this.#pause.signal.aborted) return;
    this.#mayTake.resolve();
    this.#mayTake = Promise.withResolvers<void>();
    this.#pause.abort();
  }

  /** Runs jobs on a worker until the search is over. */
  async #serve(worker: StudyWorker<C>): Promise<void> {
    const patience = this.#patience();
    const taker = this.#taker();
    while (!this.#end.signal.aborted) {
      // First the start: a job that no worker can run would cost its trial an attempt.
      this.#idle.add(worker);
      try {
        await worker.start();
      } catch (error) {
        // A worker that is ended while it starts is not an error.
        if (this.#end.signal.aborted) return;
        throw error;
      }
      await this.#mayTake.promise;
      if (this.#end.signal.aborted) return;
      const signal = AbortSignal.any([this.#end.signal, this.#pause.signal]);
      await patience.keep(async () => {
        const leased = await this.#backend.take({ wait: TAKE, signal });
        if (leased !== undefined) await this.#deliver(worker, taker, leased);
      });
    }
  }

  #taker(): Taker {
    const tracking = this.#tracking;
    return {
      backend: this.#backend,
      member: this.#member,
      now: () => this.#clock.now(),
      ...(tracking !== undefined && {
        place: tracking.place(hostName()),
        runOf: (job) => tracking.runOf(job as never),
      }),
    };
  }

  async #deliver(
    worker: StudyWorker<C>,
    taker: Taker,
    leased: LeasedJob,
  ): Promise<void> {
    const delivery = await Delivery.take<C>(taker, leased);
    if (delivery === undefined) return;
    const running: Running<C> = { delivery, worker, isStopped: false };
    this.#running.add(running);
    this.#idle.delete(worker);
    for (const signal of this.#signals.of(delivery.name)) {
      this.#heedJob(running, signal);
    }
    if (this.#end.signal.aborted) {
      this.#running.delete(running);
      return await delivery.release(LEFT);
    }
    const unwatch = this.#watch(running);
    try {
      await this.#runJob(running);
    } finally {
      unwatch();
      this.#running.delete(running);
    }
  }

  async #runJob(running: Running<C>): Promise<void> {
    const { delivery, worker } = running;
    const { job } = delivery;
    const patience = this.#patience();
    let reports: Promise<unknown> = Promise.resolve();
    let result: ObjectiveResult | undefined;
    let error: unknown;
    try {
      const ended = await worker.run(job, {
        report: async (metrics, fidelity): Promise<Verdict> => {
          if (running.givenUp !== undefined) return "stop";
          const tell = delivery.report(metrics, fidelity);
          // In their order, also if the objective does not wait for the answer.
          reports = reports.then(() => patience.keep(tell));
          await reports;
          return running.isStopped ? "stop" : "continue";
        },
      });
      await reports;
      result = ended;
    } catch (thrown) {
      error = thrown;
      await this.#giveUpRun(running, thrown);
    }
    const { givenUp } = running;
    // The process may end when its jobs have: what is on its way to the engine then would be lost.
    if (givenUp === "released") return await running.release;
    if (givenUp !== undefined) {
      const why = givenUp === "lost" ? "the lease ended" : "it is not wanted";
      await patience.keep(() => delivery.release(why));
      return;
    }
    this.#told.set(delivery.name, job.trial);
    await patience.keep(() =>
      result !== undefined
        ? delivery.complete(result)
        : delivery.fail(running.isLate ? this.#timeoutError() : error)
    );
    const { onEnd } = this.#given.options;
    onEnd?.(result === undefined ? { job, error } : { job, result });
  }

  /** Ends the run of a job that failed, if its worker did not do it. */
  async #giveUpRun(
    { delivery: { job }, givenUp }: Running<C>,
    error: unknown,
  ): Promise<void> {
    try {
      await this.#tracking?.giveUp(job, error, givenUp !== undefined);
    } catch (problem) {
      console.error(
        `ato: Cannot end the run of trial ${job.trial}: ${messageOf(problem)}`,
      );
    }
  }

  #timeoutError(): Error {
    const { timeout } = this.#given.checked;
    const message = `it took more than ${timeout / 1000} s`;
    return Object.assign(new Error(message), { name: "Timeout" });
  }

  /** Renews the lease of a job, and gives it up if another worker can have it or it takes too long. */
  #watch(running: Running<C>): () => void {
    const { lease } = this.#backend;
    const beat = async () => {
      try {
        if (await running.delivery.extend()) return;
        clearInterval(timer);
        this.#cancel(
          running,
          "lost",
          `The trial was given up: this process was silent for more than ${
            lease / 1000
          } s, so another one can have the job`,
        );
      } catch {
        // The next beat may succeed. If the lease ends before, `told` says whose result counts.
      }
    };
    // Two beats can fail before the lease runs out.
    const timer = setInterval(() => void beat(), lease / 3);
    const { timeout } = this.#given.checked;
    const late = timeout === Infinity ? undefined : setTimeout(
      () => this.#timeOut(running),
      Math.min(timeout, 2 ** 31 - 1),
    );
    return () => {
      clearInterval(timer);
      clearTimeout(late);
    };
  }

  #timeOut(running: Running<C>): void {
    if (running.givenUp !== undefined) return;
    running.isLate = true;
    const reason: PlainReason = {
      name: "TimeoutError",
      message: `The trial was given up: ${this.#timeoutError().message}`,
    };
    void running.worker.cancel(reason);
  }

  /** Becomes the owner whenever there is none. */
  async #compete(): Promise<void> {
    const { signal } = this.#end;
    const patience = this.#patience();
    const { lease } = this.#backend;
    const members = new Follower(
      this.#backend.journalNamed(MEMBERS),
      (entry) => {
        this.#members.apply(entry);
        this.#news.abort();
      },
    );
    while (!signal.aborted) {
      await patience.keep(async () => {
        const lock = await this.#backend.lock("owner");
        if (lock === undefined) return await pause(lease / 3, signal);
        // The owner before may have ended the search, and this process has not heard it yet.
        if (await this.#hasEnded()) {
          await lock.release();
          return await pause(lease / 3, signal);
        }
        const turn = new AbortController();
        const beat = setInterval(() => {
          // The lock only says who should act; a lost one ends this turn, and the journal decides what counts.
          void lock.extend().then((isHeld) => isHeld || turn.abort(), () => {});
        }, lease / 3);
        try {
          // Both have ended before the next turn begins, also if one of them fails.
          const ended = await Promise.allSettled([
            this.#own(members, turn),
            this.#followMembers(members, turn),
          ]);
          const failed = ended.find(({ status }) => status === "rejected");
          if (failed?.status === "rejected") throw failed.reason;
        } finally {
          clearInterval(beat);
          turn.abort();
          await lock.release();
        }
      });
    }
  }

  /** Reads whether the search is over. */
  async #hasEnded(): Promise<boolean> {
    const signals = new Signals();
    const journal = this.#backend.journalNamed(SIGNALS);
    await new Follower(journal, (entry) => void signals.apply(entry))
      .catchUp();
    return signals.isDone || signals.control === "stopped";
  }

  async #followMembers(
    members: Follower,
    turn: AbortController,
  ): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, turn.signal]);
    try {
      while (!signal.aborted) await members.wait(signal);
    } finally {
      turn.abort();
    }
  }

  /** Decides, until another process does. */
  async #own(members: Follower, turn: AbortController): Promise<void> {
    const { settings, options, checked } = this.#given;
    const { signal } = this.#end;
    try {
      await members.catchUp();
      const { timeout: _timeout, ...study } = this.#first ?? settings();
      this.#first = undefined;
      const owner = await Owner.open<C>({
        backend: this.#backend,
        study: study as OwnedOptions<C>,
        now: () => this.#clock.now(),
        begin: options.begin,
        onOpen: async (events) => await this.#mirror?.begin(events),
        onEvents: (events) => this.#mirror?.add(events),
      });
      if (owner === undefined) return;
      await this.#presence.own();
      let heard = performance.now();
      while (!signal.aborted && !turn.signal.aborted) {
        this.#news = new AbortController();
        const paused = this.#signals.control !== "running";
        const before = owner.jobs;
        const state = await owner.step(
          paused ? 0 : this.#most(),
          HEAR,
          AbortSignal.any([signal, turn.signal, this.#news.signal]),
        );
        if (state !== "open") return;
        const now = performance.now();
        if (owner.jobs !== before) heard = now;
        else if (now - heard > this.#backend.lease) {
          // The queue of an engine that was restarted may have lost jobs.
          heard = now;
          owner.republish();
        }
      }
      if (this.#signals.control === "stopped" && !turn.signal.aborted) {
        await this.#wind(owner, checked);
      }
    } finally {
      turn.abort();
      this.#mirror?.end();
    }
  }

  /** The search was stopped: waits until the workers have given their jobs back, and closes the study. */
  async #wind(owner: Owner<C>, { timeout }: CheckedOptions): Promise<void> {
    const end = performance.now() + Math.min(this.#backend.lease, timeout);
    while (owner.taken > 0 && performance.now() < end) {
      if (await owner.step(0, 100) !== "open") return;
    }
    await owner.close();
  }

  /** The most jobs that run or wait in the queue. */
  #most(): number {
    const { workers = 1, buffer } = this.#given.options;
    const all = Math.max(this.#members.workers(this.#clock.now()), workers, 1);
    return all + (buffer ?? Math.ceil(all / 4));
  }

  #announceEnd(grace: number): void {
    const count = this.#running.size;
    if (count === 0) return;
    const trials = count === 1 ? "1 trial" : `${count} trials`;
    console.error(
      `ato: Leaving search ${
        visible(this.#search)
      }: ${trials} running, given back to others, with ${grace} s to end`,
    );
  }

  /** Reads the study, and completes the copy of this machine. */
  async #view(): Promise<StudyView<C>> {
    const { events } = await readJournal(this.#backend);
    if (events.length > 0) await this.#mirror?.begin(events);
    this.#mirror?.end();
    const path = `the engine of ${visible(this.#search)}`;
    const view = foldStudy<C>(this.#search, events, { path, owner: undefined });
    const { isDone, control } = this.#signals;
    if (isDone) return { ...view, state: "done" };
    // The owner closes the study when the others have read it.
    return control === "stopped" ? { ...view, state: "stopped" } : view;
  }
}
