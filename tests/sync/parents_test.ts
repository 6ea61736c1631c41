/** A run stays linked to the run that it is derived from, whichever of the two travels first. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  deleteRuns,
  emptyTrash,
  mergeRuns,
  SQLFinder,
} from "../../tracker/mod.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { MemoryStore } from "./_stores.ts";

/** The UUID of the parent of a run; `undefined` if the file does not say. */
async function parentOf(
  path: string,
  uuid: string,
): Promise<string | undefined> {
  const finder = new SQLFinder(path);
  try {
    const { parentId } = (await finder.findRun(uuid))!;
    return parentId === undefined
      ? undefined
      : (await finder.findRun(parentId))?.uuid;
  } finally {
    await finder.close();
  }
}

/** Writes a parent and its child in two projects, and returns their UUIDs. */
async function family(path: string): Promise<{ old: string; young: string }> {
  const old = await record(path, { project: "old" });
  const young = await record(path, { project: "young", run: { parent: old } });
  return { old, young };
}

const only = (project: string) => ({
  chooses: (of: { project: string }) => of.project === project,
});

test("a parent that is pulled after its child is linked to it, and the file between loses nothing", async () => {
  await inFolder(async (folder) => {
    const [here, between, there, last] = filesIn(
      folder,
      ..."here between there last".split(" "),
    ) as [string, string, string, string];
    const { old, young } = await family(here);
    const [first, second] = [
      await made(new MemoryStore()),
      await made(new MemoryStore()),
    ];
    await push(here, first);
    await pull(between, first, only("young"));
    assertEquals(await parentOf(between, young), undefined);
    // A file that has the child alone hands on whose child it is.
    await push(between, second);
    await pull(there, second);
    await pull(there, first);
    await mergeRuns(last, between);
    for (const path of [between, there, last]) {
      await pull(path, first);
      assertEquals(await parentOf(path, young), old);
      const again = await push(path, first);
      assertEquals([again.bytes, again.notices], [0, []]);
    }
  });
});

test("a parent that is merged after its child is linked to it", async () => {
  await inFolder(async (folder) => {
    const [here, child, both] = filesIn(folder, "here", "child", "both") as [
      string,
      string,
      string,
    ];
    const { old, young } = await family(here);
    const store = await made(new MemoryStore());
    await push(here, store, { sources: true });
    await pull(child, store, only("young"));
    await mergeRuns(both, child);
    await mergeRuns(both, here);
    assertEquals(await parentOf(both, young), old);
    await mergeRuns(child, here);
    assertEquals(await parentOf(child, young), old);
  });
});

test("a parent that is erased leaves no link to the run that gets its id, and is linked when it comes back", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    const { old, young } = await family(here);
    const store = await made(new MemoryStore());
    await push(here, store);
    await pull(there, store, only("young"));
    await pull(there, store);
    // The parent has the greatest id, which the next run gets.
    await deleteRuns(there, [2]);
    await emptyTrash(there, { olderThanDays: -1 });
    await record(there, { project: "another" });
    assertEquals(await parentOf(there, young), undefined);
    await pull(there, store, { again: true });
    assertEquals(await parentOf(there, young), old);
  });
});
