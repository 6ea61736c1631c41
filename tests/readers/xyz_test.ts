import { test } from "node:test";
import fc from "fast-check";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { ConfigSyntaxError, dumpXyz, parseXyz } from "@ato/ato/adict";
import { askPython, whyNoPython } from "../_shared/python.ts";

// The output of Python ato 2.1.2, and the data that it was written from.
const BY_PYTHON: [string, unknown][] = [
  [
    "lr: 0.001\nname: res net\nneg: -1\nf: 1e-07\nbig: 1e+22\nnone: None\nt: True",
    {
      lr: 0.001,
      name: "res net",
      neg: -1,
      f: 1e-7,
      big: 1e22,
      none: null,
      t: true,
    },
  ],
  [
    "l:\n  0) 1\n  1) 2.5\n  2) x\ne: [Empty Sequence]\nm: [Empty Mapping]",
    { l: [1, 2.5, "x"], e: [], m: {} },
  ],
  [
    "nest:\n  a:\n    b: 1\n  url: http://x:80/a",
    { nest: { a: { b: 1 }, url: "http://x:80/a" } },
  ],
  [
    "ll:\n  0)\n    0) 1\n    1) 2\n  1)\n    0) 3\nld:\n  0)\n    a: 1\n    b:\n      0) 1\n  1)\n    c: None",
    { ll: [[1, 2], [3]], ld: [{ a: 1, b: [1] }, { c: null }] },
  ],
  ["s: \nkey with space: 1\ninf: inf", {
    s: "",
    "key with space": 1,
    inf: Infinity,
  }],
  ["0) 1\n1)\n  a: 2", [1, { a: 2 }]],
  [" [Empty Sequence]", []],
  [" [Empty Mapping]", {}],
];

for (const [text, data] of BY_PYTHON) {
  test(`parseXyz: reads the output of Python ato: ${JSON.stringify(text).slice(0, 50)}`, () => {
    assertEquals(parseXyz(text), data);
  });
}

test("dumpXyz: writes the layout of Python ato", () => {
  assertEquals(
    dumpXyz({
      lr: 0.001,
      nest: { list: [1, { a: null }], empty: [], none: {} },
      t: true,
    }),
    "lr: 0.001\nnest:\n  list:\n    0) 1\n    1)\n      a: None\n  empty: [Empty Sequence]\n  none: [Empty Mapping]\nt: True",
  );
});

const QUOTED: [unknown, string][] = [
  ["5", '"5"'],
  ["None", '"None"'],
  ["", '""'],
  [" x", '" x"'],
  ["a\nb", '"a\\nb"'],
  ['"x"', '"\\"x\\""'],
  ["plain: text", "plain: text"],
  [-0, "-0"],
  [5n, "5n"],
];

for (const [value, text] of QUOTED) {
  test(`dumpXyz: writes ${typeof value} ${JSON.stringify(String(value))} as ${text}`, () => {
    assertEquals(dumpXyz({ k: value }), `k: ${text}`);
    assertEquals(parseXyz(`k: ${text}`), { k: value });
  });
}

// XYZ in which Python ato does not quote strings, and the data that it was written from.
const BARE: [string, unknown][] = [
  ["k: -1", { k: -1 }],
  ["k: -2.5e-08", { k: -2.5e-8 }],
  ["k: a: b: c", { k: "a: b: c" }],
  ['k: "A" and "B"', { k: '"A" and "B"' }],
  ['k: say "x"', { k: 'say "x"' }],
  ['k: "half', { k: '"half' }],
  ["k: 1_000", { k: "1_000" }],
  ["k: 1.2.3", { k: "1.2.3" }],
  ["k: 1e400\nl: -1e999", { k: "1e400", l: "-1e999" }],
  ["k: (0)\nl:\n  0) (0)\n  1) 00) x", { k: "(0)", l: ["(0)", "00) x"] }],
  ["k: 12:30", { k: "12:30" }],
  ["k: 0) x", { k: "0) x" }],
  ["k: # no comment", { k: "# no comment" }],
  ["k: nan\nl: -inf", { k: NaN, l: -Infinity }],
  ["k: 12345678901234567890", { k: 12345678901234567890n }],
  ["k: 1\r\nl:\r\n  0) 2\r\n", { k: 1, l: [2] }],
  ["\ufeffk: 1\n\n\nl: 2\n", { k: 1, l: 2 }],
  ["l:\n  1) b\n  0) a", { l: ["a", "b"] }],
  ["a:\n    b: 1\nc: 2", { a: { b: 1 }, c: 2 }],
];

