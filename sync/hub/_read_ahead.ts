/** Reads objects of a store before they are asked for, some at once. */
import type { HubStore } from "./store.ts";

/** The bytes of objects that wait to be taken after which no further one is asked for. */
const MOST_BYTES = 32 * 1024 * 1024;

interface Waiting {
  /** The number of the group that it is for. */
  readonly group: number;
  readonly bytes: Promise<Uint8Array | undefined>;
  /** Its size, once it is here. */
  size?: number;
}

/** Objects that were asked for before they are needed. */
export class ReadAhead {
  readonly #store: HubStore;
  readonly #coming: Iterator<readonly [number, string]>;
  readonly #asked = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  #group = 0;
  /** How many are under way. */
  #open = 0;
  #isOver = false;

  /**
   * @param store Where they are.
   * @param groups The names that are likely to be needed, in groups, in the order in which they are.
   */
  constructor(store: HubStore, groups: Iterable<Iterable<string>>) {
    this.#store = store;
    this.#coming = numbered(groups);
    this.#fill();
  }

  /** Takes an object that was asked for; `undefined` if it was not. */
  take(name: string): Promise<Uint8Array | undefined> | undefined {
    const found = this.#waiting.get(name);
    if (found === undefined) return undefined;
    this.#waiting.delete(name);
    this.#fill();
    return found.bytes;
  }

  /** Says that a group is done: what nobody took of it is dropped. */
  next(): void {
    this.#group++;
    for (const [name, { group, size }] of this.#waiting) {
      if (group < this.#group && size !== undefined) this.#waiting.delete(name);
    }
    this.#fill();
  }

  /** Asks for nothing more, and waits for what is under way. */
  async end(): Promise<void> {
    this.#isOver = true;
    const bytes = [...this.#waiting.values()].map((one) => one.bytes);
    this.#waiting.clear();
    await Promise.allSettled(bytes);
  }

  #fill(): void {
    const { atOnce = 1 } = this.#store;
    while (
      !this.#isOver && this.#open < atOnce && this.#waiting.size < atOnce
    ) {
      let kept = 0;
      for (const { size = 0 } of this.#waiting.values()) kept += size;
      if (kept >= MOST_BYTES) return;
      const next = this.#next();
      if (next === undefined) return void (this.#isOver = true);
      const [group, name] = next;
      // Whoever needs it again has kept it, or asks for it.
      if (group >= this.#group && !this.#asked.has(name)) {
        this.#ask(group, name);
      }
    }
  }

  /** The next name; none if the list cannot be read on: then nothing is read before it is asked for. */
  #next(): readonly [number, string] | undefined {
    try {
      const { value, done } = this.#coming.next();
      return done ? undefined : value;
    } catch {
      // Whoever comes to this group reads the same, and meets the error where it can be said.
      return undefined;
    }
  }

  #ask(group: number, name: string): void {
    this.#asked.add(name);
    this.#open++;
    const one: Waiting = { group, bytes: this.#store.get(name) };
    this.#waiting.set(name, one);
    const settled = (size: number): void => {
      this.#open--;
      one.size = size;
      // Its group may be done: then nobody takes it.
      if (group < this.#group && this.#waiting.get(name) === one) {
        this.#waiting.delete(name);
      }
      this.#fill();
    };
    // Its error is that of whoever takes it.
    one.bytes.then((found) => settled(found?.length ?? 0), () => settled(0));
  }
}

function* numbered(
  groups: Iterable<Iterable<string>>,
): Iterator<readonly [number, string], undefined> {
  let number = 0;
  for (const names of groups) {
    for (const name of names) yield [number, name] as const;
    number++;
  }
}
