import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  type ParseCache,
  type ProgramSnapshot,
  takeSnapshot,
} from "@ato/ato/fingerprint";
import {
  differences,
  factorsOf,
  PROGRAM,
  snapshotOf,
  writeFiles,
} from "./_program_project.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Without what says where the project is. */
function portable({ root: _, texts, ...rest }: ProgramSnapshot): unknown {
  return { ...rest, texts: [...texts] };
}

class MemoryCache implements ParseCache {
  readonly facts = new Map<string, string>();
  writes = 0;

  get(key: string): string | undefined {
    return this.facts.get(key);
  }

  set(key: string, facts: string): void {
    this.writes++;
    this.facts.set(key, facts);
  }
}

test("takeSnapshot: the same project in another folder gives an equal snapshot", async () => {
  const [here, there] = [await snapshotOf(PROGRAM), await snapshotOf(PROGRAM)];
  assertNotEquals(here.root, there.root);
  assertEquals(portable(here), portable(there));
});

test("takeSnapshot: a snapshot from stored facts is equal, and parses nothing", async () => {
  const cache = new MemoryCache();
  const cold = await snapshotOf(PROGRAM, { cache });
  const writes = cache.writes;
  const warm = await snapshotOf(PROGRAM, { cache });
  assert(writes > 5);
  assertEquals(cache.writes, writes);
  assertEquals(portable(warm), portable(cold));
});

test("takeSnapshot: the facts of a file are stored by its content, not by its name", async () => {
  const cache = new MemoryCache();
  await snapshotOf({ "train.ts": "let x = 1;\n" }, { cache });
  const files = { "train.ts": "let x = 2;\n", "b.ts": "let x = 1;\n" };
  const { modules } = await snapshotOf(files, { cache });
  const known = await snapshotOf(files);
  assertEquals(modules, known.modules);
  await snapshotOf(files, { cache, entry: "b.ts" });
  assertEquals(cache.writes, 2);
});

test("takeSnapshot: a cache that holds nonsense does no harm", async () => {
  const texts = ["", "{", "null", "1", "[]", '"x"', "{}"];
  for (const text of texts) {
    const cache = { get: () => text, set: () => {} };
    const { modules, coverage } = await snapshotOf(PROGRAM, { cache });
    assertEquals(modules, (await snapshotOf(PROGRAM)).modules);
    assertEquals(coverage.level, "full");
  }
});

/** Changes of a line that mean nothing. */
const NOISE: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => `\n${line}`,
  (line) => `// comment\n${line}`,
  (line) => `/* a\n b */ ${line}`,
  (line) => `${line} // const x = 1;`,
  (line) => `   \t${line}`,
  (line) => `${line}   `,
  (line) => line.replace(/, /g, " ,\n "),
  (line) => line.replace(/: number/g, ": any"),
  (line) => line.replace(/"/g, "'"),
  (line) => `${line}\r`,
];

const MODULES = Object.keys(PROGRAM).filter((path) => path.endsWith(".ts"));

test("takeSnapshot: comments, formatting and types change no hash", async () => {
  const before = await snapshotOf(PROGRAM);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(NOISE.length - 1), { minLength: 40, maxLength: 60 }),
      async (picks) => {
        const noisy = { ...PROGRAM };
        let i = 0;
        for (const path of MODULES) {
          noisy[path] = PROGRAM[path]!.split("\n").map((line) =>
            NOISE[picks[i++ % picks.length]!]!(line)
          ).join("\n");
        }
        const after = await snapshotOf(noisy);
        assertEquals(after.coverage, { level: "full", missing: [] });
        assertEquals(differences(before, after), []);
      },
    ),
    { numRuns: 40 },
  );
});

test("takeSnapshot: a byte order mark and Windows line ends change no hash", async () => {
  const before = await snapshotOf(PROGRAM);
  const windows = Object.fromEntries(
    Object.entries(PROGRAM).map(([path, text]) => [
      path,
      path.endsWith(".ts") ? "\uFEFF" + text.replaceAll("\n", "\r\n") : text,
    ]),
  );
  const after = await snapshotOf(windows);
  assertEquals(differences(before, after), []);
  assertNotEquals(before.modules[0]!.sha256, after.modules[0]!.sha256);
});

/** Programs whose pieces have the same hashes on every runtime. */
const PINNED: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("./program_hashes.json", import.meta.url), "utf8"),
);

test("takeSnapshot: hashes are the same on every runtime", async () => {
  const snapshot = await snapshotOf({
    ...PROGRAM,
    "src/types.ts": "export enum Kind { A = 1 }\nexport interface Shape {}\n",
    "src/noise.ts":
      'import { Kind } from "./types.ts";\nexport const noise = (x: number) => x + Kind.A;\n',
  });
  assertEquals(Object.fromEntries(factorsOf(snapshot)), PINNED);
});

test("takeSnapshot: paths are relative to the root that is given", async () => {
  await withTempFolder(async (folder) => {
    writeFiles(folder, { "a/train.ts": 'import "../b.ts";\n', "b.ts": "1;\n" });
    const of = async (root?: string) => {
      const { modules, entry } = await takeSnapshot(
        join(folder, "a/train.ts"),
        { processStart: Infinity, ...(root !== undefined && { root }) },
      );
      return [entry, ...modules.map(({ path }) => path)];
    };
    assertEquals(await of(folder), ["a/train.ts", "a/train.ts", "b.ts"]);
    assertEquals(await of(join(folder, "a")), [
      "train.ts",
      "train.ts",
      "../b.ts",
    ]);
  });
});

const ROOTS: readonly (readonly [
  name: string,
  files: Record<string, string>,
  entry: string,
])[] = [
  [
    "version control",
    { ".git/HEAD": "", "src/a/train.ts": "" },
    "src/a/train.ts",
  ],
  ["a manifest that is nearer", {
    ".git/HEAD": "",
    "src/package.json": "{}",
    "src/a/train.ts": "",
  }, "a/train.ts"],
  ["pyproject.toml", {
    ".git/HEAD": "",
    "src/pyproject.toml": "",
    "src/a/train.ts": "",
  }, "a/train.ts"],
  ["a workspace, not its member", {
    "deno.json": '{ "workspace": ["./src"] }',
    "src/deno.json": "{}",
    "src/a/train.ts": "",
  }, "src/a/train.ts"],
  ["a manifest that is no member", {
    "deno.json": '{ "workspace": ["./other"] }',
    "src/deno.json": "{}",
    "src/a/train.ts": "",
  }, "a/train.ts"],
];

for (const [name, files, entry] of ROOTS) {
  test(`takeSnapshot: the root is the folder of ${name}`, async () => {
    const snapshot = await snapshotOf(files, { entry: "src/a/train.ts" });
    assertEquals(snapshot.entry, entry);
  });
}
