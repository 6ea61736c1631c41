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
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  chooseDriver,
  NewerSchemaError,
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "../../tracker/mod.ts";
import { type Fault, faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder } from "./_helpers.ts";

const FULL = "database or disk is full";

test("logMetric: points of an outage are stored in order when the file is writable again", async () => {
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

test("logMetric: points of an outage are in a spill file, which the run takes over when it ends", async () => {
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

test("SQLLogger.run: a run whose file could not be opened is stored by the next run, as a whole", async () => {
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
    // As if the process that wrote it had ended:
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

test("logMetric: if no file is writable and the buffer is full, lost points are counted", async () => {
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
    assertMatch(
      warnings.at(-1)!,
      /^\d+ points of run .* were lost: the buffer is full, and the spill file is not writable \(.+\)$/,
    );
    await finder.close();
  });
});

test('SQLLogger: onError "throw" throws a StorageError, and the logger works again afterwards', async () => {
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

test("logMetric: points without a step get their step when they are logged, however long the outage", async () => {
  const order: [string, (logger: SQLLogger, i: number) => void][] = [
    ["one by one", (logger, i) => logger.logMetric("loss", i)],
    ["several metrics at once", (logger, i) => logger.logMetrics({ loss: i })],
    [
      "some with a step",
      (logger, i) => {
        if (i % 3 === 0) logger.logMetric("loss", i, i);
        else logger.logMetricBatch([{ key: "loss", value: i }]);
      },
    ],
  ];
  for (const [name, log] of order) {
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
      for (let i = 0; i < 5000; i++) {
        // Outages of many lengths: within one, over several, and none between.
        fault.message = i % 1300 > 300 ? FULL : undefined;
        if (i % 1300 === 0) await pause(1010);
        log(logger, i);
      }
      fault.message = undefined;
      await logger.finish();
      const finder = new SQLFinder(config);
      const { metrics, dropped } = (await finder.findRun(id))!;
      const { points } = await metrics.points("loss", { limit: 9000 });
      const all = Array.from({ length: 5000 }, (_, i) => i);
      assertEquals(points.map(({ step }) => step), all, name);
      assertEquals(points.map(({ value }) => value), all, name);
      const summary = (await metrics.summary("loss"))!;
      assertEquals([summary.count, summary.last, summary.lastStep, dropped], [
        5000,
        4999,
        4999,
        0,
      ]);
      await finder.close();
    });
  }
});

test("logMetric: a point that was refused takes no step", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const config = configIn(folder);
    const driver = faultyDriver(await chooseDriver(), fault);
    const logger = new SQLLogger(config, { driver, onError: "throw" });
    const id = await logger.run();
    logger.logMetric("loss", 0);
    fault.message = FULL;
    assertThrows(() => logger.logMetric("loss", 9), StorageError);
    assertThrows(
      () => logger.logMetricBatch([{ key: "loss", value: 9 }]),
      StorageError,
    );
    fault.message = undefined;
    logger.logMetric("loss", 1);
    logger.logMetric("loss", 2, Number.MAX_SAFE_INTEGER);
    assertThrows(
      () => logger.logMetric("loss", 3),
      RangeError,
      'Cannot log metric "loss": there is no step after 9007199254740991',
    );
    await logger.finish();
    const finder = new SQLFinder(config);
    const { points } = await (await finder.findRun(id))!.metrics.points("loss");
    assertEquals(points.map(({ step, value }) => [step, value]), [
      [0, 0],
      [1, 1],
      [Number.MAX_SAFE_INTEGER, 2],
    ]);
    await finder.close();
  });
});

/** The header of a spill file of a process that is gone. */
function header(folder: string, uuid: string): Record<string, unknown> {
  return {
    ato: "spill",
    version: 1,
    run: {
      uuid,
      project: "demo",
      config: JSON.stringify(configIn(folder)),
      configTypes: null,
      structuralHash: null,
      tags: "[]",
      name: null,
      notes: null,
      parentId: null,
      seed: null,
      startedAt: 1,
      provenance: null,
      environment: "{}",
      process: { host: null, bootId: null, pid: 4194300, pidStart: null },
    },
  };
}

/** Makes a spill file that has not been written for a day. */
function writeSpill(path: string, lines: readonly unknown[]): void {
  const text = lines.map((line) =>
    typeof line === "string" ? line : JSON.stringify(line)
  ).join("\n");
  writeFileSync(path, `${text}\n`);
  const yesterday = Date.now() / 1000 - 86_400;
  utimesSync(path, yesterday, yesterday);
}

/** Spill files that are wrong, and what the warning says of each. */
const MALFORMED: [
  string,
  (head: Record<string, unknown>) => unknown[],
  RegExp,
][] = [
  ["a text", () => ["hello"], /its first line is not that of a spill file/],
  ["a list", () => [[1]], /its first line is not that of a spill file/],
  [
    "no run",
    (head) => [{ ...head, run: null }],
    /its first line does not say which run it belongs to/,
  ],
  [
    "a run without a process",
    (head) => [{ ...head, run: { ...head["run"] as object, process: 1 } }],
    /its first line does not say which run it belongs to/,
  ],
  [
    "a newer version",
    (head) => [{ ...head, version: 2 }],
    /it has version 2, and this Ato reads version 1/,
  ],
  [
    "a run whose name is no text",
    (head) => [{ ...head, run: { ...head["run"] as object, name: {} } }],
    /its first line does not say which run it belongs to/,
  ],
];
for (const [name, make, said] of MALFORMED) {
  test(`SQLLogger.run: a spill file with ${name} is named, and the others are taken over`, async () => {
    await inFolder(async (folder) => {
      const [bad, good] = ["11111111", "22222222"].map((start) =>
        `${start}-0000-4000-8000-000000000000`
      ) as [string, string];
      const path = (uuid: string): string =>
        join(folder, `runs.db.${uuid}.spill.jsonl`);
      writeSpill(path(bad), make(header(folder, bad)));
      writeSpill(path(good), [
        header(folder, good),
        { key: "loss", step: 0, at: 1, value: 0.5 },
      ]);
      const warnings: string[] = [];
      const onWarning = (message: string): unknown => warnings.push(message);
      const logger = new SQLLogger(configIn(folder), { onWarning });
      await logger.run();
      await logger.finish();
      assertEquals(warnings.length, 1, warnings.join("\n"));
      assertStringIncludes(warnings[0]!, `Cannot read ${path(bad)}: `);
      assertMatch(warnings[0]!, said);
      assertEquals([bad, good].map((uuid) => existsSync(path(uuid))), [
        true,
        false,
      ]);
      const finder = new SQLFinder(configIn(folder));
      const run = (await finder.findRun(good))!;
      assertEquals((await run.metrics.summary("loss"))?.count, 1);
      assertEquals(await finder.findRun(bad), undefined);
      await finder.close();
    });
  });
}

test("SQLLogger.run: every whole line of a torn spill file is stored, and the torn ones are counted", async () => {
  await inFolder(async (folder) => {
    const uuid = "33333333-0000-4000-8000-000000000000";
    const point = (step: number): unknown => ({
      key: "loss",
      step,
      at: 1,
      value: step,
    });
    const path = join(folder, `runs.db.${uuid}.spill.jsonl`);
    writeSpill(path, [
      header(folder, uuid),
      point(0),
      { dropped: 4 },
      '{"key":"loss","step":1,"at":1,"va{"key":"loss","step":2,"at":1,"value":2}',
      point(3),
      { key: "loss", step: "x", at: 1, value: 1 },
      { key: 7, step: 1, at: 1, value: 1 },
      "null",
      '{"artifact": null}',
      point(4),
    ]);
    const logger = new SQLLogger(configIn(folder));
    await logger.run();
    await logger.finish();
    assertEquals(existsSync(path), false);
    const finder = new SQLFinder(configIn(folder));
    const run = (await finder.findRun(uuid))!;
    const { points } = await run.metrics.points("loss");
    assertEquals(points.map(({ step }) => step), [0, 3, 4]);
    assertEquals(run.dropped, 4 + 4);
    await finder.close();
  });
});

test("logMetric: a point of an outage is on disk when the call returns, and each outage has a file of its own", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const driver = faultyDriver(await chooseDriver(), fault);
    const config = configIn(folder);
    const logger = new SQLLogger(config, { driver, onWarning: () => {} });
    const id = await logger.run();
    const spills = (): string[] =>
      readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
    for (let outage = 0; outage < 3; outage++) {
      fault.message = FULL;
      logger.logMetric("loss", 1);
      logger.logMetrics({ loss: 2, acc: 3 });
      assertEquals(spills().length, 1);
      const path = join(folder, spills()[0]!);
      const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
      assertEquals(
        lines.map((line) => JSON.parse(line)).map(({ key, step, value }) => [
          key,
          step,
          value,
        ]),
        [
          ["loss", 2 * outage, 1],
          ["loss", 2 * outage + 1, 2],
          ["acc", outage, 3],
        ],
      );
      if (process.platform !== "win32") {
        assertEquals(statSync(path).mode & 0o777, 0o600);
      }
      fault.message = undefined;
      await pause(1010);
      logger.logArtifact(join(folder, "x"));
      assertEquals(spills(), []);
    }
    await logger.finish();
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals((await run.metrics.summary("loss"))?.count, 6);
    assertEquals((await run.metrics.summary("acc"))?.count, 3);
    assertEquals(run.artifacts.length, 3);
    await finder.close();
  });
});

