import { isFarDate } from "./_far_date.ts";
import { UnsupportedValueError } from "./errors.ts";
import { isPlainList, isPlainObject } from "../internal/objects.ts";
import { instanceName } from "../internal/kind_of.ts";
import { messageOf } from "../internal/errors.ts";
import { formatPath } from "../internal/key_path.ts";

/**
 * Describes a value that a format cannot hold, e.g. `"a bigint"`. It returns `undefined` if the format holds
 * what all formats hold, and `null` if it holds the value although others cannot.
 */
export type Refusal = (value: unknown) => string | null | undefined;

/**
 * Refuses plain data that a format cannot hold.
 *
 * @throws {UnsupportedValueError} If there is such a value; it names the path of the first one.
 */
export function refuseUnsupported(
  value: unknown,
  format: string,
  refusal: Refusal,
  path: string[] = [],
): void {
  const told = refusal(value);
  if (told === null) return;
  const what = told ?? nowhereSupported(value);
  if (what !== undefined) {
    throw new UnsupportedValueError(
      formatPath(path),
      format,
      what,
      "change it, delete it, or choose another format",
    );
  }
  if (typeof value !== "object" || value === null || value instanceof Date) {
    return;
  }
  const keys = Array.isArray(value)
    ? Array.from(value, (_, i) => String(i)) // the holes of a sparse array too
    : Object.keys(value);
  for (const key of keys) {
    const inKey = refusal(key);
    if (typeof inKey === "string") {
      throw new UnsupportedValueError(
        formatPath([...path, key]),
        format,
        inKey,
        "rename the key",
      );
    }
    refuseUnsupported(
      (value as Record<string, unknown>)[key],
      format,
      refusal,
      [...path, key],
    );
  }
}

/** Describes a value that no format holds: `undefined`, a function, a symbol, an instance of a class. */
function nowhereSupported(value: unknown): string | undefined {
  if (typeof value === "undefined") return "undefined";
  if (typeof value === "function" || typeof value === "symbol") {
    return `a ${typeof value}`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "an invalid date" : undefined;
  }
  return isPlainList(value) || isPlainObject(value)
    ? undefined
    : instanceName(value);
}

/** Describes a value that UTF-8 text without escapes cannot hold. */
export function illFormed(value: unknown): string | undefined {
  return typeof value === "string" && /\p{Cs}/u.test(value)
    ? "a lone surrogate"
    : undefined;
}

/** Describes a value that a format with four-digit years cannot hold. */
export function farDate(value: unknown): string | undefined {
  return value instanceof Date && isFarDate(value)
    ? "a date outside the years 0 to 9999"
    : undefined;
}

/** The writer and the parser of a format. */
export interface Codec {
  /** Writes plain data. */
  write(data: unknown): string;
  /** Reads it. */
  parse(text: string): unknown;
}

/**
 * Writes data and reads it back, so that a dump never silently changes a value that a library cannot write.
 *
 * @param data Plain data.
 * @param format The name that errors show.
 * @param codec The writer and the parser.
 * @returns the text of the file.
 * @throws {UnsupportedValueError} If the data that is read back differs; it names the path.
 */
export function writeChecked(
  data: unknown,
  format: string,
  codec: Codec,
): string {
  let text: string;
  let back: unknown;
  try {
    text = codec.write(data);
    back = codec.parse(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new UnsupportedValueError(
      formatPath(locateFault(data, codec)),
      format,
      `this so that it can be read back (${reason})`,
      "change it, or choose another format",
    );
  }
  assertSame(data, back, format, []);
  return text;
}

/** Returns the path of the smallest part that cannot be read back on its own. */
function locateFault(data: unknown, codec: Codec): string[] {
  if (!isPlainObject(data)) return [];
  for (const [key, value] of Object.entries(data)) {
    try {
      codec.parse(codec.write(Object.fromEntries([[key, value]])));
    } catch {
      // This is the part; the caller reports the reason.
      return [key, ...locateFault(value, codec)];
    }
  }
  return [];
}

function assertSame(
  before: unknown,
  after: unknown,
  format: string,
  path: string[],
): void {
  if (Object.is(before, after)) return;
  if (
    before instanceof Date && after instanceof Date &&
    before.getTime() === after.getTime()
  ) {
    return;
  }
  if (sameBytes(before, after)) return;
  if (!sameShape(before, after)) {
    throw new UnsupportedValueError(
      formatPath(path),
      format,
      `${describe(before)} exactly`,
      "choose another format",
    );
  }
  for (const key of Object.keys(before)) {
    const value = (before as Record<string, unknown>)[key];
    assertSame(value, (after as Record<string, unknown>)[key], format, [
      ...path,
      key,
    ]);
  }
}

function sameBytes(before: unknown, after: unknown): boolean {
  return before instanceof Uint8Array && after instanceof Uint8Array &&
    before.length === after.length &&
    before.every((byte, i) => byte === after[i]);
}

function sameShape(before: unknown, after: unknown): before is object {
  if (typeof before !== "object" || typeof after !== "object") return false;
  if (
    before === null || after === null || before instanceof Date ||
    after instanceof Date
  ) {
    return false;
  }
  if (Array.isArray(before) !== Array.isArray(after)) return false;
  const keys = Object.keys(before);
  return keys.length === Object.keys(after).length &&
    keys.every((key) => Object.hasOwn(after, key));
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (typeof value === "object") return "this value";
  return Object.is(value, -0) ? "-0" : String(value);
}
