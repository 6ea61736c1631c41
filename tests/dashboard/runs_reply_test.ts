import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { RunsReply } from "../../dashboard/api_types.ts";
import { RunTable } from "../../dashboard/server/run_table.ts";
import { openForWriting, SQLFinder } from "../../tracker/mod.ts";
import { makeRun, withDashboard } from "./_lib.ts";

test("dashboard: each page gets the newest runs first, also when the server has read all", () =>
  withDashboard(async (dbPath) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(dbPath, { runs: 500, points: 2_000 });
  }, async ({ get, dbPath }) => {
    const ask = async (since?: number): Promise<RunsReply> => {
      const more = since === undefined ? "" : `&since=${since}`;
      return (await get(`/api/runs?project=big${more}`)).body;
    };
    for (const page of ["first", "second"]) {
      const first = await ask();
      assertEquals(first.isComplete, false, page);
      assertEquals(first.ids.length, 200, page);
      assertEquals(Math.min(...first.ids), 301, page);
      let reply = first;
      const ids = new Set(first.ids);
      while (!reply.isComplete) {
        reply = await ask(reply.version);
        for (const id of reply.ids) ids.add(id);
      }
      assertEquals(ids.size, 500, page);
      // What comes after is only what changed.
      assertEquals((await ask(reply.version)).ids, [], page);
    }
    const before = await ask(0);
    const id = await makeRun(dbPath, { project: "big" });
    assertEquals((await ask(before.version)).ids, [id]);
  }));

/** Reads the table as the page does. */
async function allIds(
  get: (path: string) => Promise<{ readonly body: RunsReply }>,
): Promise<Set<number>> {
  let { body } = await get("/api/runs?project=big");
  const ids = new Set(body.ids);
  while (!body.isComplete) {
    ({ body } = await get(`/api/runs?project=big&since=${body.version}`));
    for (const id of body.ids) ids.add(id);
  }
  return ids;
}

for (
  const [what, from, to] of [
    ["one of the newest runs", 490, 490],
    ["as many runs one after the other as are read at once", 150, 450],
  ] as const
) {
  test(`dashboard: ${what} that cannot be read does not hide the older ones`, () =>
    withDashboard(async (dbPath) => {
      const { writeBigFile } = await import("./_big_file.ts");
      await writeBigFile(dbPath, { runs: 500, points: 2_000 });
      const file = await openForWriting(dbPath);
      file.exec(
        `UPDATE experiments SET tags = '[' WHERE id BETWEEN ${from} AND ${to}`,
      );
      file.close();
    }, async ({ get, warnings }) => {
      const damaged = to - from + 1;
      assertEquals((await allIds(get)).size, 500 - damaged);
      assertEquals(warnings.length, damaged);
    }));
}

test("dashboard: a run that left the file leaves the table, and the others stay", () =>
  withDashboard(async (dbPath) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(dbPath, { runs: 450, points: 2_000 });
  }, async ({ dbPath }) => {
    const finder = new SQLFinder(dbPath);
    let now = 0;
    const table = new RunTable(finder, {
      project: "big",
      onWarning: () => {},
      now: () => now,
    });
    do await table.refresh(); while (!table.isComplete);
    const { version } = table;
    const file = await openForWriting(dbPath);
    file.exec("UPDATE experiments SET deleted_at = start_time WHERE id = 7");
    file.close();
    now = 60_000;
    await table.refresh();
    const reply = await table.reply({ since: version }, () => []);
    assertEquals([reply.isWhole, reply.ids.length], [true, 449]);
    assertEquals(reply.ids.includes(7), false);
    await finder.close();
  }));
