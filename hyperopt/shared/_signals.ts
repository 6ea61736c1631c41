/** The journal `signals`: what all workers must know. It is short, so that many workers can read all of it. */
import { isRecord } from "../../internal/objects.ts";
import type { JournalEntry, SearchJournal } from "../distributed/backend.ts";

/** The name of the journal. */
export const SIGNALS = "signals";

/** What a person wants of the whole search. */
export type Control = "running" | "paused" | "stopped";

/** What a signal says about a taken job. */
export interface JobSignal {
  /** `stop`: the scheduler stops the trial; `abort`: its result is not wanted; `refuse`: its result was refused. */
  readonly kind: "stop" | "abort" | "refuse";
  readonly reason: string;
}

/** A change of the whole search. */
export interface ControlMessage {
  readonly control: Control;
  /** When, by the engine's clock. */
  readonly at: number;
}

const JOB = /^(stop|abort|refuse):([\w.-]+:\d+)$/;

/** The state of the signals: a fold over the entries. */
export class Signals {
  /** What was said last. */
  control: Control = "running";
  /** Whether the search has ended. */
  isDone = false;
  /** The signals for jobs, by id and number of the take. */
  readonly #jobs = new Map<string, JobSignal[]>();

  /** Applies an entry; returns the job that it is about, if any. */
  apply(
    { key, value }: JournalEntry,
  ): { job: string; signal: JobSignal } | undefined {
    const parsed = parse(value);
    if (key === "done") this.isDone = true;
    else if (key.startsWith("control:")) {
      const control = parsed["control"];
      if (
        control === "running" || control === "paused" || control === "stopped"
      ) this.control = control;
    }
    const [, kind, job] = JOB.exec(key) ?? [];
    if (job === undefined) return undefined;
    const signal = {
      kind: kind as JobSignal["kind"],
      reason: String(parsed["reason"]),
    };
    const all = this.#jobs.get(job);
    if (all === undefined) this.#jobs.set(job, [signal]);
    else all.push(signal);
    return { job, signal };
  }

  /** Returns the signals for a job. */
  of(job: string): readonly JobSignal[] {
    return this.#jobs.get(job) ?? [];
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Signals something about a job. */
export async function signalJob(
  journal: SearchJournal,
  job: string,
  { kind, reason }: JobSignal,
): Promise<void> {
  await journal.append(`${kind}:${job}`, JSON.stringify({ reason }));
}
