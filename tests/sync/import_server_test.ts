/** `ato import mlflow URL`: runs of a server, also of one that fails or lies. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  importMlflowServer,
  mlflowTarget,
  syncRuns,
  TargetError,
} from "../../sync/mod.ts";
import { type Run, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { ato } from "../cli/_lib.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { StubMlflow, type StubRun } from "./_stub_mlflow.ts";

async function withStub(
  work: (stub: StubMlflow, folder: string) => Promise<void>,
): Promise<void> {
  const stub = await StubMlflow.start();
  try {
    await withTempFolder((folder) => work(stub, folder), "import");
  } finally {
    await stub.end();
  }
}

/** Adds a run to the server that did not come from ato. */
function foreignRun(stub: StubMlflow, more: Partial<StubRun> = {}): StubRun {
  if (stub.experiments.length === 0) {
    stub.experiments.push({
      id: "1",
      name: "theirs",
      created: 1,
      tags: new Map(),
    });
  }
  const run: StubRun = {
    id: crypto.randomUUID().replaceAll("-", ""),
    ...{
      experiment: "1",
      stage: "active",
      status: "FINISHED",
      name: "grand-owl-1",
    },
    ...{ start: 1_700_000_000_000, end: 1_700_000_001_000 },
    params: new Map([["lr", "0.1"], ["opt.name", "adam"]]),
    tags: new Map([["mlflow.user", "x"], ["team", "red"]]),
    points: [{
      key: "loss",
      value: 0.5,
      timestamp: 1_700_000_000_500,
      step: 0,
    }],
    ...{ datasets: [], files: new Map() },
    ...more,
  };
  stub.runs.push(run);
  return run;
}

async function pointsOf(run: Run): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const name of await run.metrics.names()) {
    all[name] = (await run.metrics.points(name, { limit: 5000 })).points;
  }
  return all;
}

test("a run that ato sent comes back as the run that it was, and not as a second one", () =>
  withStub(async (stub, folder) => {
    const [dbPath, back] = [join(folder, "runs.db"), join(folder, "back.db")];
    const file = join(folder, "model.bin");
    writeFileSync(file, "weights");
    const config = {
      lr: 0.1,
      "a.b": 1,
      a: { b: true },
      list: [1, "x"],
      big: 2n ** 70n,
    };
    const logger = new SQLLogger({
      ...config,
      experiment: { projectName: "mine", sql: { dbPath } },
    });
    await logger.run({
      tags: ["good", "ato.x", "k=v", "=x"],
      seed: 7,
      name: "the one",
      notes: "a note",
    });
    for (let i = 0; i < 300; i++) {
      logger.logMetrics({ loss: 1 / (i + 1), "acc@1": -i }, i);
    }
    for (const [step, value] of [NaN, Infinity, -Infinity, -0].entries()) {
      logger.logMetric("odd", value, step);
    }
    logger.logArtifact(file, { type: "model" });
    logger.logInput(file, { name: "data/train.bin" });
    await logger.finish();
    await syncRuns(mlflowTarget(stub.url), { dbPath });

    const first = await ato("import", "mlflow", stub.url, "--db", back);
    assertEquals([first.code, first.out, first.err], [
      0,
      "1 added, 0 already known\n",
      "",
    ]);
    const again = await ato(
      "import",
      "mlflow",
      stub.url,
      "--db",
      back,
      "--json",
    );
    assertEquals(JSON.parse(again.out), [{
      added: [],
      updated: [],
      same: 1,
      running: 0,
    }]);
    const home = await ato("import", "mlflow", stub.url, "--db", dbPath);
    assertEquals(home.out, "0 added, 1 already known\n");

    const [a, b] = [new SQLFinder(dbPath), new SQLFinder(back)];
    const [was, is] = [(await a.findRun(1))!, (await b.findRun(1))!];
    const shown = (
      run: Run,
    ) => [
      run.uuid,
      run.name,
      run.notes,
      run.seed,
      run.status,
      [...run.tags].sort(),
      run.config,
      run.startTime,
      run.endTime,
    ];
    assertEquals(shown(is), shown(was));
    assertEquals(await pointsOf(is), await pointsOf(was));
    const inputsOf = async (finder: SQLFinder) =>
      (await finder.inputsOf(1))!.inputs.map((
        { name, kind, sha256, bytes },
      ) => ({ name, kind, sha256, bytes }));
    assertEquals(await inputsOf(b), await inputsOf(a));
    const [artifact, ...more] = is.artifacts;
    assertEquals([artifact!.type, artifact!.sha256, more], [
      "model",
      was.artifacts[0]!.sha256,
      [],
    ]);
    assert(
      artifact!.path.startsWith(`${back}.artifacts/${is.uuid}/`),
      artifact!.path,
    );
    assertEquals(readFileSync(artifact!.path, "utf8"), "weights");
    await a.close();
    await b.close();
  }));

