import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as fc from "fast-check";
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  chooseDriver,
  deleteRuns,
  emptyTrash,
  type MetricCursor,
  type MetricPoint,
  type OutputRecord,
  restoreRuns,
  type Run,
  RUN_SOURCE,
  type RunSource,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "../../tracker/mod.ts";
import { snapshotOf, withProgram } from "./_factors.ts";
import { type Fault, faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder } from "./_helpers.ts";

async function allPoints(
  run: Run,
  key: string,
  limit = 97,
): Promise<MetricPoint[]> {
  const points: MetricPoint[] = [];
  let after: MetricCursor | undefined;
  do {
    const page = await run.metrics.points(key, {
      limit,
      ...(after && { after }),
    });
    points.push(...page.points);
    after = page.next;
  } while (after !== undefined);
  return points;
}

test("SQLFinder.findRun: returns everything that SQLLogger.run recorded", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "weights.bin");
    writeFileSync(file, "weights");
    const values = {
      lr: 0.1,
      nan: NaN,
      infinities: [Infinity, -Infinity],
      zero: -0,
      large: 12345678901234567890n,
      small: 5n,
      huge: 2 ** 70,
      when: new Date(1e12),
      missing: undefined,
      none: null,
      list: new Float32Array([0.5, 1.5]),
      text: 'NaN, "Infinity" and 12345678901234567890 \ud83d\ude00',
      nested: { deep: [{ a: 1 }] },
    };
    const config = configIn(folder, values);
    const logger = new SQLLogger(config);
    const id = await logger.run({
      name: "first",
      tags: ["a", "b"],
      notes: "n",
      seed: 7n,
    });
    assertEquals(id, logger.runId);
    logger.logArtifact(file, { type: "model", metadata: { epoch: 3 } });
    logger.logArtifact("https://example.org/x");
    await logger.finish();
    await logger.finish();

    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals(run.config, config);
    assert(Object.is(run.config["zero"], -0));
    assertEquals([run.name, run.notes, run.seed, run.tags], [
      "first",
      "n",
      "7",
      ["a", "b"],
    ]);
    assertEquals(run.status, "completed");
    assertMatch(run.uuid!, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    assertMatch(run.structuralHash!, /^ato-config-v1:/);
    assert(run.duration! >= 0 && run.endTime! >= run.startTime!);
    assertEquals(run.artifacts, [
      {
        id: 1,
        path: file,
        type: "model",
        metadata: { epoch: 3 },
        size: 7,
        sha256: createHash("sha256").update("weights").digest("hex"),
      },
      { id: 2, path: "https://example.org/x" },
    ]);
    const { environment } = run;
    assertEquals(environment.pid, process.pid);
    assert(
      environment.runtime?.version && environment.os?.arch &&
        environment.sqlite?.version,
    );
    assertEquals((await finder.findRun(run.uuid!.slice(0, 8)))?.id, id);
    assertEquals(await finder.findRun("zz"), undefined);
    await finder.close();
  });
});

interface Logged {
  readonly step: number;
  readonly value: number;
}

/** What the summary must say, computed the plain way. */
function expected(points: readonly Logged[]) {
  const finite = points.filter((point) => Number.isFinite(point.value));
  const values = finite.map((point) => point.value);
  const bad = points.filter((point) => !Number.isFinite(point.value)).map((
    point,
  ) => point.step);
  const steps = points.map((point) => point.step);
  const lastStep = Math.max(...steps);
  return {
    count: points.length,
    nonfinite: bad.length,
    divergedAt: bad.length === 0 ? undefined : Math.min(...bad),
    min: values.length === 0 ? undefined : Math.min(...values),
    max: values.length === 0 ? undefined : Math.max(...values),
    firstStep: Math.min(...steps),
    lastStep,
    last: points.findLast((point) => point.step === lastStep)!.value,
  };
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, min: -1e9, max: 1e9 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e300, 2 ** 53),
  },
);
const point = fc.record({ step: fc.integer({ min: -50, max: 3000 }), value });
const chunk = fc.record({
  batch: fc.boolean(),
  points: fc.array(point, { maxLength: 400, size: "max" }),
  ordered: fc.boolean(),
});

