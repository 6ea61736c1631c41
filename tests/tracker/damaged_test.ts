/** What a finder says of values that no logger writes. */
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  mergeRuns,
  type Run,
  SQLFinder,
  StorageError,
} from "../../tracker/mod.ts";
import { decodeJson, encodeJson, MAX_DEPTH } from "../../internal/json.ts";
import { fromTimeText } from "../../tracker/_times.ts";
import { inFolder } from "./_helpers.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

const REAL = fileURLToPath(new URL("../cli/damage.db", import.meta.url));

async function withDamage(
  sql: string,
  work: (finder: SQLFinder, told: string[]) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    copyFileSync(REAL, path);
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
    database.close();
    const told: string[] = [];
    const finder = new SQLFinder(path, {
      onWarning: (line) => void told.push(line),
    });
    await work(finder, told);
    await finder.close();
  });
}

/** All points, read to the end. */
async function drain(run: Run, key: string): Promise<void> {
  for await (const page of run.metrics.pages(key, { limit: 100 })) void page;
}

const LAZY: readonly [
  sql: string,
  ask: (run: Run) => unknown,
  reason: RegExp,
][] = [
  [
    "UPDATE experiments SET config = '{\"lr\": 1'",
    (run) => run.config,
    /config is not JSON/,
  ],
  [
    "UPDATE run_details SET config_types = NULL; UPDATE experiments SET config = '[1]'",
    (run) => run.config,
    /config is a list, not a mapping/,
  ],
  [
    'UPDATE run_details SET config_types = \'[[["__proto__", "x"], "undefined"]]\'',
    (run) => run.config,
    /names a value that is not there/,
  ],
  [
    'UPDATE run_details SET config_types = \'[[["lr"], "Date"]]\'',
    (run) => run.config,
    /does not fit the values/,
  ],
  [
    "UPDATE run_details SET provenance = '{\"lr\": 5}'",
    (run) => run.history,
    /provenance.lr is a number, not a list/,
  ],
  [
    "UPDATE run_details SET unread = '[5]'",
    (run) => run.unread,
    /unread\[0\] is a number, not text/,
  ],
  [
    'UPDATE attempts SET environment = \'{"git": {"commit": 7}}\'',
    (run) => run.environment,
    /git.commit is a number, not text/,
  ],
  [
    "UPDATE attempts SET attempt = 'x' WHERE run_id = 1",
    (run) => run.attempts,
    /attempt is "x", not a whole number/,
  ],
  [
    "UPDATE artifacts SET size = -5",
    (run) => run.artifacts,
    /size is -5, less than 0/,
  ],
  [
    "UPDATE artifacts SET path = x'00'",
    (run) => run.artifacts,
    /path is 1 bytes, not text/,
  ],
  [
    "UPDATE fingerprints SET trace_type = 'both'",
    (run) => run.fingerprints,
    /neither static nor runtime/,
  ],
  [
    "UPDATE deep_fingerprints SET detail_id = 99",
    (run) => run.fingerprints,
    /detail is missing|detail is null/,
  ],
  [
    "UPDATE outputs SET sketch = '{}'",
    (run) => run.outputs("train"),
    /sketch has no l2/,
  ],
  [
    "UPDATE run_state SET heartbeat = 9e300; UPDATE experiments SET status = 'running'",
    (run) => run.heartbeat,
    /heartbeat is 9e\+300/,
  ],
  [
    "UPDATE series SET max = 'abc'",
    (run) => run.metrics.summary("loss"),
    /max is "abc", not a finite number/,
  ],
  [
    "UPDATE series SET min = 1e300 WHERE key = 'loss'",
    (run) => run.metrics.summary("loss"),
    /contradict each other/,
  ],
  [
    "UPDATE series SET count = 9007199254740993",
    (run) => run.metrics.summary("loss"),
    /count is 9007199254740993, not a whole number/,
  ],
  [
    "UPDATE points SET value = 'abc' WHERE step = 7",
    (run) => run.metrics.points("loss"),
    /at step 7 is abc, not a number/,
  ],
  [
    "UPDATE points SET value = 1e308 WHERE step = 7",
    (run) => run.metrics.chart("loss", { maxPoints: 1000 }),
    /its summary says/,
  ],
  [
    "UPDATE points SET at = 9e15",
    (run) => run.metrics.points("loss"),
    /not a time|not a whole number/,
  ],
  [
    "DELETE FROM points WHERE step = 7",
    (run) => drain(run, "loss"),
    /has 699 points .* its summary says 700 points/,
  ],
  [
    "UPDATE rollups SET max = 1e9 WHERE level = 1",
    (run) => run.metrics.chart("loss", { maxPoints: 10 }),
    /its summary says/,
  ],
];

