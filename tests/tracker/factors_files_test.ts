/** Factors and programs in files that are merged, moved, written late, migrated, and emptied. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import {
  chooseDriver,
  type Connection,
  deleteRuns,
  type Driver,
  emptyTrash,
  importRuns,
  mergeRuns,
  RUN_SOURCE,
  SQLFinder,
  SQLLogger,
  type StorageError,
} from "../../tracker/mod.ts";
import { type Fault, faultyDriver } from "./_faulty_driver.ts";
import {
  finding,
  type Program,
  sha,
  snapshotOf,
  withProgram,
  writeRun,
} from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";

const PROGRAM: Program = {
  modules: { "train.ts": "main = 1\nold = 2 unused", "b.ts": "g = 3" },
  packages: { "npm:ms": "2.1.3" },
};

/** Everything that a run recorded, but for the ids that a file gives. */
async function recorded(folder: string, run: number): Promise<unknown> {
  return await finding(folder, async (finder) => {
    const found = (await finder.factorsOf(run))!;
    const program = await finder.programOf(run);
    const texts = await Promise.all(
      (program?.modules ?? []).map(({ sha256 }) => finder.textOf(sha256)),
    );
    return {
      factors: [...found.factors].sort(),
      coverage: found.coverage,
      program,
      texts,
    };
  });
}

test("mergeRuns: copies factors, programs and texts of all attempts, once", async () => {
  await inFolder(async (folder) => {
    const [here, there] = [join(folder, "here"), join(folder, "there")];
    mkdirSync(here);
    mkdirSync(there);
    await writeRun(here, { config: { other: 1 } });
    const program = snapshotOf(PROGRAM);
    const id = await writeRun(there, { config: { lr: 0.1 } });
    const resume = { run: id, step: 0 };
    await writeRun(there, { config: { lr: 0.1 }, run: { resume }, program });
    await writeRun(there, { config: { lr: 0.2 }, program });
    const from = join(there, "runs.db");
    const { added } = await mergeRuns(configIn(here), from);
    assertEquals(added, [2, 3]);
    for (const [mine, theirs] of [[2, 1], [3, 2]] as const) {
      assertEquals(await recorded(here, mine), await recorded(there, theirs));
    }
    await finding(here, async (finder) => {
      const first = (await finder.factorsOf(2, { attempt: 1 }))!;
      assertEquals(first.factors.has("code:a.ts#f"), true);
    });
    assertEquals((await mergeRuns(configIn(here), from)).same, 2);
  });
});

test("mergeRuns: derives the factors of runs of earlier versions", async () => {
  for (const version of ["1", "4", "0_python"]) {
    await inFolder(async (folder) => {
      const old = join(folder, "old.db");
      copyFileSync(
        fileURLToPath(new URL(`schema_${version}.db`, import.meta.url)),
        old,
      );
      const before = new SQLFinder(old);
      const there = (await before.factorsOf(1))!;
      await before.close();
      await mergeRuns(configIn(folder), old);
      const here = (await finding(folder, (finder) => finder.factorsOf(1)))!;
      assertEquals(new Map(here.factors), new Map(there.factors), version);
      assertEquals(here.coverage, there.coverage);
    });
  }
});

test("mergeRuns: a run whose factors are damaged is left out with a warning", async () => {
  await inFolder(async (folder) => {
    const there = join(folder, "there");
    mkdirSync(there);
    await writeRun(there, { program: snapshotOf(PROGRAM) });
    await writeRun(there, {});
    const database = new DatabaseSync(join(there, "runs.db"));
    database.exec("UPDATE programs SET detail = x'00' WHERE id = 1");
    database.close();
    const warnings: string[] = [];
    const onWarning = (line: string): unknown => warnings.push(line);
    const from = join(there, "runs.db");
    const { added } = await mergeRuns(configIn(folder), from, { onWarning });
    assertEquals(added.length, 1);
    assertEquals(warnings.length, 1, warnings.join("\n"));
    await finding(there, async (finder) => {
      const error = await assertRejects(() => finder.programOf(1));
      assertEquals((error as StorageError).run, 1);
    });
  });
});

