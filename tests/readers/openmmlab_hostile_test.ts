import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { ADict, MmConfigError, MmLimitError } from "@ato/ato/adict";
import { readMm } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Configs that are refused, with the line and the construct that the error names. */
const REFUSED: [text: string, line: number, construct: string][] = [
  ["x = open('/etc/passwd').read()", 1, "open"],
  ["x = __import__('os')", 1, "__import__"],
  ["x = eval('1')", 1, "eval"],
  ["exec('x = 1')", 1, "exec"],
  ["x = globals()", 1, "globals"],
  ["x = input()", 1, "input"],
  ["import os\nx = os.system('id')", 2, "os.system"],
  ["import os\nx = os.environ['HOME']", 2, "os.environ"],
  ["import os.path as osp\nx = osp.exists('/')", 2, "osp.exists"],
  ["import subprocess\nsubprocess.run('id')", 2, "subprocess.run"],
  ["from os import system as s\ns('id')", 2, "s('id')"],
  ["import socket\nx = socket.socket()", 2, "socket.socket"],
  ["import sys\nx = sys.modules", 2, "sys.modules"],
  ["import random\nx = random.random()", 2, "random.random"],
  ["x = ().__class__", 1, "().__class__"],
  ["x = (lambda: 1).__globals__", 1, "(lambda: 1).__globals__"],
  ["x = 'a'.__init__", 1, "'a'.__init__"],
  ["x = '{0.__class__}'.format(1)", 1, "'{0.__class__}'.format(1)"],
  ["x = getattr(1, '__class__')", 1, "getattr(1, '__class__')"],
  ["class A:\n    pass", 1, "class A: pass"],
  ["\nwith open('a') as f:\n    x = 1", 2, "with open('a') as f: x = 1"],
  [
    "try:\n    x = 1\nexcept Exception:\n    pass",
    1,
    "try: x = 1 except Exception: pass",
  ],
  ["raise ValueError", 1, "raise ValueError"],
  ["async def f():\n    pass", 1, "async def f(): pass"],
  ["@f\ndef g():\n    pass", 1, "@f def g(): pass"],
  ["global x", 1, "global x"],
  ["x = b'a'", 1, "b'a'"],
  ["x = 2j", 1, "2j"],
  ["x = ...", 1, "..."],
  ["x = (-8) ** 0.5", 1, "(-8) ** 0.5"],
  ["x = dict(\n    f=lambda: 1)", 2, "f=lambda: 1"],
  ["x = [len]", 1, "x"],
  ["x = {1: 1, '1': 2}", 1, "'1': 2"],
  ["x = dict(a=1, a=2)", 1, "a=2"],
  ["a = 1\nx = (1,\n", 2, "x = (1,"],
  ["if True:\nx = 1", 1, "if True:"],
  ["x = y", 1, "y"],
  ["del x", 1, "x"],
  ["x = 1 / 0", 1, "1 / 0"],
  ["x = [1][5]", 1, "[1][5]"],
  ["x = {}['a']", 1, "{}['a']"],
  ["a, b = 1, 2, 3", 1, "a, b"],
  ["x = 'a' + 1", 1, "'a' + 1"],
  ["assert 1 == 2", 1, "assert 1 == 2"],
  ["x = {[1]: 2}", 1, "[1]: 2"],
  ["x = int('one')", 1, "int('one')"],
  ["def f(a):\n    return a\nx = f()", 3, "f()"],
  ["x = '%d' % 'a'", 1, "'%d' % 'a'"],
];

for (const [text, line, construct] of REFUSED) {
  test(`fromMmConfig: refuses ${JSON.stringify(text)}`, async () => {
    const error = await assertRejects(() => readMm(text), MmConfigError);
    assertEquals([error.line, error.construct], [line, construct]);
  });
}

