/**
 * The causes that `bench/why/` plants in Python modules: an edit differs in the planted pieces and in nothing else, so
 * that a verdict can name them.
 */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { applyEdits, makeProject } from "../../bench/why/_folder.ts";
import { PYTHON } from "../../bench/why/causes/python.ts";
import type { Edit } from "../../bench/why/types.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { MemoryCache, NO_PYTHON, snapshotOf, usedOf } from "./_pythons.ts";
import { withoutMoves } from "./_why.ts";

/** The modules of the project after edits, the script first. */
function filesWith(folder: string, edits: readonly Edit[]) {
  makeProject("pricing", folder);
  applyEdits(folder, edits);
  const paths = readdirSync(join(folder, "pricing")).sort()
    .map((name) => `pricing/${name}`);
  return Object.fromEntries(
    ["train.py", ...paths].map((path) => [
      path,
      readFileSync(join(folder, path), "utf8"),
    ]),
  );
}

test(
  "pythonProgram: a planted edit differs in the planted pieces and in nothing else",
  {
    skip: NO_PYTHON,
  },
  async () => {
    const cache = new MemoryCache();
    await withTempFolder(async (folder) => {
      const original = filesWith(join(folder, "base"), []);
      const edited = PYTHON.map(({ id, b }) =>
        filesWith(join(folder, id), b.edits ?? [])
      );
      // One process parses them all.
      const texts = new Set(
        [original, ...edited].flatMap((one) => Object.values(one)),
      );
      await snapshotOf(
        Object.fromEntries([...texts].map((text, at) => [`m${at}.py`, text])),
        { cache },
      );
      const base = usedOf(await snapshotOf(original, { cache }));
      for (const [at, { id, planted }] of PYTHON.entries()) {
        const after = await snapshotOf(edited[at]!, { cache });
        assertEquals(after.coverage.level, "full");
        const used = usedOf(after);
        const ids = [...new Set([...base.keys(), ...used.keys()])]
          .filter((one) => base.get(one) !== used.get(one));
        const code = planted.flatMap(({ ids }) => ids)
          .filter((one) => one.startsWith("code:"));
        const { differing } = withoutMoves(ids, base, used);
        assertEquals([...differing].sort(), code.sort(), id);
      }
    });
    assert(PYTHON.length > 20);
  },
);
