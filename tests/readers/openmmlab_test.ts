import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { expressions, readMm, writeAll } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

test("fromMmConfig: expressions have the values that Python computes", async () => {
  const all = expressions();
  const lines = all.map(([text], i) => `v${i} = repr((${text}))`);
  const data = await readMm(lines.join("\n"));
  const wrong = all.filter(([_, repr], i) => data[`v${i}`] !== repr)
    .map((
      [text, repr],
    ) => [text, repr, data[`v${all.findIndex(([t]) => t === text)}`]]);
  assertEquals(wrong, []);
  assertEquals(all.length > 290, true);
});

/** The data that a file is read as, by the feature that it shows. */
const FILES: [what: string, text: string, data: Record<string, unknown>][] = [
  ["nothing", "", {}],
  ["comments and a docstring", '"""About."""\n# a\nx = 1  # b\n', { x: 1 }],
  [
    "dicts, lists and tuples, in any nesting; a tuple is an array",
    "model = dict(type='ResNet', stages=(3, 4, [6, dict(a=None)]), on=True)",
    { model: { type: "ResNet", stages: [3, 4, [6, { a: null }]], on: true } },
  ],
  [
    "numbers: a whole float equals the int, and a wide int is a bigint",
    "a = 1.0\nb = 1\nc = 2**53 - 1\nd = 2**53 + 1\ne = -2**70\nf = float('inf')\ng = 10.\nh = 2.e-3",
    {
      a: 1,
      b: 1,
      c: 9007199254740991,
      d: 9007199254740993n,
      e: -1180591620717411303424n,
      f: Infinity,
      g: 10,
      h: 0.002,
    },
  ],
  [
    "points that do not end a number stay as they are",
    'a = \'1. one\' # 2. two\nb = """3.\n4. """\nc = r\'\\d+\\.\'\nd = [1., 2.][0].__doc__ if False else 0.\nx1 = 5\ny = x1',
    { a: "1. one", b: "3.\n4. ", c: "\\d+\\.", d: 0, x1: 5, y: 5 },
  ],
  [
    "names that are set earlier, and several targets at once",
    "a = 2\nb = c = [a]\nd, (e, *f) = 1, (2, 3, 4)\n[g, h] = 'xy'\na, d = d, a",
    { a: 1, b: [2], c: [2], d: 2, e: 2, f: [3, 4], g: "x", h: "y" },
  ],
  [
    "annotations, semicolons and continued lines",
    "a: int = 1; b: str\nc = 1 + \\\n  2\nd = (1 +\n  2)",
    { a: 1, c: 3, d: 3 },
  ],
  [
    "augmented assignment; a list changes for every name that refers to it",
    "a = [1]\nb = a\na += [2]\nc = 3\nc *= 2\nc -= 1\nc //= 2\nc **= 3\nd = 'x'\nd += 'y'\ne = dict(n=[0])\ne['n'][0] += 5\nf = {1} \nf |= {2}\ng = dict(a=1)\ng |= dict(b=2)",
    {
      a: [1, 2],
      b: [1, 2],
      c: 8,
      d: "xy",
      e: { n: [5] },
      f: [1, 2],
      g: { a: 1, b: 2 },
    },
  ],
  [
    "items, slices and deletion",
    "a = [1, 2, 3, 4]\na[0] = 9\na[1:3] = [7]\ndel a[-1]\nb = dict(x=1, y=dict(z=2))\nb['y']['w'] = 3\ndel b['x'], b['y']['z']\nc = 1\ndel c\nd = [0, 1, 2, 3]\ndel d[::2]\nd[1:1] = [8]",
    { a: [9, 7], b: { y: { w: 3 } }, d: [1, 8, 3] },
  ],
  [
    "methods that change lists, dicts and sets",
    "a = [3]\na.append(1)\na.extend((2, 0))\na.insert(0, 5)\na.remove(0)\nlast = a.pop()\na.sort()\na.reverse()\nb = dict(x=1)\nb.update(y=2)\nb.update({'z': 3}, w=4)\nb.setdefault('x', 9)\nb.setdefault('v', 9)\ngone = b.pop('y')\nc = set([1])\nc.add(2)\nd = a.copy()\nd.clear()",
    {
      a: [5, 3, 1],
      last: 2,
      b: { x: 1, z: 3, w: 4, v: 9 },
      gone: 2,
      c: [1, 2],
      d: [],
    },
  ],
  [
    "loops, whose names are keys too",
    "out = []\nfor i, x in enumerate('ab'):\n    for j in range(3):\n        if j == 1:\n            continue\n        if x == 'b':\n            break\n        out.append((i, j))\nelse:\n    done = True\nn = 3\nwhile n:\n    n -= 1\n",
    { out: [[0, 0], [0, 2]], i: 1, x: "b", j: 0, done: true, n: 0 },
  ],
  [
    "conditions; a branch that is not run may contain anything",
    "if 1 > 2:\n    a = 1\nelif []:\n    a = 2\nelse:\n    a = 3\nif __name__ == '__main__':\n    import torch\n    with open('x') as f:\n        a = f.read()\n    raise SystemExit\n",
    { a: 3 },
  ],
  [
    "functions and lambdas, which are not keys",
    'base = 10\ndef scale(x, *more, by=2, **rest):\n    """Doc."""\n    if not more:\n        return x * by + base\n    return [x, *more, rest]\na = scale(1)\nb = scale(1, 2, by=3, c=4)\nf = lambda v: v + 1\nc = [f(v) for v in (1, 2)]\ndef none():\n    pass\nd = none()\ndef fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\ne = fact(20)',
    {
      base: 10,
      a: 12,
      b: [1, 2, { c: 4 }],
      c: [2, 3],
      d: null,
      e: 2432902008176640000n,
    },
  ],
  [
    "modules that only work with data",
    "import copy\nimport math\nimport os.path as osp\nfrom collections import OrderedDict\nfrom copy import deepcopy as dc\na = [dict(x=[1])]\nb = copy.deepcopy(a)\nc = copy.copy(a)\nb[0]['x'].append(2)\nc[0]['x'].append(3)\nd = math.ceil(1.2), math.sqrt(4), math.log(1), math.pi > 3\ne = osp.join('a', 'b/', 'c.py'), osp.basename('a/b.py'), osp.splitext('a/b.py'), osp.dirname('/a/b')\nf = OrderedDict(z=1, a=2)\ng = dc((1, [2]))",
    {
      a: [{ x: [1, 3] }],
      b: [{ x: [1, 2] }],
      c: [{ x: [1, 3] }],
      d: [2, 2, 0, true],
      e: ["a/b/c.py", "b.py", ["a/b", ".py"], "/a"],
      f: { z: 1, a: 2 },
      g: [1, [2]],
    },
  ],
  [
    "names with underscores: two at the start hide a name",
    "_a = 1\n__b = 2\n__all__ = ['x']\nc = _a + __b",
    { _a: 1, c: 3 },
  ],
  [
    "keys that are not strings become strings, and unusual names stay data",
    "a = {1: 'x', None: 'y', True: 'z', (1, 'b'): 2}\nb = {'__proto__': 1, 'constructor': 2, 'keys': 3}",
    {
      a: { 1: "z", None: "y", "(1, 'b')": 2 },
      b: JSON.parse('{"__proto__": 1, "constructor": 2, "keys": 3}'),
    },
  ],
  [
    "sets and ranges are arrays",
    "a = {3, 1, 3}\nb = range(2, 8, 3)\nc = set()",
    { a: [3, 1], b: [2, 5], c: [] },
  ],
  [
    "a default is evaluated at the definition of the function, and printing does nothing",
    "n = 1\ndef f(x=n):\n    return x\nprint(n, f)\na = f()\nassert a == 1, 'never'",
    { n: 1, a: 1 },
  ],
  ["a file of another system", "\ufeffa = 1\r\nb = '''x\r\ny'''\r\n", {
    a: 1,
    b: "x\ny",
  }],
];

