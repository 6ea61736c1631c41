/** The same module has the same pieces under every version of Python. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { allPythons, snapshotOf } from "./_pythons.ts";

const PYTHONS = allPythons();

/** Modules of the standard library that use much of the language. */
const CORPUS = ["ast", "dataclasses", "enum", "functools", "inspect", "string"];

/** What versions of Python parse into other trees. */
const TREES = `import a, b.c as d
from . import e
x = a[1:2, 3], a[1], a[:, ::2], a[...], a[1:2, ], a[()], a[(1, 2)]
y = "a" "b" f"c{x}" f"" "d", f"{x!r:>{y}}", f"{x:}", f"{x=}", f"{x = !s:^10}", f"{{}}", f"a" f"b", u"v", rb"\\x00" b"z"
z = 1_000, 0x_ff, 1e400, 1e400j, -0.0, 1.5e-7, 10**3, True, None, ..., "\\ud800", "\\N{BULLET}"
f"{f'{x}'} {'a' 'b'}{x:{'>'}{10}}"
@d.w(1)
async def f(p, /, q: int = 1, *r, s=2, **t) -> None:
    """Doc."""
    async with p as u, q: await u
    return [v async for v in u if (w := v)], {**t, 'k': w}, lambda *i, j=1: (i, j), (yield)
class C(a.B, metaclass=d):
    k: int
    m: int = 1
    def n(self): nonlocal_ = super().n; return not self < 1 <= 2 != 3
with a as b, (c): pass
for i, *j in x: print(*j, **z) if i else 0
else: del i, j[0], k.l
try: raise x from y
except (a, b) as e: pass
else: assert e, 'no'
finally: x @= y; x //= y; x **= -y; x >>= ~y
global_ = x if y else z
if x: pass
elif y: pass
else: ...
while not x: break
`;

function libraryOf(executable: string): string {
  const { stdout } = spawnSync(executable, [
    "-I",
    "-c",
    "import os;print(os.__file__)",
  ], {
    encoding: "utf8",
  });
  return join(stdout.trim(), "..");
}

test(
  "pythonProgram: every version of Python finds the same pieces and hashes",
  {
    skip: PYTHONS.length < 2 &&
      "only one Python of version 3.8 or later is in ~/.pyenv/versions and on the path",
  },
  async () => {
    const library = libraryOf(PYTHONS[0]!.executable);
    const files = CORPUS.map((name) => join(library, `${name}.py`))
      .filter((path) => existsSync(path))
      .map((path, at) => [`m${at}.py`, readFileSync(path, "utf8")]);
    const program = Object.fromEntries([["trees.py", TREES], ...files]);
    assert(files.length > 0, "a standard library in source files");
    const snapshots = await Promise.all(
      PYTHONS.map(({ executable }) => snapshotOf(program, { executable })),
    );
    for (const [at, snapshot] of snapshots.entries()) {
      assertEquals(snapshot, snapshots[0], PYTHONS[at]!.version);
    }
    assertEquals(snapshots[0]!.coverage, { level: "full", missing: [] });
  },
);
