import type { NumericSketch } from "../internal/run_source.ts";
import { attempt } from "./_attempt.ts";
import { kindOf } from "./_encode_buffer.ts";
import { describedBy, type ValueHandler } from "./_encoder.ts";
import { isPlain } from "./_brand.ts";
import { tensorOf } from "./_encode_tensor.ts";

/** How many samples a sketch keeps at most. */
const SAMPLES = 16;
/** How deep into containers a sketch looks: it is a summary, not a hash. */
const MOST_DEPTH = 32;
// Squares beyond these bounds would leave the range of doubles (J. L. Blue, 1978).
const LARGE = 1e150;
const SMALL = 1e-150;
const SCALE = 1e200;

/** Summarises numbers as they come; nothing but the summary is kept. */
export class Sketcher {
  readonly #handlers: readonly ValueHandler[];
  readonly #around: object[] = [];
  readonly #one = [0];
  #samples: number[] = [];
  #stride = 1;
  #count = 0;
  #nanCount = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #scaledSum = 0;
  #squares = 0;
  #largeSquares = 0;
  #smallSquares = 0;

  #broken = false;

  /**
   * Makes a summary of nothing.
   *
   * @param handlers What the fingerprint sees in the place of a value, the sketch must see too.
   */
  constructor(handlers: readonly ValueHandler[] = []) {
    this.#handlers = handlers;
  }

  /** Adds every number in a value; if it breaks there is no summary, as a part would mislead. */
  tryAdd(value: unknown): void {
    this.#broken ||= "reason" in attempt(() => this.add(value));
  }

  /** The summary as a record has it. */
  inRecord(): { readonly sketch?: NumericSketch } {
    const sketch = this.#broken ? undefined : this.finish();
    return sketch === undefined ? {} : { sketch };
  }

  /** Adds every number in a value, in order. */
  add(value: unknown): void {
    if (typeof value === "number") {
      this.#one[0] = value;
      return this.#numbers(this.#one);
    }
    if (typeof value !== "object" || value === null) return;
    const kind = kindOf(value);
    if (kind !== undefined) {
      if (!kind.startsWith("Big")) this.#numbers(value as Float64Array);
      return;
    }
    // The same container beside itself counts again, as it does in the hash.
    if (this.#around.includes(value) || this.#around.length > MOST_DEPTH) {
      return;
    }
    this.#around.push(value);
    const described = describedBy(value, this.#handlers);
    const parts = described === undefined
      ? partsOf(value)
      : [described.content];
    for (const part of parts) this.add(part);
    this.#around.pop();
  }

  /** The summary, or `undefined` where there was no number. */
  finish(): NumericSketch | undefined {
    if (this.#count === 0) return undefined;
    const real = this.#count - this.#nanCount;
    return {
      count: this.#count,
      nanCount: this.#nanCount,
      min: real === 0 ? null : this.#min,
      max: real === 0 ? null : this.#max,
      mean: real === 0 ? null : this.#mean(real),
      l2: this.#norm(),
      samples: this.#samples,
    };
  }

  #numbers(list: ArrayLike<number>): void {
    this.#sample(list);
    this.#count += list.length;
    let { min, max, sum, scaled, squares } = {
      min: this.#min,
      max: this.#max,
      sum: 0,
      scaled: 0,
      squares: 0,
    };
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (value !== value) {
        this.#nanCount++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      scaled += value / SCALE;
      const size = Math.abs(value);
      if (size > LARGE) this.#largeSquares += (value / SCALE) ** 2;
      else if (size < SMALL) this.#smallSquares += (value * SCALE) ** 2;
      else squares += value * value;
    }
    this.#min = min;
    this.#max = max;
    this.#sum += sum;
    this.#scaledSum += scaled;
    this.#squares += squares;
  }

  /** Samples lie at the multiples of a power of two, whatever pieces the numbers come in. */
  #sample(list: ArrayLike<number>): void {
    let next = this.#samples.length * this.#stride - this.#count;
    while (next < list.length) {
      this.#samples.push(list[next]!);
      if (this.#samples.length > SAMPLES) {
        this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
        this.#stride *= 2;
      }
      next = this.#samples.length * this.#stride - this.#count;
    }
  }

  #mean(real: number): number {
    const mean = this.#sum / real;
    return Number.isFinite(mean) || !Number.isFinite(this.#scaledSum)
      ? mean
      : this.#scaledSum / real * SCALE;
  }

  #norm(): number {
    const norm = Math.sqrt(this.#squares);
    if (this.#largeSquares === 0 && this.#smallSquares === 0) return norm;
    const large = Math.sqrt(this.#largeSquares) * SCALE;
    const small = Math.sqrt(this.#smallSquares) / SCALE;
    return Math.hypot(norm, large, small);
  }
}

function partsOf(value: object): Iterable<unknown> {
  // As the hash sees them: a class may give other items when it is iterated, without an end.
  if (Array.isArray(value)) return Array.prototype.values.call(value);
  if (value instanceof Map) return Map.prototype.values.call(value);
  if (value instanceof Set) return Set.prototype.values.call(value);
  const tensor = tensorOf(value);
  if (tensor !== undefined) return [tensor.data];
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return [toJSON.call(value)];
  // What can be iterated but is none of these shows its numbers in ways of its own.
  return isPlain(value) || !(Symbol.iterator in value)
    ? Object.values(value)
    : [];
}
