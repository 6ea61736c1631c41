/** What Ato relies on of `@std/yaml`; passes against it and against the stand-in. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { stringify } from "@std/yaml";
import { parseYaml } from "../../readers/yaml/yaml.ts";

/** The reader of YAML files: what is written must be what it reads. */
const parse = (text: string): unknown => parseYaml(text, "a.yaml");

test("stringify: what the reader reads back", () => {
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
