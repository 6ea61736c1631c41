/** Hubs in a bucket of real servers: trips, servers that die, processes that push at once, and what is refused. */
import { after, before, describe, test } from "node:test";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  gcHub,
  HubError,
  hubStatus,
  initHub,
  pullRuns,
  pushRuns,
} from "../../sync/mod.ts";
import { S3Store } from "../../sync/hub/s3/s3_store.ts";
import { editRun } from "../../tracker/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, record } from "./_lib.ts";
import { startAto, until } from "./_processes.ts";
import {
  BUCKET,
  KEYS,
  S3_KINDS,
  type S3Server,
  useKeys,
  VERSITY_SERVER,
} from "./_s3_server.ts";

const QUIET = { onNotice: () => {} };

for (const { name, skip, start } of S3_KINDS) {
  describe(`hubs in a bucket of ${name}`, () => {
    let server: S3Server;
    let putBack = (): void => {};
    before(async () => {
      if (skip !== false) return;
      putBack = useKeys();
      server = await start();
    });
    after(async () => {
      putBack();
      await server?.stop();
    });

    test(
      `${name}: push and pull give the same runs, and gc removes only what is left over`,
      { skip },
      async () => {
        await inFolder(async (folder) => {
          const [here, there] = filesIn(folder, "here", "there");
          const url = server.hub("trip");
          assertEquals((await initHub(url)).isNew, true);
          assertEquals((await initHub(url)).isNew, false);
          for (let i = 0; i < 3; i++) await record(here!, { config: { i } });
          await pushRuns(here!, url, { ...QUIET, sources: true });
          await editRun(here!, 1, { notes: "x" });
          await pushRuns(here!, url, { ...QUIET, sources: true });
          // All that was stored in this second is as old as the clock of the service can tell.
          assertEquals((await gcHub(url)).removed, 0);
          const store = new S3Store(url, { environment: KEYS });
          const now = await store.now();
          await until("a later second", async () => await store.now() > now);
          const { objects } = await hubStatus(url);
          const { removed, kept } = await gcHub(url, { graceHours: 0 });
          assert(removed > 0);
          assertEquals(kept, objects - removed);
          await pullRuns(there!, url, QUIET);
          assertSame(await dump(there!), await dump(here!));
          assertEquals((await pushRuns(there!, url, QUIET)).bytes, 0);
          assertEquals((await hubStatus(url)).runs, 3);
        });
      },
    );

    test(
      `${name}: three processes push at once, a fourth follows, and Ctrl-C ends it`,
      { skip },
      async () => {
        await inFolder(async (folder) => {
          const url = server.hub("team");
          await initHub(url);
          const [there, ...files] = filesIn(folder, "there", "a", "b", "c");
          for (const file of files) {
            for (let i = 0; i < 2; i++) await record(file, { config: { i } });
          }
          const following = startAto("pull", url, "--live", "--db", there!);
          const pushing = files.map((file) =>
            startAto("push", url, "--db", file)
          );
          try {
            for (const one of pushing) {
              assertEquals(await one.ended, 0, one.text());
            }
            assertEquals((await hubStatus(url)).runs, 6);
            await until("following", async () => {
              try {
                return Object.keys(await dump(there!)).length === 6;
              } catch {
                // The file is being made.
                return false;
              }
            }, following);
            following.send("SIGINT");
            assertEquals(await following.ended, 0, following.text());
          } finally {
            for (const one of [following, ...pushing]) {
              one.process.kill("SIGKILL");
            }
          }
        });
      },
    );

    test(
      `${name}: no bucket, wrong keys: a sentence`,
      { skip },
      async () => {
        const missing = server.hub("x").replace(BUCKET, "no-such-bucket");
        const error = await assertRejects(
          () => initHub(missing),
          HubError,
          "there is no bucket no-such-bucket; make it with aws s3 mb",
        );
        assertEquals(error.problem, "missing");
        const none = await assertRejects(
          () => pushRuns("x", server.hub("none")),
          HubError,
          "no such file",
        );
        assertEquals(none.problem, "usage");
        await assertRejects(
          () => hubStatus(server.hub("none")),
          HubError,
          "there is no hub; make one with ato hub init s3+http://",
        );
      },
    );
  });
}

test("a server that checks keys, regions and clocks", {
  skip: VERSITY_SERVER.skip,
}, async () => {
  const server = await VERSITY_SERVER.start();
  try {
    const open = (more: Record<string, string>, query = "") =>
      new S3Store(server.hub("x") + query, {
        environment: { ...KEYS, ...more },
        pause: 1,
      });
    await open({ AWS_REGION: "eu-central-1" }).prepare();
    await open({}, "?region=mars-1").prepare();
    for (
      const [more, says] of [
        [{ AWS_SECRET_ACCESS_KEY: "wrong-key" }, "AWS_SECRET_ACCESS_KEY"],
        [{ AWS_ACCESS_KEY_ID: "NOBODY" }, "does not know the access key"],
      ] as const
    ) {
      const error = await assertRejects(
        () => open(more).prepare(),
        HubError,
        says,
      );
      assertEquals(error.problem, "refused");
      assert(!error.message.includes("wrong-key"));
    }
  } finally {
    await server.stop();
  }
});

test(
  "a server that is killed and comes back: what was sent is there, and the rest follows",
  { skip: VERSITY_SERVER.skip },
  async () => {
    await inFolder(async (folder) => {
      const server = await VERSITY_SERVER.start();
      const putBack = useKeys();
      try {
        const [here, there] = filesIn(folder, "here", "there");
        const url = server.hub("x");
        await initHub(url);
        await record(here!, { config: { text: "x".repeat(5_000) } });
        await pushRuns(here!, url, QUIET);
        await record(here!, { config: { text: "y".repeat(5_000) } });
        await server.kill();
        // It comes back while the push waits.
        const pushing = pushRuns(here!, url, QUIET);
        await server.start();
        assertEquals((await pushing).added.length, 1);
        await pushRuns(here!, url, { ...QUIET, sources: true });
        await pullRuns(there!, url, QUIET);
        assertSame(await dump(there!), await dump(here!));
      } finally {
        putBack();
        await server.stop();
      }
    });
  },
);
