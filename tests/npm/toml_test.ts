/** What Ato relies on of `@std/toml`; passes against it and against the stand-in. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { parse, stringify } from "@std/toml";

const PARSED: [string, string, Record<string, unknown>][] = [
  ["scalars", 'a = 1\nb = 1.5\nc = "x"\nd = true\ne = false', {
    a: 1,
    b: 1.5,
    c: "x",
    d: true,
    e: false,
  }],
  [
    "numbers",
    "a = [1_000, +5, -3, 0x1F, 0o17, 0b11]\nb = [1e3, 1_0.5, inf, -inf, nan]",
    { a: [1000, 5, -3, 31, 15, 3], b: [1000, 10.5, Infinity, -Infinity, NaN] },
  ],
  [
    "integers beyond 2^53, rounded to numbers",
    "a = 1000000000000000000\nb = -276710463201442430\nc = 9007199254740993",
    { a: 1e18, b: -276710463201442430, c: 9007199254740992 },
  ],
  [
    "strings",
    'a = "x\\ty\\u00e9\\"\\\\"\nb = \'raw\\n\'\nc = """\none\ntwo"""\n' +
    "d = '''\nraw\\n'''\ne = \"\"\"one \\\n   two\"\"\"",
    {
      a: 'x\ty\u00e9"\\',
      b: "raw\\n",
      c: "one\ntwo",
      d: "raw\\n",
      e: "one two",
    },
  ],
  ["tables", "[a]\nx = 1\n[a.b]\ny = 2\n[[c]]\nz = 3\n[[c]]\nz = 4", {
    a: { x: 1, b: { y: 2 } },
    c: [{ z: 3 }, { z: 4 }],
  }],
  [
    "tables in lists of tables",
    "[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[a.b.d]\ne = 1",
    { a: { b: [{ c: 1 }, { c: 2, d: { e: 1 } }] } },
  ],
  ["dotted and quoted keys", 'a.b = 1\n"a.b" = 2\n1 = 3\n"x y".z = 4', {
    a: { b: 1 },
    "a.b": 2,
    "1": 3,
    "x y": { z: 4 },
  }],
  ["lists and inline tables", "a = [1, [2, 3],\n 'x', # c\n]\nb = { c = 4 }", {
    a: [1, [2, 3], "x"],
    b: { c: 4 },
  }],
  ["comments", "# x\na = 1 # y\n", { a: 1 }],
  ["line breaks of Windows", "a = 1\r\n[b]\r\nc = 2\r\n", {
    a: 1,
    b: { c: 2 },
  }],
  ["an empty text", "", {}],
  ["moments", "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 00:32:00.5-07:00", {
    a: new Date("1979-05-27T07:32:00Z"),
    b: new Date("1979-05-27T07:32:00.5Z"),
  }],
  ["days", "a = 1979-05-27", { a: new Date("1979-05-27T00:00:00Z") }],
  [
    "moments without an offset, in the machine's zone",
    "a = 1979-05-27T07:32:00",
    {
      a: new Date("1979-05-27T07:32:00"),
    },
  ],
  ["times of the day, as text", "a = 07:32:00\nb = 07:32:00.5", {
    a: "07:32:00",
    b: "07:32:00.5",
  }],
];

for (const [name, text, expected] of PARSED) {
  test(`parse: ${name}`, () => assertEquals(parse(text), expected));
}

test("parse: a moment is a Date of the language", () => {
  for (
    const text of ["1979-05-27T07:32:00Z", "1979-05-27T07:32:00", "1979-05-27"]
  ) {
    const { a } = parse(`a = ${text}`);
    assertInstanceOf(a, Date);
    assertEquals(Object.getPrototypeOf(a), Date.prototype);
  }
});

test("parse: __proto__ touches no prototype", () => {
  for (
    const text of [
      "[__proto__]\npolluted = 1",
      "__proto__.polluted = 1",
      "a = { __proto__ = { polluted = 1 } }",
      "[constructor.prototype]\npolluted = 1",
    ]
  ) {
    parse(text);
    assertEquals(({} as Record<string, unknown>).polluted, undefined, text);
  }
});

// The two sides agree on the line of a fault, not on its column.
const BROKEN: [string, number][] = [
  ["a = 1\nb = = 2", 2],
  ["a = 1\nb", 2],
  ["a = [1,", 1],
  ['a = "x', 1],
  ["a = 1\n[b", 2],
  ["a = True", 1],
  ["a =", 1],
  ["= 1", 1],
  ["a = 01", 1],
  ["a = 1979-13-01", 1],
  ['a = "\\q"', 1],
  ["just text", 1],
];

for (const [text, line] of BROKEN) {
  test(`parse: ${JSON.stringify(text)} is a SyntaxError with its line`, () => {
    const error = assertThrows(() => parse(text), SyntaxError);
    assertMatch(
      error.message,
      RegExp(`^Parse error on line ${line}, column \\d+: .`),
    );
  });
}

test("parse: a table defined twice in different ways is a SyntaxError", () => {
  for (const text of ["a = 1\n[a]\nb = 1", "a = 1\n[[a]]"]) {
    const error = assertThrows(() => parse(text), SyntaxError);
    assertMatch(error.message, /^Parse error on line \d+, column \d+: ./);
  }
});

test("stringify: what parse reads back", () => {
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

/** What it takes to run this file once more on the runtime of the tests. */
function thisFile(): string[] {
  const file = fileURLToPath(import.meta.url);
  if (navigator.userAgent.startsWith("Deno/")) {
    const config = process.env.ATO_DENO_CONFIG ??
      fileURLToPath(new URL("../../deno.npm.json", import.meta.url));
    return ["test", "--no-check", "-A", "--config", config, file];
  }
  const hooks = new URL("../../tools/node_hooks.mjs", import.meta.url).href;
  const types = ["--experimental-strip-types", "--no-warnings"];
  return [...types, "--import", hooks, file];
}

const ZONE = "ATO_TOML_TEST_ZONE";

for (const TZ of ["America/New_York", "Asia/Kolkata"]) {
  const skip = process.env[ZONE] !== undefined && "in another zone already";
  test(`all of this holds in ${TZ} too`, { skip }, () => {
    // Under `node --test` the child would report to its parent's runner.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, thisFile(), {
      encoding: "utf8",
      env: { ...env, TZ, [ZONE]: TZ },
    });
    assertEquals(status, 0, stdout + stderr);
  });
}
