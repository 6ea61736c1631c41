import { test } from "node:test";
import process from "node:process";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ADict, MmBaseError, MmConfigError } from "@ato/ato/adict";
import { readMm, writeAll } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const BASE =
  "model = dict(type='A', head=dict(n=1, loss=dict(w=1.0)), list=[1])\nlr = 0.1\n";

type Files = Readonly<Record<string, string>>;
const CASES: [what: string, files: Files, data: Record<string, unknown>][] = [
  [
    "dicts are merged into the base's dicts; other values replace the base's values",
    {
      "a.py":
        "_base_ = './b.py'\nmodel = dict(head=dict(n=2, x=3), list=[2, 3])\nnew = 1\n",
      "b.py": BASE,
    },
    {
      model: {
        type: "A",
        head: { n: 2, loss: { w: 1 }, x: 3 },
        list: [2, 3],
      },
      lr: 0.1,
      new: 1,
    },
  ],
  [
    "_delete_ takes nothing from the base; where there is none it stays, as in mmengine",
    {
      "a.py":
        "_base_ = ['b.py']\nmodel = dict(head=dict(_delete_=True, y=1), other=dict(_delete_=True, z=1))\n",
      "b.py": BASE,
    },
    {
      model: {
        type: "A",
        head: { y: 1 },
        list: [1],
        other: { _delete_: true, z: 1 },
      },
      lr: 0.1,
    },
  ],
  [
    "_delete_=False merges, and a dict over None or a list needs _delete_",
    {
      "a.py":
        "_base_ = 'b.py'\nx = dict(_delete_=False, b=2)\ny = dict(_delete_=True, c=1)\n",
      "b.py": "x = dict(a=1)\ny = [1]\n",
    },
    { x: { a: 1, b: 2 }, y: { c: 1 } },
  ],
  [
    "bases of bases, several, from other folders, and an expression in _base_",
    {
      "run/a.py": "_base_ = ['../base/' + 'b.py', '../base/sub/c.py']\nz = 3\n",
      "base/b.py": "_base_ = './sub/d.py'\nd = dict(y=2)\n",
      "base/sub/c.py": "c = 1\n",
      "base/sub/d.py": "d = dict(x=1)\n",
    },
    { d: { x: 1, y: 2 }, c: 1, z: 3 },
  ],
  [
    "values of the base with _base_: keys are attributes, update is deep, a change is kept",
    {
      "a.py":
        "_base_ = 'b.py'\npipe = _base_.pipe\npipe[0].scale = (1, 2)\nm = _base_.model\nm.update(dict(head=dict(n=5)))\nm.type = 'B'\nm['head'].pop('gone')\nn = _base_.model.head.n * 2\nname = _base_['name'] + '!'\nhas = 'name' in _base_, _base_.get('none', 7), m.get('head').n\ndel m.head.k\n",
      "b.py":
        "pipe = [dict(type='R', scale=1)]\nmodel = dict(head=dict(n=1, k=2))\nname = 'x'\n",
    },
    {
      pipe: [{ type: "R", scale: [1, 2] }],
      model: { head: { n: 5 }, type: "B" },
      name: "x!",
      m: { head: { n: 5 }, type: "B" },
      n: 10,
      has: [true, 7, 5],
    },
  ],
  [
    "a change of a base in one file does not affect other files with that base",
    {
      "a.py": "_base_ = ['b.py', 'c.py']\n",
      "b.py":
        "_base_ = 'd.py'\n_base_.x.v = 2\nb = _base_.x.v\n_base_.pop('x')\n",
      "c.py": "_base_ = 'd.py'\nc = _base_.x.v\n",
      "d.py": "x = dict(v=1)\n",
    },
    { b: 2, c: 1, x: { v: 1 } },
  ],
  [
    "{{ _base_.x }} is replaced by the value of the base, wherever a value can be",
    {
      "a.py":
        "_base_ = 'b.py'\na = {{_base_.m.k}}\nb = [{{ _base_.m }}, ({{_base_.s}}, 1)]\nc = dict(x={{_base_.none}})\nq = 'say {{question}}'\n",
      "b.py": "m = dict(k=[1])\ns = 'text'\nnone = None\n",
    },
    {
      m: { k: [1] },
      s: "text",
      none: null,
      a: [1],
      b: [{ k: [1] }, ["text", 1]],
      c: { x: null },
      q: "say {{question}}",
    },
  ],
  [
    "one dict in two places is merged twice",
    {
      "a.py":
        "_base_ = 'b.py'\no = dict(_delete_=True, c=1)\nx = o\ny = o\ndel o\n",
      "b.py": "x = dict(a=1)\ny = dict(b=1)\n",
    },
    { x: { c: 1 }, y: { c: 1 } },
  ],
  [
    "bases that are JSON or YAML",
    {
      "a.py":
        "_base_ = ['b.json', 'c.yaml']\nm = dict(y=2)\nt = _base_.c + 1\n",
      "b.json": '{"m": {"x": 1}, "big": 9007199254740993}',
      "c.yaml": "c: 1\nl: [1, 2.5, null]\n",
    },
    {
      m: { x: 1, y: 2 },
      big: 9007199254740993n,
      c: 1,
      l: [1, 2.5, null],
      t: 2,
    },
  ],
  [
    "a YAML file with a base",
    { "a.yaml": "_base_: [b.py]\nm: { y: 2 }\n", "b.py": "m = dict(x=1)\n" },
    { m: { x: 1, y: 2 } },
  ],
];

