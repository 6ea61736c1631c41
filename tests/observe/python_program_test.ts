/** Snapshots of Python programs. */
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import type { ProgramSnapshot } from "../../internal/run_factors.ts";
import { pythonProgram } from "../../observe/mod.ts";
import { explain, withoutMoves } from "./_why.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { finding, writeRun } from "../tracker/_factors.ts";
import {
  changedBetween,
  MemoryCache,
  NO_PYTHON,
  OWN,
  sha,
  snapshotOf,
  unusedIn,
  usedOf,
  valuesOf,
} from "./_pythons.ts";

const skip = NO_PYTHON;

function linesOf(snapshot: ProgramSnapshot, path: string) {
  const { pieces } = snapshot.modules.find((one) => one.path === path)!;
  return pieces.map(({ name, kind, lines }) =>
    `${name}:${kind}:${lines.map((pair) => pair.join("-")).join(",")}`
  );
}

test(
  "pythonProgram: a module has functions, classes, members, variables and other statements",
  {
    skip,
  },
  async () => {
    const snapshot = await snapshotOf({
      "train.py": `"""Trains."""
import os
from lib.model import Model

LR = 0.1
A = B = 3


@cache
def rate(
    step,
):
    """Doc."""
    return LR / step


class Net(
    Model,
):
    """Doc."""

    size = 3
    width: int = 4
    if os.name == "nt":
        other = 1

    @property
    def area(self):
        return self.size

    @area.setter
    def area(self, value):
        self.size = value

    class Head:
        def forward(self): return 1

run = lambda: Net()
print(run())
if __name__ == "__main__":
    print(rate(2))
`,
      "lib/model.py":
        "class Model: pass\nif __name__ == '__main__':\n    Model()\n",
    });
    assertEquals(
      linesOf(snapshot, "train.py"),
      [
        ":statements:2-3,39-41",
        "LR:variable:5-5",
        "A:variable:6-6",
        "B:variable:6-6",
        "rate:function:9-14",
        "Net:class:17-19,24-25",
        "Net.size:method:22-22",
        "Net.width:method:23-23",
        "Net.area:method:27-29,31-33",
        "Net.Head:class:35-35",
        "Net.Head.forward:method:36-36",
        "run:function:38-38",
      ],
    );
    assertEquals(linesOf(snapshot, "lib/model.py"), [
      "Model:class:1-1",
      "__main__:statements:2-3",
    ]);
    assertEquals(snapshot.entry, "train.py");
    assertEquals(snapshot.coverage, { level: "full", missing: [] });
    assertEquals(
      snapshot.modules.map((
        { path, sha256 },
      ) => [path, snapshot.texts.has(sha256)]),
      [["train.py", true], ["lib/model.py", true]],
    );
  },
);

