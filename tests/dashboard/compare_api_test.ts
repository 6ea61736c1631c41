import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type {
  ChangesReply,
  ComparedRow,
  CompareReply,
  WhyReply,
} from "../../dashboard/api_types.ts";
import { JobDesk } from "../../dashboard/server/jobs/job_desk.ts";
import { responseFor } from "../../dashboard/server/reply.ts";
import { Source } from "../../dashboard/server/source.ts";
import { ato } from "../cli/_lib.ts";
import { ask, makeRun, startRun, withDashboard } from "./_lib.ts";
import { MSE, record } from "./_recorded.ts";

function rowOf({ rows }: CompareReply, id: string): ComparedRow | undefined {
  return rows.find((row) => row.id === id);
}

test("dashboard: /api/compare lists what differs, and nothing that is the same", () =>
  withDashboard(async (db) => {
    await record(db, {
      config: { lr: 0.1, depth: 2 },
      mse: MSE[0],
      train: "1\n",
      seed: 1,
    });
    await record(db, {
      config: { lr: 0.2, depth: 2 },
      mse: MSE[1],
      train: "2\n",
      seed: 2,
    });
    await record(db, {
      config: { lr: 0.2, depth: 2, warmup: 5 },
      mse: MSE[1],
      train: "2\n",
      seed: 2,
    });
  }, async ({ get }) => {
    const reply: CompareReply = (await get("/api/compare?runs=1,2,3")).body;
    assertEquals(
      rowOf(reply, "config:lr")?.cells.map((cell) =>
        cell.is === "value" ? cell.text : cell.is
      ),
      ["0.1", "0.2", "0.2"],
    );
    assertEquals(
      rowOf(reply, "config:warmup")?.cells.map(({ is }) => is),
      ["absent", "absent", "value"],
    );
    assertEquals(rowOf(reply, "config:depth"), undefined);
    for (const id of ["code:loss.ts#mse", "input:train.csv", "seed"]) {
      assertEquals(rowOf(reply, id)?.state, "different", id);
    }
    const same: CompareReply = (await get("/api/compare?runs=2,2")).body;
    assertEquals([same.runs.length, same.rows], [1, []]);
  }));

test("dashboard: /api/compare says of what was not recorded that it is unknown, neither equal nor absent", () =>
  withDashboard(async (db) => {
    await record(db, { mse: MSE[0], train: "1\n" });
    await record(db, { mse: MSE[0] });
    await record(db, { train: "1\n", missing: ["a child was not observed"] });
  }, async ({ get }) => {
    const reply: CompareReply = (await get("/api/compare?runs=1,2")).body;
    const train = rowOf(reply, "input:train.csv");
    assertEquals([train?.state, train?.cells.map(({ is }) => is)], [
      "unknown",
      ["value", "unknown"],
    ]);
    assertEquals(reply.runs.map(({ coverage }) => coverage?.inputs.level), [
      "full",
      "none",
    ]);
    const other: CompareReply = (await get("/api/compare?runs=1,3")).body;
    assertEquals(rowOf(other, "input:train.csv"), undefined);
    assertEquals(rowOf(other, "code:loss.ts#mse")?.state, "unknown");
  }));

test("dashboard: /api/diffs gives the texts that changed, and none of what was not stored", () =>
  withDashboard(async (db) => {
    await record(db, { mse: MSE[0], train: "a\n1\n" });
    await record(db, { mse: MSE[1], train: "a\n2\n" });
  }, async ({ get }) => {
    const { body } = await get(
      "/api/diffs?a=1&b=2&id=code:loss.ts%23mse&id=input:train.csv&id=code:no.ts%23x",
    );
    assertEquals(Object.keys(body.diffs).sort(), [
      "code:loss.ts#mse",
      "input:train.csv",
    ]);
    assert(body.diffs["code:loss.ts#mse"].includes("-  return (a - b) ** 2;"));
    assert(body.diffs["input:train.csv"].includes("+2"));
  }));

for (
  const [path, status, kind] of [
    ["/api/compare", 400, "usage"],
    ["/api/compare?runs=1,x", 400, "usage"],
    ["/api/compare?runs=1,99", 404, "missing"],
    [`/api/compare?runs=${Array(51).fill(1).join()}`, 400, "usage"],
    ["/api/diffs?a=1", 400, "usage"],
    ["/api/diffs?a=1&b=99&id=x", 404, "missing"],
    ["/api/changes", 400, "usage"],
    ["/api/changes?project=nope", 404, "missing"],
    ["/api/traces?project=nope", 404, "missing"],
    ["/api/versions?project=demo", 400, "usage"],
    ["/api/versions?project=nope&id=x", 404, "missing"],
  ] as const
) {
  test(`dashboard: ${path.slice(0, 60)} is answered with ${status}`, () =>
    withDashboard((db) => makeRun(db), async ({ get }) => {
      const found = await get(path);
      assertEquals([found.status, found.body.error.kind], [status, kind]);
    }));
}

