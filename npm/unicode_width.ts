/**
 * Stand-in for `@std/cli/unicode-width`: `unicodeWidth`, over `get-east-asian-width`.
 *
 * @module
 */
import { eastAsianWidth } from "get-east-asian-width";

/** What takes no column: marks on other characters, what controls the layout, vowels and finals of Hangul. */
const ZERO =
  /^(?![\u00ad\u115f\u3164\uffa0])[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\u{1171e}]$/u;

/**
 * Counts the columns that a text takes on a terminal, character by character.
 *
 * @param text The text, without escape sequences.
 * @returns the sum of the widths of its code points.
 */
export function unicodeWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (!ZERO.test(char)) width += eastAsianWidth(char.codePointAt(0)!);
  }
  return width;
}
