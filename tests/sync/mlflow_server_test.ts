/** `ato sync mlflow` against the real server, read back through MLflow's own client. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Run, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { mlflowTarget, syncRuns } from "../../sync/mod.ts";
import { ato, makeRun, type Said } from "../cli/_lib.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  type ClientRun,
  doorTo,
  type MlflowClient,
  type MlflowServer,
  NO_MLFLOW,
  startClient,
  startMlflow,
} from "./_mlflow_server.ts";

if (NO_MLFLOW !== false) console.log(`skipped: ${NO_MLFLOW}`);
const skip = NO_MLFLOW !== false;

let server: MlflowServer;
let client: MlflowClient;
before(async () => {
  if (skip) return;
  server = await startMlflow();
  client = await startClient(server.url);
});
after(async () => {
  if (skip) return;
  await client.end();
  await server.end();
});

/** The runs of one project, so that tests share a server. */
async function runsOf(project: string, all = false): Promise<ClientRun[]> {
  return (await client.read(all)).filter(({ experiment }) =>
    experiment === project
  );
}

function sync(db: string, ...words: string[]): Promise<Said> {
  return ato("sync", "mlflow", server.url, "--db", db, ...words);
}

/** How many runs were sent, were there, and are not there. */
async function counts(db: string): Promise<[number, number, number]> {
  const { out, err } = await sync(db, "--json");
  const { sent, same, left, problem } = JSON.parse(out);
  assertEquals(problem, undefined, err);
  return [sent.length, same, left.length];
}

/** Takes the runs of an experiment. */
async function importInto(
  db: string,
  experiment: string,
): Promise<{ added: number; same: number }> {
  const words = ["import", "mlflow", server.url, experiment, "--db", db];
  const { out, err } = await ato(...words, "--json");
  assertEquals(err, "");
  const [{ added, same }] = JSON.parse(out);
  return { added: added.length, same };
}

test(
  "a run arrives whole, once, and what is added later too",
  { skip },
  () =>
    withTempFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      const model = join(folder, "model.bin");
      writeFileSync(model, "weights");
      const config = {
        lr: 0.1,
        model: { depth: 5, "a.b": [1, 2] },
        "a.b": 1,
        a: { b: 2 },
        long: "x".repeat(7000),
        experiment: { projectName: "whole", sql: { dbPath } },
      };
      const logger = new SQLLogger(config);
      const id = await logger.run({ tags: ["base", "mlflow.x"], seed: 7 });
      for (let i = 0; i < 2500; i++) {
        logger.logMetrics({ loss: 1 / (i + 1), "acc@1": i }, i);
      }
      const odd = [NaN, Infinity, -Infinity, 0.1 + 0.2];
      odd.forEach((value, step) => logger.logMetric("odd", value, step));
      logger.logMetric("odd", 5, -3);
      logger.logArtifact(model, { type: "model" });
      logger.logInput(model, { name: "train" });
      await logger.finish();
      await ato("note", String(id), "a note", "--db", dbPath);

      const first = await sync(dbPath);
      assertEquals(first.code, 0, first.err);
      assertStringIncludes(first.err, "the value of long has 7000 characters");
      assertStringIncludes(first.err, "does not take the names of");
      assertEquals(statSync(`${dbPath}.sync`).mode & 0o777, 0o600);

      const finder = new SQLFinder(dbPath);
      const run = (await finder.findRun(id))!;
      const [there, ...more] = await runsOf("whole");
      assertEquals(more, []);
      assertEquals(there!.status, "FINISHED");
      assertEquals(there!.start, run.startTime!.getTime());
      assertEquals(there!.end, run.endTime!.getTime());
      assertEquals(there!.name, `run ${id}`);
      assertEquals(there!.params["lr"], "0.1");
      assertEquals(there!.params["model.depth"], "5");
      assertEquals(there!.params["a.b"], "2");
      assertEquals(there!.params["long"]!.length, 6000);
      assertEquals(Object.keys(there!.params).length, 8);
      assertEquals(there!.tags["ato.run_uuid"], run.uuid);
      assertEquals(there!.tags["ato.seed"], "7");
      assertEquals(there!.tags["base"], "true");
      assertEquals(there!.tags["mlflow.note.content"], "a note");
      assertEquals(there!.tags["ato.structural_hash"], run.structuralHash);
      assertEquals(there!.tags["mlflow.x"], undefined);
      const names = JSON.parse(there!.tags["ato.names"]!);
      assertEquals(Object.values(names.metrics), ["acc@1"]);
      assertEquals(Object.values(names.tags), ["mlflow.x"]);
      assertEquals(
        new Set(
          Object.values(names.params).map((keys) => JSON.stringify(keys)),
        ),
        new Set(['["model","a.b"]', '["a.b"]']),
      );
      const loss: [number, number, number][] = [];
      for await (const page of run.metrics.pages("loss")) {
        for (const { step, value, time } of page) {
          loss.push([step, value, time.getTime()]);
        }
      }
      const bySteps = (points: [number, ...unknown[]][]) =>
        points.toSorted((a, b) => a[0] - b[0]);
      assertEquals(bySteps(there!.metrics["loss"]!), loss);
      const acc = Object.keys(names.metrics)[0]!;
      assertEquals(there!.metrics[acc]!.length, 2500);
      assertEquals(
        bySteps(there!.metrics["odd"]!).map(([step, value]) => [step, value]),
        [
          [-3, 5],
          [0, "nan"],
          [1, "1.7976931348623157e+308"],
          [2, "-1.7976931348623157e+308"],
          [3, 0.1 + 0.2],
        ],
      );
      assertEquals(there!.artifacts, ["model.bin"]);
      assertEquals(there!.inputs.map(([name]) => name), ["train"]);

      assertEquals(await counts(dbPath), [0, 1, 0]);
      assertEquals(await runsOf("whole"), [there!]);

      // What is remembered is lost: the server decides, and nothing is there twice.
      rmSync(`${dbPath}.sync`);
      assertEquals(await counts(dbPath), [0, 1, 0]);
      assertEquals(await runsOf("whole"), [there!]);

      // It comes back as the run that it was, with its file.
      const back = join(folder, "back.db");
      assertEquals(await importInto(back, "whole"), { added: 1, same: 0 });
      assertEquals(await importInto(dbPath, "whole"), { added: 0, same: 1 });
      const taken = new SQLFinder(back);
      const is = (await taken.findRun(run.uuid!))!;
      for (const name of await run.metrics.names()) {
        const points = async (one: Run) =>
          (await one.metrics.points(name, { limit: 5000 })).points;
        assertEquals(await points(is), await points(run));
      }
      assertEquals([is.status, [...is.tags].sort()], [
        "completed",
        [...run.tags].sort(),
      ]);
      assertEquals(readFileSync(is.artifacts[0]!.path, "utf8"), "weights");
      await taken.close();

      // A tag more and another note, a tag less.
      await ato("tag", String(id), "new", "-base", "--db", dbPath);
      await ato("note", String(id), "another", "--db", dbPath);
      assertEquals((await sync(dbPath)).code, 0);
      const [tagged] = await runsOf("whole");
      assertEquals(tagged!.tags["new"], "true");
      assertEquals(tagged!.tags["mlflow.note.content"], "another");
      await finder.close();
    }),
);

