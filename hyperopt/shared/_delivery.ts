import type {
  LeasedJob,
  SearchBackend,
  SearchJournal,
} from "../distributed/backend.ts";
import { StudyTrialError } from "../study/errors.ts";
import type { Job } from "../study/job.ts";
import type { ObjectiveResult } from "../workers/objective.ts";
import {
  type EndMessage,
  type JobMessage,
  MOST,
  read,
  type ReportMessage,
  storedError,
  type TakeMessage,
  TOLD,
  write,
} from "./_messages.ts";

/** Who takes jobs. */
export interface Taker {
  readonly backend: SearchBackend;
  /** The name of the process. */
  readonly member: string;
  /** Returns the time of the engine's clock. */
  readonly now: () => number;
  /** Names the place of the runs of the tracker, if trials are tracked. */
  readonly place?: string;
  /** Returns the run of a job. */
  readonly runOf?: (job: Job<unknown>) => string;
}

/**
 * A job that a worker took from the queue, and announced in `told`. Its take has a number, the fencing token: what is
 * told under it counts only as long as no other worker has taken the job.
 */
export class Delivery<C> {
  /** The job, as the objective gets it. */
  readonly job: Job<C>;
  /** Names the take in the journal `signals`. */
  readonly name: string;
  readonly #leased: LeasedJob;
  readonly #told: SearchJournal;
  readonly #n: number;
  readonly #now: () => number;
  #reached: number;
  #reports = 0;
  #ending: EndMessage | undefined;

  private constructor(
    { backend, now }: Taker,
    leased: LeasedJob,
    { job, n }: { readonly job: Job<C>; readonly n: number },
  ) {
    this.job = job;
    this.name = `${leased.id}:${n}`;
    this.#leased = leased;
    this.#told = backend.journalNamed(TOLD);
    this.#n = n;
    this.#now = now;
    this.#reached = job.from;
  }

  /**
   * Announces that a worker took a job.
   *
   * @param taker The worker's process.
   * @param leased The job in the queue.
   * @returns the job; `undefined` if it is not to be run, because it is no job, or was lost too often.
   */
  static async take<C>(
    taker: Taker,
    leased: LeasedJob,
  ): Promise<Delivery<C> | undefined> {
    const data = read<JobMessage<C>>(leased.data);
    if (data?.job === undefined) {
      await leased.ack();
      return undefined;
    }
    const told = taker.backend.journalNamed(TOLD);
    for (let n = leased.attempt;; n++) {
      const job = jobOf(data, n, taker.place);
      const run = taker.runOf?.(job);
      const message: TakeMessage = {
        member: taker.member,
        at: taker.now(),
        ...(run !== undefined && { run }),
      };
      if (!await told.append(`take:${leased.id}:${n}`, write(message))) {
        continue;
      }
      const delivery = new Delivery(taker, leased, { job, n });
      if (n <= data.lossesLeft) return delivery;
      await delivery.#end({ kind: "decline", at: taker.now() });
      return undefined;
    }
  }

  /**
   * Renews the lease.
   *
   * @returns whether it was still held; if not, another worker can have the job.
   */
  extend(): Promise<boolean> {
    return this.#leased.extend();
  }

  /**
   * Makes a report, and returns what tells it; that can be repeated if it fails.
   *
   * @throws {StudyTrialError} If the fidelity is lower than that of the last report, or above `job.to`, or if there
   * are too many metrics.
   */
  report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): () => Promise<void> {
    const { trial, to } = this.job;
    if (!(fidelity >= this.#reached) || fidelity > to) {
      throw new StudyTrialError(
        trial,
        `Cannot report trial ${trial} at ${fidelity}: it is between ${this.#reached} and ${to}`,
      );
    }
    const message: ReportMessage = { metrics, fidelity };
    const text = write(message);
    checkSize(text, trial, "report");
    this.#reached = fidelity;
    const key = `report:${this.#leased.id}:${this.#n}:${this.#reports++}`;
    return async () => {
      if (this.#ending === undefined) await this.#told.append(key, text);
    };
  }

  /** Tells the result of the objective. One that is too large is an error. */
  async complete({ metrics, checkpoint }: ObjectiveResult): Promise<void> {
    const message: EndMessage = {
      kind: "result",
      at: this.#now(),
      metrics,
      ...(checkpoint !== undefined && { checkpoint }),
    };
    try {
      checkSize(write(message), this.job.trial, "result");
    } catch (error) {
      if (!(error instanceof StudyTrialError)) throw error;
      return await this.fail(error);
    }
    await this.#end(message);
  }

  /** Tells why the job failed. */
  async fail(error: unknown): Promise<void> {
    await this.#end({
      kind: "error",
      at: this.#now(),
      error: storedError(error),
    });
  }

  /** Gives the job back. */
  async release(reason: string): Promise<void> {
    await this.#end({ kind: "release", at: this.#now(), reason });
  }

  /** Tells how the job ends; a second end changes nothing, and repeats the first one if that failed. */
  async #end(message: EndMessage): Promise<void> {
    this.#ending ??= message;
    // First the journal: if this process dies in between, the queue hands the job out again, and its end is known.
    await this.#told.append(
      `end:${this.#leased.id}:${this.#n}`,
      write(this.#ending),
    );
    await this.#leased.ack();
  }
}

/** Returns the job of the `n`-th take: each take is an attempt of its own, with runs of its own once one was lost. */
function jobOf<C>(
  { job, losses }: JobMessage<C>,
  n: number,
  place: string | undefined,
): Job<C> {
  const { trial, rung } = job;
  const attempt = job.attempt + n;
  const nonce = job.token.slice(0, -`-${trial}-${rung}-${job.attempt}`.length);
  const lost = losses + n;
  const parts = [nonce, ...(place === undefined ? [] : [place, `${lost}`])];
  return {
    ...job,
    attempt,
    token: `${parts.join("~")}-${trial}-${rung}-${attempt}`,
  };
}

function checkSize(text: string, trial: number, what: string): void {
  if (text.length <= MOST) return;
  throw new StudyTrialError(
    trial,
    `Cannot tell the ${what} of trial ${trial}: it has ${text.length} characters, and the engine takes ${MOST}; ` +
      "store what is large where all machines can read it, and return its URI as the checkpoint",
  );
}
