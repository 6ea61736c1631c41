/** YAML files are read as data, and this data can be written again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  ADict,
  ConfigSyntaxError,
  type LooseConfig,
  NestingError,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { readConfig, throughFile } from "./_read_config.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { askPython, whyNoPython } from "../_shared/python.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

const read = async (text: string): Promise<unknown> =>
  (await readConfig("config.yaml", text)).toObject();

const VALUES: [name: string, text: string, expected: unknown][] = [
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
    "v: [true, True, FALSE, yes, No, on, OFF, y, n]",
    { v: [true, true, false, "yes", "No", "on", "OFF", "y", "n"] },
  ],
  ["numbers", "v: [0x1F, 1e3, -0.5, +12, 5., .5, .inf, -.inf, .nan]", {
    v: [31, 1000, -0.5, 12, 5, 0.5, Infinity, -Infinity, NaN],
  }],
  [
    "octal numbers, and others that YAML's versions disagree on",
    "v: [017, -017, 0b11, 1_000, 1_000.5, 0x_F, 1e400, 0777]",
    { v: [15, -15, 3, 1000, 1000.5, 15, Infinity, 511] },
  ],
  [
    "what only looks like a number",
    "v: [0o17, 08, 09.5, 1e, 1.2.3, _1, 1_, 0x, 1:30, 2001-12]",
    {
      v: [
        "0o17",
        "08",
        "09.5",
        "1e",
        "1.2.3",
        "_1",
        "1_",
        "0x",
        "1:30",
        "2001-12",
      ],
    },
  ],
  [
    "timestamps",
    "v: [2001-12-14, 2001-12-14T21:59:43.10-05:00, 2001-12-14 21:59:43, 2000-02-29, 0099-01-01]",
    {
      v: [
        new Date("2001-12-14T00:00:00Z"),
        new Date("2001-12-15T02:59:43.1Z"),
        new Date("2001-12-14T21:59:43Z"),
        new Date("2000-02-29T00:00:00Z"),
        new Date("0099-01-01T00:00:00Z"),
      ],
    },
  ],
  ["quotes", `v: ['it''s', "a\\tb\\u00e9\\U0001F600", '\\n', "1"]`, {
    v: ["it's", "a\tb\u00e9\u{1f600}", "\\n", "1"],
  }],
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
  ["a key <<, which is no merge in quotes", "a: {'<<': {k: 1}}", {
    a: { "<<": { k: 1 } },
  }],
  ["block strings", "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: |+\n  x\n\nd: z\n", {
    a: "x\ny\n",
    b: "x y",
    c: "x\n\n",
    d: "z",
  }],
  ["a literal block that ends with the file", "p: |\n  one\n  two", {
    p: "one\ntwo",
  }],
  ["a folded block", "p: >\n  one\n  two", { p: "one two" }],
  ["a block that keeps line breaks", "p: |+\n  one", { p: "one" }],
  ["a block in a list", "v:\n  - |\n    one", { v: ["one"] }],
  ["a block whose last line has a break", "p: |\n  one\n", { p: "one\n" }],
  ["a block before blanks without a break", "p: |\n  one\n  ", { p: "one\n" }],
  ["a block before a comment that ends the file", "p: |\n  one\n# end", {
    p: "one\n",
  }],
  ["one with Windows line breaks", "a: 1\r\nb: |\r\n  x\r\n  y\r\n", {
    a: 1,
    b: "x\ny\n",
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
  [
    "tags of YAML's own",
    "v: [!!str 1, !!float 1, !!int 42, !!int '0x1F', !!bool 'true', ! 1]\nn: !!null ''\nm: !!null\no: !!timestamp '2020-01-01'",
    {
      v: ["1", 1, 42, 31, true, "1"],
      n: null,
      m: null,
      o: new Date("2020-01-01"),
    },
  ],
  [
    "tags of collections",
    "v: !!seq [!!map {a: 1}]\ns: !!set {x, y}\no: !!omap [a: 1, b: 2]\np: !!pairs [a: 1, a: 2]",
    {
      v: [{ a: 1 }],
      s: { x: null, y: null },
      o: [{ a: 1 }, { b: 2 }],
      p: [["a", 1], ["a", 2]],
    },
  ],
  ["bytes", "v: !!binary aGk=\nw: !!binary |\n  aG\n  k=\n", {
    v: new Uint8Array([104, 105]),
    w: new Uint8Array([104, 105]),
  }],
  [
    "a tag that a directive shortens, and one in full",
    "%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\nb: !<tag:yaml.org,2002:str> 1\n",
    { a: "1", b: "1" },
  ],
  ["one document between markers", "%YAML 1.2\n---\na: 1\n...\n", { a: 1 }],
  ["an empty text", "", {}],
  ["only a comment", "# x", {}],
  [
    "hostile keys",
    "__proto__: 1\nconstructor: 2\ntoString: {__proto__: {a: 3}}",
    JSON.parse(
      '{"__proto__":1,"constructor":2,"toString":{"__proto__":{"a":3}}}',
    ),
  ],
  [
    "brackets and quotes whose lines stand as far left as their key",
    "a: [\n  1,\n  2\n]\nb: {\n  c: [\n3\n  ], # ]\n  'd': \"x\ny\"\n}\ne:\n  - {\n    f: it's\n}\n  - |\n    [\n",
    {
      a: [1, 2],
      b: { c: [3], d: "x y" },
      e: [{ f: "it's" }, "[\n"],
    },
  ],
  [
    "tabs beside brackets and commas, which are not part of a string",
    "a: [1,\t2\t,\tx\ty\t]\nb: {\tc:\td\t}\t# e\nf:\tg\th\t\ni: [\n\t1,\n\t'x\ty'\t\n]",
    {
      a: [1, 2, "x\ty"],
      b: { c: "d" },
      f: "g\th",
      i: [1, "x\ty"],
    },
  ],
];

for (const [name, text, expected] of VALUES) {
  test(`ADict.fromFile: YAML: value: ${name}`, async () => {
    assertEquals(await read(text), expected);
  });
}

test("ADict.fromFile: YAML: only a float keeps the sign of zero", async () => {
  const { v } = await read("v: [-0, +0, -0.0, -0e1]") as { v: number[] };
  assertEquals(v.map((zero) => Object.is(zero, -0)), [
    false,
    false,
    true,
    true,
  ]);
});

test("ADict.fromFile: YAML: a merged or plain __proto__ changes no prototype", async () => {
  await read("a: &x {__proto__: {polluted: 1}}\nb: {<<: *x}");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

test("ADict.fromFile: YAML: the value of an alias is a copy", async () => {
  const config = await readConfig("a.yaml", "a: &x {k: [1]}\nb: *x");
  config.setByPath("a.k.0", 2);
  assertEquals(config.toObject(), { a: { k: [2] }, b: { k: [1] } });
});

/** Each integer is read exactly, whatever the file contains beside it. */
const WIDE: [name: string, text: string, expected: unknown][] = [
  [
    "neighbours that round to one number",
    "train_seed: 1234567890123456789\neval_seed: 1234567890123456790\n",
    { train_seed: 1234567890123456789n, eval_seed: 1234567890123456790n },
  ],
  [
    "neighbours in a list",
    "seeds: [16045690984503098046, 16045690984503098047]",
    { seeds: [16045690984503098046n, 16045690984503098047n] },
  ],
  [
    "beside a comment, a string and a key with other digits",
    "seed: 1234567890123456789 # not 1234567890123456790\nnote: was 1234567890123456790 before\n'1234567890123456790': x\n",
    {
      seed: 1234567890123456789n,
      note: "was 1234567890123456790 before",
      "1234567890123456790": "x",
    },
  ],
  [
    "beside a float of the same size",
    "seed: 1234567890123456789\nsize: 1.2345678901234568e18\nother: 1234567890123456789.0\n",
    {
      seed: 1234567890123456789n,
      size: 1.2345678901234568e18,
      other: 1234567890123456789.0,
    },
  ],
  [
    "in other forms",
    "v: [0xDEADBEEFCAFEBABE, 01576255675762577525275, 0b1111111111111111111111111111111111111111111111111111111111111111, 1_234_567_890_123_456_789, -0xDEADBEEFCAFEBABE, +1234567890123456789, !!int '1234567890123456789']",
    {
      v: [
        16045690984503098046n,
        0o1576255675762577525275n,
        18446744073709551615n,
        1234567890123456789n,
        -16045690984503098046n,
        1234567890123456789n,
        1234567890123456789n,
      ],
    },
  ],
  [
    "a number where one holds it exactly, in each form",
    "v: [9007199254740993, 9007199254740994, 0x20000000000000, 0x20000000000001, 100_000_000_000_000_000_000]",
    {
      v: [
        9007199254740993n,
        9007199254740994,
        9007199254740992,
        9007199254740993n,
        1e20,
      ],
    },
  ],
  [
    "the digits that JavaScript writes for a number are the integer that they say, as in each other form",
    "v: [1152921504606847000, 1_152_921_504_606_847_000, 0x1000000000000018, 1152921504606846976]",
    {
      v: [
        1152921504606847000n,
        1152921504606847000n,
        1152921504606847000n,
        2 ** 60,
      ],
    },
  ],
];