for (const [what, files, data] of CASES) {
  test(`fromMmConfig: bases: ${what}`, async () => {
    assertEquals(await readMm(files), data);
  });
}

test("fromMmConfig: variables of the file and of the environment are filled in", async () => {
  process.env.ATO_MM_TEST = "seven";
  try {
    await withTempFolder(async (folder) => {
      writeAll(folder, {
        "x.y.py":
          "d = '{{ fileDirname }}/{{fileBasename}}'\nn = '{{fileBasenameNoExtension}}'\ne = '{{ fileExtname }}'\nv = '{{$ATO_MM_TEST:no}}'\nw = {{ $ATO_MM_NOT_SET:[1,2][0] }}\nu = {{'$ATO_MM_NOT_SET:80'}}\n",
      });
      const config = await ADict.fromMmConfig(`${folder}/x.y.py`);
      assertEquals(config.toObject(), {
        d: `${folder}/x.y.py`,
        n: "x.y",
        e: ".py",
        v: "seven",
        w: 1,
        u: 80,
      });
    });
  } finally {
    delete process.env.ATO_MM_TEST;
  }
});

test("fromMmConfig: a base of another package is found in the given folder and gets _scope_", async () => {
  const files = {
    "a.py": "_base_ = 'mmdet::_base_/m.py'\nmodel = dict(depth=2)\n",
    "mmdet/.mim/configs/_base_/m.py":
      "model = dict(type='D', head=dict(type='H'))\nloader = dict(set=dict(type='S'), list=[dict(type='T', _scope_='x')])\n",
  };
  assertEquals(
    await readMm(
      files,
      (folder) => ({ packages: { mmdet: `${folder}/mmdet` } }),
    ),
    {
      model: { type: "D", head: { type: "H" }, _scope_: "mmdet", depth: 2 },
      loader: {
        set: { type: "S", _scope_: "mmdet" },
        list: [{ type: "T", _scope_: "x" }],
      },
    },
  );
  const error = await assertRejects(() => readMm(files), MmBaseError);
  assertStringIncludes(error.message, "the option packages");
});

const FAULTS: [what: string, files: Files, line: number, words: string][] = [
  [
    "a missing base",
    { "a.py": "x = 1\n_base_ = './b.py'\n" },
    2,
    "there is no such file",
  ],
  [
    "a base that is not a config",
    { "a.py": "_base_ = '/etc/passwd'\n" },
    1,
    "a .py, .json, .yaml or .yml file",
  ],
  [
    "a base that is a folder",
    { "a.py": "_base_ = 'b.py'\n", "b.py/c": "" },
    1,
    "EISDIR",
  ],
  ["itself", { "a.py": "_base_ = './a.py'\n" }, 1, "is its own base"],
  [
    "a cycle",
    {
      "a.py": "_base_ = 'b.py'\n",
      "b.py": "\n_base_ = ['c.py']\n",
      "c.py": "_base_ = 'a.py'\n",
    },
    1,
    "a.py → ",
  ],
  [
    "a key of two bases",
    {
      "a.py": "_base_ = ['b.py', 'c.py']\n",
      "b.py": "\nm = 1\n",
      "c.py": "m = 2\n",
    },
    1,
    "b.py:2 and ",
  ],
  [
    "both styles",
    { "a.py": "_base_ = 'b.py'\n", "b.py": "from torch import nn\n" },
    0,
    "of the newer style",
  ],
];

