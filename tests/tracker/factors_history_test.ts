/** `finder.history`: two runs and the nearest others. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  deleteRuns,
  RUN_SOURCE,
  type RunFacts,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "../../tracker/mod.ts";
import { finding, snapshotOf, withProgram, writeRun } from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

const idsOf = (runs: readonly RunFacts[]): number[] => runs.map(({ id }) => id);

test("history: the nearest recipes come first, seeds do not count, and the rest is counted", async () => {
  await inFolder(async (folder) => {
    const configs = [
      { lr: 1, wd: 1, seed: 1, act: "relu" }, // 1: A
      { lr: 9, wd: 9, seed: 1, act: "tanh" }, // 2: far
      { lr: 2, wd: 1, seed: 2, act: "relu" }, // 3: one step from A
      { lr: 1, wd: 1, seed: 9, act: "relu" }, // 4: a repeat of A
      { lr: 3, wd: 1, seed: 1, act: "gelu" }, // 5: B
      { lr: 3, wd: 1, seed: 3, act: "gelu" }, // 6: a repeat of B
    ];
    for (const config of configs) await writeRun(folder, { config });
    await finding(folder, async (finder) => {
      const all = (await finder.history(1, 5))!;
      assertEquals([all.a.id, all.b.id, all.leftOut], [1, 5, 0]);
      assertEquals(idsOf(all.others), [4, 6, 3, 2]);
      const two = (await finder.history(1, 5, { limit: 2 }))!;
      assertEquals([idsOf(two.others), two.leftOut], [[4, 6], 2]);
      const none = (await finder.history(1, 5, { limit: 0 }))!;
      assertEquals([idsOf(none.others), none.leftOut], [[], 4]);
      assertEquals(await finder.history(1, 99), undefined);
    });
    await deleteRuns(configIn(folder), [4, 5]);
    await finding(folder, async (finder) => {
      const { b, others } = (await finder.history(1, 5))!;
      assertEquals([b.id, idsOf(others)], [5, [6, 3, 2]]);
    });
  });
});

/** What runs of a file may lack or have besides the sets of most others; runs 1 and 4 are compared. */
const UNEVEN: Readonly<Record<string, string>> = {
  "nothing": "",
  "a run without code":
    "DELETE FROM run_factors WHERE run_id = 3 AND dimension = 'code'",
  "as many sets, but not of the same dimensions": `
    DELETE FROM run_factors WHERE run_id = 3 AND dimension = 'code';
    INSERT INTO run_factors VALUES (3, 1, 'inputs', 900, 'full', NULL)`,
  "the first run without code":
    "DELETE FROM run_factors WHERE run_id = 1 AND dimension = 'code'",
  "inputs of one run":
    "INSERT INTO run_factors VALUES (2, 1, 'inputs', 900, 'full', NULL)",
  "inputs of the first run":
    "INSERT INTO run_factors VALUES (1, 1, 'inputs', 900, 'full', NULL)",
  "a run that was resumed with another config": `
    INSERT INTO run_factors SELECT 3, 2, dimension, set_id, level, missing FROM run_factors WHERE run_id = 5`,
  "a run that was resumed with what the first one has": `
    INSERT INTO run_factors SELECT 3, 2, dimension, set_id, level, missing FROM run_factors WHERE run_id = 1`,
  "a first run that was resumed without code": `
    INSERT INTO run_factors SELECT 1, 2, dimension, set_id, level, missing
      FROM run_factors WHERE run_id = 5 AND dimension <> 'code'`,
  "a run whose first attempt is missing":
    "UPDATE run_factors SET attempt = 2 WHERE run_id = 3",
  "a run of another project": `
    INSERT INTO projects (id, name) VALUES (2, 'other');
    UPDATE experiments SET project_id = 2 WHERE id = 3`,
  "a first run of another project": `
    INSERT INTO projects (id, name) VALUES (2, 'other');
    UPDATE experiments SET project_id = 2 WHERE id = 4`,
};