test("SQLLogger.run: the spill file of a killed run is taken over before the run is resumed", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    const id = await first.run();
    for (let i = 0; i < 10; i++) first.logMetric("loss", i);
    const uuid = first.runUuid!;
    await first.finish();
    writeSpill(
      join(folder, `runs.db.${uuid}.spill.jsonl`),
      [
        header(folder, uuid),
        ...Array.from(
          { length: 10 },
          (_, i) => ({ key: "loss", step: 10 + i, at: 1, value: 10 + i }),
        ),
      ],
    );
    const second = new SQLLogger(config);
    await second.run({ resume: { run: id, step: 12 } });
    second.logMetric("loss", -13);
    await second.finish();
    const finder = new SQLFinder(config);
    const { points } = await (await finder.findRun(id))!.metrics.points("loss");
    assertEquals(points.map(({ value }) => value), [
      ...Array.from({ length: 13 }, (_, i) => i),
      -13,
    ]);
    await finder.close();
  });
});

test("SQLLogger.run: a run that ended in an outage is stored by the next run of the process", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = { message: FULL };
    const config = configIn(folder);
    const driver = faultyDriver(await chooseDriver(), fault);
    const first = new SQLLogger(config, { driver, onWarning: () => {} });
    assertEquals(await first.run(), 0);
    const uuid = first.runUuid!;
    first.logMetric("loss", 1);
    await first.finish();
    const second = new SQLLogger(config);
    await second.run();
    await second.finish();
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(uuid))!;
    assertEquals(run.status, "completed");
    assertEquals((await run.metrics.summary("loss"))?.count, 1);
    await finder.close();
  });
});

