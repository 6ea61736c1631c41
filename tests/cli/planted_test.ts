/**
 * Generates 500 runs with a planted cause in each dimension, and changes of all kinds that have no
 * effect: `why` and `bisect` must name the planted one.
 */
import { after, test } from "node:test";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RUN_SOURCE, type RunSource, SQLLogger } from "../../tracker/mod.ts";
import { snapshotOf, withProgram } from "../tracker/_factors.ts";
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
  /** The versions of the functions of the program. */
  readonly code: Record<string, string>;
  readonly score: number;
  /** The version of a package that the lock file resolved. */
  readonly lock?: string;
}

/** A source that hands in the program of a recipe. */
function programSource({ code, lock }: Recipe): RunSource {
  const lines = Object.entries(code).map(([name, hash]) => `${name} = ${hash}`);
  return withProgram(snapshotOf({
    modules: { "train.ts": ["main = a", ...lines].join("\n") },
    ...(lock !== undefined && { packages: { "npm:ms": lock } }),
  }));
}

/** Appends runs to a file. */
async function writeHistory(
  db: string,
  recipes: readonly Recipe[],
): Promise<void> {
  for (const recipe of recipes) {
    const tracked = {
      ...recipe.config,
      experiment: { projectName: "planted", sql: { dbPath: db } },
      [RUN_SOURCE]: programSource(recipe),
    };
    const logger = new SQLLogger(tracked);
    await logger.run();
    logger.logMetric("score", recipe.score, 0);
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
  { id: string; plant: (recipe: Recipe) => Recipe }
> = {
  "a config value": {
    id: "config:lr",
    plant: ({ config, ...rest }) => ({
      ...rest,
      config: { ...config, lr: 0.5 },
    }),
  },
  "a config key that is new": {
    id: "config:warmup",
    plant: ({ config, ...rest }) => ({
      ...rest,
      config: { ...config, warmup: 100 },
    }),
  },
  "a traced function": {
    id: "code:train.ts#augment",
    plant: ({ code, ...rest }) => ({
      ...rest,
      code: { ...code, augment: "b" },
    }),
  },
  "a package of the lock file": {
    id: "package:npm:ms",
    plant: (recipe) => ({ ...recipe, lock: "2.0.0" }),
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
    lock: "1.0.0",
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

for (const [dimension, { id, plant }] of Object.entries(PLANTED)) {
  test(`ato why: names a planted cause in ${dimension}`, async () => {
    const folder = makeTempFolder("planted");
    try {
      const db = join(folder, "runs.db");
      const { recipes, random } = makeRecipes();
      copyFileSync(await (written ??= writeStart()), db);
      await writeHistory(db, recipes.slice(TURN).map(plant));
      let named = 0;
      const missed: unknown[] = [];
      const pairs = 20;
      for (let i = 0; i < pairs; i++) {
        const a = 1 + Math.floor(random() * TURN);
        const b = TURN + 1 + Math.floor(random() * (RUNS - TURN));
        const found = JSON.parse(
          await ato(db, "why", String(a), String(b), "--json"),
        );
        if (found.suspects[0]?.id === id) named++;
        else missed.push([a, b, found.outcome, found.suspects[0]?.id]);
      }
      assertEquals(named, pairs, JSON.stringify(missed));

      const { moves } = JSON.parse(
        await ato(db, "bisect", "--metric", "score", "--json"),
      );
      assertEquals(moves.length, 1);
      const [{ good, bad, findings }] = moves;
      assertEquals([good, bad], [TURN, TURN + 1]);
      const convicted = findings.filter((one: { status: string }) =>
        one.status === "convicted"
      );
      assertEquals(
        convicted.map((one: { id: string }) => one.id),
        [id],
        JSON.stringify(findings),
      );
      const text = await ato(db, "bisect", "--metric", "score");
      assertMatch(
        text,
        /^score moved between run 70 and run 71: 0\.[89]\d* -> 0\.[78]\d* \(p < 0\.001, 70 and 55 runs\)\. It goes with /m,
      );
      assertMatch(text, /^> moved it/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("ato why, ato bisect: a seed that changed at the turn is named as a possible cause, and nothing else is convicted", async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    const { recipes } = makeRecipes();
    copyFileSync(await (written ??= writeStart()), db);
    await writeHistory(
      db,
      recipes.slice(TURN).map(({ config, ...rest }) => ({
        ...rest,
        config: { ...config, seed: 99 },
      })),
    );
    for (const [a, b] of [[1, 71], [20, 90], [55, 120]]) {
      const found = JSON.parse(await ato(db, "why", `${a}`, `${b}`, "--json"));
      assertMatch(found.sentence, /, or the seed: too few repeats\.$/);
      assertEquals(
        found.suspects.filter((one: { evidence: string }) =>
          one.evidence !== "prior"
        ),
        [],
      );
    }
    const text = await ato(db, "bisect", "--metric", "score");
    assertMatch(text, /^score moved between run 70 and run 71/m);
    assert(!/^> (moved it|one of)/m.test(text), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs in which two config values changed at once. */
const TWO_CAUSES: readonly Recipe[] = Array.from(
  { length: 12 },
  (_, i): Recipe => ({
    config: i < 6 ? { lr: 1, width: 8 } : { lr: 2, width: 16 },
    code: {},
    score: (i < 6 ? 0.9 : 0.8) + (i % 3) * 0.001,
  }),
);

test("ato bisect: if two causes changed at once, the run that separates them is proposed until it was run", async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    await writeHistory(db, TWO_CAUSES);
    const bisect = () => ato(db, "bisect", "--metric", "score");
    assertMatch(
      await bisect(),
      /^NEXT +ato repeat 6 lr=2 +\(run 6 with only lr of run 7\)$/m,
    );
    await writeHistory(db, [{
      config: { lr: 2, width: 8 },
      code: {},
      score: 0.801,
    }]);
    const after = await bisect();
    assertMatch(after, /^> moved it +config:lr /m);
    assert(!after.includes("NEXT"), after);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("ato bisect: two causes that changed at once are not told apart", async () => {
  const folder = makeTempFolder("planted");
  try {
    const db = join(folder, "runs.db");
    await writeHistory(
      db,
      TWO_CAUSES,
    );
    const out = await ato(db, "bisect", "--metric", "score");
    assertMatch(out, /It goes with one of: lr \(1 -> 2\) or width \(8 -> 16\)/);
    assertMatch(out, /^> one of +config:lr +1 +2 /m);
    assertMatch(out, /^> one of +config:width +8 +16 /m);
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
      /^No move of score beyond its noise was found in 30 runs\.$/m,
    );
    const out = await ato(db, "why", "1", "2");
    assertMatch(out, /^VERDICT {2}No recorded factor differs, yet .*chance/m);
    assert(!/^>/m.test(out), "nothing is suspected");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The sentences that name a cause; without the inputs, which are not recorded, nothing is proven. */
const CAUSED = /caused by|because|proves/i;

test('ato why: names the run in which a factor changed alone, and never says "caused" while inputs are unknown', async () => {
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
    const before = await ato(db, "why", "1", "3");
    assertMatch(before, /^VERDICT .*one of: lr .* or width /m);
    assertMatch(before, /^NEXT .* lr=2 .*only lr of run 3/m);
    await writeHistory(db, [recipe(2, 8, 0.7)]);
    const after = await ato(db, "why", "1", "3");
    assertMatch(after, /^VERDICT {2}The difference goes with lr \(1 -> 2\):/m);
    assertMatch(
      after,
      /Between run 1 and run 5 nothing else that was recorded changed/,
    );
    assertMatch(after, /width is not shown to be harmless/);
    const single = await ato(db, "why", "1", "5");
    assertMatch(single, /^VERDICT {2}The difference goes with lr \(1 -> 2\):/m);
    for (const out of [before, after, single]) {
      assert(!CAUSED.test(out), out);
      assertMatch(out, /inputs were not recorded/);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
