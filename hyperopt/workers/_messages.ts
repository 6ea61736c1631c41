/** What a thread and the one that started it say to each other. */
import type { Job, Verdict } from "../study/job.ts";
import type { ObjectiveResult } from "./objective.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** Tells a thread of ours from those of the user. */
  readonly kind: "ato-study";
  /** The module of the objective. */
  readonly module: string;
  /** The name of its export. */
  readonly name: string;
  /** The study's metric. */
  readonly metric: string;
}

/** To the thread. */
export type ToThread =
  | { readonly kind: "job"; readonly job: Job<unknown> }
  | { readonly kind: "verdict"; readonly verdict: Verdict };

/** From the thread. */
export type FromThread =
  /** The objective is loaded: only now does the thread get a job. */
  | { readonly kind: "ready" }
  /** The objective cannot be loaded: no job would ever run here. */
  | { readonly kind: "unready"; readonly error: unknown }
  | {
    readonly kind: "report";
    readonly metrics: Readonly<Record<string, number>>;
    readonly fidelity: number;
  }
  | { readonly kind: "result"; readonly result: ObjectiveResult }
  | { readonly kind: "error"; readonly error: unknown };