for (const [text, data] of BARE) {
  test(`parseXyz: reads bare strings: ${JSON.stringify(text)}`, () => {
    assertEquals(parseXyz(text), data);
  });
}

// Strings that look like a line of a mapping or list.
for (
  const text of [
    "0)",
    "00) x",
    "(0)",
    "a: b",
    "a:",
    ":",
    '"a": b',
    "",
    " ",
    "5",
  ]
) {
  test(`dumpXyz: writes the single string ${JSON.stringify(text)} so that it is read back`, () => {
    assertEquals(parseXyz(dumpXyz(text)), text);
  });
}

test("parseXyz: indexes can have leading zeros, as in Python", () => {
  assertEquals(parseXyz("00) a\n01) b\n2) c"), ["a", "b", "c"]);
});

test("parseXyz: property: no line is lost", () => {
  const line = fc.tuple(
    fc.constantFrom("", "  ", "    "),
    fc.constantFrom("0)", "00)", "1)", "01)", "(0)", "a:", "b:", '"a":', "0:"),
    fc.constantFrom("", "x", "1", "(0)", "00)", "a: b", "[1]"),
  ).map(([indent, head, value]) => `${indent}${head} ${value}`);
  let read = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 2, maxLength: 4 }), (lines) => {
      try {
        assertEquals(entriesIn(parseXyz(lines.join("\n"))), lines.length);
        read++;
      } catch (error) {
        assertInstanceOf(error, ConfigSyntaxError);
      }
    }),
    { seed: 20261128, numRuns: 5000 },
  );
  assert(read > 100, `${read} texts were read`);
});

/** Counts the keys and items on all levels. */
function entriesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce(
    (sum: number, item) => sum + 1 + entriesIn(item),
    0,
  );
}

const BROKEN: [string, number, RegExp][] = [
  ["a: 1\njust text\nb: 2", 2, /key: value/],
  ["a:b: 1\nc: 2", 1, /key: value/],
  ["a:\n  b: 1\n c: 2", 3, /indentation/],
  ["a: 1\n  b: 2", 2, /indentation/],
  ["  a: 1\nb: 2", 2, /indentation/],
  ["a: [Empty Mapping]\n  b: 1", 2, /indentation/],
  ["a: 1\n0) 2", 2, /mixed/],
  ["a: 1\na: 2", 2, /twice/],
  ["0) 1\n0) 2", 2, /the index 0 is there twice/],
  ["0) a\n00) b", 2, /the index 0 is there twice/],
  ["l:\n  1) a\n  01) b", 3, /the index 1 is there twice/],
  ["l:\n  1) a\n  2) b", 2, /no index 0/],
  ["0) a\n(0) b", 2, /key: value/],
  ["l:\n  0) 1\n  2) 2", 2, /no index 1/],
  ['a: 1\nb: "x\\q"', 2, /quoted/],
  ['a: 1\nb: "end\\"', 2, /quoted/],
];

for (const [text, line, message] of BROKEN) {
  test(`parseXyz: names the line of broken XYZ: ${JSON.stringify(text)}`, () => {
    const error = assertThrows(
      () => parseXyz(text, "a.xyz"),
      ConfigSyntaxError,
    );
    assertEquals([error.file, error.line], ["a.xyz", line]);
    assertMatch(error.message, message);
  });
}

