/**
 * XYZ: Python ato's own indented text format.
 *
 * ```text
 * lr: 0.001
 * model:
 *   name: resnet50
 *   layers:
 *     0) 64
 *     1) 128
 * tags: [Empty Sequence]
 * ```
 *
 * A line is `key: value`, `index) value`, or either without a value where deeper lines follow. Two
 * spaces a level. Keys and strings that would be read as something else stand in double quotes, as
 * JSON strings: that is the one thing which Python ato does not know.
 *
 * @module
 */
import { isPlainList, isPlainObject } from "../../internal/objects.ts";
import { kindOf } from "../../internal/kind_of.ts";
import { Descent } from "../../internal/descent.ts";
import { MAX_DEPTH, TOO_DEEP } from "../../internal/limits.ts";
import { ConfigSyntaxError, UnsupportedValueError } from "../errors.ts";
import { formatPath } from "../../internal/key_path.ts";
import { formatScalar, parseScalar } from "./_scalar.ts";

const EMPTY_SEQUENCE = "[Empty Sequence]";
const EMPTY_MAPPING = "[Empty Mapping]";

/**
 * Writes plain data as XYZ.
 *
 * @param data A mapping or a list; of scalars numbers, strings, booleans, bigints and `null`.
 * @returns the text, without a line break at its end.
 * @throws {UnsupportedValueError} If there is any other value; the error names its key path.
 *
 * @example
 * ```ts
 * import { dumpXyz } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dumpXyz({ lr: 0.1, layers: [64, 128] }), "lr: 0.1\nlayers:\n  0) 64\n  1) 128");
 * ```
 */
export function dumpXyz(data: unknown): string {
  const whole = inline(data, []);
  if (whole !== undefined) {
    // A file that is one string must not look like a line with a key or an index.
    return readHead(whole) === undefined ? whole : JSON.stringify(data);
  }
  const out = { lines: [], descent: new Descent() };
  writeChildren(data as object, [], out);
  return out.lines.join("\n");
}

function writeChildren(
  container: object,
  path: string[],
  out: { readonly lines: string[]; readonly descent: Descent },
): void {
  const fault = out.descent.enter(container);
  if (fault !== undefined) {
    throw new UnsupportedValueError(
      formatPath(path),
      "XYZ",
      `it: ${fault}`,
      "make it flatter",
    );
  }
  const isArray = Array.isArray(container);
  const indent = "  ".repeat(path.length);
  // The keys of a list include its holes: the first one is refused.
  const keys = isArray ? container.keys() : Object.keys(container);
  for (const at of keys) {
    const key = String(at);
    const value = (container as Record<string, unknown>)[key];
    const below = [...path, key];
    const head = indent + (isArray ? `${key})` : `${formatXyzKey(key)}:`);
    const text = inline(value, below);
    out.lines.push(text === undefined ? head : `${head} ${text}`);
    if (text === undefined) writeChildren(value as object, below, out);
  }
  out.descent.leave(container);
}

/** Returns the text after a key on its line; `undefined` for a container that needs lines of its own. */
function inline(value: unknown, path: string[]): string | undefined {
  if (isPlainList(value)) {
    return value.length === 0 ? EMPTY_SEQUENCE : undefined;
  }
  if (isPlainObject(value)) {
    return Object.keys(value).length === 0 ? EMPTY_MAPPING : undefined;
  }
  const text = formatScalar(value);
  if (text === undefined) {
    throw new UnsupportedValueError(
      formatPath(path),
      "XYZ",
      kindOf(value),
      "make it a string or a number",
    );
  }
  return text;
}

// Does not start like a quote or an item, has no colon, and no white space that would be trimmed.
const PLAIN_KEY =
  /^(?!\d+\)|")[^\s:\p{Cc}\p{Cs}](?:[^:\p{Cc}\p{Cs}]*[^\s:\p{Cc}\p{Cs}])?$/u;

function formatXyzKey(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key);
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly kind: "key" | "index";
  readonly key: string;
  readonly rest: string;
}

/**
 * Reads XYZ.
 *
 * @param text The text.
 * @param file The name that errors show.
 * @returns the mapping, the list, or the single scalar that the text contains.
 * @throws {ConfigSyntaxError} If a line is not XYZ; the error names the line.
 *
 * @example
 * ```ts
 * import { parseXyz } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseXyz("lr: 0.1\nlayers:\n  0) 64\n  1) 128"), { lr: 0.1, layers: [64, 128] });
 * ```
 */
