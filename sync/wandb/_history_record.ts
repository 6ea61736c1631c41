import { bytesField, integerField, join } from "../../internal/protobuf.ts";

/** The fields of W&B's `Record`, `HistoryRecord` and `HistoryItem`, as tags of the wire format. */
const NUM = 0x08;
const HISTORY = 0x12;
const ITEM = 0x0a;
const STEP = 0x12;
const VALUE_JSON = 16;

/** A number as W&B writes it: JSON with the words NaN, Infinity and -Infinity. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

/**
 * Encodes rows of the history as records. There can be millions of them, so their bytes are written into one
 * buffer, which the next record overwrites.
 */
export class HistoryEncoder {
  #buffer = new Uint8Array(4096);
  #at = 0;
  readonly #keys: readonly Uint8Array[];

  /** Makes an encoder of rows with these keys. */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => bytesField(1, key));
  }

  /**
   * Encodes a row.
   *
   * @param num The number of the record in the log.
   * @param step The step of the row: `HistoryRecord.step`.
   * @param values The values as JSON in ASCII, each with the number of its key.
   * @returns the record, valid until the next call.
   */
  encode(
    num: number,
    step: number,
    values: readonly (readonly [key: number, json: string])[],
  ): Uint8Array {
    this.#at = 0;
    for (const [key, json] of values) this.#item(this.#keys[key]!, json);
    const items = this.#buffer.subarray(0, this.#at);
    const stepField = step === 0
      ? Uint8Array.of(STEP, 0)
      : bytesField(2, integerField(1, step));
    const head = join(
      Uint8Array.of(NUM),
      varint(num),
      Uint8Array.of(HISTORY),
      varint(items.length + stepField.length),
    );
    return join(head, items, stepField);
  }

  #item(key: Uint8Array, json: string): void {
    // The tag of value_json has two bytes; a number in JSON is shorter than 128 bytes.
    const length = key.length + 3 + json.length;
    const size = varint(length);
    this.#reserve(1 + size.length + length);
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = ITEM;
    buffer.set(size, at);
    at += size.length;
    buffer.set(key, at);
    at += key.length;
    buffer[at++] = (VALUE_JSON << 3 | 2) & 0x7f | 0x80;
    buffer[at++] = VALUE_JSON >> 4;
    buffer[at++] = json.length;
    for (let i = 0; i < json.length; i++) buffer[at++] = json.charCodeAt(i);
    this.#at = at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = new Uint8Array(
      Math.max(this.#buffer.length * 2, this.#at + bytes),
    );
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}

/** A short list of bytes: lengths and numbers of records. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push(rest % 128 | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