for (const [sql, ask, reason] of LAZY) {
  test(`SQLFinder: refuses damage: ${sql.slice(0, 70)}`, async () => {
    await withDamage(sql, async (finder) => {
      const run = (await finder.findRun(1))!;
      const error = await assertRejects(
        async () => await ask(run),
        StorageError,
      );
      assertMatch(error.message, reason);
      assertMatch(error.message, /^Cannot read run 1 of .*runs\.db: /);
      assertEquals([error.problem, error.run], ["corrupt", 1]);
    });
  });
}

const EAGER: readonly [sql: string, reason: RegExp][] = [
  ["start_time = '2026-02-30 00:00:00.000000'", /start_time is "2026-02-30/],
  ["start_time = 5", /start_time is 5, not text/],
  ["end_time = 'soon'", /end_time is "soon", not a time/],
  ["tags = '{\"a\": 1}'", /tags is a mapping, not a list/],
  ["error = '[]'", /error is a list, not a mapping/],
  ["duration = -1", /duration is less than 0/],
  ["duration = 9e999", /not a finite number/],
  ["name = x'1b5b'", /name is 2 bytes, not text/],
  ["status = x'1b'", /status is 1 bytes, not text/],
];

for (const [change, reason] of EAGER) {
  test(`getRunsInProject: leaves out a run with ${change}, and warns once`, async () => {
    await withDamage(
      `UPDATE experiments SET ${change} WHERE id = 3`,
      async (finder, told) => {
        for (let again = 0; again < 2; again++) {
          const ids = (await finder.getRunsInProject("vision")).map(({ id }) =>
            id
          );
          assertEquals(ids, [1, 2, 4, 7]);
        }
        assertEquals(told.length, 1);
        assertMatch(told[0]!, /^Cannot read run 3 of /);
        assertMatch(told[0]!, reason);
        const error = await assertRejects(
          () => finder.findRun(3),
          StorageError,
        );
        assertEquals([error.run, error.table, error.problem], [
          3,
          "experiments",
          "corrupt",
        ]);
        assertEquals((await finder.findRun(2))?.name, "trial-2");
      },
    );
  });
}

test("SQLFinder: reads an undamaged file without a warning", async () => {
  await withDamage("", async (finder, told) => {
    for (const { name } of await finder.listProjects()) {
      for (const run of await finder.getRunsInProject(name)) {
        const {
          config,
          history,
          attempts,
          artifacts,
          fingerprints,
          status,
        } = run;
        void [config, history, attempts, artifacts, fingerprints, status];
        for (const key of await run.metrics.names()) {
          await drain(run, key);
          for (const maxPoints of [3, 10, 30, 1000]) {
            await run.metrics.chart(key, { maxPoints });
          }
        }
      }
    }
    assertEquals(told, []);
  });
});

test("findBestRun: a value that is not a number is never best, and its run is named", async () => {
  const sql = "UPDATE series SET max = 'zzz' WHERE key = 'loss' AND run_id = 3";
  await withDamage(sql, async (finder, told) => {
    const query = { projectName: "vision", metric: "loss" };
    assertEquals((await finder.findBestRun(query))?.id, 1);
    assertMatch(told.join(), /Cannot read run 3 .*max is "zzz"/);
  });
});

/** Changes a table behind the back of an index: hidden from the schema, it does not hear of it. */
function changeBehind(path: string, index: string, sql: string): void {
  const database = new DatabaseSync(path, { defensive: false } as object);
  database.exec(`
    CREATE TEMP TABLE hidden AS SELECT * FROM sqlite_master WHERE name = '${index}';
    PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = '${index}';
    PRAGMA writable_schema = RESET; ${sql};
    PRAGMA writable_schema = ON; INSERT INTO sqlite_master SELECT * FROM hidden`);
  database.close();
}

test("getTraceStatistics: with verify, counts from the table and warns if an index does not agree", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.db");
    copyFileSync(REAL, path);
    const told: string[] = [];
    const onWarning = (line: string) => void told.push(line);
    const count = async (verify: boolean) => {
      const finder = new SQLFinder(path, { onWarning });
      const trace = "train";
      const found = await finder.getTraceStatistics("vision", trace, {
        verify,
      });
      await finder.close();
      return found.staticTraceVersions;
    };
    const before = await count(true);
    assertEquals([before, told], [await count(false), []]);
    changeBehind(
      path,
      "fingerprints_by_trace",
      "UPDATE fingerprints SET fingerprint = 'ato-code-v1:' || run_id WHERE trace_id = 'train' AND trace_type = 'static'",
    );
    assertEquals(await count(false), before);
    assertEquals(told, []);
    assertEquals(await count(true) === before, false);
    assertEquals(told.length, 1);
    assertMatch(told[0]!, /is damaged: an index .*`ato doctor --full`/);
  });
});

