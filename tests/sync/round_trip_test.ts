/** Whatever runs a file has, another file that pulls them gives the same answers, and nothing is sent twice. */
import { test } from "node:test";
import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import {
  deleteRuns,
  editRun,
  mergeRuns,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { answers, assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { MemoryStore } from "./_stores.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 })
  .filter((one) => one.isWellFormed() && !one.includes("\0"));
const key = fc.oneof(
  fc.constantFrom("loss", "acc", "__proto__", "a.b", "toString"),
  text.filter((one) => one !== ""),
);
const value = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1e308, 5e-324, 2 ** 53),
);
const point = fc.tuple(key, value, fc.integer({ min: -5, max: 50 }));

interface Attempt {
  readonly points: readonly (readonly [string, number, number])[];
  readonly ends: "finish" | "fail" | "leave";
  readonly resumesAt: number;
}

interface Made {
  readonly project: string;
  readonly config: Record<string, unknown>;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly attempts: readonly Attempt[];
  readonly isDeleted: boolean;
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  points: fc.array(point, { maxLength: 30 }),
  ends: fc.constantFrom("finish", "finish", "fail"),
  resumesAt: fc.integer({ min: 0, max: 20 }),
});

const run: fc.Arbitrary<Made> = fc.record({
  project: fc.oneof(
    fc.constantFrom("demo", "'; DROP TABLE runs; --", "../../x"),
    text.filter((one) => one !== ""),
  ),
  config: fc.dictionary(
    text.filter((one) => !/^$|^experiment$/.test(one)),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    { maxKeys: 4 },
  ),
  tags: fc.uniqueArray(text.filter((one) => one !== ""), { maxLength: 3 }),
  notes: text,
  attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  isDeleted: fc.boolean(),
});

async function write(dbPath: string, made: Made): Promise<void> {
  const { project, config, tags, notes, attempts, isDeleted } = made;
  let id = 0;
  for (const [i, { points, ends, resumesAt }] of attempts.entries()) {
    const logger = new SQLLogger({
      ...config,
      experiment: { projectName: project, sql: { dbPath } },
    }, { snapshot: false });
    id = await logger.run(
      i === 0 ? { tags: [...tags] } : { resume: { run: id, step: resumesAt } },
    );
    for (const [name, number, step] of points) {
      logger.logMetric(name, number, step);
    }
    await logger.finish(ends === "fail" ? { error: new Error("no") } : {});
  }
  if (notes !== "") await editRun(dbPath, id, { notes });
  if (isDeleted) await deleteRuns(dbPath, [id]);
}

test("any runs: a file that pulls them gives the same answers, and again nothing is sent", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(run, { maxLength: 4 }), async (runs) => {
      await inFolder(async (folder) => {
        const [here, there] = filesIn(folder, "here", "there");
        const store = await made(new MemoryStore());
        await record(here!);
        for (const one of runs) await write(here!, one);
        await push(here!, store, { sources: true });
        const again = await push(here!, store, { sources: true });
        assertEquals([again.bytes, again.rows], [0, 0]);
        const taken = await pull(there!, store);
        assertEquals(taken.notices, []);
        assertSame(await answers(there!), await answers(here!));
        const back = await push(there!, store, { sources: true });
        assertEquals([back.bytes, back.rows], [0, 0]);
        const { bytes, added, updated } = await pull(there!, store);
        assertEquals([bytes, added, updated], [0, [], []]);
        // What is in the trash stays there.
        const kept = Object.entries(await dump(here!)).filter(([, one]) =>
          (one as { run: { deleted_at: unknown } }).run.deleted_at === null
        );
        assertSame(await dump(there!), Object.fromEntries(kept));
      });
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

test("a run that goes on is sent piece by piece, and each row once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(point, { maxLength: 400 }), {
        minLength: 1,
        maxLength: 20,
      }),
      async (pieces) => {
        await inFolder(async (folder) => {
          const [here, there] = filesIn(folder, "here", "there");
          const store = await made(new MemoryStore());
          const logger = new SQLLogger({
            experiment: { projectName: "demo", sql: { dbPath: here! } },
          }, { snapshot: false });
          await logger.run();
          let rows = 0;
          for (const [i, points] of pieces.entries()) {
            for (const [name, number, step] of points) {
              logger.logMetric(name, number, step);
            }
            rows += (await push(here!, store, { sources: true })).rows;
            if (i % 3 === 1) await pull(there!, store);
          }
          await logger.finish();
          rows += (await push(here!, store, { sources: true })).rows;
          assertEquals(rows, pieces.flat().length);
          await pull(there!, store);
          assertSame(await dump(there!), await dump(here!));
        });
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
});

test("a run that is sent often stays in few parts", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    const logger = new SQLLogger({
      experiment: { projectName: "demo", sql: { dbPath: here! } },
    }, { snapshot: false });
    await logger.run();
    for (let i = 0; i < 120; i++) {
      for (let j = 0; j < 5; j++) logger.logMetric("loss", i + j / 10);
      await push(here!, store, { sources: true });
    }
    await logger.finish();
    await push(here!, store, { sources: true });
    let fetched = 0;
    const counting = Object.assign(Object.create(store), {
      get: (name: string) => {
        fetched++;
        return store.get(name);
      },
    });
    await pull(there!, counting);
    assert(fetched < 20, `${fetched} objects were fetched`);
    assertSame(await dump(there!), await dump(here!));
  });
});

test("traces, artifacts, inputs, children and outcomes travel", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    const parent = await record(here!, { config: { lr: 1 } });
    await record(here!, {
      config: { lr: 2, big: "x".repeat(100_000) },
      run: { parent, name: "child", seed: 7 },
      more: (logger) => {
        logger.logArtifact(import.meta.filename!, { type: "model" });
        logger.logMetric("acc", NaN, 3);
      },
    });
    await push(here!, store, { sources: true });
    await pull(there!, store);
    const [mine, theirs] = [await dump(here!), await dump(there!)];
    assertSame(theirs, mine);
    assert(JSON.stringify(theirs).includes(parent));
  });
});

test("runs that came by ato merge are known already", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    for (let i = 0; i < 3; i++) await record(here!, { config: { i } });
    await mergeRuns(there!, here!);
    await push(here!, store, { sources: true });
    const sent = await push(there!, store, { sources: true });
    assertEquals([sent.same, sent.bytes, sent.diverged], [3, 0, []]);
    const taken = await pull(there!, store);
    assertEquals([taken.same, taken.updated, taken.diverged], [3, [], []]);
  });
});

test("runs come in the order in which they started", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    for (let i = 0; i < 12; i++) await record(here!, { config: { i } });
    await push(here!, store, { sources: true });
    await pull(there!, store);
    const finder = new SQLFinder(there!);
    const runs = await finder.getRunsInProject("demo");
    assertEquals(
      runs.toSorted((a, b) => a.id - b.id).map(({ config }) => config["i"]),
      Array.from({ length: 12 }, (_, i) => i),
    );
    await finder.close();
  });
});
