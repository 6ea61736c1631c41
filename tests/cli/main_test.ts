import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SQLLogger } from "@ato/ato/tracker";
import { main } from "../../cli/main.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { Terminal } from "../../cli/terminal.ts";
import { sentenceOf } from "../../cli/user_error.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig } from "../_shared/run_script.ts";

async function ato(
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const terminal = new Terminal({
    write: (text) => void (out += text),
    warn: (text) => void (err += text),
  });
  return { code: await main(args, terminal), out, err };
}

async function withRuns(fn: (db: string) => Promise<void>): Promise<void> {
  const folder = makeTempFolder("cli");
  try {
    const db = join(folder, "runs.db");
    for (const [lr, loss] of [[0.1, 0.5], [0.01, 0.3], [0.001, NaN]] as const) {
      const logger = new SQLLogger({
        lr,
        model: { name: lr > 0.05 ? "big" : "small" },
        experiment: { projectName: "p", sql: { dbPath: db } },
      });
      await logger.run({
        name: `\u001b[31mred\u0007 ${lr}`,
        tags: lr > 0.05 ? ["fast"] : [],
      });
      logger.logMetric("loss", 1, 0);
      logger.logMetric("loss", loss, 1);
      await logger.finish();
    }
    await fn(db);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("ato --help: lists every command, and each has examples", async () => {
  const { code, out } = await ato("--help");
  assertEquals(code, 0);
  for (const name of Object.keys(COMMANDS)) {
    assertMatch(out, new RegExp(`^  ${name} `, "m"));
    const help = await ato(name, "--help");
    assertEquals(help.code, 0);
    assertStringIncludes(help.out, `ato ${name}`);
    assertStringIncludes(help.out, "Examples");
  }
  assertEquals((await ato()).code, 2);
  assertMatch((await ato("--version")).out, /^\d+\.\d+\.\d+\n$/);
});

const MISTAKES: [string[], string][] = [
  [["rusn"], "did you mean runs?"],
  [["frobnicate"], "`ato --help` lists them"],
  [["__proto__"], "no such command"],
  [["runs", "--tga", "x"], "did you mean --tag?"],
  [["runs", "--db", "/nowhere/x.db"], "no such file"],
  [["why", "1", "--db", "/nowhere/x.db"], "no such file"],
];

for (const [args, message] of MISTAKES) {
  test(`ato ${args.join(" ")}: a mistake is one sentence`, async () => {
    const { code, out, err } = await ato(...args);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, message);
    assertEquals(err.trim().split("\n").length, 1);
  });
}

test("main: mistakes about runs, projects and conditions", async () => {
  await withRuns(async (db) => {
    const cases: [string[], string][] = [
      [["why"], "name two runs, as in `ato why 1 2`, or one"],
      [["why", "1", "2", "3"], "name two runs"],
      [["why", "1", "99"], "no run has this id"],
      [["why", "1", "2", "--metric", "nope"], "no such metric"],
      [["runs", "nope"], "Cannot find project nope"],
      [["runs", "lr<>"], "no runs"],
      [["runs", "--since", "tomorrowish"], "Cannot read the date"],
      [["runs", "--limit=-1"], "whole number"],
      [["runs", "--limit", "-1"], "ambiguous"],
      [["why", "\u001b[2J", "1"], "\\u001b[2J"],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await ato(...args, "--db", db);
      assertStringIncludes(err, message, args.join(" "));
      assertEquals(code === 0, false);
    }
  });
});

test("main: a file that is not a database is named in one sentence", async () => {
  await withRuns(async (db) => {
    const file = join(db, "..", "text.db");
    writeFileSync(
      file,
      "no database at all, just some text that is long enough to be read",
    );
    const { code, err } = await ato("runs", "--db", file);
    assertEquals(code, 2);
    assertStringIncludes(err, "text.db");
  });
});

test("ato runs: conditions, tags, sorting, columns, hostile names", async () => {
  await withRuns(async (db) => {
    const ids = async (...words: string[]) => {
      const { out } = await ato("runs", ...words, "--json", "--db", db);
      return JSON.parse(out).map((run: { id: number }) => run.id);
    };
    assertEquals(await ids(), [3, 2, 1]);
    assertEquals(await ids("lr<0.05"), [3, 2]);
    assertEquals(await ids("lr<0.05", "model.name=small", "loss<0.4"), [2]);
    assertEquals(await ids("min:loss<=0.5"), [2, 1]);
    assertEquals(await ids("loss>0"), [2, 1], "NaN fits no condition");
    assertEquals(await ids("--tag", "fast"), [1]);
    assertEquals(await ids("--status", "completed", "--limit", "1"), [3]);
    assertEquals(await ids("--sort", "lr"), [3, 2, 1]);
    assertEquals(await ids("--sort=-lr"), [1, 2, 3]);
    const { out } = await ato("runs", "p", "--columns", "lr,loss", "--db", db);
    assertMatch(out, /^run {2}started +status +lr +loss +name/m);
    assertMatch(
      out,
      /^ {2}1 .* completed +0\.1 +0\.5 +\\u001b\[31mred\\u0007 0\.1 +fast$/m,
    );
    assertEquals(out.includes("\u001b"), false);
  });
});

const isDeno = navigator.userAgent.startsWith("Deno/");

for (
  const [command, sentence] of [
    ["rusn", "did you mean runs?"],
    [
      "runs",
      'Cannot continue: Requires env access to "ATO_DB", run again with the --allow-env flag\n',
    ],
  ] as const
) {
  test(
    `ato ${command}: without the permission for the environment, an error is a sentence`,
    {
      skip: !isDeno,
    },
    () => {
      const done = spawnSync(process.execPath, [
        ...["run", "--no-prompt", "--allow-read"],
        ...["--config", denoConfig()],
        ...["cli.ts", command],
      ], { encoding: "utf8" });
      assertEquals(done.status, 2);
      assertStringIncludes(done.stderr, sentence);
      assertEquals(done.stderr.includes("    at "), false, done.stderr);
    },
  );
}

test("sentenceOf: a permission that a runtime denies is no fault of ato", () => {
  const denied = Object.assign(new Error("Use --allow-fs-read"), {
    code: "ERR_ACCESS_DENIED",
    resource: "/data/a\u001b.csv",
  });
  assertEquals(
    sentenceOf(denied),
    "Cannot use /data/a\\u001b.csv: Use --allow-fs-read",
  );
  const other = Object.assign(new Error("x"), { code: "ERR_OTHER" });
  assertStringIncludes(sentenceOf(other), "this is a fault of ato");
});
