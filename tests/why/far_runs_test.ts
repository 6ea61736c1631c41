/**
 * A history in which what tells two factors apart lies far from the two runs: behind more runs than those whose
 * metrics are all read at once.
 */
import { after, test } from "node:test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { explain, explainFacts, type Explanation } from "@ato/ato/why";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { ato } from "../cli/_lib.ts";

/** Runs that differ from the first one in one leaf, and say nothing of the other two. */
const NEAR = 110;
/** Recipes in which both factors take both values. */
const FAR = 12;

const folder = mkdtempSync(join(tmpdir(), "ato-far-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const dbPath = join(folder, "runs.db");
const experiment = { projectName: "far", sql: { dbPath } };

async function write(
  config: Readonly<Record<string, number>>,
  loss: number,
): Promise<void> {
  const logger = new SQLLogger({ ...config, experiment }, { snapshot: false });
  await logger.run({ seed: 0 });
  logger.logMetrics({ loss, accuracy: -loss });
  await logger.finish();
}

/** The width does nothing, whatever else differs; the rate raises the loss. */
async function fill(): Promise<void> {
  const rest = { k0: 0, k1: 0, k2: 0, k3: 0 };
  await write({ lr: 1, width: 1, near: 0, ...rest }, 1);
  // An open reader keeps SQLite from writing the whole log back after each run.
  const reader = new SQLFinder(dbPath);
  await reader.listProjects();
  await write({ lr: 2, width: 2, near: 0, ...rest }, 2);
  for (let near = 1; near <= NEAR; near++) {
    await write({ lr: 1, width: 1, near, ...rest }, 1 + near / 1000);
  }
  for (let k = 1; k <= FAR; k++) {
    for (const [lr, width] of [[1, 1], [1, 2], [2, 1], [2, 2]] as const) {
      const others = { k0: k, k1: k, k2: k, k3: k };
      const loss = lr + k / 7 + ((k * 31 + lr * 17 + width * 5) % 13) / 100;
      await write({ lr, width, near: 0, ...others }, loss);
    }
  }
  await reader.close();
}
let filled: Promise<void> | undefined;
const isFilled = (): Promise<void> => filled ??= fill();

async function asking<T>(
  work: (finder: SQLFinder) => Promise<T>,
  { path = dbPath, warnings = [] as string[] } = {},
): Promise<T> {
  await isFilled();
  const finder = new SQLFinder(path, {
    onWarning: (line) => warnings.push(line),
  });
  try {
    return await work(finder);
  } finally {
    await finder.close();
  }
}

async function explained(
  finder: SQLFinder,
  limit?: number,
): Promise<Explanation> {
  const [a, b] = [await finder.findRun(1), await finder.findRun(2)];
  assert(a !== undefined && b !== undefined);
  return await explain(a, b, {
    finder,
    metric: "loss",
    ...(limit !== undefined && { limit }),
  });
}

test("explain: runs that are far away tell two factors apart, as they do when everything is read at once", async () => {
  await asking(async (finder) => {
    const found = await explained(finder);
    const [first] = found.suspects;
    assertEquals([first?.id, first?.evidence], ["config:lr", "association"]);
    assertEquals(found.leftOut, 0);
    const history = await finder.history(1, 2);
    assert(history !== undefined);
    const { divergence: _, modules: __, ...verdict } = found;
    assertEquals(
      JSON.parse(JSON.stringify(verdict)),
      JSON.parse(JSON.stringify(explainFacts(history, { metric: "loss" }))),
    );
  });
});

test("explain: without the far runs nothing tells the factors apart, and it is said how many were cut off", async () => {
  await asking(async (finder) => {
    const found = await explained(finder, NEAR);
    assertEquals(found.leftOut, 4 * FAR);
    assertEquals(found.suspects[0]?.group, ["config:lr", "config:width"]);
    // The near runs alone decide as much as all of them without the others.
    const least = await explained(finder, 0);
    assertEquals(least.leftOut, NEAR + 4 * FAR);
    assertEquals(least.suspects, found.suspects);
  });
});

test("ato why: says how many runs were not read only if some were not", async () => {
  await asking(async () => {
    const all = await ato("why", "1", "2", "--metric", "loss", "--db", dbPath);
    assert(!all.out.includes("not read\n"), all.out);
    const path = join(folder, "damaged.db");
    copyFileSync(dbPath, path);
    const database = new DatabaseSync(path);
    database.exec(
      "UPDATE run_factors SET level = 'most' WHERE run_id IN (5, 6)",
    );
    database.close();
    const some = await ato("why", "1", "2", "--db", path);
    assertMatch(
      some.out,
      /^UNKNOWN {2}2 further runs of the project were not read$/m,
    );
  });
});

test("explain: a damaged metric of a far run is missing, with a warning", async () => {
  await isFilled();
  const path = join(folder, "series.db");
  copyFileSync(dbPath, path);
  const far = NEAR + 3;
  const database = new DatabaseSync(path);
  database.exec(
    `UPDATE series SET count = -1 WHERE run_id = ${far} AND key = 'loss'`,
  );
  database.close();
  const warnings: string[] = [];
  const found = await asking(explained, { path, warnings });
  assertEquals(found.suspects[0]?.id, "config:lr");
  assertEquals(warnings.length, 1, warnings.join("\n"));
  assertMatch(warnings[0] ?? "", new RegExp(`run ${far}\\b`));
});

test("history: metrics that are read later are those that are read at once", async () => {
  await asking(async (finder) => {
    const [once, later] = [
      await finder.history(1, 2),
      await finder.history(1, 2, { isLazy: true }),
    ];
    assert(once !== undefined && later !== undefined);
    const ids = ({ id }: { id: number }) => id;
    assertEquals(later.others.map(ids), once.others.map(ids));
    for (const [index, run] of later.others.entries()) {
      const all = once.others[index]?.metrics;
      assertEquals(run.metrics.get("loss"), all?.get("loss"));
      assertEquals(run.metrics.has("none"), false);
    }
    const last = later.others.at(-1)?.metrics;
    assertEquals(new Map(last), new Map(once.others.at(-1)?.metrics));
    assertEquals([...last?.keys() ?? []].sort(), ["accuracy", "loss"]);
    assertEquals([...last?.values() ?? []].length, last?.size);
    const seen: string[] = [];
    last?.forEach((_, key) => seen.push(key));
    assertEquals(seen.sort(), ["accuracy", "loss"]);
    const few = await finder.history(1, 2, { isLazy: true, metrics: ["loss"] });
    assertEquals(few?.others.at(-1)?.metrics.has("accuracy"), false);
  });
});
