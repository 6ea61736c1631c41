/** JSON, with the types that JSON does not have. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { isSame } from "../../internal/config_data.ts";
import {
  decodeJson,
  encodeJson,
  MAX_DEPTH,
  readJson,
  type TypeNote,
} from "../../internal/json.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

function roundTrip(value: unknown): unknown {
  const { text, types } = encodeJson(value);
  // The notes are stored as JSON themselves.
  return decodeJson(text, JSON.parse(JSON.stringify(types)));
}

const VALUE = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: CODE_POINT }),
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

test("encodeJson, decodeJson: any config value is read back as it was", () => {
  fc.assert(
    fc.property(VALUE, (value) => {
      assert(isSame(roundTrip(value), value));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test("encodeJson, decodeJson: typed arrays keep their type", () => {
  for (const array of [new Float32Array([0.5, -0]), new Uint8Array([1, 255])]) {
    const { array: back } = roundTrip({ array }) as { array: typeof array };
    assertEquals(back.constructor, array.constructor);
    assertEquals(back, array);
  }
});

const TEXTS: [string, unknown, string][] = [
  [
    "NaN and the infinities",
    [NaN, Infinity, -Infinity],
    "[NaN, Infinity, -Infinity]",
  ],
  ["a large number", 2 ** 70, "1.1805916207174113e+21"],
  ["a bigint", 2n ** 70n, "1180591620717411303424"],
  ["minus zero", -0, "0"],
  ["a hole", [, 1], "[null, 1]"],
  ["a set", new Set([1, "a"]), '[1, "a"]'],
  ["a map", new Map<unknown, unknown>([[1, "a"]]), '{"1": "a"}'],
  ["an invalid date", new Date(NaN), "null"],
  ["a function", () => 1, "null"],
];
for (const [name, value, text] of TEXTS) {
  test(`encodeJson: writes ${name} as ${text}`, () => {
    assertEquals(encodeJson(value).text, text);
  });
}

test("encodeJson: refuses cycles and deep nesting, with the path", () => {
  const cycle: Record<string, unknown> = { a: {} };
  cycle["a"] = { b: cycle };
  assertThrows(
    () => encodeJson(cycle),
    TypeError,
    "Cannot store a.b: it contains itself",
  );
  const shared = {};
  assertEquals(encodeJson([shared, shared]).text, "[{}, {}]");
  let deep: unknown = 1;
  for (let i = 0; i < MAX_DEPTH; i++) deep = [deep];
  assertEquals(encodeJson(deep).text.length, 2 * MAX_DEPTH + 1);
  assertThrows(
    () => encodeJson([deep]),
    TypeError,
    "Cannot store 0.0.0: it is nested deeper than 1000 levels",
  );
});

const MISFITS: [string, string, TypeNote][] = [
  ["a value that is not there", "{}", [["a"], "bigint"]],
  ["a key of the prototype", "{}", [["__proto__"], "bigint"]],
  ["a date that is none", '"x"', [[], "Date"]],
  ["a bigint that is a string", '"1"', [[], "bigint"]],
  ["an unknown type", "1", [[], "Map"]],
];
for (const [name, text, note] of MISFITS) {
  test(`decodeJson: refuses a note on ${name}`, () => {
    assertThrows(
      () => decodeJson(text, [note]),
      SyntaxError,
      "the list of types",
    );
  });
}

test("decodeJson: __proto__ as a key is data, also with a note", () => {
  const value = decodeJson('{"__proto__": 7}', [[["__proto__"], "bigint"]]);
  assertEquals(Object.entries(value as object), [["__proto__", 7n]]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
});

test("decodeJson: refuses text that is nested too deep", () => {
  const nested = (depth: number): string =>
    "[".repeat(depth) + "]".repeat(depth);
  decodeJson(nested(MAX_DEPTH));
  assertThrows(
    () => decodeJson(nested(MAX_DEPTH + 1)),
    SyntaxError,
    "nested deeper",
  );
  assertThrows(() => decodeJson(nested(100_000)), SyntaxError, "nested deeper");
  assertEquals(
    decodeJson(JSON.stringify("[".repeat(5_000))),
    "[".repeat(5_000),
  );
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

test("readJson: returns the fallback if nothing is stored", () => {
  assertEquals([readJson(null, 1), readJson("", 1), readJson("2", 1)], [
    1,
    1,
    2,
  ]);
});
