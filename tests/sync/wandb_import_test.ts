/** `ato import` of the logs that wandb writes, that ato writes, and that somebody else made. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import fc from "fast-check";
import { readWandbRun, writeWandbLog } from "@ato/ato/sync";
import { encodeJson } from "../../internal/json.ts";
import {
  bytesField,
  integerField,
  join as joinFields,
} from "../../internal/protobuf.ts";
import { LogWriter } from "../../sync/wandb/_log_writer.ts";
import { RECORD, record } from "../../sync/wandb/_records.ts";
import { ROOT } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { ato, inFolder } from "../cli/_lib.ts";
import { runProgram, WANDB_PYTHONS, WHY_NO_WANDB } from "./_wandb_pythons.ts";

const WRITER = join(ROOT, "tests/sync/_wandb_offline.py");

/** Imports, and returns what the command said. */
async function importInto(db: string, ...paths: string[]) {
  const { code, out, err } = await ato(
    "import",
    ...paths,
    "--db",
    db,
    "--json",
  );
  return { code, err, results: code === 2 ? [] : JSON.parse(out) };
}

async function withRun<T>(
  db: string,
  id: number,
  work: (
    run: NonNullable<Awaited<ReturnType<SQLFinder["findRun"]>>>,
    finder: SQLFinder,
  ) => Promise<T> | T,
): Promise<T> {
  const finder = new SQLFinder(db);
  try {
    return await work((await finder.findRun(id))!, finder);
  } finally {
    await finder.close();
  }
}

const RECORD_TYPES = Object.keys(RECORD) as (keyof typeof RECORD)[];

/** A log in a folder as wandb names it. */
function writeLog(
  folder: string,
  records: readonly Uint8Array[],
  name = "run-x.wandb",
): string {
  const run = join(folder, "offline-run-20260101_000000-x");
  mkdirSync(run, { recursive: true });
  const parts: Uint8Array[] = [];
  const writer = new LogWriter((bytes) => parts.push(bytes.slice()));
  for (const one of records) writer.add(one);
  writer.end();
  const path = join(run, name);
  writeFileSync(path, joinFields(...parts));
  return path;
}

const item = (key: string, json: string) =>
  joinFields(bytesField(1, key), bytesField(16, json));
const items = (of: Record<string, string>) =>
  joinFields(
    ...Object.entries(of).map(([key, json]) => bytesField(1, item(key, json))),
  );
const row = (step: number, of: Record<string, string>) =>
  record(
    1,
    "history",
    joinFields(items({ ...of, _step: String(step) })),
  );
const run = (config: Record<string, string> = {}, id = "x") =>
  record(
    1,
    "run",
    joinFields(
      ...[bytesField(1, id), bytesField(3, "proj")],
      bytesField(4, items(config)),
      bytesField(17, integerField(1, 1_700_000_000)),
    ),
  );
const exit = (code: number) =>
  record(1, "exit", code === 0 ? new Uint8Array() : integerField(1, code));

/** Lets wandb record a run, and imports it. */
async function importRecorded(
  python: string,
  folder: string,
  said: Record<string, unknown>,
) {
  await runProgram(python, [WRITER, folder], {
    cwd: folder,
    input: encodeJson(said).text,
  });
  return await importInto(join(folder, "runs.db"), folder);
}

