/** TOML files are read as data, and this data can be written again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  ADict,
  ConfigSyntaxError,
  type LooseConfig,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { readConfig, throughFile } from "./_read_config.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const read = async (text: string): Promise<Record<string, unknown>> =>
  (await readConfig("config.toml", text)).toObject() as Record<string, unknown>;

const VALUES: [
  name: string,
  text: string,
  expected: Record<string, unknown>,
][] = [
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
    {
      a: [1000, 5, -3, 31, 15, 3],
      b: [1000, 10.5, Infinity, -Infinity, NaN],
    },
  ],
  [
    "integers that a number holds, and the digits that JavaScript writes for others",
    "a = 1000000000000000000\nb = -276710463201442430\nc = 1152921504606847000",
    { a: 1e18, b: -276710463201442430n, c: 1152921504606847000n },
  ],
  [
    "strings",
    'a = "x\\ty\\u00e9\\"\\\\\\U0001F600"\nb = \'raw\\n\'\nc = """\none\ntwo"""\n' +
    "d = '''\nraw\\n'''\ne = \"\"\"one \\\n   two\"\"\"",
    {
      a: 'x\ty\u00e9"\\\u{1f600}',
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
  ["a table before the one around it", "[a.b]\nx = 1\n[a]\ny = 2", {
    a: { b: { x: 1 }, y: 2 },
  }],
  [
    "tables in lists of tables",
    "[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[a.b.d]\ne = 1\n[[a.b.f]]\ng = 1",
    { a: { b: [{ c: 1 }, { c: 2, d: { e: 1 }, f: [{ g: 1 }] }] } },
  ],
  [
    "dotted and quoted keys",
    'a.b = 1\n"a.b" = 2\n1 = 3\n"x y".z = 4\n3.10 = 5\n2020-01-01 = 6\n"" = 7',
    {
      a: { b: 1 },
      "a.b": 2,
      "1": 3,
      "x y": { z: 4 },
      "3": { "10": 5 },
      "2020-01-01": 6,
      "": 7,
    },
  ],
  ["an empty name for a table", '[""]\na = 1\n[[x.""]]\nb = 2', {
    "": { a: 1 },
    x: { "": [{ b: 2 }] },
  }],
  [
    "lists and inline tables",
    "a = [1, [2, 3],\n 'x', # c\n]\nb = { c = 4, d.e = 5 }",
    { a: [1, [2, 3], "x"], b: { c: 4, d: { e: 5 } } },
  ],
  ["comments", "# x\na = 1 # y\n", { a: 1 }],
  [
    "a byte order mark and line breaks of Windows",
    "\ufeffa = 1\r\n[b]\r\nc = 2\r\n",
    {
      a: 1,
      b: { c: 2 },
    },
  ],
  ["an empty text", "", {}],
  [
    "moments",
    "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 00:32:00.5-07:00\nc = 1979-05-27t07:32:00z",
    {
      a: new Date("1979-05-27T07:32:00Z"),
      b: new Date("1979-05-27T07:32:00.5Z"),
      c: new Date("1979-05-27T07:32:00Z"),
    },
  ],
  ["days", "a = 1979-05-27\nb = 2000-02-29\nc = 0099-01-01", {
    a: new Date("1979-05-27T00:00:00Z"),
    b: new Date("2000-02-29T00:00:00Z"),
    c: new Date("0099-01-01T00:00:00Z"),
  }],
  [
    "moments without an offset, which are UTC",
    "a = 1979-05-27T07:32:00\nb = 1979-05-27 07:32:00.25\nnote = '1979-05-27T07:32:00'",
    {
      a: new Date("1979-05-27T07:32:00Z"),
      b: new Date("1979-05-27T07:32:00.25Z"),
      note: "1979-05-27T07:32:00",
    },
  ],
  ["times of the day, as text", "a = 07:32:00\nb = 07:32:00.5", {
    a: "07:32:00",
    b: "07:32:00.5",
  }],
];

for (const [name, text, expected] of VALUES) {
  test(`ADict.fromFile: TOML: value: ${name}`, async () => {
    assertEquals(await read(text), expected);
  });
}

test("ADict.fromFile: TOML: a date-time is a Date", async () => {
  for (
    const text of ["1979-05-27T07:32:00Z", "1979-05-27T07:32:00", "1979-05-27"]
  ) {
    const { a } = await read(`a = ${text}`);
    assertInstanceOf(a, Date);
    assertEquals(Object.getPrototypeOf(a), Date.prototype);
  }
});

test("ADict.fromFile: TOML: only a float keeps the sign of zero", async () => {
  const { v } = await read("v = [-0, +0, -0.0, -0e1]") as { v: number[] };
  assertEquals(v.map((zero) => Object.is(zero, -0)), [
    false,
    false,
    true,
    true,
  ]);
});

test("ADict.fromFile: TOML: __proto__ is plain data, and changes no prototype", async () => {
  const own = JSON.parse('{"__proto__": {"polluted": 1}}');
  for (
    const [text, expected] of [
      ["[__proto__]\npolluted = 1", own],
      ["__proto__.polluted = 1", own],
      ["a = { __proto__ = { polluted = 1 } }", { a: own }],
      ["[constructor.prototype]\npolluted = 1", {
        constructor: { prototype: { polluted: 1 } },
      }],
    ] as const
  ) {
    const config = await readConfig("a.toml", text);
    assertEquals(config.toObject(), expected);
    assertEquals((await throughFile("a.toml", config)).toObject(), expected);
    assertEquals(({} as Record<string, unknown>).polluted, undefined, text);
  }
});

const WIDE: [name: string, text: string, expected: object][] = [
  [
    "neighbours that round to one number",
    "train_seed = 1234567890123456789\neval_seed = 1234567890123456790\n",
    { train_seed: 1234567890123456789n, eval_seed: 1234567890123456790n },
  ],
  [
    "beyond 64 bits with a sign",
    "seeds = [16045690984503098046, 16045690984503098047]",
    { seeds: [16045690984503098046n, 16045690984503098047n] },
  ],
  [
    "beside a comment, a string and a key with other digits",
    "seed = 1234567890123456789 # not 1234567890123456790\nnote = 'was 1234567890123456790'\n1234567890123456790 = 'x'\n",
    {
      seed: 1234567890123456789n,
      note: "was 1234567890123456790",
      "1234567890123456790": "x",
    },
  ],
  [
    "beside a float of the same size",
    "seed = 1234567890123456789\nsize = 1.2345678901234568e18\n",
    { seed: 1234567890123456789n, size: 1.2345678901234568e18 },
  ],
  [
    "in other forms",
    "v = [0xDEADBEEFCAFEBABE, 0o1576255675762577525275, 0b1111111111111111111111111111111111111111111111111111111111111111, 1_234_567_890_123_456_789, -1234567890123456789]",
    {
      v: [
        16045690984503098046n,
        0o1576255675762577525275n,
        18446744073709551615n,
        1234567890123456789n,
        -1234567890123456789n,
      ],
    },
  ],
  [
    "the digits that JavaScript writes for a number are the integer that they say, as in each other form",
    "# \u{1f600}\r\nv = [1152921504606847000, 1_152_921_504_606_847_000, 0x1000000000000018, 9007199254740993]",
    {
      v: [
        1152921504606847000n,
        1152921504606847000n,
        1152921504606847000n,
        9007199254740993n,
      ],
    },
  ],
];

for (const [name, text, expected] of WIDE) {
  test(`ADict.fromFile: TOML: wide integers: ${name}`, async () => {
    const config = await readConfig("a.toml", text);
    assertEquals(config.toObject(), expected);
    assertEquals((await throughFile("a.toml", config)).toObject(), expected);
  });
}

const DEEP = 100_000;

/** A file with an error, its line and column if they are certain, and the message. */
const REFUSED: [text: string, place: string, reason: RegExp][] = [
  ["a = 1\nb = = 2", "2", /./],
  ["a = 1\nb", "2", /./],
  ["a = [1,", "1", /./],
  ['a = "x', "1", /./],
  ["a = 1\n[b", "2", /./],
  ["a = True", "1", /./],
  ["a =", "1", /./],
  ["= 1", "1", /./],
  ["a = 01", "1", /./],
  ['a = "\\q"', "1", /./],
  ['a = "\\x41"', "1", /./],
  ["just text", "1", /./],
  ["a = 1\na = 2", "2", /./],
  ["a = 1\n[a]\nb = 1", "2", /./],
  ["a = 1\n[[a]]", "2", /./],
  ["a = 1 b = 2", "1", /./],
  ["a = 1\rb = 2", "1:6", /carriage return/],
  ["a = 'x\ry'", "1:7", /carriage return/],
  ["x = 1\na = 2023-02-30", "2", /date/],
  ["a = 2021-02-29", "1", /date/],
  ["a = 1979-13-01", "1", /date/],
  ["a = 2023-02-30T00:00:00Z", "1", /date/],
  ["a = 2023-04-31 00:00:00", "1", /date/],
  ["a = 2023-01-01T25:00:00Z", "1", /time/],
  ["a = 25:00:00", "1", /time/],
  ["a = 0000-01-01T00:00:00+01:00", "1:5", /no such time/],
  ["a = [1979-05-27T07:32:60Z]", "1", /no such time/],
  [`a = ${"[".repeat(DEEP)}`, "1:505", /more than 500 levels/],
  [`\na = ${"{a=".repeat(DEEP)}`, "2", /more than 500 levels/],
  [`a = 1\nb${".a".repeat(DEEP)} = 1`, "2:1", /more than 500 levels/],
  [`[a${".a".repeat(DEEP)}]`, "1:2", /more than 500 levels/],
  [
    `[a${".a".repeat(300)}]\nx = ${"[".repeat(300)}${"]".repeat(300)}`,
    "2",
    /more than 500 levels/,
  ],
  [`a = '${"x".repeat(DEEP)}'`, "1:5", /longer than 65,536 characters/],
  [`a = '''\n${"x".repeat(DEEP)}'''`, "1:5", /longer than 65,536/],
];

