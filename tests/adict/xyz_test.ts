import { test } from "node:test";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { dumpXyz, parseXyz } from "@ato/ato/adict";

// What Python ato 2.1.2 writes, and the data that it was given.
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
  test(`reads what Python ato writes: ${JSON.stringify(text).slice(0, 50)}`, () => {
    assertEquals(parseXyz(text), data);
  });
}

test("writes the layout of Python ato", () => {
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
  test(`writes ${typeof value} ${JSON.stringify(String(value))} as ${text}`, () => {
    assertEquals(dumpXyz({ k: value }), `k: ${text}`);
    assertEquals(parseXyz(`k: ${text}`), { k: value });
  });
}

const PYTHON = process.env.ATO_PYTHON ?? "python3";
const probe = spawnSync(PYTHON, ["-c", "import ato"], { encoding: "utf8" });
const skip = probe.status === 0
  ? false
  : `${PYTHON} has no package ato: ${probe.stderr}`;

test(
  "the real Python ato reads what we write, and we what it writes",
  { skip },
  () => {
    // What its reader knows: no negative numbers, no colons in values, no quoted strings.
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
    const child = spawnSync(PYTHON, ["-c", program], {
      input: dumpXyz(data),
      encoding: "utf8",
    });
    assertEquals(child.status, 0, child.stderr);
    const answer = JSON.parse(child.stdout);
    assertEquals(answer.data, data);
    assertEquals(parseXyz(answer.text), data);
  },
);
