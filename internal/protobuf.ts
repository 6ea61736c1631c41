/**
 * The parts of the protobuf wire format (protobuf.dev/programming-guides/encoding) that event files and W&B's
 * logs need.
 *
 * @module
 */

const encoder = new TextEncoder();

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

function fixed(bytes: number, set: (view: DataView) => void): Uint8Array {
  const out = new Uint8Array(bytes);
  set(new DataView(out.buffer));
  return out;
}

/** Joins fields into a message. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function tag(field: number, wireType: number): Uint8Array {
  return Uint8Array.from(varint(BigInt(field << 3 | wireType)));
}

/** A field of type int64 or enum. */
export function integerField(
  field: number,
  value: number | bigint,
): Uint8Array {
  return join(tag(field, 0), Uint8Array.from(varint(BigInt(value))));
}

/** A field of type double. */
export function doubleField(field: number, value: number): Uint8Array {
  const bytes = fixed(8, (view) => view.setFloat64(0, value, true));
  return join(tag(field, 1), bytes);
}

/** A field of type float. */
export function floatField(field: number, value: number): Uint8Array {
  const bytes = fixed(4, (view) => view.setFloat32(0, value, true));
  return join(tag(field, 5), bytes);
}

/** A field that holds a string, bytes, or another message. */
export function bytesField(
  field: number,
  value: string | Uint8Array,
): Uint8Array {
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  const length = Uint8Array.from(varint(BigInt(bytes.length)));
  return join(tag(field, 2), length, bytes);
}
