/** A column of a table of runs, with each distinct value once. */
import { leafText } from "../../internal/json_text.ts";
import { rawValueText } from "../../internal/value_text.ts";
import type { Cell, Column } from "../api_types.ts";

/** The values of a config key, by the place of the run. */
export class ValueColumn {
  readonly #cells: Cell[] = [];
  readonly #values: unknown[] = [];
  readonly #index = new Map<string, number>();
  readonly #at: number[] = [];

  /** Sets the value of the run at a place. */
  set(place: number, value: unknown): void {
    // Values of two types never have the same text.
    const text = rawValueText(value);
    let index = this.#index.get(text);
    if (index === undefined) {
      index = this.#values.push(value) - 1;
      this.#cells.push(cellOf(value));
      this.#index.set(text, index);
    }
    while (this.#at.length < place) this.#at.push(-1);
    this.#at[place] = index;
  }

  /** Removes the value of the run at a place. */
  clear(place: number): void {
    if (place < this.#at.length) this.#at[place] = -1;
  }

  /** The value of the run at a place; `undefined` if it has none. */
  at(place: number): unknown {
    return this.#values[this.#at[place] ?? -1];
  }

  /** Applies a test to each distinct value; returns the answers, by place. */
  test(
    matches: (value: unknown) => boolean,
  ): (place: number) => boolean | undefined {
    const answers = this.#values.map(matches);
    return (place) => answers[this.#at[place] ?? -1];
  }

  /** Whether not all of `count` runs have the same value. */
  differs(count: number): boolean {
    if (this.#at.length < count) return true;
    const [first] = this.#at;
    return this.#at.some((index) => index !== first);
  }

  /** Whether runs have different values, and not merely a value or none. */
  get hasSeveral(): boolean {
    const first = this.#at.find((index) => index !== -1);
    return this.#at.some((index) => index !== -1 && index !== first);
  }

  /** The value that all runs have. */
  get only(): Cell {
    return this.#cells[this.#at[0] ?? -1] ?? null;
  }

  /** The column of some runs, with the values that they have. */
  pick(key: string, places: readonly number[]): Column {
    const renumbered = new Map<number, number>();
    const values: Cell[] = [];
    const at = places.map((place) => {
      const index = this.#at[place] ?? -1;
      if (index === -1) return -1;
      const known = renumbered.get(index);
      if (known !== undefined) return known;
      renumbered.set(index, values.length);
      return values.push(this.#cells[index] ?? null) - 1;
    });
    return { key, values, at };
  }
}

function cellOf(value: unknown): Cell {
  if (
    value === null || typeof value === "string" || typeof value === "boolean"
  ) return value;
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : leafText(value);
}
