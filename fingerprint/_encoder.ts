/**
 * The canonical stream of a value: type tags, lengths and contents, so that no two different values
 * have the same stream.
 *
 * @module
 */
import { Around } from "./_around.ts";
import { ByteStream } from "./_byte_stream.ts";
import { encodeBuiltIn } from "./_encode_built_in.ts";
import { quantise } from "./_quantise.ts";
import { TAG } from "./_value_tags.ts";
import {
  isWrittenOutTooLarge,
  ITEMS,
  MOST_WRITTEN,
  UNIT,
} from "./_written_out.ts";
import { OpaqueValueError } from "./errors.ts";

/** How to see a class of values: what it gives is fingerprinted in the value's place. */
export interface ValueHandler<T extends object = object> {
  /** Stands in the fingerprint for the class. */
  readonly name: string;
  /** Whether this handler is for the value. */
  matches(value: object): value is T;
  /** Returns what counts in the fingerprint. */
  describe(value: T): unknown;
}

/** The key of a method that returns what counts in the fingerprint of an object. */
export const FINGERPRINT: unique symbol = Symbol.for(
  "ato.fingerprint",
) as never;

/** Whether a handler, or the value itself, tells what is to be fingerprinted. */
export function isDescribed(
  value: unknown,
  handlers: readonly ValueHandler[],
): value is object {
  return typeof value === "object" && value !== null &&
    (handlers.some((one) => one.matches(value)) ||
      typeof (value as { [FINGERPRINT]?: unknown })[FINGERPRINT] ===
        "function");
}

/**
 * What a handler, or the value itself, gives to be fingerprinted in its place.
 *
 * @returns it in a box, as it may be `undefined`; `undefined` where the value is not described.
 */
export function describedBy(
  value: object,
  handlers: readonly ValueHandler[],
): { readonly handler?: string; readonly content: unknown } | undefined {
  const handler = handlers.find((candidate) => candidate.matches(value));
  if (handler !== undefined) {
    return { handler: handler.name, content: handler.describe(value) };
  }
  const described = (value as { [FINGERPRINT]?: unknown })[FINGERPRINT];
  return typeof described === "function"
    ? { content: described.call(value) }
    : undefined;
}

/** A part of a value that was encoded on its own. */
export interface EncodedPart {
  /** The SHA-256 of its encoding, in hex. */
  readonly digest: string;
  /** Its encoding. */
  readonly stream: ByteStream;
}

/** What a part costs that is encoded on its own. */
const APART = 15;
/** After so many objects it is looked at how many there are to come: until then, it costs nothing. */
const LOOK_AFTER = 2 ** 20;
/** The most objects that are written when their number is not known before. */
const MOST_OBJECTS = 4 * MOST_WRITTEN;

/**
 * From this depth on, a `RangeError` means that the stack is exhausted. The stack takes about a thousand
 * levels; how many exactly depends on the containers, the engine and the caller, so no fixed number of levels
 * can be refused. At a smaller depth the error comes from a getter or a `toJSON`.
 */
const DEEP = 100;

// Keys shown at each end of a path: a path of thousands of keys would not be read.
const PLACES_SHOWN = 12;

/** Encodes values into a stream. */
export class Encoder {
  /** Where the encoding goes. */
  out: ByteStream;
  /** Significand bits to keep, if numbers are quantised. */
  readonly bits: number | undefined;
  readonly #handlers: readonly ValueHandler[];
  readonly #around = new Around();
  readonly #path: string[] = [];
  #root: unknown;
  #written = 0;
  #objects = 0;

  constructor(
    out: ByteStream,
    bits: number | undefined,
    handlers: readonly ValueHandler[],
  ) {
    this.out = out;
    this.bits = bits;
    this.#handlers = handlers;
  }

  /** Encodes a whole value; one that is nested too deeply is an error like any other. */
  whole(value: unknown): void {
    this.#root = value;
    this.#written = 0;
    this.#objects = 0;
    const above = this.#around.depth;
    try {
      this.value(value);
    } catch (error) {
      // The containers around the failing part are still listed.
      const depth = this.#around.depth - above;
      if (!(error instanceof RangeError) || depth < DEEP) throw error;
      // Of two true reasons always the same one, wherever the stack ended.
      if (isWrittenOutTooLarge(value)) throw this.#tooLarge();
      throw this.opaque("it is nested too deeply to be walked", "flatten it");
    }
  }

  /** Encodes any value. */
  value(value: unknown): void {
    switch (typeof value) {
      case "number":
        return this.number(value);
      case "string":
        return this.string(value);
      case "boolean":
        return this.out.byte(value ? TAG.true : TAG.false);
      case "undefined":
        return this.out.byte(TAG.undefined);
      case "bigint":
        return this.tagged(TAG.bigint, value.toString(16));
      case "object":
        return value === null ? this.out.byte(TAG.null) : this.#object(value);
      default:
        throw this.opaque(
          `a ${typeof value} shows nothing to hash`,
          "leave it out",
        );
    }
  }