test(
  "a project that was renamed there gets its new runs there",
  { skip },
  () =>
    withTempFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      await makeRun(dbPath, { project: "before" });
      assertEquals((await sync(dbPath)).code, 0);
      const id = (await runsOf("before"))[0]!.experimentId;
      await client.call("rename_experiment", id, "after");
      await makeRun(dbPath, { project: "before" });
      rmSync(`${dbPath}.sync`);
      assertEquals((await sync(dbPath)).code, 0);
      assertEquals(await runsOf("before"), []);
      assertEquals((await runsOf("after")).length, 2);
    }),
);

test(
  "a run that someone deleted there stays deleted, and a run in the bin stays there",
  { skip },
  () =>
    withTempFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      for (let i = 0; i < 2; i++) await makeRun(dbPath, { project: "bin" });
      assertEquals((await sync(dbPath)).code, 0);
      const [, older] = await runsOf("bin");
      await client.call("delete_run", older!.id);
      const deleted = older!.name.replace("run ", "");
      await ato("note", deleted, "changed", "--db", dbPath);
      const said = await sync(dbPath);
      assertEquals(said.code, 1);
      assertStringIncludes(said.err, "someone deleted it");
      rmSync(`${dbPath}.sync`);
      assertEquals((await sync(dbPath)).code, 1);
      assertEquals((await runsOf("bin")).length, 1);
      assertEquals((await runsOf("bin", true)).length, 2);
      const kept = deleted === "1" ? "2" : "1";
      await ato("delete", kept, "--db", dbPath, "--yes");
      await sync(dbPath);
      assertEquals((await runsOf("bin")).length, 1);
    }),
);

test(
  "filters choose runs, and --dry-run sends nothing",
  { skip },
  () =>
    withTempFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      await makeRun(dbPath, { project: "one", config: { lr: 0.1 } });
      await makeRun(dbPath, { project: "one", config: { lr: 0.9 } });
      await makeRun(dbPath, { project: "two", config: { lr: 0.9 } });
      const dry = await sync(dbPath, "one", "lr>0.5", "--dry-run");
      assertEquals([dry.code, dry.err], [0, ""]);
      assertStringIncludes(dry.out, "run 2 of one: new, 3 points\n");
      assertStringIncludes(dry.out, "1 run would be sent to http://");
      assertEquals(await runsOf("one"), []);
      assertEquals((await sync(dbPath, "one", "lr>0.5")).code, 0);
      assertEquals((await runsOf("one")).map(({ params }) => params["lr"]), [
        "0.9",
      ]);
      assertEquals(await runsOf("two"), []);
      const status = await ato("sync", "status", "--db", dbPath, "--json");
      const [target] = JSON.parse(status.out);
      assertEquals(
        [target.target, target.address, target.there, target.problems],
        ["mlflow", server.url, 1, []],
      );
    }),
);

test(
  "a server that is down is caught up later",
  { skip },
  () =>
    withTempFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      await makeRun(dbPath, { project: "late" });
      const door = await doorTo(server.url);
      const report = await syncRuns(mlflowTarget(door.url), {
        ...{ dbPath, tries: 2, pause: 1 },
      });
      assertStringIncludes(report.problem ?? "", "Cannot reach");
      assertEquals(report.sent, []);
      await door.open();
      const { sent, same } = await syncRuns(mlflowTarget(door.url), { dbPath });
      assertEquals([sent, same], [[1], 0]);
      await door.close();
      await makeRun(dbPath, { project: "late", loss: [1] });
      await door.open();
      const next = await syncRuns(mlflowTarget(door.url), { dbPath });
      assertEquals([next.sent, next.same], [[2], 1]);
      await door.close();
      const there = await runsOf("late");
      assertEquals(there.map(({ metrics }) => metrics["loss"]!.length).sort(), [
        1,
        3,
      ]);
    }),
);
