import { compareRanked, isLoss, type Ranked } from "./_ranked.ts";
import type { Decision, PlannedRung } from "./scheduler.ts";

/** The state of a rung. */
interface Rung extends PlannedRung {
  readonly started: Set<number>;
  readonly ended: Set<number>;
  readonly ranked: Ranked[];
  /** The trials that were promoted to this rung, the best first; not used for the first rung. */
  queue: readonly number[];
  /** The number of trials of the queue that are known to be started. */
  taken: number;
}

/** Trials that are halved rung by rung: the best of a rung are promoted when all of its trials have ended. */
export class SyncBracket {
  readonly #bracket: number;
  readonly #rungs: readonly Rung[];
  #current = 0;

  /** Makes a bracket that has not begun. */
  constructor(bracket: number, rungs: readonly PlannedRung[]) {
    this.#bracket = bracket;
    this.#rungs = rungs.map((rung) => ({
      ...rung,
      started: new Set(),
      ended: new Set(),
      ranked: [],
      queue: [],
      taken: 0,
    }));
  }

  /** The number of rungs. */
  get height(): number {
    return this.#rungs.length;
  }

  /** Returns what runs next in this bracket. */
  next(): Decision {
    const rung = this.#rungs[this.#current];
    if (rung === undefined) return { kind: "done" };
    const at = { bracket: this.#bracket, rung: this.#current };
    if (this.#current === 0) {
      return rung.started.size < rung.trials
        ? { kind: "start", ...at, to: rung.fidelity }
        : { kind: "wait" };
    }
    const trial = waiting(rung);
    if (trial === undefined) return { kind: "wait" };
    const from = this.#rungs[this.#current - 1]!.fidelity;
    return { kind: "resume", trial, ...at, from, to: rung.fidelity };
  }

  /** Tells that a trial runs at a rung. */
  started(trial: number, rung: number): void {
    this.#rungs[rung]!.started.add(trial);
  }

  /** Tells that a trial reached the end of a rung, or failed there. */
  ended(trial: number, rung: number, loss: number | undefined): void {
    const { ended, ranked } = this.#rungs[rung]!;
    if (ended.has(trial)) return;
    ended.add(trial);
    if (isLoss(loss)) ranked.push({ trial, loss });
    this.#climb();
  }

  /** Moves on to the first rung that is not complete. */
  #climb(): void {
    for (;;) {
      const rung = this.#rungs[this.#current];
      if (rung === undefined || !isComplete(rung, this.#current)) return;
      this.#current++;
      const above = this.#rungs[this.#current];
      if (above === undefined) return;
      // If no trial is left, the rungs above are complete as well.
      above.queue = rung.ranked.sort(compareRanked).slice(0, above.trials)
        .map(({ trial }) => trial);
    }
  }
}

/** Finds the first trial of the queue that was not started. */
function waiting(rung: Rung): number | undefined {
  const { queue, started } = rung;
  while (rung.taken < queue.length && started.has(queue[rung.taken]!)) {
    rung.taken++;
  }
  return queue[rung.taken];
}

function isComplete(rung: Rung, index: number): boolean {
  if (rung.ended.size < rung.started.size) return false;
  return index === 0
    ? rung.ended.size >= rung.trials
    : waiting(rung) === undefined;
}
