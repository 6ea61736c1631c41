/** Columns with their types checked: SQLite keeps any value in any column. */
import { decodeJson, type TypeNote } from "../internal/json.ts";
import type { Shape } from "./_shapes.ts";
import { fromTimeText } from "./_times.ts";
import type { Row, SqlValue } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import { visible } from "../internal/visible_text.ts";

/** Longer values are cut in messages. */
const SHOWN = 40;

function shown(value: SqlValue | undefined): string {
  if (value === undefined) return "missing";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== "string") return String(value);
  const cut = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return JSON.stringify(visible(cut));
}

/** Reads the columns of one row. A value that neither Ato writes is damage, never another number. */
export class RowReader {
  readonly #row: Row;
  readonly #place: Place;

  /** Takes a row, and where it stands. */
  constructor(row: Row, place: Place) {
    this.#row = row;
    this.#place = place;
  }

  /** The error that says what is wrong with a column. */
  damage(name: string, what: string): Error {
    return damageError(this.#place, `${this.#place.table}.${name} ${what}`);
  }

  #isNull(name: string): boolean {
    return this.#row[name] === null || this.#row[name] === undefined;
  }

  #refuse(name: string, wanted: string): never {
    throw this.damage(name, `is ${shown(this.#row[name])}, ${wanted}`);
  }

  /** An integer that a number holds exactly. */
  integer(name: string): number {
    const value = this.#row[name];
    return Number.isSafeInteger(value)
      ? value as number
      : this.#refuse(name, "not a whole number within 2^53");
  }

  /** One of what is counted: from 0 on. */
  count(name: string): number {
    const value = this.integer(name);
    return value >= 0 ? value : this.#refuse(name, "less than 0");
  }

  /** The same, or nothing. */
  optionalCount(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.count(name);
  }

  /** An integer, or nothing. */
  optionalInteger(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.integer(name);
  }

  /** A finite number; infinity is how SQLite keeps what is too large. */
  real(name: string): number {
    const value = this.#row[name];
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : this.#refuse(name, "not a finite number");
  }

  /** The same, or nothing. */
  optionalReal(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.real(name);
  }

  /** Text. */
  text(name: string): string {
    const value = this.#row[name];
    return typeof value === "string" ? value : this.#refuse(name, "not text");
  }

  /** The same, or nothing. */
  optionalText(name: string): string | undefined {
    return this.#isNull(name) ? undefined : this.text(name);
  }

  /** A moment, or nothing. */
  optionalTime(name: string): Date | undefined {
    if (this.#isNull(name)) return undefined;
    const time = fromTimeText(this.text(name));
    return Number.isNaN(time.getTime())
      ? this.#refuse(name, "not a time")
      : time;
  }

  /** A moment in milliseconds since 1970. */
  milliseconds(name: string, milliseconds: number): Date {
    const time = new Date(milliseconds);
    return Number.isNaN(time.getTime())
      ? this.#refuse(name, "not a time")
      : time;
  }

  /** JSON of a certain shape; `fallback` where there is none. */
  json<T>(
    name: string,
    options: {
      readonly shape: Shape;
      readonly fallback?: T;
      readonly types?: readonly TypeNote[];
    },
  ): T {
    const { shape, fallback, types } = options;
    if (
      "fallback" in options && (this.#isNull(name) || this.#row[name] === "")
    ) {
      return fallback as T;
    }
    const text = this.text(name);
    let value: unknown;
    try {
      value = decodeJson(text, types);
    } catch (error) {
      throw this.damage(
        name,
        `is not JSON as Ato writes it (${visible((error as Error).message)})`,
      );
    }
    // Python's JSON columns spell "nothing" so.
    if (value === null && "fallback" in options) return fallback as T;
    const problem = shape(value, `${this.#place.table}.${name}`);
    if (problem !== undefined) throw damageError(this.#place, visible(problem));
    return value as T;
  }
}
