/** What Ato relies on of `@std/toml`; passes against it and against the stand-in. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { stringify } from "@std/toml";
import { parseToml } from "../../readers/toml/toml.ts";

/** The reader of TOML files: what is written must be what it reads. */
const parse = (text: string): Record<string, unknown> =>
  parseToml(text, "a.toml");

test("stringify: what the reader reads back", () => {
  const data = {
    text: "two\nlines\t\"'\\ \u{1f600}",
    numbers: [0, 1.5, -2, 1e21, 1e-7],
    infinite: -Infinity,
    nothing: NaN,
    on: true,
    list: [1, 2],
    nested: [[1], [2, [3]]],
    mixed: [1, "x", { a: 1 }],
    empty: [],
    table: { inner: { x: "y" }, none: {} },
    tables: [{ a: 1 }, { a: 2, b: { c: 3 } }],
    "dotted.key": 1,
    "": 2,
  };
  assertEquals(parse(stringify(data)), data);
});

const KEY = fc.string({ unit: fc.constantFrom(..."ab-_1 .é"), minLength: 1 });
const LEAF = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.double({ noNaN: true, noDefaultInfinity: true })
    .filter((number) => !Object.is(number, -0)),
  fc.boolean(),
);
const DATA = fc.dictionary(
  KEY,
  fc.oneof(
    LEAF,
    fc.array(LEAF),
    fc.dictionary(KEY, LEAF, { noNullPrototype: true }),
  ),
  { noNullPrototype: true },
);

test("property: stringify: plain data comes back as it was", () => {
  fc.assert(
    fc.property(DATA, (data) => {
      assertEquals(parse(stringify(data)), data);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("stringify: undefined is left out", () => {
  assertEquals(parse(stringify({ a: undefined, b: 1 })), { b: 1 });
});
