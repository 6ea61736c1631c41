/** Folders that are made with those above them. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../internal/make_folder.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

function inTemp(work: (folder: string) => void): void {
  const folder = makeTempFolder("folder");
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("makeFolder: makes the folders above, and may be called again", () => {
  inTemp((temp) => {
    const folder = join(temp, "a", "b", "c");
    makeFolder(folder);
    makeFolder(folder);
    assert(statSync(folder).isDirectory());
  });
});

test("makeFolder: the mode holds for every folder that is made", {
  skip: process.platform === "win32" ? "Windows has no modes" : false,
}, () => {
  inTemp((temp) => {
    makeFolder(join(temp, "a", "b"), { mode: 0o700 });
    const modes = ["a", "a/b"].map((name) =>
      statSync(join(temp, name)).mode & 0o777
    );
    assertEquals(modes, [0o700, 0o700]);
  });
});

test("makeFolder: a file in the way is an error", () => {
  inTemp((temp) => {
    writeFileSync(join(temp, "a"), "");
    assertThrows(() => makeFolder(join(temp, "a")), Error);
    assertThrows(() => makeFolder(join(temp, "a", "b")), Error);
  });
});

test("makeFolder: ends where a folder cannot be made", {
  skip: process.platform === "linux" ? false : "only Linux has /proc",
}, () => {
  assertThrows(() => makeFolder("/proc/ato/runs"), Error);
});