for (const [name, text, expected] of WIDE) {
  test(`ADict.fromFile: YAML: wide integers: ${name}`, async () => {
    const config = await readConfig("a.yaml", text);
    assertEquals(config.toObject(), expected);
    const back = await throughFile("a.yaml", config);
    assertEquals(back.toObject(), expected);
  });
}

const KEYS: [text: string, expected: unknown][] = [
  ["2020-01-01: a", { "2020-01-01": "a" }],
  ["2020-13-45: a", { "2020-13-45": "a" }],
  ["3.10: a", { "3.10": "a" }],
  ["010: a", { "010": "a" }],
  ["0x10: a\n16: b", { "0x10": "a", 16: "b" }],
  ["1e3: a", { "1e3": "a" }],
  ["12345678901234567890: a", { "12345678901234567890": "a" }],
  ["True: a\nnull: b\n~: c\nyes: d", {
    True: "a",
    null: "b",
    "~": "c",
    yes: "d",
  }],
  ["'3.10': a", { "3.10": "a" }],
  ["!!int 010: a", { "010": "a" }],
  ["a: &k 3.10\n*k : b", { a: 3.1, "3.10": "b" }],
  [": a", { "": "a" }],
  ["? a\n: b\n? |\n  c\n: d", { a: "b", "c\n": "d" }],
];

