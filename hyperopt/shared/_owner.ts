import type {
  JournalEntry,
  SearchBackend,
  SearchJournal,
} from "../distributed/backend.ts";
import { StudyTrialError } from "../study/errors.ts";
import type { StudyEvent } from "../study/events.ts";
import type { Job } from "../study/job.ts";
import type { StudyOptions } from "../study/options.ts";
import { openStudy, type Study } from "../study/study.ts";
import { keyOf, writeEntries } from "./_entries.ts";
import {
  type EndMessage,
  idOf,
  type JobMessage,
  type ReportMessage,
  TOLD,
  trialOf,
  write,
} from "./_messages.ts";
import { SharedJournal } from "./_shared_journal.ts";
import { type JobSignal, signalJob, SIGNALS } from "./_signals.ts";
import { Losses } from "./_losses.ts";
import { type ReadJournal, readJournal } from "./_read_journal.ts";
import { TakeBook, type Told } from "./_take_book.ts";

/** The seconds of a lease that never ends: the queue of the engine decides which worker is gone. */
const NEVER = 1e9;
/** How many entries of `told` are read at a time. */
const PAGE = 1_000;
/** The default of `losses`, as in a study of one process. */
const DEFAULT_LOSSES = 10;
/** How many jobs are published at the same time. */
const CROWD = 64;

/** The options of a study that is shared; the engine has the journal, the clock and the leases. */
export type OwnedOptions<C> = Omit<
  StudyOptions<C>,
  "id" | "journal" | "clock" | "lease" | "timeout"
>;

/** Options for {@linkcode Owner.open}. */
export interface OwnerOptions<C> {
  readonly backend: SearchBackend;
  /** The options of the study, with a sampler and a scheduler of its own. */
  readonly study: OwnedOptions<C>;
  /** Returns the time of the engine's clock. */
  readonly now: () => number;
  /** Called when the study is open, before its first job: it may enqueue configs. */
  readonly begin?: ((study: Study<C>) => void) | undefined;
  /** Called with the events so far, when they were read. */
  readonly onOpen?:
    | ((events: readonly StudyEvent[]) => Promise<void>)
    | undefined;
  /** Called with further events, once they are in the journal. */
  readonly onEvents?: ((events: readonly StudyEvent[]) => void) | undefined;
}

/** A job that runs, or waits in the queue. */
interface Live<C> {
  readonly id: string;
  job: Job<C>;
  isPublished: boolean;
}

/**
 * Why an owner ended its turn: the search is `done`; another owner has taken over, so this one is `fenced`; otherwise
 * it is `open`.
 */
export type OwnerState = "open" | "done" | "fenced";

/**
 * The owner of a shared study: it decides. It needs no clock to be safe: each of its entries in the journal has its
 * position as the key, and if another owner has written that position, this one was replaced and decides no more.
 * Nothing is published, and nothing is told to a worker, before the events that it rests on are in the journal.
 */
export class Owner<C> {
  /** The study; it is ahead of the journal within a step. */
  readonly study: Study<C>;
  readonly #backend: SearchBackend;
  readonly #told: SearchJournal;
  readonly #signals: SearchJournal;
  readonly #journal: SharedJournal;
  readonly #onEvents: OwnerOptions<C>["onEvents"];
  #position: number;
  /** How far `told` was read. */
  #toldAt = 0;
  readonly #book = new TakeBook();
  readonly #lives = new Map<number, Live<C>>();
  readonly #losses = new Losses();
  readonly #mostLosses: number;
  /** Whether the study had no job when it was last asked, so that it has none until a worker tells something. */
  #isIdle = false;
  #signalled: [job: string, signal: JobSignal][] = [];
  #state: OwnerState = "open";

  private constructor(
    options: OwnerOptions<C>,
    read: ReadJournal,
  ) {
    const { backend, study, now, onEvents } = options;
    this.#backend = backend;
    this.#told = backend.journalNamed(TOLD);
    this.#signals = backend.journalNamed(SIGNALS);
    this.#onEvents = onEvents;
    this.#mostLosses = study.losses ?? DEFAULT_LOSSES;
    this.#position = read.position;
    this.#journal = new SharedJournal(read.events, read.told);
    for (const event of read.events) this.#losses.apply(event);
    this.study = openStudy({
      ...study,
      id: backend.searchId,
      journal: this.#journal,
      clock: now,
      lease: NEVER,
    });
    for (const job of this.study.running()) {
      const id = read.jobs.get(job.trial) ?? idOf(job);
      this.#lives.set(job.trial, { id, job, isPublished: false });
    }
  }

