/** Text that fits into columns. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { brief, short } from "../../internal/text.ts";
import { fit, pad, widthOf, wrap } from "../../internal/text_width.ts";

test("widthOf, pad: East Asian characters and emoji take two columns", () => {
  const cases: [text: string, width: number][] = [
    ["", 0],
    ["abc", 3],
    ["日本", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["😀", 2],
  ];
  for (const [text, width] of cases) {
    assertEquals(widthOf(text), width, text);
    assertEquals(widthOf(pad(text, 6)), 6);
    assertEquals(widthOf(pad(text, 6, "right")), 6);
  }
  assertEquals(pad("ab", 4), "ab  ");
  assertEquals(pad("ab", 4, "right"), "  ab");
  assertEquals(pad("abcde", 4), "abcde");
});

const TEXT = fc.string({
  unit: fc.constantFrom("a", "b", " ", "日", "é"),
  maxLength: 30,
});
const WIDTH = fc.integer({ min: 1, max: 12 });

test("property: fit: never wider, and unchanged if it fits", () => {
  fc.assert(
    fc.property(TEXT, WIDTH, (text, width) => {
      const fitted = fit(text, width);
      assert(widthOf(fitted) <= width);
      if (widthOf(text) <= width) assertEquals(fitted, text);
      else assert(fitted.endsWith("…") && text.startsWith(fitted.slice(0, -1)));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test("property: wrap: the same words, and only a single word is wider than a line", () => {
  fc.assert(
    fc.property(TEXT, WIDTH, (text, width) => {
      const lines = wrap(text, width);
      const words = (one: string) =>
        one.split(" ").filter((word) => word !== "");
      assertEquals(lines.flatMap(words), words(text));
      for (const line of lines) {
        assert(widthOf(line.trimEnd()) <= width || !line.trim().includes(" "));
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test("brief, short: hashes and numbers", () => {
  assertEquals(brief("ato-code-v1:a91c03f27b1e", 6), "a91c03");
  assertEquals(brief("a91c", 6), "a91c");
  assertEquals(short(1 / 3), "0.333333");
  assertEquals(short(1234567), "1234567");
  assertEquals(short(1e300), "1e+300");
  assertEquals(short(NaN), "NaN");
});
