import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { makeRun, withDashboard } from "./_lib.ts";

test("dashboard: a curve has the times of its parts if they are asked for", () =>
  withDashboard(
    (dbPath) =>
      makeRun(dbPath, {
        metrics: { loss: Array.from({ length: 20_000 }, (_, i) => i) },
      }),
    async ({ get, dbPath }) => {
      const address = "/api/runs/1/curve?metric=loss&width=100";
      assertEquals((await get(address)).body.times, undefined);
      assertEquals((await get(`${address}&times=0`)).body.times, undefined);
      const { steps, times } = (await get(`${address}&times=1`)).body;
      assert(steps.length > 50 && steps.length === times.length);
      const finder = new SQLFinder(dbPath);
      const { metrics } = (await finder.findRun(1))!;
      for (const [i, step] of steps.entries()) {
        const range = { from: step, to: step };
        const { points } = await metrics.points("loss", range);
        assertEquals(times[i], points.at(-1)?.time.getTime());
      }
      await finder.close();
    },
  ));
