/** Tests of the folder of compiled files that the runs of a user share. */
import { test } from "node:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { keepCompiled } from "../../observe/python/compiled.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** The shared folder of a launch with these texts; `undefined` if it has a folder of its own. */
function sharedBy(
  root: string,
  launch: string,
  texts: readonly string[],
): string | undefined {
  const folder = join(root, launch);
  mkdirSync(folder);
  keepCompiled(folder, texts, join(root, "cache", "ato"));
  const path = join(folder, "compiled");
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
}

test("keepCompiled: launches with the same files share a folder, which only the user can write to", async () => {
  await withTempFolder((root) => {
    const first = sharedBy(root, "a", ["one", "two"])!;
    assertEquals(sharedBy(root, "b", ["one", "two"]), first);
    assertEquals(statSync(first).mode & 0o777, 0o700);
    for (const texts of [["one", "two!"], ["two", "one"], ["onetwo"]]) {
      const other = sharedBy(root, texts.join("+"), texts)!;
      assert(other !== first && existsSync(other), texts.join());
    }
  });
});

/** Changes the shared folder so that others could put code into it. */
const UNSAFE: Readonly<Record<string, (folder: string) => void>> = {
  "others can write to it": (folder) => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
  },
  "it is a link": (folder) => {
    mkdirSync(`${folder}-elsewhere`, { recursive: true });
    symlinkSync(`${folder}-elsewhere`, folder);
  },
  "it is a file": (folder) => {
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "");
  },
};

for (const [what, make] of Object.entries(UNSAFE)) {
  test(`keepCompiled: a launch has a folder of its own if ${what}`, async () => {
    await withTempFolder(async (root) => {
      let name = "";
      await withTempFolder((other) => {
        name = sharedBy(other, "a", ["text"])!.slice(other.length);
      });
      make(join(root, name));
      assertEquals(sharedBy(root, "a", ["text"]), undefined);
      assert(statSync(join(root, "a", "compiled")).isDirectory());
    });
  });
}

test("keepCompiled: a launch has a folder of its own if there is no cache", async () => {
  await withTempFolder((root) => {
    keepCompiled(root, ["text"], "");
    assert(lstatSync(join(root, "compiled")).isDirectory());
    assertEquals(statSync(join(root, "compiled")).mode & 0o777, 0o700);
  });
});

test("keepCompiled: folders of other versions are removed after a month, and nothing else", async () => {
  await withTempFolder((root) => {
    const old = sharedBy(root, "a", ["old"])!;
    const recent = sharedBy(root, "b", ["recent"])!;
    const foreign = join(root, "cache", "ato", "hashes-v1.0");
    writeFileSync(foreign, "");
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    for (const path of [old, foreign]) utimesSync(path, days(31), days(31));
    utimesSync(recent, days(29), days(29));
    const fresh = sharedBy(root, "c", ["new"])!;
    const there = [old, recent, foreign, fresh].map(existsSync);
    assertEquals(there, [false, true, true, true]);
  });
});