for (const [text, expected] of KEYS) {
  test(`ADict.fromFile: YAML: keys are their text: ${JSON.stringify(text)}`, async () => {
    const config = await readConfig("a.yaml", text);
    assertEquals(config.toObject(), expected as object);
    assertEquals(
      (await throughFile("a.yaml", config)).toObject(),
      expected as object,
    );
  });
}

/** A file with an error, its place, and the message. */
const REFUSED: [text: string, place: string, reason: RegExp][] = [
  ["x: 1\nday: 2020-13-45", "2:6", /no such time as 2020-13-45.*quotes/],
  ["v: [2023-02-30]", "1:5", /no such time/],
  ["v: 2021-02-29", "1:4", /no such time/],
  ["v: 2020-01-00", "1:4", /no such time/],
  ["v: 2001-12-14T24:00:00Z", "1:4", /no such time/],
  ["v: 2001-12-14 21:60:43", "1:4", /no such time/],
  ["v: 2001-12-14 21:59:60", "1:4", /no such time/],
  ["v: 2001-12-14 21:59:43+24:00", "1:4", /no such time/],
  ["v: !!timestamp soon", "1:4", /no such time/],
  ["v: 0000-01-01T00:00:00+01:00", "1:4", /no such time/],
  ["v: 9999-12-31T23:59:59-01:00", "1:4", /no such time/],
  ["a: 1\n? [b, c]\n: 2", "2:3", /a list cannot be a key/],
  ["? {b: c}\n: 2", "1:3", /a mapping cannot be a key/],
  ["{[a]: 1}", "1:2", /a list cannot be a key/],
  ["a: &x [b]\n*x : 1", "2:1", /a list cannot be a key/],
  ["a: !!int 1.5", "1:4", /"1.5" is not a valid int/],
  ["a: !!int 08", "1:4", /"08" is not a valid int/],
  ["a: !!float x", "1:4", /"x" is not a valid float/],
  ["a: !!bool 1", "1:4", /"1" is not a valid bool/],
  ["a: !!null x", "1:4", /"x" is not a valid null/],
  ["a: !!binary '*'", "1:4", /is not a valid binary/],
  ["a: !mine x", "1:4", /tag !mine is not supported/],
  ["a: !!mine x", "1:4", /tag !!mine is not supported/],
  ["a: !!python/tuple [1]", "1:4", /tag !!python\/tuple is not supported/],
  ["a: !!set {b: 1}", "1:11", /no values/],
  ["a: !!omap [1]", "1:12", /mappings of one key/],
  ["a: !!map [1]", "1:4", /not supported/],
  ["a: [1,\nb: 2", "2:1", /bracket or quote above does not end/],
  ["a: 1\na: 2", "2:1", /appears twice.*duplicate/],
  ["x:\n  a: 1\n  b: 2\n  a: 3\n", "4:3", /appears twice/],
  ["1: a\n'1': b", "2:1", /appears twice/],
  ["a: 1\n b: 2", "2:3", /./],
  ["a: *none", "1:4", /no anchor &none/],
  ["a: b: c", "1:5", /./],
  ["a: &x b: c", "1:4", /the line of its key/],
  ["a: 'x", "1:6", /./],
  ['a: "\\q"', "1:6", /unknown escape/],
  ["a: {b: 1", "1:9", /./],
  ["a: @x", "1:4", /./],
  ["<<: 1", "1:1", /<< needs a mapping/],
  ["a: &a {<<: *a}", "1:4", /that it is in/],
  ["a: &a [*a]", "1:8", /inside the value that it refers to/],
  ["a: 1\n---\nb: 2", "2:1", /one document/],
  ["--- # c\na: 1\n... # d\n\n# e\nb: 2", "6:1", /one document/],
  ["\ufeff{a: 1}\n--- b", "2:1", /one document/],
  ["{a: 1}\r\r--- b", "3:1", /one document/],
  ["a: \u0001", "1:4", /non-printable/],
  ["a: 1\nb: [\n  c", "3:4", /./],
  ["a: 1\nb: [\nc", "3:1", /bracket or quote above does not end/],
];

