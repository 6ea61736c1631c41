import type { Encoder } from "./_encoder.ts";
import { quantise } from "./_quantise.ts";
import { TAG } from "./_value_tags.ts";
import { UNIT } from "./_written_out.ts";

/** Any typed array. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | FloatArray;

/** A typed array of floats (`Float16Array` too, where the runtime has it). */
export type FloatArray = Float32Array | Float64Array;

const kindGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get;

/** `"Float32Array"` and so on, whatever subclass it is; `undefined` for everything else. */
export function kindOf(value: object): string | undefined {
  return kindGetter?.call(value);
}

/** Whether a kind's elements are floats. */
export function isFloatKind(kind: string): boolean {
  return kind.startsWith("Float");
}

/** The bytes of a view, without copying. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Encodes a view of a buffer: a typed array or a DataView. */
export function encodeView(to: Encoder, view: ArrayBufferView): void {
  const kind = kindOf(view);
  const bytes = attached(to, () => bytesOf(view));
  to.wrote(bytes.length / UNIT);
  if (kind === undefined) encodeBytes(to, TAG.dataView, bytes);
  else encodeTyped(to, view as TypedArray, kind);
}

/** Encodes a buffer, shared or not. */
export function encodeArrayBuffer(to: Encoder, buffer: ArrayBufferLike): void {
  const bytes = attached(to, () => new Uint8Array(buffer));
  to.wrote(bytes.length / UNIT);
  encodeBytes(to, TAG.arrayBuffer, bytes);
}

/** A buffer that was transferred, e.g. to a worker, refuses every view of it. */
function attached(to: Encoder, view: () => Uint8Array): Uint8Array {
  try {
    return view();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw to.opaque(
      "its memory was transferred or cut off",
      "take the fingerprint before that, or leave it out",
    );
  }
}

function encodeBytes(to: Encoder, tag: number, bytes: Uint8Array): void {
  to.out.byte(tag);
  to.out.float64(bytes.length);
  to.out.bytes(bytes);
}

/** Encodes kind, length and elements; floats with one NaN, and quantised if that is the mode. */
export function encodeTyped(
  to: Encoder,
  array: TypedArray,
  kind: string,
): void {
  to.tagged(TAG.typedArray, kind);
  to.out.float64(array.length);
  if (!isFloatKind(kind)) return to.out.bytes(bytesOf(array));
  const floats = array as FloatArray;
  if (to.bits !== undefined) return encodeQuantised(to, floats, to.bits);
  for (let at = 0; at < floats.length; at += CHUNK) {
    const chunk = floats.subarray(at, at + CHUNK);
    to.out.bytes(bytesOf(mayHoldNaN(chunk) ? canonical(chunk) : chunk));
  }
}

// Large enough that hashing a chunk outweighs starting to, small enough for the processor's caches.
const CHUNK = 32_768;

// Native, and with vectors in newer engines; in those of Node 22 and 24 summing is far faster.
const FAST_INCLUDES = navigator.userAgent.startsWith("Deno/");

function mayHoldNaN(chunk: FloatArray): boolean {
  if (FAST_INCLUDES) return chunk.includes(NaN);
  return Number.isNaN(
    chunk instanceof Float64Array ? sumDoubles(chunk) : sumOthers(chunk),
  );
}

/**
 * A sum is NaN if there is a NaN among the terms, or if infinities cancel each other. Eight sums, as
 * the processor adds several numbers at a time.
 */
function sumDoubles(array: Float64Array): number {
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  const whole = array.length - array.length % 8;
  for (let i = 0; i < whole; i += 8) {
    a += array[i]!;
    b += array[i + 1]!;
    c += array[i + 2]!;
    d += array[i + 3]!;
    e += array[i + 4]!;
    f += array[i + 5]!;
    g += array[i + 6]!;
    h += array[i + 7]!;
  }
  for (let i = whole; i < array.length; i++) a += array[i]!;
  return a + b + c + d + e + f + g + h;
}

/** A copy of the function above: one function for both kinds would run at half the speed. */
function sumOthers(array: FloatArray): number {
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  const whole = array.length - array.length % 8;
  for (let i = 0; i < whole; i += 8) {
    a += array[i]!;
    b += array[i + 1]!;
    c += array[i + 2]!;
    d += array[i + 3]!;
    e += array[i + 4]!;
    f += array[i + 5]!;
    g += array[i + 6]!;
    h += array[i + 7]!;
  }
  for (let i = whole; i < array.length; i++) a += array[i]!;
  return a + b + c + d + e + f + g + h;
}

/** A copy in which every NaN has the same bits. */
function canonical(array: FloatArray): FloatArray {
  const copy = array.slice();
  for (let i = 0; i < copy.length; i++) {
    if (Number.isNaN(copy[i])) copy[i] = NaN;
  }
  return copy;
}

function encodeQuantised(to: Encoder, array: FloatArray, bits: number): void {
  const chunk = new Float64Array(Math.min(CHUNK, array.length));
  for (let at = 0; at < array.length; at += CHUNK) {
    const size = Math.min(CHUNK, array.length - at);
    for (let i = 0; i < size; i++) {
      const value = array[at + i]!;
      chunk[i] = Number.isNaN(value) ? NaN : quantise(value, bits);
    }
    to.out.bytes(bytesOf(chunk.subarray(0, size)));
  }
}
