/** What plain JavaScript can pass to the tracker, and the message for it. */
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  chooseDriver,
  deleteRuns,
  editRun,
  emptyTrash,
  importRuns,
  mergeRuns,
  type OutputRecord,
  RUN_SOURCE,
  SQLFinder,
  SQLLogger,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder } from "./_helpers.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

/** What a call is given is wrong on purpose, so nothing checks its type. */
// deno-lint-ignore no-explicit-any -- plain JavaScript has no types
type Loose = any;

/** Everything that a call can be made on. */
interface Tools {
  readonly logger: Loose;
  readonly finder: Loose;
  readonly metrics: Loose;
  readonly run: Loose;
  readonly path: string;
}

const CALLS: [string, (tools: Tools) => unknown, string][] = [
  [
    "logMetric",
    (t) => t.logger.logMetric(1, "loss", 0.3),
    "Cannot log a metric: its name is the number 1; pass a string",
  ],
  [
    "logMetric without a name",
    (t) => t.logger.logMetric("", 1),
    "its name is empty; pass a name",
  ],
  [
    "logMetric without a value",
    (t) => t.logger.logMetric("loss"),
    'Cannot log metric "loss": its value is undefined; pass a number',
  ],
  [
    "logMetric of a text",
    (t) => t.logger.logMetric("loss", "1"),
    'its value is the string "1"; pass a number',
  ],
  [
    "logMetric of a bigint",
    (t) => t.logger.logMetric("loss", 1n),
    "its value is the bigint 1; pass a number",
  ],
  [
    "logMetric at a half step",
    (t) => t.logger.logMetric("loss", 1, 0.5),
    "step 0.5 is not an integer",
  ],
  [
    "logMetrics of nothing",
    (t) => t.logger.logMetrics(null),
    "is null; pass an object of numbers",
  ],
  [
    "logMetrics of a list",
    (t) => t.logger.logMetrics([1]),
    "is a list; pass an object of numbers",
  ],
  [
    "logMetricBatch of an object",
    (t) => t.logger.logMetricBatch({}),
    "is an object; pass a list of points",
  ],
  [
    "logMetricBatch of numbers",
    (t) => t.logger.logMetricBatch([1]),
    "one of the points is the number 1",
  ],
  [
    "logArtifact as in Python ato",
    (t) => t.logger.logArtifact(1, "model.bin"),
    "its path is the number 1; pass the path first, because the logger knows the run",
  ],
  [
    "logArtifact of nothing",
    (t) => t.logger.logArtifact(),
    "its path is undefined; pass a path",
  ],
  [
    "logArtifact with a type as in Python ato",
    (t) => t.logger.logArtifact("a", "model"),
    'is the string "model"; pass an object, e.g. { type: "model" }',
  ],
  [
    "logArtifact of a type that is no text",
    (t) => t.logger.logArtifact("a", { type: 1 }),
    "its type is the number 1",
  ],
  [
    "finish as in Python ato",
    (t) => t.logger.finish("completed"),
    'is the string "completed"; pass an object, e.g. { status: "completed" }',
  ],
  [
    "finish with an unknown status",
    (t) => t.logger.finish({ status: "done" }),
    'status is the string "done"; pass "completed" or "failed" or "interrupted"',
  ],
  [
    "finish as running",
    (t) => t.logger.finish({ status: "running" }),
    'pass "completed" or "failed"',
  ],
  [
    "run as in Python ato",
    (t) => new SQLLogger(configIn(t.path)).run(["x"] as Loose),
    'is a list; pass an object, e.g. { tags: ["baseline"] }',
  ],
  [
    "run with one tag",
    (t) => new SQLLogger(configIn(t.path)).run({ tags: "x" as Loose }),
    'tags is the string "x"; pass a list of strings',
  ],
  [
    "run with a tag that is no text",
    (t) => new SQLLogger(configIn(t.path)).run({ tags: [1] as Loose }),
    "one of tags is the number 1",
  ],
  [
    "run with an odd seed",
    (t) => new SQLLogger(configIn(t.path)).run({ seed: NaN }),
    "seed is the number NaN",
  ],
  [
    "run that resumes at no step",
    (t) => new SQLLogger(configIn(t.path)).run({ resume: { run: 1 } as Loose }),
    "resume.step is undefined; pass an integer",
  ],
  [
    "a logger with an odd onError",
    (t) => new SQLLogger(configIn(t.path), { onError: "ignore" as Loose }),
    'onError is the string "ignore"; pass "continue" or "throw"',
  ],
  [
    "a logger with an odd buffer",
    (t) => new SQLLogger(configIn(t.path), { bufferSize: -1 }),
    "bufferSize is the number -1; pass an integer of at least 1",
  ],
  [
    "a logger with an odd driver",
    (t) => new SQLLogger(configIn(t.path), { driver: "node" as Loose }),
    'driver is the string "node"',
  ],
  [
    "findProject",
    (t) => t.finder.findProject(7),
    "its name is the number 7; pass a string",
  ],
  [
    "findRun of nothing",
    (t) => t.finder.findRun(),
    "is undefined; pass the id or the UUID of a run",
  ],
  [
    "findRun of a half",
    (t) => t.finder.findRun(1.5),
    "pass the id or the UUID of a run",
  ],
  [
    "getRunsInProject",
    (t) => t.finder.getRunsInProject({ projectName: "demo" }),
    "is an object; pass a string",
  ],
  [
    "getRunsInProject of an odd count",
    (t) => t.finder.getRunsInProject("demo", { last: "x" }),
    'last is the string "x"',
  ],
  [
    "findSimilarRuns",
    (t) => t.finder.findSimilarRuns("1"),
    'the id is the string "1"',
  ],
  [
    "findSimilarRunsByTrace",
    (t) => t.finder.findSimilarRunsByTrace(1, "x", { type: "deep" }),
    'type is the string "deep"; pass "static" or "runtime"',
  ],
  [
    "findBestRun with an unknown mode",
    (t) =>
      t.finder.findBestRun({
        projectName: "demo",
        metric: "loss",
        mode: "minimum",
      }),
    'mode is the string "minimum"; pass "max" or "min"',
  ],
  [
    "findBestRun with SQL for a mode",
    (t) =>
      t.finder.findBestRun({
        projectName: "demo",
        metric: "loss",
        mode: "max) --",
      }),
    'pass "max" or "min"',
  ],
  [
    "findBestRun by what is not known",
    (t) =>
      t.finder.findBestRun({
        projectName: "demo",
        metric: "loss",
        by: "first",
      }),
    'by is the string "first"; pass "best" or "last"',
  ],
  [
    "findBestRun as in Python ato",
    (t) => t.finder.findBestRun("demo", "loss", "min"),
    'is the string "demo"; pass an object, e.g.',
  ],
  [
    "findBestRun without a metric",
    (t) => t.finder.findBestRun({ projectName: "demo" }),
    "metric is undefined; pass a string",
  ],
  [
    "getTraceStatistics with an object",
    (t) => t.finder.getTraceStatistics("demo", { traceId: "x" }),
    "Cannot count versions: the id of the trace is an object; pass a string",
  ],
  [
    "getSource",
    (t) => t.finder.getSource(undefined),
    "the fingerprint is undefined",
  ],
  [
    "compareCode",
    (t) => t.finder.compareCode(1, {}),
    "is an object; pass the id or the UUID of a run",
  ],
  ["metrics.summary", (t) => t.metrics.summary(1), "its name is the number 1"],
  [
    "metrics.points of no limit",
    (t) => t.metrics.points("loss", { limit: Infinity }),
    "limit is the number Infinity; pass an integer of at least 1",
  ],
  [
    "metrics.points from nowhere",
    (t) => t.metrics.points("loss", { from: NaN }),
    "from is the number NaN",
  ],
  [
    "metrics.points after nothing",
    (t) => t.metrics.points("loss", { after: {} }),
    "after.step is undefined",
  ],
  [
    "metrics.points of a number",
    (t) => t.metrics.points("loss", 10),
    "is the number 10; pass an object",
  ],
  [
    "metrics.chart of no points",
    (t) => t.metrics.chart("loss", { maxPoints: 0 }),
    "maxPoints is the number 0",
  ],
  ["outputs", (t) => t.run.outputs({}), "the id of the trace is an object"],
  [
    "deleteRuns of one",
    (t) => deleteRuns(t.path, 1 as Loose),
    "is the number 1; pass a list of their ids",
  ],
  [
    "deleteRuns of a text",
    (t) => deleteRuns(t.path, ["1"] as Loose),
    'the id of a run is the string "1"',
  ],
  [
    "editRun of a tag",
    (t) => editRun(t.path, 1, { addTags: "x" as Loose }),
    'addTags is the string "x"',
  ],
  [
    "editRun of notes",
    (t) => editRun(t.path, 1, { notes: 1 as Loose }),
    "notes is the number 1",
  ],
  [
    "emptyTrash",
    (t) => emptyTrash(t.path, { olderThanDays: "1" as Loose }),
    'olderThanDays is the string "1"',
  ],
  [
    "mergeRuns of nothing",
    (t) => mergeRuns(t.path, undefined as Loose),
    "the path of the other file is undefined",
  ],
  [
    "mergeRuns in an odd way",
    (t) => mergeRuns(t.path, "x", { fewer: "yes" as Loose }),
    'fewer is the string "yes"; pass "keep" or "take"',
  ],
  [
    "importRuns of one",
    (t) => importRuns(t.path, {} as Loose),
    "is an object; pass a list of runs",
  ],
  [
    "importRuns of nothing",
    (t) => importRuns(t.path, [null] as Loose),
    "one of the runs is null",
  ],
];

