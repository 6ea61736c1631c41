/** Tests of `ato report`. */
import { test } from "node:test";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** Writes a report of runs of a file and returns its text. */
async function report(
  folder: string,
  ...words: readonly string[]
): Promise<string> {
  const out = join(folder, "report.html");
  const db = join(folder, "runs.db");
  const { code, err } = await ato("report", ...words, "--out", out, "--db", db);
  assertEquals([code, err], [0, ""]);
  return readFileSync(out, "utf8");
}

test("ato report: two runs, why they differ, their config, what differs, and the curves", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { config: { lr: 0.1, depth: 4 }, loss: [3, 2, 1] });
    await makeRun(db, { config: { lr: 0.2, depth: 4 }, loss: [3, NaN, 0.5] });
    const text = await report(folder, "1", "2");
    const { out } = await ato("why", "1", "2", "--json", "--db", db);
    // The sentence of `ato why`, word for word.
    const { sentence } = JSON.parse(out);
    assertStringIncludes(text, sentence.replaceAll(">", "&gt;"));
    const [, differs = ""] = text.split("<h2>What differs</h2>");
    const table = differs.slice(0, differs.indexOf("</table>"));
    assertStringIncludes(table, "<code>lr</code>");
    assert(
      !table.includes("depth"),
      "a value that is the same does not differ",
    );
    assertEquals(text.match(/<code>depth<\/code>/g)?.length, 2);
    assertEquals(text.match(/<svg /g)?.length, 1);
    assertStringIncludes(text, "<title>run 2, step 2: 0.5</title>");
    assertStringIncludes(text, "1 not finite</title>");
    assertStringIncludes(text, "diverged at step 1");
  }));

test("ato report: a result that is not finite is said so", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db, { config: { lr: 1 }, loss: [3, 1] });
    await makeRun(db, { config: { lr: 2 }, loss: [3, NaN] });
    assertStringIncludes(
      await report(folder, "1", "2"),
      "<p>loss: 1 → not finite</p>",
    );
  }));

test("ato report: one run and three runs have no verdict", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (const lr of [1, 2, 3]) await makeRun(db, { config: { lr } });
    for (const words of [["1"], ["1", "2", "3"], ["1", "1"]]) {
      const text = await report(folder, ...words);
      assert(!text.includes('class="verdict"'), words.join());
      assertStringIncludes(text, "<h3>loss</h3>");
    }
    assertStringIncludes(await report(folder, "1", "2"), 'class="verdict"');
  }));

test("ato report: the page loads nothing and runs nothing; its policy allows its own style alone", () =>
  inFolder(async (folder) => {
    await makeRun(join(folder, "runs.db"));
    const text = await report(folder, "1");
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(text) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    assertStringIncludes(
      text,
      `<meta http-equiv="content-security-policy" content="default-src 'none'; ` +
        `style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    );
    assert(
      !/<script|<link|<img|<iframe|<object|\ssrc=|\shref=|url\(|@import|\sstyle=|\son\w+=/i
        .test(text),
    );
  }));

test("ato report: texts of the file stay texts", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const bad =
      `</title></style><script>alert(1)</script><img src=x onerror='alert(1)' x="`;
    const more = (
      logger: {
        logMetric: (...all: [string, number, number]) => void;
        logArtifact(path: string): void;
      },
    ) => {
      logger.logMetric(bad, 1, 0);
      logger.logArtifact(join(folder, bad.replaceAll("/", "")));
    };
    await makeRun(db, { config: { [bad]: bad }, tags: [bad], more });
    await makeRun(db, { config: { [bad]: `${bad}2` }, tags: [bad], more });
    await ato("note", "1", bad, "--db", db);
    const text = await report(folder, "1", "2");
    assert(text.includes("&lt;script&gt;"));
    const body = text.replace(/<style>[^]*?<\/style>/, "");
    assert(!/<script|<img|<\/style/i.test(body), "a text became markup");
    // Every tag is one that the report writes.
    const tags = new Set(
      [...body.matchAll(/<([a-z!][a-z0-9-]*)/gi)].map(([, tag]) => tag),
    );
    const known =
      "!doctype !-- html head meta title style body h1 h2 h3 p div span table thead tbody tr th td code pre details summary ul li figure svg rect text line path polygon polyline circle"
        .split(" ");
    assertEquals([...tags].filter((tag) => !known.includes(tag ?? "")), []);
  }));

test("ato report: code that differs is in the page only if that is asked for", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const { SQLLogger } = await import("../../tracker/mod.ts");
    const input = join(folder, "data");
    mkdirSync(input);
    for (const text of ["one", "two"]) {
      // The text of what differs is the list of the files.
      writeFileSync(join(input, `secret ${text}`), text);
      const logger = new SQLLogger({
        experiment: { projectName: "demo", sql: { dbPath: db } },
      });
      await logger.run();
      logger.logInput(input);
      logger.logMetric("loss", text === "one" ? 1 : 2, 0);
      logger.logConsole("stdout", new TextEncoder().encode("printed secret"));
      await logger.finish();
    }
    const plain = await report(folder, "1", "2");
    assert(!plain.includes("secret"), "sources and output are left out");
    const whole = await report(folder, "1", "2", "--with-sources");
    assertStringIncludes(whole, "secret two");
    assert(!whole.includes("printed secret"));
    assertStringIncludes(plain, "--with-sources");
  }));

test("ato report: only a report is replaced without --force, a database never, and no link is followed", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    await report(folder, "1");
    await report(folder, "1");
    const mode = statSync(join(folder, "report.html")).mode & 0o777;
    if (process.platform !== "win32") assertEquals(mode, 0o600);
    const mine = join(folder, "mine.html");
    writeFileSync(mine, "<!doctype html>\n<p>mine</p>");
    symlinkSync(mine, join(folder, "link.html"));
    const before = readFileSync(db);
    for (
      const [path, force, code] of [
        [mine, [], 2],
        [join(folder, "link.html"), [], 2],
        [db, [], 2],
        [db, ["--force"], 2],
        [folder, ["--force"], 2],
        [join(folder, "none", "report.html"), [], 2],
      ] as const
    ) {
      const said = await ato(
        "report",
        "1",
        "--out",
        path,
        ...force,
        "--db",
        db,
      );
      assertEquals([said.code, said.out], [code, ""], path);
      assertMatch(said.err, /^Cannot write /);
    }
    assertEquals(readFileSync(db), before);
    assertStringIncludes(readFileSync(mine, "utf8"), "mine");
    const { code } = await ato(
      "report",
      "1",
      "--out",
      mine,
      "--force",
      "--db",
      db,
    );
    assertEquals(code, 0);
    assertStringIncludes(readFileSync(mine, "utf8"), "written by ato report");
  }));

test("ato report: mistakes are sentences, and nothing is written", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const out = join(folder, "report.html");
    for (
      const [words, code, text] of [
        [["--out", out], 2, "name runs and a file"],
        [["1"], 2, "name runs and a file"],
        [["9", "--out", out], 1, "Cannot find run 9"],
        [["1", "--metric", "accuracy", "--out", out], 1, "no such metric"],
        [[..."1".repeat(21), "--out", out], 2, "at most 20"],
      ] as const
    ) {
      const said = await ato("report", ...words, "--db", db);
      assertEquals([said.code, said.out], [code, ""], words.join(" "));
      assertStringIncludes(said.err, text);
    }
    assert(!existsSync(out));
  }));

test("ato report: --json names the file", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const out = join(folder, "r.html");
    const said = await ato("report", "1", "--out", out, "--json", "--db", db);
    assertEquals(JSON.parse(said.out), { runs: [1], file: out });
  }));
