/**
 * Generates 500 runs with a planted cause in each dimension, and changes of all kinds that have no
 * effect: `why` and `bisect` must name the planted one.
 */
import { after, test } from "node:test";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RUN_SOURCE, type RunSource, SQLLogger } from "@ato/ato/tracker";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Makes a seeded generator of uniform numbers. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Recipe {
  readonly config: Record<string, unknown>;
  /** The versions of the traced functions. */
  readonly code: Record<string, string>;
  readonly score: number;
  /** The hash of the lock file. */
  readonly lock?: string;
}

const codeSource = (code: Readonly<Record<string, string>>): RunSource => ({
  name: "config",
  history: () => ({}),
  codeRecords: () =>
    Promise.resolve(
      Object.entries(code).map(([traceId, version]) => ({
        traceId,
        hash: `ato-code-v1:${version.padEnd(64, "0")}`,
        source: `return ${version};`,
      })),
    ),
  onCode: () => () => {},
  onOutput: () => () => {},
});

/** Appends runs to a file. */
async function writeHistory(
  db: string,
  recipes: readonly Recipe[],
  before = 0,
): Promise<void> {
  await logRuns(db, recipes);
  // A process cannot change its own lock file between two runs, but its record can be changed.
  const { DatabaseSync } = await import("node:sqlite");
  const file = new DatabaseSync(db);
  const update = file.prepare(
    "UPDATE attempts SET environment = json_set(environment, '$.lockFile', json(?)) WHERE run_id = ?",
  );
  recipes.forEach(({ lock }, i) => {
    if (lock === undefined) return;
    const sha256 = lock.padEnd(64, "0");
    update.run(
      JSON.stringify({ name: "deno.lock", sha256 }),
      before + i + 1,
    );
  });
  file.close();
}

async function logRuns(db: string, recipes: readonly Recipe[]): Promise<void> {
  for (const { config, code, score } of recipes) {
    const tracked = {
      ...config,
      experiment: { projectName: "planted", sql: { dbPath: db } },
      [RUN_SOURCE]: codeSource(code),
    };
    const logger = new SQLLogger(tracked);
    await logger.run();
    logger.logMetric("score", score, 0);
    await logger.finish();
  }
}

async function ato(db: string, ...args: string[]): Promise<string> {
  let out = "";
  const write = (text: string) => void (out += text);
  await main([...args, "--db", db], new Terminal({ write, warn: write }));
  return out;
}

const RUNS = 125;
const TURN = 70;

/** The changes at the turn, which are the cause; everything else changes at random. */
const PLANTED: Record<
  string,
  { name: RegExp; plant: (recipe: Recipe) => Recipe }
> = {
  "a config value": {
    name: /^lr$/,
    plant: ({ config, ...rest }) => ({
      ...rest,
      config: { ...config, lr: 0.5 },
    }),
  },
  "a config key that is new": {
    name: /^warmup$/,
    plant: ({ config, ...rest }) => ({
      ...rest,
      config: { ...config, warmup: 100 },
    }),
  },
  "a traced function": {
    name: /^augment\(\)$/,
    plant: ({ code, ...rest }) => ({
      ...rest,
      code: { ...code, augment: "b" },
    }),
  },
  "the lock file": {
    name: /^lock\b/,
    plant: (recipe) => ({ ...recipe, lock: "bb" }),
  },
  "the seed": {
    name: /^seed$/,
    plant: ({ config, ...rest }) => ({
      ...rest,
      config: { ...config, seed: 99 },
    }),
  },
};

/** Makes the runs without a planted cause, and the generator for what follows them. */
function makeRecipes(): { recipes: Recipe[]; random: () => number } {
  const random = createRandom(20261123);
  const pick = (values: readonly unknown[]) =>
    values[Math.floor(random() * values.length)];
  const recipes = Array.from({ length: RUNS }, (_, i): Recipe => ({
    config: {
      lr: 0.1,
      seed: 1,
      logDir: pick(["a", "b", "c"]),
      workers: pick([1, 2]),
    },
    code: { augment: "a", report: String(pick(["c", "d", "e"])) },
    lock: "aa",
    score: (i < TURN ? 0.9 : 0.8) + (random() - 0.5) * 0.02,
  }));
  return { recipes, random };
}