test("SQLLogger, SQLFinder: every public function says which argument it needs", async () => {
  await inFolder(async (folder) => {
    const logger = new SQLLogger(configIn(folder));
    const id = await logger.run();
    logger.logMetric("loss", 1);
    const finder = new SQLFinder(configIn(folder));
    const run = (await finder.findRun(id))!;
    const tools = {
      logger,
      finder,
      run,
      metrics: run.metrics,
      path: join(folder, "runs.db"),
    };
    for (const [name, call, said] of CALLS) {
      const error = await assertRejects(
        async () => await call(tools),
        TrackerUsageError,
        undefined,
        name,
      );
      assertInstanceOf(error, TypeError);
      assertStringIncludes((error as Error).message, said, name);
    }
    // None of it has changed anything.
    logger.logMetric("loss", 2);
    await logger.finish();
    const { points } = await run.metrics.points("loss");
    assertEquals(points.map(({ step, value }) => [step, value]), [
      [0, 1],
      [1, 2],
    ]);
    assertEquals((await finder.findRun(id))?.status, "completed");
    assertEquals(run.artifacts, []);
    await finder.close();
  });
});

test("getTraceStatistics: returns zeros and an empty list for a trace that is not there", async () => {
  await inFolder(async (folder) => {
    const zeros = {
      staticTraceVersions: 0,
      deepTraceVersions: 0,
      runtimeTraceVersions: 0,
      versions: [],
    };
    const finder = new SQLFinder(configIn(folder));
    const ask = () => finder.getTraceStatistics("demo", "train");
    const expected = { projectName: "demo", traceId: "train", ...zeros };
    assertEquals(await ask(), expected);
    const logger = new SQLLogger(configIn(folder));
    await logger.run();
    await logger.finish();
    assertEquals(await ask(), expected);
    await finder.close();
  });
});

