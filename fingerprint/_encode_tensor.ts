import { encodeTyped, kindOf, type TypedArray } from "./_encode_buffer.ts";
import type { Encoder } from "./_encoder.ts";
import { TAG } from "./_value_tags.ts";

/** A tensor as the common libraries show it. */
export interface Tensor {
  /** The type of its elements. */
  readonly dtype: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Its elements in row-major order. */
  readonly data: TypedArray;
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

/** The tensor that an object is, or `undefined`: a `shape`, and `data` or `dataSync()`. */
export function tensorOf(value: object): Tensor | undefined {
  const like = value as TensorLike;
  const shape = like.shape;
  if (!isIndexList(shape)) return undefined;
  const data = typeof like.dataSync === "function"
    ? like.dataSync.call(value)
    : like.data;
  const kind = typeof data === "object" && data !== null
    ? kindOf(data)
    : undefined;
  if (kind === undefined) return undefined;
  const dtype = typeof like.dtype === "string"
    ? like.dtype
    : kind.replace("Array", "").toLowerCase();
  const strides = like.strides ?? like.stride;
  const offset = typeof like.offset === "number" ? like.offset : 0;
  const rows = isIndexList(strides) && typeof like.dataSync !== "function"
    ? rowMajor(data as TypedArray, shape, strides, offset)
    : data as TypedArray;
  return { dtype, shape, data: rows };
}

function isIndexList(value: unknown): value is readonly number[] {
  return (Array.isArray(value) ||
    (ArrayBuffer.isView(value) && kindOf(value) !== undefined)) &&
    Array.from(value as ArrayLike<unknown>).every(Number.isInteger);
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
  encodeTyped(to, tensor.data, kindOf(tensor.data) ?? "");
}
