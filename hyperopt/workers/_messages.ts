/** The messages between a thread and the one that started it. */
import type { EntryScript } from "../../internal/entry_script.ts";
import type { ProcessWords } from "../../internal/process_words.ts";
import type { Job, Verdict } from "../study/job.ts";
import type { PlainReason } from "./_give_up.ts";
import type { ObjectiveResult } from "./objective.ts";
import type { TrackOrder } from "./_trial_run.ts";

/** The data that a thread is started with. */
export interface ThreadData {
  /** Distinguishes threads of a study from those of the user. */
  readonly kind: "ato-study";
  /** The module of the objective. */
  readonly module: string;
  /** The name of its export. */
  readonly name: string;
  /** The study's metric. */
  readonly metric: string;
  /** The script of the process. */
  readonly entry: EntryScript;
  /** The words of the process, if they are known. */
  readonly words: ProcessWords | undefined;
  /** How the trials are tracked, if they are. */
  readonly track?: TrackOrder;
}

/** A message to the thread. */
export type ToThread =
  | { readonly kind: "job"; readonly job: Job<unknown> }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  /** A report cannot be taken. */
  | {
    readonly kind: "refused";
    readonly error: { readonly name: string; readonly message: string };
  }
  /** The running job is given up. */
  | { readonly kind: "abort"; readonly reason: PlainReason };

/** A message from the thread. */
export type FromThread =
  /** The objective is loaded; the thread gets no job before. */
  | { readonly kind: "ready" }
  /** The objective cannot be loaded, so no job can run here. */
  | { readonly kind: "unready"; readonly error: unknown }
  | {
    readonly kind: "report";
    readonly metrics: Readonly<Record<string, number>>;
    readonly fidelity: number;
  }
  | { readonly kind: "result"; readonly result: ObjectiveResult }
  | { readonly kind: "error"; readonly error: unknown };