export function parseXyz(text: string, file: string = "XYZ text"): unknown {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read XYZ: give a string, not ${kindOf(text)}`);
  }
  const trimmed = text.trim();
  if (trimmed === EMPTY_MAPPING || trimmed === "") return {};
  if (trimmed === EMPTY_SEQUENCE) return [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (!trimmed.includes("\n") && readHead(trimmed) === undefined) {
    return parseScalarAt(trimmed, file, 1);
  }
  const parsed = lines.flatMap((line, i) =>
    line.trim() === "" ? [] : [readLine(line, i + 1, file)]
  );
  const reader = { lines: parsed, at: 0, file, depth: 0 };
  const value = readBlock(reader, parsed[0]?.indent ?? 0);
  const left = parsed[reader.at];
  if (left !== undefined) {
    throw new ConfigSyntaxError(file, "wrong indentation", {
      line: left.number,
    });
  }
  return value;
}

function readHead(
  text: string,
): { kind: "key" | "index"; key: string; rest: string } | undefined {
  const index = text.match(/^(\d+)\)(?:\s(.*))?$/s);
  if (index !== null) {
    // `00)` is the index 0, as in Python: two spellings of one index are the same item.
    const key = index[1]!.replace(/^0+(?=\d)/, "");
    return { kind: "index", key, rest: (index[2] ?? "").trim() };
  }
  const quoted = text.match(/^("(?:[^"\\]|\\.)*")\s*:(?:\s(.*))?$/s);
  const plain = quoted ?? text.match(/^([^":][^:]*|(?=:)):(?:\s(.*))?$/s);
  if (plain === null) return undefined;
  const key = quoted === null ? plain[1]!.trim() : unquote(quoted[1]!);
  return key === undefined
    ? undefined
    : { kind: "key", key, rest: (plain[2] ?? "").trim() };
}

function unquote(text: string): string | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Not a JSON string: the caller reports the line.
    return undefined;
  }
}

function readLine(line: string, number: number, file: string): Line {
  const head = readHead(line.trim());
  if (head === undefined) {
    throw new ConfigSyntaxError(
      file,
      'a line must be "key: value" or "index) value"',
      {
        line: number,
      },
    );
  }
  const indent = line.match(/^\s*/)![0].replaceAll("\t", "  ").length;
  return { number, indent, ...head };
}

interface Reader {
  readonly lines: readonly Line[];
  readonly file: string;
  at: number;
  depth: number;
}

/** Reads the lines of one container: all lines with this indentation. */
function readBlock(reader: Reader, indent: number): unknown {
  const first = reader.lines[reader.at]!;
  if (++reader.depth > MAX_DEPTH) {
    throw new ConfigSyntaxError(reader.file, TOO_DEEP, { line: first.number });
  }
  const entries = new Map<string, unknown>();
  for (
    let line = reader.lines[reader.at];
    line?.indent === indent;
    line = reader.lines[reader.at]
  ) {
    checkEntry(reader.file, line, first.kind, entries);
    reader.at++;
    entries.set(line.key, readValue(reader, line));
  }
  reader.depth--;
  return first.kind === "key"
    ? toMapping(entries)
    : toList(entries, reader.file, first.number);
}

function checkEntry(
  file: string,
  line: Line,
  kind: string,
  entries: Map<string, unknown>,
): void {
  if (line.kind !== kind) {
    throw new ConfigSyntaxError(file, "keys and indices cannot be mixed", {
      line: line.number,
    });
  }
  if (entries.has(line.key)) {
    const what = kind === "key" ? "the key" : "the index";
    throw new ConfigSyntaxError(file, `${what} ${line.key} is there twice`, {
      line: line.number,
    });
  }
}

function readValue(reader: Reader, line: Line): unknown {
  const next = reader.lines[reader.at];
  const isParent = next !== undefined && next.indent > line.indent;
  if (line.rest === "") return isParent ? readBlock(reader, next.indent) : "";
  if (isParent) {
    throw new ConfigSyntaxError(reader.file, "wrong indentation", {
      line: next.number,
    });
  }
  if (line.rest === EMPTY_SEQUENCE) return [];
  if (line.rest === EMPTY_MAPPING) return {};
  return parseScalarAt(line.rest, reader.file, line.number);
}

function parseScalarAt(text: string, file: string, line: number): unknown {
  try {
    return parseScalar(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigSyntaxError(file, error.message, { line }, {
      cause: error,
    });
  }
}

function toMapping(entries: Map<string, unknown>): Record<string, unknown> {
  // `fromEntries` defines own properties, `__proto__` too.
  return Object.fromEntries(entries);
}

function toList(
  entries: Map<string, unknown>,
  file: string,
  line: number,
): unknown[] {
  return Array.from({ length: entries.size }, (_, index) => {
    if (entries.has(String(index))) return entries.get(String(index));
    throw new ConfigSyntaxError(file, `the list has no index ${index}`, {
      line,
    });
  });
}
