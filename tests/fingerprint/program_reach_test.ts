import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type ProgramSnapshot, takeSnapshot } from "@ato/ato/fingerprint";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { type Files, snapshotOf, writeFiles } from "./_program_project.ts";

/** What a program holds besides `lib.ts`, and the pieces of `lib.ts` that are used. */
type Case = readonly [name: string, files: Files, used: readonly string[]];

const LIB = `export const a = (): number => b();
function b(): number { return 1; }
export const c = 2;
export class K { m(): number { return c; } }
export default function d(): number { return c; }
`;
const ALL = ["K", "K.m", "a", "b", "c", "d"];

const CASES: readonly Case[] = [
  ["nothing is named", { "train.ts": 'import "./lib.ts";\n' }, []],
  ["a name is imported and not used", {
    "train.ts": 'import { a } from "./lib.ts";\n',
  }, []],
  ["a function is called", {
    "train.ts": 'import { a } from "./lib.ts";\na();\n',
  }, ["a", "b"]],
  ["a class", {
    "train.ts": 'import { K as L } from "./lib.ts";\nnew L();\n',
  }, ["K", "K.m", "c"]],
  ["the default", { "train.ts": 'import x from "./lib.ts";\nx();\n' }, [
    "c",
    "d",
  ]],
  ["by a function that nothing calls", {
    "train.ts": 'import { a } from "./lib.ts";\nfunction f() { a(); }\n',
  }, []],
  ["by an unused export of the entry", {
    "train.ts": 'import { a } from "./lib.ts";\nexport function f() { a(); }\n',
  }, []],
  ["by the default export of the entry, which a runtime may call", {
    "train.ts":
      'import { a } from "./lib.ts";\nexport default { fetch: () => a() };\n',
  }, ["a", "b"]],
  ["by a value that is made when the module runs", {
    "train.ts": 'import { a } from "./lib.ts";\nconst x = [a()];\n',
  }, ["a", "b"]],
  ["by a getter that may be called when the module runs", {
    "train.ts": 'import { a } from "./lib.ts";\nconst x = a.rate;\n',
  }, ["a", "b"]],
  ["by an iterator that may be called when the module runs", {
    "train.ts": 'import { a } from "./lib.ts";\nconst x = new Set(a);\n',
  }, ["a", "b"]],
  ["by a static block", {
    "train.ts": 'import { a } from "./lib.ts";\nclass X { static { a(); } }\n',
  }, ["a", "b"]],
  ["by a pattern with a default", {
    "train.ts": 'import { a } from "./lib.ts";\nconst { x = a() } = {};\n',
  }, ["a", "b"]],
  ["a member of a namespace", {
    "train.ts": 'import * as lib from "./lib.ts";\nlib.a();\n',
  }, ["a", "b"]],
  ["a computed member of a namespace", {
    "train.ts": 'import * as lib from "./lib.ts";\nlib[name]();\n',
  }, ALL],
  ["a namespace that is handed on", {
    "train.ts": 'import * as lib from "./lib.ts";\nrun(lib);\n',
  }, ALL],
  ["a namespace in a shorthand property", {
    "train.ts": 'import * as lib from "./lib.ts";\nrun({ lib });\n',
  }, ALL],
  ["a dynamic import", {
    "train.ts": 'const { a } = await import("./lib.ts");\na();\n',
  }, ALL],
  ["a worker", {
    "train.ts": 'new Worker(new URL("./lib.ts", import.meta.url));\n',
  }, []],
  ["a URL that is handed on", {
    "train.ts": 'start(new URL("./lib.ts", import.meta.url));\n',
  }, ALL],
  ["eval", {
    "train.ts": 'import { a } from "./lib.ts";\neval("a()");\n',
  }, ["a", "b"]],
  ["eval in a function that nothing calls", {
    "train.ts":
      'import { a, c } from "./lib.ts";\nfunction f() { eval("a()"); }\n',
  }, ["a", "b", "c"]],
  ["require", {
    "train.ts": 'import r from "./r.cjs";\nr;\n',
    "r.cjs": 'module.exports = require("./lib.ts");\n',
  }, ALL],
  ["re-exports", {
    "train.ts": 'import { x } from "./index.ts";\nx();\n',
    "index.ts": 'export { a as x } from "./re.ts";\n',
    "re.ts": 'export * from "./lib.ts";\n',
  }, ["a", "b"]],
  ["a re-exported namespace", {
    "train.ts": 'import { lib } from "./index.ts";\nlib.a();\n',
    "index.ts": 'export * as lib from "./lib.ts";\n',
  }, ALL],
  ["a re-export that nothing uses", {
    "train.ts": 'import { y } from "./index.ts";\ny();\n',
    "index.ts": 'export { a } from "./lib.ts";\nexport const y = () => 1;\n',
  }, []],
  ["a module that hands out its address", {
    "train.ts": 'import "./lib.ts";\n',
    "lib.ts": `${LIB}run(import.meta.url, "a");\n`,
  }, ["", ...ALL]],
  ["a module that compares its address", {
    "train.ts": 'import "./lib.ts";\n',
    "lib.ts": `${LIB}if (import.meta.url === x) run();\n`,
  }, [""]],
];

