/** What people write about a run, and how runs go on, travels both ways; two changes of the same are never lost silently. */
import { test } from "node:test";
import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  addRunInputs,
  deleteRuns,
  editRun,
  emptyTrash,
  mergeRuns,
  restoreRuns,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { hubStatus, initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { areSame, mergeEdits } from "../../sync/hub/_compare.ts";
import type { TravelEdits } from "../../tracker/travel/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { MemoryStore } from "./_stores.ts";

async function runIn(path: string, uuid: string) {
  const finder = new SQLFinder(path);
  const run = await finder.findRun(uuid);
  const found = run && {
    id: run.id,
    tags: run.tags.toSorted(),
    notes: run.notes,
    status: run.status,
    deleted: run.deletedAt !== undefined,
    count: (await run.metrics.summary("loss"))?.count,
  };
  await finder.close();
  return found;
}

async function inputsIn(path: string, uuid: string) {
  const finder = new SQLFinder(path);
  const found = await finder.inputsOf(uuid);
  await finder.close();
  return found?.inputs.map(({ name }) => name);
}

/** Two files that agree with a hub about one run. */
async function agreed(
  folder: string,
): Promise<{ a: string; b: string; store: MemoryStore; uuid: string }> {
  const [a, b] = filesIn(folder, "a", "b");
  const store = await made(new MemoryStore());
  const uuid = await record(a!, { run: { tags: ["old"] } });
  await push(a!, store);
  await pull(b!, store);
  return { a: a!, b: b!, store, uuid };
}

test("tags that two people change at once are both changed", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await editRun(a, 1, { addTags: ["ana"], removeTags: ["old"] });
    await editRun(b, 1, { addTags: ["ben"] });
    await push(a, store);
    await push(b, store);
    await pull(a, store);
    await pull(b, store);
    assertEquals((await runIn(a, uuid))?.tags, ["ana", "ben"]);
    assertEquals((await runIn(b, uuid))?.tags, ["ana", "ben"]);
    assertEquals((await push(a, store)).bytes, 0);
    assertEquals((await push(b, store)).bytes, 0);
  });
});

test("what is changed in a file that got the run by a merge is a change, too", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await editRun(a, 1, { notes: "first" });
    await push(a, store);
    const [merged] = filesIn(folder, "merged") as [string];
    await mergeRuns(merged, a);
    await editRun(merged, 1, { removeTags: ["old"], notes: "second" });
    assertEquals((await push(merged, store)).notices, []);
    for (const path of [a, b, merged]) {
      assertEquals((await pull(path, store)).notices, []);
      const { tags, notes } = (await runIn(path, uuid))!;
      assertEquals([tags, notes], [[], "second"]);
    }
  });
});

test("notes that one person changes travel; removed ones, too", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await editRun(b, 1, { notes: "good" });
    await push(b, store);
    assertEquals((await pull(a, store)).updated, [uuid]);
    assertEquals((await runIn(a, uuid))?.notes, "good");
    await editRun(a, 1, { notes: "" });
    await push(a, store);
    await pull(b, store);
    assertEquals((await runIn(b, uuid))?.notes, undefined);
  });
});

test("a hub that is set back takes back nothing that people wrote, and gets it again", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    const before = new Map(store.refs);
    await addRunInputs(a, uuid, {
      factors: [["input:train.csv", `sha256:${"0".repeat(64)}`]],
      coverage: { level: "full", missing: [] },
      texts: new Map(),
    });
    await editRun(a, 1, { notes: "good", removeTags: ["old"] });
    await push(a, store);
    await pull(b, store);
    await deleteRuns(a, [1]);
    await push(a, store);
    await pull(b, store);
    await restoreRuns(a, [1]);
    await push(a, store);
    await pull(b, store);
    // What a backup has, or a stranger who kept an old head.
    before.forEach((ref, name) => store.refs.set(name, ref));
    for (const path of [b, a, b]) {
      assertEquals((await pull(path, store)).notices, []);
      assertEquals((await push(path, store)).notices, []);
    }
    const [fresh] = filesIn(folder, "fresh") as [string];
    await pull(fresh, store);
    for (const path of [a, b, fresh]) {
      const { tags, notes, deleted } = (await runIn(path, uuid))!;
      assertEquals([tags, notes, deleted], [[], "good", false]);
      assertEquals(await inputsIn(path, uuid), ["train.csv"]);
    }
  });
});

test("notes that two people change: the later one stays, and both are told", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await editRun(a, 1, { notes: "of ana" });
    await editRun(b, 1, { notes: "of ben" });
    assertEquals((await push(a, store)).notices, []);
    const pulled = await pull(b, store);
    assertStringIncludes(pulled.notices.join(), "of ana");
    assertEquals((await runIn(b, uuid))?.notes, "of ben");
    await push(b, store);
    const told = await pull(a, store);
    assertStringIncludes(told.notices.join(), '"of ben" replaces it');
    assertEquals((await runIn(a, uuid))?.notes, "of ben");
    assertEquals((await pull(a, store)).notices, []);
  });
});

test("a conflict stays readable on the hub", async () => {
  await inFolder(async (folder) => {
    const [a, b] = filesIn(folder, "a", "b");
    const url = `${folder}/hub`;
    await initHub(url);
    await record(a!);
    const quiet = { onNotice: () => {} };
    await pushRuns(a!, url, quiet);
    await pullRuns(b!, url, quiet);
    await editRun(a!, 1, { notes: "of ana" });
    await editRun(b!, 1, { notes: "of ben" });
    await pushRuns(a!, url, quiet);
    await pushRuns(b!, url, quiet);
    const [conflict] = (await hubStatus(url)).conflicts;
    assertEquals([conflict?.kept, conflict?.lost], ["of ben", "of ana"]);
  });
});