/** A set of two inputs. */
const INPUTS = `
  INSERT INTO factor_names (id, name) VALUES (900, 'input:a'), (901, 'input:b');
  INSERT INTO factor_values (id, key, value) VALUES (900, 'one', 'one');
  INSERT INTO factor_sets (id, hash, members) VALUES (900, 'inputs', '[900,900,901,900]');`;

for (const [name, sql] of Object.entries(UNEVEN)) {
  test(`history: each run has its own sets, and the nearest come first: ${name}`, async () => {
    await inFolder(async (folder) => {
      for (const lr of [1, 2, 1, 3, 4, 2]) {
        const program = snapshotOf({
          modules: { "main.ts": `train = h${lr % 3}` },
        });
        const config = { lr, wd: lr > 2, act: lr > 3 ? "relu" : "gelu" };
        await writeRun(folder, { config, program });
      }
      const path = join(folder, "runs.db");
      const database = new DatabaseSync(path);
      database.exec(INPUTS + sql);
      database.close();
      await finding(folder, async (finder) => {
        const { a, b, others } = (await finder.history(1, 4))!;
        const distanceOf = (from: RunFacts, to: RunFacts): number => {
          const ids = new Set([...from.factors.keys(), ...to.factors.keys()]);
          return [...ids].filter((id) =>
            from.factors.get(id) !== to.factors.get(id)
          ).length;
        };
        for (const run of [a, b, ...others]) {
          const recorded = (await finder.factorsOf(run.id))!;
          assertEquals(new Map(run.factors), new Map(recorded.factors));
          assertEquals(run.coverage, recorded.coverage);
        }
        const distances = others.map((run) =>
          Math.min(distanceOf(a, run), distanceOf(b, run))
        );
        assertEquals(distances, [...distances].sort((x, y) => x - y));
        const isOther = /project_id = 2 WHERE id = 3/.test(sql);
        assertEquals(others.length, isOther ? 3 : 4);
      });
    });
  });
}

test("history: runs with one set name have the same factors, others do not", async () => {
  await inFolder(async (folder) => {
    await writeRun(folder, { config: { lr: 1 } });
    await writeRun(folder, { config: { lr: 2 } });
    await writeRun(folder, { config: { lr: 1 } });
    const { a, b, others: [c] } = (await finding(
      folder,
      (finder) => finder.history(1, 2),
    ))!;
    assertEquals(a.sets?.config, c!.sets?.config);
    assert(a.sets?.config !== b.sets?.config);
    assertEquals(a.sets?.code, b.sets?.code);
    assertEquals(a.factors.get("config:lr"), "1");
    assertEquals(b.factors.get("config:lr"), "2");
    assertEquals([...a.factors.keys()].length, a.factors.size);
    assertEquals(a.factors.has("config:lr"), true);
    assertEquals(a.factors.get("config:no"), undefined);
  });
});

const CURVES: readonly {
  name: string;
  values: readonly number[];
  facts: readonly (number | undefined)[];
}[] = [
  { name: "one point", values: [3], facts: [1, 0, 3, 3, 3, 3] },
  { name: "minus zero", values: [1, -0], facts: [2, 1, -0, -0, 0, 1] },
  {
    name: "a diverged end",
    values: [1, 2, NaN, Infinity],
    facts: [4, 3, Infinity, 2, 1, 2],
  },
  {
    name: "a finite end after NaN",
    values: [NaN, 5],
    facts: [2, 1, 5, 5, 5, 5],
  },
  {
    name: "nothing finite",
    values: [NaN, NaN],
    facts: [2, 1, NaN, undefined, undefined, undefined],
  },
  {
    name: "a long end of NaN",
    values: [
      ...Array.from({ length: 700 }, (_, i) => i),
      ...Array(2_000).fill(NaN),
    ],
    facts: [2_700, 2_699, NaN, 699, 0, 699],
  },
  {
    name: "finite values in the middle of a rollup",
    values: Array.from({ length: 300 }, (_, i) => i === 100 ? 7 : NaN),
    facts: [300, 299, NaN, 7, 7, 7],
  },
];

