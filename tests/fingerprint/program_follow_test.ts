import { test } from "node:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { type Files, snapshotOf } from "./_program_project.ts";

/** A project, the modules that its entry reaches besides itself, and what is missing. */
interface Case {
  readonly name: string;
  readonly files: Files;
  readonly modules?: readonly string[];
  readonly missing?: readonly string[];
  readonly packages?: Readonly<Record<string, string>>;
  readonly entry?: string;
  readonly prepare?: (folder: string) => void;
}

const X = "export const x = 1;\n";

const CASES: readonly Case[] = [
  {
    name: "imports, re-exports and stars",
    files: {
      "train.ts": 'import "./a.ts";\nexport { x } from "./b.ts";\n' +
        'export * from "./c.ts";\nexport * as d from "./d.ts";\n',
      "a.ts": X,
      "b.ts": X,
      "c.ts": X,
      "d.ts": X,
    },
    modules: ["a.ts", "b.ts", "c.ts", "d.ts"],
  },
  {
    name: "a circle of imports",
    files: {
      "train.ts": 'import "./a.ts";\n',
      "a.ts": 'export * from "./b.ts";\nimport { y } from "./b.ts";\ny;\n',
      "b.ts": 'export * from "./a.ts";\nimport { y } from "./a.ts";\ny;\n',
    },
    modules: ["a.ts", "b.ts"],
  },
  {
    name: "dynamic imports whose address the source tells",
    files: {
      "train.ts": `const C = "./c.ts";
await import("./a.ts");
await import(\`./b.ts\`);
await import(C);
await import(new URL("d.ts", import.meta.url).href);
await import("./" + "e.ts");
`,
      "a.ts": X,
      "b.ts": X,
      "c.ts": X,
      "d.ts": X,
      "e.ts": X,
    },
    modules: ["a.ts", "b.ts", "c.ts", "d.ts", "e.ts"],
  },
  {
    name: "a computed import is not known",
    files: {
      "train.ts": "const name = Deno.args[0];\n\nawait import(name);\n",
    },
    missing: ["train.ts:3: the module of a computed import is not known"],
  },
  {
    name: "workers",
    files: {
      "train.ts": `import { Worker as Thread } from "node:worker_threads";
new Worker(new URL("./a.ts", import.meta.url), { type: "module" });
new Worker(import.meta.resolve("./b.ts"));
new Worker("./c.ts");
const url = new URL("./d.ts", import.meta.url);
new Thread(url);
const later = new URL("./e.ts", import.meta.url);
start(later);
new URL("./out/result.js", import.meta.url);
`,
      "a.ts": 'import "./f.ts";\n',
      "b.ts": X,
      "c.ts": X,
      "d.ts": X,
      "e.ts": X,
      "f.ts": X,
    },
    modules: ["a.ts", "b.ts", "c.ts", "d.ts", "e.ts", "f.ts"],
  },
  {
    name: "a computed worker is not known",
    files: { "train.ts": "new Worker(Deno.args[0]);\n" },
    missing: ["train.ts:1: the module of a computed worker is not known"],
  },
  {
    name: "a class of a package that is called Worker starts no module",
    files: {
      "deno.json": "{}",
      "deno.lock":
        '{ "version": "5", "specifiers": { "npm:bullmq@5": "5.0.1" } }',
      "train.ts":
        'import { Worker } from "npm:bullmq@5";\nnew Worker(queue, run);\n',
    },
    packages: { "npm:bullmq": "5.0.1" },
  },
  {
    name: "data files",
    files: {
      "train.ts": `import a from "./a.json" with { type: "json" };
import b from "./b.txt" with { type: "text" };
import c from "./c.bin" with { type: "bytes" };
const d = await import("./d.json", { with: { type: "json" } });
console.log(a, b, c, d);
`,
      "a.json": "{}",
      "b.txt": "b",
      "c.bin": new Uint8Array([255, 0, 254]),
      "d.json": "[]",
    },
    modules: ["a.json", "b.txt", "c.bin", "d.json"],
  },
  {
    name: "CommonJS",
    entry: "train.cjs",
    files: {
      "train.cjs": `const { a } = require("./a");
const b = require("./b.cjs");
const c = require("./c");
const d = require("./d.json");
require("node:fs");
if (a) return;
with (b) console.log(c, d);
`,
      "a.js": "exports.a = 010;\n",
      "b.cjs": "module.exports = () => 1;\n",
      "c/index.js": "exports.c = 1;\n",
      "d.json": "1",
    },
    modules: ["a.js", "b.cjs", "c/index.js", "d.json"],
  },
  {
    name: "a computed require is not known",
    entry: "train.cjs",
    files: { "train.cjs": "require(process.argv[2]);\n" },
    missing: ["train.cjs:1: the module of a computed require is not known"],
  },
  {
    name: "sources of compiled names, and names without extensions",
    files: {
      "train.ts": 'import "./a.js";\nimport "./b";\nimport "./c";\n',
      "a.ts": X,
      "b.tsx": X,
      "c/index.ts": X,
    },
    modules: ["a.ts", "b.tsx", "c/index.ts"],
  },
  {
    name: "members of npm's and pnpm's workspaces, linked packages",
    entry: "apps/run/train.ts",
    files: {
      "package.json": '{ "workspaces": ["apps/*"] }',
      "pnpm-workspace.yaml": "packages:\n  - 'libs/*'\n",
      "apps/run/package.json":
        '{ "name": "run", "dependencies": { "linked": "file:../../other" } }',
      "apps/run/train.ts":
        'import "helper";\nimport "pnpm-one";\nimport "linked";\nimport "symbolic";\n',
      "apps/helper/package.json":
        '{ "name": "helper", "exports": "./index.js" }',
      "apps/helper/index.js": X,
      "libs/one/package.json": '{ "name": "pnpm-one", "main": "main.js" }',
      "libs/one/main.js": X,
      "other/package.json": '{ "name": "linked" }',
      "other/index.js": X,
      "src/package.json": '{ "name": "symbolic", "exports": "./s.js" }',
      "src/s.js": X,
      "apps/run/node_modules/.keep": "",
    },
    prepare: (folder) =>
      symlinkSync(
        join(folder, "src"),
        join(folder, "apps/run/node_modules/symbolic"),
      ),
    modules: [
      "apps/helper/index.js",
      "libs/one/main.js",
      "other/index.js",
      "src/s.js",
    ],
  },
  {
    name: "a package in node_modules is a version, also behind a link",
    files: {
      "package.json": '{ "dependencies": { "real": "^1.0.0" } }',
      "node_modules/.store/real/node_modules/real/package.json":
        '{ "name": "real", "version": "1.2.3" }',
      "node_modules/.store/real/node_modules/real/index.js": X,
      "train.ts": 'import "real";\n',
    },
    prepare: (folder) =>
      symlinkSync(
        join(folder, "node_modules/.store/real/node_modules/real"),
        join(folder, "node_modules/real"),
      ),
    packages: { "npm:real": "1.2.3" },
  },
  {
    name: "a remote module is not followed",
    files: { "train.ts": '\nimport "https://example.com/x.ts";\n' },
    missing: [
      "train.ts:2: https://example.com/x.ts is a remote module, which is not followed",
    ],
  },
  {
    name: "a missing module",
    files: { "train.ts": 'import "./gone.ts";\n' },
    missing: ["train.ts:1: ./gone.ts is missing"],
  },
  {
    name: "a folder is no module",
    files: { "train.ts": 'import "./lib.ts";\n', "lib.ts/a.txt": "" },
    missing: ["train.ts:1: ./lib.ts is not a file"],
  },
  {
    name: "a link to itself",
    files: { "train.ts": 'import "./loop.ts";\n' },
    prepare: (folder) => symlinkSync("loop.ts", join(folder, "loop.ts")),
    missing: ["train.ts:1: ./loop.ts is a link to itself"],
  },
  {
    name: "a file outside of the root",
    entry: "app/train.ts",
    files: {
      "app/deno.json": "{}",
      "app/train.ts": 'import "../shared/x.ts";\n',
      "shared/x.ts": X,
    },
    modules: ["../shared/x.ts"],
  },
  {
    name: "a package without a known version",
    files: { "deno.json": "{}", "train.ts": 'import "npm:ms@^2";\n' },
    missing: [
      "the version of npm:ms is not known: there is no lock file, and the package is not installed in node_modules",
    ],
  },
];

for (const { name, files, entry, prepare, ...expected } of CASES) {
  test(`takeSnapshot: what is followed: ${name}`, async () => {
    const { modules, coverage, packages } = await snapshotOf(files, {
      ...(entry !== undefined && { entry }),
      ...(prepare !== undefined && { prepare }),
    });
    const [, ...others] = modules.map(({ path }) => path);
    const missing = expected.missing ?? [];
    assertEquals(others, expected.modules ?? []);
    assertEquals(coverage, {
      level: missing.length === 0 ? "full" : "partial",
      missing,
    });
    assertEquals(packages, expected.packages ?? {});
  });
}