test("logMetric: any points in any order and any batches are stored, and summaries are right", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const finder = new SQLFinder(config);
    const property = fc.asyncProperty(
      fc.array(chunk, { minLength: 1, maxLength: 6, size: "max" }),
      async (chunks) => {
        const logger = new SQLLogger(config);
        const id = await logger.run();
        const points: Logged[] = [];
        for (const { batch, points: some, ordered } of chunks) {
          const these = ordered
            ? some.map((one, i) => ({ ...one, step: points.length + i }))
            : some;
          if (batch) {
            logger.logMetricBatch(these.map((one) => ({ key: "m", ...one })));
          } else {for (const one of these) {
              logger.logMetric("m", one.value, one.step);
            }}
          points.push(...these);
        }
        const run = (await finder.findRun(id))!;
        for (const _ of ["while it runs", "when it has ended"]) {
          const summary = await run.metrics.summary("m");
          if (points.length === 0) assertEquals(summary, undefined);
          else {
            const want = expected(points);
            const got = Object.fromEntries(
              Object.keys(want).map((
                key,
              ) => [key, summary![key as keyof typeof summary]]),
            );
            assertEquals<Record<string, unknown>>(got, want);
            const sorted = points.toSorted((a, b) => a.step - b.step);
            const read = await allPoints(run, "m");
            assertEquals(
              read.map(({ step, value }) => ({ step, value })),
              sorted,
            );
            await checkChart(run, want);
          }
          await logger.finish();
        }
      },
    );
    await fc.assert(property, { numRuns: 25, seed: 20, endOnFailure: true });
    await finder.close();
  });
});

/** Whatever the chart leaves out, the extremes and the count are whole. */
async function checkChart(
  run: Run,
  want: ReturnType<typeof expected>,
): Promise<void> {
  const bins = await run.metrics.chart("m", { maxPoints: 5 });
  assert(bins.length <= 6, `${bins.length} stretches`);
  assertEquals(bins.reduce((sum, bin) => sum + bin.count, 0), want.count);
  const extreme = (pick: "min" | "max"): number | undefined => {
    const values = bins.flatMap((bin) => bin[pick] ?? []);
    return values.length === 0 ? undefined : Math[pick](...values);
  };
  assertEquals([extreme("min"), extreme("max")], [want.min, want.max]);
}

test("metrics.chart: a spike in a long curve is in every range", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = new SQLLogger(config);
    const id = await logger.run();
    const points = Array.from({ length: 50_000 }, (_, step) => ({
      key: "loss",
      value: step === 31_234 ? 99 : Math.sin(step / 1000),
      step,
    }));
    logger.logMetricBatch(points);
    for (let step = 50_000; step < 50_300; step++) {
      logger.logMetric("loss", 0, step);
    }
    const finder = new SQLFinder(config);
    const { metrics } = (await finder.findRun(id))!;
    for (const maxPoints of [1, 10, 100, 1000]) {
      const bins = await metrics.chart("loss", { maxPoints });
      assert(bins.length <= maxPoints + 1);
      const spike = bins.find((bin) => bin.max === 99);
      assertEquals(spike?.maxStep, 31_234);
      assertEquals(bins.reduce((sum, bin) => sum + bin.count, 0), 50_300);
    }
    const part = await metrics.chart("loss", {
      maxPoints: 50,
      from: 1_111,
      to: 40_777,
    });
    assertEquals(
      part.reduce((sum, bin) => sum + bin.count, 0),
      40_777 - 1_111 + 1,
    );
    assertEquals([part[0]!.firstStep, part.at(-1)!.lastStep], [1_111, 40_777]);
    await logger.finish();
    await finder.close();
  });
});