test("a run of another tool is taken as it is; one that is running there is left, unless it is asked for", () =>
  withStub(async (stub, folder) => {
    const dbPath = join(folder, "runs.db");
    const run = foreignRun(stub, {
      datasets: [{
        name: "iris",
        digest: "a1b2",
        source_type: "local",
        source: "{}",
        profile: "{}",
      }],
    });
    foreignRun(stub, { status: "RUNNING", end: undefined });
    foreignRun(stub, { stage: "deleted" });
    const words = [
      "import",
      "mlflow",
      stub.url,
      "--db",
      dbPath,
      "--no-artifacts",
    ];
    assertStringIncludes(
      (await ato(...words)).out,
      "1 added, 0 already known, 1 still running there",
    );
    const finder = new SQLFinder(dbPath);
    const taken = (await finder.findRun(1))!;
    assertEquals(taken.uuid!.replaceAll("-", ""), run.id);
    assertEquals([taken.name, taken.status, [...taken.tags]], [
      "grand-owl-1",
      "completed",
      ["team=red"],
    ]);
    assertEquals(taken.config, { lr: 0.1, opt: { name: "adam" } });
    assertEquals(
      (await finder.inputsOf(1))!.inputs.map((
        { name, value },
      ) => [name, value]),
      [["iris", "etag:a1b2"]],
    );
    assertEquals((await finder.inputsOf(1))!.coverage.level, "partial");
    assertEquals((await finder.listProjects()).map(({ name }) => name), [
      "theirs",
    ]);
    await finder.close();
    assertStringIncludes(
      (await ato(...words, "--running")).out,
      "1 added, 1 already known",
    );
    assertEquals((await ato(...words, "nothing")).code, 2);
  }));

test("names of files lead nowhere, whatever a server says", () =>
  withStub(async (stub, folder) => {
    const outside = join(folder, "outside");
    const names = [
      "../../../outside/evil",
      "/etc/evil",
      "a/../../b",
      "..",
      "ok/model",
      "con",
      "a\0b",
      "x".repeat(400),
    ];
    foreignRun(stub, { files: new Map(names.map((name) => [name, name])) });
    // The stub would make folders of the names: it is told to list them flat.
    stub.fault = (_, name) =>
      name.endsWith("artifacts/list")
        ? {
          status: 200,
          body: JSON.stringify({
            files: names.map((path) => ({ path, is_dir: false, file_size: 3 })),
          }),
        }
        : "none";
    const within = join(folder, "in", "artifacts");
    await importMlflowServer(stub.url, {
      dbPath: join(folder, "runs.db"),
      artifacts: within,
    });
    assert(!existsSync(outside));
    const finder = new SQLFinder(join(folder, "runs.db"));
    const paths = (await finder.findRun(1))!.artifacts.map(({ path }) => path);
    assertEquals(paths.length, names.length);
    assertEquals(
      new Set(paths.map((path) => path.toLowerCase())).size,
      names.length,
    );
    for (const path of paths) {
      assert(path.startsWith(`${within}/`) && !path.includes("/../"), path);
    }
    assertEquals(
      readdirSync(folder).sort().filter((name) => !name.startsWith("runs.db")),
      ["in"],
    );
    await finder.close();
  }));

