import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { readStudy } from "../../hyperopt/mod.ts";
import { openForWriting } from "../../tracker/mod.ts";
import type {
  StudyLine,
  StudyReply,
  TrialRow,
} from "../../dashboard/search_types.ts";
import { initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { makeRun, type Served, withDashboard } from "./_lib.ts";
import { makeSearches, openSearch } from "./_searches.ts";

test("searches: the list has each search, the newest first", () =>
  withDashboard(makeSearches, async ({ get }) => {
    const { body } = await get("/api/studies");
    assertEquals(body.warnings, []);
    const [two, halving] = body.studies;
    assertEquals([two.id, two.trials, two.best], ["two", 40, undefined]);
    assert(two.front > 1);
    assertEquals([halving.id, halving.trials, halving.front], [
      "halving",
      60,
      undefined,
    ]);
    assertEquals(halving.objectives, [{ name: "loss", mode: "min" }]);
  }));

test("searches: trials are ranked as hyperopt ranks them, with what became of each", () =>
  withDashboard(makeSearches, async ({ get, dbPath }) => {
    const { body } = await get("/api/study?id=halving");
    const { rows, best, parameters } = body as StudyReply;
    const study = await readStudy(dbPath, "halving");
    assertEquals(rows[0]!.trial, study.best?.trial.trial);
    assertEquals(best, study.best?.metrics["loss"]);
    assertEquals(parameters.map(({ path }) => path), [
      "lr",
      "width",
      "optimizer.name",
      "optimizer.momentum",
    ]);
    const byTrial = (trial: number) =>
      rows.find((row) => row.trial === trial) as TrialRow;
    const failed = byTrial(3);
    assertEquals([failed.status, failed.rank, failed.error], [
      "failed",
      null,
      "RangeError: out of memory",
    ]);
    for (const { trial, status } of study.trials) {
      assertEquals(byTrial(trial).status, status);
    }
    assert(rows.some(({ status }) => status === "stopped"));
    // A parameter that the config lacks is not 0, and a choice is its place.
    for (const { values } of rows) {
      assertEquals(values[3] === null, values[2] !== 0);
    }
    assertEquals(byTrial(4).runs.map(({ id }) => id), [5]);
    assertEquals(byTrial(30).runs, []);
  }));

test("searches: with several objectives, trials of the front share the first place", () =>
  withDashboard(makeSearches, async ({ get, dbPath }) => {
    const { body } = await get("/api/study?id=two");
    const { rows, metrics, best } = body as StudyReply;
    assertEquals(metrics, ["accuracy", "latency", "memory"]);
    assertEquals(best, undefined);
    const { front } = await readStudy(dbPath, "two");
    assertEquals(
      rows.filter(({ rank }) => rank === 0).map(({ trial }) => trial).sort(),
      front.map(({ trial }) => trial.trial).sort(),
    );
    const infeasible = rows.filter(({ violation }) => violation > 0);
    assert(infeasible.length > 0);
    for (const { results } of infeasible) assert(Number(results[2]) > 300);
  }));

test("searches: the importance of parameters is what hyperopt computes", () =>
  withDashboard(makeSearches, async ({ get, dbPath }) => {
    const { parameterImportance } = await import("../../hyperopt/mod.ts");
    const { trials, settings } = await readStudy(dbPath, "two");
    const { body } = await get("/api/study/importance?id=two&metric=latency");
    assertEquals(body.kind, "known");
    assertEquals(
      body,
      JSON.parse(JSON.stringify(
        parameterImportance(trials, settings!, { metric: "latency" }),
      )),
    );
    const search = await openSearch(dbPath, { id: "few" });
    for (let trial = 0; trial < 5; trial++) search.next();
    search.close();
    const few = await get("/api/study/importance?id=few&metric=loss");
    assertEquals(few.body.kind, "unknown");
  }));

test("searches: what is not there is said", () =>
  withDashboard(makeSearches, async ({ get }) => {
    for (
      const [path, status, words] of [
        ["/api/study?id=nope", 404, "Cannot find search nope"],
        ["/api/study", 400, "id is missing"],
        ["/api/study/importance?id=two&metric=nope", 404, "no such metric"],
        ["/api/sparklines?metric=loss&ids=1,x", 400, "ids"],
        ["/api/sparklines?metric=loss", 400, "ids is missing"],
      ] as const
    ) {
      const reply = await get(path);
      assertEquals(reply.status, status, path);
      assert(reply.body.error.message.includes(words), path);
    }
  }));

test("searches: a file without searches, and one with a damaged search", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ get, dbPath }) => {
    assertEquals((await get("/api/studies")).body.studies, []);
    const search = await openSearch(dbPath);
    search.next();
    search.close();
    const other = await openSearch(dbPath, { id: "other" });
    other.next();
    other.close();
    const file = await openForWriting(dbPath);
    file.exec(
      "UPDATE study_events SET event = '{' WHERE study_id = 1 AND seq = 1",
    );
    file.close();
    const { body } = await get("/api/studies");
    assertEquals(body.studies.map(({ id }: { id: string }) => id), ["other"]);
    assertEquals(body.warnings.length, 1);
    const broken = await get("/api/study?id=halving");
    assertEquals([broken.status, broken.body.error.kind], [500, "damaged"]);
  }));