test("dashboard: /api/why says what ato why --json says, word for word, with the evidence to draw", () =>
  withDashboard(async (db) => {
    for (
      const [lr, loss] of [[0.1, 0.5], [0.2, 0.9], [0.1, 0.51], [
        0.1,
        0.49,
      ]]
    ) {
      await record(db, {
        config: { lr },
        mse: MSE[0],
        train: "1\n",
        loss: [loss!],
      });
    }
  }, async ({ get, dbPath }) => {
    const body: WhyReply = (await get("/api/why?a=1&b=2")).body;
    const said = JSON.parse(
      (await ato("why", "1", "2", "--json", "--db", dbPath)).out,
    );
    const { drawn, setBy: _, state: _state, project, ...rest } = body;
    assertEquals(project, "demo");
    assertEquals(rest as unknown, said);
    const group = drawn.groups.find(({ points }) => points.length === 3)!;
    assertEquals(group.points.map(({ run }) => run).sort(), [1, 3, 4]);
    const [low = 0, high = 0] = group.interval ?? [];
    // The mean is 0.5, the standard error 0.01 / sqrt(3), and t(2) is 4.3027 at 95%.
    assert(Math.abs((high - low) / 2 - 4.30265 * 0.01 / Math.sqrt(3)) < 1e-6);
    assertEquals(
      drawn.groups.find(({ points }) => points.length === 1)
        ?.interval,
      undefined,
    );
  }));

test("dashboard: /api/why is answered again without work, until the file changes", () =>
  withDashboard(async (db) => {
    await makeRun(db, { config: { lr: 1 }, metrics: { loss: [1] } });
    await makeRun(db, { config: { lr: 2 }, metrics: { loss: [2] } });
  }, async ({ get, dbPath }) => {
    const first = (await get("/api/why?a=1&b=2")).body;
    assertEquals((await get("/api/why?a=1&b=2")).body, first);
    assertEquals(first.repeats.a.runs, [1]);
    await makeRun(dbPath, { config: { lr: 1 }, metrics: { loss: [1] } });
    const after = (await get("/api/why?a=1&b=2")).body;
    assertEquals(after.repeats.a.runs, [1, 3]);
  }));

test("dashboard: /api/why/state differs when a run that the answer rests on does, and not with others", () =>
  withDashboard(async (db) => {
    await makeRun(db, { config: { lr: 1 }, metrics: { loss: [1] } });
    await makeRun(db, { project: "other", metrics: { loss: [2] } });
  }, async ({ get, dbPath }) => {
    const read = async () =>
      (await get("/api/why/state?a=1&b=2")).body.state as string;
    const { state } = (await get("/api/why?a=1&b=2")).body;
    assertEquals(await read(), state);
    const third = await startRun(dbPath, { project: "other" });
    third.logger.logMetric("loss", 1, 0);
    await third.logger.finish();
    assertEquals(await read(), state);
    const states = new Set([state]);
    const changed = async () => {
      const now = await read();
      assert(!states.has(now), "the change is not seen");
      states.add(now);
    };
    const fourth = await startRun(dbPath, {});
    await changed();
    await fourth.logger.finish({ status: "failed" });
    await changed();
    // The second run is of another project.
    assertEquals((await ato("note", "2", "seen", "--db", dbPath)).code, 0);
    await changed();
    assertEquals((await get("/api/why/state?a=x&b=2")).status, 400);
  }));

test("dashboard: other requests are answered while a job runs", () =>
  withDashboard(async (db) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(db, { runs: 1_500, points: 3_000 });
  }, async ({ get, dashboard, dbPath }) => {
    // On a busy machine the job may be done first: then it is asked for again, after the file has changed.
    let isBeside = false;
    for (let attempt = 0; attempt < 10 && !isBeside; attempt++) {
      if (attempt > 0) await makeRun(dbPath, { project: "other" });
      let isDone = false;
      const slow = get("/api/changes?project=big").finally(() => isDone = true);
      const { status } = await ask(dashboard.port, { path: "/api/projects" });
      isBeside = !isDone;
      assertEquals(status, 200);
      const reply: ChangesReply = (await slow).body;
      assertEquals([reply.ids.length, reply.leftOut], [1_500, 0]);
    }
    assert(isBeside, "the other request was not answered while the job ran");
  }));

test("dashboard: without a thread a job reads fewer runs, and says how many it left out", () =>
  withDashboard(async (db) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(db, { runs: 300, points: 600 });
  }, async ({ dbPath }) => {
    const source = new Source(dbPath, () => {});
    const desk = new JobDesk({
      source,
      dbPath,
      onWarning: () => {},
      hasThread: false,
    });
    const reply: ChangesReply = JSON.parse(
      await desk.answer("changes", { project: "big" }),
    );
    assertEquals([reply.ids.length, reply.leftOut], [201, 99]);
    await desk.close();
    await source.close();
  }));

