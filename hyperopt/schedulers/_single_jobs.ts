import { unplanned } from "./_brackets.ts";
import type { Decision } from "./scheduler.ts";

/** Trials that are each one job, to the same fidelity. */
export class SingleJobs {
  readonly #name: string;
  readonly #trials: number;
  readonly #fidelity: number;
  readonly #started = new Set<number>();
  readonly #running = new Set<number>();

  /** Makes the trials of a scheduler. */
  constructor(
    name: string,
    { trials, fidelity }: {
      readonly trials: number;
      readonly fidelity: number;
    },
  ) {
    this.#name = name;
    this.#trials = trials;
    this.#fidelity = fidelity;
  }

  /** Returns what runs next. */
  next(): Decision {
    if (this.#started.size < this.#trials) {
      return { kind: "start", bracket: 0, rung: 0, to: this.#fidelity };
    }
    return { kind: this.#running.size > 0 ? "wait" : "done" };
  }

  /** Tells that a trial runs. */
  started(trial: number, bracket: number, rung: number): void {
    if (bracket !== 0 || rung !== 0) {
      throw unplanned(this.#name, { trial, bracket, rung });
    }
    this.#started.add(trial);
    this.#running.add(trial);
  }

  /** Tells that a trial ended; returns whether it was running. */
  ended(trial: number): boolean {
    return this.#running.delete(trial);
  }
}