for (const [text, place, reason] of REFUSED) {
  test(`ADict.fromFile: YAML: refused with its place: ${JSON.stringify(text)}`, async () => {
    const error = await assertRejects(() => read(text), ConfigSyntaxError);
    assertEquals(`${error.line}:${error.column}`, place, error.message);
    assertStringIncludes(error.message, `config.yaml:${place}: `);
    assertMatch(error.message, reason);
  });
}

/** Lists of aliases of the list before, each `width` long. */
function aliasBomb(width: number, levels: number): string {
  const lines = [`a0: &a0 [${Array(width).fill("x").join(",")}]`];
  for (let i = 1; i <= levels; i++) {
    const items = Array(width).fill(`*a${i - 1}`).join(",");
    lines.push(`a${i}: &a${i} [${items}]`);
  }
  return lines.join("\n");
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

const BOMBS: [name: string, text: string, reason: RegExp][] = [
  ["nine lists of nine aliases", aliasBomb(9, 7), /aliases repeat so much/],
  ["thirty pairs of aliases", aliasBomb(2, 30), /aliases repeat so much/],
  [
    "mappings of aliases",
    `a0: &a0 {x: 1}\n${
      lines(40, (i) => `a${i + 1}: &a${i + 1} {l: *a${i}, r: *a${i}}`)
    }`,
    /aliases repeat so much/,
  ],
  [
    "merges of merges",
    `a0: &a0 {k0: 1}\n${
      lines(2000, (i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, k${i + 1}: 1}`)
    }`,
    /aliases repeat so much/,
  ],
  [
    "one merge many times",
    `a: &a {${lines(200, (i) => `k${i}: 1,`)}}\nb: {<<: [${
      Array(2000).fill("*a").join(",")
    }]}`,
    /aliases repeat so much/,
  ],
  [
    "merges that nobody asked for until the last one",
    `v0: {<<: {k: &v0 {z: 1}}, k: 0}\n${
      lines(
        20_000,
        (i) => `v${i + 1}: {<<: {k: &v${i + 1} {<<: *v${i}}}, k: 0}`,
      )
    }\nlast: {<<: *v20000}`,
    /nests more than 500 levels deep/,
  ],
  [
    "aliases that go deeper and deeper",
    `a0: &a0 [1]\n${lines(600, (i) => `a${i + 1}: &a${i + 1} [*a${i}]`)}
more: [${Array(10_000).fill(1)}]`,
    /nests more than 500 levels deep/,
  ],
  [
    "brackets",
    `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    /nests more than 500 levels deep/,
  ],
  ["open braces", `a: ${"{a: ".repeat(20_000)}`, /nests more than 500/],
  ["dashes", `a:\n${"- ".repeat(50_000)}1`, /nests more than 500/],
  ["indentation", lines(600, (i) => `${" ".repeat(i)}a:`), /nests more/],
];

