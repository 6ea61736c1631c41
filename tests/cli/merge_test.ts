import { assertEquals, assertStringIncludes } from "@std/assert";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  chooseDriver,
  type Run,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

async function merge(db: string, other: string): Promise<unknown> {
  const { code, out, err } = await ato("merge", other, "--db", db, "--json");
  assertEquals([code, err], [0, ""]);
  const { added, updated, same } = JSON.parse(out)[0];
  return { added, updated, same };
}

/** Reads everything about a run that does not depend on the file it is in. */
async function contentsOf(run: Run): Promise<unknown> {
  const metrics: Record<string, unknown> = {};
  for (const key of await run.metrics.names()) {
    metrics[key] = [
      await run.metrics.summary(key),
      await run.metrics.points(key, { limit: 10_000 }),
      await run.metrics.chart(key, { maxPoints: 7 }),
    ];
  }
  const fingerprints = run.fingerprints;
  const outputs = await Promise.all(
    [...new Set(fingerprints.map(({ traceId }) => traceId))].map((id) =>
      run.outputs(id)
    ),
  );
  return {
    ...{ uuid: run.uuid, name: run.name, notes: run.notes, tags: run.tags },
    ...{ seed: run.seed, status: run.status, duration: run.duration },
    ...{ start: run.startTime, end: run.endTime, config: run.config },
    artifacts: run.artifacts.map(({ id: _, ...rest }) => rest),
    ...{ history: run.history, attempts: run.attempts },
    ...{ fingerprints, outputs, gaps: run.fingerprintGaps, metrics },
    sources: [...run.sources(fingerprints.map(({ hash }) => hash))],
  };
}

async function contents(db: string): Promise<unknown[]> {
  const finder = new SQLFinder(db);
  const found: unknown[] = [];
  for (const { name } of await finder.listProjects()) {
    if (name === "mine") continue;
    for (const run of await finder.getRunsInProject(name)) {
      found.push(await contentsOf(run));
    }
  }
  await finder.close();
  return found;
}

test("ato merge: everything that runs have is copied, once", () =>
  inFolder(async (folder) => {
    const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
    await makeRun(here, { project: "mine" });
    const model = join(folder, "model.bin");
    writeFileSync(model, "weights");
    await makeRun(there, {
      project: "theirs",
      tags: ["x"],
      config: { lr: 1e-3, big: 2n ** 70n, when: new Date(0) },
      loss: Array.from({ length: 1500 }, (_, i) => i % 700 === 3 ? NaN : 1 / i),
      more: (logger) => logger.logArtifact(model, { type: "model" }),
    });
    const parent = await makeRun(there, { project: "theirs" });
    const child = new SQLLogger({
      experiment: { projectName: "theirs", sql: { dbPath: there } },
    });
    await child.run({ parent, name: "child", seed: 7 });
    await child.finish();
    const before = readFileSync(there);
    assertEquals(await merge(here, there), {
      added: [2, 3, 4],
      updated: [],
      same: 0,
    });
    assertEquals(await merge(here, there), { added: [], updated: [], same: 3 });
    assertEquals(await contents(here), await contents(there));
    const finder = new SQLFinder(here);
    assertEquals((await finder.findRun(4))?.parentId, 3);
    await finder.close();
    assertEquals(readFileSync(there), before);
  }));

test("ato merge: files of all schema versions and of Python ato are merged", () =>
  inFolder(async (folder) => {
    for (const name of ["schema_0_python", "schema_1", "schema_2"]) {
      const source = fileURLToPath(
        new URL(`../tracker/${name}.db`, import.meta.url),
      );
      const [other, here] = [
        join(folder, `${name}.db`),
        join(folder, `${name}_here.db`),
      ];
      copyFileSync(source, other);
      await makeRun(here, { project: "mine" });
      const all = (await contents(other)) as Record<string, unknown>[];
      await merge(here, other);
      await merge(here, other);
      const merged = (await contents(here)) as Record<string, unknown>[];
      const plain = (run: Record<string, unknown>) => ({
        ...run,
        ...(name === "schema_0_python" &&
          { uuid: undefined, metrics: undefined }),
      });
      assertEquals(merged.map(plain), all.map(plain), name);
    }
  }));

test("ato merge: a run that continued is updated and keeps its tags", () =>
  inFolder(async (folder) => {
    const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
    await makeRun(here);
    const id = await makeRun(there);
    await merge(here, there);
    await ato("tag", "2", "+mine", "--db", here);
    const logger = new SQLLogger({
      experiment: { projectName: "demo", sql: { dbPath: there } },
    });
    await logger.run({ resume: { run: id, step: 1 } });
    logger.logMetric("loss", 0.25, 2);
    logger.logMetric("loss", 0.125, 3);
    await logger.finish();
    assertEquals(await merge(here, there), {
      added: [],
      updated: [2],
      same: 0,
    });
    const finder = new SQLFinder(here);
    const run = await finder.findRun(2);
    assertEquals(run?.tags, ["mine"]);
    const { points } = await run!.metrics.points("loss");
    assertEquals(points.map(({ value }) => value), [3, 2, 0.25, 0.125]);
    await finder.close();
  }));

