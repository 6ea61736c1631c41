import type { Job, Verdict } from "../study/job.ts";
import { endsWithin, type PlainReason, toReason } from "./_give_up.ts";
import { suspendInterrupts } from "./_interrupts.ts";
import {
  type ObjectiveResult,
  type StudyObjective,
  toResult,
} from "./objective.ts";
import { turn } from "./_turn.ts";
import type { StudyWorker, WorkerCalls } from "./worker.ts";

/** A running job. */
interface Running {
  readonly abort: AbortController;
  /** Settles when the objective does. */
  readonly ended: Promise<unknown>;
  /** Ends the job although its objective still runs. */
  readonly leave: (reason: unknown) => void;
}

/** A worker in this thread. Several workers share the thread while their objectives wait. */
export class LocalWorker<C> implements StudyWorker<C> {
  readonly #objective: StudyObjective<C>;
  readonly #metric: string;
  readonly #grace: number;
  #running: Running | undefined;

  /**
   * Makes a worker.
   *
   * @param objective The objective.
   * @param metric The study's metric.
   * @param grace The milliseconds that an objective has to end when its job is given up.
   */
  constructor(objective: StudyObjective<C>, metric: string, grace: number) {
    this.#objective = objective;
    this.#metric = metric;
    this.#grace = grace;
  }

  async start(): Promise<void> {
    await turn();
  }

  async run(job: Job<C>, calls: WorkerCalls): Promise<ObjectiveResult> {
    const abort = new AbortController();
    const { signal } = abort;
    suspendInterrupts();
    const { promise: ended, resolve: end, reject } = Promise.withResolvers<
      Awaited<ReturnType<StudyObjective<C>>>
    >();
    const left = new Promise<never>((_, leave) => {
      // Before the objective is called: it may end the search itself.
      this.#running = { abort, ended, leave };
    });
    try {
      end(this.#objective(job, {
        signal,
        report: async (metrics, fidelity) =>
          await answerOf(await calls.report(metrics, fidelity), signal),
      }));
    } catch (error) {
      reject(error);
    }
    // The objective may have ended by then, and nothing awaits the promise.
    left.catch(() => {});
    try {
      const result = await Promise.race([ended, left]);
      signal.throwIfAborted();
      return toResult(result, this.#metric);
    } finally {
      this.#running = undefined;
    }
  }

  async cancel(reason: PlainReason): Promise<void> {
    const { abort, ended, leave } = this.#running ?? {};
    if (abort === undefined || abort.signal.aborted) return;
    abort.abort(toReason(reason));
    await endsWithin(ended!, this.#grace);
    leave!(abort.signal.reason);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Answers a report, after the event loop could turn: the signal may be aborted then. */
async function answerOf(
  verdict: Verdict,
  signal: AbortSignal,
): Promise<Verdict> {
  suspendInterrupts(await turn());
  return signal.aborted ? "stop" : verdict;
}