test("factorsOf: a run that starts in an outage has its factors and its program", async () => {
  await inFolder(async (folder) => {
    const plain = join(folder, "plain");
    mkdirSync(plain);
    const plan = { config: { lr: 0.1 }, program: snapshotOf(PROGRAM) };
    await writeRun(plain, plan);
    const fault: Fault = { message: "database or disk is full" };
    const driver = faultyDriver(await chooseDriver(), fault);
    const options = {
      driver,
      onError: "continue",
      onWarning: () => {},
    } as const;
    await writeRun(folder, { ...plan, options });
    const isSpill = (name: string): boolean => name.endsWith(".spill.jsonl");
    assertEquals(readdirSync(folder).filter(isSpill).length, 1);
    // The next run takes over what the spill file has.
    await writeRun(folder, {});
    assertEquals(readdirSync(folder).filter(isSpill), []);
    assertEquals(await recorded(folder, 1), await recorded(plain, 1));
  });
});

test("factorsOf: a run keeps its factors and its program when its file is taken away", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    const source = withProgram(snapshotOf(PROGRAM));
    const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
    const logger = new SQLLogger(config, { onWarning: () => {} });
    await logger.run();
    const before = await recorded(folder, 1);
    renameSync(path, join(folder, "old.db"));
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
    logger.logMetric("loss", 1);
    await logger.finish();
    assertEquals(existsSync(path), true);
    assertEquals(await recorded(folder, 1), before);
  });
});

test("factorsOf: a run keeps them in the spill file when no new file can be made", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    const source = withProgram(snapshotOf(PROGRAM));
    const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
    const fault: Fault = {};
    const driver = faultyDriver(await chooseDriver(), fault);
    const logger = new SQLLogger(config, { driver, onWarning: () => {} });
    await logger.run();
    logger.logMetric("loss", 1);
    const before = await recorded(folder, 1);
    renameSync(path, join(folder, "old.db"));
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
    fault.message = "database or disk is full";
    logger.logMetric("loss", 2);
    await logger.finish();
    fault.message = undefined;
    await writeRun(folder, {});
    assertEquals(await recorded(folder, 1), before);
  });
});

test("emptyTrash: erases sets, programs and texts that no run uses, and no others", async () => {
  await inFolder(async (folder) => {
    const shared = { "shared.ts": "s = 1" };
    const first = snapshotOf({ modules: { "a.ts": "only = 1", ...shared } });
    const second = snapshotOf({ modules: { "b.ts": "other = 2", ...shared } });
    await writeRun(folder, { config: { gone: "x" }, program: first });
    await writeRun(folder, { config: { kept: "y" }, program: second });
    const before = await recorded(folder, 2);
    await deleteRuns(configIn(folder), [1]);
    assertEquals(await emptyTrash(configIn(folder), { olderThanDays: 0 }), [1]);
    assertEquals(await recorded(folder, 2), before);
    await finding(folder, async (finder) => {
      assertEquals(await finder.textOf(sha("only = 1")), undefined);
      assertEquals(await finder.textOf(sha("s = 1")), "s = 1");
    });
    const database = new DatabaseSync(join(folder, "runs.db"));
    const names = database.prepare("SELECT name FROM factor_names").all();
    const count = database.prepare("SELECT count(*) AS n FROM programs").get();
    database.close();
    assertEquals(JSON.stringify(names).includes("gone"), false);
    assertEquals(count?.["n"], 1);
  });
});

test("importRuns: a run of another tool has config factors, and nothing else", async () => {
  await inFolder(async (folder) => {
    await importRuns(configIn(folder), [{
      uuid: "01234567-89ab-4def-8123-456789abcdef",
      project: "demo",
      tags: [],
      status: "completed",
      startTime: 0,
      seed: "3",
      config: { lr: 0.1 },
      artifacts: [],
      metrics: () => [],
    }]);
    const found = (await finding(folder, (finder) => finder.factorsOf(1)))!;
    assertEquals([...found.factors], [["config:lr", "0.1"], ["seed", "3"]]);
    const { config, code, environment } = found.coverage;
    assertEquals([config.level, code.level, environment.level], [
      "full",
      "none",
      "none",
    ]);
  });
});

