import { sha256HexSync } from "../../internal/digest.ts";
import { toStored } from "./_text.ts";

/**
 * Returns a short name of a search for keys and rows, made of letters, digits, `-` and `_`: the start of its id, so that
 * people find it, and a hash of the whole id, since an id can be any text.
 *
 * @param searchId The id of the search.
 */
export function searchTag(searchId: string): string {
  const start = searchId.slice(0, 40).replaceAll(/[^A-Za-z\d_-]+/g, "-")
    .slice(0, 32);
  return `${start}-${sha256HexSync(toStored(searchId)).slice(0, 24)}`;
}