test("SQLLogger: the fingerprint of a trace covers the calls of an outage, in their order", async () => {
  const hashes: string[] = [];
  for (const broken of [false, true]) {
    await inFolder(async (folder) => {
      const fault: Fault = {};
      const driver = faultyDriver(await chooseDriver(), fault);
      let record: (output: OutputRecord) => void = () => {};
      const source: RunSource = {
        name: "config",
        history: () => ({}),
        codeRecords: () => Promise.resolve([]),
        onCode: () => () => {},
        onOutput: (listener) => {
          record = listener;
          return () => {};
        },
      };
      const config = { ...configIn(folder), [RUN_SOURCE]: source };
      const logger = new SQLLogger(config, { driver, onWarning: () => {} });
      const id = await logger.run();
      for (let call = 0; call < 300; call++) {
        fault.message = broken && call > 70 && call < 200 ? FULL : undefined;
        if (call === 200 && broken) await pause(1010);
        logger.logMetric("loss", call);
        record({
          traceId: "step",
          sequence: call,
          call,
          outcome: "value",
          hash: `ato-value-v1:${call}`,
        });
      }
      await logger.finish();
      const finder = new SQLFinder(config);
      const run = (await finder.findRun(id))!;
      const [print] = run.fingerprints;
      assertEquals(print?.calls, 300);
      hashes.push(print!.hash);
      const calls = await run.outputs("step");
      assertEquals(calls.map(({ call }) => call).length, 300);
      await finder.close();
    });
  }
  assertEquals(hashes[0], hashes[1]);
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
  test(`SQLLogger: a corrupt file (${name}): one clear warning, and the program continues`, async () => {
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

test("SQLLogger: a read-only file: one clear warning, and the program continues", async (t) => {
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

test("SQLLogger, SQLFinder: a file of a newer Ato is refused and not changed", async () => {
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
        6,
      ]);
    }
    assertEquals(Buffer.compare(readFileSync(path), before), 0);
  });
});