test("a run in the trash goes there elsewhere, comes back restored, and is not brought to who does not have it", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    const [c] = filesIn(folder, "c");
    await deleteRuns(a, [1]);
    await push(a, store);
    await pull(b, store);
    await pull(c!, store);
    assertEquals((await dump(b))[uuid] !== undefined, true);
    assertEquals((await runIn(b, uuid))?.deleted ?? true, true);
    assertEquals(await dump(c!), {});
    await restoreRuns(b, [1]);
    await push(b, store);
    await pull(a, store);
    await pull(c!, store);
    assertEquals((await runIn(a, uuid))?.deleted, false);
    assertEquals((await runIn(c!, uuid))?.deleted, false);
  });
});

test("a run that was erased here does not come back by itself", async () => {
  await inFolder(async (folder) => {
    const { b, store, uuid } = await agreed(folder);
    await deleteRuns(b, [1]);
    await emptyTrash(b, { olderThanDays: 0 });
    assertEquals((await pull(b, store)).added, []);
    assertEquals((await push(b, store)).bytes, 0);
    assertEquals((await pull(b, store, { again: true })).added, [uuid]);
  });
});

async function resume(
  path: string,
  step: number,
  losses: readonly number[],
): Promise<void> {
  const logger = new SQLLogger({
    experiment: { projectName: "demo", sql: { dbPath: path } },
  }, { snapshot: false });
  await logger.run({ resume: { run: 1, step } });
  for (const loss of losses) logger.logMetric("loss", loss);
  await logger.finish();
}

test("a run that is resumed elsewhere goes on everywhere, and superseded points stay", async () => {
  await inFolder(async (folder) => {
    const { a, b, store } = await agreed(folder);
    await resume(b, 0, [9, 8]);
    await push(b, store, { sources: true });
    await pull(a, store);
    const [mine, theirs] = [await dump(a), await dump(b)];
    // The file in which it started keeps what it knew of the first attempt.
    for (const run of [...Object.values(mine), ...Object.values(theirs)]) {
      delete (run as { attempts?: unknown }).attempts;
    }
    assertSame(mine, theirs);
    const [run] = Object.values(theirs) as { points: unknown[] }[];
    assertEquals(run?.points.length, 5);
  });
});

test("a run that was resumed in two places stays as it is in both, and both are told", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await resume(a, 1, [9]);
    await resume(b, 0, [7, 6, 5]);
    const [mine, theirs] = [await dump(a), await dump(b)];
    await push(a, store);
    const sent = await push(b, store);
    assertEquals([sent.diverged, sent.bytes], [[uuid], 0]);
    assertStringIncludes(sent.notices.join(), "resumed here and elsewhere");
    const taken = await pull(b, store);
    assertEquals(taken.diverged, [uuid]);
    assertSame(await dump(b), theirs);
    await pull(a, store);
    assertSame(await dump(a), mine);
  });
});

test("a file that is behind sends nothing old, and says that the hub knows more", async () => {
  await inFolder(async (folder) => {
    const { a, b, store, uuid } = await agreed(folder);
    await resume(a, 2, [1, 1]);
    await push(a, store);
    const sent = await push(b, store);
    assertEquals([sent.behind, sent.bytes], [1, 0]);
    await pull(b, store);
    assertEquals((await runIn(b, uuid))?.count, (await runIn(a, uuid))?.count);
  });
});

const edits: fc.Arbitrary<TravelEdits> = fc.record({
  tags: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
  name: fc.option(fc.constantFrom("x", "y")),
  notes: fc.option(fc.constantFrom("n", "m")),
  deleted: fc.option(fc.constantFrom("2026-01-01", "2026-01-02")),
});

test("edits: what one side alone changed is taken, and equal changes are no conflict", () => {
  fc.assert(fc.property(edits, edits, (base, changed) => {
    for (const [mine, theirs] of [[changed, base], [base, changed]] as const) {
      const merged = mergeEdits(base, mine, theirs);
      assert(
        areSame(merged.edits, changed) || base.deleted !== null &&
            changed.deleted !== null,
      );
      assertEquals(merged.conflicts, []);
    }
    assertEquals(mergeEdits(base, changed, changed).conflicts, []);
    assertEquals(mergeEdits(undefined, changed, changed).conflicts, []);
  }));
});

test("edits: no value is lost without a conflict that has it", () => {
  fc.assert(fc.property(edits, edits, edits, (base, mine, theirs) => {
    const merged = mergeEdits(base, mine, theirs);
    for (const field of ["name", "notes"] as const) {
      for (const value of [mine[field], theirs[field]]) {
        if (value === base[field] || value === merged.edits[field]) continue;
        assert(
          merged.conflicts.some((one) =>
            one.field === field && one.lost === value
          ),
        );
      }
    }
    for (const side of [mine, theirs]) {
      for (const tag of side.tags.filter((one) => !base.tags.includes(one))) {
        assert(merged.edits.tags.includes(tag));
      }
      for (const tag of base.tags.filter((one) => !side.tags.includes(one))) {
        assert(!merged.edits.tags.includes(tag));
      }
    }
  }));
});
