import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { RunsReply } from "../../dashboard/api_types.ts";
import {
  chooseDriver,
  deleteRuns,
  editRun,
  openForWriting,
  restoreRuns,
} from "../../tracker/mod.ts";
import { until } from "../_shared/patience.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";

async function threeRuns(dbPath: string): Promise<void> {
  await makeRun(dbPath, {
    name: "first",
    config: { lr: 0.1, model: { depth: 2 } },
    metrics: { loss: [3, 2, 1] },
    tags: ["best"],
  });
  await makeRun(dbPath, {
    config: { lr: 0.01, model: { depth: 2 } },
    metrics: { loss: [5, 4], accuracy: [0.5] },
  });
  await makeRun(dbPath, {
    config: { lr: 0.001, model: { depth: 2 } },
    metrics: { loss: [1, NaN] },
  });
}

/** The value of a config key in each run of an answer. */
function valuesOf({ differing }: RunsReply, key: string): unknown[] {
  const column = differing.find((one) => one.key === key);
  return column?.at.map((index) => column.values[index]) ?? [];
}

test("dashboard: lists the projects of the file", () =>
  withDashboard(async (dbPath) => {
    await makeRun(dbPath, { project: "b" });
    await makeRun(dbPath, { project: "a/ü" });
  }, async ({ get }) => {
    const { body } = await get("/api/projects");
    assertEquals([body.file, body.projects], ["runs.db", [{ name: "a/ü" }, {
      name: "b",
    }]]);
  }));

test("dashboard: /api/runs gives runs by column, keys that differ apart from those that do not", () =>
  withDashboard(threeRuns, async ({ get }) => {
    const { body } = await get("/api/runs?project=demo&metric=loss");
    assertEquals(body.ids, [1, 2, 3]);
    assertEquals(body.names, ["first", null, null]);
    assertEquals(body.statuses, ["completed", "completed", "completed"]);
    assertEquals(body.tags, [["best"], [], []]);
    assertEquals([body.last, body.min, body.max], [[1, 4, "NaN"], [1, 4, 1], [
      3,
      5,
      1,
    ]]);
    assertEquals(body.metrics, ["loss", "accuracy"]);
    assertEquals(valuesOf(body, "lr"), [0.1, 0.01, 0.001]);
    assertEquals(body.differing.map((one: { key: string }) => one.key), ["lr"]);
    assertEquals(body.same, [{ key: "model.depth", value: 2 }]);
    assertEquals([body.isWhole, body.isComplete, body.warnings], [
      true,
      true,
      [],
    ]);
  }));

test("dashboard: /api/runs shows the metric of the most runs, and of no run nothing", () =>
  withDashboard(threeRuns, async ({ get }) => {
    const [most, none] = [
      await get("/api/runs?project=demo"),
      await get("/api/runs?project=demo&metric=nope"),
    ];
    assertEquals([most.body.metric, none.body.last], ["loss", [
      null,
      null,
      null,
    ]]);
  }));

test("dashboard: /api/runs keeps values of different types apart", () => {
  const configs: Record<string, unknown>[] = [
    { x: 1 },
    { x: "1" },
    { x: true },
    { x: null },
    { x: [1, 2] },
    { x: 2n ** 60n },
    {},
  ];
  return withDashboard(async (dbPath) => {
    for (const config of configs) await makeRun(dbPath, { config });
  }, async ({ get }) => {
    const { body } = await get("/api/runs?project=demo");
    assertEquals(valuesOf(body, "x"), [
      1,
      "1",
      true,
      null,
      "[1,2]",
      String(2n ** 60n),
      undefined,
    ]);
  });
});

test("dashboard: /api/runs?since gives only what changed", () =>
  withDashboard(threeRuns, async ({ get, dbPath }) => {
    const before = (await get("/api/runs?project=demo")).body;
    const same =
      (await get(`/api/runs?project=demo&since=${before.version}`)).body;
    assertEquals([same.ids, same.isWhole, same.version], [
      [],
      false,
      before.version,
    ]);
    const { id, logger } = await startRun(dbPath, {
      config: { lr: 7 },
      metrics: { loss: [9] },
    });
    const ask = () => get(`/api/runs?project=demo&since=${before.version}`);
    // Points are written in the background.
    let added: RunsReply | undefined;
    await until(async () => {
      added = (await ask()).body;
      return added?.last[0] === 9;
    }, () => `the point does not come: ${JSON.stringify(added)}`);
    assertEquals([added!.ids, added!.statuses, added!.isWhole], [
      [id],
      ["running"],
      false,
    ]);
    assertEquals([valuesOf(added!, "lr"), added!.last], [[7], [9]]);
    logger.logMetric("loss", 8, 1);
    await logger.finish();
    const ended =
      (await get(`/api/runs?project=demo&since=${added!.version}`)).body;
    assertEquals([ended.ids, ended.statuses, ended.last], [
      [id],
      ["completed"],
      [8],
    ]);
  }));

