import { test } from "node:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { IS_DENO } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  observe,
  type Observed,
  scriptCommand,
  seenOf,
  variablesIn,
  writeFiles,
} from "./_javascript.ts";
import { OWN_CALLS } from "./_javascript_calls.mjs";
import { OWN_USES, variableOf } from "./_javascript_environment.mjs";

/** A row of the table of uses of the environment. */
interface Use {
  readonly name: string;
  readonly reads: readonly string[];
}

const uses: readonly Use[] = OWN_USES;
const fixture = (name: string) =>
  fileURLToPath(new URL(`_javascript_${name}.mjs`, import.meta.url));
const CALLS = fixture("calls");
const USES = fixture("environment");
const FACTS = fixture("facts");
const ERRORS = fixture("errors");

test("observer.cjs: sees what each call does to its file, and no more", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    mkdirSync(cwd);
    for (const i of OWN_CALLS.keys()) {
      writeFiles(cwd, { [`${i}.txt`]: "", [`${i}.dir/inner.txt`]: "inner" });
    }
    const { lines, stdout, stderr, status } = observe(
      scriptCommand(CALLS, "all"),
      { cwd },
    );
    assertEquals([status, stdout], [0, ""], stderr);
    for (const [i, { name, sees }] of OWN_CALLS.entries()) {
      assertEquals(seenOf(lines, join(cwd, `${i}.txt`)), sees, name);
    }
  }));

test("observer.cjs: a variable is read by its name, and never by an enumeration", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    mkdirSync(cwd);
    const env = Object.fromEntries(
      uses.map((_, i) => [variableOf(i, "SET"), `value ${i}`]),
    );
    const { lines, stderr } = observe(scriptCommand(USES, "all"), { cwd, env });
    assertEquals(stderr, "");
    const seen = variablesIn(lines);
    for (const [i, { name, reads }] of uses.entries()) {
      const names = ["SET", "NONE"].filter((kind) =>
        seen.has(variableOf(i, kind))
      );
      assertEquals(names, reads, name);
      const values = names.map((kind) => seen.get(variableOf(i, kind)));
      const started = reads.map((kind) => kind === "SET" ? `value ${i}` : null);
      assertEquals(values, started, name);
    }
    const others = [...seen.keys()].filter((name) => !name.startsWith("USE"));
    assertEquals(others, []);
  }));

test("observer.cjs: a program sees the same functions, errors and environment as without it", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    mkdirSync(cwd);
    const env = { A: "1", B: "2", NODE_OPTIONS: "" };
    const command = scriptCommand(FACTS, "word");
    const [bare, observed] = [true, false].map((isBare) =>
      observe(command, { cwd, env, isBare })
    );
    assertEquals(bare?.lines, []);
    assertNotEquals(observed?.lines, []);
    assertEquals(factsOf(observed), factsOf(bare));
  }));

test("observer.cjs: an error has the same stack trace as without it", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    mkdirSync(cwd);
    const command = scriptCommand(ERRORS, "all");
    const [bare, observed] = [true, false].map((isBare) =>
      observe(command, { cwd, isBare })
    );
    assertNotEquals(observed?.lines, []);
    assert(!bare?.stdout.includes("did not fail"), bare?.stdout);
    assertEquals(factsOf(observed), factsOf(bare));
  }));

/** Calls of {@linkcode ERRORS} whose error nothing handles. */
const UNHANDLED = IS_DENO
  ? ["Deno.readTextFileSync", "fs.readFileSync", "Worker", "children.spawn"]
  : ["fs.readFileSync", "promises.readFile", "DatabaseSync", "children.spawn"];

for (const name of UNHANDLED) {
  test(`observer.cjs: ${name} fails and nothing handles it: the program prints the same and has the same exit code`, () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      mkdirSync(cwd);
      const [bare, observed] = [true, false].map((isBare) =>
        observe(scriptCommand(ERRORS, name), { cwd, isBare })
      );
      assertEquals(bare?.status, 1);
      assertNotEquals(observed?.lines, []);
      assertEquals(factsOf(observed), factsOf(bare));
    }));
}

/** Programs that fail without a call that is observed, or in a callback. */
const FAILURES: readonly string[] = [
  `fs.readFile("missing", (error) => { throw error; })`,
  `Promise.reject(new Error("own"))`,
];

test("observer.cjs: a program that fails prints the same and has the same exit code", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    for (const [i, code] of FAILURES.entries()) {
      writeFiles(cwd, {
        [`${i}.mjs`]: `import fs from "node:fs";\n${code};\n`,
      });
      const [bare, observed] = [true, false].map((isBare) =>
        factsOf(observe(scriptCommand(`${i}.mjs`), { cwd, isBare }))
      );
      assertEquals(observed, bare, code);
    }
  }));

/** The lines that a program printed, without its process id. */
function factsOf(observed: Observed | undefined): string[] {
  const { status, stdout = "", stderr = "" } = observed ?? {};
  const text = `${status}\n${stdout}\n${stderr}`;
  return text.replaceAll(/\(node:\d+\)/g, "(node)").split("\n");
}
