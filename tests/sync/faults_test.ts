/** A push or a pull that is cut off at any operation, or meets another one: nothing is lost, and nothing is there twice. */
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import { Hub } from "../../sync/hub/_hub.ts";
import { entriesOf } from "../../sync/hub/_index.ts";
import type { HubStore } from "../../sync/hub/store.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { Cut, FaultyStore, MemoryStore } from "./_stores.ts";

/** The runs of an index, and how many rows each has in its parts. */
async function rowsIn(store: HubStore): Promise<Record<string, number>> {
  const hub = await Hub.open(store);
  const rows: Record<string, number> = {};
  for await (
    const entry of entriesOf((await hub.head()).root, hub.runs.read)
  ) {
    assertEquals(rows[entry.uuid], undefined, "a run is in the index twice");
    const sum = entry.parts.reduce((all, [, , one]) => all + one, 0);
    assertEquals(sum, entry.rows);
    rows[entry.uuid] = sum;
  }
  return rows;
}

/** Calls work until it is not cut off any more, each time one operation later; returns how often it was. */
async function cutEverywhere(
  work: (fault: { at: number; isDone: boolean }) => Promise<void>,
): Promise<number> {
  for (let at = 0;; at++) {
    let cuts = 0;
    for (const isDone of [false, true]) {
      try {
        await work({ at, isDone });
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
        cuts++;
      }
    }
    if (cuts === 0) return at;
  }
}

/** How many objects are under way at once: then a cut is between several. */
const AT_ONCE = 8;

test("a push that is cut at any operation goes on where it was", async () => {
  await inFolder(async (folder) => {
    const [source, here, there] = filesIn(folder, "source", "here", "there");
    for (let i = 0; i < 2; i++) {
      await record(source!, { config: { i, text: "x".repeat(3_000) } });
    }
    const expected = await dump(source!);
    const operations = await cutEverywhere(async (fault) => {
      copyFileSync(source!, here!);
      const store = await made(new MemoryStore(AT_ONCE));
      let cut: unknown;
      try {
        await push(here!, new FaultyStore(store, fault), { sources: true });
      } catch (error) {
        cut = error;
      }
      await push(here!, store, { sources: true });
      const rows = await rowsIn(store);
      assertEquals(Object.values(rows), [3, 3]);
      assertEquals((await push(here!, store, { sources: true })).bytes, 0);
      copyFileSync(source!, there!);
      await pull(there!, store);
      assertSame(await dump(there!), expected);
      if (cut !== undefined) throw cut;
    });
    assert(operations > 8, `${operations} operations`);
  });
});

test("a pull that is cut at any operation goes on where it was", async () => {
  await inFolder(async (folder) => {
    const [source] = filesIn(folder, "source");
    for (let i = 0; i < 2; i++) {
      await record(source!, { config: { i, text: "x".repeat(3_000) } });
    }
    const store = await made(new MemoryStore(AT_ONCE));
    await push(source!, store, { sources: true });
    const expected = await dump(source!);
    let next = 0;
    const operations = await cutEverywhere(async (fault) => {
      const [there] = filesIn(folder, `there ${next++}`);
      let cut: unknown;
      try {
        await pull(there!, new FaultyStore(store, fault));
      } catch (error) {
        cut = error;
      }
      await pull(there!, store);
      assertSame(await dump(there!), expected);
      assertEquals((await push(there!, store)).bytes, 0);
      if (cut !== undefined) throw cut;
    });
    assert(operations > 5, `${operations} operations`);
  });
});

test("a run that goes on is pushed by a push that is cut at any operation", async () => {
  await inFolder(async (folder) => {
    const operations = await cutEverywhere(async (fault) => {
      const [here, there] = filesIn(
        folder,
        `here ${fault.at} ${fault.isDone}`,
        `there ${fault.at} ${fault.isDone}`,
      );
      const store = await made(new MemoryStore());
      const logger = new SQLLogger({
        experiment: { projectName: "demo", sql: { dbPath: here! } },
      }, { snapshot: false });
      await logger.run();
      for (let i = 0; i < 9; i++) {
        logger.logMetric("loss", i);
        await push(here!, store);
      }
      logger.logMetric("loss", 99);
      let cut: unknown;
      try {
        await push(here!, new FaultyStore(store, fault));
      } catch (error) {
        cut = error;
      }
      logger.logMetric("loss", 100);
      await logger.finish();
      await push(here!, store, { sources: true });
      assertEquals(Object.values(await rowsIn(store)), [11]);
      await pull(there!, store);
      assertSame(await dump(there!), await dump(here!));
      if (cut !== undefined) throw cut;
    });
    assert(operations > 5, `${operations} operations`);
  });
});

test("two people push at once: the runs of both are there", async () => {
  await inFolder(async (folder) => {
    const paths = filesIn(folder, "ana", "ben", "cleo", "dan");
    const shared = await made(new FolderStore(`${folder}/hub`));
    for (const path of paths) {
      for (let i = 0; i < 5; i++) await record(path, { config: { i } });
    }
    await Promise.all(
      paths.map((path) =>
        push(path, new FolderStore(`${folder}/hub`), { sources: true })
      ),
    );
    assertEquals(Object.keys(await rowsIn(shared)).length, 20);
    const [all] = filesIn(folder, "all");
    await pull(all!, shared);
    const found = await dump(all!);
    for (const path of paths) {
      const own = await dump(path);
      assertSame(
        Object.fromEntries(Object.keys(own).map((uuid) => [uuid, found[uuid]])),
        own,
      );
    }
  });
});

test("two people push the same run at once: its rows are there once", async () => {
  await inFolder(async (folder) => {
    const [ana, ben, all] = filesIn(folder, "ana", "ben", "all");
    const store = await made(new MemoryStore());
    const uuid = await record(ana!, { losses: [5, 4, 3, 2, 1] });
    copyFileSync(ana!, ben!);
    // The second one wins the race for the head, after the first has read it.
    const slow = Object.assign(Object.create(store), {
      swap: async (ref: string, value: string, generation: number) => {
        delete slow.swap;
        await push(ben!, store);
        return await store.swap(ref, value, generation);
      },
    });
    const sent = await push(ana!, slow);
    assertEquals(sent.added.length + sent.updated.length, 0);
    assertEquals(await rowsIn(store), { [uuid]: 5 });
    await pull(all!, store);
    assertEquals(Object.keys(await dump(all!)), [uuid]);
  });
});

test("a push that loses the race sends what the winner did not know", async () => {
  await inFolder(async (folder) => {
    const [ana, ben, all] = filesIn(folder, "ana", "ben", "all");
    const store = await made(new MemoryStore());
    await record(ana!);
    await record(ben!);
    let races = 0;
    const slow = Object.assign(Object.create(store), {
      swap: async (ref: string, value: string, generation: number) => {
        if (races++ === 0) await push(ben!, store);
        return await store.swap(ref, value, generation);
      },
    });
    assertEquals((await push(ana!, slow)).added.length, 1);
    assertEquals(races, 2);
    await pull(all!, store);
    assertEquals(Object.keys(await dump(all!)).length, 2);
  });
});
