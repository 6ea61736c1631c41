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
  readonly #every: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #nextCheck: number;
  #nextBeat: number;
  /** What the first heartbeat that failed in the timer threw, until it is thrown to a caller. */
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param work What is done; it starts at once.
   * @param every Milliseconds between heartbeats.
   */
  constructor(work: HeartbeatWork, every: number = BEAT) {
    this.#work = work;
    this.#every = every;
    const now = performance.now();
    this.#nextCheck = now + CHECK;
    this.#nextBeat = now + every;
    this.#timer = setInterval(() => this.#beatInTimer(), every);
    this.#timer.unref();
  }

  /**
   * Does what is due. In a program that never lets the event loop turn, no timer fires, but it logs.
   *
   * @throws what the work throws, or what it threw in the timer since the last call.
   */
  tick(): void {
    this.throwFailure();
    const now = performance.now();
    if (now < this.#nextCheck) return;
    this.#nextCheck = now + CHECK;
    yieldSignals(now);
    this.#work.check();
    if (now >= this.#nextBeat) this.#beat();
  }

  /** Throws what a heartbeat threw in the timer, once. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Stops the timer. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** An error that a timer throws is uncaught, and ends the process at a random place. */
  #beatInTimer(): void {
    try {
      this.#beat();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #beat(): void {
    this.#nextBeat = performance.now() + this.#every;
    this.#work.beat();
  }
}
