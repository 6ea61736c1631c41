import type { Source } from "./_source.ts";
import { atQuote, readQuoted } from "./_read_text.ts";

/** A key without quotes. Any other character in it is more likely a mistake. */
const KEY = /[\p{L}\p{M}\p{N}_$-]+(?:\/+[\p{L}\p{M}\p{N}_$-]+)*/uy;

/**
 * Reads a key path: `model.layers[0]`, `"a.b".c`, `table["a b"]`.
 *
 * @param source The source, at the first key.
 * @returns keys as strings and indices as numbers.
 * @throws {CommandLineError} If a key is missing or a bracket is malformed.
 */
export function readPath(source: Source): (string | number)[] {
  const path: (string | number)[] = [readKey(source)];
  for (;;) {
    if (source.wordEnds) return path;
    if (source.next === ".") {
      source.at++;
      path.push(readKey(source));
    } else if (source.next === "[") path.push(readBracket(source));
    else return path;
  }
}

function readKey(source: Source): string {
  if (!source.wordEnds && atQuote(source)) return readQuoted(source);
  const key = source.wordEnds ? undefined : source.take(KEY);
  if (key === undefined) {
    throw source.error(
      (place) => `a key is missing ${place}`,
      "write key=value or group.key=value, without a space before the =, " +
        "and quote a key with unusual characters with %…%",
    );
  }
  return key;
}

/** Reads `[0]` or `["key"]`. */
function readBracket(source: Source): string | number {
  const open = source.at++;
  const step = atQuote(source) ? readQuoted(source) : readIndex(source);
  if (step === undefined || source.next !== "]") {
    throw source.error(
      (place) => `an index such as [0] is expected ${place}`,
      "write a whole number from 0 or a quoted key between the brackets",
      open,
    );
  }
  source.at++;
  return step;
}

function readIndex(source: Source): number | undefined {
  const digits = /^(?:0|[1-9]\d{0,8})(?!\d)/.exec(source.peek(10))?.[0];
  if (digits === undefined) return undefined;
  source.at += digits.length;
  return Number(digits);
}
