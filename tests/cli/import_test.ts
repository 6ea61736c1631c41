import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chooseDriver, SQLFinder } from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

async function importInto(db: string, path: string): Promise<unknown> {
  const { code, out, err } = await ato("import", path, "--db", db, "--json");
  assertEquals([code, err], [0, ""]);
  const [{ added, same }] = JSON.parse(out);
  return [added.length, same];
}

test("ato import: the runs of a file of Python ato are imported once", () =>
  inFolder(async (folder) => {
    const [db, old] = [join(folder, "new.db"), join(folder, "old.db")];
    const source = new URL("../tracker/schema_0_python.db", import.meta.url);
    copyFileSync(fileURLToPath(source), old);
    const before = new SQLFinder(old);
    const project = (await before.listProjects())[0]!.name;
    const runs = await before.getRunsInProject(project);
    assertEquals(await importInto(db, old), [runs.length, 0]);
    assertEquals(await importInto(db, old), [0, runs.length]);
    const after = new SQLFinder(db);
    const taken = await after.getRunsInProject(project);
    for (const [i, run] of runs.entries()) {
      assertEquals(taken[i]!.config, run.config);
      for (const key of await run.metrics.names()) {
        const valuesOf = async (one: typeof run) =>
          (await one.metrics.points(key, { limit: 9999 })).points;
        assertEquals(await valuesOf(taken[i]!), await valuesOf(run));
      }
    }
    await before.close();
    await after.close();
  }));

test("ato import: what was exported to MLflow's layout comes back unchanged", () =>
  inFolder(async (folder) => {
    const [db, back] = [join(folder, "runs.db"), join(folder, "back.db")];
    const mlruns = join(folder, "mlruns");
    const values = [1, NaN, -0, Infinity, -Infinity, 1e-300];
    await makeRun(db, {
      project: "ünï: {x}",
      config: {
        lr: 0.5,
        on: true,
        model: { depth: 3 },
        list: [1, "a"],
        s: "x",
      },
      tags: ["good"],
      loss: values,
      more: (logger) => logger.logMetric("val/acc", 0.5, -4),
    });
    await ato("note", "1", "a note", "--db", db);
    await ato("export", "1", "--format=mlflow", "--out", mlruns, "--db", db);
    assertEquals(await importInto(back, mlruns), [1, 0]);
    assertEquals(await importInto(back, folder), [0, 1]);
    const [a, b] = [new SQLFinder(db), new SQLFinder(back)];
    const [was, is] = [(await a.findRun(1))!, (await b.findRun(1))!];
    assertEquals(
      [is.uuid, is.status, is.tags, is.notes, is.config, is.startTime],
      [was.uuid, was.status, was.tags, was.notes, was.config, was.startTime],
    );
    for (const key of ["loss", "val/acc"]) {
      assertEquals(await is.metrics.points(key), await was.metrics.points(key));
      assertEquals(
        await is.metrics.summary(key),
        await was.metrics.summary(key),
      );
    }
    assertEquals(await is.metrics.names(), ["loss", "val/acc"]);
    await a.close();
    await b.close();
    const experiment = join(mlruns, readdirSync(mlruns)[0]!);
    const run = readdirSync(experiment).find((name) =>
      /^[0-9a-f]{32}$/.test(name)
    )!;
    appendFileSync(join(experiment, run, "metrics", "loss"), "what is this\n");
    const said = await ato("import", mlruns, "--db", join(folder, "third.db"));
    assertEquals(said.code, 2);
    assertStringIncludes(said.err, "loss:7: this is not a point of a metric");
  }));

test("ato import: the runs of MLflow's SQLite file are imported, without deleted ones", () =>
  inFolder(async (folder) => {
    const [db, source] = [join(folder, "runs.db"), join(folder, "mlflow.db")];
    const connection = (await chooseDriver()).connect(source);
    connection.exec(`
      CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
      CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, start_time BIGINT, end_time BIGINT,
        lifecycle_stage TEXT, experiment_id INTEGER);
      CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
      CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
      CREATE TABLE metrics (key TEXT, value REAL, timestamp BIGINT, run_uuid TEXT, step BIGINT,
        is_nan BOOLEAN);
      INSERT INTO experiments VALUES (1, 'iris', 'active');
      INSERT INTO runs VALUES ('${
      "a".repeat(32)
    }', 'first', 'FINISHED', 1000, 3000, 'active', 1),
        ('${"b".repeat(32)}', 'second', 'FAILED', 2000, NULL, 'deleted', 1);
      INSERT INTO params VALUES ('lr', '0.5', '${"a".repeat(32)}'),
        ('__proto__.x', '1', '${"a".repeat(32)}'), ('n', 'None', '${
      "a".repeat(32)
    }');
      INSERT INTO tags VALUES ('team', 'red', '${"a".repeat(32)}');
      INSERT INTO metrics VALUES ('loss', 0, 1500, '${"a".repeat(32)}', 0, 1),
        ('loss', 1.7976931348623157e308, 1600, '${"a".repeat(32)}', 1, 0),
        ('loss', 0.25, 1700, '${"a".repeat(32)}', 2, 0);`);
    connection.close();
    assertEquals(await importInto(db, source), [1, 0]);
    assertEquals(await importInto(db, source), [0, 1]);
    const finder = new SQLFinder(db);
    const run = (await finder.findRun(1))!;
    assertEquals([run.name, run.status, run.duration, run.tags], [
      "first",
      "completed",
      2,
      ["team=red"],
    ]);
    assertEquals(Object.entries(run.config), [
      ["__proto__.x", 1],
      ["lr", 0.5],
      ["n", null],
    ]);
    const { points } = await run.metrics.points("loss");
    assertEquals(points.map(({ value }) => value), [NaN, Infinity, 0.25]);
    await finder.close();
  }));

test("ato import: what has no runs is refused in one sentence", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "text.db"), "no database");
    for (const path of ["empty", "text.db", "missing"]) {
      const said = await ato("import", join(folder, path), "--db", db);
      assertEquals([said.code, said.err.split("\n").length], [2, 2], path);
    }
    assertEquals(readdirSync(folder).includes("runs.db"), false);
  }));
