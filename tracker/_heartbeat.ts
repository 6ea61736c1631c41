/** Checks a run at intervals: when it logs, and by a timer. */
import { clearInterval, setInterval } from "node:timers";
import { yieldSignals } from "./_lifecycle.ts";

/** Milliseconds between heartbeats. */
const BEAT = 10_000;
/** Milliseconds between checks of a run that logs. */
const CHECK = 250;

/** What is done at intervals. */
export interface HeartbeatWork {
  /** Checks whether the file is still there. */
  check(): void;
  /** Shows that the run is alive. */
  beat(): void;
}

/** The heartbeat of one run. */
export class Heartbeat {
  readonly #work: HeartbeatWork;
  readonly #timer: ReturnType<typeof setInterval>;
  #nextCheck: number;
  #nextBeat: number;

  /** @param work What is done; it starts at once. */
  constructor(work: HeartbeatWork) {
    this.#work = work;
    const now = performance.now();
    this.#nextCheck = now + CHECK;
    this.#nextBeat = now + BEAT;
    this.#timer = setInterval(() => this.#beat(), BEAT);
    this.#timer.unref();
  }

  /** Does what is due. In a program that never lets the event loop turn, no timer fires, but it logs. */
  tick(): void {
    const now = performance.now();
    if (now < this.#nextCheck) return;
    this.#nextCheck = now + CHECK;
    yieldSignals(now);
    this.#work.check();
    if (now >= this.#nextBeat) this.#beat();
  }

  /** Stops the timer. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#nextBeat = performance.now() + BEAT;
    this.#work.beat();
  }
}
