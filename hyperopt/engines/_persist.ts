import { BackOff } from "../../internal/back_off.ts";
import { pause } from "../../internal/pause.ts";
import type { Judged } from "./_engine.ts";
import { EngineError } from "./errors.ts";

/** The first pause, in milliseconds; the following ones double up to the longest. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** What {@linkcode Persistence} needs of an engine. */
export interface Retried {
  judge(error: unknown): Judged;
  reset(): void;
}

/** Options for {@linkcode Persistence}. */
export interface PersistOptions {
  /** The address, for messages. */
  readonly shown: string;
  /** The milliseconds for which a call is tried again. */
  readonly retry: number;
  /** The milliseconds after which a single try counts as unanswered. */
  readonly patience: number;
  /** Aborted when the connection is closed. */
  readonly closed: AbortSignal;
}

/** Tries calls again while the engine cannot be reached. */
export class Persistence {
  readonly #engine: Retried;
  readonly #options: PersistOptions;

  constructor(engine: Retried, options: PersistOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /**
   * Calls a function until it succeeds.
   *
   * @param work The function; it can be called again after a call whose answer was lost.
   * @param times Other times: after which to give up, and after which a single try counts as unanswered.
   * @throws {EngineError} If it fails for a reason that does not pass, or for too long.
   */
  async run<R>(
    work: () => Promise<R>,
    times: { readonly limit?: number; readonly patience?: number } = {},
  ): Promise<R> {
    const { closed, shown, retry } = this.#options;
    const { limit = retry } = times;
    const { patience = this.#options.patience } = times;
    const begin = performance.now();
    // All processes lose their connections at the same time.
    const backOff = new BackOff(FIRST_PAUSE, LONGEST_PAUSE);
    for (;;) {
      try {
        return await this.#once(work, patience);
      } catch (error) {
        if (closed.aborted) throw closedError();
        const { again, error: known } = this.#engine.judge(error);
        if (!again) throw known;
        const left = begin + limit - performance.now();
        if (left <= 0) throw lostError(shown, limit, known);
        await pause(Math.min(backOff.next(), left), closed);
      }
    }
  }

  /** Calls a function once, and gives up when the connection is closed or nothing answers. */
  #once<R>(work: () => Promise<R>, patience: number): Promise<R> {
    const { closed } = this.#options;
    return new Promise((resolve, reject) => {
      const close = () => end(() => reject(closedError()));
      const timer = setTimeout(() => {
        this.#engine.reset();
        end(() => reject(new NoAnswerError()));
      }, patience);
      const end = (settle: () => void) => {
        clearTimeout(timer);
        closed.removeEventListener("abort", close);
        settle();
      };
      if (closed.aborted) return close();
      closed.addEventListener("abort", close);
      work().then(
        (result) => end(() => resolve(result)),
        (error) => end(() => reject(error)),
      );
    });
  }
}

/** A call was not answered in time. */
export class NoAnswerError extends Error {
  constructor() {
    super("it does not answer");
    this.name = "NoAnswerError";
  }
}

/** Makes the error of a call on a closed connection. */
export function closedError(): EngineError {
  return new EngineError(
    "closed",
    "Cannot use the engine: the connection is closed; connect again",
  );
}

function lostError(
  shown: string,
  limit: number,
  last: EngineError,
): EngineError {
  const seconds = Math.round(limit / 100) / 10;
  const reason = last.message.replace(/^.*?: /s, "");
  return new EngineError(
    "lost",
    `Cannot reach the engine ${shown}, also not for ${seconds} s: ${reason}; ` +
      "what was appended is kept there, so start again when the engine runs",
  );
}