for (const [what, files, line, words] of FAULTS) {
  test(`fromMmConfig: a base must not be: ${what}`, async () => {
    const error = await assertRejects(() => readMm(files), MmBaseError);
    assertEquals(error.line ?? 0, line);
    assertStringIncludes(error.message, words);
  });
}

const WRONG: [
  what: string,
  files: Files,
  file: string,
  line: number,
  construct: string,
][] = [
  [
    "a dict over a list",
    { "a.py": "_base_ = 'b.py'\n\nx = dict(a=1)\n", "b.py": "x = [1]\n" },
    "a.py",
    3,
    "x",
  ],
  [
    "a dict over a number, at a nested key",
    {
      "a.py": "_base_ = 'b.py'\nx = dict(\n    y=dict(a=1))\n",
      "b.py": "x = dict(y=1)\n",
    },
    "a.py",
    3,
    "y=dict(a=1)",
  ],
  [
    "a variable that the bases lack",
    {
      "a.py": "_base_ = 'b.py'\ny = dict(\n  z={{_base_.no.x}})\n",
      "b.py": "x = 1\n",
    },
    "a.py",
    3,
    "z={{_base_.no.x}}",
  ],
  [
    "a variable inside a string",
    {
      "a.py": "_base_ = 'b.py'\ny = {{_base_.x}} + 'b'\n",
      "b.py": "x = 'a'\n",
    },
    "a.py",
    2,
    "y",
  ],
  [
    "a key that the base lacks",
    { "a.py": "_base_ = 'b.py'\ny = _base_.z\n", "b.py": "x = 1\n" },
    "a.py",
    2,
    "_base_.z",
  ],
  [
    "a fault in the base",
    { "a.py": "_base_ = 'b.py'\n", "b.py": "\n\nx = 1 / 0\n" },
    "b.py",
    3,
    "1 / 0",
  ],
  [
    "an attribute of a plain dict",
    { "a.py": "x = dict(a=1)\ny = x.a\n" },
    "a.py",
    2,
    "x.a",
  ],
  [
    "a base that is not a string",
    { "a.py": "_base_ = [1]\n" },
    "a.py",
    1,
    "[1]",
  ],
  [
    "a variable that is not set",
    { "a.py": "\nx = '{{ $ATO_MM_NOT_SET: }}'\n" },
    "a.py",
    2,
    "{{ $ATO_MM_NOT_SET: }}",
  ],
];

for (const [what, files, file, line, construct] of WRONG) {
  test(`fromMmConfig: an error names file, line and construct: ${what}`, async () => {
    const error = await assertRejects(() => readMm(files), MmConfigError);
    assertEquals(
      [error.file.endsWith(`/${file}`), error.line, error.construct],
      [true, line, construct],
    );
    assertStringIncludes(error.message, `${file}:${line}`);
  });
}

test("fromMmConfig: a config that is missing or not UTF-8 is an error that names it", async () => {
  await withTempFolder(async (folder) => {
    const none = await assertRejects(
      () => ADict.fromMmConfig(`${folder}/none.py`),
      MmBaseError,
    );
    assertEquals(none.file, `${folder}/none.py`);
    await assertRejects(
      () => ADict.fromMmConfig(`${folder}/none.txt`),
      MmBaseError,
    );
  });
});

test("fromMmConfig: a deprecated config is read with a warning", async () => {
  const warn = console.warn;
  const said: string[] = [];
  console.warn = (text: string) => said.push(text);
  try {
    const files = {
      "a.py":
        "_base_ = 'b.py'\n_deprecation_ = dict(expected='c.py', reference='http://x')\n",
      "b.py": "x = 1\n",
    };
    assertEquals(await readMm(files), { x: 1 });
  } finally {
    console.warn = warn;
  }
  assertEquals(said.length, 1);
  assertStringIncludes(said[0]!, "use c.py; see http://x");
});