/** Configs that would never end, or would use all memory. */
const RUNAWAY: [text: string, line: number][] = [
  ["while True:\n    pass", 2],
  ["x = [1]\nfor i in x:\n    x.append(i)", 3],
  ["x = 'a' * 10**9", 1],
  ["x = 10**10**10", 1],
  ["x = 1 << 10**9", 1],
  ["x = [0] * 10**9", 1],
  ["x = range(10**12)", 1],
  ["x = sum(range(10**9))", 1],
  ["x = [i for i in range(10**9)]", 1],
  ["x = [[j for j in range(10**4)] for i in range(10**9)]", 1],
  ["\nx = [1]\nfor i in range(60):\n    x = [x, x]", 4],
  ["x = 'ab'\nfor i in range(60):\n    x += x", 3],
  ["x = 3\nfor i in range(60):\n    x *= x", 3],
  ["x = dict(a=1)\nx['x'] = x", 1],
  ["x = []\nx.append(x)", 1],
  ["def f():\n    return f()\nx = f()", 2],
  [`x = ${"(".repeat(3000)}1${")".repeat(3000)}`, 1],
  ["x = '%1000000000d' % 1", 1],
  ["x = '{:1000000000}'.format(1)", 1],
  ["x = f'{1:>1000000000}'", 1],
  ["x = 'a'.center(10**12)", 1],
  ["x = 'a'.zfill(10**12)", 1],
  ["x = ','.join(['a' * 10**6] * 10**4)", 1],
  ["x = ('a' * 10**4).replace('a', 'b' * 10**5)", 1],
  ["x = int('9' * 10**6)", 1],
];

for (const [text, line] of RUNAWAY) {
  test(`fromMmConfig: stops at a limit: ${JSON.stringify(text.slice(0, 60))}`, async () => {
    const error = await assertRejects(() => readMm(text), MmLimitError);
    assertInstanceOf(error, MmConfigError);
    assertEquals(error.line, line);
  });
}

test("fromMmConfig: a file that is larger than any config is not parsed", async () => {
  await assertRejects(
    () => readMm(`x = '${"a".repeat(2_000_001)}'`),
    MmConfigError,
    "larger than",
  );
});

test("fromMmConfig: text that tries to break the scanner is read or refused at once", async () => {
  for (
    const text of [
      '"""'.repeat(2001) + "1.",
      `x = '${"\\".repeat(9999)}`,
      "1.".repeat(9999),
      "#".repeat(9999),
    ]
  ) {
    try {
      await readMm(text);
    } catch (error) {
      assertInstanceOf(error, MmConfigError);
    }
  }
});

test("fromMmConfig: the limits do not depend on the configs read before", async () => {
  await withTempFolder(async (folder) => {
    await writeFile(`${folder}/base.py`, "a = 'x' * 30_000_000\n");
    await writeFile(
      `${folder}/run.py`,
      "_base_ = './base.py'\nb = 'x' * 30_000_000\n",
    );
    await writeFile(`${folder}/small.py`, "_base_ = './base.py'\nb = 1\n");
    const refused = async () =>
      (await assertRejects(
        () => ADict.fromMmConfig(`${folder}/run.py`),
        MmLimitError,
        "50,000,000 characters",
      )).message;
    const first = await refused();
    // Now the result of the base is kept.
    assertEquals((await ADict.fromMmConfig(`${folder}/small.py`)).get("b"), 1);
    assertEquals(await refused(), first);
  });
});

test("fromMmConfig: a YAML base with a value that OpenMMLab's configs cannot have is refused", async () => {
  await withTempFolder(async (folder) => {
    await writeFile(`${folder}/run.py`, "_base_ = './base.yaml'\n");
    const cases: readonly [text: string, says: string][] = [
      ["when: 2020-01-01", "a Date cannot be a value"],
      ["data: !!binary aGk=", "Uint8Array cannot be a value"],
    ];
    for (const [text, says] of cases) {
      await writeFile(`${folder}/base.yaml`, text);
      await assertRejects(
        () => ADict.fromMmConfig(`${folder}/run.py`),
        MmConfigError,
        says,
      );
    }
    await writeFile(`${folder}/base.yaml`, 'when: "2020-01-01"');
    const config = await ADict.fromMmConfig(`${folder}/run.py`);
    assertEquals(config.get("when"), "2020-01-01");
  });
});

test("fromMmConfig: a function of os.path without a path is an error with its line", async () => {
  await withTempFolder(async (folder) => {
    for (const name of ["basename", "dirname", "split", "isabs", "join"]) {
      await writeFile(
        `${folder}/run.py`,
        `import os.path as osp\na = osp.${name}()\n`,
      );
      const error = await assertRejects(
        () => ADict.fromMmConfig(`${folder}/run.py`),
        MmConfigError,
        `os.path.${name} needs a path`,
      );
      assertEquals(error.line, 2);
    }
  });
});