test("searches: reading follows a search that goes on, and changes nothing", () =>
  withDashboard(async (dbPath) => {
    await makeRun(dbPath);
  }, async ({ get, dbPath }) => {
    const search = await openSearch(dbPath);
    search.next();
    const before = await get("/api/study?id=halving");
    assertEquals([before.body.trials, before.body.state], [1, "running"]);
    search.next();
    search.start();
    const after = await get("/api/study?id=halving");
    assertEquals(after.body.trials, 3);
    assertEquals(after.body.rungs[0].running, 1);
    search.close();
    const { size, mtimeMs } = statSync(dbPath);
    const ended = await get("/api/study?id=halving");
    assertEquals(ended.body.state, "stopped");
    assertEquals(statSync(dbPath).size, size);
    assertEquals(statSync(dbPath).mtimeMs, mtimeMs);
  }));

test("sparklines: a curve for each run that is asked for, with its spike", () =>
  withDashboard(async (dbPath) => {
    const values = Array.from({ length: 5_000 }, (_, i) => i === 2_500 ? 9 : 1);
    await makeRun(dbPath, { metrics: { loss: values } });
    await makeRun(dbPath, { metrics: { loss: [2, NaN, 4] } });
    await makeRun(dbPath);
  }, async ({ get }) => {
    const { body } = await get("/api/sparklines?metric=loss&ids=3,1,2,99");
    const [none, long, short, missing] = body.lines;
    assertEquals([none.id, none.steps], [3, []]);
    assert(long.steps.length <= 48, `${long.steps.length} parts`);
    assertEquals(Math.max(...long.max), 9);
    assertEquals(long.steps.at(-1), 4_999);
    assertEquals(short.last, [2, null, 4]);
    assertEquals([missing.id, missing.steps], [99, []]);
    const many = Array.from({ length: 101 }, (_, i) => i).join(",");
    const refused = await get(`/api/sparklines?metric=loss&ids=${many}`);
    assertEquals(refused.status, 400);
  }));

test("searches: a file that was pulled from a hub has the same searches as the original", async () => {
  const answers: unknown[] = [];
  const paths = [
    "/api/study?id=halving",
    "/api/study?id=two",
    "/api/importance?id=two",
  ];
  const places: unknown[] = [];
  const look = async ({ get }: { get: Served["get"] }): Promise<void> => {
    const bodies: unknown[] = [];
    for (const path of paths) {
      const { copyOf, ...body } = (await get(path)).body;
      bodies.push(body);
      if (path.startsWith("/api/study")) places.push(copyOf);
    }
    const { body } = await get("/api/studies");
    const studies = body.studies as readonly StudyLine[];
    places.push(...studies.map(({ copyOf }) => copyOf));
    const known = studies.map(({ id, trials, state }) => [id, trials, state]);
    answers.push([bodies, known.sort(), body.warnings]);
  };
  await withTempFolder(async (folder) => {
    const [here, hub] = [join(folder, "here.db"), join(folder, "hub")];
    await makeSearches(here);
    await initHub(hub);
    await pushRuns(here, hub);
    await withDashboard((path) => Promise.resolve(cpSync(here, path)), look);
    await withDashboard((path) => pullRuns(path, hub), look);
  });
  assertEquals(answers[1], answers[0]);
  assert(JSON.stringify(answers[0]).length > 1_000);
  // Only what came from a hub is a copy, and it says where the search goes on.
  assertEquals(places.slice(0, 4), Array(4).fill(undefined));
  for (const place of places.slice(4)) {
    assertMatch(String(place), /here\.db on ./);
  }
});
