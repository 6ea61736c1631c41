import { Heap } from "./_heap.ts";

/** The median of numbers that are added one by one. */
export class RunningMedian {
  /** The lesser half, the greatest on top; it has one more if their number is odd. */
  readonly #low = new Heap<number>((one, other) => one > other);
  /** The greater half, the least on top. */
  readonly #high = new Heap<number>((one, other) => one < other);

  /** The number of numbers. */
  get size(): number {
    return this.#low.size + this.#high.size;
  }

  /** The median; if their number is even, the mean of the two in the middle. */
  get value(): number | undefined {
    const low = this.#low.top;
    const high = this.#high.top;
    if (low === undefined || high === undefined) return low;
    if (this.#low.size > this.#high.size) return low;
    return low / 2 + high / 2;
  }

  /** Adds a number, in O(log n). */
  add(value: number): void {
    const low = this.#low;
    const high = this.#high;
    if (low.top === undefined || value <= low.top) low.push(value);
    else high.push(value);
    if (low.size > high.size + 1) high.push(low.pop()!);
    else if (high.size > low.size) low.push(high.pop()!);
  }
}
