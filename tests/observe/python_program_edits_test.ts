/** Which edits of a Python module change which piece. */
import { test } from "node:test";
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { changedBetween, NO_PYTHON, OWN, snapshotOf } from "./_pythons.ts";

const MODULE = `"""What the module does."""
import random
from tools import unused, others
import numpy as np
from helpers import scale, shift as moved

LR = 0.1
EPOCHS = 10
NAMES = ["a", "b"]
OPTIONS = {"beta": 2, "gamma": "x"}
SHAPE, DEPTH = (3, 4), 2
rows = np.load("rows.npy")
double = lambda value: value * 2


def cut(xs):
    return xs[1:3]


def loss(a, b, *rest, weight=1.0, **more):
    """Compares."""
    total = 0
    for x, y in zip(a, b):
        if x is None or y < 0:
            continue
        total += (x - y) ** 2
    else:
        total -= 1
    return weight * total / max(len(a), 1)


def text(value, width):
    head = f"{value:>10}"
    tail = f"{value!r} of {width}"
    return "result: " + head + tail


def pick(items, key=None):
    found = [one for one in items if one > 0]
    pairs = {k: v for k, v in found}
    if (n := len(found)) > 3 and not key:
        return found[0], n
    return pairs.get("first", scale(n, moved(2)))


def read(path):
    try:
        with open(path) as file:
            return [line.strip() for line in file]
    except (OSError, ValueError) as error:
        raise RuntimeError("cannot read") from error
    finally:
        random.seed(1)


def count():
    global EPOCHS
    EPOCHS += 1
    assert EPOCHS > 0
    while True:
        if EPOCHS > 3:
            break
    del NAMES[0]


def outer(start):
    state = start

    def inner(step):
        nonlocal state
        state = state + step
        return state

    return inner


async def fetch(source):
    async with source as stream:
        async for item in stream:
            await item
    return [x async for x in source]


def stream(xs):
    yield from xs
    yield xs[-1]


def call(f, *args):
    return f(*args, key=1, other=True)


class Model(Base):
    """A model."""

    rate = 0.5
    depth: int = 3
    layers = build(4)

    def __init__(self, size, bias=True):
        super().__init__()
        self.size = size
        self.bias = bias if bias else None

    def fit(self, xs, ys):
        for x, y in zip(xs, ys):
            self.step(x, y)
        return self

    @property
    def weight(self):
        return self.rate * 2

    @weight.setter
    def weight(self, value):
        self.rate = value

    @staticmethod
    def make(size):
        return Model(size)

    class Inner:
        value = 1

        def get(self):
            return self.value


class Plain:
    def run(self):
        return 1


model = Model(4)
for epoch in range(EPOCHS):
    model.fit(rows, rows)
print(model.weight)

if __name__ == "__main__":
    loss([1], [2])
`;

type Edit = readonly [from: string, to: string, ...pieces: string[]];

