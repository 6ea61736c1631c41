/** The file of a run is deleted, renamed or replaced while a process logs to it. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chooseDriver, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { type Child, configIn, inFolder, start } from "./_helpers.ts";

const COUNT = 30;
const ALL = Array.from({ length: COUNT }, (_, i) => i);

/** Something that happens to the file; `other` is a sound database with a run of 50 points. */
interface Case {
  readonly name: string;
  readonly act: (path: string, other: string) => void;
  /** The one line that says so. */
  readonly said: RegExp;
  /** Whether the file must also have the run of the other one at the end. */
  readonly joins?: boolean;
}

const CASES: readonly Case[] = [
  {
    name: "deleted",
    act: (path) => rmSync(path),
    said: /deleted or renamed .* continues in a new file .* has all of the run/,
  },
  {
    name: "deleted with all that SQLite keeps beside it",
    act: (path) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(path + end);
    },
    said: /deleted or renamed .* has all of the run/,
  },
  {
    name: "renamed",
    act: (path) => renameSync(path, `${path}.old`),
    said: /deleted or renamed .* has all of the run/,
  },
  {
    name: "replaced by another database",
    act: (path, other) => renameSync(other, path),
    said:
      /was replaced by another file .* continues in that one; it has all of/,
    joins: true,
  },
];

/** Returns what SQLite finds wrong with a file. */
async function check(path: string): Promise<unknown> {
  const connection = (await chooseDriver()).connect(path);
  const rows = connection.prepare("PRAGMA integrity_check").all();
  connection.close();
  return rows.map((row) => row["integrity_check"]);
}

async function makeOther(folder: string): Promise<string> {
  const path = join(folder, "other.db");
  const logger = new SQLLogger({
    experiment: { projectName: "demo", sql: { dbPath: path } },
  });
  await logger.run({ tags: ["other"] });
  for (let i = 0; i < 50; i++) logger.logMetric("other", i);
  await logger.finish();
  return path;
}

/** Starts a process that logs, and does something to its file midway. */
async function runThrough(
  folder: string,
  act: (path: string) => void,
): Promise<Child> {
  const go = join(folder, "go");
  const child = start("_child.ts", ["halves", folder, go, String(COUNT - 10)]);
  await child.line("half");
  act(join(folder, "runs.db"));
  writeFileSync(go, "");
  assertEquals(await child.ended, { code: 0, signal: null }, child.stderr());
  return child;
}

/** Returns the one line that a process printed. */
function saidBy(child: Child): string {
  const said = child.stderr().split("\n").filter((line) =>
    line.startsWith("ato: ")
  );
  assertEquals(said.length, 1, child.stderr());
  return said[0]!;
}

/** Reads the run that was logged in two halves, and that of the other file. */
async function readRuns(path: string) {
  const finder = new SQLFinder(path);
  const runs = await finder.getRunsInProject("demo");
  const ours = runs.filter((run) => run.tags.includes("halves"));
  assertEquals(ours.length, 1);
  const run = ours[0]!;
  const { points } = await run.metrics.points("loss");
  const summary = (await run.metrics.summary("loss"))!;
  const found = {
    status: run.status,
    steps: points.map(({ step }) => step),
    values: points.map(({ value }) => value * 2),
    count: summary.count,
    last: summary.last,
    artifacts: run.artifacts.map(({ metadata }) => metadata),
    others: await Promise.all(
      runs.filter((one) => one.tags.includes("other")).map(async (one) =>
        (await one.metrics.summary("other"))?.count
      ),
    ),
  };
  await finder.close();
  return found;
}

const WHOLE = {
  status: "completed",
  steps: ALL,
  values: ALL,
  count: COUNT,
  last: (COUNT - 1) / 2,
  artifacts: [{ a: 1 }],
};

for (const { name, act, said, joins } of CASES) {
  test(`SQLLogger: a file that is ${name} during a run: nothing is lost or damaged, and one line says so`, async () => {
    await inFolder(async (folder) => {
      const other = await makeOther(folder);
      const path = join(folder, "runs.db");
      const child = await runThrough(folder, () => act(path, other));
      assertMatch(saidBy(child), said);
      assertEquals(await readRuns(path), {
        ...WHOLE,
        others: joins ? [50] : [],
      });
      const databases = readdirSync(folder).filter((file) =>
        file.endsWith(".db") || file.endsWith(".old")
      );
      for (const file of databases) {
        assertEquals(await check(join(folder, file)), ["ok"], file);
      }
      const old = join(folder, "runs.db.old");
      if (!existsSync(old)) return;
      // The renamed file has everything up to then.
      const finder = new SQLFinder(old);
      const summary = await (await finder.findRun(1))?.metrics.summary("loss");
      assertEquals(summary?.count !== undefined && summary.count >= 10, true);
      await finder.close();
    });
  });
}

test("SQLLogger: a folder that is deleted during a run is made again, and nothing is lost", async () => {
  await inFolder(async (parent) => {
    const folder = join(parent, "runs");
    const path = join(folder, "runs.db");
    const go = join(parent, "go");
    const child = start("_child.ts", ["halves", folder, go, "20"]);
    await child.line("half");
    rmSync(folder, { recursive: true });
    writeFileSync(go, "");
    assertEquals(await child.ended, { code: 0, signal: null }, child.stderr());
    assertMatch(saidBy(child), /has all of the run/);
    assertEquals(await readRuns(path), { ...WHOLE, others: [] });
  });
});

const USELESS: [string, (path: string) => void, RegExp][] = [
  [
    "no database",
    (path) =>
      writeFileSync(path, "not a database, but a long text ".repeat(99)),
    /it is not a sound SQLite database/,
  ],
  [
    "the database of a newer Ato",
    (path) => {
      // The version that SQLite keeps in the header, at bytes 60 to 63.
      const bytes = readFileSync(path);
      bytes.writeUInt32BE(99, 60);
      writeFileSync(path, bytes);
    },
    /its schema version is 99/,
  ],
];
for (const [name, spoil, said] of USELESS) {
  test(`SQLLogger: a file that is replaced by ${name}: it is not changed, and the whole run is in a spill file`, async () => {
    await inFolder(async (folder) => {
      const other = await makeOther(folder);
      spoil(other);
      const before = readFileSync(other);
      const path = join(folder, "runs.db");
      const child = await runThrough(
        folder,
        (path) => renameSync(other, path),
      );
      assertMatch(saidBy(child), said);
      assertEquals(before.equals(readFileSync(path)), true);

      rmSync(path);
      const next = new SQLLogger(configIn(folder));
      await next.run();
      await next.finish();
      assertEquals(await readRuns(path), { ...WHOLE, others: [] });
      assertEquals(
        readdirSync(folder).filter((file) => file.endsWith(".jsonl")),
        [],
      );
    });
  });
}

test("SQLLogger: a copy that replaces the file is brought up to date, and has the run once", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    const copy = join(folder, "copy.db");
    const { mergeRuns } = await import("../../tracker/mod.ts");
    const go = join(folder, "go");
    const child = start("_child.ts", ["halves", folder, go, "20"]);
    await child.line("half");
    await mergeRuns(copy, path);
    renameSync(copy, path);
    writeFileSync(go, "");
    assertEquals(await child.ended, { code: 0, signal: null }, child.stderr());
    assertMatch(saidBy(child), /replaced by another file/);
    assertEquals(await readRuns(path), { ...WHOLE, others: [] });
  });
});
