import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import process from "node:process";
import { test } from "node:test";
import { FolderCache, InputHasher } from "../../inputs/mod.ts";
import { inFolder, sha, write } from "./_record.ts";

const LATER = () => Date.now() + 10_000;

/** Hashes a file with a cache in a folder, as a program of its own. */
async function hash(path: string, folder: string, now = LATER) {
  const cache = new FolderCache(folder, now);
  const found = await new InputHasher({ cache }).hash({ path });
  return "sha256" in found ? found.sha256 : found;
}

/** Replaces each hash in the cache, to see whether it is used. */
function poison(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)));
  }
}

test("FolderCache: a file that was hashed before is not read again", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234" });
    const [path, cache] = [join(folder, "a.csv"), join(folder, "cache")];
    assertEquals(await hash(path, cache), sha("1234"));
    poison(cache);
    assertEquals(await hash(path, cache), "0".repeat(64));
  });
});

test("FolderCache: a file of the same size that was changed is read again", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234" });
    const [path, cache] = [join(folder, "a.csv"), join(folder, "cache")];
    await hash(path, cache);
    // Another mtime and ctime: a second that passes is not waited for.
    const { mtimeMs } = statSync(path);
    while (statSync(path).mtimeMs === mtimeMs) writeFileSync(path, "4321");
    assertEquals(await hash(path, cache), sha("4321"));
  });
});

test("FolderCache: another file with the same size is another file", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234", "b.csv": "5678" });
    const cache = join(folder, "cache");
    await hash(join(folder, "a.csv"), cache);
    assertEquals(await hash(join(folder, "b.csv"), cache), sha("5678"));
  });
});

test("FolderCache: a fresh file is not remembered, because a change in the same tick is not noticed", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234" });
    const [path, cache] = [join(folder, "a.csv"), join(folder, "cache")];
    // The clock stands still, so that no machine is too slow for it.
    await hash(path, cache, () => statSync(path).mtimeMs + 1);
    assert(!existsSync(cache));
  });
});

test("FolderCache: torn and foreign lines are left out", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234" });
    const [path, cache] = [join(folder, "a.csv"), join(folder, "cache")];
    await hash(path, cache);
    const [shard] = readdirSync(cache);
    const file = join(cache, shard!);
    writeFileSync(
      file,
      `nonsense\n\0\n${readFileSync(file, "utf8").slice(0, -9)}`,
    );
    assertEquals(await hash(path, cache), sha("1234"));
  });
});

test("FolderCache: only its user can read it", {
  skip: process.platform === "win32" && "this needs the modes of Unix",
}, async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234" });
    const cache = join(folder, "cache");
    await hash(join(folder, "a.csv"), cache);
    const [shard] = readdirSync(cache);
    assertEquals(statSync(cache).mode & 0o777, 0o700);
    assertEquals(statSync(join(cache, shard!)).mode & 0o777, 0o600);
  });
});

test("FolderCache: a folder that cannot be used changes nothing", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1234", cache: "a file" });
    const path = join(folder, "a.csv");
    assertEquals(await hash(path, join(folder, "cache")), sha("1234"));
  });
});

test("FolderCache: it does not grow without end", async () => {
  await inFolder((folder) => {
    const cache = new FolderCache(join(folder, "cache"), LATER);
    const state = (i: number) => ({
      device: 1n,
      inode: 64n * BigInt(i),
      size: 1n,
      mtime: 1n,
      ctime: 1n,
    });
    for (let i = 0; i < 20_000; i++) cache.set(state(i), sha(String(i)));
    cache.flush();
    const size = statSync(join(folder, "cache", "hashes-v1.0")).size;
    assert(size < 1.1 * 2 ** 20, `${size}`);
    const again = new FolderCache(join(folder, "cache"), LATER);
    assertEquals(again.get(state(19_999)), sha("19999"));
  });
});

test("InputHasher: a large file is hashed in pieces, with progress, and other work goes on", async () => {
  await inFolder(async (folder) => {
    // So many pieces that some turn of the event loop comes between two of them on any machine.
    const pattern = Uint8Array.from({ length: 251 }, (_, i) => i);
    const bytes = Buffer.alloc(64 * 2 ** 20 + 7, pattern);
    write(folder, { "big.bin": bytes });
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const reports: (boolean | undefined)[] = [];
    const hasher = new InputHasher({
      cache: false,
      progress: (report) => reports.push(report.isOver),
    });
    const found = await hasher.hash({ path: join(folder, "big.bin") });
    isOver = true;
    assertEquals(found, { sha256: sha(bytes), bytes: bytes.length });
    assert(turns > 0);
    // The last report comes after the last file.
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(reports.at(-1), true);
  });
});
