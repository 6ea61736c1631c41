import type { Source } from "./_source.ts";

const QUOTES = "%\"'";
const NAMED: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
  "\\": "\\",
  '"': '"',
  "'": "'",
  "%": "%",
};

/** Whether a quoted string starts here. */
export function atQuote(source: Source): boolean {
  return source.next !== "" && QUOTES.includes(source.next);
}

/**
 * Reads a quoted string: `%…%`, `"…"` or `'…'`. A doubled quote stands for one quote. A backslash
 * escapes as in JavaScript, and is kept if it does not start a known escape.
 *
 * @param source The source, at the opening quote.
 * @returns the string.
 * @throws {CommandLineError} If the quote is never closed.
 */
export function readQuoted(source: Source): string {
  const quote = source.next;
  const open = source.at++;
  let text = "";
  for (;;) {
    if (source.done) {
      throw source.error(
        (place) => `the ${quote} that opens a string ${place} is never closed`,
        `close it with ${quote}, or write key:=text to use the text as it is`,
        open,
      );
    }
    const next = source.next;
    source.at++;
    if (next === "\\") text += readEscape(source);
    else if (next !== quote) text += next;
    else if (source.next === quote) {
      text += quote;
      source.at++;
    } else return text;
  }
}

/** Reads the characters after a backslash. */
function readEscape(source: Source): string {
  const named = NAMED[source.next];
  if (named !== undefined && Object.hasOwn(NAMED, source.next)) {
    source.at++;
    return named;
  }
  const hex = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\})/i.exec(
    source.peek(10),
  );
  if (hex === null) return "\\";
  const code = parseInt((hex[1] ?? hex[2] ?? hex[3])!, 16);
  if (code > 0x10ffff) return "\\";
  source.at += hex[0].length;
  return hex[3] === undefined
    ? String.fromCharCode(code)
    : String.fromCodePoint(code);
}
