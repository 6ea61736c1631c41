/** Reads answers of a server, which can be anything. */
import { isRecord } from "../../internal/objects.ts";
import { TargetError } from "../targets/errors.ts";

/** A mapping of an answer. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields of an answer; an error names the place. */
export class Answer {
  readonly #fields: Fields;
  readonly #place: string;

  /** Takes a value; one that is no mapping is refused. */
  constructor(value: unknown, place: string) {
    if (!isRecord(value)) throw lie(place, "is not a mapping");
    this.#fields = value;
    this.#place = place;
  }

  /** A mapping. */
  at(name: string): Answer {
    return new Answer(this.#fields[name], `${this.#place}.${name}`);
  }

  /** A mapping, or `undefined`. */
  maybe(name: string): Answer | undefined {
    return this.#fields[name] === undefined ? undefined : this.at(name);
  }

  /** A list of mappings; a missing one is empty, as MLflow writes empty lists. */
  list(name: string): Answer[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value)) {
      throw lie(`${this.#place}.${name}`, "is not a list");
    }
    return value.map((one, i) =>
      new Answer(one, `${this.#place}.${name}[${i}]`)
    );
  }

  /** A text; a missing one is empty, as MLflow writes empty texts. */
  text(name: string): string {
    const value = this.#fields[name] ?? "";
    if (typeof value === "string") return value;
    throw lie(`${this.#place}.${name}`, "is not a text");
  }

  /** A text that must be there. */
  id(name: string): string {
    const text = this.text(name);
    // It becomes part of addresses, filters and file names.
    if (/^[A-Za-z0-9][\w-]{0,255}$/.test(text)) return text;
    throw lie(`${this.#place}.${name}`, "is not an id");
  }

  /** A number, also one that JSON lacks; a missing one is 0. */
  number(name: string): number {
    const value = this.#fields[name] ?? 0;
    if (typeof value === "number") return value;
    if (value === "NaN") return NaN;
    if (value === "Infinity") return Infinity;
    if (value === "-Infinity") return -Infinity;
    throw lie(`${this.#place}.${name}`, "is not a number");
  }

  /** An integer, which can be written as a text; a missing one is 0. */
  integer(name: string): number {
    const value = this.#fields[name] ?? 0;
    const number = typeof value === "string" && /^-?\d{1,16}$/.test(value)
      ? Number(value)
      : value;
    if (Number.isSafeInteger(number)) return number as number;
    throw lie(`${this.#place}.${name}`, "is not an integer");
  }

  /** Whether it is true. */
  flag(name: string): boolean {
    return this.#fields[name] === true;
  }
}

function lie(place: string, what: string): TargetError {
  return new TargetError(
    `Cannot use the answer of the server: ${place} ${what}; is it an MLflow server?`,
  );
}
