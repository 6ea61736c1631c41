/**
 * SHA-256 in three forms: asynchronous over Web Crypto, synchronous and streaming over
 * `node:crypto`. The digests are the same.
 *
 * @module
 */
import type { Hash } from "node:crypto";
import { createSha256 } from "../internal/digest.ts";

export { sha256HexSync } from "../internal/digest.ts";

const utf8 = new TextEncoder();

function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Web Crypto takes no view of shared memory: such bytes are copied. */
function ownBytes(data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof data === "string" ? utf8.encode(data) : data;
  if (!ArrayBuffer.isView(bytes)) {
    throw new TypeError(
      `Cannot hash ${String(data)}: give a string or a Uint8Array`,
    );
  }
  return bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : bytes.slice() as Uint8Array<ArrayBuffer>;
}

/**
 * Hashes bytes, or a string in UTF-8, with SHA-256 (FIPS 180-4) over Web Crypto.
 *
 * @param data The bytes or the string.
 * @returns the digest in 64 lower-case hexadecimal digits.
 * @throws {TypeError} If it is neither.
 *
 * @example
 * ```ts
 * import { sha256Hex } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await sha256Hex("abc")).slice(0, 8), "ba7816bf");
 * ```
 */
export async function sha256Hex(data: string | Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", ownBytes(data));
  return toHex(new Uint8Array(digest));
}

/**
 * A SHA-256 over data that is added in pieces. The boundaries of the pieces do not matter.
 *
 * @example
 * ```ts
 * import { Sha256Stream, sha256HexSync } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new Sha256Stream();
 * stream.update("a");
 * stream.update("bc");
 * assertEquals(stream.hex(), sha256HexSync("abc"));
 * ```
 */
export class Sha256Stream {
  readonly #hash: Hash = createSha256();

  /**
   * Adds data.
   *
   * @param data Bytes, or a string in UTF-8.
   * @returns this stream.
   */
  update(data: string | Uint8Array): this {
    this.#hash.update(data);
    return this;
  }

  /**
   * Ends the stream.
   *
   * @returns the digest, 32 bytes.
   * @throws {Error} If the stream has ended before.
   */
  bytes(): Uint8Array {
    return this.#hash.digest();
  }

  /**
   * Ends the stream.
   *
   * @returns the digest in 64 lower-case hexadecimal digits.
   * @throws {Error} If the stream has ended before.
   */
  hex(): string {
    return this.#hash.digest("hex");
  }
}
