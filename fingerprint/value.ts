/**
 * Fingerprints of values: `ato-value-v1:` and a SHA-256 over a canonical, type-tagged stream.
 *
 * @module
 */
import { checkOptions, describe, type Known } from "./_check.ts";
import { ByteStream } from "./_byte_stream.ts";
import { Encoder, isDescribed, type ValueHandler } from "./_encoder.ts";
import { FingerprintUsageError } from "./errors.ts";
import { bitsOfPrecision } from "./_quantise.ts";
import { isSequence, MOST_ITEMS, SequenceEncoder } from "./_sequence.ts";

/** The version of value fingerprints: the prefix of the hash, and part of what is hashed. */
export const VALUE_VERSION = "ato-value-v1";

/** Options of {@linkcode fingerprintValue}. */
export interface ValueOptions {
  /**
   * Significant decimal digits to keep of numbers, 1 to 15: the friendly form of `bits`. All, if
   * neither is given.
   */
  readonly precision?: number;
  /** Significand bits to keep of numbers, 1 to 53; 24 suits float64. */
  readonly bits?: number;
  /** How to see classes that the language does not bring. */
  readonly handlers?: readonly ValueHandler[];
}

/** Values whose content comes in time. */
export type AsyncValue =
  | PromiseLike<unknown>
  | AsyncIterable<unknown>
  | ReadableStream<unknown>;

/**
 * The significand bits that the options ask for.
 *
 * @param options Precision or bits.
 * @returns the bits, or `undefined` for all.
 * @throws {RangeError} If they are out of range, or both given.
 */
export function resolveBits(options: ValueOptions): number | undefined {
  const { precision, bits } = options;
  if (precision !== undefined && bits !== undefined) {
    throw new RangeError(
      "Cannot quantise: give either precision or bits, not both",
    );
  }
  if (precision !== undefined) {
    checkRange("precision", precision, 15);
    return bitsOfPrecision(precision);
  }
  if (bits !== undefined) checkRange("bits", bits, 53);
  return bits;
}

function checkRange(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(
      `Cannot quantise: ${name} is ${
        describe(value)
      }; give a whole number from 1 to ${most}`,
    );
  }
}

/** What stands before the hash, and goes into it. */
export function valuePrefix(bits: number | undefined): string {
  return bits === undefined
    ? `${VALUE_VERSION}:`
    : `${VALUE_VERSION}~q${bits}:`;
}

/** A stream that has the prefix in it already. */
export function openStream(bits: number | undefined): ByteStream {
  const stream = new ByteStream();
  stream.text(valuePrefix(bits));
  return stream;
}

/**
 * Fingerprints a value: equal content has the same hash in every runtime, different content a different one.
 *
 * The order of keys, and of the entries of a `Map` or `Set`, does not count; `undefined` is not a missing key, -0
 * is not 0, every NaN is the same. Iterators and streams are read to their end, at most 2^26 items.
 *
 * @param value The value. For a promise, an asynchronous iterable or a stream, the result is a promise.
 * @param options Precision, and handlers for classes.
 * @returns `ato-value-v1:` (quantised: `ato-value-v1~q24:`) and the SHA-256 in hex.
 * @throws {OpaqueValueError} If a part has nothing that can be hashed (functions, symbols, promises inside,
 * weak collections, instances without fields), is nested too deeply, or has too many parts once shared
 * references are expanded; the error names the path.
 * @throws {RangeError} If `precision` or `bits` is out of range.
 * @throws {FingerprintUsageError} If an option is unknown, or the handlers are not handlers.
 *
 * @example
 * ```ts
 * import { fingerprintValue } from "@ato/ato/fingerprint";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(fingerprintValue({ a: 1, b: [2] }), fingerprintValue({ b: [2], a: 1 }));
 * assertNotEquals(fingerprintValue(0.1 + 0.2), fingerprintValue(0.3));
 * assertEquals(
 *   fingerprintValue(0.1 + 0.2, { precision: 6 }),
 *   fingerprintValue(0.3, { precision: 6 }),
 * );
 * ```
 */
export function fingerprintValue(
  value: AsyncValue,
  options?: ValueOptions,
): Promise<string>;
/**
 * Fingerprints a synchronous value.
 *
 * @param value The value.
 * @param options Precision, and handlers for classes.
 * @returns the fingerprint.
 * @throws {OpaqueValueError} If a part has nothing that can be hashed; the error names its path.
 * @throws {RangeError} If `precision` or `bits` is out of range.
 */
export function fingerprintValue(
  value: unknown,
  options?: ValueOptions,
): string;
export function fingerprintValue(
  value: unknown,
  options: ValueOptions = {},
): string | Promise<string> {
  checkValueOptions(options);
  const bits = resolveBits(options);
  const { handlers = [] } = options;
  const described = isDescribed(value, handlers);
  if (!described && isThenable(value)) {
    return Promise.resolve(value).then((settled) =>
      fingerprintValue(settled, options)
    );
  }
  if (!described && isAsyncSequence(value)) {
    return hashAsync(value, bits, handlers);
  }
  const stream = openStream(bits);
  const encoder = new Encoder(stream, bits, handlers);
  if (!described && isSequence(value)) {
    encodeSequence(new SequenceEncoder(encoder, MOST_ITEMS), value);
  } else {
    encoder.whole(value);
  }
  return valuePrefix(bits) + stream.hex();
}

function checkValueOptions(options: ValueOptions): void {
  const action = "fingerprint a value";
  checkOptions<ValueOptions>(action, options, VALUE_OPTIONS);
  checkHandlers(action, options.handlers);
}

/** The options of values. */
export const VALUE_OPTIONS: Known<ValueOptions> = {
  precision: true,
  bits: true,
  handlers: true,
};

/** Refuses handlers of the wrong shape. */
export function checkHandlers(action: string, handlers: unknown = []): void {
  const isHandler = (one: Partial<ValueHandler> | null | undefined) =>
    typeof one?.name === "string" && typeof one.matches === "function" &&
    typeof one.describe === "function";
  if (Array.isArray(handlers) && handlers.every(isHandler)) return;
  throw new FingerprintUsageError(
    `Cannot ${action}: handlers is ${
      Array.isArray(handlers)
        ? "a list that holds something else"
        : describe(handlers)
    }; give an array of { name, matches, describe }`,
  );
}

/** Tells whether a value is a promise of any library. Functions with a `then` are hashed as functions. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/** Tells whether a value is an asynchronous sequence. */
export function isAsyncSequence(
  value: unknown,
): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null &&
    Symbol.asyncIterator in value;
}

async function hashAsync(
  value: AsyncIterable<unknown>,
  bits: number | undefined,
  handlers: readonly ValueHandler[],
): Promise<string> {
  const stream = openStream(bits);
  const encoder = new Encoder(stream, bits, handlers);
  const sequence = new SequenceEncoder(encoder, MOST_ITEMS);
  const iterator = value[Symbol.asyncIterator]();
  try {
    let step = await iterator.next();
    for (; !step.done; step = await iterator.next()) sequence.add(step.value);
    if (step.value !== undefined) sequence.returned(step.value);
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
  sequence.end();
  return valuePrefix(bits) + stream.hex();
}

/** Reads an iterator to its end, what a generator returns included. */
function encodeSequence(
  sequence: SequenceEncoder,
  iterator: Iterator<unknown>,
): void {
  try {
    let step = iterator.next();
    for (; !step.done; step = iterator.next()) sequence.add(step.value);
    if (step.value !== undefined) sequence.returned(step.value);
  } catch (error) {
    iterator.return?.();
    throw error;
  }
  sequence.end();
}
