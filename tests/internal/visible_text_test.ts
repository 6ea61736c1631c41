/** Text that is safe to show. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { visible, visibleJson } from "../../internal/visible_text.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

test("visible: control characters and marks that hide text are escapes", () => {
  const cases: [text: string, shown: string][] = [
    ["plain, é, 日本, 😀", "plain, é, 日本, 😀"],
    ["a\nb\tc", "a\\nb\\tc"],
    ["\x1b[31m", "\\u001b[31m"],
    ["\x7f\x9b", "\\u007f\\u009b"],
    ["a\u202eb", "a\\u202eb"],
    ["\u200b\ufeff", "\\u200b\\ufeff"],
    ["\ud800", "\\ud800"],
    ["\u{e0041}", "\\udb40\\udc41"],
  ];
  for (const [text, shown] of cases) assertEquals(visible(text), shown);
});

test("property: visible: one line without control characters, and stable", () => {
  const unit = fc.oneof(
    fc.constantFrom(
      "\x1b",
      "\n",
      "\r",
      "\u2028",
      "\u202e",
      "\ud800",
      "a",
      "\\",
    ),
    fc.string({ unit: CODE_POINT, minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(unit), (parts) => {
      const shown = visible(parts.join(""));
      assert(!/[\p{Cc}\p{Cs}\u2028-\u202e]/u.test(shown));
      assertEquals(visible(shown), shown);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("property: visibleJson: the same JSON, without control characters but line feeds", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: CODE_POINT }), (value) => {
      const json = visibleJson(JSON.stringify(value, null, 2));
      assertEquals(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      assert(!/[\p{Cs}\u2028-\u202e]/u.test(json));
      assert(!/[\p{Cc}]/u.test(json.replaceAll("\n", "")));
    }),
    { seed: 1, numRuns: 500 },
  );
});
