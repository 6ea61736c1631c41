/** Edits of a small project: which change the deep fingerprint, and what they are named as. */
import { test } from "node:test";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { DeepRecord } from "@ato/ato/fingerprint";
import { type Files, fingerprintIn, PROJECT } from "./_deep_project.ts";

/** Replaces text in one file; the text must be there. */
function edit(path: string, from: string, to: string): (files: Files) => Files {
  return (files) => {
    const text = files[path] ?? "";
    assert(text.includes(from), `${path} has no ${from}`);
    return { ...files, [path]: text.replaceAll(from, to) };
  };
}

function write(path: string, text: string): (files: Files) => Files {
  return (files) => ({ ...files, [path]: text });
}

function all(...edits: ((files: Files) => Files)[]): (files: Files) => Files {
  return (files) => edits.reduce((now, one) => one(now), files);
}

function move(from: string, to: string): (files: Files) => Files {
  return ({ [from]: text = "", ...files }) => ({ ...files, [to]: text });
}

type Case = [name: string, change: (files: Files) => Files, id?: string];

const CHANGED: Case[] = [
  [
    "a helper's operator",
    edit("lib/augment.ts", "x * p", "x / p"),
    "lib/augment.ts#flip",
  ],
  [
    "a helper's literal",
    edit("lib/augment.ts", "x + 1", "x + 2"),
    "lib/augment.ts#augment",
  ],
  [
    "a helper's comparison",
    edit("lib/augment.ts", "x > 0", "x >= 0"),
    "lib/augment.ts#augment",
  ],
  [
    "a constant of a third file",
    edit("lib/consts.ts", "P = 0.5", "P = 0.05"),
    "lib/consts.ts#P",
  ],
  [
    "a constant of the module",
    edit("train.ts", "RATE: number = 0.5", "RATE: number = 1"),
    "train.ts#RATE",
  ],
  [
    "a constant that becomes a function",
    edit("lib/consts.ts", "P = 0.5", "P = () => 0.5"),
    "lib/consts.ts#P",
  ],
  [
    "a destructured constant",
    edit("train.ts", "{ low: 1,", "{ low: 2,"),
    "train.ts#low",
  ],
  [
    "how it is destructured",
    edit("train.ts", "{ low, high } =", "{ low = 3, high } ="),
    "train.ts#low",
  ],
  [
    "the lock file's version",
    edit("deno.lock", "4.17.21", "4.17.22"),
    "npm:lodash#chunk",
  ],
  [
    "another package under the same name",
    edit("deno.json", "npm:lodash@", "npm:lodash-es@"),
    "npm:lodash-es#chunk",
  ],
  [
    "through a namespace",
    edit("lib/math.ts", "a + b", "a - b"),
    "lib/math.ts#add",
  ],
  [
    "through a re-export of all",
    edit("lib/re.ts", "(x) - 1", "(x) - 2"),
    "lib/re.ts#reexported",
  ],
  [
    "through a renamed default export",
    edit("lib/shrink.ts", "x / 2", "x / 3"),
    "lib/shrink.ts#default",
  ],
  [
    "a class's method",
    edit("lib/model.ts", "+ this.#size", "- this.#size"),
    "lib/model.ts#Model",
  ],
  ["a class's base", edit("lib/base.ts", "x * 3", "x * 4"), "lib/base.ts#Base"],
  [
    "another base class",
    edit("lib/model.ts", "extends Base", "extends Object"),
    "lib/model.ts#Model",
  ],
  ["a data file", edit("settings.json", '"k": 3', '"k": 4'), "settings.json"],
  [
    "a helper that becomes async",
    edit("lib/math.ts", "export function add", "export async function add"),
    "lib/math.ts#add",
  ],
  [
    "a default parameter",
    edit("lib/augment.ts", "p: number)", "p: number = 1)"),
    "lib/augment.ts#flip",
  ],
  [
    "a helper's order of operands",
    edit("lib/math.ts", "a + b", "b + a"),
    "lib/math.ts#add",
  ],
  [
    "a helper calls another one",
    edit("lib/augment.ts", "flip(x, P)", "augment(x - P)"),
    "lib/augment.ts#augment",
  ],
  [
    "a global is shadowed by a helper",
    edit(
      "train.ts",
      "const RATE",
      "const Math = { abs: (y: number) => -y };\nconst RATE",
    ),
    "train.ts#Math",
  ],
  [
    "an import is bent to another export",
    edit("train.ts", "{ reexported }", "{ shrink as reexported }"),
  ],
  [
    "an import is bent to another file",
    all(
      edit("train.ts", "./lib/augment.ts", "./lib/other.ts"),
      write("lib/other.ts", "export const augment = (x: number) => x;\n"),
    ),
    "lib/other.ts#augment",
  ],
  [
    "a constant becomes mutable",
    edit(
      "train.ts",
      "const RATE: number = 0.5;",
      "let RATE: number = 0.5;\nexport function set() {\n  RATE = 2;\n}",
    ),
    "train.ts#RATE",
  ],
  ["a helper's module is gone", ({ "lib/consts.ts": _, ...files }) => files],
];

