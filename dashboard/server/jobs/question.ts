/** A question, and who waits for its answer. */
import { clearTimeout, setTimeout } from "node:timers";
import { AnswerError } from "../reply.ts";

/** The one who asked has left; this is sent to nobody. */
export function left(): AnswerError {
  return new AnswerError("busy", "Cannot answer: the one who asked has left");
}

/** How a question is answered. */
export interface QuestionOptions {
  /**
   * Works the answer out, until the signal. `begin` says that the work has begun, and does not only wait for its turn.
   */
  work(signal: AbortSignal, begin: () => void): Promise<string>;
  /** Milliseconds for which work goes on for nobody: a page that is loaded again asks the same again. */
  readonly grace: number;
  /** Called when the work is given up, before it ends. */
  onGivenUp(): void;
}

/** A question. Any number of askers wait for its answer; when the last one leaves, the work is given up. */
export class Question {
  /** The answer. */
  readonly answer: Promise<string>;
  readonly #stop = new AbortController();
  readonly #options: QuestionOptions;
  #askers = 0;
  #hasBegun = false;
  #isDone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks it. */
  constructor(options: QuestionOptions) {
    this.#options = options;
    const begin = () => this.#hasBegun = true;
    this.answer = options.work(this.#stop.signal, begin)
      .finally(() => this.#isDone = true);
    // Whoever waits hears of it; when nobody does, it matters to nobody.
    this.answer.catch(() => {});
  }

  /**
   * Waits for the answer.
   *
   * @param signal The asker leaves.
   * @throws {AnswerError} If the asker leaves before.
   */
  async wait(signal: AbortSignal | undefined): Promise<string> {
    this.#askers++;
    clearTimeout(this.#timer);
    try {
      return await untilLeft(this.answer, signal);
    } finally {
      this.#askers--;
      if (this.#askers === 0 && !this.#isDone) this.#leave();
    }
  }

  #leave(): void {
    const { grace } = this.#options;
    if (!this.#hasBegun || grace === 0) return this.#giveUp();
    this.#timer = setTimeout(() => this.#giveUp(), grace);
    this.#timer.unref();
  }

  #giveUp(): void {
    if (this.#askers > 0 || this.#isDone) return;
    this.#options.onGivenUp();
    this.#stop.abort(left());
  }
}

async function untilLeft<Value>(
  value: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return await value;
  const { promise: leaving, reject } = Promise.withResolvers<never>();
  const leave = () => reject(left());
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([value, leaving]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
