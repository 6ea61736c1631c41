import { exactInteger, spellDigits } from "../_integer.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["none", null],
  ["true", true],
  ["false", false],
  ["nan", NaN],
  ["inf", Infinity],
  ["infinity", Infinity],
  ["-inf", -Infinity],
  ["-infinity", -Infinity],
]);

/**
 * Reads the value after a key.
 *
 * @throws {SyntaxError} If a quoted string is not well formed.
 */
export function parseScalar(text: string): unknown {
  if (text.startsWith('"')) return parseQuoted(text);
  const word = text.toLowerCase();
  if (WORDS.has(word)) return WORDS.get(word);
  if (/^[+-]?\d+n$/.test(text)) return BigInt(text.slice(0, -1));
  if (!NUMBER.test(text)) return text;
  if (/^[+-]?\d{16,}$/.test(text)) {
    return exactInteger(BigInt(text.replace(/^\+/, "")));
  }
  // A number that is too large is not infinity, which is written `inf`.
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * Reads a JSON string. A value that does not end with a quote, or has bare quotes in its middle, was written
 * by Python ato, which never quotes, and is returned as it is.
 */
function parseQuoted(text: string): string {
  if (!text.endsWith('"') || text.length === 1) return text;
  if (/^"(?:[^"\\]|\\.)*"./s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(
      'a quoted string must be a JSON string; write quotes inside it as \\"',
    );
  }
}

/** Writes a scalar so that it is read back unchanged; `undefined` for a value that the format cannot store. */
export function formatScalar(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return formatString(value);
    case "number":
      return Object.is(value, -0) ? "-0" : spellDigits(value);
    case "bigint":
      return `${value}n`;
    case "boolean":
      return value ? "True" : "False";
    default:
      return value === null ? "None" : undefined;
  }
}

function formatString(text: string): string {
  const safe = text !== "" && text === text.trim() &&
    !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text) &&
    !/^(?:"|\[Empty (?:Sequence|Mapping)\]$)/.test(text) &&
    parseScalar(text) === text;
  return safe ? text : JSON.stringify(text);
}
