/**
 * The bounds of what a config may hold. Data that nests without end, contains itself, or uses one
 * object over and over takes a line to write, but more stack, memory or time than there is to copy.
 *
 * @module
 */
import { MAX_DEPTH, TOO_DEEP } from "./limits.ts";

/** More values than any config takes from objects that it holds in several places. */
const MAX_REPEATED = 1_000_000;

/** Watches a walk over mappings and lists. */
export class Descent {
  readonly #around = new Set<object>();
  readonly #met = new Set<object>();
  readonly #above: number;
  #repeated = 0;

  /** @param above How many levels there are around what is walked over. */
  constructor(above: number = 0) {
    this.#above = above;
  }

  /**
   * Steps into a mapping or list; call `leave` when done with it.
   *
   * @param container The mapping or list.
   * @returns what forbids it, to stand behind a colon; `undefined` if nothing does.
   */
  enter(container: object): string | undefined {
    if (this.#around.has(container)) return "the value contains itself";
    if (this.#above + this.#around.size >= MAX_DEPTH) return TOO_DEEP;
    if (this.#met.has(container)) {
      this.#repeated += 1 + Object.keys(container).length;
      if (this.#repeated > MAX_REPEATED) {
        return `it repeats the same objects so often that it has more than ${MAX_REPEATED} values`;
      }
    } else this.#met.add(container);
    this.#around.add(container);
    return undefined;
  }

  /** Steps out again. */
  leave(container: object): void {
    this.#around.delete(container);
  }
}