/** Edits that change what the module does, and the pieces that they are in. */
const EDITS: readonly Edit[] = [
  ["LR = 0.1", "LR = 0.2", "LR"],
  ["LR = 0.1", "LR = -0.1", "LR"],
  ["EPOCHS = 10", "EPOCHS = 10.0", "EPOCHS"],
  ['["a", "b"]', '["b", "a"]', "NAMES"],
  ['["a", "b"]', '("a", "b")', "NAMES"],
  ['"beta": 2', '"beta": 3', "OPTIONS"],
  ['"gamma"', '"delta"', "OPTIONS"],
  ["(3, 4), 2", "(3, 5), 2", "SHAPE"],
  ["(3, 4), 2", "(3, 4), 3", "DEPTH"],
  ['"rows.npy"', '"others.npy"', "rows"],
  ["np.load", "np.loadtxt", "rows"],
  ["value * 2", "value * 3", "double"],
  ["lambda value: value * 2", "lambda value, more=1: value * 2", "double"],
  ["xs[1:3]", "xs[1:4]", "cut"],
  ["xs[1:3]", "xs[1:3:2]", "cut"],
  ["xs[1:3]", "xs[1:]", "cut"],
  ["xs[1:3]", "xs[1, 3]", "cut"],
  ["def cut", "@np.vectorize\ndef cut", "", "cut"],
  ["def cut", "@cache\ndef cut", "cut"],
  ["def cut", "async def cut", "cut"],
  ["weight=1.0", "weight=2.0", "loss"],
  ["*rest, weight=1.0", "*rest, weights=1.0", "loss"],
  ["def loss(a, b,", "def loss(b, a,", "loss"],
  ["loss(a, b, *rest, weight", "loss(a, b, *, weight", "loss"],
  [", **more)", ")", "loss"],
  ["loss(a, b,", "loss(a, /, b,", "loss"],
  ["(x - y) ** 2", "(x + y) ** 2", "loss"],
  ["(x - y) ** 2", "(y - x) ** 2", "loss"],
  ["(x - y) ** 2", "(x - y) ** 3", "loss"],
  ["(x - y) ** 2", "x - y ** 2", "loss"],
  ["x is None or", "x is None and", "loss"],
  ["x is None", "x is not None", "loss"],
  ["y < 0", "y <= 0", "loss"],
  ["continue", "break", "loss"],
  ["    else:\n        total -= 1\n", "    total -= 1\n", "loss"],
  ["total -= 1", "total += 1", "loss"],
  ["zip(a, b)", "zip(b, a)", "loss"],
  ["max(len(a), 1)", "min(len(a), 1)", "loss"],
  [
    "weight * total / max(len(a), 1)",
    "weight * total // max(len(a), 1)",
    "loss",
  ],
  ["{value:>10}", "{value:>11}", "text"],
  ["{value:>10}", "{value:<10}", "text"],
  ["{value!r}", "{value!s}", "text"],
  ["{value!r}", "{value}", "text"],
  ["} of {", "} in {", "text"],
  ["} of {width}", "} of {value}", "text"],
  ["head + tail", "tail + head", "text"],
  ["one > 0]", "one > 1]", "pick"],
  ["[one for one in items if one > 0]", "[one for one in items]", "pick"],
  [
    "[one for one in items if one > 0]",
    "(one for one in items if one > 0)",
    "pick",
  ],
  ["{k: v for", "{v: k for", "pick"],
  ["not key", "key", "pick"],
  ["n := len(found)", "n := len(items)", "pick"],
  ["(n := len(found)) > 3", "len(found) > 3", "pick"],
  ["found[0], n", "n, found[0]", "pick"],
  ["found[0], n", "unused(found), n", "pick"],
  ['"first"', '"last"', "pick"],
  ["scale(n, moved(2))", "scale(moved(2), n)", "pick"],
  ["key=None", "key=0", "pick"],
  ["(OSError, ValueError)", "OSError", "read"],
  ["(OSError, ValueError)", "(ValueError, OSError)", "read"],
  [" from error", "", "read"],
  ["raise RuntimeError", "raise ValueError", "read"],
  ["    finally:\n        random.seed(1)", "    random.seed(1)", "read"],
  ["random.seed(1)", "random.seed(2)", "read"],
  ["line.strip()", "line.rstrip()", "read"],
  // The order in which a variable is set counts only where a function sets it, too.
  ["    global EPOCHS\n", "", "", "count"],
  ["EPOCHS += 1", "EPOCHS -= 1", "count"],
  ["assert EPOCHS > 0", "assert EPOCHS", "count"],
  ["while True", "while False", "count"],
  ["del NAMES[0]", "del NAMES[1]", "count"],
  ["        nonlocal state\n", "", "outer"],
  ["state + step", "step + state", "outer"],
  ["return inner", "return inner(1)", "outer"],
  ["async with source", "with source", "fetch"],
  ["async for item", "for item", "fetch"],
  ["await item", "item", "fetch"],
  ["[x async for x", "[x for x", "fetch"],
  ["yield from xs", "yield xs", "stream"],
  ["xs[-1]", "xs[1]", "stream"],
  ["f(*args, key=1", "f(args, key=1", "call"],
  ["key=1, other=True", "key=1, others=True", "call"],
  ["other=True", "other=1", "call"],
  ["key=1, other", "other", "call"],
  ["class Model(Base)", "class Model(Other)", "Model"],
  ["class Model(Base)", "class Model(Base, metaclass=Meta)", "Model"],
  ["class Model(Base)", "@dataclass\nclass Model(Base)", "Model"],
  ["    rate = 0.5", "    rate = 0.25", "Model.rate"],
  ["depth: int = 3", "depth: int = 4", "Model.depth"],
  ["build(4)", "build(5)", "Model.layers"],
  ["size, bias=True", "size, bias=False", "Model.__init__"],
  ["        super().__init__()\n", "", "Model.__init__"],
  ["bias if bias else None", "None if bias else bias", "Model.__init__"],
  [
    "        self.size = size\n        self.bias",
    "        self.bias",
    "Model.__init__",
  ],
  ["self.step(x, y)", "self.step(y, x)", "Model.fit"],
  ["        return self\n", "", "Model.fit"],
  [
    "            self.step(x, y)\n        return self\n",
    "            self.step(x, y)\n            return self\n",
    "Model.fit",
  ],
  ["self.rate * 2", "self.rate * 3", "Model.weight"],
  ["self.rate = value", "self.rate = -value", "Model.weight"],
  ["    @property\n", "", "Model.weight"],
  ["@staticmethod", "@classmethod", "Model.make"],
  ["        value = 1", "        value = 2", "Model.Inner.value"],
  ["return self.value", "return -self.value", "Model.Inner.get"],
  ["model = Model(4)", "model = Model(5)", "model"],
  ["range(EPOCHS)", "range(1, EPOCHS)", ""],
  ["fit(rows, rows)", "fit(rows, NAMES)", ""],
  ["print(model.weight)", "print(model.weight, 1)", ""],
  ["loss([1], [2])", "loss([2], [1])", "__main__"],
  ["import numpy as np", "import cupy as np", ""],
  ["import scale, shift as moved", "import scale, skew as moved", ""],
  [
    "from helpers import scale, shift as moved",
    "from others import scale, shift as moved",
    "",
  ],
  [
    "model = Model(4)\nfor epoch in range(EPOCHS):\n    model.fit(rows, rows)\nprint(model.weight)",
    "model = Model(4)\nprint(model.weight)\nfor epoch in range(EPOCHS):\n    model.fit(rows, rows)",
    "",
  ],
];