for (const [name, text, reason] of BOMBS) {
  test(`ADict.fromFile: YAML: a file that is made to hang the reader is refused with its place: ${name}`, async () => {
    const error = await assertRejects(() => read(text), ConfigSyntaxError);
    assertMatch(error.message, /config\.yaml:\d+:\d+: /);
    assertMatch(error.message, reason);
  });
}

test("ADict.fromFile: YAML: large files within the limits are read", async () => {
  const base = "base: &base {a: 1, b: 2, c: 3, d: 4, e: 5}\n";
  const jobs = lines(3000, (i) => `job${i}: {<<: *base, id: ${i}}`);
  const config = await readConfig("a.yaml", base + jobs);
  assertEquals(config.toObject().job2999, {
    a: 1,
    b: 2,
    c: 3,
    d: 4,
    e: 5,
    id: 2999,
  });
  const deep = `a: ${"[".repeat(400)}${"]".repeat(400)}`;
  assertEquals(Object.keys((await readConfig("a.yaml", deep)).toObject()), [
    "a",
  ]);
});

/** Pieces of YAML that are hard to read or to write. */
const SCALARS = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map((n) => `0x${n.toString(16)}`),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map((n) => `0${n.toString(8)}`),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map((n) => `-0b${n.toString(2)}`),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map((n) =>
    String(n).replace(/(?=(?:\d{3})+$)\B/g, "_")
  ),
  fc.double().map((n) => spellDouble(n)),
  fc.date({
    noInvalidDate: true,
    min: new Date("0000-01-01"),
    max: new Date("9999-12-31"),
  }).map((date) => date.toISOString()),
  fc.string({ unit: CODE_POINT }).filter((text) => !/\p{Cs}/u.test(text))
    .map((text) =>
      JSON.stringify(text).replace(
        /[\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
      )
    ),
  fc.uint8Array().map((bytes) =>
    `!!binary "${btoa(String.fromCharCode(...bytes))}"`
  ),
  fc.array(fc.stringMatching(/^[ \ta-c:#'"[-]*$/), {
    minLength: 1,
    maxLength: 4,
  })
    .map((block) =>
      `|+2\n${block.map((line) => `    ${line}`).join("\n")}\n\n`
    ),
  fc.constantFrom(
    "~",
    "null",
    "True",
    "''",
    "'1:30'",
    "1:30",
    "0o17",
    "08",
    "yes",
    "'='",
    "'<<'",
    "1e22",
    "-1e-7",
    "- 1\n",
    "[]",
    "{}",
    "[[], {}, [{}]]",
  ),
);

function spellDouble(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : `${value}`;
  return value < 0 ? "-.inf" : ".inf";
}

test("dump: YAML: property: data that was read is written and read back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(SCALARS, { maxLength: 8 }), async (scalars) => {
      const items = scalars.map((text) =>
        text === "- 1\n" ? "v:\n  - 1" : `v: ${text}`
      );
      const text = `list:\n${items.map((item) => `- ${item}\n`).join("")}`;
      const config = await readConfig("a.yaml", text);
      const back = await throughFile("a.yaml", config);
      assertEquals(back.toObject(), config.toObject());
      assertEquals(
        await back.getStructuralHash(),
        await config.getStructuralHash(),
      );
    }),
    { seed: 20261128, numRuns: 300 },
  );
});

