import { unplanned } from "./_brackets.ts";
import type { Decision } from "./scheduler.ts";

/** Trials each of which is one job to the same fidelity. */
export class SingleJobs {
  readonly #name: string;
  readonly #trials: number;
  readonly #fidelity: number;
  readonly #started = new Set<number>();
  readonly #running = new Set<number>();

  /** Makes them for a scheduler of some name. */
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

  /** What shall run next. */
  next(): Decision {
    if (this.#started.size < this.#trials) {
      return { kind: "start", bracket: 0, rung: 0, to: this.#fidelity };
    }
    return { kind: this.#running.size > 0 ? "wait" : "done" };
  }

  /** A trial runs. */
  started(trial: number, bracket: number, rung: number): void {
    if (bracket !== 0 || rung !== 0) {
      throw unplanned(this.#name, { trial, bracket, rung });
    }
    this.#started.add(trial);
    this.#running.add(trial);
  }

  /** A trial has ended; whether it ran. */
  ended(trial: number): boolean {
    return this.#running.delete(trial);
  }
}