/** A driver that fails at one statement, as if the process were killed there. */
function failingAt(driver: Driver, pattern: RegExp): Driver {
  return {
    ...driver,
    connect: (path, options) => {
      const connection = driver.connect(path, options);
      const prepare = connection.prepare.bind(connection);
      return Object.assign(
        Object.create(connection) as Connection,
        {
          exec: (sql: string) => connection.exec(sql),
          close: () => connection.close(),
          prepare: (sql: string) => {
            if (pattern.test(sql)) throw new Error("killed");
            return prepare(sql);
          },
        },
      );
    },
  };
}

test("SQLLogger: a migration that stops midway leaves the file as it was", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    copyFileSync(
      fileURLToPath(new URL("schema_4.db", import.meta.url)),
      path,
    );
    const driver = failingAt(await chooseDriver(), /INSERT INTO factor_sets/);
    const logger = new SQLLogger(configIn(folder), { driver });
    await assertRejects(() => logger.run(), Error, "killed");
    const database = new DatabaseSync(path);
    const version = database.prepare("PRAGMA user_version").get();
    const tables = database.prepare(
      "SELECT name FROM sqlite_master WHERE name LIKE '%factor%'",
    ).all();
    database.close();
    assertEquals([version?.["user_version"], tables], [4, []]);
    assertEquals(await writeRun(folder, {}), 2);
  });
});

/** The lines of the spill file of a run that started in an outage. */
async function spilled(
  folder: string,
): Promise<{ path: string; lines: string[] }> {
  const fault: Fault = { message: "database or disk is full" };
  const driver = faultyDriver(await chooseDriver(), fault);
  const options = { driver, onError: "continue", onWarning: () => {} } as const;
  await writeRun(folder, {
    config: { lr: 0.1 },
    program: snapshotOf(PROGRAM),
    options,
  });
  const name = readdirSync(folder).find((one) => one.endsWith(".spill.jsonl"))!;
  const path = join(folder, name);
  return { path, lines: readFileSync(path, "utf8").trimEnd().split("\n") };
}

const FORGED: readonly {
  name: string;
  forge: (line: string) => string;
}[] = [
  {
    name: "a program under the hash of another one",
    forge: (line) => line.replaceAll("ato-code-v1:1", "ato-code-v1:9"),
  },
  {
    name: "factors of no dimension",
    forge: (line) => line.replaceAll('"dimension":"code"', '"dimension":"x"'),
  },
  {
    name: "a level that there is not",
    forge: (line) => line.replaceAll('"level":"full"', '"level":"most"'),
  },
];

for (const { name, forge } of FORGED) {
  test(`SQLLogger: a spill file cannot bring in ${name}`, async () => {
    await inFolder(async (folder) => {
      const { path, lines } = await spilled(folder);
      writeFileSync(path, lines.map(forge).join("\n") + "\n");
      await writeRun(folder, {});
      const run = await finding(folder, (finder) => finder.factorsOf(1));
      assertEquals(run!.factors.get("config:lr"), "0.1");
      assertEquals(run!.factors.get("code:train.ts#main"), undefined);
      assertEquals(run!.coverage.code.level, "none");
    });
  });
}

test("SQLLogger: a spill file cannot bring in a text under the SHA-256 of another one", async () => {
  await inFolder(async (folder) => {
    const { path, lines } = await spilled(folder);
    const other = deflateSync("forged").toString("base64");
    const forged = lines.map((line) =>
      line.replace(/(\["[0-9a-f]{64}",")[^"]*"/g, `$1${other}"`)
    );
    writeFileSync(path, forged.join("\n") + "\n");
    await writeRun(folder, {});
    await finding(folder, async (finder) => {
      const { modules } = (await finder.programOf(1))!;
      assertEquals(modules.length, 2);
      for (const { sha256 } of modules) {
        assertEquals(await finder.textOf(sha256), undefined);
      }
    });
  });
});

test("mergeRuns: a program under the hash of another one is damage", async () => {
  await inFolder(async (folder) => {
    const there = join(folder, "there");
    mkdirSync(there);
    await writeRun(there, { program: snapshotOf(PROGRAM) });
    await writeRun(there, {});
    const database = new DatabaseSync(join(there, "runs.db"));
    database.exec(
      "UPDATE programs SET detail = (SELECT detail FROM programs WHERE id = 2) WHERE id = 1",
    );
    database.close();
    const from = join(there, "runs.db");
    const { added } = await mergeRuns(configIn(folder), from, {
      onWarning: () => {},
    });
    assertEquals(added.length, 1);
  });
});
