/** What was renamed or moved has the hash that it had, so that it can be paired. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { differences, snapshotOf } from "./_program_project.ts";

/** The declarations of one module under two names, which have the same hashes. */
const RENAMED: readonly (readonly [name: string, text: string])[] = [
  ["a function", "export function NAME(x) { return x + 1; }"],
  ["a recursive function", "export function NAME(x) { return NAME(x - 1); }"],
  ["a recursive arrow", "export const NAME = (x) => NAME(x - 1);"],
  ["a constant", "export const NAME = { a: [1] };"],
  [
    "a class",
    `export class NAME extends Map {
  static #made = 0;
  static make() { NAME.#made++; return new NAME(); }
  get self() { return NAME; }
  self2 = NAME.make();
  static { NAME.make(); }
}`,
  ],
  ["a class expression", "export const NAME = class { m() { return NAME; } };"],
  ["an enum", "export enum NAME { A = 1, B = A * 2 }"],
  ["a part of a pattern", "export const { part: NAME } = { part: 1 };"],
];

for (const [name, text] of RENAMED) {
  test(`takeSnapshot: a renamed declaration keeps its hash: ${name}`, async () => {
    const of = async (as: string) => {
      const { modules } = await snapshotOf({
        "train.ts": `${text.replaceAll("NAME", as)}\n`,
      });
      return modules[0]!.pieces.filter((one) => one.name !== "");
    };
    const [before, after] = [await of("Before"), await of("after")];
    const hashes = (pieces: typeof before) => pieces.map(({ hash }) => hash);
    assertEquals(hashes(before), hashes(after));
    assertEquals(
      before.map((one) => one.name.replace("Before", "after")),
      after.map((one) => one.name),
    );
  });
}

test("takeSnapshot: a method that was renamed keeps its hash, another one has another", async () => {
  const { modules } = await snapshotOf({
    "train.ts":
      "class A { m() { return 1; } n() { return 1; } o() { return 2; } get p() { return 1; } static q() { return 1; } }\n",
  });
  const hashes = new Map(
    modules[0]!.pieces.map(({ name, hash }) => [name, hash]),
  );
  assertEquals(hashes.get("A.m"), hashes.get("A.n"));
  for (const other of ["A.o", "A.p", "A.q"]) {
    assert(hashes.get("A.m") !== hashes.get(other), other);
  }
});

test("takeSnapshot: a function that moves to another module keeps its hash, and so do its callers", async () => {
  const square = "function square(x: number) { return x * x; }\n";
  const mse = "export const mse = (x: number) => square(x);\n";
  const train = 'import { mse } from "./loss.ts";\nconsole.log(mse(1));\n';
  const before = await snapshotOf({
    "train.ts": train,
    "loss.ts": square + mse,
    "math.ts": "",
  });
  const after = await snapshotOf({
    "train.ts": train,
    "loss.ts": `import { square } from "./math.ts";\n${mse}`,
    "math.ts": `export ${square}`,
  });
  assertEquals(differences(before, after), [
    "+loss.ts#",
    "+math.ts#square",
    "-loss.ts#square",
  ]);
  const hashOf = (of: typeof before, at: number) =>
    of.modules[at]!.pieces.find(({ name }) => name === "square")?.hash;
  assertEquals(hashOf(before, 1), hashOf(after, 2));
});

/** Modules that look alike: their pieces or statements must differ. */
const DIFFERENT: readonly (readonly [name: string, a: string, b: string])[] = [
  ["two imports of one name are swapped", "a() - b();", "b() - a();"],
  ["two defaults are swapped", "c() - d();", "d() - c();"],
  ["a default and a name", "a();", "c();"],
  ["a namespace's members", "n.a();", "n.b();"],
  ["a namespace of another module", "n.a();", "m.a();"],
  ["an import and a global of its name", "g(1);", "structuredClone(1);"],
  ["let and a changed let", "let q = 1;\nq;", "let q = 2;\nq;"],
  [
    "a getter and a method",
    "class Q { get x() { return 1; } }\nQ;",
    "class Q { x() { return 1; } }\nQ;",
  ],
  [
    "a getter and a setter",
    "class Q { get x() {} }\nQ;",
    "class Q { set x(_) {} }\nQ;",
  ],
  ["using and const", "using q = a();", "const q = a();"],
  ["an async function", "async function q() {}\nq();", "function q() {}\nq();"],
  [
    "an arrow that takes this",
    "const q = () => this;\nq;",
    "const q = function () { return this; };\nq;",
  ],
  [
    "the order of fields",
    "class Q { x = a(); y = b(); }\nnew Q();",
    "class Q { y = b(); x = a(); }\nnew Q();",
  ],
  ["the order of parts", "const [q, r] = a();\nq;", "const [r, q] = a();\nq;"],
  [
    "a loop's await",
    "for await (const q of a()) q;",
    "for (const q of a()) q;",
  ],
  ["a string and a template", 'a("x${1}");', "a(`x${1}`);"],
  [
    "an attribute of an import",
    'import j from "./j.json" with { type: "json" };\nj;',
    'import j from "./j.json" with { type: "text" };\nj;',
  ],
];

const HEAD = `import { f as a } from "./a.ts";
import { f as b } from "./b.ts";
import c from "./a.ts";
import d from "./b.ts";
import * as n from "./a.ts";
import * as m from "./b.ts";
import { structuredClone as g } from "./a.ts";
`;

for (const [name, a, b] of DIFFERENT) {
  test(`takeSnapshot: code that looks alike differs: ${name}`, async () => {
    const of = (code: string) =>
      snapshotOf({
        "train.ts": `${HEAD}${code}\n`,
        "a.ts": "",
        "b.ts": "",
        "j.json": "{}",
      });
    const found = differences(await of(a), await of(b));
    assert(found.some((id) => id.startsWith("train.ts#") || /^[-+]/.test(id)));
  });
}