for (const { name, values, facts } of CURVES) {
  test(`history: summarises the metrics of a run: ${name}`, async () => {
    await inFolder(async (folder) => {
      await writeRun(folder, { loss: values });
      // One that is not closed is summed up with its tail.
      const config = {
        ...configIn(folder),
        [RUN_SOURCE]: withProgram(undefined),
      };
      const open = new SQLLogger(config);
      await open.run();
      for (const loss of values) open.logMetric("loss", loss);
      const { a, b } = (await finding(folder, (one) => one.history(1, 2)))!;
      for (const run of [a, b]) {
        const { count, lastStep, last, lastFinite, min, max } = run.metrics
          .get("loss")!;
        const found = [count, lastStep, last, lastFinite, min, max];
        assertEquals(found, facts as never, `run ${run.id}`);
      }
      assertEquals([a.status, b.status], ["completed", "running"]);
      await open.finish();
    });
  });
}

test("history: points that a resumed run replaced do not count, and the error is one line", async () => {
  await inFolder(async (folder) => {
    const id = await writeRun(folder, { loss: [1, 2, 3, 4, 100] });
    const config = {
      ...configIn(folder),
      [RUN_SOURCE]: withProgram(undefined),
    };
    const logger = new SQLLogger(config);
    await logger.run({ resume: { run: id, step: 1 } });
    logger.logMetric("loss", 50);
    logger.logMetric("other", 1);
    await logger.finish({ error: new RangeError("too large\nsecond line") });
    const { a } = (await finding(
      folder,
      (finder) => finder.history(id, id, { metrics: ["loss"] }),
    ))!;
    assertEquals([...a.metrics], [[
      "loss",
      { count: 3, lastStep: 2, last: 50, lastFinite: 50, min: 1, max: 50 },
    ]]);
    assertEquals([a.status, a.error], ["failed", "RangeError: too large"]);
  });
});

test("history: reads files of earlier versions without changing them", async () => {
  for (const version of ["1", "2", "3", "4", "0_python"]) {
    await inFolder(async (folder) => {
      const path = join(folder, "runs.db");
      copyFileSync(
        fileURLToPath(new URL(`schema_${version}.db`, import.meta.url)),
        path,
      );
      const old = new SQLFinder(path);
      const before = (await old.history(1, 1))!;
      await old.close();
      const expected = version === "0_python" ? undefined : "0.1";
      if (expected) assertEquals(before.a.factors.get("config:lr"), expected);
      assertEquals(before.a.coverage.config.level, "full", version);
      const traced = "only traced functions were recorded";
      const code = before.a.coverage.code;
      assertEquals(
        [code.level, code.missing],
        version === "0_python" && code.level === "none"
          ? ["none", ["no code was recorded"]]
          : ["partial", [traced]],
      );
      // The migration fills in the same.
      await writeRun(folder, {});
      const after = (await finding(folder, (one) => one.history(1, 1)))!;
      assertEquals(new Map(after.a.factors), new Map(before.a.factors));
      assertEquals(after.a.coverage, before.a.coverage);
      assertEquals(after.a.metrics, before.a.metrics);
    });
  }
});

test("history: a run that Python ato adds to a new file is compared like others", async () => {
  await inFolder(async (folder) => {
    await writeRun(folder, { config: { lr: 0.5 } });
    const database = new DatabaseSync(join(folder, "runs.db"));
    database.exec(
      `INSERT INTO experiments (project_id, config, status) VALUES (1, '{"lr": 0.5, "new": NaN}', 'completed')`,
    );
    database.close();
    const { a, b } = (await finding(folder, (one) => one.history(1, 2)))!;
    assertEquals(b.factors.get("config:lr"), a.factors.get("config:lr"));
    assertEquals(b.factors.get("config:new"), "NaN");
    assertEquals(b.coverage.code, {
      level: "none",
      missing: ["no code was recorded"],
    });
    assertEquals(b.coverage.environment.level, "none");
  });
});

