/** What Ato relies on of `@std/yaml`; passes against it and against the stand-in. */
import { test } from "node:test";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parse, stringify } from "@std/yaml";

const PARSED: [string, string, unknown][] = [
  ["scalars", "a: 1\nb: 1.5\nc: text\nd: true\ne: null\nf: ~\ng:", {
    a: 1,
    b: 1.5,
    c: "text",
    d: true,
    e: null,
    f: null,
    g: null,
  }],
  ["booleans of YAML 1.1 are strings", "[yes, no, on, off, y, n]", [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
  ]],
  ["numbers", "[0x1F, 1e3, -0.5, .inf, -.inf, .nan]", [
    31,
    1000,
    -0.5,
    Infinity,
    -Infinity,
    NaN,
  ]],
  ["timestamps", "[2001-12-14, 2001-12-14T21:59:43.10-05:00]", [
    new Date("2001-12-14T00:00:00Z"),
    new Date("2001-12-15T02:59:43.1Z"),
  ]],
  ["anchors and merges", "a: &x {k: 1}\nb: {<<: *x, l: 2}", {
    a: { k: 1 },
    b: { k: 1, l: 2 },
  }],
  ["block strings", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", {
    a: "x\ny\n",
    b: "x y",
  }],
  ["a byte order mark", "\ufeffa: 1", { a: 1 }],
  ["an empty text", "", null],
  [
    "hostile keys",
    "__proto__: 1\nconstructor: 2",
    JSON.parse('{"__proto__":1,"constructor":2}'),
  ],
];

for (const [name, text, expected] of PARSED) {
  test(`parse: ${name}`, () => assertEquals(parse(text), expected));
}

test("parse: a merged or plain __proto__ touches no prototype", () => {
  parse("a: &x {__proto__: {polluted: 1}}\nb: {<<: *x}");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

const BROKEN: [string, RegExp][] = [
  ["a: [1,\nb: 2", / at line [23], column \d+/],
  ["a: 1\na: 2", /duplicate.* at line 2, column \d+/i],
  ["a: 1\n b: 2", / at line 2, column \d+/],
  ["a: *none", / at line 1, column \d+/],
];

for (const [text, message] of BROKEN) {
  test(`parse: ${JSON.stringify(text)} is a SyntaxError with its place`, () => {
    assertMatch(assertThrows(() => parse(text), SyntaxError).message, message);
  });
}

test("parse: several documents are a SyntaxError", () => {
  assertThrows(() => parse("a: 1\n---\nb: 2"), SyntaxError);
});

test("stringify: what parse reads back", () => {
  const data = {
    text: ["", "yes", "1", "null", "a: b", "two\nlines", "# x", " padded "],
    numbers: [0, 1.5, 1e21, Infinity, NaN],
    other: [true, null, new Date(0)],
    empty: { list: [], map: {} },
  };
  assertEquals(
    parse(stringify(data, { lineWidth: -1, useAnchors: false, indent: 4 })),
    data,
  );
});

test("stringify: without anchors what is shared is written twice", () => {
  const shared = { a: 1 };
  assertEquals(
    stringify({ x: shared, y: shared }, { useAnchors: false }).includes("&"),
    false,
  );
});

test("stringify: what YAML has no type for is a TypeError", () => {
  assertThrows(() => stringify({ f: () => 1 }), TypeError);
});