/** Lists and mappings in brackets; `⏎` is where a line may end. */
const FLOW = fc.letrec((tie) => ({
  flow: fc.oneof(
    fc.array(tie("item"), { maxLength: 3 }).map((items) =>
      `[⏎${items.join("⏎,⏎")}⏎]`
    ),
    fc.array(tie("item"), { maxLength: 3 }).map((items) =>
      `{⏎${items.map((item, i) => `k${i}:⏎${item}`).join(" # ]⏎, ⏎")}⏎}`
    ),
  ),
  item: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      "1",
      "it's",
      "x y",
      "'q # ]⏎it''s'",
      '"\\" [⏎ "',
      "http://h:1",
    ),
    tie("flow"),
  ),
})).flow as fc.Arbitrary<string>;

test("ADict.fromFile: YAML: property: the indentation in brackets and quotes does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(FLOW, async (flow) => {
      const within = (end: string) =>
        read(
          `a:\n  b: ${
            flow.replaceAll("⏎", end)
          }\n  # [ '\n  c: |\n    [\n  d: x\n    [ y\ne: {}`,
        );
      assertEquals(await within("\n"), await within("\n      "));
    }),
    { seed: 20261128, numRuns: 300 },
  );
});

test("ADict.fromFile: YAML: property: an integer is exact in every form, at every size", async () => {
  const forms: readonly ((n: bigint) => string)[] = [
    (n) => `0x${n.toString(16)}`,
    (n) => `0${n.toString(8)}`,
    (n) => `0b${n.toString(2)}`,
    (n) => `${String(n).slice(0, 1)}_${String(n).slice(1)}`,
  ];
  const wide = fc.bigInt({ min: 10n, max: 2n ** 80n });
  await fc.assert(
    fc.asyncProperty(wide, async (n) => {
      const text = forms.map((form, i) => `f${i}: ${form(n)}\n`).join("");
      const config = await readConfig("a.yaml", text);
      for (const value of Object.values(config.toObject())) {
        assertEquals(BigInt(value as number | bigint), n);
      }
    }),
    { seed: 20261128, numRuns: 200 },
  );
});

const WRITTEN: [name: string, value: unknown, text: string][] = [
  ["1e22", 1e22, "1.0e+22"],
  ["-1e22", -1e22, "-1.0e+22"],
  ["1e-7", 1e-7, "1.0e-7"],
  ["1.5e300", 1.5e300, "1.5e+300"],
  ["2 ** 60", 2 ** 60, "1152921504606846976"],
  ["-0", -0, "-0.0"],
  ["NaN", NaN, ".nan"],
  ["-Infinity", -Infinity, "-.inf"],
  ["a wide integer", 1234567890123456789n, "1234567890123456789"],
  [
    "a wide integer in the digits of a number",
    1152921504606847000n,
    "1152921504606847000",
  ],
  ["a string that looks like a time of day", "1:30", "'1:30'"],
  ["a string that looks like a boolean of YAML 1.1", "yes", "'yes'"],
  ["=", "=", "'='"],
  ["a string that looks like an octal number", "017", "'017'"],
  ["a string that looks like a date", "2020-01-01", "'2020-01-01'"],
  ["U+0085", "a\u0085b", '"a\\u0085b"'],
  ["U+2028", "a\u2028b", '"a\\u2028b"'],
  ["a lone surrogate", "a\ud800b", '"a\\ud800b"'],
  ["lines", "one\ntwo\n", "|\n  one\n  two"],
  ["a mark of a document", "--- a", "'--- a'"],
  ["a key in PEM", "-----BEGIN KEY-----\nx\n", '"-----BEGIN KEY-----\\nx\\n"'],
  ["a mark of a document before a quote", "---'a", `"---'a"`],
  ["a mark of an end before lines", "...\n\nb", '"...\\n\\nb"'],
  ["bytes", new Uint8Array([104, 105]), '!!binary "aGk="'],
  ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
];

for (const [name, value, text] of WRITTEN) {
  test(`dump: YAML: ${name}`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "a.yaml");
      const config = new ADict<LooseConfig>({ v: value });
      await config.dump(file);
      assertEquals(readFileSync(file, "utf8"), `v: ${text}\n`);
      assertEquals((await ADict.fromFile(file)).toObject(), { v: value });
    });
  });
}