test("ato merge: a run that is still running is merged with its newest points, then with its end", () =>
  inFolder(async (folder) => {
    const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
    await makeRun(here, { project: "mine" });
    const logger = new SQLLogger({
      experiment: { projectName: "demo", sql: { dbPath: there } },
    });
    await logger.run();
    for (let step = 0; step < 700; step++) logger.logMetric("loss", step, step);
    assertEquals(await merge(here, there), {
      added: [2],
      updated: [],
      same: 0,
    });
    const valuesOf = async (): Promise<number[]> => {
      const finder = new SQLFinder(here);
      const run = (await finder.findRun(2))!;
      const page = await run.metrics.points("loss", { limit: 9999 });
      await finder.close();
      return page.points.map(({ value }) => value);
    };
    assertEquals(await valuesOf(), Array.from({ length: 700 }, (_, i) => i));
    logger.logMetric("loss", 0.5, 700);
    await logger.finish();
    assertEquals(await merge(here, there), {
      added: [],
      updated: [2],
      same: 0,
    });
    assertEquals((await valuesOf()).length, 701);
    assertEquals(await contents(here), await contents(there));
  }));

test("ato merge: recorded calls and gaps are copied", () =>
  inFolder(async (folder) => {
    const [here, there] = [join(folder, "here.db"), join(folder, "there.db")];
    await makeRun(here, { project: "mine" });
    const id = await makeRun(there);
    const connection = (await chooseDriver()).connect(there);
    connection.exec(
      `INSERT INTO outputs VALUES (${id}, 'load', 1, 0, 0, 'returned', 'abc', NULL, NULL),
         (${id}, 'load', 1, 1, 1, 'threw', NULL, 'an error', NULL);
       INSERT INTO fingerprint_gaps VALUES (${id}, 'native', 'no source');`,
    );
    connection.close();
    await merge(here, there);
    const finder = new SQLFinder(here);
    const run = (await finder.findRun(2))!;
    assertEquals(await run.outputs("load"), [
      {
        ...{ traceId: "load", attempt: 1, call: 0, sequence: 0 },
        ...{ outcome: "returned", hash: "abc" },
      },
      {
        ...{ traceId: "load", attempt: 1, call: 1, sequence: 1 },
        ...{ outcome: "threw", reason: "an error" },
      },
    ]);
    assertEquals(run.fingerprintGaps, [
      { traceId: "native", reason: "no source" },
    ]);
    await finder.close();
  }));

test("ato merge: a file that is not a database of runs is refused and changes nothing", () =>
  inFolder(async (folder) => {
    const db = join(folder, "here.db");
    await makeRun(db);
    writeFileSync(join(folder, "text.db"), "no database");
    for (const other of ["text.db", "missing.db", "here.db"]) {
      const { code, err } = await ato("merge", join(folder, other), "--db", db);
      assertEquals(code, 2, other);
      assertStringIncludes(err, "Cannot ");
    }
  }));

test("ato merge: a run that would lose points is kept and reported; --take-fewer takes it", async () => {
  await inFolder(async (folder) => {
    const [db, other] = [join(folder, "a.db"), join(folder, "b.db")];
    await makeRun(db);
    copyFileSync(db, other);
    const connection = (await chooseDriver()).connect(other, {});
    connection.exec("UPDATE experiments SET attempt = 2");
    connection.exec("DELETE FROM points");
    connection.close();
    const count = async (): Promise<number> => {
      const { out } = await ato("export", "1", "--db", db, "--format", "csv");
      return out.split("\n").filter((line) => line.includes("loss")).length;
    };
    const before = await count();
    for (const more of [[], ["--json"]]) {
      const said = await ato("merge", other, "--db", db, ...more);
      assertEquals(said.code, 1);
      assertStringIncludes(said.err, "Run 1 is unchanged: ");
      assertStringIncludes(said.err, "--take-fewer");
      assertEquals(await count(), before);
    }
    const taken = await ato("merge", other, "--db", db, "--take-fewer");
    assertEquals([taken.code, taken.err], [0, ""]);
    assertStringIncludes(taken.out, "0 added, 1 updated, 0 already known");
    // Nothing is reported if nothing is kept.
    const again = await ato("merge", other, "--db", db);
    assertEquals([again.code, again.err], [0, ""]);
  });
});