/** Edits that change nothing. */
const NEUTRAL: readonly Edit[] = [
  ['"""What the module does."""\n', ""],
  ['"""What the module does."""', "'''Another\n\ntext.'''"],
  ["import random\n", "from __future__ import annotations\nimport random\n"],
  [
    "import random\n",
    "import random\nfrom typing import List, Optional\nimport typing as t\n",
  ],
  ["import random\n", "import random\nfrom numpy.typing import NDArray\n"],
  [
    "import random\n",
    "import random\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers import Shape\n",
  ],
  [
    "import random\nfrom tools import unused, others\n",
    "from tools import others, unused\nimport random\n",
  ],
  ["LR = 0.1", "LR: float = 0.1"],
  ["LR = 0.1", "LR = (0.1)"],
  ["LR = 0.1", "LR = 1e-1  # the rate"],
  ["EPOCHS = 10", "EPOCHS = 0xA"],
  ["EPOCHS = 10", "EPOCHS = 1_0"],
  ["LR = 0.1\nEPOCHS = 10\n", "EPOCHS = 10\nLR = 0.1\n"],
  ['["a", "b"]', "['a', 'b',]"],
  ['["a", "b"]', '[\n    "a",\n    u"b",\n]'],
  ["LR = 0.1", "LR = 0.1\nseed: int"],
  ["xs[1:3]", "(xs[1 : 3])"],
  ["def cut(xs):\n", 'def cut(xs):\n    """Cuts."""\n'],
  ["def cut(xs):\n", "def cut(xs: 'list[int]') -> \"list[int]\":\n"],
  ["def cut(xs):\n", "def cut(xs):\n    pass\n"],
  ["return xs[1:3]", "return xs[1:3];"],
  [
    "    return xs[1:3]\n",
    "        # deeper\n        return (\n            xs[1:3]\n        )\n",
  ],
  ["loss(a, b, *rest", "loss(a: int, b, *rest: float"],
  ['    """Compares."""\n', ""],
  ["    total = 0\n    for", "    total: float = 0\n    for"],
  ["if x is None or y < 0", "if (x is None) or (y < 0)"],
  ["weight * total / max", "(weight * total) / max"],
  ['"result: " + head', '"res" "ult: " + head'],
  ['"result: " + head', "'''result: ''' + head"],
  ['f"{value!r} of {width}"', 'f"{value!r} of " f"{width}"'],
  ['f"{value!r} of {width}"', "f'{value!r}' ' of ' f'{width}'"],
  ['"result: "', 'r"result: "'],
  ['"result: "', 'f"result: "'],
  ["n := len(found)", "n :=  len( found )"],
  [
    "found = [one for one in items if one > 0]\n    pairs = {k: v for k, v in found}",
    "found = [item for item in items if item > 0]\n    pairs = {a: b for a, b in found}",
  ],
  [
    "    state = start\n\n    def inner(step):\n        nonlocal state\n        state = state + step\n        return state\n",
    "    kept = start\n\n    def inner(step):\n        nonlocal kept\n        kept = kept + step\n        return kept\n",
  ],
  [
    'as error:\n        raise RuntimeError("cannot read") from error',
    'as problem:\n        raise RuntimeError("cannot read") from problem',
  ],
  ["depth: int = 3\n", "depth: int = (3)\n"],
  ['    """A model."""\n', "    # A model.\n"],
  ["def fit(self, xs, ys):", "def fit(self, xs, ys) -> 'Model':"],
  ["return self.value", "return (self.value)"],
  ["class Plain:", "class Plain():"],
  ["class Plain:\n", "class Plain:\n    size: int\n"],
  ["\n\ndef outer", "\n\n\n\n# The next one.\n\ndef outer"],
  [
    "def cut(xs):\n    return xs[1:3]\n\n\n",
    "def cut(xs):\n\n    return xs[1:3]\n",
  ],
  ["print(model.weight)", "print( model.weight, )"],
];

