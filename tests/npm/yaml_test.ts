/** What Ato relies on of `@std/yaml`; passes against it and against the stand-in. */
import { test } from "node:test";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { parse, stringify, YamlSyntaxError } from "@std/yaml";

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
  [
    "booleans, and words that were booleans in YAML 1.1",
    "[true, True, FALSE, yes, No, on, OFF, y, n]",
    [true, true, false, "yes", "No", "on", "OFF", "y", "n"],
  ],
  ["numbers", "[0x1F, 1e3, -0.5, +12, 5., .5, .inf, -.inf, .nan]", [
    31,
    1000,
    -0.5,
    12,
    5,
    0.5,
    Infinity,
    -Infinity,
    NaN,
  ]],
  [
    "numbers that YAML's versions disagree on",
    "[017, -017, 0b11, 1_000, 1_000.5, 0x_F, 1e400]",
    [15, -15, 3, 1000, 1000.5, 15, Infinity],
  ],
  [
    "what only looks like a number",
    "[0o17, 08, 09.5, 1e, 1.2.3, _1, 1_, 0x, 1:30, 2001-12]",
    ["0o17", "08", "09.5", "1e", "1.2.3", "_1", "1_", "0x", "1:30", "2001-12"],
  ],
  [
    "timestamps",
    "[2001-12-14, 2001-12-14T21:59:43.10-05:00, 2001-12-14 21:59:43]",
    [
      new Date("2001-12-14T00:00:00Z"),
      new Date("2001-12-15T02:59:43.1Z"),
      new Date("2001-12-14T21:59:43Z"),
    ],
  ],
  ["quotes", `['it''s', "a\\tb\\u00e9\\U0001F600", '\\n', "1"]`, [
    "it's",
    "a\tb\u00e9\u{1f600}",
    "\\n",
    "1",
  ]],
  ["anchors and merges", "a: &x {k: 1}\nb: {<<: *x, l: 2}\nc: *x", {
    a: { k: 1 },
    b: { k: 1, l: 2 },
    c: { k: 1 },
  }],
  [
    "merges: what is written wins, then the first",
    "a: {<<: [{k: 1, l: 2}, {l: 3, m: 4}], k: 5}",
    { a: { k: 5, l: 2, m: 4 } },
  ],
  ["block strings", "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: |+\n  x\n\nd: z\n", {
    a: "x\ny\n",
    b: "x y",
    c: "x\n\n",
    d: "z",
  }],
  ["plain strings over lines", "a: x\n  y\n\n  z\nb: http://h:1/p?q#f", {
    a: "x y\nz",
    b: "http://h:1/p?q#f",
  }],
  [
    "nested block collections",
    "a:\n- 1\n- b: 2\n  c:\n  - - 3\n    - 4\n",
    { a: [1, { b: 2, c: [[3, 4]] }] },
  ],
  ["comments", "# x\na: 1 # y\nb: x#y # z\n", { a: 1, b: "x#y" }],
  ["tags", "[!!str 1, !!float 1, !!binary aGk=, !!set {x, y}]", [
    "1",
    1,
    new Uint8Array([104, 105]),
    { x: null, y: null },
  ]],
  ["keys that are no strings", "1: a\ntrue: b\n~: c\n1.5: d", {
    "1": "a",
    "true": "b",
    "null": "c",
    "1.5": "d",
  }],
  ["line breaks of Windows", "a: 1\r\nb: |\r\n  x\r\n  y\r\n", {
    a: 1,
    b: "x\ny\n",
  }],
  ["a byte order mark", "\ufeffa: 1", { a: 1 }],
  ["one document between markers", "%YAML 1.2\n---\na: 1\n...\n", { a: 1 }],
  ["an empty text", "", null],
  ["only a comment", "# x", null],
  [
    "hostile keys",
    "__proto__: 1\nconstructor: 2\ntoString: {__proto__: {a: 3}}",
    JSON.parse(
      '{"__proto__":1,"constructor":2,"toString":{"__proto__":{"a":3}}}',
    ),
  ],
];

for (const [name, text, expected] of PARSED) {
  test(`parse: ${name}`, () => assertEquals(parse(text), expected));
}

test("parse: only a float keeps the sign of zero", () => {
  const zeros = parse("[-0, +0, -0.0, -0e1]") as number[];
  const negative = zeros.map((zero) => Object.is(zero, -0));
  assertEquals(negative, [false, false, true, true]);
});

test("parse: what an anchor names is one object", () => {
  const { a, b } = parse("a: &x {k: 1}\nb: *x") as Record<string, unknown>;
  assertEquals(a === b, true);
});