for (const [text, place, reason] of REFUSED) {
  test(`ADict.fromFile: TOML: refused with its place: ${JSON.stringify(text).slice(0, 60)}`, async () => {
    const error = await assertRejects(() => read(text), ConfigSyntaxError);
    const told = `${error.line}:${error.column}`;
    assertEquals(`${told}:`.startsWith(`${place}:`), true, error.message);
    assertStringIncludes(error.message, `config.toml:${told}: `);
    assertMatch(error.message, reason);
  });
}

test("ADict.fromFile: TOML: deep and long files within the limits are read", async () => {
  const text = `a = ${"[".repeat(400)}${"]".repeat(400)}\nb = '${
    "x".repeat(60_000)
  }'\n# ${"'''".repeat(50_000)}${"[".repeat(1000)}\nc = "'''["\nd = '"""['\n`;
  const { b, c, d } = await read(text);
  assertEquals([(b as string).length, c, d], [60_000, "'''[", '"""[']);
});

const WRITTEN: [name: string, value: unknown, text: string][] = [
  ["a wide integer", 1234567890123456789n, "1234567890123456789"],
  ["2 ** 60", 2 ** 60, "1152921504606846976"],
  ["2 ** 64", 2 ** 64, "1.8446744073709552e+19"],
  ["1e22", 1e22, "1.0e+22"],
  ["-0", -0, "-0.0"],
  ["NaN", NaN, "nan"],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a control character", "a\x7fb", '"a\\u007fb"'],
];

