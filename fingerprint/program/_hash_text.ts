import { CODE_VERSION } from "../code.ts";
import { sha256HexSync } from "../digest.ts";

/**
 * Hashes canonical text as fingerprints of code do.
 *
 * @param text The text.
 */
export function hashText(text: string): string {
  return `${CODE_VERSION}:${sha256HexSync(`${CODE_VERSION}:${text}`)}`;
}

/**
 * Hashes the text of a shape. It is compared with those of other runs of a project only, so half of the digits are
 * enough.
 *
 * @param text The text.
 */
export function shapeHash(text: string): string {
  return sha256HexSync(text).slice(0, 32);
}
