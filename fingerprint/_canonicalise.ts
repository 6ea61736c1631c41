/** From the text of a function to its canonical form. Loads the parser. */
import { type Canonical, canonicalFunction } from "./_canonical.ts";
import { parseFunction } from "./_parse.ts";

/**
 * Canonicalises the text of one function.
 *
 * @throws {SyntaxError} If it does not parse, or holds syntax that is not known.
 */
export function canonicaliseText(text: string): Canonical {
  return canonicalFunction(parseFunction(text));
}
