/**
 * SHA-256 over `node:crypto`: at once, and as a stream.
 *
 * @module
 */
import type { Hash } from "node:crypto";

type NodeCrypto = typeof import("node:crypto");

interface BuiltInLoader {
  readonly process: { getBuiltinModule(name: "node:crypto"): NodeCrypto };
}

let nodeCrypto: NodeCrypto | undefined;

/**
 * Makes a SHA-256 (FIPS 180-4) that takes data piece by piece.
 *
 * @returns the hash of `node:crypto`. An import of that module would cost every script 17 ms under Deno,
 * also those that never hash.
 */
export function createSha256(): Hash {
  nodeCrypto ??= (globalThis as unknown as BuiltInLoader).process
    .getBuiltinModule("node:crypto");
  return nodeCrypto.createHash("sha256");
}

/**
 * Hashes bytes, or a string in UTF-8, with SHA-256 at once, over `node:crypto`.
 *
 * @param data The bytes or the string.
 * @returns the digest in 64 lower-case hexadecimal digits.
 *
 * @example
 * ```ts
 * import { sha256HexSync } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sha256HexSync("abc").slice(0, 8), "ba7816bf");
 * ```
 */
export function sha256HexSync(data: string | Uint8Array): string {
  return createSha256().update(data).digest("hex");
}
