/** What only a folder has: modes and groups, file systems that refuse, clocks that are wrong. */
import { test } from "node:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../sync/hub/_blob.ts";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import { HubError, initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { dump } from "./_dump.ts";
import { filesIn, inFolder, record } from "./_lib.ts";

const QUIET = { onNotice: () => {} };
const isRoot = process.getuid?.() === 0;
const noModes = process.platform === "win32" ? "there are no modes" : false;

test(
  "new files and folders have the mode and the group of the hub's folder, whatever the umask",
  { skip: noModes },
  async () => {
    await inFolder(async (folder) => {
      const [here] = filesIn(folder, "here");
      const url = join(folder, "hub");
      mkdirSync(url);
      const group = isRoot ? 12_345 : statSync(url).gid;
      chownSync(url, process.getuid!(), group);
      chmodSync(url, 0o2770);
      await initHub(url);
      await record(here!);
      await pushRuns(here!, url, QUIET);
      const paths = readdirSync(url, { recursive: true }).map(String);
      assert(paths.length > 8);
      for (const path of paths) {
        const found = statSync(join(url, path));
        assertEquals(found.gid, group, path);
        const mode = found.isDirectory() ? 0o2770 : 0o660;
        assertEquals((found.mode & 0o7777).toString(8), mode.toString(8), path);
      }
    });
  },
);

test("a private folder stays private", { skip: noModes }, async () => {
  await inFolder(async (folder) => {
    const [here] = filesIn(folder, "here");
    const url = join(folder, "hub");
    mkdirSync(url, { mode: 0o700 });
    await initHub(url);
    await record(here!);
    await pushRuns(here!, url, QUIET);
    for (const path of readdirSync(url, { recursive: true }).map(String)) {
      assertEquals(statSync(join(url, path)).mode & 0o077, 0, path);
    }
  });
});

test("a name is a hash, so that it leads nowhere else", async () => {
  await inFolder(async (folder) => {
    const store = new FolderStore(join(folder, "hub"));
    await store.prepare();
    for (const name of ["../../x", "/etc/passwd", "A".repeat(64), ""]) {
      await assertRejects(() => store.put(name, new Uint8Array([1])), HubError);
      await assertRejects(() => store.get(name), HubError);
    }
    assert(!existsSync(join(folder, "x")));
  });
});

test(
  "a folder that may only be read can be pulled from, and says why it takes no push",
  {
    skip: noModes || (isRoot ? "root may write everywhere" : false),
  },
  async () => {
    await inFolder(async (folder) => {
      const [here, there] = filesIn(folder, "here", "there");
      const url = join(folder, "hub");
      await initHub(url);
      await record(here!);
      await pushRuns(here!, url, QUIET);
      await record(here!);
      const all = [
        url,
        ...readdirSync(url, { recursive: true })
          .map((path) => join(url, String(path))),
      ]
        .filter((path) => statSync(path).isDirectory());
      for (const path of all) chmodSync(path, 0o500);
      try {
        await assertRejects(
          () => pushRuns(here!, url, QUIET),
          HubError,
          "permission is denied",
        );
        assertEquals((await pullRuns(there!, url, QUIET)).added.length, 1);
      } finally {
        for (const path of all) chmodSync(path, 0o700);
      }
    });
  },
);

/** A file system of its own that is small; `undefined` where it cannot be mounted. */
function mountSmall(path: string): boolean {
  mkdirSync(path);
  const { status } = spawnSync("mount", [
    ...["-t", "tmpfs", "-o", "size=256k", "tmpfs", path],
  ]);
  return status === 0;
}

test("a full disk: the push says so, what is there can be pulled, and it goes on when there is space", async (context) => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const url = join(folder, "small");
    if (process.platform !== "linux" || !mountSmall(url)) {
      return context.skip("no file system can be mounted here");
    }
    try {
      await initHub(url);
      await record(here!);
      await pushRuns(here!, url, QUIET);
      const ballast = join(url, "parts", "ballast");
      const losses = Array.from({ length: 30_000 }, () => Math.random());
      await record(here!, { losses });
      writeFileSync(ballast, new Uint8Array(100_000));
      const error = await assertRejects(
        () => pushRuns(here!, url, QUIET),
        HubError,
        "the disk is full",
      );
      assertEquals(error.problem, "full");
      assertEquals((await pullRuns(there!, url, QUIET)).added.length, 1);
      const { status } = spawnSync("mount", [
        ...["-o", "remount,size=8m", url],
      ]);
      assertEquals(status, 0);
      assertEquals((await pushRuns(here!, url, QUIET)).added.length, 1);
      assertEquals((await pullRuns(there!, url, QUIET)).added.length, 1);
      assertEquals(Object.keys(await dump(there!)).length, 2);
      // The same place, read-only.
      spawnSync("mount", ["-o", "remount,ro", url]);
      await record(here!);
      await assertRejects(
        () => pushRuns(here!, url, QUIET),
        HubError,
        "the file system is read-only",
      );
      const [other] = filesIn(folder, "other");
      assertEquals((await pullRuns(other!, url, QUIET)).added.length, 2);
    } finally {
      spawnSync("umount", [url]);
    }
  });
});

test("an object that is stored again is as new as one that was not there, by the clock of the file server", async () => {
  await inFolder(async (folder) => {
    const store = new FolderStore(join(folder, "hub"));
    await store.prepare();
    const content = new TextEncoder().encode("object");
    const name = sha256(content);
    await store.put(name, content);
    const path = join(folder, "hub", "objects", name.slice(0, 2), name);
    utimesSync(path, new Date(0), new Date(0));
    assertEquals(await store.put(name, content), false);
    assertEquals(await store.remove(name, await store.now() - 60_000), false);
    utimesSync(path, new Date(0), new Date(0));
    assertEquals(await store.remove(name, await store.now() - 60_000), true);
    assertEquals(existsSync(path), false);
  });
});

/** Does something while each question for this machine's time takes long, as it does where other programs run. */
async function whileBusy(work: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = () => {
    const end = performance.now() + 40;
    while (performance.now() < end);
    return now();
  };
  try {
    await work();
  } finally {
    Date.now = now;
  }
}

test("an object that is stored again by one client is not older than what the clock said to another one before", async () => {
  await inFolder(async (folder) => {
    const place = join(folder, "hub");
    const content = new TextEncoder().encode("object");
    const name = sha256(content);
    await new FolderStore(place).prepare();
    await new FolderStore(place).put(name, content);
    for (let i = 0; i < 10; i++) {
      // Each of them asks for the time of the server anew, one on a busy machine.
      const [one, other] = [new FolderStore(place), new FolderStore(place)];
      await whileBusy(async () => {
        await other.put(name, content);
      });
      const before = await one.now();
      assertEquals(await other.put(name, content), false);
      assertEquals(await one.remove(name, before), false, `round ${i}`);
    }
  });
});

test("an object of another length is stored anew: a copy that was cut off is mended", async () => {
  await inFolder(async (folder) => {
    const store = new FolderStore(join(folder, "hub"));
    await store.prepare();
    const content = new TextEncoder().encode("object");
    const name = sha256(content);
    await store.put(name, content);
    const path = join(folder, "hub", "objects", name.slice(0, 2), name);
    writeFileSync(path, "obj");
    assertEquals(await store.put(name, content), true);
    assertEquals([...(await store.get(name))!], [...content]);
  });
});
