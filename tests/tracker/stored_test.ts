import { assert, assertEquals, assertRejects } from "@std/assert";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readStudy, StudyJournalError } from "../../hyperopt/mod.ts";
import { SQLFinder, SQLLogger, StorageError } from "../../tracker/mod.ts";
import { configIn, inFolder } from "./_helpers.ts";

// One file of each schema version, kept as it was written then. Add one with each new version.
const VERSIONS = [1, 2, 3, 4, 5, 6];

for (const version of VERSIONS) {
  test(`SQLLogger: reads and writes a stored file of schema version ${version}`, async () => {
    await inFolder(async (folder) => {
      const stored = fileURLToPath(
        new URL(`schema_${version}.db`, import.meta.url),
      );
      copyFileSync(stored, join(folder, "runs.db"));
      const config = configIn(folder);
      const logger = new SQLLogger(config);
      assertEquals(await logger.run(), 2);
      logger.logMetric("loss", -1);
      await logger.finish();
      const finder = new SQLFinder(config);
      const run = (await finder.findRun(1))!;
      assertEquals([run.status, run.tags, run.config["lr"]], ["completed", [
        "stored",
      ], 0.1]);
      const summary = (await run.metrics.summary("loss"))!;
      assertEquals([summary.count, summary.max, summary.divergedAt], [
        300,
        298,
        299,
      ]);
      assertEquals(run.fingerprints.map((one) => one.hash), ["ato-code-v1:aa"]);
      const best = {
        projectName: "demo",
        metric: "loss",
        mode: "min",
      } as const;
      assertEquals((await finder.findBestRun(best))?.id, 2);
      await finder.close();
    });
  });
}

test("readStudy: reads the study of a stored file of schema version 4", async () => {
  await inFolder(async (folder) => {
    const stored = fileURLToPath(new URL("schema_4.db", import.meta.url));
    copyFileSync(stored, join(folder, "runs.db"));
    const { trials, best } = await readStudy<{ x: number }>(
      join(folder, "runs.db"),
      "stored",
    );
    assertEquals(trials.map(({ status }) => status), [
      "completed",
      "completed",
    ]);
    assertEquals([best?.trial.trial, best?.metrics["loss"]], [0, 0.5]);
    // The numbers of a seed stay what they were.
    assertEquals(trials.map(({ config }) => config.x), [
      0.7788792911377582,
      0.8810053589094177,
    ]);
  });
});

const EVENTS = [
  "{",
  "5",
  "null",
  "[]",
  "{}",
  '{"kind": "started"}',
  '{"kind": "no such"}',
];

for (const event of EVENTS) {
  test(`readStudy: the invalid event ${event} is an error in one sentence`, async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "runs.db");
      copyFileSync(
        fileURLToPath(new URL("schema_4.db", import.meta.url)),
        path,
      );
      const database = new DatabaseSync(path);
      database.prepare("UPDATE study_events SET event = ? WHERE seq = 1")
        .run(event);
      database.close();
      const error = await assertRejects(() => readStudy(path, "stored"));
      assert(
        error instanceof StorageError || error instanceof StudyJournalError,
        String(error),
      );
    });
  });
}

test("run.unread: reads a stored file of schema version 3", async () => {
  await inFolder(async (folder) => {
    const stored = fileURLToPath(new URL("schema_3.db", import.meta.url));
    copyFileSync(stored, join(folder, "runs.db"));
    const finder = new SQLFinder(configIn(folder));
    assertEquals((await finder.findRun(1))!.unread, ["model.width"]);
    await finder.close();
  });
});

test("run.fingerprints: reads a stored file of schema version 2", async () => {
  await inFolder(async (folder) => {
    const stored = fileURLToPath(new URL("schema_2.db", import.meta.url));
    copyFileSync(stored, join(folder, "runs.db"));
    const finder = new SQLFinder(configIn(folder));
    const [print] = (await finder.findRun(1))!.fingerprints;
    assertEquals(print?.deep, {
      hash: "ato-deep-v1:dd",
      graph: "ato-graph-v1:ee",
      own: "o1",
      dependencies: [
        { id: "utils.ts#scale", kind: "function", hash: "h1" },
        { id: "data.json", kind: "json", hash: "h2" },
        { id: "npm:lodash#chunk", kind: "package", hash: "h3" },
      ],
      packages: { "npm:lodash": "4.17.21" },
      globals: ["Math"],
      blindSpots: [{ kind: "captured", what: "k" }],
      modules: { "main.ts": "m1", "utils.ts": "m2" },
    });
    assertEquals(await finder.getSource("h1"), "source of h1");
    await finder.close();
  });
});