function edited([from, to]: Edit): string {
  assertEquals(MODULE.split(from).length, 2, `once in the module: ${from}`);
  return MODULE.replace(from, () => to);
}

const BASE = "base/module.py";

/** All variants are parsed at once: starting Python takes longer than parsing. */
async function snapshotWith(texts: readonly string[]) {
  const files = texts.map((text, at) => [`v${at}/module.py`, text] as const);
  const snapshot = await snapshotOf(
    Object.fromEntries([["start.py", ""], [BASE, MODULE], ...files]),
  );
  assertEquals(snapshot.coverage, { level: "full", missing: [] });
  return snapshot;
}

test("pythonProgram: an edit changes the piece that it is in, and no other", {
  skip: NO_PYTHON,
}, async () => {
  const snapshot = await snapshotWith(EDITS.map(edited));
  for (const [at, [from, to, ...pieces]] of EDITS.entries()) {
    const changed = changedBetween(snapshot, BASE, `v${at}/module.py`);
    assertEquals(changed, pieces, `${from} → ${to}`);
  }
});

test(
  "pythonProgram: layout, comments, documentation, annotations and names of local variables change nothing",
  {
    skip: NO_PYTHON,
  },
  async () => {
    const snapshot = await snapshotWith(NEUTRAL.map(edited));
    for (const [at, [from, to]] of NEUTRAL.entries()) {
      const changed = changedBetween(snapshot, BASE, `v${at}/module.py`);
      assertEquals(changed, [], `${from} → ${to}`);
    }
  },
);

