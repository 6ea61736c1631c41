/** Reads columns and checks their types, because SQLite stores any value in any column. */
import { decodeJson, type TypeNote } from "../internal/json.ts";
import { messageOf } from "../internal/errors.ts";
import type { Shape } from "./_shapes.ts";
import { fromTimeText } from "./_times.ts";
import type { Row, SqlValue } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";
import { visible } from "../internal/visible_text.ts";

/** The longest value that a message shows in full. */
const SHOWN = 40;

function shown(value: SqlValue | undefined): string {
  if (value === undefined) return "missing";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== "string") return String(value);
  const cut = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return JSON.stringify(visible(cut));
}

/** Reads the columns of one row. A value that neither Ato writes is damage; it is never converted. */
export class RowReader {
  readonly #row: Row;
  readonly #place: Place;

  /** Makes a reader of a row at a place. */
  constructor(row: Row, place: Place) {
    this.#row = row;
    this.#place = place;
  }

  /** Makes the error that says what is wrong with a column. */
  damage(name: string, what: string): Error {
    return damageError(this.#place, `${this.#place.table}.${name} ${what}`);
  }

  #isNull(name: string): boolean {
    return this.#row[name] === null || this.#row[name] === undefined;
  }

  #refuse(name: string, wanted: string): never {
    throw this.damage(name, `is ${shown(this.#row[name])}, ${wanted}`);
  }

  /** Reads an integer that a number can represent exactly. */
  integer(name: string): number {
    const value = this.#row[name];
    return Number.isSafeInteger(value)
      ? value as number
      : this.#refuse(name, "not a whole number within 2^53");
  }

  /** Reads an integer of at least 0. */
  count(name: string): number {
    const value = this.integer(name);
    return value >= 0 ? value : this.#refuse(name, "less than 0");
  }

  /** Like the method above; `undefined` for NULL. */
  optionalCount(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.count(name);
  }

  /** Reads an integer; `undefined` for NULL. */
  optionalInteger(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.integer(name);
  }

  /** Reads a finite number: SQLite stores infinity for numbers that are too large. */
  real(name: string): number {
    const value = this.#row[name];
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : this.#refuse(name, "not a finite number");
  }

  /** Like the method above; `undefined` for NULL. */
  optionalReal(name: string): number | undefined {
    return this.#isNull(name) ? undefined : this.real(name);
  }

  /** Reads a string. */
  text(name: string): string {
    const value = this.#row[name];
    return typeof value === "string" ? value : this.#refuse(name, "not text");
  }

  /** Like the method above; `undefined` for NULL. */
  optionalText(name: string): string | undefined {
    return this.#isNull(name) ? undefined : this.text(name);
  }

  /** Reads bytes. */
  bytes(name: string): Uint8Array {
    const value = this.#row[name];
    return value instanceof Uint8Array
      ? value
      : this.#refuse(name, "not bytes");
  }

  /** Reads a time; `undefined` for NULL. */
  optionalTime(name: string): Date | undefined {
    if (this.#isNull(name)) return undefined;
    const time = fromTimeText(this.text(name));
    return Number.isNaN(time.getTime())
      ? this.#refuse(name, "not a time")
      : time;
  }

  /** Converts milliseconds since 1970 that were computed from a column. */
  milliseconds(name: string, milliseconds: number): Date {
    const time = new Date(milliseconds);
    return Number.isNaN(time.getTime())
      ? this.#refuse(name, "not a time")
      : time;
  }

  /** Reads JSON of a given shape; returns `fallback` if the column is empty. */
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
        `is not JSON as Ato writes it (${visible(messageOf(error))})`,
      );
    }
    // A JSON column of Python stores null as a string.
    if (value === null && "fallback" in options) return fallback as T;
    const problem = shape(value, `${this.#place.table}.${name}`);
    if (problem !== undefined) throw damageError(this.#place, visible(problem));
    return value as T;
  }
}