for (const fault of ["cut before", "cut answer", "busy"] as const) {
  test(`${fault} at each request: each run is added once and whole`, () =>
    withStub(async (stub, folder) => {
      const points = Array.from(
        { length: 250 },
        (_, step) => ({ key: "loss", value: step, timestamp: 5, step }),
      );
      for (let i = 0; i < 2; i++) {
        foreignRun(stub, { points, files: new Map([["a/b", "12"]]) });
      }
      const take = (name: string) =>
        importMlflowServer(stub.url, {
          ...{
            dbPath: join(folder, `${name}.db`),
            artifacts: join(folder, name),
            pause: 1,
          },
          onNotice: () => {},
        });
      await take("good");
      const requests = stub.requests.length;
      assert(requests > 10);
      for (let k = 1; k <= requests; k++) {
        const before = stub.requests.length;
        stub.fault = (n) => n - before === k ? fault : "none";
        assertEquals(await take(`${k}`), {
          added: [1, 2],
          same: 0,
          running: 0,
        });
        const finder = new SQLFinder(join(folder, `${k}.db`));
        for (const id of [1, 2]) {
          const run = (await finder.findRun(id))!;
          assertEquals((await run.metrics.summary("loss"))?.count, 250);
          assertEquals(run.artifacts.map(({ size }) => size), [2]);
          assertEquals(readFileSync(run.artifacts[0]!.path, "utf8"), "12");
        }
        await finder.close();
      }
    }));
}

test("a list without end, and points that are none, get a sentence", () =>
  withStub(async (stub, folder) => {
    foreignRun(stub);
    const lies:
      readonly (readonly [path: string, body: object, says: string])[] = [
        [
          "experiments/search",
          { experiments: [], next_page_token: "x" },
          "its list has no end",
        ],
        ["runs/search", { runs: [{}] }, "info is not a mapping"],
        ["metrics/get-history", {
          metrics: [{ key: "loss", value: "much", step: 1 }],
        }, "value is not a number"],
        ["metrics/get-history", {
          metrics: [{ key: "loss", value: 1, step: 1.5 }],
        }, "step is not an integer"],
        ["artifacts/list", { files: [{ path: 7 }] }, "path is not a text"],
      ];
    for (const [path, body, says] of lies) {
      stub.fault = (_, name) =>
        name.endsWith(path)
          ? { status: 200, body: JSON.stringify(body) }
          : "none";
      try {
        await importMlflowServer(stub.url, {
          dbPath: join(folder, "runs.db"),
          artifacts: folder,
          pause: 1,
        });
        throw new Error(`${path} was taken`);
      } catch (error) {
        assert(error instanceof TargetError, String(error));
        assertStringIncludes(error.message, says);
      }
    }
    const finder = new SQLFinder(join(folder, "runs.db"));
    assertEquals(await finder.listProjects(), []);
    await finder.close();
  }));

test("a run that was resumed: replaced points that were sent stay there, and do not come back", () =>
  withStub(async (stub, folder) => {
    const [dbPath, back] = [join(folder, "runs.db"), join(folder, "back.db")];
    const config = { experiment: { projectName: "mine", sql: { dbPath } } };
    let now = 1_700_000_000_000;
    const options = { now: () => now };
    const first = new SQLLogger(config, options);
    const id = await first.run();
    for (let step = 0; step < 10; step++) first.logMetric("loss", step, step);
    await first.finish({ status: "failed" });
    const target = mlflowTarget(stub.url);
    await syncRuns(target, { dbPath });
    assertEquals(stub.runs[0]!.status, "FAILED");
    now += 60_000;
    const second = new SQLLogger(config, options);
    await second.run({ resume: { run: id, step: 4 } });
    for (let step = 5; step < 12; step++) second.logMetric("loss", -step, step);
    await second.finish();
    await syncRuns(target, { dbPath });
    const [run, ...more] = stub.runs;
    assertEquals([more.length, run!.status, run!.points.length], [
      0,
      "FINISHED",
      17,
    ]);
    assertEquals(
      JSON.parse(run!.tags.get("ato.resumed")!).map((
        { fromStep }: { fromStep: number },
      ) => fromStep),
      [4],
    );
    await importMlflowServer(stub.url, { dbPath: back });
    const [a, b] = [new SQLFinder(dbPath), new SQLFinder(back)];
    assertEquals(
      await pointsOf((await b.findRun(1))!),
      await pointsOf((await a.findRun(1))!),
    );
    await a.close();
    await b.close();
  }));