/** What is used: the entry, another module, and the pieces of the other one that nothing uses. */
const REACH:
  readonly (readonly [entry: string, module: string, ...unused: string[]])[] = [
    [
      "from m import f\nf()",
      "def f(): return g()\ndef g(): pass\ndef h(): pass\n",
      "h",
    ],
    ["import m\nm.f()", "def f(): pass\ndef g(): pass\n", "g"],
    ["from m import f as k\nk()", "def f(): pass\ndef k2(): pass\n", "k2"],
    ["from m import f as k", "def f(): pass\n", "f"],
    [
      "from m import *\nf()",
      "__all__ = ['f', 'g']\ndef f(): pass\ndef g(): pass\n",
      "g",
    ],
    ["import m\nrun('m.f')", "def f(): pass\ndef g(): pass\n", "g"],
    ["import m\nrun(f=1)", "def f(): pass\ndef g(): pass\n", "g"],
    ["import m\ngetattr(m, 'f')()", "def f(): pass\ndef g(): pass\n", "g"],
    ["import m\ngetattr(m, name)()", "def f(): pass\ndef g(): pass\n"],
    ["import m\nm.__dict__[name]()", "def f(): pass\n"],
    ["import m\nglobals()[name]()", "def f(): pass\n"],
    ["import m, importlib\nimportlib.import_module(name)", "def f(): pass\n"],
    ["import m\nexec(code)", "def f(): pass\n"],
    ["import m, pickle\npickle.load(file)", "class C: pass\n"],
    [
      "import m\nfrom importlib import import_module as load\nload(name)",
      "class C: pass\n",
    ],
    ["import m, importlib.metadata\n", "def f(): pass\n", "f"],
    ["import m, torch\ntorch.load(path)", "class C: pass\n"],
    ["import m\nnp.load(path, allow_pickle=True)", "class C: pass\n"],
    ["import m\nnp.load(path)", "class C: pass\n", "C"],
    ["import m\nvars(m)[name]()", "def f(): pass\n"],
    ["import m\nprint(vars(args))", "def f(): pass\n", "f"],
    ["import m\nmodel.eval()", "def f(): pass\n", "f"],
    ["import m\ndef unused(): exec(code)", "def f(): pass\n", "f"],
    ["import m", "@register\ndef f(): pass\n"],
    ["import m", "@register('f')\nclass C:\n    def run(self): pass\n"],
    ["import m", "def __getattr__(name): return f\ndef f(): pass\n"],
    [
      "import m\nm.C()",
      "class C:\n    def run(self): return f()\n    def __len__(self): return g()\ndef f(): pass\ndef g(): pass\n",
    ],
    [
      "import m",
      "class C:\n    rate = 1\n    def run(self): return f()\ndef f(): pass\n",
      "C",
      "C.rate",
      "C.run",
      "f",
    ],
    ["import m", "class C(Plugin): pass\n"],
    [
      "import m",
      "class P:\n    def __init_subclass__(cls): pass\nclass C(P): pass\n",
      "P.__init_subclass__",
      "P",
    ],
    ["import m", "class C(Exception): pass\n", "C"],
    ["import m", "class C(metaclass=M): pass\n"],
    ["import m", "X = make()\nY = 3\n", "Y"],
    ["import m", "def f(x=make()): pass\ndef g(x=3): pass\n", "g"],
    [
      "import m",
      "def f(): pass\nif __name__ == '__main__':\n    f()\n",
      "f",
      "__main__",
    ],
    ["def f(): pass\nimport m", "def g(): pass\n", "g"],
  ];

test(
  "pythonProgram: what nothing names is not reachable, and all that may be used is",
  {
    skip,
  },
  async () => {
    const cache = new MemoryCache();
    // One process parses them all.
    await snapshotOf(
      Object.fromEntries(REACH.flat().map((text, at) => [`m${at}.py`, text])),
      { cache },
    );
    for (const [entry, module, ...unused] of REACH) {
      const files = { "start.py": entry, "m.py": module };
      const snapshot = await snapshotOf(files, { cache, executable: "/none" });
      const found = unusedIn(snapshot, "m.py");
      // A base class is used by the class that extends it.
      const expected = module.includes("class P:") ? [] : unused;
      assertEquals(found.sort(), expected.sort(), `${entry}\n---\n${module}`);
    }
  },
);

/** Orders in which things happen: a text, and the same in another order that does something else. */
const ORDERS: readonly (readonly [text: string, other: string])[] = [
  [
    "def f(): return 1\nfrom fast import f\n",
    "from fast import f\ndef f(): return 1\n",
  ],
  [
    "class C: pass\nfrom fast import C\n",
    "from fast import C\nclass C: pass\n",
  ],
  [
    "def f(): return 1\nfrom fast import *\n",
    "from fast import *\ndef f(): return 1\n",
  ],
  ["LR = 1\nfrom fast import *\n", "from fast import *\nLR = 1\n"],
  [
    "import a, b\nfrom a import f\nfrom b import f\nf()\n",
    "import a, b\nfrom b import f\nfrom a import f\nf()\n",
  ],
  ["X = 1\nX += 1\nX = 3\n", "X = 1\nX = 3\nX += 1\n"],
  [
    "A = [1]\nA.append(2)\nB = A + [3]\n",
    "A = [1]\nB = A + [3]\nA.append(2)\n",
  ],
  [
    "A = list((1, 2))\nA.append(2)\nB = A + [3]\n",
    "A = list((1, 2))\nB = A + [3]\nA.append(2)\n",
  ],
  ["a = draw()\nb = draw()\n", "b = draw()\na = draw()\n"],
  [
    "if slow:\n    def f(): return 1\ndef f(): return 2\n",
    "def f(): return 2\nif slow:\n    def f(): return 1\n",
  ],
  [
    "class C:\n    if slow:\n        def f(): return 1\n    def f(): return 2\n",
    "class C:\n    def f(): return 2\n    if slow:\n        def f(): return 1\n",
  ],
  [
    "@register\ndef f(): pass\n@register\ndef g(): pass\n",
    "@register\ndef g(): pass\n@register\ndef f(): pass\n",
  ],
  [
    "def f(x=draw()): pass\ndef g(x=draw()): pass\n",
    "def g(x=draw()): pass\ndef f(x=draw()): pass\n",
  ],
  [
    "class C:\n    a = draw()\n    b = draw()\n",
    "class C:\n    b = draw()\n    a = draw()\n",
  ],
];