const ARTIFACTS: [string, (folder: string) => string, boolean][] = [
  ["a file", (folder) => {
    writeFileSync(join(folder, "model.bin"), "x");
    return join(folder, "model.bin");
  }, false],
  ["a folder", (folder) => folder, false],
  ["an address", () => "s3://bucket/model.bin", false],
  ["nothing", (folder) => join(folder, "model.bni"), true],
  ["nothing in a folder that is not there", () => "no/such/model.bin", true],
];
for (const [name, make, missing] of ARTIFACTS) {
  test(`logArtifact: ${name} is recorded, ${missing ? "with" : "without"} a warning`, async () => {
    await inFolder(async (folder) => {
      const warnings: string[] = [];
      const onWarning = (message: string): unknown => warnings.push(message);
      const logger = new SQLLogger(configIn(folder), { onWarning });
      const id = await logger.run();
      const path = make(folder);
      logger.logArtifact(path);
      await logger.finish();
      const said = `Cannot find the artifact ${path}: its path is recorded`;
      assertEquals(warnings.length, missing ? 1 : 0, warnings.join());
      if (missing) assertStringIncludes(warnings[0]!, said);
      const finder = new SQLFinder(configIn(folder));
      assertEquals((await finder.findRun(id))?.artifacts.map((a) => a.path), [
        path,
      ]);
      await finder.close();
    });
  });
}

const FLAWED = ["a\ud800", "a\udc00", "\ud83d", "\0", "a\0b", "a\0"];

