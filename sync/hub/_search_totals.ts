/** What all rounds of a push or a pull that goes on did with searches. */

/** What one round did. */
interface Round {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly events: number;
}

/** Adds up the rounds. */
export class SearchTotals {
  readonly #added = new Set<string>();
  readonly #updated = new Set<string>();
  #events = 0;

  /** Adds a round. */
  add({ added, updated, events }: Round): void {
    added.forEach((name) => this.#added.add(name));
    updated.forEach((name) => this.#added.has(name) || this.#updated.add(name));
    this.#events += events;
  }

  /** All rounds together. */
  all(): Round {
    return {
      added: [...this.#added],
      updated: [...this.#updated],
      events: this.#events,
    };
  }
}