test("mergeRuns: copies the undamaged runs of a damaged file, and no others", async () => {
  for (
    const sql of [
      "UPDATE points SET value = 'abc' WHERE series_id = (SELECT id FROM series WHERE run_id = 3 LIMIT 1)",
      "UPDATE experiments SET config = '{' WHERE id = 3",
      "UPDATE attempts SET environment = '[]' WHERE run_id = 3",
      "UPDATE series SET min = 'x' WHERE run_id = 3",
    ]
  ) {
    await inFolder(async (folder) => {
      const [damaged, target] = [join(folder, "a.db"), join(folder, "b.db")];
      copyFileSync(REAL, damaged);
      const database = new DatabaseSync(damaged);
      database.exec(sql);
      database.close();
      const told: string[] = [];
      const onWarning = (line: string) => void told.push(line);
      const { added } = await mergeRuns(target, damaged, { onWarning });
      assertEquals([added.length, told.length], [5, 1], sql);
      assertMatch(told[0]!, /^Cannot read run 3 .*; it was not copied$/);
      const finder = new SQLFinder(target, { onWarning });
      for (const { name } of await finder.listProjects()) {
        for (const run of await finder.getRunsInProject(name)) {
          for (const key of await run.metrics.names()) await drain(run, key);
        }
      }
      assertEquals(told.length, 1);
      await finder.close();
    });
  }
});

test("SQLFinder: warns of rows that belong to no run", async () => {
  for (
    const [sql, table] of [
      ["UPDATE experiments SET project_id = 77 WHERE id = 3", "experiments"],
      ["UPDATE artifacts SET run_id = 'x' WHERE run_id = 3", "artifacts"],
      ["UPDATE points SET series_id = 999 WHERE series_id = 3", "points"],
    ] as const
  ) {
    await withDamage(sql, async (finder, told) => {
      await finder.listProjects();
      assertMatch(
        told.join(),
        new RegExp(`rows of ${table} that belong to no`),
      );
    });
  }
});

const TIMES: readonly [text: string, time: string | undefined][] = [
  ["2026-01-31 12:00:00.000000", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31 12:00:00.123999", "2026-01-31T12:00:00.123Z"],
  ["2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00.000Z"],
  ["2026-01-31 12:00:00", "2026-01-31T12:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2023-02-29", undefined],
  ["2026-02-30 12:00:00", undefined],
  ["2026-13-01 12:00:00", undefined],
  ["2026-01-31 25:00:00", undefined],
  ["2026-01-31 12:61:00", undefined],
  ["5", undefined],
  ["March 7", undefined],
  ["", undefined],
];

test("fromTimeText: accepts times, and refuses what only looks like one", () => {
  for (const [text, time] of TIMES) {
    const read = fromTimeText(text);
    assertEquals(
      Number.isNaN(read.getTime()) ? undefined : read.toISOString(),
      time,
      text,
    );
  }
});

test("decodeJson: returns what encodeJson took, also what looks like its marks", () => {
  const leaf = fc.oneof(
    fc.string({ unit: CODE_POINT }),
    fc.constantFrom("ato:5", "\ud800ato:5", "\ud800ato:NaN", "__proto__"),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(NaN, Infinity, -Infinity, -0, null, undefined, true),
    fc.date({ noInvalidDate: true }),
  );
  const value = fc.dictionary(
    fc.string({ unit: CODE_POINT }),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)),
  );
  fc.assert(fc.property(value, (config) => {
    const { text, types } = encodeJson(config);
    // The prototype of a dictionary is of no interest.
    assertEquals(encodeJson(decodeJson(text, types)), { text, types });
    const stored = decodeJson(JSON.stringify(types)) as typeof types;
    assertEquals(encodeJson(decodeJson(text, stored)), { text, types });
  }));
});

test("decodeJson: any string gives a value or a SyntaxError", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.json(), (text, types) => {
      try {
        decodeJson(text, []);
      } catch (error) {
        assertEquals((error as Error).name, "SyntaxError");
      }
      void types;
    }),
  );
});

test("encodeJson, decodeJson: refuse JSON that is nested too deeply", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  decodeJson(deep(MAX_DEPTH));
  assertThrows(
    () => decodeJson(deep(MAX_DEPTH + 1)),
    SyntaxError,
    "nested deeper",
  );
  assertThrows(() => decodeJson("[".repeat(1_000_000)), SyntaxError);
  decodeJson(JSON.stringify("[".repeat(10_000)));
  let value: unknown = 1;
  for (let i = 0; i <= MAX_DEPTH; i++) value = { a: value };
  assertThrows(() => encodeJson(value), TypeError, "nested deeper");
});
