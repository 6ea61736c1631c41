/** Config values as text. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonText, leafText } from "../../internal/json_text.ts";
import { textAt, valueText } from "../../internal/value_text.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

test("valueText: values of two types never look alike", () => {
  const cases: [value: unknown, text: string][] = [
    ["1", '"1"'],
    [1, "1"],
    [1n, "1n"],
    [-0, "-0"],
    [NaN, "NaN"],
    [null, "null"],
    [undefined, "undefined"],
    [true, "true"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "Invalid Date"],
    [new Float32Array([1, -0]), "Float32Array [1, -0]"],
    [[1, "a", [2n]], '[1, "a", [2n]]'],
    [{}, "{}"],
    [{ a: 1, "b c": [] }, '{ "a": 1, "b c": [] }'],
    ["\x1b\u202e", '"\\u001b\\u202e"'],
  ];
  for (const [value, text] of cases) assertEquals(valueText(value), text);
});

test("textAt: a value that is missing differs from undefined", () => {
  const leaves = new Map<string, unknown>([["lr", undefined], ["a", "b"]]);
  assertEquals(textAt(leaves, "lr"), "undefined");
  assertEquals(textAt(leaves, "a"), '"b"');
  assertEquals(textAt(leaves, "none"), "(absent)");
});

test("leafText: strings without quotes", () => {
  const cases: [value: unknown, text: string][] = [
    ["a b", "a b"],
    [1, "1"],
    [-0, "-0"],
    [5n, "5"],
    [NaN, "NaN"],
    [undefined, ""],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), ""],
    [[1, "a"], '[1,"a"]'],
    [null, "null"],
  ];
  for (const [value, text] of cases) assertEquals(leafText(value), text);
});

test("jsonText: what JSON cannot hold becomes strings and lists", () => {
  const cases: [value: unknown, text: string][] = [
    [{ a: 5n, b: NaN, c: -Infinity }, '{"a":"5","b":"NaN","c":"-Infinity"}'],
    [[-0, 0], "[-0,0]"],
    [new Uint8Array([1, 2]), "[1,2]"],
    ["\x1b\u2028", '"\\u001b\\u2028"'],
    [undefined, "null"],
  ];
  for (const [value, text] of cases) assertEquals(jsonText(value), text);
});

test("property: jsonText: any JSON value, without control characters but line feeds", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: CODE_POINT }), (value) => {
      const text = jsonText(value, 2);
      assertEquals(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
      assert(!/[\p{Cc}\p{Cs}]/u.test(text.replaceAll("\n", "")));
    }),
    { seed: 1, numRuns: 500 },
  );
});
