import { test } from "node:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { quickFiles } from "../../tools/quick_files.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Written in two parts, so that this file itself counts as one that starts no processes. */
const CHILD_PROCESS = `"node:${"child_process"}"`;
const COMMAND = `Deno.${"Command"}`;

/** Lists the quick tests of a folder with these files. */
async function quickOf(
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const folder = makeTempFolder("quick");
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const quick = await quickFiles(folder);
    return quick.map((path) => path.slice(folder.length + 1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STARTS: Readonly<Record<string, string>> = {
  "an import of child_process": `import { spawn } from ${CHILD_PROCESS};`,
  "an import in several lines":
    `import {\n  spawn,\n  fork,\n} from ${CHILD_PROCESS};`,
  "a dynamic import": `const { spawn } = await import(${CHILD_PROCESS});`,
  "Deno's own command": `new ${COMMAND}("deno").spawn();`,
};

for (const [what, text] of Object.entries(STARTS)) {
  test(`quickFiles: a test that starts processes is not quick: ${what}`, async () => {
    const files = { "a_test.ts": text, "b_test.ts": `import "node:test";` };
    assertEquals(await quickOf(files), ["b_test.ts"]);
  });
}

const IMPORTS: Readonly<Record<string, string>> = {
  "by a name": `import { run } from "./_run.ts";`,
  "in several lines": `import {\n  run,\n} from "./_run.ts";`,
  "for its side effects": `import "./_run.ts";`,
  "dynamically": `await import("./_run.ts");`,
  "dynamically, in several lines": `await import(\n  "./_run.ts"\n);`,
  "by another helper": `import { b } from "./deep/_b.ts";`,
  "by a helper that exports it again": `export * from "./deep/_c.ts";`,
};

for (const [how, text] of Object.entries(IMPORTS)) {
  test(`quickFiles: a test whose helper starts processes is not quick: imported ${how}`, async () => {
    const files = {
      "_run.ts": `import { spawn } from ${CHILD_PROCESS};`,
      "deep/_b.ts": `import "../_run.ts";`,
      "deep/_c.ts": `export { run } from "../_run.ts";`,
      "a_test.ts": text,
    };
    assertEquals(await quickOf(files), []);
  });
}

test("quickFiles: helpers that import each other, and texts of programs, are no error", async () => {
  const files = {
    "_a.ts": `import "./_b.ts";`,
    "_b.ts": `import "./_a.ts";`,
    "a_test.ts": 'import "./_a.ts";\nconst text = `import "./missing.ts";`;',
    "sub/b_test.ts": `import "../_a.ts";`,
  };
  assertEquals(await quickOf(files), ["a_test.ts", "sub/b_test.ts"]);
});

test("quickFiles: most tests of the repository are quick, and those of processes are not", async () => {
  const files = await quickFiles();
  assert(files.includes("tests/adict/adict_test.ts"));
  assert(files.includes("tests/tools/quick_files_test.ts"));
  assert(!files.includes("tests/tracker/processes_test.ts"));
  assert(!files.includes("tests/package/binary_test.ts"));
});