const shared = makeTempFolder("planted");
after(() => rmSync(shared, { recursive: true, force: true }));
let written: Promise<string> | undefined;

/** Writes the runs before the turn once; every history starts with a copy. */
async function writeStart(): Promise<string> {
  const db = join(shared, "start.db");
  await writeHistory(db, makeRecipes().recipes.slice(0, TURN));
  return db;
}

for (const [dimension, { name, plant }] of Object.entries(PLANTED)) {
  test(`ato why: names a planted cause in ${dimension}`, async () => {
    const folder = makeTempFolder("planted");
    try {
      const db = join(folder, "runs.db");
      const { recipes, random } = makeRecipes();
      copyFileSync(await (written ??= writeStart()), db);
      await writeHistory(db, recipes.slice(TURN).map(plant), TURN);
      let named = 0;
      const pairs = 20;
      for (let i = 0; i < pairs; i++) {
        const a = 1 + Math.floor(random() * TURN);
        const b = TURN + 1 + Math.floor(random() * (RUNS - TURN));
        const found = JSON.parse(
          await ato(db, "why", String(a), String(b), "--json"),
        );
        if (name.test(found.suspects[0].what)) named++;
      }
      assertEquals(named, pairs, `${named} of ${pairs} were named`);

      const found = JSON.parse(
        await ato(db, "bisect", "--metric", "score", "--json"),
      );
      assertEquals([found.good, found.bad], [TURN, TURN + 1]);
      const convicted = found.findings.filter((one: { status: string }) =>
        one.status === "convicted"
      );
      assertEquals(convicted.length, 1, JSON.stringify(found.findings));
      assertMatch(
        convicted[0].factor.split(" ")[1] +
          (name.source.includes("(") ? "()" : ""),
        name,
      );
      const text = await ato(db, "bisect", "--metric", "score");
      assertMatch(
        text,
        /^score moved between run 70 and run 71: 0\.[89]\d* -> 0\.[78]\d*, \d/m,
      );
      assertMatch(text, /^> moved it/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("ato bisect: if two causes changed at once, the run that separates them is proposed", async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    await writeHistory(
      db,
      Array.from({ length: 12 }, (_, i): Recipe => ({
        config: i < 6 ? { lr: 1, width: 8 } : { lr: 2, width: 16 },
        code: {},
        score: (i < 6 ? 0.9 : 0.8) + (i % 3) * 0.001,
      })),
    );
    const out = await ato(db, "bisect", "--metric", "score");
    assertMatch(out, /^open +config lr +1 +2$/m);
    assertMatch(out, /^NEXT .* lr=2$/m);
    assert(!out.includes("moved it"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("ato bisect, ato why: if there is only noise, nothing moved", async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    const random = createRandom(7);
    await writeHistory(
      db,
      Array.from({ length: 30 }, (): Recipe => ({
        config: { lr: 1 },
        code: {},
        score: 0.9 + random() * 0.02,
      })),
    );
    assertMatch(
      await ato(db, "bisect", "--metric", "score"),
      /did not move beyond its noise/,
    );
    assertMatch(
      await ato(db, "why", "1", "2"),
      /no evidence of a change|Nothing differs/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('ato why: says "caused" only if a run with only that change proves it', async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    const recipe = (lr: number, width: number, score: number): Recipe => ({
      config: { lr, width },
      code: {},
      score,
    });
    const both = [
      recipe(1, 8, 0.9),
      recipe(1, 8, 0.902),
      recipe(2, 16, 0.7),
      recipe(2, 16, 0.702),
    ];
    await writeHistory(db, both);
    assertMatch(await ato(db, "why", "1", "3"), /Associated, not proven/);
    assertMatch(
      await ato(db, "why", "1", "3"),
      /^NEXT .* lr=2 .*only lr of run 3/m,
    );
    await writeHistory(db, [recipe(2, 8, 0.7)]);
    assertMatch(
      await ato(db, "why", "1", "3"),
      /Caused by it: run 5 is run 1 with nothing else changed\./,
    );
    assertMatch(
      await ato(db, "why", "1", "5"),
      /Likely: lr\. Caused by it: run 5/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
