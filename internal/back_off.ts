/**
 * How long to wait before something is tried again.
 *
 * @module
 */

/**
 * Pauses that double, with jitter, so that many programs that lost a server at once do not come back at once (Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: "equal jitter").
 *
 * @example
 * ```ts
 * import { BackOff } from "./back_off.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const backOff = new BackOff(100, 1_000);
 * const [first, second] = [backOff.next(), backOff.next()];
 * assert(first >= 50 && first <= 100);
 * assert(second >= 100 && second <= 200);
 * assertEquals(backOff.failures, 2);
 * ```
 */
export class BackOff {
  readonly #first: number;
  readonly #longest: number;
  #failures = 0;

  /**
   * @param first The first pause in milliseconds.
   * @param longest The longest pause in milliseconds.
   */
  constructor(first: number, longest: number) {
    this.#first = first;
    this.#longest = longest;
  }

  /** The number of failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  /** Begins anew: something has worked. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Counts a failure.
   *
   * @param least The milliseconds that a server asks for.
   * @returns the pause in milliseconds: between half and all of a time that doubles, or what the server asks for.
   */
  next(least = 0): number {
    const pause = Math.min(
      this.#first * 2 ** Math.min(this.#failures, 30),
      this.#longest,
    );
    this.#failures++;
    return Math.max(pause * (0.5 + Math.random() / 2), least);
  }
}