/** A way to write the module otherwise, decided line by line. */
interface Layout {
  readonly ends:
    readonly ("" | "  # note" | "\n" | "\n\n# A line.\n" | "\n\f")[];
  readonly indent: " " | "  " | "\t" | "        ";
  readonly newline: "\n" | "\r\n";
  readonly hasBom: boolean;
}

const LAYOUT: fc.Arbitrary<Layout> = fc.record({
  ends: fc.array(
    fc.constantFrom("", "  # note", "\n", "\n\n# A line.\n", "\n\f"),
    { minLength: 1, maxLength: 40 },
  ),
  indent: fc.constantFrom(" ", "  ", "\t", "        "),
  newline: fc.constantFrom("\n", "\r\n"),
  hasBom: fc.boolean(),
});

function written({ ends, indent, newline, hasBom }: Layout): string {
  const lines = MODULE.split("\n").map((line, at) => {
    const depth = /^ */.exec(line)![0].length / 4;
    return indent.repeat(depth) + line.trimStart() + ends[at % ends.length];
  });
  return (hasBom ? "\uFEFF" : "") + lines.join("\n").replaceAll("\n", newline);
}

test("pythonProgram: no layout of a module changes a hash", {
  skip: NO_PYTHON,
}, async () => {
  // One process parses all samples.
  const layouts = fc.sample(LAYOUT, { numRuns: 40, seed: 7 });
  const snapshot = await snapshotWith(layouts.map(written));
  for (const [at, layout] of layouts.entries()) {
    const changed = changedBetween(snapshot, BASE, `v${at}/module.py`);
    assertEquals(changed, [], JSON.stringify(layout));
  }
});

/** Edits of syntax that older versions of Python lack, with the first version that has it. */
const LATER:
  readonly (readonly [minor: number, from: string, ...to: string[]])[] = [
    [
      10,
      "def f(x):\n    match x:\n        case [a, *b] if a: return b\n        case {'k': v, **r}: return r\n        case P(q=1) | 3 as z: return z\n        case _: return 0\n",
      "[a, *b] if a => [a, b] if a",
      "[a, *b] if a => [a, *b] if not a",
      "'k': v => 'l': v",
      "**r}: return r => **r}: return v",
      "q=1 => q=2",
      "q=1 => p=1",
      "| 3 as z => | 4 as z",
      "P( => Q(",
      "return 0 => return 1",
    ],
    [
      11,
      "def f(x):\n    try:\n        g(x[*x])\n    except* ValueError as e:\n        h(e)\n",
      "except* => except",
      "x[*x] => x[x]",
      "ValueError => KeyError",
    ],
  ];

for (const [minor, from, ...edits] of LATER) {
  const skip = NO_PYTHON || OWN!.minor < minor &&
      `${OWN!.executable} has version ${OWN!.version}; 3.${minor} is needed`;
  test(
    `pythonProgram: edits of the syntax of Python 3.${minor} change a hash`,
    {
      skip,
    },
    async () => {
      const texts = edits.map((one) => {
        const [old = "", now = ""] = one.split(" => ");
        assertEquals(from.split(old).length, 2, old);
        return from.replace(old, now);
      });
      const files = texts.map((text, at) => [`v${at}/module.py`, text]);
      const snapshot = await snapshotOf({
        "start.py": "",
        [BASE]: from,
        "same/module.py": from.replaceAll("return z", "return z  # note")
          .replaceAll("as e", "as e2").replaceAll("h(e)", "h(e2)"),
        ...Object.fromEntries(files),
      });
      assertEquals(changedBetween(snapshot, BASE, "same/module.py"), []);
      for (const [at, one] of edits.entries()) {
        const changed = changedBetween(snapshot, BASE, `v${at}/module.py`);
        assertEquals(changed, ["f"], one);
      }
    },
  );
}

