import { assert, assertEquals, assertExists } from "@std/assert";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  chooseDriver,
  type CodeRecord,
  type Connection,
  deleteRuns,
  emptyTrash,
  RUN_SOURCE,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { code, runWith, sourceOf } from "./_code.ts";
import { configIn, inFolder } from "./_helpers.ts";

/** Looks into the file behind the tracker's back. */
async function withFile<T>(
  folder: string,
  work: (connection: Connection) => T,
): Promise<T> {
  const connection = (await chooseDriver()).connect(join(folder, "runs.db"));
  try {
    return work(connection);
  } finally {
    connection.close();
  }
}

function count(connection: Connection, table: string): number {
  const row = connection.prepare(`SELECT count(*) AS n FROM ${table}`).get();
  return Number(row?.["n"]);
}

/** The deep fingerprint that a run gives back for a trace. */
async function deepOf(folder: string, id: number, traceId = "train") {
  const finder = new SQLFinder(configIn(folder));
  const run = (await finder.findRun(id))!;
  const print = run.fingerprints.find((one) => one.traceId === traceId);
  await finder.close();
  return print?.deep;
}

const FULL: CodeRecord = {
  ...code("train", {
    own: "o1",
    dependencies: ["u.ts#scale=h1", "d.json=h2 json", "npm:x#f=p1 package"],
    packages: { "npm:x": "1.0.0", "__proto__": "0.1.0" },
    modules: { "main.ts": "m1", "__proto__": "m2" },
    blindSpots: [{ kind: "captured", what: 'k \ud800 \u2028 "NaN"' }],
  }),
};

test("run.fingerprints: returns the deep fingerprint that was stored, and run.sources its sources", async () => {
  await inFolder(async (folder) => {
    const id = await runWith(folder, [FULL]);
    const deep = FULL.deep!;
    const dependencies = deep.dependencies.map(({ id, kind, hash }) => ({
      id,
      kind,
      hash,
    }));
    assertEquals(await deepOf(folder, id), { ...deep, dependencies });
    const finder = new SQLFinder(configIn(folder));
    assertEquals(await finder.getSource("h1"), "source of h1");
    assertEquals(await finder.getSource("p1"), undefined);
    const run = (await finder.findRun(id))!;
    assertEquals([...run.sources(["h2", "p1", "c1", "h2"])], [
      ["c1", "source of c1"],
      ["h2", "source of h2"],
    ]);
    await finder.close();
  });
});