test("parse: a merged or plain __proto__ touches no prototype", () => {
  parse("a: &x {__proto__: {polluted: 1}}\nb: {<<: *x}");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

test("parse: duplicate keys on request: the last one", () => {
  assertEquals(parse("a: 1\na: 2", { allowDuplicateKeys: true }), { a: 2 });
});

/** The text, the line of its fault, and where both sides agree on it the column. */
const BROKEN: [string, number, number?][] = [
  ["a: [1,\nb: 2", 3, 1],
  ["a: 1\na: 2", 2],
  ["x:\n  a: 1\n  b: 2\n  a: 3\n", 4],
  ["a: 1\n b: 2", 2, 3],
  ["a: *none", 1, 9],
  ["a: b: c", 1, 5],
  ["a: 'x", 2, 1],
  ['a: "\\q"', 1, 6],
  ["a: {b: 1", 2, 1],
  ["a: @x", 1, 4],
  ["a: !unknown x", 1],
  ["<<: 1", 1],
  ["a: &x &y 1", 1],
  ["a: 1\n---\nb: 2", 2, 1],
  ["--- # c\na\n... # d\n\n# e\nb", 6, 1],
  ["\ufeff{a: 1}\n--- b", 2, 1],
  ["{a: 1}\r\r--- b", 3, 1],
  ["\ufeff%YAML 1.2\r\n---\r\na\r\n--- b", 4, 1],
];

for (const [text, line, column] of BROKEN) {
  test(`parse: ${JSON.stringify(text)} is a SyntaxError with its place`, () => {
    const error = assertThrows(() => parse(text), SyntaxError);
    assertInstanceOf(error, YamlSyntaxError);
    assertMatch(
      error.message,
      RegExp(`^[^\\n]+ at line ${line}, column ${column ?? "\\d+"}(:\\n|$)`),
    );
    assertEquals([error.line, error.column], [line, column ?? error.column]);
  });
}

test("stringify: what parse reads back", () => {
  const data = {
    text: ["", "yes", "1", "null", "a: b", "two\nlines", "# x", " padded "],
    numbers: [0, 1.5, 1e21, -1e-7, Infinity, -Infinity, NaN],
    other: [true, null, new Date(0), new Uint8Array([1, 2])],
    empty: { list: [], map: {} },
  };
  const options = { lineWidth: -1, useAnchors: false, indent: 4 };
  assertEquals(parse(stringify(data, options)), data);
});

// A string that is written bare here must not be a number to the other side's reader.
const CONFUSABLE = fc.string({
  unit: fc.constantFrom(..."01_xob.e+-:nfa~<=yT #\n'\"[{&*!|>%@`,"),
  maxLength: 8,
}).filter((text) => text !== "..."); // Neither side quotes the end of a document.

test("property: stringify: any string comes back as that string", () => {
  fc.assert(
    fc.property(fc.array(CONFUSABLE), (texts) => {
      const data = { texts, keys: Object.fromEntries(texts.entries()) };
      assertEquals(parse(stringify(data, { lineWidth: -1 })), data);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("stringify: the layout", () => {
  const data = { b: [1, { c: "x" }], a: { d: true } };
  assertEquals(stringify(data), "b:\n  - 1\n  - c: x\na:\n  d: true\n");
  assertEquals(
    stringify(data, { indent: 4, sortKeys: true }),
    "a:\n    d: true\nb:\n    - 1\n    -\n        c: x\n",
  );
  assertEquals(
    stringify({ b: 1, c: 2, a: 3 }, {
      sortKeys: (x: string, y: string) => x < y ? 1 : -1,
    }),
    "c: 2\nb: 1\na: 3\n",
  );
});

test("stringify: long lines are folded only within a line width", () => {
  const data = { a: "word ".repeat(40) + "end" };
  const widest = (text: string) =>
    Math.max(...text.split("\n").map((line) => line.length));
  // The indentation comes on top of the width.
  assertEquals(widest(stringify(data)) <= 82, true);
  assertEquals(widest(stringify(data, { lineWidth: 40 })) <= 42, true);
  assertEquals(widest(stringify(data, { lineWidth: -1 })) > 200, true);
});

test("stringify: what is shared is written once, or twice without anchors", () => {
  const shared = { a: 1 };
  const data = { v: shared, w: shared };
  assertEquals(stringify(data), "v: &ref_0\n  a: 1\nw: *ref_0\n");
  assertEquals(
    stringify(data, { useAnchors: false }),
    "v:\n  a: 1\nw:\n  a: 1\n",
  );
});

test("stringify: what YAML has no type for is a TypeError, or left out", () => {
  const data = { f: () => 1, s: Symbol("x"), a: 1 };
  assertThrows(() => stringify(data), TypeError);
  assertEquals(stringify(data, { skipInvalid: true }), "a: 1\n");
});