/** Code whose names of local variables can be seen, with what sees them. */
const SEEN: readonly (readonly [from: string, to: string])[] = [
  ["def f(a):\n    b = a\n    return locals()\n", "b => c"],
  ["def f(a):\n    b = a\n    return eval('b + 1')\n", "b = => c ="],
  [
    "def f(a):\n    limit = 1\n    return a.query('x > @limit')\n",
    "limit = => bound =",
  ],
  [
    "def f(a):\n    rows = a\n    return sql.connect('select * from rows')\n",
    "rows = => lines =",
  ],
  ["def f(a):\n    b = a\n    return f'{b=}'\n", "b => c"],
  ["def f(a, b=1):\n    return a * b\n", "b => c"],
  ["f = lambda b=1: b\n", "b=1: b => c=1: c"],
  ["def f(a):\n    def g(x): return x\n    return g\n", "g => h"],
  ["def f(a):\n    class B: c = a\n    return B\n", "c = => d ="],
  // A name of another variable is another variable.
  ["def f(a):\n    b = a\n    c = 2\n    return b\n", "return b => return c"],
  ["def f(a):\n    b = a\n    return [b for b in a]\n", "for b => for c"],
  [
    "def f(a):\n    b = 1\n    def g():\n        b = 2\n        return b\n    return g() + b\n",
    "        b = 2 =>         c = 2",
  ],
];

test("pythonProgram: the name of a local variable that can be seen counts", {
  skip: NO_PYTHON,
}, async () => {
  const files: Record<string, string> = { "start.py": "" };
  for (const [at, [from, change]] of SEEN.entries()) {
    const [old = "", now = ""] = change.split(" => ");
    files[`a${at}/module.py`] = from;
    files[`b${at}/module.py`] = from.replaceAll(old, now);
  }
  const snapshot = await snapshotOf(files);
  assertEquals(snapshot.coverage.missing, []);
  for (const [at, [from, change]] of SEEN.entries()) {
    const [a, b] = [`a${at}/module.py`, `b${at}/module.py`];
    assertEquals(changedBetween(snapshot, a, b), ["f"], `${from}${change}`);
  }
});

/** Annotations that decide what a program does. */
const ANNOTATED:
  readonly (readonly [text: string, change: string, ...pieces: string[]])[] = [
    [
      "@dataclass\nclass C:\n    a: int\n    b: int\n",
      "    a: int\n    b: int\n =>     b: int\n    a: int\n",
      "C",
    ],
    [
      "class C(NamedTuple):\n    a: int\n",
      "a: int => c: int",
      "C",
      "C.a",
      "C.c",
    ],
    ["class C(BaseModel):\n    a: int\n", "int => float", "C.a"],
    [
      "class C(TypedDict):\n    a: int\n",
      "\n    a: int => \n    a: int\n    b: int",
      "C",
      "C.b",
    ],
    ["@app.command()\ndef f(a: int): return a\n", "int => float", "f"],
    [
      "import typer\ndef f(a: int): return a\ntyper.run(f)\n",
      "int => float",
      "f",
    ],
    [
      "from pydantic import validate_call\ndef f(a: int): return a\n",
      "int => str",
      "f",
    ],
    ["import docopt\ndef f():\n    'Usage: -a'\n", "-a => -b", "f"],
    ["'Usage: -a'\ndef f(): return parse(__doc__)\n", "-a => -b", ""],
  ];

test(
  "pythonProgram: annotations and documentation count where the program reads them",
  {
    skip: NO_PYTHON,
  },
  async () => {
    const files: Record<string, string> = { "start.py": "" };
    for (const [at, [text, change]] of ANNOTATED.entries()) {
      const [old = "", now = ""] = change.split(" => ");
      files[`a${at}/module.py`] = text;
      files[`b${at}/module.py`] = text.replace(old, now);
    }
    const snapshot = await snapshotOf(files);
    assertEquals(snapshot.coverage.missing, []);
    for (const [at, [text, change, ...pieces]] of ANNOTATED.entries()) {
      const [a, b] = [`a${at}/module.py`, `b${at}/module.py`];
      assertEquals(changedBetween(snapshot, a, b), pieces, `${text}${change}`);
    }
  },
);