test("SQLLogger.run: resume supersedes the points beyond the step, and deletes nothing", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    const id = await first.run();
    for (let step = 0; step < 1000; step++) first.logMetric("loss", step, step);
    first.logMetric("late", 1, 900);
    await first.finish({ error: new Error("x") });
    const second = new SQLLogger(config);
    const uuid = first.runUuid!;
    assertEquals(await second.run({ resume: { run: uuid, step: 499 } }), id);
    assertEquals(second.runUuid, uuid);
    for (let i = 0; i < 100; i++) second.logMetric("loss", -i);
    await second.finish();

    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals([run.status, run.error], ["completed", undefined]);
    const summary = (await run.metrics.summary("loss"))!;
    assertEquals([summary.count, summary.max, summary.min, summary.last], [
      600,
      499,
      -99,
      -99,
    ]);
    assertEquals(await run.metrics.summary("late"), undefined);
    const steps = (await allPoints(run, "loss")).map((one) => one.step);
    assertEquals(steps, Array.from({ length: 600 }, (_, i) => i));
    const best = await finder.findBestRun({
      projectName: "demo",
      metric: "loss",
    });
    assertEquals(best?.id, id);
    assertEquals(
      await finder.findBestRun({ projectName: "demo", metric: "late" }),
      undefined,
    );
    const connection = (await chooseDriver()).connect(join(folder, "runs.db"), {
      readOnly: true,
    });
    const kept = connection.prepare(
      "SELECT count(*) AS n FROM metric_points WHERE superseded",
    ).get();
    assertEquals(kept?.["n"], 501);
    connection.close();
    await finder.close();
    await assertRejects(
      () => new SQLLogger(config).run({ resume: { run: 77, step: 0 } }),
      RangeError,
      "Cannot find run 77",
    );
  });
});

test("SQLLogger.run: a run that is still being logged cannot be resumed", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = new SQLLogger(config);
    const run = await logger.run();
    await assertRejects(
      () => new SQLLogger(config).run({ resume: { run, step: 0 } }),
      Error,
      "is still logging it",
    );
    await logger.finish();
  });
});

test("findBestRun: by best or last value, never by NaN, the oldest of equals, running ones too", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const curves = [[1, 9, 2], [3, NaN, 4], [5, 6, -1], [9, 0, Infinity], [
      NaN,
      NaN,
      NaN,
    ]];
    const ids: number[] = [];
    for (const curve of curves) {
      const logger = new SQLLogger(config);
      ids.push(await logger.run());
      curve.forEach((one, step) => logger.logMetric("acc", one, step));
      await logger.finish();
    }
    const finder = new SQLFinder(config);
    const best = async (mode: "max" | "min", by: "best" | "last") =>
      (await finder.findBestRun({
        projectName: "demo",
        metric: "acc",
        mode,
        by,
      }))?.id;
    assertEquals(await best("max", "best"), ids[0]);
    assertEquals(await best("min", "best"), ids[2]);
    assertEquals(await best("max", "last"), ids[1]);
    assertEquals(await best("min", "last"), ids[2]);
    const open = new SQLLogger(config);
    const openId = await open.run();
    open.logMetric("acc", 1e9, 0);
    assertEquals(await best("max", "best"), openId);
    open.logMetric("acc", -1e9, 1);
    assertEquals(await best("min", "last"), openId);
    await open.finish();
    assertEquals(await best("max", "best"), openId);
    assertEquals((await finder.findRun(ids[4]!))?.status, "completed");
    assertEquals(
      await (await finder.findRun(ids[4]!))!.metrics.divergedAt(),
      0,
    );
    for (const projectName of ["demo", "none"]) {
      assertEquals(
        await finder.findBestRun({ projectName, metric: "none" }),
        undefined,
      );
    }
    await finder.close();
  });
});

test("SQLLogger: a clock that jumps back an hour changes neither order nor duration", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    let now = Date.now();
    const logger = new SQLLogger(config, { now: () => now });
    const id = await logger.run();
    for (let i = 0; i < 10; i++) {
      if (i === 5) now -= 3_600_000;
      logger.logMetric("loss", i);
      logger.logMetric("same", i, 1);
    }
    await logger.finish();
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assert(run.duration! >= 0 && run.duration! < 60);
    for (const key of ["loss", "same"]) {
      const { points } = await run.metrics.points(key);
      assertEquals(points.map((one) => one.value), [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
      ]);
      assertEquals(points[9]!.time.getTime(), now);
    }
    assertEquals((await run.metrics.summary("same"))?.last, 9);
    await finder.close();
  });
});