  /**
   * Takes a search over: reads its journal, and writes that a new session begins, which fences the owner before.
   *
   * @returns the owner; `undefined` if another one was quicker.
   * @throws {StudySettingError} If a setting of the study differs from the one that the search began with.
   */
  static async open<C>(
    options: OwnerOptions<C>,
  ): Promise<Owner<C> | undefined> {
    const { backend, begin } = options;
    const read = await readJournal(backend);
    await options.onOpen?.(read.events);
    const owner = new Owner(options, read);
    begin?.(owner.study);
    await owner.#recall(read.told);
    return await owner.#flush() ? owner : undefined;
  }

  /** The number of jobs that run or wait in the queue. */
  get jobs(): number {
    return this.#lives.size;
  }

  /** The number of jobs that workers have. */
  get taken(): number {
    let count = 0;
    for (const { id } of this.#lives.values()) {
      if (this.#book.get(id)?.isEnded === false) count++;
    }
    return count;
  }

  /**
   * Hears what workers told, decides, writes that down, and hands jobs out.
   *
   * @param most The most jobs that run or wait in the queue then; with 0, no further job starts.
   * @param wait The milliseconds to wait if no worker told anything.
   * @param signal Ends the wait.
   */
  async step(
    most: number,
    wait: number,
    signal?: AbortSignal,
  ): Promise<OwnerState> {
    if (this.#state !== "open") return this.#state;
    const entries = await this.#told.read(this.#toldAt, {
      wait: this.#hasWork(most) ? 0 : wait,
      limit: PAGE,
      ...(signal !== undefined && { signal }),
    });
    for (const entry of entries) this.#hear(entry);
    const isDone = this.#fill(most);
    if (isDone) this.study.close();
    if (!await this.#flush()) return this.#state = "fenced";
    await this.#act();
    if (!isDone) return "open";
    await this.#signals.append("done", "{}");
    return this.#state = "done";
  }

  /** Publishes all jobs again in the next step: an engine that was restarted may have lost some. */
  republish(): void {
    for (const live of this.#lives.values()) live.isPublished = false;
  }

  /** Gives back the jobs that no worker has, and closes the study; another session can continue it. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    for (const { id, job } of this.#lives.values()) {
      if (this.#book.get(id)?.isEnded !== false) this.study.release(job);
    }
    this.study.close();
    this.#state = await this.#flush() ? "done" : "fenced";
  }

  #hasWork(most: number): boolean {
    return this.#lives.size < most && !this.#isIdle ||
      [...this.#lives.values()].some(({ isPublished }) => !isPublished);
  }

  /** Reads what the owner before had heard: it is in the journal already. */
  async #recall(told: number): Promise<void> {
    while (this.#toldAt < told) {
      const entries = await this.#told.read(this.#toldAt, {
        wait: 0,
        limit: PAGE,
      });
      const known = entries.filter(({ sequence }) => sequence <= told);
      for (const entry of known) {
        this.#book.apply(entry);
        this.#toldAt = entry.sequence;
      }
      if (known.length === 0) return;
    }
  }

  #hear(entry: JournalEntry): void {
    const told = this.#book.apply(entry);
    this.#toldAt = entry.sequence;
    this.#isIdle = false;
    if (told !== undefined) this.#apply(told);
    this.#journal.mark(entry.sequence);
  }

  #apply(told: Told): void {
    const { id, n, kind, refused } = told;
    const live = this.#lives.get(trialOf(id));
    const reason = refused ??
      (live?.id === id ? undefined : "the job had ended");
    if (live === undefined || reason !== undefined) {
      const why = reason ?? "the job had ended";
      if (kind === "take") {
        this.#signal(id, n, { kind: "abort", reason: why });
        // Its run begins all the same, and is told apart from others by the trial that has it.
        this.#link(trialOf(id), told.message.run);
      } else if (kind === "end" && told.message.kind === "result") {
        this.#signal(id, n, { kind: "refuse", reason: why });
      }
    } else if (kind === "take") this.#taken(live, n, told.message);
    else if (kind === "report") this.#reported(live, n, told.message);
    else this.#ended(live, told.message);
  }

  #taken(
    live: Live<C>,
    n: number,
    { member, run }: { readonly member: string; readonly run?: string },
  ): void {
    const { trial } = live.job;
    if (
      n > 0 &&
      !this.#lost(live, "its worker was silent for too long", member)
    ) {
      const reason = "the trial was lost too often, or the budget is spent";
      this.#signal(live.id, n, { kind: "abort", reason });
    }
    this.#link(trial, run);
  }

  #link(trial: number, run: string | undefined): void {
    if (run === undefined) return;
    try {
      this.study.link(trial, run);
    } catch (error) {
      // Another program wrote of a trial that there is not.
      if (!(error instanceof StudyTrialError)) throw error;
    }
  }

  /** The attempt of a job is lost; the next one runs in the same job of the queue. Returns whether there is one. */
  #lost(live: Live<C>, reason: string, worker?: string): boolean {
    const { trial } = live.job;
    this.study.lose(live.job, reason);
    const answer = this.study.ask({
      trial,
      detached: true,
      ...(worker !== undefined && { worker }),
    });
    if (answer.kind !== "job") {
      this.#lives.delete(trial);
      return false;
    }
    live.job = answer.job;
    this.#journal.move(idOf(live.job), live.id);
    return true;
  }

  #reported(
    { id, job }: Live<C>,
    n: number,
    { metrics, fidelity }: ReportMessage,
  ): void {
    try {
      if (this.study.report(job, metrics, fidelity) === "continue") return;
      const reason = "the scheduler stops the trial";
      this.#signal(id, n, { kind: "stop", reason });
    } catch (error) {
      // The worker refuses such reports itself; another program may have written this one.
      if (!(error instanceof StudyTrialError)) throw error;
    }
  }

  #ended(live: Live<C>, message: EndMessage): void {
    const { job } = live;
    switch (message.kind) {
      case "result": {
        const { metrics, checkpoint } = message;
        this.study.tell(job, {
          metrics: metrics ?? {},
          ...(checkpoint !== undefined && { checkpoint }),
        });
        break;
      }
      case "error": {
        const { name, message: text } = message.error;
        const error = Object.assign(new Error(text), { name });
        this.study.tell(job, { error });
        break;
      }
      case "decline":
        while (this.#lost(live, "it ended the processes that took it"));
        return;
      default:
        this.study.release(job);
    }
    this.#lives.delete(job.trial);
  }

  #signal(id: string, n: number, signal: JobSignal): void {
    this.#signalled.push([`${id}:${n}`, signal]);
  }

  /** Asks the study for jobs; returns whether the search is done. */
  #fill(most: number): boolean {
    while (this.#lives.size < most) {
      const answer = this.study.ask({ detached: true });
      if (answer.kind !== "job") {
        this.#isIdle = true;
        return answer.kind === "done" && this.#lives.size === 0;
      }
      const { job } = answer;
      const id = idOf(job);
      this.#lives.set(job.trial, { id, job, isPublished: false });
      this.#journal.mark(this.#toldAt);
    }
    return false;
  }

  /** Writes what was decided; returns false if another owner has decided meanwhile. */
  async #flush(): Promise<boolean> {
    for (const { text, events } of writeEntries(this.#journal.take())) {
      const key = keyOf(this.#position);
      if (!await this.#backend.journal.append(key, text)) return false;
      this.#position++;
      for (const event of events) this.#losses.apply(event);
      this.#onEvents?.(events);
    }
    return true;
  }

  /** The data of a job, as it was when the job was first published: the number of a take counts from there. */
  #message({ id, job }: Live<C>): JobMessage<C> {
    const { trial, rung } = job;
    const attempt = Number(id.slice(id.lastIndexOf(".") + 1));
    const since = job.attempt - attempt;
    const { losses, atRung } = this.#losses.of(trial);
    const token = `${job.token.slice(0, -`${job.attempt}`.length)}${attempt}`;
    return {
      job: { ...job, rung, attempt, token },
      losses: losses - since,
      lossesLeft: this.#mostLosses - (atRung - since),
    };
  }

  /** Publishes jobs, and tells workers what was decided about theirs. */
  async #act(): Promise<void> {
    const works: (() => Promise<void>)[] = [];
    for (const live of this.#lives.values()) {
      if (live.isPublished) continue;
      works.push(async () => {
        const data = this.#message(live);
        await this.#backend.publish({ id: live.id, data: write(data) });
        live.isPublished = true;
      });
    }
    const signalled = this.#signalled;
    this.#signalled = [];
    for (const [job, signal] of signalled) {
      works.push(() => signalJob(this.#signals, job, signal));
    }
    for (let i = 0; i < works.length; i += CROWD) {
      await Promise.all(works.slice(i, i + CROWD).map((work) => work()));
    }
  }
}
