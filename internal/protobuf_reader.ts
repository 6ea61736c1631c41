/**
 * Reads the protobuf wire format. The bytes may come from anyone: every length is checked, and nothing is nested deeper
 * than the caller asks for.
 *
 * @module
 */

/** A field of a message. */
export interface Field {
  /** Its number. */
  readonly field: number;
  /** Its value, if it is a varint, 64 bits or 32 bits; otherwise 0. */
  readonly value: bigint;
  /** Its content, if it has a length: a string, bytes or a message; otherwise empty. */
  readonly bytes: Uint8Array;
}

/** The bytes are no message. */
export class ProtobufError extends Error {
  /** Makes the error. */
  constructor(reason: string) {
    super(reason);
    this.name = "ProtobufError";
  }
}

const NOTHING = new Uint8Array();

/**
 * Reads the fields of a message, in the order in which they are.
 *
 * @param bytes The message.
 * @throws {ProtobufError} If it ends too early, or has a type that messages do not have.
 */
export function* fieldsOf(bytes: Uint8Array): Iterable<Field> {
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const tag = reader.short();
    const field = Math.floor(tag / 8);
    if (field === 0) throw new ProtobufError("a field has the number 0");
    switch (tag % 8) {
      case 0:
        yield { field, value: reader.varint(), bytes: NOTHING };
        break;
      case 1:
        yield { field, value: reader.fixed(8), bytes: NOTHING };
        break;
      case 2:
        yield { field, value: 0n, bytes: reader.take(reader.short()) };
        break;
      case 5:
        yield { field, value: reader.fixed(4), bytes: NOTHING };
        break;
      default:
        throw new ProtobufError(`field ${field} has the type ${tag % 8}`);
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtobufError("it ends too early");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  fixed(length: 4 | 8): bigint {
    let value = 0n;
    for (const byte of this.take(length).toReversed()) {
      value = value << 8n | BigInt(byte);
    }
    return value;
  }

  /** A number below 2^35: a tag or a length. */
  short(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError("a length is too long");
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError("a number is too long");
  }

  #byte(): number {
    if (this.isAtEnd) throw new ProtobufError("it ends too early");
    return this.#bytes[this.#at++]!;
  }
}