test(
  "pythonProgram: an order that decides something counts",
  { skip },
  async () => {
    const files: Record<string, string> = { "start.py": "" };
    for (const [at, [text, other]] of ORDERS.entries()) {
      files[`a${at}/m.py`] = text;
      files[`b${at}/m.py`] = other;
    }
    const snapshot = await snapshotOf(files);
    assertEquals(snapshot.coverage.missing, []);
    for (const [at, [text]] of ORDERS.entries()) {
      const changed = changedBetween(snapshot, `a${at}/m.py`, `b${at}/m.py`);
      assertEquals(changed.length, 1, text);
    }
  },
);

test(
  "pythonProgram: a program that starts no script of the project may use everything",
  {
    skip,
  },
  async () => {
    const text = "def test_f(): pass\n";
    const { modules } = await pythonProgram({
      root: "/project",
      entry: "",
      modules: [{ path: "test_m.py", name: "test_m", sha256: sha(text), text }],
      packages: {},
      executable: OWN!.executable,
      missing: [],
    });
    assertEquals(modules[0]!.pieces[0]!.reachable, true);
  },
);

test("pythonProgram: code under the main test counts in a script alone", {
  skip,
}, async () => {
  const text = "def f(): pass\nif __name__ == '__main__':\n    f()\n";
  const script = await snapshotOf({ "m.py": text });
  assertEquals(unusedIn(script, "m.py"), []);
  assertEquals(Object.keys(valuesOf(script, "m.py")), ["f", ""]);
});

test(
  "pythonProgram: links name the modules and names of imports",
  { skip },
  async () => {
    const snapshot = await snapshotOf({
      "pkg/train.py":
        "import os, math\nimport numpy as np\nimport lib.model\nfrom . import tools\nfrom .tools import cut as c\nfrom lib import data\nfrom lib.star import *\nfrom ..up import x\nprint(math.pi, np, lib, tools, c, data, x)\n",
      "pkg/tools.py": "def cut(): pass\n",
      "lib/__init__.py": "",
      "lib/model.py": "",
      "lib/data.py": "",
      "lib/star.py": "",
    });
    const { pieces } = snapshot.modules[0]!;
    assertEquals(pieces[0]!.links, [
      "module numpy",
      "module lib/model.py",
      "module pkg",
      "module pkg/tools.py",
      "module lib/__init__.py",
      "module lib/data.py",
      "module lib/star.py",
      "module up",
      'import ["c","pkg/tools.py","cut"]',
      'import ["data","lib/data.py","*"]',
      'import ["lib","lib/model.py","*"]',
      'import ["math","math","*"]',
      'import ["np","numpy","*"]',
      'import ["tools","pkg/tools.py","*"]',
      'import ["x","up","x"]',
      "star lib/star.py",
    ]);
  },
);

test(
  "pythonProgram: the order of imports that run code counts, among statements, too",
  {
    skip,
  },
  async () => {
    const text = "import a\nimport b\nstart()\nprint(a, b)\n";
    const snapshot = await snapshotOf({
      "start.py": "",
      "base/m.py": text,
      "other/m.py": "import b\nimport a\nstart()\nprint(a, b)\n",
      "after/m.py": "import a\nstart()\nimport b\nprint(a, b)\n",
    });
    assertEquals(changedBetween(snapshot, "base/m.py", "other/m.py"), [""]);
    assertEquals(changedBetween(snapshot, "base/m.py", "after/m.py"), [""]);
  },
);

