/** A run is found by the structure of its config, whatever kind of object the config is. */
import { test } from "node:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { makeTempFolder } from "../_shared/temp_folder.ts";

class Schedule {
  warmup = 5;
}

const VALUES = {
  lr: 0.1,
  none: null,
  missing: undefined,
  sizes: [1, 2, 3],
  mixed: [1, "a", { depth: 1, name: "x" }, [true]],
  empty: {},
  "a.b": { __proto__: null, "": 1 },
  when: new Date(0),
  schedule: new Schedule(),
  weights: new Float32Array([1, 2]),
  sparse: [1, , 2],
};

test("run: a plain config has the structural hash of its ADict, also where it holds one", async () => {
  const folder = makeTempFolder("tracker");
  try {
    const experiment = {
      projectName: "demo",
      sql: { dbPath: join(folder, "runs.db") },
    };
    const plain = { ...VALUES, nested: { ...VALUES }, experiment };
    const partial = { ...VALUES, nested: new ADict(VALUES), experiment };
    const ids: number[] = [];
    for (const config of [plain, partial, new ADict(plain)]) {
      const logger = new SQLLogger(config);
      ids.push(await logger.run());
      await logger.finish();
    }
    const finder = new SQLFinder(experiment.sql.dbPath);
    const runs = await Promise.all(ids.map((id) => finder.findRun(id)));
    const expected = await new ADict(plain).getStructuralHash();
    assertEquals(
      runs.map((run) => run?.structuralHash),
      [expected, expected, expected],
    );
    const similar = await finder.findSimilarRuns(ids[0]!);
    assertEquals(similar.map(({ id }) => id), ids.slice(1));
    await finder.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