test("logMetric: wrong use is a TypeError that names the metric, and loses no point", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = new SQLLogger(config);
    assertThrows(() => logger.logMetric("loss", 1), Error, "call run first");
    const id = await logger.run();
    await assertRejects(() => logger.run(), Error, "call finish first");
    const wrong = "0.5" as unknown as number;
    assertThrows(
      () => logger.logMetric("loss", wrong),
      TypeError,
      'metric "loss"',
    );
    assertThrows(
      () => logger.logMetric("loss", 1, 0.5),
      TypeError,
      "step 0.5 is not an integer",
    );
    assertThrows(
      () => logger.logMetrics({ a: 1, b: wrong }),
      TypeError,
      'metric "b"',
    );
    assertThrows(() => logger.logMetric("", 1), TypeError, "name is empty");
    await logger.finish();
    const finder = new SQLFinder(config);
    assertEquals(await (await finder.findRun(id))!.metrics.names(), []);
    await finder.close();
  });
});

const BAD_CONFIGS = [
  { config: {}, message: "no experiment.sql.dbPath" },
  {
    config: { experiment: { sql: { dbPath: "a.db" } } },
    message: "no experiment.projectName",
  },
  {
    config: {
      experiment: { projectName: "p", sql: { dbPath: "postgresql://host/db" } },
    },
    message: "Cannot use postgresql",
  },
];
for (const { config, message } of BAD_CONFIGS) {
  test(`SQLLogger: a config is refused: ${message}`, () => {
    assertThrows(() => new SQLLogger(config), TypeError, message);
  });
}

test("track: a function that throws ends its run as failed", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = new SQLLogger(config);
    const id = await logger.run();
    const work = () => {
      logger.logMetric("loss", 1);
      throw new RangeError("too large");
    };
    await assertRejects(() => logger.track(work), RangeError, "too large");
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals([run.status, run.error?.name], ["failed", "RangeError"]);
    await finder.close();
  });
});

test("track: whatever a function throws, the run ends as failed with its text", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const bare = Object.setPrototypeOf(new RangeError("bare"), null);
  const odd = Object.assign(new Error("x"), { name: Object.create(null) });
  const rows: [thrown: unknown, name: string, message: string][] = [
    [bare, "Error", "bare"],
    [odd, "Error", "x"],
    [Object.create(null), "object", "a value that has no text was thrown"],
    [proxy, "object", "a value that has no text was thrown"],
    [Object.assign(new Error(), { message: 404 }), "Error", "404"],
    ["plain", "string", "plain"],
  ];
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const finder = new SQLFinder(config);
    for (const [thrown, name, message] of [...rows, [undefined] as const]) {
      const logger = new SQLLogger(config);
      const id = await logger.run();
      let caught: unknown;
      try {
        await logger.track(() => {
          throw thrown;
        });
      } catch (error) {
        caught = error;
      }
      assert(Object.is(caught, thrown));
      const { status, error } = (await finder.findRun(id))!;
      assertEquals(
        [status, error?.name, error?.message],
        ["failed", name, message],
      );
    }
    await finder.close();
  });
});

test("track: the error of the work is thrown, and that of the end of the run is a warning", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const warnings: string[] = [];
    const logger = new SQLLogger(configIn(folder), {
      driver: faultyDriver(await chooseDriver(), fault),
      onError: "throw",
      onWarning: (text) => warnings.push(text),
    });
    await logger.run();
    const work = () => {
      fault.message = "disk I/O error";
      throw new RangeError("too large");
    };
    await assertRejects(() => logger.track(work), RangeError, "too large");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "Cannot end the run as failed: ");
    assertStringIncludes(warnings[0]!, "disk I/O error");
  });
});

test("track: if the work succeeds, the error of the end of the run is thrown", async () => {
  await inFolder(async (folder) => {
    const fault: Fault = {};
    const logger = new SQLLogger(configIn(folder), {
      driver: faultyDriver(await chooseDriver(), fault),
      onError: "throw",
    });
    await logger.run();
    const work = () => {
      fault.message = "disk I/O error";
    };
    await assertRejects(() => logger.track(work), StorageError, "disk I/O");
  });
});