function differing(a: ProgramSnapshot, b: ProgramSnapshot) {
  const [before, after] = [usedOf(a), usedOf(b)];
  const ids = [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => before.get(id) !== after.get(id));
  const { differing, moved } = withoutMoves(ids, before, after);
  return { differing: [...differing].sort(), moved: [...moved] };
}

const HELPERS =
  "RATE = 3\ndef scale(x): return x * RATE\ndef cut(x): return x[1:]\n";

test(
  "pythonProgram: a module that only moved is the same code",
  { skip },
  async () => {
    const a = await snapshotOf({
      "train.py":
        "from helpers import scale\nimport helpers as h\nprint(scale(2), h.RATE)\n",
      "helpers.py": HELPERS,
    });
    const b = await snapshotOf({
      "train.py":
        "from util.tools import scale\nimport util.tools as h\nprint(scale(2), h.RATE)\n",
      "util/tools.py": HELPERS,
    });
    assertEquals(differing(a, b), { differing: [], moved: [] });
    const edited = await snapshotOf({
      "train.py":
        "from util.tools import scale\nimport util.tools as h\nprint(scale(2), h.RATE)\n",
      "util/tools.py": HELPERS.replace("x * RATE", "x / RATE"),
    });
    assertEquals(differing(a, edited), {
      differing: ["code:util/tools.py#scale"],
      moved: [["code:util/tools.py#scale", "code:helpers.py#scale"]],
    });
  },
);

test(
  "pythonProgram: a renamed function is the same code; its name where it is called is not",
  {
    skip,
  },
  async () => {
    const a = await snapshotOf({
      "train.py": "import helpers\nprint(helpers.scale(2))\n",
      "helpers.py": HELPERS,
    });
    const b = await snapshotOf({
      "train.py": "import helpers\nprint(helpers.grow(2))\n",
      "helpers.py": HELPERS.replace("scale", "grow"),
    });
    assertEquals(differing(a, b).differing, ["code:train.py#"]);
  },
);

/** What a name can decide: such a renaming is a change. */
const RENAMED: readonly (readonly [text: string, from: string, to: string])[] =
  [
    ["@register\ndef scale(x): return x\n", "scale", "grow"],
    ["class Net(Base):\n    def forward(self): pass\n", "forward", "backward"],
    ["class Net(Base):\n    rate = 1\n", "rate", "rates"],
    ["class Net(Base):\n    pass\n", "Net", "Nets"],
    [
      "def scale(x): return x\nKEYS = [one.__name__ for one in all_of()]\n",
      "scale",
      "grow",
    ],
  ];

test(
  "pythonProgram: a name that may decide something counts",
  { skip },
  async () => {
    const files: Record<string, string> = { "start.py": "" };
    for (const [at, [text, from, to]] of RENAMED.entries()) {
      files[`a${at}/m.py`] = text;
      files[`b${at}/m.py`] = text.replace(from, to);
    }
    const snapshot = await snapshotOf(files);
    for (const [at, [text, from, to]] of RENAMED.entries()) {
      const [a, b] = ["a", "b"].map((side) =>
        valuesOf(snapshot, `${side}${at}/m.py`)
      );
      const [before, after] = [from, to].map((name, side) =>
        Object.entries([a, b][side]!).find(([key]) =>
          key.split(".").at(-1) === name
        )![1]
      );
      assertNotEquals(before, after, text);
    }
  },
);

/** Modules that are compared as a whole, with what the coverage says. */
const WHOLE: readonly (readonly [
  path: string,
  content: string | Uint8Array,
  missing: RegExp,
])[] = [
  [
    "m.py",
    "print 'x'\n",
    /^m\.py cannot be parsed by Python 3\.\d+: line 1: .*; it is compared as a whole$/,
  ],
  ["m.py", "x = 1\0\n", /^m\.py cannot be parsed by Python .*null bytes/],
  [
    "m.py",
    new Uint8Array([120, 61, 34, 0xe9, 34]),
    /^m\.py cannot be parsed/,
  ],
  [
    "m.py",
    `x = ${"-".repeat(5000)}1\n`,
    /^m\.py is nested too deeply to be parsed/,
  ],
  [
    "m.py",
    `x = 1${" + 1".repeat(9000)}\n`,
    /^m\.py is nested too deeply to be parsed/,
  ],
  [
    "m.py",
    `${"x = 1  # a long line\n".repeat(110_000)}`,
    /^m\.py has 2\.2 MB, which is too large/,
  ],
  ["m.pyx", "cdef int x\n", /^m\.pyx is no Python source \(\.pyx\)/],
  ["m.ipynb", "{}", /^m\.ipynb is no Python source/],
  ["m.pyc", new Uint8Array([1, 2]), /^m\.pyc is no Python source/],
];

