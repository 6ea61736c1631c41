import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { javascriptLaunch } from "../../observe/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { WORDS } from "./_grant_words.ts";

const split = (words: string) => words.split(" ").filter(Boolean);

test("javascriptLaunch: deno gets a grant for the observations, unless that changes what the program may do", () => {
  for (const [words, granted] of WORDS) {
    for (const deno of ["deno", "/opt/bin/deno"]) {
      const { command } = javascriptLaunch("/a", {}, [deno, ...split(words)]);
      const grant = "--allow-write=/a/observations";
      const expected = (granted || words).replace("GRANT", grant);
      assertEquals(command, [deno, ...split(expected)], words);
    }
  }
});

test("javascriptLaunch: the deno of the search path adds the same grant to the next one", () =>
  withTempFolder((folder) => {
    const { files, env } = javascriptLaunch(folder, process.env, []);
    const shim = files.find(({ path }) => path === "bin/deno");
    mkdirSync(join(folder, "bin"));
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "bin/deno"), shim?.text ?? "", { mode: 0o700 });
    const real = `#!/bin/sh\nprintf '%s|' "$@"\n`;
    writeFileSync(join(folder, "real/deno"), real, { mode: 0o700 });
    const path = env["PATH"]?.replace(":", `:${folder}/real:`) ?? "";
    const all = WORDS.map(([words]) => `deno ${words} 'two words'; echo`);
    const { stdout } = spawnSync("/bin/sh", ["-c", all.join("\n")], {
      encoding: "utf8",
      env: { PATH: path },
    });
    const grant = `--allow-write=${folder}/observations`;
    const expected = WORDS.map(([words, granted]) =>
      [...split((granted || words).replace("GRANT", grant)), "two words", ""]
        .join("|")
    );
    assertEquals(stdout.trim().split("\n"), expected);
  }));

test("javascriptLaunch: what was set stays behind what is added", () => {
  const env = { NODE_OPTIONS: "--no-warnings", PATH: "/bin" };
  const launch = javascriptLaunch("/a b", env, ["sh", "run.sh"]);
  assertEquals(launch.command, ["sh", "run.sh"]);
  assertEquals(launch.env, {
    ATO_OBSERVE: "/a b/observations",
    NODE_OPTIONS: `--require "/a b/observer.cjs" --no-warnings`,
    PATH: "/a b/bin:/bin",
  });
});