test("dashboard: a table of more runs than the first answer has arrives in parts", () =>
  withDashboard(async (dbPath) => {
    for (let i = 0; i < 230; i++) {
      await makeRun(dbPath, { config: { i, lr: i < 5 ? 1 : 2 } });
    }
  }, async ({ get }) => {
    const first: RunsReply = (await get("/api/runs?project=demo")).body;
    assertEquals([first.isComplete, first.ids.length, first.ids.at(-1)], [
      false,
      200,
      230,
    ]);
    assertEquals(first.same, [{ key: "lr", value: 2 }]);
    const rest: RunsReply =
      (await get(`/api/runs?project=demo&since=${first.version}`)).body;
    assertEquals([rest.isComplete, rest.isWhole], [true, false]);
    assertEquals(
      [...rest.ids, ...first.ids].toSorted((a, b) => a - b),
      Array.from({ length: 230 }, (_, i) => i + 1),
    );
    assertEquals(rest.differing.map(({ key }) => key), ["i", "lr"]);
  }));

test("dashboard: /api/matches on a table that is not complete finds the old runs, too", () =>
  withDashboard(async (dbPath) => {
    for (let i = 0; i < 210; i++) await makeRun(dbPath, { config: { i } });
  }, async ({ get }) => {
    assertEquals(
      (await get("/api/matches?project=demo&where=i%3D0")).body.ids,
      [1],
    );
  }));

const CONDITIONS: readonly (readonly [where: string[], ids: number[]])[] = [
  [["lr<0.1"], [2, 3]],
  [["lr<0.1", "lr>=0.01"], [2]],
  [["model.depth=2"], [1, 2, 3]],
  [["loss<2"], [1]],
  [["min:loss<2"], [1, 3]],
  [["first:loss=5"], [2]],
  [["accuracy=0.5"], [2]],
  [["nope=1"], []],
  [['model={"depth":2}'], [1, 2, 3]],
  [[], [1, 2, 3]],
];

for (const [where, ids] of CONDITIONS) {
  test(`dashboard: /api/matches finds the runs with ${where.join(" and ") || "no condition"}`, () =>
    withDashboard(threeRuns, async ({ get }) => {
      const query = new URLSearchParams(where.map((one) => ["where", one]));
      const { body } = await get(`/api/matches?project=demo&${query}`);
      assertEquals(body.ids, ids);
    }));
}

const MISTAKES:
  readonly (readonly [path: string, status: number, kind: string])[] = [
    ["/api/runs", 400, "usage"],
    ["/api/runs?project=nope", 404, "missing"],
    ["/api/runs?project=demo&since=-1", 400, "usage"],
    ["/api/runs?project=demo&since=1e3", 400, "usage"],
    ["/api/matches?project=demo&where=zz", 400, "usage"],
    ["/api/runs/99", 404, "missing"],
    ["/api/runs/1%20OR%201=1", 404, "missing"],
    ["/api/runs/99999999999999999999", 404, "missing"],
    ["/api/runs/1/curve", 400, "usage"],
    ["/api/runs/1/curve?metric=nope", 404, "missing"],
    ["/api/runs/1/curve?metric=loss&width=1000000000", 400, "usage"],
    ["/api/why?a=1", 400, "usage"],
    ["/api/why?a=1&b=99", 404, "missing"],
    ["/api/why?a=1&b=2&metric=nope", 404, "missing"],
    ["/api/nope", 404, "missing"],
    [`/api/runs?project=${"x".repeat(12_000)}`, 400, "usage"],
  ];

test("dashboard: answers a request with a mistake with a sentence", () =>
  withDashboard(threeRuns, async ({ get, warnings }) => {
    for (const [path, status, kind] of MISTAKES) {
      const { status: found, body } = await get(path);
      assertEquals(
        [found, body.error?.kind],
        [status, kind],
        path.slice(0, 80),
      );
      assert(
        /^Cannot [^\n]+[^.]$/.test(body.error.message),
        body.error.message,
      );
    }
    assertEquals(warnings, []);
  }));

test("dashboard: /api/runs/ID gives the parts of a run", () =>
  withDashboard(threeRuns, async ({ get, dbPath }) => {
    await editRun(dbPath, 1, { notes: "<b>bold</b>" });
    const { body } = await get("/api/runs/1");
    assertEquals([body.id, body.project, body.name, body.notes, body.status], [
      1,
      "demo",
      "first",
      "<b>bold</b>",
      "completed",
    ]);
    const config = new Map(
      body.config.map((
        { key, value }: { key: string; value: string },
      ) => [key, value]),
    );
    assertEquals([config.get("lr"), config.get("model.depth")], ["0.1", "2"]);
    assertEquals(
      body.metrics.map((
        { metric, last, count }: {
          metric: string;
          last: number;
          count: number;
        },
      ) => [metric, last, count]),
      [["loss", 1, 3]],
    );
    assertEquals([body.coverage.config.level, body.damaged], ["full", []]);
  }));

