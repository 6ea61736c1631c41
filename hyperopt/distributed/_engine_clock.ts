import type { SearchBackend } from "./backend.ts";

/** The clock of the engine, as this process knows it: the clocks of the machines need not agree. */
export class EngineClock {
  readonly #backend: SearchBackend;
  #offset = 0;

  constructor(backend: SearchBackend) {
    this.#backend = backend;
  }

  /** Asks the engine for its time. */
  async sync(): Promise<void> {
    const before = performance.now();
    const time = await this.#backend.now();
    const after = performance.now();
    this.#offset = time - (before + after) / 2;
  }

  /** The time in whole milliseconds since 1970. */
  now(): number {
    return Math.round(performance.now() + this.#offset);
  }
}