test("logMetric: a string that SQLite would change is refused with its name, and is no outage", async () => {
  await inFolder(async (folder) => {
    const warnings: string[] = [];
    const onWarning = (message: string): unknown => warnings.push(message);
    const config = configIn(folder);
    const logger = new SQLLogger(config, { onWarning });
    const id = await logger.run();
    logger.logMetric("a", 1);
    for (const text of FLAWED) {
      const places: [string, () => unknown][] = [
        ["log a metric", () => logger.logMetric(text, 1)],
        ["log a metric", () => logger.logMetrics({ b: 1, [text]: 1 })],
        ["log an artifact", () => logger.logArtifact(text)],
        ["log an artifact", () => logger.logArtifact("x", { type: text })],
        ["start a run", () => new SQLLogger(config).run({ tags: [text] })],
        ["start a run", () => new SQLLogger(config).run({ name: text })],
        ["start a run", () => new SQLLogger(config).run({ notes: text })],
        ["start a run", () => new SQLLogger(config).run({ seed: text })],
        ["make a logger", () =>
          new SQLLogger({
            experiment: { projectName: text, sql: { dbPath: folder } },
          })],
        [
          "edit a run",
          () => editRun(join(folder, "runs.db"), 1, { notes: text }),
        ],
        [
          "edit a run",
          () => editRun(join(folder, "runs.db"), 1, { addTags: [text] }),
        ],
      ];
      for (const [action, call] of places) {
        const error = await assertRejects(
          async () => await call(),
          TrackerUsageError,
        );
        const shown = JSON.stringify(text);
        assertStringIncludes(
          (error as Error).message,
          `Cannot ${action}: ${shown} contains `,
        );
      }
    }
    logger.logMetric("a", 2);
    await logger.finish();
    assertEquals(warnings, []);
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals(await run.metrics.names(), ["a"]);
    assertEquals((await run.metrics.summary("a"))?.count, 2);
    await finder.close();
  });
});

test("Statement.run: refuses strings that SQLite would change; configs store them", async () => {
  await inFolder(async (folder) => {
    const values = Object.fromEntries(
      FLAWED.map((text, i) => [text, text + i]),
    );
    const config = configIn(folder, { values, list: FLAWED });
    const logger = new SQLLogger(config);
    const id = await logger.run();
    await logger.finish();
    const finder = new SQLFinder(config);
    const stored = (await finder.findRun(id))!.config;
    assertEquals([stored["values"], stored["list"]], [values, FLAWED]);
    await finder.close();
    const connection = (await chooseDriver()).connect(join(folder, "x.db"));
    connection.exec("CREATE TABLE t (v)");
    const insert = connection.prepare("INSERT INTO t VALUES (?) RETURNING v");
    const ways: ((text: string) => unknown)[] = [
      (text) => insert.run(text),
      (text) => insert.get(text),
      (text) => insert.all(text),
      (text) => [...insert.iterate(text)],
    ];
    for (const text of FLAWED) {
      for (const way of ways) {
        await assertRejects(async () => await way(text), TrackerUsageError);
      }
    }
    connection.close();
  });
});

test("logMetric: two different names are two metrics", async () => {
  await inFolder(async (folder) => {
    const logger = new SQLLogger(configIn(folder));
    const id = await logger.run();
    const taken = new Set<string>();
    const anyText = fc.string({ unit: CODE_POINT, minLength: 1, maxLength: 4 });
    const odd = fc.constantFrom(...FLAWED, "a", "A", "a ", "\u00e9", "e\u0301");
    fc.assert(
      fc.property(fc.oneof(anyText, odd), (name) => {
        try {
          logger.logMetric(name, 1);
          taken.add(name);
        } catch (error) {
          assertInstanceOf(error, TrackerUsageError);
          assertEquals(name.includes("\0") || !name.isWellFormed(), true);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
    await logger.finish();
    const finder = new SQLFinder(configIn(folder));
    const keys = await (await finder.findRun(id))!.metrics.names();
    assertEquals(new Set(keys), taken);
    assertEquals(keys.length, taken.size);
    await finder.close();
  });
});

test("SQLLogger: ids of traces that SQLite would make equal stay different, also in an outage", async () => {
  for (const broken of [false, true]) {
    await inFolder(async (folder) => {
      let record: (output: OutputRecord) => void = () => {};
      const ids = ["t\ud800", "t\ud801", "t\0a", "t\0b"];
      const config = {
        ...configIn(folder),
        [RUN_SOURCE]: {
          name: "config",
          history: () => ({}),
          codeRecords: () =>
            Promise.resolve(
              ids.map((traceId) => ({ traceId, hash: "ato-code-v1:1" })),
            ),
          onCode: () => () => {},
          onOutput: (listener: typeof record) => {
            record = listener;
            return () => {};
          },
        },
      };
      const fault = broken ? { message: "database or disk is full" } : {};
      const driver = faultyDriver(await chooseDriver(), fault);
      const logger = new SQLLogger(config, { driver, onWarning: () => {} });
      await logger.run();
      const uuid = logger.runUuid!;
      ids.forEach((traceId, sequence) =>
        record({ traceId, sequence, call: 0, outcome: "value", hash: "x" })
      );
      await logger.finish();
      const next = new SQLLogger(configIn(folder));
      await next.run();
      await next.finish();
      const finder = new SQLFinder(config);
      const prints = (await finder.findRun(uuid))!.fingerprints;
      for (const type of ["static", "runtime"]) {
        const found = prints.filter((print) => print.type === type);
        assertEquals(new Set(found.map((one) => one.traceId)).size, 4, type);
      }
      await finder.close();
    });
  }
});