test("finish: calls at the same time end the run once", async () => {
  await inFolder(async (folder) => {
    const source = fakeSource();
    let calls = 0;
    const codeRecords = async () => {
      // Each call takes longer than the one before.
      await pause(10 * calls++);
      return await source.codeRecords();
    };
    const config = {
      ...configIn(folder),
      [RUN_SOURCE]: { ...source, codeRecords },
    };
    const logger = new SQLLogger(config);
    const id = await logger.run();
    logger.logMetric("loss", 1);
    await Promise.all([
      logger.finish(),
      logger.finish({ error: new Error("too late") }),
      logger[Symbol.asyncDispose](),
    ]);
    assertEquals(logger.runId, undefined);
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    assertEquals([run.status, run.error], ["completed", undefined]);
    await finder.close();
    const spills = readdirSync(folder).filter((name) =>
      name.endsWith(".jsonl")
    );
    assertEquals(spills, []);
  });
});

test("finish: of calls at the same time the first one ends the run, also if there was something to wait for", async () => {
  const calls: ((logger: SQLLogger) => Promise<void>)[] = [
    (logger) => logger.finish(),
    (logger) => logger.finish({ error: new Error("too late") }),
    (logger) => logger[Symbol.asyncDispose](),
  ];
  const snapshot = snapshotOf({ modules: { "a.ts": "f = 1" } });
  for (const [first, status] of ["completed", "failed"].entries()) {
    await inFolder(async (folder) => {
      const config = {
        ...configIn(folder),
        [RUN_SOURCE]: withProgram(snapshot),
      };
      const logger = new SQLLogger(config);
      const id = await logger.run();
      const order = [...calls.slice(first), ...calls.slice(0, first)];
      await Promise.all(order.map((call) => call(logger)));
      const finder = new SQLFinder(config);
      assertEquals((await finder.findRun(id))?.status, status);
      await finder.close();
    });
  }
});

test("finish: if the first of several calls cannot find out what it waits for, the next one ends the run", async () => {
  await inFolder(async (folder) => {
    let asked = 0;
    const source: RunSource = {
      ...withProgram(snapshotOf({ modules: { "a.ts": "f = 1" } })),
      settle: () =>
        asked++ === 0
          ? Promise.reject(new Error("not now"))
          : Promise.resolve(),
    };
    const config = { ...configIn(folder), [RUN_SOURCE]: source };
    const logger = new SQLLogger(config);
    const id = await logger.run();
    const [first, second] = await Promise.allSettled([
      logger.finish({ error: new Error("it failed") }),
      logger.finish(),
    ]);
    assertEquals([first.status, second.status], ["rejected", "fulfilled"]);
    const finder = new SQLFinder(config);
    assertEquals((await finder.findRun(id))?.status, "completed");
    await finder.close();
  });
});