const DAMAGE: readonly (readonly [name: string, sql: string])[] = [
  [
    "a set that is not there",
    "UPDATE run_factors SET set_id = 99 WHERE run_id = 2",
  ],
  [
    "members that are no list",
    "UPDATE factor_sets SET members = 'x' WHERE id = (SELECT set_id FROM run_factors WHERE run_id = 2 AND dimension = 'config')",
  ],
  [
    "a value that is not there",
    "UPDATE factor_sets SET members = '[1, 999]' WHERE id = (SELECT set_id FROM run_factors WHERE run_id = 2 AND dimension = 'config')",
  ],
  [
    "half of a factor",
    "UPDATE factor_sets SET members = '[1]' WHERE id = (SELECT set_id FROM run_factors WHERE run_id = 2 AND dimension = 'config')",
  ],
  ["no such level", "UPDATE run_factors SET level = 'most' WHERE run_id = 2"],
  [
    "missing that is no list",
    "UPDATE run_factors SET missing = '{}' WHERE run_id = 2",
  ],
  [
    "no such dimension",
    "UPDATE run_factors SET dimension = dimension || 'x' WHERE run_id = 2",
  ],
  [
    "a summary that contradicts itself",
    "UPDATE series SET count = -1 WHERE run_id = 2",
  ],
  [
    "a start that is no time",
    "UPDATE experiments SET start_time = 'x' WHERE id = 2",
  ],
];

for (const [name, sql] of DAMAGE) {
  test(`history: damage is an error that names the run: ${name}`, async () => {
    await inFolder(async (folder) => {
      for (const lr of [1, 2, 3]) {
        await writeRun(folder, { config: { lr }, loss: [lr] });
      }
      const database = new DatabaseSync(join(folder, "runs.db"));
      database.exec(sql);
      database.close();
      const warnings: string[] = [];
      await finding(folder, async (finder) => {
        const error = await assertRejects(() => finder.history(1, 2));
        assert(error instanceof StorageError, String(error));
        assertEquals([error.problem, error.run], ["corrupt", 2], error.message);
        const { others, leftOut } = (await finder.history(1, 3))!;
        assertEquals([idsOf(others), leftOut], [[], 1]);
      }, (line) => warnings.push(line));
      assertEquals(warnings.length, 1, warnings.join("\n"));
    });
  });
}

test("factorsOf, history: give back what was recorded, whatever the config", async () => {
  const key = fc.string({ unit: "grapheme", maxLength: 6 });
  const value = fc.oneof(
    fc.double(),
    fc.string({ unit: CODE_POINT, maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.bigInt(),
  );
  const config = fc.dictionary(
    key,
    fc.oneof(value, fc.dictionary(key, value)),
    {
      maxKeys: 4,
    },
  );
  await fc.assert(
    fc.asyncProperty(config, config, async (one, other) => {
      await inFolder(async (folder) => {
        for (const values of [one, other, one]) {
          await writeRun(folder, { config: values });
        }
        await finding(folder, async (finder) => {
          const { a, b, others: [c] } = (await finder.history(1, 2))!;
          for (const run of [a, b, c!]) {
            const { factors } = (await finder.factorsOf(run.id))!;
            assertEquals(
              new Map([...run.factors].sort()),
              new Map([...factors].sort()),
            );
          }
          assertEquals(new Map(a.factors), new Map(c!.factors));
          const isEqual = JSON.stringify([...a.factors]) ===
            JSON.stringify([...b.factors]);
          assertEquals(a.sets?.config === b.sets?.config, isEqual);
        });
      });
    }),
    { numRuns: 15 },
  );
});
