/** Tests of `ato doctor` and `ato completions`. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

interface Report {
  readonly healthy: boolean;
  readonly checks: readonly { readonly name: string; readonly level: string }[];
}

async function examine(db: string, ...more: string[]): Promise<Report> {
  return JSON.parse((await ato("doctor", "--json", "--db", db, ...more)).out);
}

test("ato doctor: a sound file is reported as sound, and is not changed", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const before = readFileSync(db);
    for (const more of [[], ["--full"]]) {
      const { code, out } = await ato("doctor", "--db", db, ...more);
      assertEquals(code, 0, out);
      assertMatch(out, /^ok {4}runs +1$/m);
      assertMatch(out, /^ok {4}schema +version \d+$/m);
    }
    assertEquals(readFileSync(db), before);
    assertEquals((await examine(db)).healthy, true);
  });
});

test("ato doctor: a torn page, garbage and a file of another program are detected", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const loss = Array.from({ length: 5000 }, (_, i) => i);
    await makeRun(db, { loss });
    const bytes = readFileSync(db);
    const torn = join(folder, "torn.db");
    const half = new Uint8Array(bytes);
    half.fill(
      0xaa,
      Math.floor(bytes.length / 2),
      Math.floor(bytes.length / 2) + 4096,
    );
    writeFileSync(torn, half);
    const report = await examine(torn, "--full");
    assertEquals(report.healthy, false);
    const rubbish = join(folder, "rubbish.db");
    writeFileSync(rubbish, "SQLite format 3\u0000" + "x".repeat(5000));
    assertEquals((await ato("doctor", "--db", rubbish)).code, 1);
    assertEquals((await ato("doctor", "--db", join(folder, "no.db"))).code, 2);
    assertEquals(statSync(torn).size, bytes.length);
  });
});

test("ato doctor: a newer file and points in the spill file are reported", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const { DatabaseSync } = await import("node:sqlite");
    const newer = join(folder, "newer.db");
    copyFileSync(db, newer);
    const file = new DatabaseSync(newer);
    file.exec("PRAGMA user_version = 99");
    file.close();
    const { code, out } = await ato("doctor", "--db", newer);
    assertEquals(code, 1);
    assertStringIncludes(out, "use a newer Ato");
  });
});

test(
  "ato completions: bash completes commands, options and verbs",
  { skip: bashMissing() },
  async () => {
    const { out } = await ato("completions", "bash");
    const complete = (...words: string[]) => {
      const line =
        `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); ` +
        `COMP_CWORD=${
          words.length - 1
        }; _ato 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync("bash", ["-c", `${out}\n${line}`], {
        encoding: "utf8",
      });
      return stdout.trim().split("\n");
    };
    assertEquals(complete("ato", "wh"), ["why"]);
    assertEquals(complete("ato", "plot", "--me"), ["--metric"]);
    assertEquals(complete("ato", "config", "con"), ["convert"]);
    assertEquals(new Set(complete("ato", "")).has("bisect"), true);
  },
);

function bashMissing(): string | false {
  return spawnSync("bash", ["-c", "true"]).status === 0
    ? false
    : "there is no bash here";
}

for (const shell of ["bash", "zsh", "fish"]) {
  test(`ato completions: the script for ${shell} names every command and is in that shell's language`, async (t) => {
    const { code, out } = await ato("completions", shell);
    assertEquals(code, 0);
    for (const name of Object.keys(COMMANDS)) {
      assertMatch(out, new RegExp(`\\b${name}\\b`));
    }
    const check = spawnSync(shell, ["-n"], { input: out, encoding: "utf8" });
    if (check.error) t.diagnostic(`syntax not checked: no ${shell} here`);
    else assertEquals([check.status, check.stderr], [0, ""]);
  });
}

test("ato completions: the nearest shell is suggested, and a shell is required", async () => {
  assertStringIncludes(
    (await ato("completions", "bsh")).err,
    "did you mean bash",
  );
  assertEquals((await ato("completions")).code, 2);
});
