import { decodeJson } from "../../internal/json.ts";
import { type Field, fieldsOf } from "../../internal/protobuf_reader.ts";
import { RECORD } from "./_records.ts";

/** A record of a log. */
export interface LogRecord {
  readonly type: keyof typeof RECORD;
  readonly content: Uint8Array;
}

const TYPES: ReadonlyMap<number, keyof typeof RECORD> = new Map(
  Object.entries(RECORD).map((
    [type, field],
  ) => [field, type as keyof typeof RECORD]),
);

/** Returns the type and content of a record; `undefined` if it says nothing that a run of Ato has. */
export function recordOf(bytes: Uint8Array): LogRecord | undefined {
  for (const { field, bytes: content } of fieldsOf(bytes)) {
    const type = TYPES.get(field);
    if (type !== undefined) return { type, content };
  }
  return undefined;
}

/** The fields of a message by number; of a field that comes several times, all. */
export class Message {
  readonly #fields = new Map<number, Field[]>();

  /** @throws {ProtobufError} If it is no message. */
  constructor(bytes: Uint8Array) {
    for (const field of fieldsOf(bytes)) {
      const list = this.#fields.get(field.field);
      if (list === undefined) this.#fields.set(field.field, [field]);
      else list.push(field);
    }
  }

  /** A string; `undefined` if it is empty, which is the same on the wire. */
  text(field: number): string | undefined {
    const bytes = this.#fields.get(field)?.at(-1)?.bytes;
    return bytes === undefined || bytes.length === 0
      ? undefined
      : textOf(bytes);
  }

  /** All strings of a list. */
  texts(field: number): string[] {
    return (this.#fields.get(field) ?? []).map(({ bytes }) => textOf(bytes));
  }

  /** An int32, int64, enum or bool; 0 if it is missing. */
  integer(field: number): number {
    const value = this.#fields.get(field)?.at(-1)?.value ?? 0n;
    return Number(BigInt.asIntN(64, value));
  }

  /** A message; empty if it is missing. */
  message(field: number): Message {
    const bytes = this.#fields.get(field)?.at(-1)?.bytes;
    return new Message(bytes ?? new Uint8Array());
  }

  /** All messages of a list. */
  messages(field: number): Message[] {
    return (this.#fields.get(field) ?? []).map(({ bytes }) =>
      new Message(bytes)
    );
  }

  /** A `google.protobuf.Timestamp` in milliseconds; `undefined` if it is missing or no time. */
  time(field: number): number | undefined {
    if (!this.#fields.has(field)) return undefined;
    const at = this.message(field);
    const time = timeOr(at.integer(1) * 1000 + at.integer(2) / 1e6, NaN);
    return Number.isNaN(time) ? undefined : time;
  }
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array): string {
  return storable(decoder.decode(bytes));
}

/** Replaces what SQLite cannot keep in a text: NUL, and halves of characters. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

/** The times that a file can have: the years 1 to 9999, in milliseconds since 1970. */
const [FIRST_TIME, LAST_TIME] = [-62_135_596_800_000, 253_402_300_799_999];

/** Rounds a time to milliseconds; one that no clock shows is the other one. */
export function timeOr(time: number, other: number): number {
  const rounded = Math.round(time);
  return rounded >= FIRST_TIME && rounded <= LAST_TIME ? rounded : other;
}

/** A key path and its value. */
export type Item = readonly [path: readonly string[], value: unknown];

/**
 * Reads `ConfigItem`, `SummaryItem` or `HistoryItem`.
 *
 * @returns the path and value; `undefined` if the value is not JSON.
 */
export function itemOf(item: Message): Item | undefined {
  const nested = item.texts(2);
  const path = nested.length > 0 ? nested : [item.text(1) ?? ""];
  try {
    return [path, decodeJson(item.text(16) ?? "null")];
  } catch (error) {
    // A damaged or hostile value costs itself alone.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
