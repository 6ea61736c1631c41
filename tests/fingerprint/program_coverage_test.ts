import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { takeSnapshot } from "@ato/ato/fingerprint";
import { PROGRAM, snapshotOf, writeFiles } from "./_program_project.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig, IS_DENO, ROOT } from "../_shared/run_script.ts";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { join } from "node:path";
import { utimesSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const NO_FILE: readonly (readonly [entry: string, reason: string])[] = [
  ["file:///tmp/$deno$repl.mts", "the program is a REPL"],
  [
    "file:///tmp/$deno$eval.mts",
    "the program was given on the command line, not as a file",
  ],
  ["[eval]", "the program was given on the command line, not as a file"],
  ["file:///tmp/$deno$stdin.mts", "the program was read from standard input"],
  ["[stdin]", "the program was read from standard input"],
  ["-", "the program was read from standard input"],
  ["https://example.com/a.ts", "the program was loaded from the network"],
  ["jsr:@acme/train", "the program is a package"],
  ["data:text/javascript,1", "the program has no file"],
  ["", "the program has no file"],
];

for (const [entry, reason] of NO_FILE) {
  test(`takeSnapshot: no coverage for ${JSON.stringify(entry)}`, async () => {
    const { coverage, modules } = await takeSnapshot(entry);
    assertEquals(coverage, { level: "none", missing: [reason] });
    assertEquals(modules, []);
  });
}

test("takeSnapshot: an entry that is missing has no coverage", async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, "gone.ts");
    const { coverage } = await takeSnapshot(path);
    assertEquals(coverage, { level: "none", missing: [`${path} is missing`] });
  });
});

test("takeSnapshot: a module that changed since the process started is named", async () => {
  await withTempFolder(async (folder) => {
    writeFiles(folder, PROGRAM);
    const entry = pathToFileURL(join(folder, "train.ts")).href;
    const before = await takeSnapshot(entry, { processStart: 0 });
    const names = before.modules.map(({ path }) =>
      `${path}: changed since the process started`
    );
    assertEquals(before.coverage, { level: "partial", missing: names });
    const after = await takeSnapshot(entry, { processStart: Date.now() + 1e6 });
    assertEquals(after.coverage.level, "full");
  });
});

test("takeSnapshot: a file that was put back by its date is still changed", async () => {
  await withTempFolder(async (folder) => {
    writeFiles(folder, { "train.ts": "1;\n" });
    const path = join(folder, "train.ts");
    utimesSync(path, 1, 1);
    const { coverage } = await takeSnapshot(path, { processStart: 60_000 });
    assertEquals(coverage.level, "partial");
  });
});

test("takeSnapshot: beyond the limit, hashes stay and texts are left out", async () => {
  const all = await snapshotOf(PROGRAM);
  const some = await snapshotOf(PROGRAM, { most: 100 });
  assertEquals(some.modules, all.modules);
  assert(some.texts.size < all.texts.size);
  assertEquals(some.coverage.missing.length, 1);
  assert(/^the text of \d+ files is not kept/.test(some.coverage.missing[0]!));
  assertEquals(all.coverage.missing, []);
});

test("takeSnapshot: texts are those of the files, to the byte", async () => {
  const files = { "train.ts": "\uFEFF// a\r\nlet x;\r\n", "deno.json": "{}\n" };
  const { texts, modules } = await snapshotOf(files);
  assertEquals([...texts.values()].sort(), Object.values(files).sort());
  assertEquals(texts.get(modules[0]!.sha256), files["train.ts"]);
});

const WHOLE: readonly (readonly [
  name: string,
  text: string | Uint8Array,
  missing: string,
])[] = [
  [
    "a large generated file",
    `export const x = [${"1, ".repeat(2_000_000)}];\n`,
    "big.ts has 5.7 MB, which is too large to be parsed; it is compared as a whole",
  ],
  [
    "a file that is nested beyond the stack",
    `const x = ${"[".repeat(20_000)}${"]".repeat(20_000)};\n`,
    "big.ts is nested too deeply to be parsed; it is compared as a whole",
  ],
  [
    "a file that is not UTF-8",
    new Uint8Array([0x2f, 0x2f, 0xff, 0xfe, 0x0a]),
    "big.ts is not UTF-8; it is compared as a whole",
  ],
];

for (const [name, text, missing] of WHOLE) {
  test(`takeSnapshot: ${name} is one piece`, async () => {
    const snapshot = await snapshotOf({
      "train.ts": 'import "./big.ts";\n',
      "big.ts": text,
    });
    const [, module] = snapshot.modules;
    assertEquals(module!.pieces.map(({ kind, name }) => [kind, name]), [
      ["file", ""],
    ]);
    assertEquals(module!.pieces[0]!.hash, `ato-file-v1:${module!.sha256}`);
    assertEquals(snapshot.coverage, { level: "partial", missing: [missing] });
  });
}

test("takeSnapshot: a file with a syntax error is one piece, and the reason is said", async () => {
  const { modules, coverage } = await snapshotOf({ "train.ts": "let = = 1\n" });
  assertEquals(modules[0]!.pieces.map(({ kind }) => kind), ["file"]);
  assertEquals(coverage.level, "partial");
  assert(
    /^train\.ts cannot be parsed: .*; it is compared as a whole$/.test(
      coverage.missing[0]!,
    ),
    coverage.missing[0],
  );
});

const DENIED: readonly (readonly [
  path: string,
  coverage: (folder: string) => unknown,
])[] = [
  ["", (folder) => ({
    level: "none",
    missing: [
      `${join(folder, "train.ts")} may not be read; add --allow-read=${folder}`,
    ],
  })],
  ["data.json", (folder) => ({
    level: "partial",
    missing: [
      `train.ts:6: ./data.json may not be read; add --allow-read=${
        join(folder, "data.json")
      }`,
    ],
  })],
];

for (const [path, expected] of DENIED) {
  test(
    `takeSnapshot: what may not be read is said, without a prompt: ${
      path || "all"
    }`,
    { skip: !IS_DENO },
    async () => {
      await withTempFolder((folder) => {
        writeFiles(folder, PROGRAM);
        const script = new URL("./_program_unpermitted.ts", import.meta.url);
        const { stdout, stderr } = spawnSync(process.execPath, [
          "run",
          `--config=${denoConfig()}`,
          "--no-check",
          "--allow-read",
          `--deny-read=${join(folder, path)}`,
          fileURLToPath(script),
          join(folder, "train.ts"),
        ], { encoding: "utf8", cwd: ROOT });
        assertEquals(stderr, "");
        assertEquals(JSON.parse(stdout), expected(folder));
      });
    },
  );
}
