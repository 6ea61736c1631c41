/** JSON that keeps what JSON cannot hold. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isSame } from "../../internal/config_data.ts";
import { decodeJson, encodeJson, readJson } from "../../internal/json.ts";

const VALUE = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, NaN, -0, Infinity, 2 ** 60, new Date(7)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constant("__proto__")),
      tie("value"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;

test("property: encodeJson, decodeJson: any config value comes back as the same value", () => {
  fc.assert(
    fc.property(VALUE, (value) => {
      const { text, types } = encodeJson(value);
      assert(isSame(decodeJson(text, types), value));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test("encodeJson, decodeJson: typed arrays keep their type", () => {
  for (const array of [new Float32Array([0.5, -0]), new Uint8Array([1, 255])]) {
    const { text, types } = encodeJson({ array });
    const { array: back } = decodeJson(text, types) as { array: typeof array };
    assertEquals(back.constructor, array.constructor);
    assertEquals(back, array);
  }
});

test("encodeJson: a value that contains itself is an error with its path", () => {
  const model: Record<string, unknown> = {};
  model.head = { model };
  assertThrows(
    () => encodeJson({ model }),
    TypeError,
    "model.head.model",
  );
});

test("decodeJson: what Python writes for numbers that are not finite", () => {
  assertEquals(decodeJson("[NaN, Infinity, -Infinity, 1e400]"), [
    NaN,
    Infinity,
    -Infinity,
    Infinity,
  ]);
  assertEquals(decodeJson("[16045690984503098046]"), [16045690984503098046n]);
  assertEquals(decodeJson('["NaN", "123456789012345678"]'), [
    "NaN",
    "123456789012345678",
  ]);
});

test("decodeJson: malformed JSON, and types that do not fit, are errors", () => {
  for (const text of ["", "{", "[1,]", "{'a': 1}"]) {
    assertThrows(() => decodeJson(text), SyntaxError);
  }
  assertThrows(() => decodeJson("[1]", [[[5], "bigint"]]), SyntaxError);
  assertThrows(() => decodeJson('["x"]', [[[0], "Date"]]), SyntaxError);
});

test("readJson: the fallback only for what is not stored", () => {
  assertEquals(readJson(null, 7), 7);
  assertEquals(readJson("", 7), 7);
  assertEquals(readJson("8", 7), 8);
});