for (const [name, files, used] of CASES) {
  test(`takeSnapshot: what is used: ${name}`, async () => {
    const { modules } = await snapshotOf({ "lib.ts": LIB, ...files });
    const lib = modules.find(({ path }) => path === "lib.ts");
    const reachable = lib?.pieces.filter((one) => one.reachable) ?? [];
    assertEquals(reachable.map((one) => one.name).sort(), used);
  });
}

const JSON_CASES: readonly (readonly [string, boolean])[] = [
  ["data.k", true],
  ["1", false],
];

for (const [use, isUsed] of JSON_CASES) {
  test(`takeSnapshot: whether data is used: ${use}`, async () => {
    const { modules } = await snapshotOf({
      "train.ts":
        `import data from "./d.json" with { type: "json" };\nrun(${use});\n`,
      "d.json": "{}",
    });
    assertEquals(modules[1]!.pieces[0]!.reachable, isUsed);
  });
}

test("takeSnapshot: a file that is used as a module and as data is followed, and said", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const lines = [
      'import text from "./a.ts" with { type: "text" };',
      'import { x } from "./a.ts";',
    ];
    const { modules, coverage } = await snapshotOf({
      "train.ts": `${order.map((i) => lines[i]).join("\n")}\nrun(text, x);\n`,
      "a.ts": 'export { x } from "./b.ts";\n',
      "b.ts": "export const x = 1;\n",
    });
    const paths = modules.map(({ path }) => path);
    assertEquals(paths, ["train.ts", "a.ts", "b.ts"]);
    assertEquals(coverage.level, "partial");
    assertEquals(coverage.missing.length, 1);
  }
});

test("takeSnapshot: an entry that is no module says that what it uses is missing", async () => {
  const { modules, coverage } = await snapshotOf({ "train.py": "import x\n" }, {
    entry: "train.py",
  });
  assertEquals(modules[0]!.pieces.map((one) => [one.kind, one.reachable]), [
    ["data", true],
  ]);
  assertEquals(coverage, {
    level: "partial",
    missing: ["train.py: what it uses is not recorded"],
  });
});

test("takeSnapshot: also: all that a module exports is used, with what that imports; what is no file is said", async () => {
  const folder = makeTempFolder("program");
  try {
    writeFiles(folder, {
      "deno.json": "{}",
      "train.ts": "export const own = 1;\n",
      "job.ts": `import { a } from "./lib.ts";
export const objective = (): number => a();
const idle = 1;
`,
      "lib.ts": LIB,
      "other.ts": "export const other = 1;\n",
    });
    const address = (path: string) => pathToFileURL(join(folder, path)).href;
    const take = (...also: string[]) =>
      takeSnapshot(join(folder, "train.ts"), { processStart: Infinity, also });
    const used = ({ modules }: ProgramSnapshot) =>
      modules.flatMap(({ path, pieces }) =>
        pieces.filter(({ kind, reachable }) =>
          kind !== "statements" && reachable
        )
          .map(({ name }) => `${path}#${name}`)
      );
    const without = await take();
    assertEquals(without.modules.map(({ path }) => path), ["train.ts"]);
    assertEquals(used(without), []);
    const found = await take(address("job.ts"));
    assertEquals(found.entry, "train.ts");
    assertEquals(found.modules.map(({ path }) => path), [
      ...["train.ts", "job.ts", "lib.ts"],
    ]);
    assertEquals(used(found), ["job.ts#objective", "lib.ts#a", "lib.ts#b"]);
    assertEquals(found.coverage, { level: "full", missing: [] });
    const same = await take(`${address("train.ts")}?x=1`);
    assertEquals(used(same), ["train.ts#own"]);
    const far = await take("https://example.com/job.ts", address("gone.ts"));
    assertEquals(far.coverage.level, "partial");
    assertEquals(far.coverage.missing.length, 2);
    assertStringIncludes(
      far.coverage.missing.join(),
      "https://example.com/job.ts is not a file, so it is not followed",
    );
    assertStringIncludes(far.coverage.missing.join(), "gone.ts");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
