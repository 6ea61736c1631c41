import { assertEquals, assertMatch } from "@std/assert";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  chooseDriver,
  RUN_SOURCE,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { findPython } from "./_find_python.ts";
import { configIn, inFolder } from "./_helpers.ts";

const python = findPython();
const skip = "reason" in python ? python.reason : false;
if (skip !== false) console.log(`skipped: ${skip}`);
const SCRIPT = fileURLToPath(new URL("_python.py", import.meta.url));

function runPython(mode: "read" | "write", folder: string) {
  const path = "path" in python ? python.path : "";
  const out = execFileSync(path, [SCRIPT, mode, join(folder, "runs.db")], {
    encoding: "utf8",
  });
  return JSON.parse(out);
}

/** A source of one code fingerprint. */
const source = {
  name: "config",
  history: () => ({}),
  codeRecords: () =>
    Promise.resolve([{ traceId: "train", hash: "ato-code-v1:aa" }]),
  onCode: () => () => {},
  onOutput: () => () => {},
};

async function writeRuns(folder: string): Promise<number[]> {
  const ids: number[] = [];
  const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
  for (const offset of [0, 10]) {
    const logger = new SQLLogger(config);
    ids.push(await logger.run({ tags: ["ours"] }));
    for (let step = 0; step < 600; step++) {
      logger.logMetric("loss", offset + step % 7, step);
    }
    logger.logMetric("loss", NaN);
    logger.logMetric("loss", -Infinity);
    await logger.finish();
  }
  return ids;
}

test(
  "SQLLogger: Python ato reads the file with its own finder",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const [a, b] = await writeRuns(folder);
      const seen = runPython("read", folder);
      assertEquals(seen.runs, [[a, "completed", ["ours"], 0.1], [
        b,
        "completed",
        [
          "ours",
        ],
        0.1,
      ]]);
      assertEquals(seen.ended, [true, true]);
      assertEquals(seen.best, { max: b, min: a });
      assertEquals([seen.similar, seen.by_trace], [[b], [b]]);
      assertEquals(seen.statistics.static_trace_versions, 1);
      assertMatch(seen.found, /^ato-config-v1:/);
    });
  },
);

test(
  "SQLFinder: Python ato writes into the file, and both read all of it",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const ids = await writeRuns(folder);
      const last = runPython("write", folder);
      const finder = new SQLFinder(configIn(folder));
      const runs = await finder.getRunsInProject("demo");
      assertEquals(runs.map((run) => run.id), [...ids, last - 1, last]);
      await checkPythonRun(finder, last);
      assertMatch(
        runs.at(-1)!.uuid!,
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
      );
      assertEquals(runPython("read", folder).best, { max: last, min: ids[0] });
      await finder.close();
    });
  },
);

async function checkPythonRun(finder: SQLFinder, id: number): Promise<void> {
  const run = (await finder.findRun(id))!;
  assertEquals([run.tags, run.config["lr"]], [["python"], 0.1]);
  assertEquals(run.artifacts.map((one) => [one.path, one.type, one.metadata]), [
    ["model.pt", "model", { epoch: 3 }],
  ]);
  assertEquals(run.fingerprints.map((one) => one.hash), ["f".repeat(64)]);
  const summary = (await run.metrics.summary("loss"))!;
  assertEquals([summary.count, summary.max, summary.min, summary.last], [
    501,
    10099,
    100,
    349,
  ]);
  const { points } = await run.metrics.points("loss", { from: 6, to: 8 });
  assertEquals(points.map((one) => [one.step, one.value]), [
    [6, 344],
    [7, 343],
    [7, 10099],
    [8, 342],
  ]);
  const bins = await run.metrics.chart("loss", { maxPoints: 10 });
  assertEquals(bins.reduce((sum, bin) => sum + bin.count, 0), 501);
  assertEquals(Math.max(...bins.map((bin) => bin.max!)), 10099);
}

test(
  "SQLFinder: reads a file of Python ato without changing it",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const id = runPython("write", folder);
      const before = readFileSync(join(folder, "runs.db"));
      const finder = new SQLFinder(configIn(folder));
      await checkPythonRun(finder, id);
      const best = async (mode: "max" | "min") =>
        (await finder.findBestRun({
          projectName: "demo",
          metric: "loss",
          mode,
        }))?.id;
      assertEquals([await best("max"), await best("min")], [id, id - 1]);
      assertEquals((await finder.findSimilarRuns(id)).map((run) => run.id), [
        id - 1,
      ]);
      const statistics = await finder.getTraceStatistics("demo", "train");
      assertEquals(statistics.versions.map((one) => one.count), [2]);
      assertEquals((await finder.findRun(id))?.status, "running");
      await finder.close();
      assertEquals(readFileSync(join(folder, "runs.db")).equals(before), true);
    });
  },
);

const STORED = fileURLToPath(new URL("schema_0_python.db", import.meta.url));

test("SQLLogger: takes over a stored file of Python ato, which Python ato still writes", async () => {
  await inFolder(async (folder) => {
    copyFileSync(STORED, join(folder, "runs.db"));
    const config = configIn(folder, { lr: 0.1 });
    const logger = new SQLLogger(config);
    assertEquals(await logger.run(), 3);
    logger.logMetric("loss", -5);
    await logger.finish();
    const finder = new SQLFinder(config);
    await checkPythonRun(finder, 2);
    assertEquals(
      (await finder.findBestRun({
        projectName: "demo",
        metric: "loss",
        mode: "min",
      }))?.id,
      3,
    );
    if (skip === false) {
      assertEquals(runPython("read", folder).best, { max: 2, min: 3 });
      const id = runPython("write", folder);
      await checkPythonRun(finder, id);
    }
    await finder.close();
    const connection = (await chooseDriver()).connect(join(folder, "runs.db"));
    assertEquals(
      connection.prepare("PRAGMA integrity_check").get()?.["integrity_check"],
      "ok",
    );
    connection.close();
  });
});
