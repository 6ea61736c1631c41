import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { RunsReply } from "../../dashboard/api_types.ts";
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
