import { Buffer } from "node:buffer";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  chooseDriver,
  NewerSchemaError,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "../../tracker/mod.ts";
import { type Fault, faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder } from "./_helpers.ts";

const FULL = "database or disk is full";

test("points that could not be written wait, and come in order when the file mends", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const warnings: string[] = [];
    const driver = faultyDriver(await chooseDriver(), fault);
    const config = configIn(folder);
    const onWarning = (message: string): unknown => warnings.push(message);
    const logger = new SQLLogger(config, { driver, onWarning });
    const id = await logger.run();
    for (let i = 0; i < 300; i++) logger.logMetric("loss", i);
    fault.message = FULL;
    for (let i = 300; i < 400; i++) logger.logMetric("loss", i);
    logger.logMetrics({ acc: 1, other: 2 }, 7);
    fault.message = undefined;
    await pause(1100);
    for (let i = 400; i < 1000; i++) logger.logMetric("loss", i);
    await logger.finish();
    assertEquals(warnings.length, 1, warnings.join("\n"));
    assertMatch(
      warnings[0]!,
      /Cannot write .*runs\.db: the disk is full; free some space/,
    );

    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    const { points } = await run.metrics.points("loss", { limit: 2000 });
    assertEquals(
      points.map((point) => point.value),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const summary = (await run.metrics.summary("loss"))!;
    assertEquals([summary.count, summary.max, summary.last], [1000, 999, 999]);
    assertEquals((await run.metrics.summary("acc"))?.count, 1);
    assertEquals(run.dropped, 0);
    await finder.close();
  });
});

test("more than the buffer holds goes to a spill file, which the run takes up at its end", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const driver = faultyDriver(await chooseDriver(), fault);
    const config = configIn(folder);
    const logger = new SQLLogger(config, {
      driver,
      bufferSize: 100,
      onWarning: () => {},
    });
    const id = await logger.run();
    logger.logMetric("loss", 0, 0);
    fault.message = FULL;
    for (let i = 1; i < 1000; i++) {
      logger.logMetric("loss", i % 10 === 5 ? NaN : i, i);
    }
    assertEquals(
      readdirSync(folder).filter((name) => name.endsWith(".jsonl")).length,
      1,
    );
    fault.message = undefined;
    await logger.finish();
    assertEquals(
      readdirSync(folder).filter((name) => name.endsWith(".jsonl")),
      [],
    );

    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals(run.status, "completed");
    const { points } = await run.metrics.points("loss", { limit: 2000 });
    assertEquals(
      points.map((point) => point.step),
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const summary = (await run.metrics.summary("loss"))!;
    assertEquals([summary.count, summary.nonfinite, summary.divergedAt], [
      1000,
      100,
      5,
    ]);
    await finder.close();
  });
});

test("a run whose file never opened is taken up later, whole", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = { message: FULL };
    const real = await chooseDriver();
    const config = configIn(folder, { lr: 0.5 });
    const options = {
      driver: faultyDriver(real, fault),
      bufferSize: 10,
      onWarning: () => {},
    };
    const logger = new SQLLogger(config, options);
    assertEquals(await logger.run({ tags: ["lost"], seed: 4 }), 0);
    const uuid = logger.runUuid!;
    for (let i = 0; i < 100; i++) logger.logMetric("loss", i);
    logger.logArtifact(join(folder, "none"), {
      type: "model",
      metadata: { a: 1 },
    });
    await logger.finish({ error: new Error("boom") });
    // As if the process that wrote it had ended.
    const spill = readdirSync(folder).find((name) => name.endsWith(".jsonl"))!;
    const text = readFileSync(join(folder, spill), "utf8");
    writeFileSync(
      join(folder, spill),
      text.replace(/"pid":\d+/, '"pid":4194300') + '{"key":"lo',
    );

    const next = new SQLLogger(config);
    await next.run();
    await next.finish();
    assertEquals(existsSync(join(folder, spill)), false);
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(uuid))!;
    assertEquals([run.status, run.error?.message, run.seed], [
      "failed",
      "boom",
      "4",
    ]);
    assertEquals([run.tags, run.config["lr"]], [["lost"], 0.5]);
    assertEquals((await run.metrics.summary("loss"))?.count, 100);
    assertEquals(run.artifacts[0]?.metadata, { a: 1 });
    await finder.close();
  });
});

