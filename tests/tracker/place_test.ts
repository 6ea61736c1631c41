/** Where a database is made, who can read it, and the error if it cannot be made. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  chooseDriver,
  deleteRuns,
  importRuns,
  mergeRuns,
  openForWriting,
  SQLFinder,
  SQLLogger,
  StorageError,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { faultyDriver } from "./_faulty_driver.ts";
import { inFolder } from "./_helpers.ts";

function configAt(dbPath: string) {
  return { experiment: { projectName: "demo", sql: { dbPath } } };
}

const MISSING: [string, (folder: string) => [dbPath: string, file: string]][] =
  [
    ["a path", (folder) => {
      const path = join(folder, "a", "b c", "runs.db");
      return [path, path];
    }],
    ["a URL", (folder) => {
      const path = join(folder, "x", "y", "runs.db");
      return [`sqlite:///${path}`, path];
    }],
  ];
for (const [name, make] of MISSING) {
  test(`SQLLogger.run: a missing folder is made: ${name}`, async () => {
    await inFolder(async (folder) => {
      const [dbPath, file] = make(folder);
      const logger = new SQLLogger(configAt(dbPath));
      const id = await logger.run();
      assert(id > 0);
      logger.logMetric("loss", 1);
      await logger.finish();
      assertEquals(statSync(file).isFile(), true);
      const finder = new SQLFinder(configAt(dbPath));
      const run = await finder.findRun(id);
      assertEquals((await run?.metrics.summary("loss"))?.count, 1);
      await finder.close();
    });
  });
}

test("SQLLogger.run: a missing folder of a relative path is made in the working directory", async () => {
  await inFolder(async (folder) => {
    const path = join(relative(process.cwd(), folder), "sub", "sub", "runs.db");
    const logger = new SQLLogger(configAt(`sqlite:///${path}`));
    await logger.run();
    await logger.finish();
    assertEquals(existsSync(join(folder, "sub", "sub", "runs.db")), true);
  });
});

test("SQLFinder: reading makes no file and no folder", async () => {
  await inFolder(async (folder) => {
    const finder = new SQLFinder(join(folder, "a", "runs.db"));
    assertEquals(await finder.listProjects(), []);
    await finder.close();
    assertEquals(readdirSync(folder), []);
  });
});

const windows = process.platform === "win32";

/** Paths at which nothing can be stored, and the message for each. */
const IMPOSSIBLE: [string, (folder: string) => string, RegExp, boolean][] = [
  [
    "a file in place of its folder",
    (folder) => {
      writeFileSync(join(folder, "a"), "");
      return join(folder, "a", "runs.db");
    },
    /its folder .*a cannot be made; .*a part of it is a file, not a folder/,
    true,
  ],
  [
    "a file in place of a folder above",
    (folder) => {
      writeFileSync(join(folder, "a"), "");
      return join(folder, "a", "b", "runs.db");
    },
    /its folder .*b cannot be made; .*a part of it is a file, not a folder/,
    true,
  ],
  [
    "a folder",
    (folder) => {
      mkdirSync(join(folder, "runs.db"));
      return join(folder, "runs.db");
    },
    /Cannot open .*runs\.db: it is a folder; name a file in it/,
    true,
  ],
  [
    "a folder below what nobody may write",
    () => "/proc/ato/runs.db",
    /its folder \/proc\/ato cannot be made; make it, or name another one \(/,
    process.platform === "linux",
  ],
  [
    "a folder that nobody may write in",
    () => "/proc/runs.db",
    /no file can be made in \/proc; give yourself permission to write there/,
    process.platform === "linux",
  ],
  [
    "a folder that one may not write in",
    (folder) => {
      chmodSync(folder, 0o500);
      return join(folder, "runs.db");
    },
    /no file can be made in .*; give yourself .* \(permission is denied\)/,
    !windows && process.getuid?.() !== 0,
  ],
];
for (const [name, make, said, here] of IMPOSSIBLE) {
  for (const onError of ["continue", "throw"] as const) {
    test(`SQLLogger.run: throws and says why: ${name} (${onError})`, {
      skip: !here && "not possible here",
    }, async () => {
      await inFolder(async (folder) => {
        const warnings: string[] = [];
        const onWarning = (message: string): unknown => warnings.push(message);
        const config = configAt(make(folder));
        const logger = new SQLLogger(config, { onError, onWarning });
        const type = name === "a folder" ? TrackerUsageError : StorageError;
        const error = await assertRejects(() => logger.run(), type);
        assertMatch((error as Error).message, said);
        assertEquals(warnings, []);
        // It can be called again, and other functions that write throw the same.
        await assertRejects(() => logger.run(), type);
        for (
          const write of [
            () => deleteRuns(config, [1]),
            () => importRuns(config, []),
          ]
        ) {
          const other = await assertRejects(write, type);
          assertMatch((other as Error).message, said);
        }
        chmodSync(folder, 0o700);
      });
    });
  }
}

test("SQLLogger.run: if the file is not writable but its folder is, the run is in a spill file", async () => {
  await inFolder(async (folder) => {
    const warnings: string[] = [];
    const onWarning = (message: string): unknown => warnings.push(message);
    const driver = faultyDriver(await chooseDriver(), {
      message: "attempt to write a readonly database",
    });
    const config = configAt(join(folder, "runs.db"));
    const logger = new SQLLogger(config, { driver, onWarning });
    assertEquals(await logger.run(), 0);
    assertEquals(
      readdirSync(folder).filter((name) => name.endsWith(".spill.jsonl")),
      [`runs.db.${logger.runUuid}.spill.jsonl`],
    );
    assertEquals(warnings.length, 1);
    await logger.finish();
  });
});

const modeOf = (path: string): string =>
  (statSync(path).mode & 0o777).toString(8);

test(
  "SQLLogger: only the owner can read new files; existing ones keep their mode",
  {
    skip: windows && "Windows has no modes",
  },
  async () => {
    const umask = process.umask();
    for (const mask of [0o000, 0o022]) {
      await inFolder(async (folder) => {
        const path = join(folder, "runs.db");
        process.umask(mask);
        try {
          const logger = new SQLLogger(configAt(path));
          await logger.run();
          logger.logMetric("loss", 1);
          for (const end of ["", "-wal", "-shm"]) {
            assertEquals(modeOf(path + end), "600", end);
          }
          const merged = join(folder, "merged.db");
          await mergeRuns(merged, path);
          assertEquals(modeOf(merged), "600");
          const opened = join(folder, "opened.db");
          (await openForWriting(opened)).close();
          assertEquals(modeOf(opened), "600");
          await logger.finish();

          chmodSync(path, 0o664);
          const again = new SQLLogger(configAt(path));
          await again.run();
          for (const end of ["", "-wal", "-shm"]) {
            assertEquals(modeOf(path + end), "664", end);
          }
          await again.finish();
          assertEquals(modeOf(path), "664");
        } finally {
          process.umask(umask);
        }
      });
    }
  },
);