const UNCHANGED: Case[] = [
  [
    "a helper is renamed",
    all(
      edit("lib/augment.ts", "flip", "mirror"),
      edit("lib/consts.ts", "P =", "PROBABILITY ="),
      edit("lib/augment.ts", "P", "PROBABILITY"),
    ),
  ],
  [
    "an exported helper is renamed",
    all(
      edit("lib/re.ts", "function reexported", "function passed"),
      edit("lib/re.ts", "shrink(x)", "shrink(x)"),
      edit(
        "train.ts",
        "import { reexported }",
        "import { passed as reexported }",
      ),
    ),
  ],
  [
    "a helper is moved to another file",
    all(
      edit(
        "lib/augment.ts",
        "function flip(x: number, p: number): number {\n  return x * p;\n}\n",
        "",
      ),
      edit(
        "lib/augment.ts",
        'import { P } from "./consts.ts";',
        'import { P } from "./consts.ts";\nimport { flip } from "./flip.ts";',
      ),
      write(
        "lib/flip.ts",
        "export function flip(x: number, p: number): number {\n  return x * p;\n}\n",
      ),
    ),
  ],
  [
    "a file is renamed",
    all(
      move("lib/consts.ts", "lib/constants.ts"),
      edit("lib/augment.ts", "./consts.ts", "./constants.ts"),
    ),
  ],
  [
    "a re-export is gone round",
    edit("train.ts", "./lib/index.ts", "./lib/re.ts"),
  ],
  [
    "a namespace instead of a name",
    all(
      edit(
        "lib/re.ts",
        'import { shrink } from "./index.ts"',
        'import * as all from "./index.ts"',
      ),
      edit("lib/re.ts", "shrink(x)", "all.shrink(x)"),
    ),
  ],
  [
    "a member of a namespace in brackets",
    edit("lib/re.ts", "shrink(x)", "shrink( x )"),
  ],
  [
    "comments",
    all(
      edit("lib/augment.ts", "/** Flips some. */", "// other words"),
      edit("train.ts", "const RATE", "/* rate */ const RATE"),
    ),
  ],
  [
    "formatting",
    edit(
      "lib/augment.ts",
      "return x * p;",
      "\n\n  return (\n    x  *  p\n  )\n",
    ),
  ],
  [
    "line ends",
    (files) =>
      Object.fromEntries(
        Object.entries(files).map((
          [path, text],
        ) => [path, text.replaceAll("\n", "\r\n")]),
      ),
  ],
  [
    "a type annotation",
    edit("lib/augment.ts", "p: number): number", "p: number)"),
  ],
  [
    "a type in another file",
    edit("lib/types.ts", "size: number", "size: number; more?: string"),
  ],
  [
    "a new type",
    edit(
      "lib/consts.ts",
      "export const P",
      "export type T = 1;\nexport const P",
    ),
  ],
  ["a cast", edit("lib/math.ts", "return a + b", "return (a + b) as number")],
  ["an unused export", edit("lib/math.ts", "a - b", "b - a")],
  [
    "a new unused export",
    edit(
      "lib/math.ts",
      "export function add",
      "export const more = 1;\nexport function add",
    ),
  ],
  ["an unused constant", edit("lib/consts.ts", "Q = 7", "Q = 8")],
  [
    "an unused function of the module",
    edit("train.ts", "high + shape", "high - shape"),
  ],
  [
    "an unused import",
    edit(
      "train.ts",
      "import { chunk }",
      'import { subtract } from "./lib/math.ts";\nimport { chunk }',
    ),
  ],
  [
    "the order of declarations",
    edit(
      "lib/consts.ts",
      "export const P = 0.5;\nexport const Q = 7;",
      "export const Q = 7;\nexport const P = 0.5;",
    ),
  ],
  [
    "the order of imports",
    edit(
      "train.ts",
      'import * as math from "./lib/math.ts";\nimport { chunk } from "lodash";',
      'import { chunk } from "lodash";\nimport * as math from "./lib/math.ts";',
    ),
  ],
  [
    "names of locals",
    edit(
      "lib/augment.ts",
      "(x: number, p: number): number {\n  return x * p",
      "(value: number, chance: number): number {\n  return value * chance",
    ),
  ],
  [
    "a function instead of an arrow",
    edit(
      "lib/augment.ts",
      "export const augment = (x: number): number => x > 0 ? flip(x, P) : augment(x + 1);",
      "export function augment(x: number): number {\n  return x > 0 ? flip(x, P) : augment(x + 1);\n}",
    ),
  ],
  ["the spelling of a literal", edit("lib/consts.ts", "0.5", "5e-1")],
  [
    "export lists",
    edit(
      "lib/consts.ts",
      "export const P = 0.5;",
      "const P = 0.5;\nexport { P };",
    ),
  ],
  [
    "the layout of a data file",
    edit(
      "settings.json",
      '{ "k": 3, "note": "x" }',
      '{\n  "note": "x",\n  "k": 3\n}',
    ),
  ],
  [
    "another range of the same version",
    all(
      edit("deno.json", "^4.17.0", "^4.17.1"),
      edit("deno.lock", "^4.17.0", "^4.17.1"),
    ),
  ],
  [
    "a package that is not used",
    edit(
      "deno.lock",
      '"npm:lodash@^4.17.0": "4.17.21"',
      '"npm:lodash@^4.17.0": "4.17.21", "npm:zod@^3": "3.1.0"',
    ),
  ],
  [
    "an unrelated module that does not parse",
    all(
      write("lib/broken.ts", "export const = ;"),
      edit("train.ts", "const RATE", 'import "./lib/broken.ts";\nconst RATE'),
    ),
  ],
  [
    "a huge generated file beside it",
    all(
      write(
        "lib/huge.ts",
        `export const HUGE = "${"x".repeat(3 * 2 ** 20)}";\n`,
      ),
      edit("train.ts", "const RATE", 'import "./lib/huge.ts";\nconst RATE'),
    ),
  ],
];

