/** Turns: one at a time, in the order in which they are asked for. */

/** Gives turns. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /**
   * Waits for a turn.
   *
   * @param signal Gives up waiting.
   * @returns what ends the turn.
   * @throws the reason of the signal, if it comes before the turn; then the turn is another one's.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#isTaken) await this.#wait(signal);
    this.#isTaken = true;
    return () => {
      const next = this.#waiting.shift();
      // The next one has the turn at once, so that nobody comes between.
      if (next === undefined) this.#isTaken = false;
      else next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((done, fail) => {
      const next = () => {
        signal.removeEventListener("abort", leave);
        done();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(next), 1);
        fail(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(next);
    });
  }
}
