import type { Bell } from "../_engine.ts";
import { pause } from "../../../internal/pause.ts";
import type { RedisClient } from "./_client.ts";

/** The seconds of one blocking call. It must end before the connection counts as dead. */
const BLOCK = 2;

/** The pause after a call failed, in milliseconds. */
const PAUSE = 250;

/**
 * Wakes one waiting process for each job: with a message to all of them, a thousand idle workers would ask for each job.
 */
export class JobBell implements Bell {
  readonly #signals: string;
  readonly #connect: () => Promise<RedisClient>;
  readonly #giveBack: () => Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  readonly #closed: AbortSignal;
  #isListening = false;

  /**
   * Makes the bell.
   *
   * @param signals The key of the list of signals.
   * @param connect Returns a connection for blocking calls only.
   * @param giveBack Puts back a signal that nobody waited for.
   * @param closed Aborted when the connection is closed.
   */
  constructor(
    signals: string,
    connect: () => Promise<RedisClient>,
    giveBack: () => Promise<unknown>,
    closed: AbortSignal,
  ) {
    this.#signals = signals;
    this.#connect = connect;
    this.#giveBack = giveBack;
    this.#closed = closed;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener("abort", end);
      this.#waiting.add(end);
      if (!this.#isListening) void this.#listen();
    });
  }

  async #listen(): Promise<void> {
    this.#isListening = true;
    while (this.#waiting.size > 0 && !this.#closed.aborted) {
      try {
        const redis = await this.#connect();
        if (await redis.blpop(this.#signals, BLOCK) === null) continue;
        const [first] = this.#waiting;
        // The one that waited gave up meanwhile, so another process should look.
        if (first === undefined) await this.#giveBack();
        else first();
      } catch {
        // Who waits looks from time to time anyway, and its own call says what is wrong.
        await pause(PAUSE, this.#closed);
      }
    }
    this.#isListening = false;
  }
}
