import { kindOf } from "./_encode_buffer.ts";
import { tensorOf } from "./_encode_tensor.ts";
import type { NumericSketch } from "../tracker/run_source.ts";

/** How many samples a sketch keeps. */
const SAMPLES = 16;
/** How deep into containers a sketch looks: it is a summary, not a hash. */
const MOST_DEPTH = 32;

/**
 * Summarises the numbers in a value, so that "differs by 1 ulp" can be told from "differs". Looks
 * into arrays, typed arrays, tensors, mappings, Maps and Sets, in their order.
 *
 * @param value Any value.
 * @returns the summary, or `undefined` where there are no numbers.
 *
 * @example
 * ```ts
 * import { sketchValue } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * const sketch = sketchValue({ weights: new Float64Array([3, 4]), name: "x" });
 * assertEquals([sketch?.count, sketch?.mean, sketch?.l2], [2, 3.5, 5]);
 * assertEquals(sketchValue("no numbers"), undefined);
 * ```
 */
export function sketchValue(value: unknown): NumericSketch | undefined {
  const lists: ArrayLike<number>[] = [];
  gather(value, lists, new Set(), 0);
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  return count === 0 ? undefined : summarise(lists, count);
}

/** Collects the numbers as lists, large ones without copying. */
function gather(
  value: unknown,
  out: ArrayLike<number>[],
  seen: Set<object>,
  depth: number,
): void {
  if (typeof value === "number") pushNumber(out, value);
  if (
    typeof value !== "object" || value === null || seen.has(value) ||
    depth > MOST_DEPTH
  ) return;
  seen.add(value);
  const kind = kindOf(value);
  if (kind !== undefined) {
    if (!kind.startsWith("Big")) out.push(value as Float64Array);
    return;
  }
  for (const part of partsOf(value)) gather(part, out, seen, depth + 1);
}

function pushNumber(out: ArrayLike<number>[], value: number): void {
  const last = out.at(-1);
  if (Array.isArray(last)) last.push(value);
  else out.push([value]);
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return value.values();
  const tensor = tensorOf(value);
  if (tensor !== undefined) return [tensor.data];
  const prototype = Object.getPrototypeOf(value);
  if (
    prototype !== null && prototype !== Object.prototype &&
    !(Symbol.iterator in value)
  ) {
    return Object.values(value);
  }
  return prototype === null || prototype === Object.prototype
    ? Object.values(value)
    : [];
}

function summarise(
  lists: readonly ArrayLike<number>[],
  count: number,
): NumericSketch {
  let nanCount = 0, min = Infinity, max = -Infinity, sum = 0, squares = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (value !== value) {
        nanCount++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      squares += value * value;
    }
  }
  const real = count - nanCount;
  return {
    count,
    nanCount,
    min: real === 0 ? null : min,
    max: real === 0 ? null : max,
    mean: real === 0 ? null : sum / real,
    l2: Math.sqrt(squares),
    samples: sample(lists, count),
  };
}

/** Numbers at evenly spread positions, the first and the last among them. */
function sample(lists: readonly ArrayLike<number>[], count: number): number[] {
  const size = Math.min(SAMPLES, count);
  return Array.from({ length: size }, (_, i) => {
    const at = size === 1 ? 0 : Math.round(i * (count - 1) / (size - 1));
    return numberAt(lists, at);
  });
}

function numberAt(
  lists: readonly ArrayLike<number>[],
  position: number,
): number {
  let at = position;
  for (const list of lists) {
    if (at < list.length) return list[at]!;
    at -= list.length;
  }
  throw new RangeError(`Cannot sample: there is no number ${position}`);
}
