/** Values by numbers that are mostly small ids: looked up in a list, which is faster than hashing. */
export class NumberMap<T> {
  readonly #small: (T | undefined)[] = [];
  readonly #others = new Map<number, T>();

  /** Returns the value of a number. */
  get(number: number): T | undefined {
    return isSmall(number) ? this.#small[number] : this.#others.get(number);
  }

  /** Sets the value of a number. */
  set(number: number, value: T): void {
    if (!isSmall(number)) this.#others.set(number, value);
    else {
      // Without holes a list stays fast.
      while (this.#small.length < number) this.#small.push(undefined);
      this.#small[number] = value;
    }
  }
}

const MOST = 1_000_000;

function isSmall(number: number): boolean {
  return number >= 0 && number < MOST;
}