test("parseXyz: property: every string is data, or an error that names its line", () => {
  const piece = fc.constantFrom(
    ...'a b : ) ( 0 1 " \\ - . e n'.split(" "),
    " ",
    "  ",
    "\n",
    "\n  ",
    "\n    ",
    ": ",
    "0) ",
    "__proto__: ",
    "[Empty Mapping]",
    "None",
    "\t",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        const data = parseXyz(pieces.join(""));
        assertEquals(parseXyz(dumpXyz(data)), data);
      } catch (error) {
        assertInstanceOf(error, ConfigSyntaxError);
        assert(error.line !== undefined && error.line > 0, error.message);
      }
    }),
    { seed: 20261123, numRuns: 3000 },
  );
  assertEquals(({} as Record<string, unknown>).a, undefined);
});

const skip = whyNoPython("ato");

test(
  "parseXyz, dumpXyz: Python ato reads the output of dumpXyz, and parseXyz reads its output",
  { skip },
  () => {
    // Its reader supports no negative numbers, no colons in values and no quoted strings.
    const data = {
      lr: 0.001,
      tiny: 1e-7,
      count: 3,
      on: true,
      off: false,
      none: null,
      name: "res net",
      list: [1, 2.5, "x", { a: 1 }],
      empty: [],
      nested: { deep: { er: [["a"], []] }, bare: {} },
    };
    const program = `
import json, sys
from ato import xyz
data = xyz.loads(sys.stdin.read())
json.dump({"data": data, "text": xyz.dumps(data)}, sys.stdout)`;
    const answer = askPython(program, dumpXyz(data)) as {
      data: unknown;
      text: string;
    };
    assertEquals(answer.data, data);
    assertEquals(parseXyz(answer.text), data);
  },
);

/** Runs a program over Python ato, with JSON on both sides. */
function python(program: string, input: unknown): unknown {
  return askPython(program, JSON.stringify(input));
}

// Values that both sides can write. Python ato never quotes, so these strings must not look like anything
// else; the round trips have the harder strings.
const word = fc.stringMatching(/^[a-z][a-z _/.+-]{0,8}[a-z]$/).filter((text) =>
  !["none", "true", "false", "nan", "inf", "infinity"].includes(text)
);
const plainKey = fc.stringMatching(/^[a-z][a-z_]{0,6}$/);
function trees(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const { tree } = fc.letrec<{ tree: object; value: unknown }>((tie) => ({
    tree: fc.dictionary(plainKey, tie("value"), { minKeys: 1, maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 3 },
      { weight: 3, arbitrary: leaf },
      { weight: 1, arbitrary: tie("tree") },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
  }));
  return tree.map((data) => JSON.parse(JSON.stringify(data)));
}
const SAMPLE = { seed: 20261123, numRuns: 150 };

test("parseXyz: property: reads the output of Python ato", { skip }, () => {
  const leaf = fc.oneof(
    word,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const data = fc.sample(trees(leaf), SAMPLE);
  const texts = python(
    `
import json, sys
from ato import xyz
json.dump([xyz.dumps(data) for data in json.load(sys.stdin)], sys.stdout)`,
    data,
  ) as string[];
  assertEquals(texts.map((text) => parseXyz(text)), data.map(asPythonHasIt));
});

/** JSON writes a wide number as digits without an exponent, which Python reads as an integer. */
function asPythonHasIt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPythonHasIt);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, asPythonHasIt(item)]),
    );
  }
  const text = String(value);
  if (typeof value !== "number" || !/^-?\d{16,}$/.test(text)) return value;
  return BigInt(text) === BigInt(value) ? value : BigInt(text);
}

test("dumpXyz: property: Python ato reads the output", { skip }, () => {
  // Its reader supports no negative numbers.
  const leaf = fc.oneof(
    word,
    fc.nat(),
    fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const data = fc.sample(trees(leaf), SAMPLE);
  const read = python(
    `
import json, sys
from ato import xyz
json.dump([xyz.loads(text) for text in json.load(sys.stdin)], sys.stdout)`,
    data.map(dumpXyz),
  );
  assertEquals(read, data);
});