test(
  "pythonProgram: a module that cannot be parsed is one piece, and the coverage says why",
  {
    skip,
  },
  async () => {
    for (const [path, content, missing] of WHOLE) {
      const snapshot = await snapshotOf({
        "start.py": "import m\nx = 1\n",
        [path]: content,
      });
      const { pieces, sha256 } = snapshot.modules[1]!;
      assertEquals(
        pieces.map((
          { name, kind, hash, reachable },
        ) => [name, kind, hash, reachable]),
        [
          ["", "file", `ato-file-v1:${sha256}`, true],
        ],
      );
      assertEquals(snapshot.coverage.level, "partial");
      assertEquals(snapshot.coverage.missing.length, 1);
      assertMatch(snapshot.coverage.missing[0]!, missing);
      // What it uses is not known.
      assertEquals(unusedIn(snapshot, "start.py"), []);
    }
  },
);

test(
  "pythonProgram: encodings, byte order marks and line ends are no reason to compare a module as a whole",
  {
    skip,
  },
  async () => {
    const latin = Buffer.from(
      "# -*- coding: latin-1 -*-\nX = '\xe9'\n",
      "latin1",
    );
    const snapshot = await snapshotOf({
      "start.py": "",
      "utf8/m.py": "X = 'é'\n",
      "latin/m.py": latin,
      "bom/m.py": "\uFEFFX = 'é'\r\n",
      "cr/m.py": "X = 'é'\r",
      "feed/m.py": "\f\nX = 'é'\n",
      "escape/m.py": "X = '\\xe9'\n",
    });
    assertEquals(snapshot.coverage, { level: "full", missing: [] });
    for (const name of ["latin", "bom", "cr", "feed", "escape"]) {
      assertEquals(
        changedBetween(snapshot, "utf8/m.py", `${name}/m.py`),
        [],
        name,
      );
    }
    // Its text is not UTF-8, so that it cannot be kept as one.
    assert(!snapshot.texts.has(sha(latin)));
  },
);

test(
  "pythonProgram: a module in the cache is not parsed again",
  { skip },
  async () => {
    const cache = new MemoryCache();
    const files = {
      "train.py": "import m\nprint(m.f())\n",
      "m.py": "def f(): return 1\n",
    };
    const first = await snapshotOf(files, { cache });
    const again = await snapshotOf(files, { cache, executable: "/no/python3" });
    assertEquals(again, first);
    const edited = { ...files, "m.py": "def f(): return 2\n" };
    const other = await snapshotOf(edited, {
      cache,
      executable: "/no/python3",
    });
    assertMatch(
      other.coverage.missing.join(),
      /^m\.py is not parsed: .*cannot be started/,
    );
  },
);

test(
  "pythonProgram: a module that one Python cannot parse is parsed by another",
  { skip },
  async () => {
    const cache = new MemoryCache();
    const files = { "train.py": "print 1\n" };
    const first = await snapshotOf(files, { cache });
    assertEquals(await snapshotOf(files, { cache }), first);
    assertEquals(cache.facts.size, 1);
    assert(
      [...cache.facts.keys()][0]!.includes(JSON.stringify(OWN!.executable)),
    );
  },
);

test("pythonProgram: a cache can hold anything", { skip }, async () => {
  const files = { "train.py": "x = 1\n" };
  const plain = await snapshotOf(files);
  for (
    const text of [
      "",
      "null",
      "[]",
      '{"pieces":1}',
      '{"pieces":[{}],"order":[],"imports":[],"unknown":[]}',
    ]
  ) {
    const cache = { get: () => text, set: () => undefined };
    assertEquals(await snapshotOf(files, { cache }), plain, text);
  }
});

