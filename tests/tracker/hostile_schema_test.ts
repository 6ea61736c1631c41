/** Files whose schema does more than hold runs: nothing in them runs, and nothing of them is lost. */
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  deleteRuns,
  editRun,
  mergeRuns,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "../../tracker/mod.ts";
import { inFolder } from "./_helpers.ts";

const STORED = [
  "schema_0_python",
  "schema_1",
  "schema_2",
  "schema_3",
  "schema_4",
  "schema_5",
  "schema_6",
];

function stored(name: string, folder: string, sql = ""): string {
  const path = join(folder, "runs.db");
  copyFileSync(fileURLToPath(new URL(`${name}.db`, import.meta.url)), path);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return path;
}

function count(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!;
  database.close();
  return Number(row["n"]);
}

/** Never ends, in place of a table. */
const ENDLESS = (table: string) =>
  `PRAGMA legacy_alter_table = ON; ALTER TABLE ${table} RENAME TO hidden_${table};
   CREATE VIEW ${table} AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)
   SELECT h.* FROM hidden_${table} h, r WHERE r.n < 0`;

/** The definition of a table with something added, as somebody could have made it. */
const WITH = (table: string, columns: string) =>
  `DROP TABLE ${table}; CREATE TABLE ${table} (${columns})`;

const UNREADABLE: readonly [
  what: string,
  file: string,
  sql: string,
  reason: RegExp,
][] = [
  ...[
    "projects",
    "experiments",
    "series",
    "points",
    "tail",
    "run_details",
    "fingerprints",
  ].map((
    table,
  ): [string, string, string, RegExp] => [
    `an endless view in place of ${table}`,
    "schema_4",
    ENDLESS(table),
    new RegExp(`Cannot read .*: ${table} is a view, not a table`),
  ]),
  [
    "an endless view in place of the metrics of Python ato",
    "schema_0_python",
    ENDLESS("metrics"),
    /metrics is a view, not a table/,
  ],
  [
    "another view named metrics",
    "schema_4",
    "DROP VIEW metrics; CREATE VIEW metrics AS SELECT 1 AS id",
    /metrics is a view/,
  ],
  [
    "a generated column",
    "schema_4",
    WITH(
      "run_state",
      "run_id INTEGER PRIMARY KEY, host TEXT AS (hex(zeroblob(999999999)))",
    ),
    /run_state has AS in its definition/,
  ],
  [
    "a virtual table",
    "schema_4",
    "DROP TABLE sources; CREATE VIRTUAL TABLE sources USING fts5(hash, source)",
    /sources has VIRTUAL in its definition/,
  ],
  [
    "an order that finds other rows",
    "schema_4",
    WITH("sources", "hash TEXT COLLATE NOCASE PRIMARY KEY, source TEXT"),
    /sources has COLLATE in its definition/,
  ],
];

for (const [what, file, sql, reason] of UNREADABLE) {
  test(`SQLFinder, SQLLogger: refuse a file with ${what}, and run nothing of it`, async () => {
    await inFolder(async (folder) => {
      const path = stored(file, folder, sql);
      const finder = new SQLFinder(path);
      const error = await assertRejects(
        () => finder.listProjects(),
        StorageError,
      );
      assertMatch(error.message, reason);
      assertEquals([error.problem, error.message.includes("\u001b")], [
        "foreign",
        false,
      ]);
      await finder.close();
      await assertRejects(
        () => editRun(path, 1, { addTags: ["x"] }),
        StorageError,
      );
      await assertRejects(
        () => mergeRuns(join(folder, "new.db"), path),
        StorageError,
      );
    });
  });
}

const UNWRITABLE: readonly [what: string, sql: string, reason: RegExp][] = [
  [
    "a trigger that deletes points",
    "CREATE TRIGGER evil AFTER UPDATE ON experiments BEGIN DELETE FROM points; END",
    /evil is a trigger on experiments that Ato did not make; .*DROP TRIGGER "evil"/,
  ],
  [
    "a trigger of ours with another body",
    "DROP TRIGGER experiments_get_uuid; CREATE TRIGGER experiments_get_uuid AFTER INSERT ON experiments BEGIN DELETE FROM points; END",
    /experiments_get_uuid is a trigger/,
  ],
  [
    "a constraint that computes",
    WITH(
      "run_state",
      "run_id INTEGER PRIMARY KEY, host TEXT CHECK (length(hex(zeroblob(999999999))) > 0)",
    ),
    /run_state has CHECK in its definition/,
  ],
  [
    "a constraint that replaces rows",
    WITH(
      "fingerprint_gaps",
      "run_id INTEGER, trace_id TEXT, reason TEXT, UNIQUE (run_id) ON CONFLICT REPLACE",
    ),
    /fingerprint_gaps has ON in its definition/,
  ],
  [
    "a default that computes",
    WITH(
      "absorbed",
      "name TEXT PRIMARY KEY, at TEXT DEFAULT (hex(zeroblob(999999999)))",
    ),
    /absorbed has DEFAULT in its definition/,
  ],
  [
    "an index over an expression",
    "CREATE INDEX slow ON experiments (length(hex(zeroblob(9))))",
    /slow is an index on experiments with an expression/,
  ],
  [
    "a trigger with escapes in its name",
    'CREATE TRIGGER "e\u001b[2Jvil" AFTER INSERT ON experiments BEGIN DELETE FROM points; END',
    /e\\u001b\[2Jvil is a trigger/,
  ],
];

for (const [what, sql, reason] of UNWRITABLE) {
  test(`SQLLogger: a file with ${what} is read, but not written`, async () => {
    await inFolder(async (folder) => {
      const path = stored("schema_4", folder, sql);
      const points = count(path, "points");
      const finder = new SQLFinder(path);
      assertEquals(
        (await finder.findRun(1))?.name,
        (await finder.findRun(1))?.name,
      );
      assertEquals((await finder.listProjects()).length, 1);
      await finder.close();
      const writes = [
        () => editRun(path, 1, { addTags: ["x"] }),
        () => deleteRuns(path, [1]),
        () =>
          new SQLLogger(
            { experiment: { projectName: "p", sql: { dbPath: path } } },
            { onError: "throw" },
          ).run(),
      ];
      for (const write of writes) {
        const error = await assertRejects(write, StorageError);
        assertMatch(error.message, reason);
      }
      assertEquals(count(path, "points"), points);
    });
  });
}

const HARMLESS = [
  "CREATE VIEW mine AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
  "CREATE TABLE mine (id INTEGER PRIMARY KEY, text TEXT CHECK (length(text) < 9))",
  "CREATE INDEX mine ON experiments (status, structural_hash DESC)",
];

for (const name of STORED) {
  for (const sql of ["", ...HARMLESS]) {
    test(`SQLLogger: ${name} is read and written with ${sql === "" ? "what Ato made" : sql.slice(0, 22)}`, async () => {
      await inFolder(async (folder) => {
        if (name === "schema_0_python" && sql.startsWith("CREATE INDEX")) {
          return;
        }
        const path = stored(name, folder, sql);
        const finder = new SQLFinder(path, {
          onWarning: (line) => assertEquals(line, "no warning"),
        });
        const [project] = await finder.listProjects();
        const [run] = await finder.getRunsInProject(project!.name);
        assert(run !== undefined);
        await finder.close();
        assertEquals(await editRun(path, run.id, { addTags: ["x"] }), [
          ...run.tags,
          "x",
        ]);
      });
    });
  }
}
