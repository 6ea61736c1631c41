import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import {
  differences,
  type Files,
  PROGRAM,
  snapshotOf,
} from "./_program_project.ts";

/** An edit of one file: what is replaced, and by what. */
type Edit = readonly [path: string, from: string | RegExp, to: string];

/** An edit, and exactly the pieces that must differ: `+` is new, `-` is gone. */
type Case = readonly [
  name: string,
  edits: readonly Edit[],
  ids: readonly string[],
];

/** Makes edits. Each must find what it replaces. */
function edited(
  files: Readonly<Record<string, string>>,
  edits: readonly Edit[],
): Record<string, string> {
  const changed = { ...files };
  for (const [path, from, to] of edits) {
    const before = changed[path] ?? "";
    changed[path] = before.replace(from, to);
    if (before !== "") assert(changed[path] !== before, `${path} is edited`);
  }
  return changed;
}

const CASES: readonly Case[] = [
  ["nothing", [], []],
  ["a function", [["src/loss.ts", "a - b)", "b - a)"]], ["src/loss.ts#mse"]],
  ["a getter three modules away", [[
    "src/model.ts",
    "return 2;",
    "return 3;",
  ]], ["src/model.ts#Mlp.depth"]],
  ["an inherited method", [[
    "src/layer.ts",
    "x * by",
    "x / by",
  ]], ["src/layer.ts#Layer.scale"]],
  ["a default parameter", [[
    "train.ts",
    "steps: number = 10",
    "steps: number = 11",
  ]], ["train.ts#train"]],
  ["a default parameter of a method", [[
    "src/layer.ts",
    "by = GAIN",
    "by = 2 * GAIN",
  ]], ["src/layer.ts#Layer.scale"]],
  ["a constant", [["src/consts.ts", "GAIN = 3", "GAIN = 4"]], [
    "src/consts.ts#GAIN",
  ]],
  ["a private field", [["src/model.ts", "#rate: number;", "#rate = 1;"]], [
    "src/model.ts#Mlp.#rate",
  ]],
  ["a static field", [["src/model.ts", "count = 0", "count = 1"]], [
    "src/model.ts#Mlp.count",
  ]],
  ["a constructor", [[
    "src/model.ts",
    "this.#rate = rate;",
    "this.#rate = 2 * rate;",
  ]], ["src/model.ts#Mlp.constructor"]],
  ["what a class extends", [[
    "src/model.ts",
    "extends Layer",
    "extends (Layer, Layer)",
  ]], ["src/model.ts#Mlp"]],
  ["an import of a worker", [["src/noise.ts", "x +", "x -"]], [
    "src/noise.ts#noise",
  ]],
  ["a statement of a worker", [["src/worker.ts", "noise(1)", "noise(2)"]], [
    "src/worker.ts#",
  ]],
  ["a JSON file", [["data.json", "3", "4"]], ["data.json#"]],
  ["a member of the workspace", [[
    "packages/metrics/accuracy.ts",
    "100",
    "10",
  ]], ["packages/metrics/accuracy.ts#accuracy"]],
  ["the version of a package", [["deno.lock", '2.1.3"', '2.1.4"']], [
    "npm:ms",
  ]],
  ["a mutated prototype", [["src/layer.ts", '"layer"', '"Layer"']], [
    "src/layer.ts#",
  ]],
  ["an order of statements", [[
    "train.ts",
    /(worker\.postMessage.*\n)(scope\.main.*\n)/,
    "$2$1",
  ]], ["train.ts#"]],
  ["functions in another order", [[
    "src/loss.ts",
    /^(export function mse[^]*?\n}\n)\n(export function mae[^]*?\n}\n)/m,
    "$2\n$1",
  ]], []],
  ["methods in another order", [[
    "src/model.ts",
    /( {2}learn[^]*? {2}}\n)\n( {2}get depth[^]*? {2}}\n)/,
    "$2\n$1",
  ]], []],
  ["comments", [
    ["train.ts", "/** Trains. */", "// Trains the model.\n// A lot."],
    ["src/model.ts", "return 2;", "return 2; // layers"],
  ], []],
  ["formatting", [
    ["src/loss.ts", "return square(a - b);", "return (\n    square(a-b)\n  )"],
    ["train.ts", "const scope = new Scope();", "const scope=new Scope( )"],
    ["train.ts", 'import ms from "ms";', "import ms from 'ms'"],
  ], []],
  ["types", [
    ["src/loss.ts", "x: number): number", "x: any): unknown"],
    ["src/loss.ts", "export type { Shape };", "type Id = string;"],
    ["src/types.ts", "size: number", "size: bigint"],
    ["train.ts", "const model: Mlp", "const model"],
    ["src/model.ts", "#rate: number;", "readonly #rate!: number;"],
  ], []],
  ["an import of a type alone", [[
    "src/noise.ts",
    /^/,
    'import { Shape } from "./types.ts";\nlet shape: Shape | undefined;\n',
  ]], ["+src/noise.ts#shape (unused)"]],
  ["names of locals", [[
    "train.ts",
    /\btotal\b/g,
    "sum",
  ]], []],
  ["an alias of an import", [
    ["train.ts", "import * as loss", "import * as losses"],
    ["train.ts", "loss.mse", "losses.mse"],
    ["src/worker.ts", "{ noise }", "{ noise as jitter }"],
    ["src/worker.ts", "noise(1)", "jitter(1)"],
    ["train.ts", "import ms", "import parse"],
    ["train.ts", 'ms("1s")', 'parse("1s")'],
  ], []],
  ["another module of an import", [
    ["src/worker.ts", "./noise.ts", "./other.ts"],
    ["src/other.ts", /^/, "export const noise = (x: number): number => -x;\n"],
  ], ["+src/other.ts#noise", "-src/noise.ts#noise", "src/worker.ts#"]],
  ["a target in the import map", [
    ["deno.json", '"./src/"', '"./lib/"'],
    ["lib/model.ts", /^/, PROGRAM["src/model.ts"]!],
    ["lib/layer.ts", /^/, PROGRAM["src/layer.ts"]!],
    ["lib/consts.ts", /^/, PROGRAM["src/consts.ts"]!],
  ], [
    "+lib/consts.ts#GAIN",
    "+lib/consts.ts#UNUSED (unused)",
    "+lib/layer.ts#",
    "+lib/layer.ts#Layer",
    "+lib/layer.ts#Layer.scale",
    "+lib/model.ts#",
    "+lib/model.ts#Mlp",
    "+lib/model.ts#Mlp.#rate",
    "+lib/model.ts#Mlp.constructor",
    "+lib/model.ts#Mlp.count",
    "+lib/model.ts#Mlp.depth",
    "+lib/model.ts#Mlp.learn",
    "-src/consts.ts#GAIN",
    "-src/consts.ts#UNUSED (unused)",
    "-src/layer.ts#",
    "-src/layer.ts#Layer",
    "-src/layer.ts#Layer.scale",
    "-src/model.ts#",
    "-src/model.ts#Mlp",
    "-src/model.ts#Mlp.#rate",
    "-src/model.ts#Mlp.constructor",
    "-src/model.ts#Mlp.count",
    "-src/model.ts#Mlp.depth",
    "-src/model.ts#Mlp.learn",
    "train.ts#",
  ]],
  ["a renamed function", [
    ["src/loss.ts", /\bsquare\b/g, "squared"],
  ], [
    "+src/loss.ts#squared",
    "-src/loss.ts#square",
    "src/loss.ts#mse",
  ]],
  ["an unused export is added", [[
    "src/loss.ts",
    /$/,
    "\nexport function huber(x: number): number {\n  return x;\n}\n",
  ]], ["+src/loss.ts#huber (unused)"]],
  ["an unused export is edited", [[
    "src/loss.ts",
    "Math.abs(a - b)",
    "Math.abs(b - a)",
  ]], ["src/loss.ts#mae (unused)"]],
  ["an unused constant is edited", [[
    "src/consts.ts",
    "UNUSED = 4",
    "UNUSED = 5",
  ]], ["src/consts.ts#UNUSED (unused)"]],
  ["an unused export becomes used", [["train.ts", "loss.mse", "loss.mae"]], [
    "+src/loss.ts#mae",
    "+src/loss.ts#mse (unused)",
    "+src/loss.ts#square (unused)",
    "-src/loss.ts#mae (unused)",
    "-src/loss.ts#mse",
    "-src/loss.ts#square",
    "train.ts#train",
  ]],
  ["a view", [["train.ts", "config.lr = 0.1;", "config.lr = 0.2;"]], [
    "train.ts#defaults (view)",
  ]],
  ["two lines of a view are swapped", [[
    "train.ts",
    /( {2}config\.lr.*\n)( {2}config\.model.*\n)/,
    "$2$1",
  ]], ["train.ts#defaults (view)"]],
  ["a view is added", [[
    "train.ts",
    "/** Trains. */",
    "scope.observe()((config) => { config.lr = Math.min(config.lr, 1); });",
  ]], ["+train.ts#observe 1 (view)"]],
  ["a view calls a function of the program", [[
    "train.ts",
    "config.lr = 0.1;",
    "config.lr = loss.mse(1, 2);",
  ]], ["-train.ts#defaults (view)", "train.ts#"]],
  ["a name of a re-export", [
    ["packages/metrics/mod.ts", "accuracy", "half as accuracy"],
    [
      "packages/metrics/accuracy.ts",
      /$/,
      "export const half = (x: number): number => x / 2;\n",
    ],
  ], [
    "+packages/metrics/accuracy.ts#accuracy (unused)",
    "+packages/metrics/accuracy.ts#half",
    "-packages/metrics/accuracy.ts#accuracy",
    "packages/metrics/mod.ts#",
  ]],
];

