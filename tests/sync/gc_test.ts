/** What nothing refers to is removed, and nothing else; what a push has just stored is safe. */
import { test } from "node:test";
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import {
  gcHub,
  hubStatus,
  initHub,
  pullRuns,
  pushRuns,
} from "../../sync/mod.ts";
import { editRun, SQLLogger } from "../../tracker/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, push, record } from "./_lib.ts";
import { Cut, FaultyStore } from "./_stores.ts";

const QUIET = { onNotice: () => {} };

/** Makes all objects of a hub some days old. */
async function age(url: string): Promise<void> {
  const old = new Date(Date.now() - 3 * 86_400_000);
  for await (const { name } of new FolderStore(url).list()) {
    utimesSync(join(url, "objects", name.slice(0, 2), name), old, old);
  }
}

test("gc removes what is left over and old, and what is referred to can still be pulled", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const url = join(folder, "hub");
    await initHub(url);
    const artifact = join(folder, "here.txt");
    writeFileSync(artifact, "weights");
    const logger = new SQLLogger({
      lr: 1,
      text: "x".repeat(4_000),
      experiment: { projectName: "demo", sql: { dbPath: here! } },
    });
    await logger.run();
    logger.logArtifact(artifact);
    const options = { ...QUIET, sources: true, artifacts: true };
    for (let i = 0; i < 20; i++) {
      logger.logMetric("loss", i);
      await pushRuns(here!, url, options);
    }
    // More metrics than an index entry lists.
    for (let i = 0; i < 50; i++) logger.logMetric(`metric ${i}`, i);
    await logger.finish();
    await pushRuns(here!, url, options);
    const before = await hubStatus(url);
    assertEquals((await gcHub(url)).removed, 0);
    await age(url);
    const dry = await gcHub(url, { dryRun: true });
    assert(dry.removed > 20, `${dry.removed} of ${before.objects}`);
    assertEquals((await hubStatus(url)).objects, before.objects);
    assertEquals(await gcHub(url), dry);
    assertEquals((await gcHub(url)).removed, 0);
    await pullRuns(there!, url, { ...QUIET, artifacts: true });
    assertSame(await dump(there!), await dump(here!));
    assertEquals((await pushRuns(here!, url, options)).bytes, 0);
  });
});

test("what a push stored before it was cut off is not removed while the grace period lasts, and used when it goes on", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const url = join(folder, "hub");
    await initHub(url);
    await record(here!, { config: { text: "x".repeat(4_000) } });
    const store = new FolderStore(url);
    for (let at = 4; at < 9; at++) {
      await assertRejects(
        () => push(here!, new FaultyStore(store, { at, isDone: false })),
        Cut,
      );
    }
    // It was cut off long ago, and goes on now: what is there counts as new.
    await age(url);
    await assertRejects(
      () => push(here!, new FaultyStore(store, { at: 8, isDone: false })),
      Cut,
    );
    await gcHub(url);
    await push(here!, store);
    await gcHub(url);
    await pullRuns(there!, url, QUIET);
    assertEquals(Object.keys(await dump(there!)).length, 1);
  });
});

test("gc removes nothing if a part of the index cannot be read", async () => {
  await inFolder(async (folder) => {
    const [here] = filesIn(folder, "here");
    const url = join(folder, "hub");
    await initHub(url);
    await record(here!);
    await pushRuns(here!, url, QUIET);
    await editRun(here!, 1, { notes: "x" });
    await pushRuns(here!, url, QUIET);
    await age(url);
    const store = new FolderStore(url);
    const { value } = (await store.read("head"))!;
    const { root } = JSON.parse(value) as { root: string };
    assert(await store.remove(root, Infinity));
    await assertRejects(() => gcHub(url), Error, "cannot be told");
    const { damage } = await hubStatus(url);
    assertEquals(damage.length, 1);
  });
});