for (const [name, value, text] of WRITTEN) {
  test(`dump: TOML: ${name}`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "a.toml");
      const config = new ADict<LooseConfig>({ v: value });
      await config.dump(file);
      assertEquals(readFileSync(file, "utf8").trim(), `v = ${text}`);
      assertEquals((await ADict.fromFile(file)).toObject(), { v: value });
    });
  });
}

const KEY = fc.string({
  unit: fc.constantFrom(..."ab-_1 .é\"'\n"),
  maxLength: 4,
});
const LEAF = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.double(),
  fc.boolean(),
  fc.bigInt({ min: 2n ** 64n, max: 2n ** 70n }).map((n) => n | 1n),
  fc.date({
    noInvalidDate: true,
    min: new Date("0000-01-01"),
    max: new Date("9999-12-31"),
  }),
);
const TABLE = fc.letrec((tie) => ({
  table: fc.dictionary(KEY, tie("value"), {
    noNullPrototype: true,
    maxKeys: 4,
  }),
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: LEAF },
    { weight: 1, arbitrary: tie("table") },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(tie("table"), { maxLength: 3 }) },
  ),
})).table as fc.Arbitrary<Record<string, unknown>>;

test("dump: TOML: property: data of TOML's types is read back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(TABLE, async (data) => {
      const config = new ADict<LooseConfig>(data);
      const back = await throughFile("a.toml", config);
      assertEquals(back.toObject(), config.toObject());
    }),
    { seed: 20261128, numRuns: 300 },
  );
});

test("dump: TOML: null is refused with its path", async () => {
  const error = await assertRejects(
    () => throughFile("a.toml", new ADict<LooseConfig>({ a: [{ b: null }] })),
    UnsupportedValueError,
    "null",
  );
  assertEquals(error.path, "a.0.b");
});