  /** Encodes a number, quantised if that is the mode. */
  number(value: number): void {
    if (Number.isNaN(value)) return this.out.byte(TAG.nan);
    this.out.byte(TAG.number);
    this.out.float64(this.seen(value));
  }

  /** A number as the fingerprint sees it. */
  seen(value: number): number {
    return this.bits === undefined ? value : quantise(value, this.bits);
  }

  /** Encodes a string. */
  string(value: string): void {
    if (value.length > UNIT) this.wrote(value.length / UNIT);
    if (value.isWellFormed()) return this.tagged(TAG.string, value);
    this.out.byte(TAG.illFormedString);
    this.out.uint32(value.length);
    for (let i = 0; i < value.length; i++) {
      this.out.byte(value.charCodeAt(i) & 0xff);
      this.out.byte(value.charCodeAt(i) >> 8);
    }
  }

  /** Encodes a tag and a well-formed text. */
  tagged(tag: number, text: string): void {
    this.out.byte(tag);
    this.out.text(text);
  }

  /** Encodes own enumerable fields in the order of their UTF-16 code units, and an end. */
  fields(value: object): void {
    const keys = Object.keys(value).sort();
    this.wrote(keys.length / ITEMS);
    for (const key of keys) {
      this.string(key);
      this.inside(
        `.${key}`,
        () => this.value((value as Record<string, unknown>)[key]),
      );
    }
    this.out.byte(TAG.end);
  }

  /** Encodes a part, whose place errors name. */
  inside(place: string, encode: () => void): void {
    this.#path.push(place);
    encode();
    this.#path.pop();
  }

  /**
   * Encodes a part on its own, to sort by its digest. The encoding is kept, as encoding it again
   * would double the time with each level of nesting.
   */
  apart(encode: () => void): EncodedPart {
    this.wrote(APART);
    const outer = this.out;
    const stream = new ByteStream(true);
    this.out = stream;
    try {
      encode();
      return { digest: stream.hex(), stream };
    } finally {
      this.out = outer;
    }
  }

  /** Makes the error for the part that is being encoded. */
  opaque(what: string, fix: string): OpaqueValueError {
    const path = this.#path.length <= 2 * PLACES_SHOWN ? this.#path : [
      ...this.#path.slice(0, PLACES_SHOWN),
      "…",
      ...this.#path.slice(-PLACES_SHOWN),
    ];
    return new OpaqueValueError(`value${path.join("")}`, `${what}; ${fix}`);
  }

  /**
   * Counts what is written: a small value may refer to a part so often that writing it out would never
   * end.
   *
   * @param size How much it is, in objects of the usual size.
   */
  wrote(size: number): void {
    const before = this.#written;
    this.#written += size;
    if (before >= LOOK_AFTER || this.#written < LOOK_AFTER) return;
    if (isWrittenOutTooLarge(this.#root)) throw this.#tooLarge();
  }

  #tooLarge(): OpaqueValueError {
    return this.opaque(
      `the value it is in refers to the same parts so often that they come to more than ${MOST_WRITTEN} ` +
        "objects, as each is written out",
      "fingerprint the parts by themselves, or refer to them by name",
    );
  }

  #object(value: object): void {
    if (++this.#objects > MOST_OBJECTS) throw this.#tooLarge();
    this.wrote(1);
    const levels = this.#around.levelsUp(value);
    if (levels > 0) {
      this.out.byte(TAG.cycle);
      return this.out.uint32(levels);
    }
    this.#around.enter(value);
    this.#content(value);
    this.#around.leave();
  }

  #content(value: object): void {
    const described = describedBy(value, this.#handlers);
    if (described !== undefined) {
      if (described.handler === undefined) this.out.byte(TAG.selfDescribed);
      else this.tagged(TAG.handled, described.handler);
      return this.value(described.content);
    }
    if (encodeBuiltIn(this, value)) return;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      this.out.byte(TAG.json);
      return this.value(toJSON.call(value));
    }
    this.#instance(value);
  }

  #instance(value: object): void {
    const name = classNameOf(value);
    if (Object.keys(value).length === 0) {
      throw this.opaque(
        `an instance of ${name} shows no fields`,
        'give it a method [Symbol.for("ato.fingerprint")]() or pass a handler',
      );
    }
    this.tagged(TAG.instance, name.toWellFormed());
    this.fields(value);
  }
}

function classNameOf(value: object): string {
  // Asked of the prototype: a field may have this name, too.
  const constructor: unknown = Object.getPrototypeOf(value)?.constructor;
  return typeof constructor === "function" && constructor.name !== ""
    ? constructor.name
    : "an anonymous class";
}
