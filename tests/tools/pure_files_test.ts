import { test } from "node:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { ASKING, isPure, PURE, withoutPure } from "../../tools/pure_files.ts";
import { testFiles } from "../../tools/test_files.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Tells whether a test in a listed room is pure; its helpers are `_a.ts` and `_shared/python.ts`. */
async function judge(
  text: string,
  { path = "tests/adict/x_test.ts", helper = "" } = {},
): Promise<boolean> {
  const folder = makeTempFolder("pure");
  try {
    const files = {
      [path]: text,
      "tests/adict/_a.ts": helper,
      "tests/_shared/python.ts": `import "node:${"child_process"}";`,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return await isPure(path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const COMPUTES: Readonly<Record<string, string>> = {
  "text and numbers": 'import { ADict } from "@ato/ato/adict";',
  "files of test data": 'import { readFileSync } from "node:fs";',
  "a type of what is bound":
    'import type {\n  Run,\n} from "@ato/ato/program";\nimport type { A } from "node:process";',
  "Python, by the helper": 'import "../_shared/python.ts";',
  "a comment that names a process": "// In each process. Deno. Then",
};

for (const [what, text] of Object.entries(COMPUTES)) {
  test(`isPure: a test of a listed room is pure if it uses ${what}`, async () => {
    assertEquals(await judge(text), true);
    assertEquals(await judge("", { helper: text }), true);
    const path = "tests/tracker/x_test.ts";
    assertEquals(await judge(text, { path }), false);
  });
}

/** Written in parts, so that this file itself is pure. */
const BOUND: Readonly<Record<string, string>> = {
  "processes": `import { spawn } from "node:${"child_process"}";`,
  "threads": `await import("node:${"worker_threads"}");`,
  "the process": `import process from "node:${"process"}";`,
  "stripped types": `import { register } from "node:${"module"}";`,
  "a database": `import { DatabaseSync } from "node:${"sqlite"}";`,
  "Deno": `${"Deno"}.exit();`,
  "the whole package": `import { ADict } from "@ato/${"ato"}";`,
  "the command line": `import { main } from "../../${"cli"}/main.ts";`,
  "a stand-in of a database": `import { Database } from "@db/${"sqlite"}";`,
  "the tracker": `const logger = new ${"SQL"}Logger(config);`,
  "modules on disk": `await ${"fingerprint"}Deep(f, { module });`,
  "workers": `await ${"run"}Study(study, objective);`,
  "names of both, a type and a value":
    `import { type A, run } from "node:${"process"}";`,
};

for (const [what, text] of Object.entries(BOUND)) {
  test(`isPure: a test that uses ${what} is not pure, whatever its room`, async () => {
    assertEquals(await judge(text), false);
    const helper = { helper: text };
    assertEquals(await judge('import "./_a.ts";', helper), false);
    assertEquals(await judge("", helper), true);
  });
}

/** What a test of a command may use, and what it may not. */
const COMMANDS: Readonly<Record<string, readonly [text: string, boolean]>> = {
  "the command line, in this process": [
    `import { main } from "../../${"cli"}/main.ts";`,
    true,
  ],
  "a logger": [`const logger = new ${"SQL"}Logger(config);`, true],
  "a database, to damage a file": [
    `import { DatabaseSync } from "node:${"sqlite"}";`,
    true,
  ],
  "processes": [`import { spawn } from "node:${"child_process"}";`, false],
  "threads": [`await import("node:${"worker_threads"}");`, false],
  "the process": [`import process from "node:${"process"}";`, false],
  "the program of a run": [`import { take } from "@ato/ato/program";`, false],
  "the code of a function": [`scope.${"trace"}({ id: "step" })(step);`, false],
  "a driver": [
    `import { loadNodeDriver } from "../../${"tracker"}/drivers/node_sqlite.ts";`,
    false,
  ],
  "the command line as a program": [
    `import "../../${"cli"}.ts";`,
    false,
  ],
};

for (const [what, [text, expected]] of Object.entries(COMMANDS)) {
  test(`isPure: a test of a command that uses ${what} runs ${expected ? "once" : "everywhere"}`, async () => {
    const path = "tests/cli/x_test.ts";
    assertEquals(await judge(text, { path }), expected);
    const through = { path, helper: text };
    assertEquals(await judge('import "../adict/_a.ts";', through), expected);
    assertEquals(
      await judge(text, { path: "tests/cli/golden_test.ts" }),
      false,
    );
    assertEquals(await judge(text, { path: "tests/tracker/x_test.ts" }), false);
  });
}

test("PURE: each entry has pure tests, and the newest Node runs the others", async () => {
  const all = await testFiles(["tests"]);
  const others = await withoutPure(all);
  const pure = all.filter((path) => !others.includes(path));
  for (const start of [...PURE, ...ASKING]) {
    assert(pure.some((path) => path.startsWith(start)), start);
  }
  for (const path of others) {
    if (!path.startsWith("tests/adict/")) continue;
    assert(/^tests\/adict\/(?:adict|files)_test\.ts$/.test(path), path);
  }
  const bound = "tracker examples scope/main fingerprint/deep " +
    "fingerprint/program hyperopt/workers hyperopt/kill why/planted " +
    "cli/damage cli/golden cli/merge cli/main_ cli/run_ cli/repeat cli/options";
  for (const start of bound.split(" ")) {
    assert(others.some((path) => path.startsWith(`tests/${start}`)), start);
    assert(!pure.some((path) => path.startsWith(`tests/${start}`)), start);
  }
});