for (const { path, version } of WANDB_PYTHONS) {
  test(`ato import: a run that wandb ${version} recorded offline`, () =>
    inFolder(async (folder) => {
      const config = {
        lr: 0.1,
        model: { depth: 3, "a.b": [1, null] },
        big: 2n ** 60n,
      };
      const init = {
        ...{ project: "proj", name: "a name", notes: "note", group: "g" },
        ...{ tags: ["a"], config },
      };
      const rows = [
        [0, { loss: 1, deep: { x: 1, y: { z: 2 } }, text: "no number" }],
        [5, { loss: NaN }],
        [9, { loss: -Infinity, "val/acc": 0.5 }],
      ];
      const { results, err } = await importRecorded(path, folder, {
        ...{ init, rows, lines: ["epoch 1", "ü 🦆"] },
        ...{ summary: { best: 0.25 }, exit: 3 },
      });
      assertEquals(results[0].added, [1], err);
      assertStringIncludes(err, "1 value of the history is no number");
      await withRun(join(folder, "runs.db"), 1, async (run, finder) => {
        const { name, status, notes, tags } = run;
        assertEquals({ name, status, notes, tags, config: run.config }, {
          ...{ name: "a name", notes: "note", tags: ["a", "group=g"] },
          ...{ status: "failed", config },
        });
        const pointsOf = async (metric: string) =>
          (await run.metrics.points(metric)).points
            .map(({ step, value }) => [step, value]);
        assertEquals(await pointsOf("loss"), [[0, 1], [5, NaN], [
          9,
          -Infinity,
        ]]);
        assertEquals(await pointsOf("deep.y.z"), [[0, 2]]);
        assertEquals(await pointsOf("best"), [[9, 0.25]]);
        const printed = (await finder.consoleOf(run.id))
          .map(({ bytes }) => new TextDecoder().decode(bytes)).join("");
        assertStringIncludes(printed, "epoch 1\nü 🦆\n");
        const { os, host, runtime } = run.environment;
        assertEquals([os?.platform, runtime?.name, typeof host], [
          ...[process.platform, "python", "string"],
        ]);
      });
      const again = await importInto(join(folder, "runs.db"), folder);
      assertEquals(again.results[0].same, 1);
    }));

  test(`ato import: a run under wandb ${version} that was killed is read as far as it was written`, () =>
    inFolder(async (folder) => {
      const { results } = await importRecorded(path, folder, {
        init: { project: "proj", config: { lr: 0.1 } },
        rows: Array.from({ length: 3000 }, (_, i) => [i, { loss: i / 2 }]),
        killed: true,
      });
      assertEquals(results[0].added, [1]);
      await withRun(join(folder, "runs.db"), 1, async (run) => {
        const { points } = await run.metrics.points("loss", { limit: 9999 });
        assert(points.length > 100, String(points.length));
        assertEquals(
          points.map(({ step, value }) => [step, value]),
          points.map((_, i) => [i, i / 2]),
        );
        assertEquals([run.status, run.config], ["interrupted", { lr: 0.1 }]);
      });
    }));
}
if (WHY_NO_WANDB !== false) {
  test(
    "ato import: a run that wandb recorded offline",
    { skip: WHY_NO_WANDB },
    () => {},
  );
}

test("ato import: a run that ato wrote for W&B comes back as the same run", () =>
  inFolder(async (folder) => {
    const [db, back] = [join(folder, "runs.db"), join(folder, "back.db")];
    const experiment = { projectName: "a/b: ü", sql: { dbPath: db } };
    const config = {
      ...{
        lr: 0.1,
        zero: -0,
        nan: NaN,
        big: 2n ** 70n,
        empty: {},
        list: [[], {}],
      },
      ...{ _wandb: 1, "": 2, ato: { format: "mine" }, at: new Date(0) },
      typed: Float32Array.of(1, 2),
    };
    writeFileSync(join(folder, "model.bin"), "weights");
    const logger = new SQLLogger({ ...config, experiment });
    await logger.run({ name: "name", tags: ["t".repeat(80), "b"], seed: 7 });
    for (
      const [step, value] of [[-2, 1], [0, NaN], [0, 2], [3, -Infinity], [
        3,
        -0,
      ]] as const
    ) {
      logger.logMetric("loss", value, step);
    }
    for (const name of ["_step", "ato/step", "", "_step_"]) {
      if (name !== "") logger.logMetric(name, 4, 2 ** 40);
    }
    logger.logArtifact(join(folder, "model.bin"), { type: "model" });
    await logger.finish({ error: new RangeError("bad") });
    await ato("note", "1", "a note", "--db", db);
    const out = join(folder, "wandb");
    assertEquals(
      (await ato("sync", "wandb", "--db", db, "--out", out)).code,
      0,
    );
    const { code, err, results } = await importInto(back, "wandb", out);
    assertEquals([code, err, results[0].added], [0, "", [1]]);
    const seen = (db: string) =>
      withRun(db, 1, async (run, finder) => {
        const { uuid, name, notes, tags, seed, status, startTime, config } =
          run;
        const metrics: Record<string, unknown> = {};
        for (const metric of await run.metrics.names()) {
          const { points } = await run.metrics.points(metric);
          metrics[metric] = points.map(({ step, value }) => [step, value]);
        }
        return {
          ...{
            uuid,
            name,
            notes,
            tags,
            seed,
            status,
            startTime,
            config,
            metrics,
          },
          error: [run.error?.name, run.error?.message],
          projects: (await finder.listProjects()).map(({ name }) => name),
          artifacts: run.artifacts.map(({ path, type, size, sha256 }) => ({
            ...{ path, type, size, sha256 },
          })),
          hash: run.structuralHash,
        };
      });
    assertEquals(await seen(back), await seen(db));
    assertEquals((await importInto(db, out)).results[0].same, 1);
  }));

