/** Paths whose bytes are not UTF-8: each such byte is a lone surrogate from U+DC80 on. */
import type { Buffer } from "node:buffer";
import { builtin } from "./builtin.ts";
import { isDeno } from "./runtime.ts";

/** A lone surrogate; U+DC80 to U+DCFF stand for the bytes 0x80 to 0xFF. */
const LONE =
  /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const FIRST = 0xdc80;
const LAST = 0xdcff;

/**
 * Returns a path as the file system takes it.
 *
 * @returns `undefined` if this runtime cannot name the file: Deno would open another one.
 */
export function systemPath(path: string): string | Buffer | undefined {
  if (path.isWellFormed()) return path;
  if (isDeno()) return undefined;
  const { Buffer } = builtin("node:buffer");
  const parts: Buffer[] = [];
  let from = 0;
  for (const { 0: one, index } of path.matchAll(LONE)) {
    const code = one.charCodeAt(0);
    if (code < FIRST || code > LAST) return undefined;
    parts.push(Buffer.from(path.slice(from, index)));
    parts.push(Buffer.from([code - 0xdc00]));
    from = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(path.slice(from))]);
}

/** Decodes the bytes of a name, as {@linkcode systemPath} encodes them. */
export function nameOfBytes(bytes: Uint8Array): string {
  const { Buffer } = builtin("node:buffer");
  const text = Buffer.from(bytes).toString("utf8");
  if (Buffer.from(text).equals(bytes)) return text;
  let name = "";
  for (let at = 0; at < bytes.length;) {
    const size = characterAt(bytes, at);
    name += size === 0
      ? String.fromCharCode(0xdc00 + bytes[at]!)
      : Buffer.from(bytes.subarray(at, at + size)).toString("utf8");
    at += Math.max(1, size);
  }
  return name;
}

/** The number of bytes of the character at a place; 0 if the byte there is not the start of one. */
function characterAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const { Buffer } = builtin("node:buffer");
  const part = bytes.subarray(at, at + size);
  const text = Buffer.from(part).toString("utf8");
  return Buffer.from(text).equals(part) && [...text].length === 1 ? size : 0;
}

/** Writes a path so that it can be stored and stays unique: `\xff` for a byte, `\\` for a backslash. */
export function escapedPath(path: string): string {
  return path.replaceAll("\\", "\\\\").replaceAll("\0", "\\0")
    .replace(LONE, (one) => {
      const code = one.charCodeAt(0);
      return code >= FIRST && code <= LAST
        ? `\\x${(code - 0xdc00).toString(16)}`
        : `\\u${code.toString(16)}`;
    });
}

/** Returns the path that {@linkcode escapedPath} wrote. */
export function pathOfName(name: string): string {
  return name.replace(
    /\\(?:\\|0|n|r|x([0-9a-f]{2})|u([0-9a-f]{4}))/g,
    (escape, byte?: string, unit?: string) => {
      if (byte !== undefined) {
        return String.fromCharCode(0xdc00 + parseInt(byte, 16));
      }
      if (unit !== undefined) return String.fromCharCode(parseInt(unit, 16));
      const plain: Readonly<Record<string, string>> = {
        "\\\\": "\\",
        "\\0": "\0",
        "\\n": "\n",
        "\\r": "\r",
      };
      return plain[escape] ?? escape;
    },
  );
}
