/** How long to wait before something is tried again. */
import type { UnreachableError } from "./errors.ts";

/** Pauses that grow, with jitter, so that many programs do not come back at once. */
export class BackOff {
  readonly #first: number;
  readonly #longest: number;
  #failures = 0;

  /** Takes the first and the longest pause, in milliseconds. */
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
   * @param error What failed; it can name a time to wait.
   * @returns the pause in milliseconds: between half and all of a time that doubles, or what the place asks for.
   */
  next(error: UnreachableError): number {
    const pause = Math.min(
      this.#first * 2 ** Math.min(this.#failures, 30),
      this.#longest,
    );
    this.#failures++;
    return Math.max(pause * (0.5 + Math.random() / 2), error.wait ?? 0);
  }
}
