import { encodeTyped, kindOf, type TypedArray } from "./_encode_buffer.ts";
import { isPlain } from "./_brand.ts";
import type { Encoder } from "./_encoder.ts";
import { TAG } from "./_value_tags.ts";

/** A tensor as the common libraries show it. */
export interface Tensor {
  /** The type of its elements. */
  readonly dtype: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Its elements in row-major order; strings come in an array. */
  readonly data: TypedArray | readonly unknown[];
}

interface TensorLike {
  readonly shape?: unknown;
  readonly data?: unknown;
  readonly dataSync?: unknown;
  readonly dtype?: unknown;
  readonly strides?: unknown;
  readonly stride?: unknown;
  readonly offset?: unknown;
}

// What a literal that is meant as a tensor consists of; with anything more, that counts as well.
const PARTS: ReadonlySet<string> = new Set(
  ["shape", "data", "dataSync", "dtype", "strides", "stride", "offset", "size"],
);

function isOtherLiteral(value: object): boolean {
  return isPlain(value) && Object.keys(value).some((key) => !PARTS.has(key));
}

/**
 * The tensor that an object is, or `undefined`: a `shape`, and `data` or `dataSync()` with as many
 * elements as the shape and the strides reach.
 */
export function tensorOf(value: object): Tensor | undefined {
  const like = value as TensorLike;
  const shape = like.shape;
  if (!isIndexList(shape) || shape.some((length) => length < 0)) {
    return undefined;
  }
  if (isOtherLiteral(value)) return undefined;
  const data = typeof like.dataSync === "function"
    ? like.dataSync.call(value)
    : like.data;
  const size = shape.reduce((product, length) => product * length, 1);
  if (Array.isArray(data) && typeof like.dataSync === "function") {
    return data.length === size
      ? { dtype: String(like.dtype ?? "string"), shape, data }
      : undefined;
  }
  const kind = typeof data === "object" && data !== null
    ? kindOf(data)
    : undefined;
  if (kind === undefined) return undefined;
  const dtype = typeof like.dtype === "string"
    ? like.dtype
    : kind.replace("Array", "").toLowerCase();
  const strides = like.strides ?? like.stride;
  const offset = typeof like.offset === "number" ? like.offset : 0;
  const typed = data as TypedArray;
  if (isIndexList(strides) && typeof like.dataSync !== "function") {
    return reaches(typed, shape, strides, offset)
      ? { dtype, shape, data: rowMajor(typed, shape, strides, offset) }
      : undefined;
  }
  // Complex numbers take two elements each.
  const whole = typed.length === size || typed.length === 2 * size;
  return whole ? { dtype, shape, data: typed } : undefined;
}

/** Whether every element lies within the data. */
function reaches(
  data: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): boolean {
  if (strides.length !== shape.length) return false;
  if (shape.includes(0)) return true;
  let least = offset, most = offset;
  for (const [axis, length] of shape.entries()) {
    const span = (length - 1) * strides[axis]!;
    if (span < 0) least += span;
    else most += span;
  }
  return least >= 0 && most < data.length;
}

function isIndexList(value: unknown): value is readonly number[] {
  return Array.isArray(value)
    ? value.every(Number.isInteger)
    : ArrayBuffer.isView(value) && /^(?:Ui|I)nt/.test(kindOf(value) ?? "");
}

/** The elements in row-major order, whatever the strides (counted in elements). */
function rowMajor(
  data: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): TypedArray {
  const size = shape.reduce((product, length) => product * length, 1);
  if (isContiguous(shape, strides)) {
    return data.subarray(offset, offset + size) as TypedArray;
  }
  const rows = new (data.constructor as { new (length: number): TypedArray })(
    size,
  );
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0, from = offset; at < size; at++) {
    rows[at] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return rows;
}

function isContiguous(
  shape: readonly number[],
  strides: readonly number[],
): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Encodes a tensor: element type, shape, content. */
export function encodeTensor(to: Encoder, tensor: Tensor): void {
  to.tagged(TAG.tensor, tensor.dtype.toWellFormed());
  to.out.uint32(tensor.shape.length);
  for (const length of tensor.shape) to.out.float64(length);
  const kind = kindOf(tensor.data);
  if (kind === undefined) to.inside(".dataSync()", () => to.value(tensor.data));
  else encodeTyped(to, tensor.data as TypedArray, kind);
}