test("pythonProgram: bytes that were not kept, or are others, are compared by their hash", async () => {
  const cases = [undefined, "x = 2\n"];
  for (const text of cases) {
    const { modules, coverage, texts } = await pythonProgram({
      root: "/project",
      entry: "/project/train.py",
      modules: [{
        path: "/project/train.py",
        name: "__main__",
        sha256: sha("x = 1\n"),
        text,
      }],
      packages: { "pypi:numpy": "2.1.0" },
      executable: "/no/python3",
      missing: ["a child was not observed"],
    });
    assertEquals(modules[0]!.pieces[0]!.hash, `ato-file-v1:${sha("x = 1\n")}`);
    assertEquals(texts.size, 0);
    assertEquals(coverage, {
      level: "partial",
      missing: [
        "a child was not observed",
        "train.py is not parsed: its bytes were not kept; it is compared as a whole",
      ],
    });
  }
});

test(
  "pythonProgram: a module that changed while the program ran makes the code partial",
  {
    skip,
  },
  async () => {
    const [a, b] = ["x = 1\n", "x = 2\n"];
    const { modules, coverage } = await pythonProgram({
      root: "/project",
      entry: "train.py",
      modules: [
        { path: "train.py", name: "__main__", sha256: sha(a), text: a },
        { path: "train.py", name: "train", sha256: sha(b), text: b },
      ],
      packages: {},
      executable: OWN!.executable,
      missing: [],
    });
    assertEquals(modules.length, 1);
    assertEquals(coverage.missing, ["train.py: changed while the program ran"]);
  },
);

/** Programs that are no Python, or one that misbehaves. */
const HOSTILE:
  readonly (readonly [name: string, script: string, missing: RegExp])[] = [
    ["python3", "exit 3", /ended with code 3/],
    ["python3", "kill -SEGV $$", /signal SIGSEGV|ended with code 139/],
    ["python3", "echo '{}'", /no answer that counts/],
    ["python3", "echo 'hello'", /no answer that counts/],
    ["python3", `echo '{"at":7,"failure":"x"}'`, /no answer that counts/],
    [
      "python3",
      `echo '{"at":0,"facts":{"pieces":[{"name":"f","kind":"view"}],"order":[],"imports":[],"unknown":[]}}'`,
      /no answer that counts/,
    ],
    ["python3", "exec yes", /no answer that counts/],
    ["python3", "exec sleep 60", /no answer in 1 seconds/],
    ["blender", "touch started", /no Python to start/],
  ];

test(
  "pythonProgram: an interpreter that is gone or gives no answer costs the pieces alone",
  {
    skip: process.platform === "win32" && "shell scripts are started",
  },
  async () => {
    await withTempFolder(async (folder) => {
      for (const [name, script, missing] of HOSTILE) {
        const executable = join(folder, name);
        writeFileSync(executable, `#!/bin/sh\n${script}\n`);
        chmodSync(executable, 0o755);
        const snapshot = await snapshotOf({ "a.py": "x = 1\n" }, {
          executable,
          timeout: script.includes("sleep") ? 1000 : 60_000,
        });
        assertEquals(snapshot.modules[0]!.pieces[0]!.kind, "file", script);
        assertMatch(snapshot.coverage.missing.join("\n"), missing, script);
      }
      assert(!existsSync(join(folder, "started")));
    });
    const gone = await snapshotOf({ "a.py": "x = 1\n", "b.py": "" }, {
      executable: "/no/venv/bin/python3.11",
    });
    assertEquals(gone.coverage.missing.length, 2);
    assertMatch(
      gone.coverage.missing[0]!,
      /^a\.py is not parsed: .* cannot be started: .*; it is compared as a whole$/,
    );
  },
);

test("pythonProgram: a module that ends the parser costs the others nothing", {
  skip,
}, async () => {
  await withTempFolder(async (folder) => {
    const executable = join(folder, "python3");
    // The real one, but for a module with a certain word.
    writeFileSync(
      executable,
      `#!/bin/sh
exec ${OWN!.executable} -I -S -c "
import sys
n = int(sys.stdin.buffer.readline())
source = sys.stdin.buffer.read(n).replace(b'def facts_of(source):', b'''def facts_of(source):
    if b'crash' in source: import os; os.abort()
''')
exec(compile(source, 'pieces.py', 'exec'))
"
`,
    );
    chmodSync(executable, 0o755);
    const snapshot = await snapshotOf({
      "a.py": "def f(): pass\n",
      "b.py": "def crash(): pass\n",
      "c.py": "def g(): pass\n",
      "d.py": "def crash2(): pass\n",
      "e.py": "def h(): pass\n",
    }, { executable });
    assertEquals(
      snapshot.modules.map(({ pieces }) => pieces[0]!.kind),
      ["function", "file", "function", "file", "function"],
    );
    assertEquals(snapshot.coverage.missing.length, 2);
    assertMatch(
      snapshot.coverage.missing[0]!,
      /^b\.py is not parsed: it ended the Python that ran it/,
    );
  });
});