/** Texts of what has a meaning in YAML. */
const MARKED = fc.string({
  unit: fc.constantFrom(
    ...["---", "...", "null", "true", "\n\n", ": ", " #"],
    ..."-.:#'\"{}[]&*!|>%@`,? \n\t~=<0179eEx_+yn\r\\/$",
  ),
  maxLength: 10,
});

test("dump: YAML: property: every string is written and read back, as a value, an item and a key", async () => {
  await fc.assert(
    fc.asyncProperty(MARKED, async (text) => {
      const data = { v: text, list: [text, [text]], [`k${text}`]: { a: text } };
      const back = await throughFile("a.yaml", new ADict<LooseConfig>(data));
      assertEquals(back.toObject(), data);
    }),
    {
      seed: 20261130,
      numRuns: 500,
      examples: [["---\n\n\n"], ["...'"], ["--- a: 'b'"]],
    },
  );
});

test("dump: YAML: data that contains the placeholder words", async () => {
  const data = {
    held0z: "held0z",
    held: 1e22,
    heldx1z: ["heldx0z", -0, 1n << 70n | 1n],
  };
  const config = new ADict<LooseConfig>(data);
  for (const name of ["a.yaml", "a.toml"]) {
    assertEquals((await throughFile(name, config)).toObject(), data);
  }
});

test("dump: YAML: a long key, a key of several lines, and the same object twice", async () => {
  const shared = { k: 1 };
  const data = {
    ["1".repeat(2000)]: shared,
    ["k".repeat(2000)]: [shared, shared],
    "one\ntwo": 1,
    "one\ntwo\n": 2,
    " : ": 3,
  };
  const config = new ADict<LooseConfig>(data);
  assertEquals((await throughFile("a.yaml", config)).toObject(), data);
});

test("dump: YAML: the maximum number of levels", async () => {
  const around = (i: number, value: unknown) => i % 2 ? [value] : { k: value };
  for (const wrap of [around, (_: number, v: unknown) => [v]]) {
    let data: unknown = 1;
    for (let i = 0; i < 499; i++) data = wrap(i, data);
    const config = new ADict<LooseConfig>({ v: data });
    for (const name of ["a.yaml", "a.toml"]) {
      assertEquals(
        JSON.stringify(await throughFile(name, config)),
        JSON.stringify(config),
      );
    }
    assertThrows(
      () => new ADict<LooseConfig>({ v: wrap(499, data) }),
      NestingError,
      "nests more than 500 levels deep",
    );
  }
});

test("dump: YAML: a bigint that would be read as a number is refused", async () => {
  for (const value of [0n, 5n, -(2n ** 60n), 10n ** 20n]) {
    for (const name of ["a.yaml", "a.toml"]) {
      const error = await assertRejects(
        () => throughFile(name, new ADict<LooseConfig>({ a: [value] })),
        UnsupportedValueError,
        "a bigint that would come back as a number",
      );
      assertEquals(error.path, "a.0");
    }
  }
});

const skip = whyNoPython("yaml");

/** Reads YAML with PyYAML; each scalar is given as its type and its text. */
function pyYaml(texts: readonly string[]): unknown[] {
  const program = `
import datetime, json, sys, yaml
def plain(v):
    if isinstance(v, dict): return {str(k): plain(x) for k, x in v.items()}
    if isinstance(v, list): return [plain(x) for x in v]
    if isinstance(v, bool) or v is None: return str(v)
    if isinstance(v, (int, float)): return "number " + repr(v)
    if isinstance(v, bytes): return "bytes " + v.hex()
    if isinstance(v, datetime.datetime):
        v = v.astimezone(datetime.timezone.utc)
        return "time " + v.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return "text " + v
json.dump([plain(yaml.safe_load(t)) for t in json.load(sys.stdin)], sys.stdout)`;
  return askPython(program, JSON.stringify(texts)) as unknown[];
}

