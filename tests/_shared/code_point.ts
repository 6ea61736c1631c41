/** Any code point, as a unit of the strings that fast-check generates. */
import fc from "fast-check";

/** The code points from U+D800 to U+DFFF are no characters. */
const [GAP, GAP_SIZE, LAST] = [0xd800, 0x800, 0x10ffff];

/**
 * Any character of Unicode, for `fc.string({ unit: CODE_POINT })`. It generates and shrinks as fast-check's
 * own unit `"binary"`, which needs a table of 1.1 million characters in each process that uses it.
 */
export const CODE_POINT: fc.Arbitrary<string> = fc.nat(LAST - GAP_SIZE).map(
  (index) => String.fromCodePoint(index < GAP ? index : index + GAP_SIZE),
  (text) => {
    const point = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (point === undefined || String.fromCodePoint(point) !== text) {
      throw new RangeError("This is not one character");
    }
    return point < GAP ? point : point - GAP_SIZE;
  },
);
