/** The inputs that a program named with `scope.input`. */
import { giveInput, type InputOptions } from "../internal/given_inputs.ts";
import { startContent } from "../internal/late_inputs.ts";
import type { SeenRead } from "../internal/run_inputs.ts";
import { ScopeUsageError } from "./errors.ts";

/** The inputs of a scope. Those that were named before the first config was resolved belong to every run. */
export class GivenList {
  #early: SeenRead[] = [];
  #current: SeenRead[] = [];
  #isResolved = false;
  readonly #listeners: Set<(read: SeenRead) => void> = new Set();

  /** Takes an input as it is now, and returns its path or paths. */
  give(what: unknown, options: InputOptions): string | string[] {
    const { result, reads } = giveInput(what, options, {
      action: "take an input",
      error: ScopeUsageError,
      start: startContent,
    });
    (this.#isResolved ? this.#current : this.#early).push(...reads);
    for (const read of reads) {
      for (const listener of [...this.#listeners]) listener(read);
    }
    return result;
  }

  /** Calls the listener with the inputs so far, then with later ones. */
  onInput(listener: (read: SeenRead) => void): () => void {
    for (const read of [...this.#early, ...this.#current]) listener(read);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A config is resolved: what was named for an earlier one belongs to the runs of that. */
  restart(): void {
    this.#isResolved = true;
    this.#current = [];
  }
}