const base = await fingerprintIn(PROJECT);

/** Entries by what they are, wherever they are: a renamed one is the same. */
function hashes(record: DeepRecord): string[] {
  return record.dependencies.map(({ hash }) => hash).sort();
}

for (const [name, change, id] of CHANGED) {
  test(`fingerprintDeep: the hash changes: ${name}`, async () => {
    const after = await fingerprintIn(change(PROJECT));
    assert(after.hash !== undefined, after.reason);
    assertNotEquals(after.hash, base.hash);
    assertNotEquals(after.graph, base.graph);
    if (id === undefined) return;
    const before = new Set(hashes(base));
    const named = after.dependencies.filter(({ hash }) => !before.has(hash))
      .map((one) => one.id);
    assert(named.includes(id), `${id} is not among ${named.join(", ")}`);
  });
}

for (const [name, change] of UNCHANGED) {
  test(`fingerprintDeep: the hash does not change: ${name}`, async () => {
    const after = await fingerprintIn(change(PROJECT));
    assertEquals(after.hash, base.hash, after.reason);
    assertEquals(hashes(after), hashes(base));
  });
}

test("fingerprintDeep: only the dependency that was edited has another hash", async () => {
  const after = await fingerprintIn(
    edit("lib/augment.ts", "x * p", "x / p")(PROJECT),
  );
  const before = new Set(hashes(base));
  assertEquals(
    after.dependencies.filter(({ hash }) => !before.has(hash)).map(({ id }) =>
      id
    ),
    ["lib/augment.ts#flip"],
  );
});

test("fingerprintDeep: code that the traced code does not use changes only the graph", async () => {
  const after = await fingerprintIn(
    edit(
      "lib/base.ts",
      "export class Base",
      "Array.prototype.at = () => undefined;\nexport class Base",
    )(PROJECT),
  );
  assertEquals(after.hash, base.hash);
  assertNotEquals(after.graph, base.graph);
  const changed = Object.keys(after.modules)
    .filter((path) => after.modules[path] !== base.modules[path]);
  assertEquals(changed, ["lib/base.ts"]);
});

test("fingerprintDeep: comments and formatting change neither the hash nor the graph", async () => {
  const after = await fingerprintIn(
    edit("lib/augment.ts", "/** Flips some. */", "\n\n// other words\n")(
      PROJECT,
    ),
  );
  assertEquals([after.hash, after.graph], [base.hash, base.graph]);
});

test("fingerprintDeep: the same project has the same hashes in every runtime and every version", () => {
  assertEquals(
    base.hash,
    "ato-deep-v1:4bac4f28cdab1cbec3b06ccc70db42540ee99d9b2f6bc9c62cc71d797c5dc249",
  );
  assertEquals(
    base.graph,
    "ato-graph-v1:d48b5f9069cf01656a2c24975818be577bd192a6bfd81c9084e58cf35a93575a",
  );
});

test("fingerprintDeep: packages, globals and blind spots are listed", async () => {
  const after = await fingerprintIn(
    all(
      edit(
        "train.ts",
        "const RATE: number = 0.5;",
        "let RATE: number = 0.5;\nRATE += 1;",
      ),
      edit(
        "lib/math.ts",
        "return a + b;",
        "void import(String(a));\n  return a + b;",
      ),
      write("lib/broken.ts", "export const = ;"),
      edit(
        "lib/re.ts",
        "export function",
        'import "./broken.ts";\nexport function',
      ),
    )(PROJECT),
  );
  assertEquals(after.packages, { "npm:lodash": "4.17.21" });
  assertEquals(after.globals, ["Math", "String"]);
  assertEquals(
    after.blindSpots.map(({ kind, what }) => `${kind} ${what}`).sort(),
    [
      "dynamic-import a computed name",
      "mutable train.ts#RATE",
      "syntax lib/broken.ts",
    ],
  );
});
