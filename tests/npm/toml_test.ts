/** What Ato relies on of `@std/toml`; passes against it and against the stand-in. */
import { test } from "node:test";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { parse, stringify } from "@std/toml";

const PARSED: [string, string, Record<string, unknown>][] = [
  ["scalars", 'a = 1\nb = 1.5\nc = "x"\nd = true', {
    a: 1,
    b: 1.5,
    c: "x",
    d: true,
  }],
  ["numbers", "a = 1_000\nb = 0x1F\nc = 1e3\nd = inf\ne = -inf", {
    a: 1000,
    b: 31,
    c: 1000,
    d: Infinity,
    e: -Infinity,
  }],
  ["strings", 'a = "x\\ty"\nb = \'raw\\n\'\nc = """\none\ntwo"""', {
    a: "x\ty",
    b: "raw\\n",
    c: "one\ntwo",
  }],
  ["tables", "[a]\nx = 1\n[a.b]\ny = 2\n[[c]]\nz = 3\n[[c]]\nz = 4", {
    a: { x: 1, b: { y: 2 } },
    c: [{ z: 3 }, { z: 4 }],
  }],
  ["dotted and quoted keys", 'a.b = 1\n"a.b" = 2', { a: { b: 1 }, "a.b": 2 }],
  ["arrays and inline tables", "a = [1, [2, 3]]\nb = { c = 4 }", {
    a: [1, [2, 3]],
    b: { c: 4 },
  }],
  ["comments", "# x\na = 1 # y\n", { a: 1 }],
  ["an empty text", "", {}],
  ["moments", "a = 1979-05-27T07:32:00Z", {
    a: new Date("1979-05-27T07:32:00Z"),
  }],
];

for (const [name, text, expected] of PARSED) {
  test(`parse: ${name}`, () => assertEquals(parse(text), expected));
}

test("parse: a moment is a Date of the language", () => {
  const { a } = parse("a = 1979-05-27T07:32:00Z");
  assertInstanceOf(a, Date);
  assertEquals(Object.getPrototypeOf(a), Date.prototype);
});

test("parse: __proto__ touches no prototype", () => {
  parse("[__proto__]\npolluted = 1");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

for (const text of ["a = 1\nb = = 2", "a = [1,", "just text"]) {
  test(`parse: ${JSON.stringify(text)} is an error`, () => {
    const error = assertThrows(() => parse(text));
    assertInstanceOf(error, Error);
  });
}

test("parse: a broken value is a SyntaxError with its place", () => {
  const error = assertThrows(() => parse("a = 1\nb = = 2"), SyntaxError);
  assertMatch(error.message, /^Parse error on line 2, column \d+: /);
});

test("stringify: what parse reads back", () => {
  const data = {
    text: "two\nlines",
    number: 1.5,
    on: true,
    list: [1, 2],
    at: new Date(0),
    table: { inner: { x: "y" } },
    tables: [{ a: 1 }, { a: 2 }],
    "dotted.key": 1,
  };
  assertEquals(parse(stringify(data)), data);
});
