import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { snapshotOf } from "./_program_project.ts";

/** A statement of a module with `scope`, and the names of its views. */
type Case = readonly [code: string, views: readonly string[]];

const VIEWS: readonly Case[] = [
  ["scope.observe(function v(config) { config.lr = 1; });", ["v"]],
  ["scope.observe({ default: true }, (config) => { config.lr = 1; });", [
    "observe 1",
  ]],
  ["scope.observe()((config) => (config.lr = 1));", ["observe 1"]],
  ["scope.observe({ lazy: true })(function v(c) { c.a.b = c.x * 2; });", ["v"]],
  ["many.observe((c) => { if (c.big) { c.lr /= 10; } else c.lr++; });", [
    "observe 1",
  ]],
  ["scope.observe((c) => { const w = Math.max(c.w, 1); c.w = [w, -w]; });", [
    "observe 1",
  ]],
  ["scope.observe((c) => { const { model } = c; model.lr = 1; });", []],
  ["scope.observe((c) => { Object.assign(c.model, { depth: BASE }); });", [
    "observe 1",
  ]],
  ["scope.observe((c) => { delete c.lr; });", ["observe 1"]],
  ["function v(c: any) { c.lr = 1; }\nscope.observe(v);", ["v"]],
  ["const v = (c: any) => { c.lr = 1; };\nscope.observe()(v);", ["v"]],
  ["const v = scope.observe((c) => { c.lr = 1; });", ["v"]],
  ["other.observe((c) => { c.lr = 1; });", ["observe 1"]],
  [
    "scope.observe((c) => { c.a = 1; });\nscope.observe((c) => { c.b = 1; });",
    ["observe 1", "observe 2"],
  ],
  ["scope.observe((c) => { c.at = new Date().toISOString().slice(0, 10); });", [
    "observe 1",
  ]],
  ["scope.observe((c) => { c.id = crypto.randomUUID(); });", ["observe 1"]],
  ["scope.observe((c) => { c.name = `${c.name.trim()}-${Date.now()}`; });", [
    "observe 1",
  ]],
  // A view that does more.
  ["scope.observe((c) => { c.lr = rate(); });", []],
  ["scope.observe((c) => { shared = c.lr; });", []],
  ["scope.observe((c) => { BASE.x = c.lr; });", []],
  ["scope.observe((c) => { c.lr = Math.random(); });", []],
  ["scope.observe((c) => { c.f = () => 1; });", []],
  ["scope.observe((c) => { for (const k of c.list) c[k] = 1; });", []],
  ["scope.observe(async (c) => { c.lr = await 1; });", []],
  ["scope.observe((c, d) => { c.lr = 1; });", []],
  ["scope.observe(({ model }) => { model.lr = 1; });", []],
  ["scope.observe((c) => { c.lr = c.rate(); });", []],
  ["scope.observe((c) => { c.lr = helper.slice(1); });", []],
  ["scope.observe({ default: decide() })((c) => { c.lr = 1; });", []],
  ["scope.observe(imported);", []],
  // A function that is called elsewhere, too.
  ["function v(c: any) { c.lr = 1; }\nscope.observe(v);\nv({});", []],
  // What is no scope.
  ["element.observe((c) => { c.lr = 1; });", []],
  ["mine.observe((c) => { c.lr = 1; });", []],
  ["scope.watch((c) => { c.lr = 1; });", []],
];

const HEAD = `import { MultiScope, Scope } from "@ato/ato/scope";
import { Scope as Mine } from "./mine.ts";
import { imported, other } from "./other.ts";
const scope = new Scope();
const many = new MultiScope(scope);
const mine = new Mine();
const element = new IntersectionObserver(() => {});
const BASE = { x: 1 };
const rate = () => 1;
let shared = 0;
`;

for (const [code, views] of VIEWS) {
  test(`takeSnapshot: views that only set the config: ${code}`, async () => {
    const { modules } = await snapshotOf({
      "deno.json": "{}",
      "train.ts": `${HEAD}${code}\n`,
      "mine.ts": "export class Scope { observe(f: unknown) {} }\n",
      "other.ts": 'import { Scope } from "@ato/ato";\n' +
        "export const other = new Scope();\n" +
        "export const imported = (c) => { c.lr = 1; };\n",
    });
    const found = modules[0]!.pieces.filter(({ kind }) => kind === "view");
    assertEquals(found.map(({ name }) => name), views);
  });
}

test("takeSnapshot: a view is no part of the statements; any other function is", async () => {
  const hashOf = async (code: string) => {
    const { modules } = await snapshotOf({ "train.ts": `${HEAD}${code}\n` });
    return modules[0]!.pieces.find(({ name }) => name === "")!.hash;
  };
  const without = await hashOf("");
  const view = await hashOf("scope.observe((c) => { c.lr = 1; });");
  const more = await hashOf("scope.observe((c) => { c.lr = rate(); });");
  assertEquals([view === without, more === without], [true, false]);
});
