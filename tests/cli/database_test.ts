/** The file that `--db` names; an unusable name never becomes a file. */
import { test } from "node:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** Names that are refused, and the reason. */
const ODD: [name: string, says: string][] = [
  ["~/runs.db", "write the whole path"],
  ["sqlite:runs.db", "write sqlite:///runs.db"],
  ["sqlite:///runs.db?mode=ro", "write sqlite:///runs.db"],
  ["postgresql://host/runs", "only SQLite is supported"],
  ["sqlite://", "name a file"],
  ...process.platform === "win32"
    ? []
    : [["sqlite:///C:\\runs\\x.db", "path of Windows"] as [string, string]],
];

test("--db: an unusable name is an error of one sentence, for commands that read and that create a file", async () => {
  await inFolder(async (folder) => {
    const other = join(folder, "other.db");
    await makeRun(other);
    for (const [name, says] of ODD) {
      for (
        const words of [
          ["runs", "--db", name],
          ["merge", other, "--db", name],
          ["import", other, "--db", name],
        ]
      ) {
        const { code, err } = await ato(...words);
        assertEquals(code, 2, `${words.join(" ")}: ${err}`);
        assertStringIncludes(err, says);
        assertEquals(err.trimEnd().split("\n").length, 1, err);
      }
    }
    for (const name of ["~", "sqlite:runs.db", "C:\\runs\\x.db", ":memory:"]) {
      assertEquals(existsSync(name), false, name);
    }
    assertEquals(readdirSync(folder), ["other.db"]);
  });
});

test("--db: a path and a URL name the same file", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    await makeRun(path);
    const [plain, url] = [
      await ato("runs", "--db", path),
      await ato("runs", "--db", `sqlite:///${path}`),
    ];
    assertEquals([plain.code, plain.err], [0, ""]);
    assertEquals(url, plain);
    const made = join(folder, "made.db");
    assertEquals(
      (await ato("import", path, "--db", `sqlite:///${made}`)).code,
      0,
    );
    assertEquals(existsSync(made), true);
  });
});
