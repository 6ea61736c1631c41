import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { test } from "node:test";
import {
  decodeJson,
  encodeJson,
  MAX_DEPTH,
  readJson,
  type TypeNote,
} from "../../internal/json.ts";

function roundTrip(value: unknown): unknown {
  const { text, types } = encodeJson(value);
  // The notes are stored as JSON themselves.
  return decodeJson(text, JSON.parse(JSON.stringify(types)));
}

test("encodeJson: any plain data is read back as it was", () => {
  const any = fc.anything({
    withBigInt: true,
    withDate: true,
    withTypedArray: true,
    withNullPrototype: false,
  });
  fc.assert(
    fc.property(any, (value) => {
      assertEquals(roundTrip(value), listsIn(value));
    }),
    { numRuns: 500, seed: 5 },
  );
});

/** Typed arrays of bigints have no note, and are read back as lists. */
function listsIn(value: unknown): unknown {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return Array.from(value);
  }
  if (Array.isArray(value)) return value.map(listsIn);
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [key, listsIn(one)]));
}

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

test("readJson: returns the fallback if nothing is stored", () => {
  assertEquals([readJson(null, 1), readJson("", 1), readJson("2", 1)], [
    1,
    1,
    2,
  ]);
});