test("dashboard: a curve at any width keeps a spike, and has single points when zoomed in", () =>
  withDashboard(async (dbPath) => {
    const loss = Array.from(
      { length: 5_000 },
      (_, step) => step === 2_500 ? 99 : 1,
    );
    await makeRun(dbPath, { metrics: { loss } });
  }, async ({ get }) => {
    for (const width of [1, 10, 100]) {
      const { body } = await get(
        `/api/runs/1/curve?metric=loss&width=${width}`,
      );
      assertEquals([
        body.count,
        body.isPoints,
        Math.max(...body.max),
        Math.min(...body.min),
      ], [5_000, false, 99, 1]);
      assert(body.steps.length <= width + 1, `${body.steps.length} parts`);
    }
    const { body } = await get(
      "/api/runs/1/curve?metric=loss&width=100&from=2499&to=2501",
    );
    assertEquals([body.steps, body.last, body.isPoints], [[2499, 2500, 2501], [
      1,
      99,
      1,
    ], true]);
  }));

test("dashboard: a curve says where values are not finite", () =>
  withDashboard(threeRuns, async ({ get }) => {
    const { body } = await get("/api/runs/3/curve?metric=loss");
    assertEquals([body.steps, body.last, body.nonfinite], [[0, 1], [1, null], [
      1,
    ]]);
  }));

test("dashboard: /api/why gives the answer of ato why", () =>
  withDashboard(threeRuns, async ({ get }) => {
    const { body } = await get("/api/why?a=1&b=2&metric=loss");
    assertEquals([body.a, body.b, body.metric.key, body.suspects[0].id], [
      1,
      2,
      "loss",
      "config:lr",
    ]);
  }));

test("dashboard: what is asked of a file that is not there says so, and a file without runs has no projects", () =>
  withDashboard(() => Promise.resolve(), async ({ get, dbPath }) => {
    for (
      const path of [
        "/api/projects",
        "/api/runs?project=demo",
        "/api/runs/1/curve?metric=loss",
        "/api/changes?project=demo",
        "/api/why?a=1&b=2",
        "/api/studies",
        "/api/study?id=demo",
      ]
    ) {
      const { status, body } = await get(path);
      assertEquals([status, body.error.kind], [503, "gone"], path);
      assert(body.error.message.includes(dbPath), body.error.message);
    }
    (await openForWriting(dbPath)).close();
    assertEquals((await get("/api/projects")).body.projects, []);
    await makeRun(dbPath);
    const demo = [{ name: "demo" }];
    assertEquals((await get("/api/projects")).body.projects, demo);
    // A project whose runs are all in the trash is not listed, and comes back with one of them.
    await deleteRuns(dbPath, [1]);
    assertEquals((await get("/api/projects")).body.projects, []);
    await restoreRuns(dbPath, [1]);
    assertEquals((await get("/api/projects")).body.projects, demo);
  }));

/** Damages the file by hand: the row of run 1, the config of run 2, a metric of run 3. */
async function damage(dbPath: string): Promise<void> {
  const file = (await chooseDriver()).connect(dbPath);
  file.exec(`
    UPDATE experiments SET start_time = 'yesterday' WHERE id = 1;
    UPDATE experiments SET config = '{"lr":' WHERE id = 2;
    UPDATE series SET last = 'x' WHERE run_id = 3`);
  file.close();
}

test("dashboard: of a damaged file it shows what can be read, and says what cannot", () =>
  withDashboard(async (dbPath) => {
    await threeRuns(dbPath);
    await makeRun(dbPath, { config: { lr: 5 }, metrics: { loss: [7] } });
    await damage(dbPath);
  }, async ({ get, warnings }) => {
    const { body } = await get("/api/runs?project=demo&metric=loss");
    assertEquals([body.ids, body.last], [[2, 3, 4], [4, null, 7]]);
    assertEquals(valuesOf(body, "lr"), [undefined, 0.001, 5]);
    for (const id of [1, 2, 3]) {
      const wanted = new RegExp(`run ${id}\\b`);
      assert(
        body.warnings.some((line: string) => wanted.test(line)),
        `run ${id}: ${body.warnings}`,
      );
    }
    assertEquals([...new Set(warnings)].sort(), [...body.warnings].sort());
    assertEquals((await get("/api/matches?project=demo&where=lr>1")).body.ids, [
      4,
    ]);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((id) => get(`/api/runs/${id}`)),
    );
    assertEquals(answers.map(({ status }) => status), [500, 200, 200, 200]);
    assertEquals(answers[0]?.body.error.kind, "damaged");
    assertEquals(answers.map(({ body }) => body.damaged?.length), [
      undefined,
      1,
      1,
      0,
    ]);
    assertEquals(
      (await get("/api/runs/3/curve?metric=loss")).body.error.kind,
      "damaged",
    );
  }));
