import { setOwn } from "../internal/objects.ts";
import { isSpace, type Source } from "./_source.ts";
import { bareValue } from "../internal/bare_value.ts";
import { atQuote, readQuoted } from "./_read_text.ts";

const CLOSING: Readonly<Record<string, string>> = {
  "[": "]",
  "(": ")",
  "{": "}",
};
const MAX_DEPTH = 100;
const AS_TEXT = "write key:=text to use the text as it is";

/**
 * Reads the value of an assignment, up to the end of its word.
 *
 * @param source The source, after the `=`.
 * @returns the value.
 * @throws {CommandLineError} If it cannot be read.
 */
export function readValue(source: Source): unknown {
  source.skipSpaceInWord();
  if (source.next === "=" && !source.wordEnds) {
    throw source.error(
      (place) => `there is a second = ${place}`,
      "write key=value with one =, or key:=text for a string that starts with =",
    );
  }
  if (!atQuote(source) && !atBracket(source)) return readBareWord(source);
  const value = readNested(source, 0);
  source.skipSpaceInWord();
  if (!source.wordEnds) {
    throw source.error(
      (place) => `the value is followed by other text ${place}`,
      `quote the whole value with %…%, or ${AS_TEXT}`,
    );
  }
  return value;
}

function atBracket(source: Source): boolean {
  return source.next !== "" && Object.hasOwn(CLOSING, source.next);
}

function readBareWord(source: Source): unknown {
  const from = source.at;
  const text = source.takeRest().trimEnd();
  const second = secondAssignment(text);
  if (second !== undefined) {
    throw source.error(
      (place) => `a second assignment, ${second.word}, starts ${place}`,
      "pass it as a separate word, or quote the string with %…%",
      from + second.index,
    );
  }
  return bareValue(text);
}

/** Finds where another assignment starts in a value, as in `0.1 b=2` and `0.1,b=2`. */
function secondAssignment(
  text: string,
): { word: string; index: number } | undefined {
  const afterSpace = /\s([^\s=]+=)/u.exec(text);
  if (afterSpace !== null) {
    return { word: afterSpace[1]!, index: afterSpace.index + 1 };
  }
  const afterComma = /^([^,]*),([\p{L}_$][\p{L}\p{N}_$.]*=)/u.exec(text);
  // If a string stands before the comma, the whole value may be a string: `a,b=c`.
  if (afterComma === null || typeof bareValue(afterComma[1]!) === "string") {
    return undefined;
  }
  return { word: afterComma[2]!, index: afterComma[1]!.length + 1 };
}

/** Reads a value inside brackets, or one that starts with a bracket or a quote. */
function readNested(source: Source, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw source.error(
      (place) => `brackets are nested deeper than ${MAX_DEPTH} ${place}`,
      "load such a value from a file",
    );
  }
  if (atQuote(source)) return readQuoted(source);
  if (source.next === "{") return readMapping(source, depth);
  if (source.next === "[") return readItems(source, depth).items;
  if (source.next === "(") {
    const { items, comma } = readItems(source, depth);
    // As in Python, parentheses around one value only group it; `(1,)` is a tuple.
    return items.length === 1 && !comma ? items[0] : items;
  }
  return readBareItem(source);
}

/** Reads a bare word inside brackets. */
function readBareItem(source: Source): unknown {
  const from = source.at;
  while (
    !source.done && !",[](){}".includes(source.next) && !isSpace(source.next)
  ) source.at++;
  const text = source.slice(from);
  if (text !== "") return bareValue(text);
  throw source.error(
    (place) => `a value is expected ${place}, not ${source.next}`,
    "remove the extra character, or quote the string with %…%",
  );
}

function neverClosed(source: Source, open: number): Error {
  const bracket = source.slice(open, open + 1);
  return source.error(
    (place) => `the ${bracket} ${place} is never closed`,
    `close it with ${CLOSING[bracket]}, or ${AS_TEXT}`,
    open,
  );
}

/** Reads a list or tuple. */
function readItems(
  source: Source,
  depth: number,
): { items: unknown[]; comma: boolean } {
  const open = source.at;
  const close = CLOSING[source.next]!;
  const items: unknown[] = [];
  let comma = false;
  source.at++;
  for (;;) {
    source.skipSpace();
    if (source.next === close) break;
    if (source.done) throw neverClosed(source, open);
    items.push(readNested(source, depth + 1));
    comma = readSeparator(source, close, open);
    if (!comma) break;
  }
  source.at++;
  return { items, comma };
}

/** Reads a comma; returns false at the closing bracket, which is not read. */
function readSeparator(source: Source, close: string, open: number): boolean {
  source.skipSpace();
  if (source.done) throw neverClosed(source, open);
  if (source.next === close) return false;
  if (source.next !== ",") {
    throw source.error(
      (place) => `a comma or ${close} is expected ${place}, not ${source.next}`,
      "separate values with commas, or quote strings with %…%",
    );
  }
  source.at++;
  return true;
}

/** Reads a mapping. */
function readMapping(source: Source, depth: number): object {
  const open = source.at++;
  const mapping = {};
  for (;;) {
    source.skipSpace();
    if (source.next === "}") break;
    if (source.done) throw neverClosed(source, open);
    const at = source.at;
    const key = readMappingKey(source, open);
    if (Object.hasOwn(mapping, key)) {
      throw source.error(
        (place) => `the key ${key} is repeated ${place}`,
        "remove one",
        at,
      );
    }
    setOwn(mapping, key, readNested(source, depth + 1));
    if (!readSeparator(source, "}", open)) break;
  }
  source.at++;
  return mapping;
}

/** Reads a key, its colon and the spaces after it. */
function readMappingKey(source: Source, open: number): string {
  const from = source.at;
  let key: string;
  if (atQuote(source)) {
    key = readQuoted(source);
    source.skipSpace();
  } else {
    while (!source.done && !":,[](){}".includes(source.next)) source.at++;
    key = source.slice(from).trimEnd();
  }
  if (source.done) throw neverClosed(source, open);
  if (source.next !== ":" || source.at === from) {
    throw source.error(
      (place) => `a key and a colon are expected ${place}, not ${source.next}`,
      "write a mapping as {key: value, …}",
    );
  }
  source.at++;
  source.skipSpace();
  if (source.done) throw neverClosed(source, open);
  return key;
}
