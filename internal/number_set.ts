/** Numbers, each once. Ids of a file are small, and are marked faster than they are hashed. */
export class NumberSet {
  readonly #marks: number[] = [];
  readonly #others = new Set<number>();
  readonly #list: number[] = [];

  /** Adds a number, if it is not there. */
  add(id: number): void {
    if (id >= 0 && id < MOST) {
      if (this.#marks[id] === 1) return;
      while (this.#marks.length <= id) this.#marks.push(0);
      this.#marks[id] = 1;
    } else if (this.#others.has(id)) return;
    else this.#others.add(id);
    this.#list.push(id);
  }

  /** Returns the numbers, in the order in which they were added. */
  list(): readonly number[] {
    return this.#list;
  }
}

const MOST = 1_000_000;