for (const [what, text, data] of FILES) {
  test(`fromMmConfig: reads ${what}`, async () => {
    assertEquals(await readMm(text), data);
  });
}

test("fromMmConfig: accepts a URL; loadMmConfig keeps other keys and returns the config", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, { "a.py": "lr = 0.1\nmodel = dict(depth=50)\n" });
    const url = new URL(`file://${folder}/a.py`);
    assertEquals((await ADict.fromMmConfig(url)).toObject(), {
      lr: 0.1,
      model: { depth: 50 },
    });
    const config = new ADict<Record<string, unknown>>({ seed: 1, lr: 2 });
    assertEquals(await config.loadMmConfig(`${folder}/a.py`) === config, true);
    assertEquals(config.toObject(), {
      seed: 1,
      lr: 0.1,
      model: { depth: 50 },
    });
  });
});

test("loadMmConfig: a broken file leaves the config unchanged", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, { "a.py": "lr = 0.1\nx = y\n" });
    const config = new ADict<Record<string, unknown>>({ seed: 1 });
    let message = "";
    try {
      await config.loadMmConfig(`${folder}/a.py`);
    } catch (error) {
      message = String(error);
    }
    assertStringIncludes(message, "a.py:2");
    assertEquals(config.toObject(), { seed: 1 });
  });
});

test("fromMmConfig: a file that changes between two readings is read again", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, { "a.py": "_base_ = 'b.py'\n", "b.py": "x = 1\n" });
    assertEquals((await ADict.fromMmConfig(`${folder}/a.py`)).toObject(), {
      x: 1,
    });
    writeAll(folder, { "b.py": "x = 2\n" });
    assertEquals((await ADict.fromMmConfig(`${folder}/a.py`)).toObject(), {
      x: 2,
    });
  });
});