/** Returns the value that PyYAML should have read; numbers are compared by value. */
function asPython(value: unknown, read: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => asPython(item, (read as unknown[])?.[i]));
  }
  if (typeof value === "number" || typeof value === "bigint") {
    const text = String(read).replace(/^number /, "");
    const same = typeof value === "bigint"
      ? /^-?\d+$/.test(text) && BigInt(text) === value
      : /^-?\d+$/.test(text)
      ? Number.isInteger(value) && BigInt(text) === BigInt(value)
      : Object.is(
        Number(text.replace("nan", "NaN").replace("inf", "Infinity")),
        value,
      );
    return same ? read : `number ${value}`;
  }
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `text ${value}`;
  if (value instanceof Date) return `time ${value.toISOString()}`;
  if (value instanceof Uint8Array) {
    return `bytes ${
      Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")
    }`;
  }
  return Object.fromEntries(
    Object.entries(value as object).map((
      [key, item],
    ) => [key, asPython(item, (read as Record<string, unknown>)?.[key])]),
  );
}

const ANY_TEXT = fc.oneof(
  fc.string({
    unit: fc.constantFrom(..."01_xobe.+-:~=<>|#&*!%@`'\"[]{}, \n\tyn"),
  }),
  fc.string({ unit: CODE_POINT }).filter((text) => !/\p{Cs}/u.test(text)),
  fc.constantFrom("1:30", "=", "<<", "---", "...", "on", "1e3", ".5e+1", "0b_"),
);
const ANY = fc.array(
  fc.oneof(
    ANY_TEXT,
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, 1e22, 2 ** 60, 2 ** 70, -0),
    fc.bigInt({ min: 2n ** 64n, max: 2n ** 70n }).map((n) => n | 1n),
    fc.date({
      noInvalidDate: true,
      // Python has no year 0, and no time zone at its ends.
      min: new Date("0002-01-01"),
      max: new Date("9998-12-31"),
    }),
    fc.dictionary(ANY_TEXT, fc.integer(), {
      noNullPrototype: true,
      maxKeys: 3,
    }),
  ),
  { maxLength: 6 },
);

test(
  "property: PyYAML reads what is written as the same values",
  { skip },
  async () => {
    const data = fc.sample(ANY, { seed: 20261128, numRuns: 400 });
    const texts: string[] = [];
    await withTempFolder(async (folder) => {
      const file = join(folder, "a.yaml");
      for (const list of data) {
        await new ADict<LooseConfig>({ list }).dump(file);
        texts.push(readFileSync(file, "utf8"));
      }
    });
    for (const [i, read] of pyYaml(texts).entries()) {
      assertEquals(read, asPython({ list: data[i] }, read), texts[i]);
    }
  },
);

/** Files that this reader and PyYAML read alike, and those that they are known to read differently. */
const SAME = [
  "017",
  "-017",
  "08",
  "0o17",
  "0x1F",
  "0b11",
  "1_000",
  "0xDEADBEEFCAFEBABE",
  "1234567890123456789",
  "1.5",
  "1.0e+22",
  ".inf",
  ".nan",
  "~",
  "Null",
  "True",
  "2001-12-14 21:59:43.10 -5",
  "'2020-01-01'",
  "!!str 1",
  "!!float 1",
  "!!binary aGk=",
  "|\n  one",
  "|+\n  one\n\n",
  ">-\n  a\n  b",
  "[\n1\n]",
] as const;

test("dump: YAML: PyYAML reads the same values", { skip }, async () => {
  const texts = SAME.map((text) => `v: ${text}`);
  for (const [i, theirs] of pyYaml(texts).entries()) {
    const ours = await read(texts[i]!);
    assertEquals(theirs, asPython(ours, theirs), texts[i]);
  }
});

const OTHER: [text: string, ours: unknown, theirs: string][] = [
  ["yes", "yes", "True"],
  ["off", "off", "False"],
  ["1e3", 1000, "text 1e3"],
  ["1:30", "1:30", "number 90"],
  ["! 1", "1", "number 1"],
];

test("ADict.fromFile: YAML: PyYAML reads these differently, as in YAML 1.1", {
  skip,
}, async () => {
  const texts = OTHER.map(([text]) => `v: ${text}`);
  for (const [i, theirs] of pyYaml(texts).entries()) {
    const [, ours, other] = OTHER[i]!;
    assertEquals(await read(texts[i]!), { v: ours });
    assertEquals(theirs, { v: other });
  }
});