test("where nothing can be written at all, points are counted as dropped", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const warnings: string[] = [];
    const driver = faultyDriver(await chooseDriver(), fault);
    const config = configIn(folder);
    const onWarning = (message: string): unknown => warnings.push(message);
    const logger = new SQLLogger(config, { driver, bufferSize: 50, onWarning });
    const id = await logger.run();
    // A folder in its place: the spill file cannot be written either.
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(folder, `runs.db.${logger.runUuid}.spill.jsonl`));
    fault.message = FULL;
    for (let i = 0; i < 200; i++) logger.logMetric("loss", i, i);
    fault.message = undefined;
    await pause(1100);
    logger.logMetric("loss", 200, 200);
    await logger.finish();
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    const count = (await run.metrics.summary("loss"))!.count;
    assertEquals(run.dropped, 201 - count);
    assertEquals(count > 0 && count < 100, true);
    assertMatch(warnings.at(-1)!, /\d+ points of run .* found no place/);
    await finder.close();
  });
});

test('onError: "throw" throws a StorageError, and the logger works again afterwards', async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const config = configIn(folder);
    const driver = faultyDriver(await chooseDriver(), fault);
    const logger = new SQLLogger(config, { driver, onError: "throw" });
    const id = await logger.run();
    logger.logMetric("loss", 1, 0);
    fault.message = FULL;
    const error = assertThrows(
      () => logger.logMetric("loss", 2, 1),
      StorageError,
    );
    assertEquals((error as StorageError).problem, "full");
    assertThrows(() => logger.logMetrics({ loss: 3 }, 2), StorageError);
    fault.message = undefined;
    logger.logMetric("loss", 4, 3);
    await logger.finish();
    const finder = new SQLFinder(config);
    const { points } = await (await finder.findRun(id))!.metrics.points("loss");
    assertEquals(points.map((point) => point.step), [0, 3]);
    await finder.close();
  });
});

const BAD_FILES = [
  {
    name: "no database at all",
    bytes: "this is a text file, and a long one ".repeat(40),
  },
  {
    name: "a header and then rubbish",
    bytes: "SQLite format 3\0" + "x".repeat(5000),
  },
];
for (const { name, bytes } of BAD_FILES) {
  test(`a corrupt file (${name}): one clear error, and the training goes on`, async () => {
    await inFolder(async (folder) => {
      const config = configIn(folder);
      const path = join(folder, "runs.db");
      writeFileSync(path, bytes);
      const warnings: string[] = [];
      const onWarning = (message: string): unknown => warnings.push(message);
      const logger = new SQLLogger(config, { onWarning });
      assertEquals(await logger.run(), 0);
      for (let i = 0; i < 10; i++) logger.logMetric("loss", i);
      await logger.finish();
      assertEquals(warnings.length, 1, warnings.join("\n"));
      assertStringIncludes(warnings[0]!, "it is not a sound SQLite database");
      assertEquals(readFileSync(path, "utf8"), bytes);
      const strict = new SQLLogger(config, { onError: "throw" });
      await assertRejects(
        () => strict.run(),
        StorageError,
        "not a sound SQLite database",
      );
      await assertRejects(
        () => new SQLFinder(config).listProjects(),
        StorageError,
        "Cannot read",
      );
    });
  });
}

test("a read-only file: one clear error, and the training goes on", async (t) => {
  if (process.getuid?.() === 0) {
    // Root may write anything; the same with the error that others get.
    const driver = faultyDriver(await chooseDriver(), {
      message: "attempt to write a readonly database",
    });
    return await readOnly(driver);
  }
  void t;
  await readOnly(undefined);
});

async function readOnly(
  driver: Awaited<ReturnType<typeof chooseDriver>> | undefined,
) {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    const id = await first.run();
    await first.finish();
    chmodSync(join(folder, "runs.db"), 0o444);
    const warnings: string[] = [];
    const onWarning = (message: string): unknown => warnings.push(message);
    const logger = new SQLLogger(config, {
      onWarning,
      ...(driver && { driver }),
    });
    assertEquals(await logger.run(), 0);
    logger.logMetric("loss", 1);
    await logger.finish();
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "it is read-only");
    const finder = new SQLFinder(config);
    assertEquals((await finder.findRun(id))?.status, "completed");
    await finder.close();
  });
}

test("a file of a newer Ato is refused by both, and left as it was", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    await first.run();
    await first.finish();
    const path = join(folder, "runs.db");
    const connection = (await chooseDriver()).connect(path);
    connection.exec(
      "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    connection.close();
    const before = readFileSync(path);
    for (
      const open of [
        () => new SQLLogger(config).run(),
        () => new SQLFinder(config).listProjects(),
      ]
    ) {
      const error = await assertRejects(
        open,
        NewerSchemaError,
        "schema version is 99",
      );
      assertInstanceOf(error, RangeError);
      assertEquals([
        (error as NewerSchemaError).found,
        (error as NewerSchemaError).supported,
      ], [
        99,
        4,
      ]);
    }
    assertEquals(Buffer.compare(readFileSync(path), before), 0);
  });
});