/** A scope as the tracker sees it. */
function fakeSource(): RunSource & { emit(record: OutputRecord): void } {
  const listeners = new Set<(record: OutputRecord) => void>();
  return {
    name: "config",
    history: () => ({ lr: [{ value: 0.1, kind: "view", by: "defaults" }] }),
    codeRecords: () =>
      Promise.resolve([
        {
          traceId: "train",
          hash: "ato-code-v1:aa",
          source: "function train",
          uses: { relu: "ato-code-v1:bb" },
          usesSources: { relu: "function relu" },
        },
        { traceId: "native", reason: "no readable source" },
      ]),
    onCode: () => () => {},
    onOutput(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(record) {
      for (const listener of listeners) listener(record);
    },
  };
}

test("SQLLogger: records fingerprints, sources, outputs and history of the scope", async () => {
  await inFolder(async (folder) => {
    const finder = new SQLFinder(configIn(folder));
    const ids: number[] = [];
    for (const change of [0, 0, 1]) {
      const source = fakeSource();
      const config = { ...configIn(folder), [RUN_SOURCE]: source };
      const logger = new SQLLogger(config);
      ids.push(await logger.run());
      for (let call = 0; call < 200; call++) {
        const hash = `ato-value-v1:${call === 150 ? call + change : call}`;
        source.emit({
          traceId: "evaluate",
          sequence: call,
          call,
          outcome: "value",
          hash,
        });
      }
      await logger.finish();
      source.emit({
        traceId: "evaluate",
        sequence: 200,
        call: 200,
        outcome: "value",
      });
    }
    const [a, b, c] = ids as [number, number, number];
    const run = (await finder.findRun(a))!;
    assertEquals(run.history["lr"]?.[0]?.by, "defaults");
    assertEquals(run.fingerprints.find((print) => print.type === "static"), {
      traceId: "train",
      type: "static",
      hash: "ato-code-v1:aa",
      uses: { relu: "ato-code-v1:bb" },
    });
    assertEquals(
      run.fingerprints.find((print) => print.type === "runtime")?.calls,
      200,
    );
    assertEquals(run.fingerprintGaps, [{
      traceId: "native",
      reason: "no readable source",
    }]);
    assertEquals(await finder.getSource("ato-code-v1:bb"), "function relu");
    const page = await run.outputs("evaluate", { limit: 120 });
    const rest = await run.outputs("evaluate", {
      limit: 120,
      after: page.at(-1)!,
    });
    assertEquals([page.length, rest.length, rest[0]?.call], [120, 80, 120]);
    const similar = async (type: "static" | "runtime", id: number) =>
      (await finder.findSimilarRunsByTrace(a, id === 0 ? "train" : "evaluate", {
        type,
      })).map((r) => r.id);
    assertEquals(await similar("static", 0), [b, c]);
    assertEquals(await similar("runtime", 1), [b]);
    assertEquals((await finder.findSimilarRuns(a)).map((one) => one.id), [
      b,
      c,
    ]);
    const statistics = await finder.getTraceStatistics("demo", "evaluate");
    assertEquals([
      statistics.staticTraceVersions,
      statistics.runtimeTraceVersions,
    ], [0, 2]);
    assertEquals(statistics.versions.map((version) => version.count), [2, 1]);
    await finder.close();
  });
});

test("deleteRuns: a run in the trash is hidden, can be restored, and is gone when the trash is emptied", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const ids: number[] = [];
    for (let i = 0; i < 3; i++) {
      const logger = new SQLLogger(config);
      ids.push(await logger.run());
      logger.logMetric("loss", i);
      logger.logArtifact("x");
      await logger.finish();
    }
    const [a, b, c] = ids as [number, number, number];
    assertEquals(await deleteRuns(config, [b, c, 99]), 2);
    assertEquals(await deleteRuns(config, [b]), 0);
    const finder = new SQLFinder(config);
    const visible = async () =>
      (await finder.getRunsInProject("demo")).map((run) => run.id);
    assertEquals(await visible(), [a]);
    const best = await finder.findBestRun({
      projectName: "demo",
      metric: "loss",
    });
    assertEquals(best?.id, a);
    assertEquals(
      (await finder.getRunsInProject("demo", { deleted: true })).length,
      2,
    );
    assertEquals(await restoreRuns(config, [c]), 1);
    assertEquals(await visible(), [a, c]);
    assertEquals(await emptyTrash(config), []);
    assertEquals(
      await emptyTrash(config, { olderThanDays: 0, vacuum: true }),
      [b],
    );
    assertEquals(await finder.findRun(b), undefined);
    assertEquals(await visible(), [a, c]);
    await finder.close();
  });
});

test("SQLLogger.run: a run that logged its steps backwards can be resumed, too", async () => {
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const first = new SQLLogger(config);
    const id = await first.run();
    for (let step = 999; step >= 0; step--) first.logMetric("loss", step, step);
    await first.finish();
    const second = new SQLLogger(config);
    await second.run({ resume: { run: id, step: 250 } });
    second.logMetric("loss", -1);
    await second.finish();
    const finder = new SQLFinder(config);
    const { metrics } = (await finder.findRun(id))!;
    const summary = (await metrics.summary("loss"))!;
    assertEquals([summary.count, summary.max, summary.min, summary.first], [
      252,
      250,
      -1,
      0,
    ]);
    const bins = await metrics.chart("loss", { maxPoints: 3 });
    assertEquals(bins.reduce((sum, bin) => sum + bin.count, 0), 252);
    await finder.close();
  });
});