test("pythonProgram: syntax that is not known is compared as it is written", {
  skip,
}, async () => {
  await withTempFolder(async (folder) => {
    const executable = join(folder, "python3");
    writeFileSync(
      executable,
      `#!/bin/sh
exec ${OWN!.executable} -I -S -c "
import sys
n = int(sys.stdin.buffer.readline())
source = sys.stdin.buffer.read(n).replace(b'_PLAIN = {', b'del FIELDS[chr(87)+chr(104)+chr(105)+chr(108)+chr(101)]\\n_PLAIN = {')
exec(compile(source, 'pieces.py', 'exec'))
"
`,
    );
    chmodSync(executable, 0o755);
    const loop = "def f(x):\n    while x: x = g(x)\n    return x\n";
    const snapshot = await snapshotOf({
      "start.py": "",
      "a/m.py": `${loop}def g(x): return x\n`,
      "b/m.py": `\n${
        loop.replace("while x:", "while  x:")
      }def g(x): return x  # note\n`,
      "c/m.py": `${loop}def g(x): return -x\n`,
      "d/m.py": `if True:\n    pass\n\n${loop}def g(x): return x\n`,
    }, { executable });
    assertEquals(changedBetween(snapshot, "a/m.py", "b/m.py"), ["f"]);
    assertEquals(changedBetween(snapshot, "a/m.py", "c/m.py"), ["g"]);
    assertEquals(changedBetween(snapshot, "a/m.py", "d/m.py"), [""]);
    assertEquals(snapshot.coverage.level, "partial");
    assertEquals(
      snapshot.coverage.missing[0],
      "a/m.py:1: the syntax While is not known; it is compared as it is written",
    );
  });
});

test("pythonProgram: paths outside of the root are written with dots", async () => {
  const { modules, entry } = await pythonProgram({
    root: "/work/project",
    entry: "/work/project/train.py",
    modules: [
      { path: "/work/lib/a.py", name: "a", sha256: "0", text: undefined },
      {
        path: "/work/project/train.py",
        name: "__main__",
        sha256: "1",
        text: undefined,
      },
    ],
    packages: {},
    executable: "",
    missing: [],
  });
  assertEquals(entry, "train.py");
  assertEquals(modules.map(({ path }) => path), ["train.py", "../lib/a.py"]);
});

test("explain: an edited Python function is named, with a diff of its lines", {
  skip,
}, async () => {
  const train = "from helpers import scale\nprint(scale(2))\n";
  const helpers =
    "RATE = 3\n\n\ndef scale(x):\n    return x * RATE\n\n\ndef unused(): pass\n";
  await withTempFolder(async (folder) => {
    const programs = await Promise.all([
      helpers,
      helpers.replace("x * RATE", "x / RATE").replace("pass", "return 1"),
    ].map((text) => snapshotOf({ "train.py": train, "helpers.py": text })));
    const ids: number[] = [];
    for (const [at, program] of programs.entries()) {
      ids.push(await writeRun(folder, { program, loss: [1 + at] }));
    }
    await finding(folder, async (finder) => {
      const [a, b] = [
        await finder.findRun(ids[0]!),
        await finder.findRun(ids[1]!),
      ];
      const { outcome, suspects, coverage } = await explain(a!, b!, { finder });
      assertEquals(outcome, "explained");
      assertEquals(coverage.code.level, "full");
      assertEquals(suspects.map(({ id }) => id), ["code:helpers.py#scale"]);
      assertEquals(suspects[0]!.diff?.split("\n").slice(2), [
        "@@ -1,2 +1,2 @@",
        " def scale(x):",
        "-    return x * RATE",
        "+    return x / RATE",
      ]);
    });
  });
});
