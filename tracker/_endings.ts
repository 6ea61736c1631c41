/** How a run ends: by `finish`, by disposal, by a signal, by an uncaught error, with its process. */
import { setTimeout } from "node:timers";
import { watch } from "./_lifecycle.ts";
import { messageOf } from "../internal/errors.ts";
import type { FinishOptions } from "./logger_options.ts";

/** A run that ends. */
export interface Endable {
  /**
   * Writes how the run ended.
   *
   * @param options How.
   * @param amends Whether it was written before, when the run was disposed of.
   */
  end(options: FinishOptions, amends: boolean): void;
  /** Closes the file. */
  release(): void;
  /** Reports an error to the user when it cannot be thrown. */
  warn(message: string): void;
}

/** Ends a run once, whatever the cause. */
export class Endings {
  readonly #run: Endable;
  readonly #unwatch: () => void;
  #state: "open" | "disposed" | "ended" = "open";
  #signal: string | undefined;

  /** @param run The run, which is open. */
  constructor(run: Endable) {
    this.#run = run;
    this.#unwatch = watch({
      interrupted: () => this.#finishQuietly({ status: "interrupted" }),
      noticed: (signal) => this.#signal = signal,
      crashed: (error) => this.#finishQuietly({ error }),
      exiting: (code) => this.#exit(code),
    });
  }

  /** Whether the run has not ended. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Ends the run. If it was disposed of, only an error that comes now changes how it ended. */
  finish(options: FinishOptions): void {
    const amends = this.#state === "disposed" && options.error !== undefined;
    if (!this.isOpen && !amends) return;
    this.#state = "ended";
    try {
      this.#run.end(options, amends);
    } finally {
      this.release();
    }
  }

  /**
   * Ends the run because its block has ended. If the block has thrown and the error is not caught, the
   * process reports it before the next turn of the event loop; until then the file stays open.
   */
  dispose(): void {
    if (!this.isOpen) return;
    this.#state = "disposed";
    const wasInterrupted = this.#signal !== undefined;
    try {
      this.#run.end(wasInterrupted ? { status: "interrupted" } : {}, false);
    } finally {
      setTimeout(() => this.release(), 0);
    }
  }

  /** Closes the file and stops watching the process; a second call does nothing. */
  release(): void {
    this.#state = "ended";
    this.#unwatch();
    this.#run.release();
  }

  #exit(code: number): void {
    if (!this.isOpen) return;
    if (this.#signal !== undefined) {
      this.#finishQuietly({ status: "interrupted" });
    } else if (code === 0) this.#finishQuietly({});
    else {
      const error = new Error(`The process ended with exit code ${code}`);
      this.#finishQuietly({ error });
    }
  }

  /** For handlers that must not throw, because the process is ending. */
  #finishQuietly(options: FinishOptions): void {
    try {
      this.finish(options);
    } catch (error) {
      this.#run.warn(messageOf(error));
    }
  }
}