for (const [name, edits, ids] of CASES) {
  test(`takeSnapshot: exactly the edited pieces differ: ${name}`, async () => {
    const [before, after] = [
      await snapshotOf(PROGRAM),
      await snapshotOf(edited(PROGRAM, edits)),
    ];
    assertEquals(before.coverage, { level: "full", missing: [] });
    assertEquals(after.coverage, { level: "full", missing: [] });
    assertEquals(differences(before, after), ids);
  });
}

/** Statements of a module beside declarations, and which piece differs after an edit of them. */
const STATEMENTS: readonly Case[] = [
  ["a member that is set", [["train.ts", "C.r = 1", "C.r = 2"]], ["train.ts#"]],
  ["a list that grows", [["train.ts", "R.push(f)", "R.push(g)"]], [
    "train.ts#",
  ]],
  ["Object.assign", [["train.ts", "{ a: 1 }", "{ a: 2 }"]], ["train.ts#"]],
  ["an order of values that are made", [[
    "train.ts",
    /(const one.*\n)(const two.*\n)/,
    "$2$1",
  ]], ["train.ts#"]],
  ["an order of plain values", [[
    "train.ts",
    /(const C.*\n)(const R.*\n)/,
    "$2$1",
  ]], []],
  ["a part of a pattern", [["train.ts", "{ p, q }", "{ q, p }"]], []],
  ["a value of a pattern", [["train.ts", "q: 2", "q: 3"]], [
    "train.ts#p",
    "train.ts#q",
  ]],
];

test("takeSnapshot: another function is the default", async () => {
  const of = (lib: string) =>
    snapshotOf({
      "train.ts": 'import f from "./lib.ts";\nf();\n',
      "lib.ts": lib,
    });
  const before = await of(
    "export default function f() { return g(); }\nfunction g() { return f(); }\n",
  );
  const after = await of(
    "function f() { return g(); }\nexport default function g() { return f(); }\n",
  );
  assertEquals(differences(before, after), ["lib.ts#f", "lib.ts#g"]);
});

const MODULE: Files = {
  "deno.json": "{}",
  "train.ts": `const C: Record<string, number> = {};
const R: unknown[] = [];
const one = Math.random();
const two = Math.random();
const { p, q } = { p: 1, q: 2 };
const f = () => one - two;
const g = () => p - q;
C.r = 1;
R.push(f);
Object.assign(C, { a: 1 });
console.log(f, g);
`,
};

for (const [name, edits, ids] of STATEMENTS) {
  test(`takeSnapshot: code that runs in a module: ${name}`, async () => {
    const before = await snapshotOf(MODULE);
    const files = edited(MODULE as Record<string, string>, edits);
    assertEquals(differences(before, await snapshotOf(files)), ids);
  });
}
