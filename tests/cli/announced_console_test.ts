/** Runs that a program recorded itself have what it printed under `ato run`. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { addAnnouncedConsole } from "../../cli/run/announced_console.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";
import { SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { ato, inFolder } from "./_lib.ts";

test("ato run: ato logs shows what a script printed that logs its run itself", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    writeFileSync(
      join(folder, "deno.json"),
      '{ "imports": { "@ato/ato": "jsr:@ato/ato@^0.1.0" } }',
    );
    const script = join(folder, "train.ts");
    writeFileSync(
      script,
      `import { SQLLogger } from "@ato/ato";
console.log("before");
const experiment = { projectName: "p", sql: { dbPath: ${JSON.stringify(db)} } };
const logger = new SQLLogger({ lr: 0.1, experiment });
await logger.run();
console.error("within");
await logger.finish();
console.log("after");
`,
    );
    const said = await ato("run", "--db", db, "--", ...commandOf(script));
    assertEquals(said.code, 0, said.err);
    const finder = new SQLFinder(db);
    const [run, ...others] = await finder.getRunsInProject("p");
    await finder.close();
    assertEquals(others, []);
    const logs = await ato("logs", String(run!.id), "--db", db);
    for (const line of ["before", "within", "after"]) {
      assertStringIncludes(logs.out, `${line}\n`);
    }
    const errors = ["--stream", "stderr", "--db", db];
    const { out } = await ato("logs", String(run!.id), ...errors);
    // Node warns of its SQLite there, too.
    assertStringIncludes(out, "within\n");
    assert(!out.includes("before"), out);
  });
});

test("ato run: of several runs each has what was printed while it was running", async () => {
  await inFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    let time = 1_000_000;
    const loggerOf = (projectName: string) =>
      new SQLLogger({ experiment: { projectName, sql: { dbPath } } }, {
        now: () => time,
      });
    const launcher = loggerOf("launcher");
    const id = await launcher.run();
    const own: AnnouncedRun[] = [];
    const print = (text: string) => {
      // A piece has the time of its first byte. Two of these lines do not fit in one.
      const line = text.padEnd(40_000);
      launcher.logConsole("stdout", new TextEncoder().encode(`${line}\n`));
      time += 60_000;
    };
    print("first of all");
    for (const name of ["one", "two"]) {
      const logger = loggerOf("own");
      const runId = await logger.run();
      own.push({ path: dbPath, id: runId, uuid: logger.runUuid! });
      time += 1_000;
      print(`in ${name}`);
      await logger.finish();
      time += 1_000;
      print(`after ${name}`);
    }
    await launcher.finish();
    const said: string[] = [];
    await addAnnouncedConsole(
      own,
      { path: dbPath, id },
      (one) => said.push(one),
    );
    const finder = new SQLFinder(dbPath);
    const texts = await Promise.all(own.map(async ({ id }) => {
      const parts = await finder.consoleOf(id);
      return [
        parts[0]?.start,
        ...parts.map(({ bytes }) => new TextDecoder().decode(bytes).trim()),
      ];
    }));
    await finder.close();
    assertEquals(texts, [
      [0, "first of all", "in one", "after one"],
      [0, "in two", "after two"],
    ]);
    assertEquals(said, []);
  });
});