const VALUE = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324, 2 ** 60),
);
const STEP = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.maxSafeInteger(),
);
const METRIC = fc.oneof(
  fc.constantFrom(
    ...["loss", "Loss", "_step", "_step_", "ato/step", "a.b", "a"],
    ...["__proto__", "metric"],
  ),
  // SQLite keeps no NUL, so the logger refuses it.
  fc.string({ minLength: 1, maxLength: 12, unit: "binary" })
    .filter((name) => name.isWellFormed() && !name.includes("\0")),
);

test("ato import: whatever a run logged, ato sync wandb and back changes no value and no step", () =>
  withTempFolder((folder) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(METRIC, STEP, VALUE), { maxLength: 40 }),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        async (points, extra) => {
          const place = mkdtempSync(join(folder, "run-"));
          const [db, log] = [join(place, "runs.db"), join(place, "run.wandb")];
          const { experiment: _, ...more } = extra as Record<string, unknown>;
          const experiment = { projectName: "p", sql: { dbPath: db } };
          const logger = new SQLLogger({ ...more, experiment });
          const id = await logger.run();
          for (const [key, step, value] of points) {
            logger.logMetric(key, value, step);
          }
          await logger.finish();
          await withRun(db, id, async (run) => {
            let parts: Uint8Array[] = [];
            await writeWandbLog(run, { project: "p" }, () => {
              parts = [];
              return (bytes) => parts.push(bytes.slice());
            });
            writeFileSync(log, joinFields(...parts));
            const { run: back, notices } = readWandbRun(log)!;
            assertEquals(notices, []);
            assertEquals(back.config, run.config);
            const seen = new Map<string, [number, number][]>();
            for (const [metric, some] of back.metrics()) {
              const list = seen.get(metric) ?? [];
              for (const { step, value } of some) {
                list.push([step, value]);
              }
              seen.set(metric, list);
            }
            const logged = new Map<string, [number, number][]>();
            for (const metric of await run.metrics.names()) {
              const { points } = await run.metrics.points(metric);
              logged.set(
                metric,
                points.map(({ step, value }) => [step, value]),
              );
            }
            assertEquals(
              new Map([...seen].sort()),
              new Map([...logged].sort()),
            );
          });
        },
      ),
      { numRuns: 40 },
    )
  ));

test("ato import: a log is read as far as it is whole", () =>
  inFolder(async (folder) => {
    const rows = Array.from(
      { length: 3000 },
      (_, i) => row(i, { loss: `${i}` }),
    );
    const path = writeLog(folder, [run({ lr: "0.1" }), ...rows, exit(0)]);
    const whole = readFileSync(path);
    const pointsWith = async (
      name: string,
      change: (log: Uint8Array) => Uint8Array,
    ) => {
      const db = join(folder, `${name}.db`);
      writeFileSync(path, change(Uint8Array.from(whole)));
      const { results, err } = await importInto(db, path);
      assertEquals(results[0].added, [1]);
      return await withRun(db, 1, async ({ metrics, status }) => {
        const { count } = (await metrics.summary("loss"))!;
        return { count, status, err };
      });
    };
    assertEquals(await pointsWith("whole", (log) => log), {
      ...{ count: 3000, status: "completed", err: "" },
    });
    const cut = await pointsWith("cut", (log) => log.subarray(0, 50_001));
    assert(cut.count > 500 && cut.count < 3000, String(cut.count));
    assertEquals(cut.status, "interrupted");
    assertStringIncludes(cut.err, "ends in the middle of a record");
    const bad = await pointsWith("bad", (log) => {
      log[40_000]! ^= 1;
      return log;
    });
    assert(bad.count > 1000 && bad.count < 3000, String(bad.count));
    assertEquals(bad.status, "completed");
    assertStringIncludes(bad.err, "of the log cannot be read");
  }));

