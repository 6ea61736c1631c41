/**
 * Formats some scalars here instead of in the library that writes the file. The library is given a
 * placeholder for each: a bare word that appears nowhere else in the data.
 *
 * @module
 */
import { isPlainObject } from "../internal/objects.ts";

/** Formats the scalars of a format; `undefined` leaves a scalar to the library. */
export interface Spelling {
  /** Formats a value that is not a container. */
  value(value: unknown): string | undefined;
  /** Formats a key. */
  key(key: string): string | undefined;
}

/**
 * Writes data with a library whose format of some scalars is replaced.
 *
 * @param data Plain data.
 * @param spelling Formats the scalars.
 * @param write The library; it must write a placeholder bare, or in double quotes.
 * @returns the text of the file.
 */
export function writeSpelled(
  data: unknown,
  spelling: Spelling,
  write: (data: unknown) => string,
): string {
  const prefix = unusedWord(data);
  const spelled: string[] = [];
  const hold = (text: string): string => {
    const start = prefix + spelled.length;
    spelled.push(text);
    // As long as the scalar, because some libraries lay out long keys in another way.
    return `${start}${
      "p".repeat(Math.max(0, text.length - start.length - 1))
    }z`;
  };
  const swap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(swap);
    if (isPlainObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, below]) => {
          const text = spelling.key(key);
          return [text === undefined ? key : hold(text), swap(below)];
        }),
      );
    }
    const text = spelling.value(value);
    return text === undefined ? value : hold(text);
  };
  const written = write(swap(data));
  return written.replaceAll(
    RegExp(`("?)${prefix}(\\d+)p*z\\1`, "g"),
    (_, _quote, index) => spelled[Number(index)]!,
  );
}

/** Returns a word that no string and no key of the data contains. */
function unusedWord(data: unknown): string {
  let word = "held";
  const texts = [...textsOf(data)].filter((text) => text.includes(word));
  while (texts.some((text) => text.includes(word))) word += "x";
  return word;
}

function* textsOf(data: unknown): Generator<string> {
  if (typeof data === "string") yield data;
  if (typeof data !== "object" || data === null) return;
  for (const [key, value] of Object.entries(data)) {
    yield key;
    yield* textsOf(value);
  }
}
