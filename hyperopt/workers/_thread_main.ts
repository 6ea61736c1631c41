/**
 * The program of a thread: it takes jobs, one after the other, and runs the objective of a module. The module
 * that starts threads imports this one for its address, so that it is part of every package; there it does
 * nothing.
 */
import {
  isMainThread,
  type MessagePort,
  parentPort,
  workerData,
} from "node:worker_threads";
import { messageOf } from "../../internal/errors.ts";
import { tellThreadProgram } from "../../internal/entry_script.ts";
import { tellProcessWords } from "../../internal/process_words.ts";
import { leaveSignals } from "../../internal/own_signal_handlers.ts";
import { importLate } from "../../internal/import_late.ts";
import type { Job, Verdict } from "../study/job.ts";
import type { FromThread, ThreadData, ToThread } from "./_messages.ts";
import { toReason } from "./_give_up.ts";
import { type StudyObjective, toResult } from "./objective.ts";
import { printed } from "./_printed.ts";
import type { TrackOrder } from "./_trial_run.ts";

/** The address of this module, from which threads start. It is `undefined` in a bundle that is not a module. */
export const THREAD: string | undefined = import.meta.url;

/** The jobs of one thread. */
class Thread {
  readonly #port: MessagePort;
  readonly #metric: string;
  readonly #objective: StudyObjective<unknown>;
  readonly #waiting: PromiseWithResolvers<Verdict>[] = [];
  /** Of the newest job. */
  #abort = new AbortController();

  constructor(
    port: MessagePort,
    metric: string,
    objective: StudyObjective<unknown>,
  ) {
    this.#port = port;
    this.#metric = metric;
    this.#objective = objective;
    port.on("message", (message: ToThread) => {
      if (message.kind === "verdict") {
        this.#waiting.shift()?.resolve(message.verdict);
      } else if (message.kind === "refused") {
        const { name, message: text } = message.error;
        const error = Object.assign(new Error(text), { name });
        this.#waiting.shift()?.reject(error);
      } else if (message.kind === "abort") {
        this.#abort.abort(toReason(message.reason));
      } else void this.#run(message.job);
    });
    this.#say({ kind: "ready" });
  }

  async #run(job: Job<unknown>): Promise<void> {
    this.#abort = new AbortController();
    try {
      const returned = await this.#objective(job, {
        signal: this.#abort.signal,
        report: (metrics, fidelity) => this.#report(metrics, fidelity),
      });
      const result = toResult(returned, this.#metric);
      await printed();
      this.#say({ kind: "result", result });
    } catch (error) {
      await printed();
      this.#say({ kind: "error", error: toPlainError(error) });
    }
  }

  #report(
    metrics: Readonly<Record<string, number>>,
    fidelity: number,
  ): Promise<Verdict> {
    this.#say({ kind: "report", metrics, fidelity });
    const answer = Promise.withResolvers<Verdict>();
    this.#waiting.push(answer);
    return answer.promise;
  }

  #say(message: FromThread): void {
    this.#port.postMessage(message);
  }
}

async function load(
  module: string,
  name: string,
): Promise<StudyObjective<unknown>> {
  const exported = (await importLate(module) as Record<string, unknown>)[name];
  if (typeof exported === "function") return exported as never;
  throw new TypeError(`it exports no function "${name}"`);
}

/** Errors of other classes may hold what no message can. */
function toPlainError(error: unknown): unknown {
  if (!(error instanceof Error)) return messageOf(error);
  const { name, message, stack } = error;
  return { name, message, stack };
}

/** The tracker is loaded only if trials are tracked. */
async function tracked(
  objective: StudyObjective<unknown>,
  track: TrackOrder | undefined,
): Promise<StudyObjective<unknown>> {
  if (track === undefined) return objective;
  leaveSignals();
  const { trackedObjective } = await import("./_trial_run.ts");
  return trackedObjective(objective, track);
}

async function serve(port: MessagePort, data: ThreadData): Promise<void> {
  const { module, name, metric, entry, words, track } = data;
  // Also for loggers of the objective's own.
  if (words !== undefined) tellProcessWords(words);
  tellThreadProgram({ entry, module });
  try {
    const objective = await load(module, name);
    new Thread(port, metric, await tracked(objective, track));
  } catch (error) {
    const message = { kind: "unready", error: toPlainError(error) } as const;
    await printed();
    port.postMessage(message satisfies FromThread);
  }
}

const data = isMainThread ? undefined : workerData as ThreadData | null;
if (data?.kind === "ato-study" && parentPort !== null) {
  void serve(parentPort, data);
}