test("SQLLogger: runs of the same code share one list, whatever the order of its keys", async () => {
  await inFolder(async (folder) => {
    const modules = [{ "a.ts": "1", "b.ts": "2" }, {
      "b.ts": "2",
      "a.ts": "1",
    }];
    for (const one of modules) {
      await runWith(folder, [
        code("x", { modules: one }),
        code("y", { modules: one }),
      ]);
    }
    await withFile(folder, (connection) => {
      assertEquals(count(connection, "deep_fingerprints"), 4);
      assertEquals(count(connection, "deep_details"), 1);
    });
  });
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const BROKEN: readonly { what: string; deep: unknown }[] = [
  { what: "lists are missing", deep: { hash: "d1" } },
  { what: "it holds a bigint", deep: { ...FULL.deep!, globals: [1n] } },
  { what: "it holds itself", deep: { ...FULL.deep!, globals: cyclic } },
  {
    what: "a getter throws",
    deep: {
      get dependencies() {
        throw new Error("no");
      },
    },
  },
];

for (const { what, deep } of BROKEN) {
  test(`SQLLogger: a deep fingerprint that cannot be stored does no harm: ${what}`, async () => {
    await inFolder(async (folder) => {
      const record = { ...code("train"), deep } as unknown as CodeRecord;
      const id = await runWith(folder, [record, code("other")]);
      const stored = (await deepOf(folder, id))!;
      assertEquals(stored.hash, undefined);
      assert(stored.reason?.startsWith("it cannot be stored: "), stored.reason);
      assertEquals((await deepOf(folder, id, "other"))?.hash, "d1");
      const finder = new SQLFinder(configIn(folder));
      assertEquals((await finder.findRun(id))?.status, "completed");
      await finder.close();
    });
  });
}

test("run.fingerprints: has the reason why there is no deep fingerprint, also if there is none at all", async () => {
  await inFolder(async (folder) => {
    const { hash: _, ...deep } = { ...FULL.deep!, reason: "no permission" };
    const id = await runWith(folder, [
      { ...FULL, deep },
      { traceId: "native", reason: "native code", deep },
    ]);
    assertEquals((await deepOf(folder, id))?.reason, "no permission");
    const finder = new SQLFinder(configIn(folder));
    const run = (await finder.findRun(id))!;
    assertEquals(run.fingerprintGaps.map((one) => one.traceId), ["native"]);
    await finder.close();
  });
});

test("run.fingerprints: has what the last attempt of a resumed run used", async () => {
  await inFolder(async (folder) => {
    const id = await runWith(folder, [code("train", { deep: "d1" })]);
    const resume = { run: id, step: 0 };
    await runWith(folder, [code("train", { deep: "d2" })], resume);
    assertEquals((await deepOf(folder, id))?.hash, "d2");
    await runWith(folder, [{ ...code("train"), deep: undefined! }], resume);
    assertEquals(await deepOf(folder, id), undefined);
  });
});

test("getTraceStatistics: counts versions of the code, of all that it uses, and of what it returned", async () => {
  await inFolder(async (folder) => {
    for (const deep of ["d1", "d2", "d2", "d3"]) {
      await runWith(folder, [code("train", { deep }), code("other")]);
    }
    await runWith(folder, [{ ...code("train"), deep: undefined! }]);
    await deleteRuns(configIn(folder), [4]);
    const finder = new SQLFinder(configIn(folder));
    const found = await finder.getTraceStatistics("demo", "train");
    assertEquals([
      found.staticTraceVersions,
      found.deepTraceVersions,
      found.runtimeTraceVersions,
    ], [1, 2, 0]);
    assertEquals(
      found.versions.map(({ type, hash, count }) => [type, hash, count]),
      [["deep", "d1", 1], ["static", "c1", 4], ["deep", "d2", 2]],
    );
    const last = found.versions.at(-1);
    assert(last!.firstSeen! <= last!.lastSeen!);
    assertEquals(
      (await finder.getTraceStatistics("demo", "none")).deepTraceVersions,
      0,
    );
    assertEquals(
      (await finder.getTraceStatistics("none", "train")).deepTraceVersions,
      0,
    );
    await finder.close();
  });
});

test("emptyTrash: keeps the sources that other runs use, and no others", async () => {
  await inFolder(async (folder) => {
    const kept = code("train", { dependencies: ["u.ts#f=h1", "u.ts#g=h2"] });
    const gone = code("train", {
      hash: "c2",
      dependencies: ["u.ts#f=h1", "u.ts#g=h3"],
    });
    const a = await runWith(folder, [kept]);
    const b = await runWith(folder, [gone]);
    await deleteRuns(configIn(folder), [b]);
    assertEquals(await emptyTrash(configIn(folder), { olderThanDays: 0 }), [
      b,
    ]);
    await withFile(folder, (connection) => {
      const hashes = connection.prepare(
        "SELECT hash FROM sources ORDER BY hash",
      ).all();
      assertEquals(hashes.map((row) => row["hash"]), ["c1", "h1", "h2"]);
      assertEquals(count(connection, "deep_fingerprints"), 1);
      assertEquals(count(connection, "deep_details"), 1);
    });
    assertEquals((await deepOf(folder, a))?.dependencies.length, 2);
    await runWith(folder, [gone]);
    const finder = new SQLFinder(configIn(folder));
    assertEquals(await finder.getSource("h3"), "source of h3");
    await finder.close();
  });
});

test("SQLLogger: a deep fingerprint is in the spill file while the database is not writable", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    writeFileSync(path, "no database");
    const config = { ...configIn(folder), [RUN_SOURCE]: sourceOf([FULL]) };
    const logger = new SQLLogger(config, { onWarning: () => {} });
    assertEquals(await logger.run(), 0);
    logger.logMetric("loss", 1);
    await logger.finish();
    writeFileSync(path, "");
    // The spill file names a process that lives: this one. It is as if it had ended.
    const spill = readdirSync(folder).find((file) =>
      file.endsWith(".spill.jsonl")
    );
    assertExists(spill);
    const [header, ...lines] = readFileSync(join(folder, spill), "utf8").split(
      "\n",
    );
    const parsed = JSON.parse(header!);
    parsed.run.process.pid = 2 ** 22 + 1;
    writeFileSync(
      join(folder, spill),
      [JSON.stringify(parsed), ...lines].join("\n"),
    );
    await runWith(folder, []);
    const finder = new SQLFinder(configIn(folder));
    const runs = await finder.getRunsInProject("demo");
    const [print] = runs.flatMap((run) => run.fingerprints);
    assertEquals([print?.deep?.hash, print?.deep?.own], ["d1", "o1"]);
    assertEquals(await finder.getSource("h1"), "source of h1");
    await finder.close();
  });
});

const V1 = fileURLToPath(new URL("schema_1.db", import.meta.url));

test("SQLFinder: reads a file of schema version 1 without changing it, also while it is upgraded", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "runs.db");
    copyFileSync(V1, path);
    chmodSync(path, 0o644);
    const before = readFileSync(path);
    const finder = new SQLFinder(configIn(folder));
    const run = (await finder.findRun(1))!;
    assertEquals(run.fingerprints.map((one) => [one.hash, one.deep]), [
      ["ato-code-v1:aa", undefined],
    ]);
    const [print] = run.fingerprints;
    const statistics = await finder.getTraceStatistics("demo", print!.traceId);
    assertEquals([
      statistics.staticTraceVersions,
      statistics.deepTraceVersions,
    ], [1, 0]);
    const compared = (await finder.compareCode(1, 1))!;
    assertEquals([...compared.values()].map((one) => [one.status, one.basis]), [
      ["same", "code"],
    ]);
    assert(readFileSync(path).equals(before));
    // Somebody else begins to write: the same finder sees it.
    const record = { ...code(print!.traceId), hash: "ato-code-v1:aa" };
    const id = await runWith(folder, [record]);
    const later = (await finder.findRun(id))!;
    assertEquals(later.fingerprints[0]?.deep?.hash, "d1");
    assertEquals(run.fingerprints[0]?.deep, undefined);
    const traces = (await finder.compareCode(1, id))!;
    assertEquals(traces.get(print!.traceId)?.reasons, {
      a: "the run stored no deep fingerprint",
    });
    await finder.close();
    await withFile(folder, (connection) => {
      const version = connection.prepare("PRAGMA user_version").get();
      assertEquals(version?.["user_version"], 6);
      const check = connection.prepare("PRAGMA integrity_check").get();
      assertEquals(check?.["integrity_check"], "ok");
    });
    assert(!existsSync(`${path}-wal`));
  });
});

test("migrate: an upgraded file has the schema of a new one", async () => {
  await inFolder(async (folder) => {
    await inFolder(async (other) => {
      copyFileSync(V1, join(folder, "runs.db"));
      await runWith(folder, []);
      await runWith(other, []);
      const schema = (connection: Connection) =>
        connection.prepare(
          "SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name",
        ).all();
      assertEquals(
        await withFile(folder, schema),
        await withFile(other, schema),
      );
    });
  });
});