test("dashboard: more than 16 questions at a time are refused, and answered once others are", () =>
  withDashboard(
    (db) => makeRun(db, { metrics: { loss: [1] } }),
    async ({ dbPath }) => {
      const source = new Source(dbPath, () => {});
      const desk = new JobDesk({ source, dbPath, onWarning() {} });
      await source.state();
      const ask = (id: number) =>
        desk.answer("versions", { project: "demo", id: `config:${id}` });
      const all = Array.from({ length: 20 }, (_, id) => ask(id));
      // What is being answered already is no further work.
      all.push(ask(0));
      const states = await Promise.allSettled(all);
      const refused = states.flatMap((one, id) =>
        one.status === "rejected" ? [[id, one.reason] as const] : []
      );
      assertEquals(refused.map(([id]) => id), [16, 17, 18, 19]);
      const response = responseFor(refused[0]![1], () => {});
      assertEquals([response.status, (await response.json()).error], [503, {
        kind: "full",
        message:
          "Cannot answer yet: 16 other questions are being answered; ask again later",
      }]);
      assertEquals(JSON.parse(await ask(16)), { versions: [], leftOut: 0 });
      await desk.close();
      await source.close();
    },
  ));

test("dashboard: where a thread fails, the server does the job itself", () =>
  withDashboard(async (db) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(db, { runs: 300, points: 600 });
  }, async ({ dbPath }) => {
    const source = new Source(dbPath, () => {});
    // The thread's program throws, because this names no file.
    const desk = new JobDesk({ source, dbPath: 1 as never, onWarning() {} });
    for (let again = 0; again < 2; again++) {
      const reply: ChangesReply = JSON.parse(
        await desk.answer("changes", { project: "big" }),
      );
      assertEquals([reply.ids.length, reply.leftOut], [201, 99]);
    }
    await desk.close();
    await source.close();
  }));

test("dashboard: /api/changes gives each run's factors, seeds left out, and how completely they were recorded", () =>
  withDashboard(async (db) => {
    await record(db, { config: { lr: 1 }, seed: 1, mse: MSE[0], loss: [1] });
    await record(db, { config: { lr: 1 }, seed: 2, mse: MSE[1], loss: [1] });
    await record(db, { config: { lr: 1 }, seed: 3, train: "x", loss: [1] });
  }, async ({ get }) => {
    const { ids, of, levels, names, leftOut }: ChangesReply =
      (await get("/api/changes?project=demo")).body;
    assertEquals([ids, leftOut], [[1, 2, 3], 0]);
    assert(!names.includes("seed"), "seeds are noise");
    assertEquals(of.config[0], of.config[1]);
    assert(of.code[0] !== of.code[1], "the code of run 2 is another");
    assertEquals([levels.code, levels.inputs], [[2, 2, 0], [0, 0, 2]]);
  }));

test("dashboard: /api/versions lists the versions of a factor as ato trace does, and none of what no run has", () =>
  withDashboard(async (db) => {
    await record(db, { mse: MSE[0], loss: [1] });
    await record(db, { mse: MSE[1], loss: [3] });
    await record(db, { mse: MSE[1], loss: [5] });
  }, async ({ get, dbPath }) => {
    const path = "/api/versions?project=demo&metric=loss&id=";
    const { body } = await get(`${path}code:loss.ts%23mse`);
    assertEquals(
      body.versions.map((one: Record<string, unknown>) => [
        one["runs"],
        one["first"],
        one["last"],
        one["mean"],
      ]),
      [[1, 1, 1, 1], [2, 2, 3, 4]],
    );
    const said = JSON.parse(
      (await ato(
        "trace",
        "demo",
        "code:loss.ts#mse",
        "--metric",
        "loss",
        "--json",
        "--db",
        dbPath,
      )).out,
    );
    assertEquals(
      said.map(({ mean }: { mean: number }) => mean),
      body.versions.map(({ mean }: { mean: number }) => mean),
    );
    for (const id of ["nope", "config:nope"]) {
      assertEquals((await get(path + id)).body.versions, []);
    }
    assertEquals((await get("/api/traces?project=demo")).body, {
      traces: [],
      among: 3,
    });
  }));

test("dashboard: /api/why says of a run that is not complete that it stopped", () =>
  withDashboard(async (db) => {
    await makeRun(db, { metrics: { loss: [3, 2] } });
    const { logger } = await startRun(db, { metrics: { loss: [3] } });
    await logger.finish({ status: "failed" });
  }, async ({ get }) => {
    const body: WhyReply = (await get("/api/why?a=1&b=2")).body;
    assertEquals([body.outcome, body.progress.stopped], ["stopped-early", [
      "b",
    ]]);
  }));
