/** Tells open pages that the file changed. */
import type { Source } from "./source.ts";

/** Called with a number that differs from the one before. */
type Listener = (version: number) => void;

/** Looks for changes of the file, while someone listens. */
export class LiveChanges {
  readonly #source: Source;
  readonly #interval: number;
  readonly #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #version = 0;
  #seen: string | undefined;

  /** Makes it. `interval` is in milliseconds. */
  constructor(source: Source, interval: number) {
    this.#source = source;
    this.#interval = interval;
  }

  /** Calls the listener at each change, until the signal is aborted. */
  listen(listener: Listener, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#leave(listener));
    // At once, so that what changes from now on is a change. A look that is under way goes on for who came meanwhile.
    if (this.#timer === undefined && !this.#isLooking) this.#wait(0);
  }

  /** Ends. */
  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.close();
  }

  #wait(delay = this.#interval): void {
    this.#timer = setTimeout(() => void this.#look(), delay);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#isLooking = true;
    const state = await this.#source.state();
    this.#isLooking = false;
    if (this.#seen !== undefined && state !== this.#seen) {
      this.#version++;
      for (const listener of this.#listeners) listener(this.#version);
    }
    this.#seen = state;
    if (this.#listeners.size > 0) this.#wait();
  }
}