/** Logs that somebody made to harm the reader. */
const HOSTILE: Readonly<Record<string, readonly Uint8Array[]>> = {
  "JSON that nests deeply": [
    run({ deep: "[".repeat(200_000), lr: "0.1" }),
    row(0, { loss: "1", deep: '{"a":'.repeat(100_000) }),
  ],
  "a length beyond the record": [
    run({ lr: "0.1" }),
    Uint8Array.of(0x12, 0xff, 0xff, 0xff, 0xff, 0x0f),
    row(0, { loss: "1" }),
  ],
  "a message in a message that is none": [
    run({ lr: "0.1" }),
    record(1, "history", Uint8Array.of(0x0a, 0x7f, 1)),
    record(1, "environment", Uint8Array.of(0xff)),
    row(0, { loss: "1" }),
  ],
  "names that are those of prototypes": [
    run({ "__proto__": '{"polluted": 1}', lr: "0.1" }),
    record(
      1,
      "config",
      bytesField(
        1,
        joinFields(
          ...["__proto__", "polluted"].map((key) => bytesField(2, key)),
          bytesField(16, "1"),
        ),
      ),
    ),
    row(0, { loss: "1" }),
  ],
  "steps and times that are no numbers": [
    run({ lr: "0.1" }),
    row(0, { loss: "1" }),
    record(1, "history", items({ loss: "2", _step: "1e300" })),
    record(
      1,
      "history",
      items({ loss: "3", _step: '"x"', _timestamp: "1e300" }),
    ),
  ],
  "a key `ato` of another form": [
    run({
      lr: "0.1",
      ato:
        '{"format": "ato-run", "version": 1, "uuid": 7, "tags": 3, "metrics": {"loss": 5}, ' +
        '"config": "[", "configTypes": [], "artifacts": [3, {"path": {}}], "error": {"message": 3}}',
    }),
    row(0, { loss: "1" }),
  ],
};

for (const [name, records] of Object.entries(HOSTILE)) {
  test(`ato import: a log with ${name} costs no more than itself`, () =>
    inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const path = writeLog(folder, [...records, exit(0)]);
      const { results, err } = await importInto(db, path);
      assertEquals(results[0]?.added, [1], err);
      await withRun(db, 1, async ({ config, metrics }) => {
        assertEquals(config["lr"], 0.1);
        const { points } = await metrics.points("loss");
        assertEquals(points.map(({ step, value }) => [step, value]), [[0, 1]]);
      });
      assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
    }));
}

test("ato import: a run that went on since it was imported is brought up to date; one of ato's own is not", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const rows = Array.from({ length: 9 }, (_, i) => row(i, { loss: `${i}` }));
    const pointsOf = (id: number) =>
      withRun(db, id, async ({ metrics, status }) => [
        (await metrics.summary("loss"))!.count,
        status,
      ]);
    const path = writeLog(folder, [run(), ...rows.slice(0, 4)]);
    assertEquals((await importInto(db, path)).results[0].added, [1]);
    assertEquals(await pointsOf(1), [4, "interrupted"]);
    assertEquals((await importInto(db, path)).results[0].same, 1);
    writeLog(folder, [run(), ...rows, exit(0)]);
    const { results } = await importInto(db, path);
    assertEquals([results[0].updated, results[0].same], [[1], 0]);
    assertEquals(await pointsOf(1), [9, "completed"]);

    const own = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath: db } },
    });
    const id = await own.run();
    own.logMetric("loss", 1, 0);
    await own.finish();
    const uuid = await withRun(db, id, ({ uuid }) => uuid);
    const claim = `{"format": "ato-run", "version": 1, "uuid": "${uuid}"}`;
    writeLog(folder, [run({ ato: claim }), ...rows, exit(0)]);
    assertEquals((await importInto(db, path)).results[0].same, 1);
    assertEquals(await pointsOf(id), [1, "completed"]);
  }));

