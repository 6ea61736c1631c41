/** Folders that a program names count as they are at the call, also if they have just been written. */
import { assert, assertEquals } from "@std/assert";
import fs, { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sha } from "./_factors.ts";
import { inFolder } from "./_helpers.ts";
import { logged, write } from "./_inputs.ts";

/** More files than are looked at in the call. */
const MANY = 1_010;

/** A name and a text for each of many files. */
function many(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`d/${i % 7}/${i}.csv`, `${i}`]),
  );
}

const FRESH: readonly [what: string, files: Record<string, string>][] = [
  ["a few files", { "d/a.csv": "1", "d/b/c.csv": "2", "d/b/e.csv": "" }],
  ["more files than are looked at in the call", many(MANY)],
];

for (const [what, files] of FRESH) {
  test(`logInput: a folder of ${what} that was written right before has the hash that it has later`, async () => {
    await inFolder(async (folder) => {
      const value = async (isLater: boolean): Promise<unknown> => {
        const { inputs, coverage } = await logged(folder, async (logger) => {
          if (isLater) await sleep(50);
          else write(folder, files);
          logger.logInput(join(folder, "d"), { name: "d" });
        });
        assertEquals(
          coverage.missing.length,
          1,
          "only that it was not observed",
        );
        return inputs;
      };
      const fresh = await value(false);
      assertEquals(await value(true), fresh);
      const [{ count }] = fresh as [{ count: number }];
      assertEquals(count, Object.keys(files).length);
    });
  });
}

/** Calls a function while the clock stands still: what it writes has just been written, however slow the machine is. */
function atOnce<R>(work: () => R): R {
  const { now } = Date;
  const at = now();
  Date.now = () => at;
  try {
    return work();
  } finally {
    Date.now = now;
  }
}

test("logInput: files of a folder and of a path with wildcards that are written after the call do not count", async () => {
  await inFolder(async (folder) => {
    const { inputs } = await logged(folder, (logger) => {
      write(folder, { "e/a.csv": "old" });
      logger.logInput(join(folder, "e", "*.csv"), { name: "e" });
      const d = join(folder, "d");
      atOnce(() => {
        write(d, { "a.csv": "old", "b.csv": "old" });
        logger.logInput(d, { name: "d" });
      });
      write(folder, { "e/a.csv": "new" });
      write(d, { "a.csv": "new", "c.csv": "new" });
      rmSync(join(d, "b.csv"));
    });
    const tree = inputs.find(({ name }) => name === "d");
    assertEquals(tree?.files?.map(({ way, sha256 }) => [way, sha256]), [
      ["a.csv", sha("old")],
      ["b.csv", sha("old")],
    ]);
    const file = inputs.find(({ name }) => name === "e");
    assertEquals(file?.sha256, sha("old"));
  });
});

test("logInput: a file of a large folder that is written after the call is never taken for what it was", async () => {
  await inFolder(async (folder) => {
    const files = many(MANY);
    const later = Object.keys(files).filter((_, i) => i % 100 === 0);
    const { inputs, coverage } = await logged(folder, async (logger) => {
      write(folder, files);
      await sleep(50);
      logger.logInput(join(folder, "d"), { name: "d" });
      for (const name of later) writeFileSync(join(folder, name), "new!");
    });
    const names = (kind: string) =>
      inputs.filter((input) => input.kind === kind).map(({ name }) => name);
    assertEquals(names("unreadable"), later.toSorted());
    assertEquals(inputs[0]?.count, MANY - later.length);
    for (const name of later) {
      assert(coverage.missing.includes(`${name}: changed after it was read`));
    }
  });
});

/** Calls a function after the first read of a file, as another program would be able to. */
async function afterFirstRead(
  change: () => void,
  work: () => Promise<void>,
): Promise<void> {
  const { readSync } = fs;
  let isFirst = true;
  fs.readSync = ((...words: Parameters<typeof readSync>) => {
    const count = readSync(...words);
    if (isFirst) {
      isFirst = false;
      change();
    }
    return count;
  }) as typeof readSync;
  try {
    await work();
  } finally {
    fs.readSync = readSync;
  }
}

for (const what of ["", "*.csv", "a.csv"]) {
  test(`logInput: ${join("d", what)} with a file that is written while it is hashed is unreadable, and said to be`, async () => {
    await inFolder(async (folder) => {
      const { inputs, coverage } = await logged(folder, async (logger) => {
        const d = join(folder, "d");
        await atOnce(() => {
          write(d, { "a.csv": "old" });
          return afterFirstRead(
            // Of the same size, and in the same tick: only the content tells.
            () => writeFileSync(join(d, "a.csv"), "new"),
            async () => void await logger.logInput(join(d, what)),
          );
        });
      });
      assertEquals(inputs.map(({ kind }) => kind), ["unreadable"]);
      assert(
        coverage.missing.some((phrase) =>
          phrase.endsWith("a.csv: changed while it was hashed")
        ),
        coverage.missing.join(),
      );
    });
  });
}