/** Bytes of messages that may be none: fields of the numbers that records have, with anything in them. */
const { message: MESSAGE } = fc.letrec<{ message: Uint8Array }>((tie) => ({
  message: fc.array(
    fc.tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 10, 11, 13, 16, 17, 18, 21, 26, 199),
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.constantFrom(
          ...[
            "ato",
            "_step",
            "_timestamp",
            "lr",
            "1e999",
            "-7",
            "\0",
            '"\\u0000\\ud800"',
          ],
          ...[
            '{"a": {"\\u0000": 1}}',
            "[[",
            "NaN",
            "{}",
            '{"__proto__": {"x": 1}}',
          ],
          '{"format": "ato-run", "version": 1, "project": "\\ud800", "tags": ["\\u0000", ""]}',
        ),
        fc.uint8Array({ maxLength: 8 }),
        tie("message"),
      ),
    ),
    { maxLength: 6 },
  ).map((fields) =>
    joinFields(
      ...fields.map(([field, value]) =>
        typeof value === "bigint"
          ? integerField(field, value)
          : bytesField(field, value)
      ),
    )
  ),
}));

test("ato import: no log, whatever its records say, breaks the import of another one or the file", () =>
  withTempFolder((folder) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...RECORD_TYPES), MESSAGE), {
          maxLength: 8,
        }),
        async (records) => {
          const place = mkdtempSync(join(folder, "fuzz-"));
          const db = join(place, "runs.db");
          const bad = writeLog(join(place, "wandb"), [
            ...records.map(([type, content]) => record(1, type, content)),
            run({ lr: "0.1" }),
            row(0, { loss: "1" }),
          ]);
          const good = join(place, "wandb", "offline-run-2-y");
          mkdirSync(good);
          copyFileSync(
            writeLog(place, [run({}, "y"), row(3, { loss: "4" })]),
            join(good, "run-y.wandb"),
          );
          const { results, err } = await importInto(db, join(place, "wandb"));
          assertEquals(results[0]?.added, [1, 2], err + bad);
          const finder = new SQLFinder(db);
          for (const id of [1, 2]) {
            const found = (await finder.findRun(id))!;
            void [
              found.config,
              found.startTime,
              found.endTime,
              found.environment,
              found.tags,
            ];
            const { points } = await found.metrics.points("loss");
            assert(points.length > 0);
            await finder.consoleOf(id);
            await finder.factorsOf(id);
          }
          await finder.close();
          assertEquals(({} as { x?: unknown }).x, undefined);
        },
      ),
      { numRuns: 60 },
    )
  ));

test("ato import: what is no log of W&B is refused or left out in one sentence", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const empty = writeLog(folder, []);
    const no = await importInto(db, empty);
    assertStringIncludes(no.err, "it has no run of W&B");
    assertEquals(no.results[0].added, []);
    writeFileSync(empty, "");
    assertStringIncludes(
      (await importInto(db, folder)).err,
      "it has no run of W&B",
    );
  }));

test("ato import: two starts of one run of W&B are two runs, and a folder of many is read at once", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const root = join(folder, "wandb");
    for (const [i, time] of [1_700_000_000, 1_700_000_500].entries()) {
      const start = record(
        1,
        "run",
        joinFields(bytesField(1, "x"), bytesField(17, integerField(1, time))),
      );
      const log = writeLog(join(folder, String(i)), [
        start,
        row(i, { loss: "1" }),
      ]);
      const to = join(root, `offline-run-${i}-x`);
      mkdirSync(to, { recursive: true });
      copyFileSync(log, join(to, basename(log)));
    }
    assertEquals(readdirSync(root).length, 2);
    const { results } = await importInto(db, root);
    assertEquals(results[0].added, [1, 2]);
  }));
