/** A search that is killed right after each kind of event has the same result as one that was not. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { readStudy, type StudyEvent } from "@ato/ato/hyperopt";
import { commandFor, inFolder } from "../tracker/_helpers.ts";

/** Searches in a folder, or in several, one after the other in one process. */
function search(
  folders: string | readonly string[],
  setting: string,
  ...words: string[]
): { how: string | number | null; ran: string[] } {
  const { status, signal, stdout } = spawnSync(
    ...commandFor("../hyperopt/_search.ts", [
      String(folders),
      setting,
      ...words,
    ]),
    { encoding: "utf8" },
  );
  return {
    how: signal ?? status,
    ran: stdout.match(/^ran .*$/gm) ?? [],
  };
}

/** Returns the outcomes of the trials. */
async function outcome(folder: string): Promise<unknown> {
  const { trials, best, front } = await readStudy(
    join(folder, "runs.db"),
    "search",
  );
  return {
    trials: trials.map((
      { trial, config, seed, status, results, checkpoint },
    ) => ({
      trial,
      config,
      seed,
      status,
      results,
      checkpoint,
    })),
    best: best?.trial.trial,
    front: front.map(({ trial }) => trial.trial),
  };
}

type Death = readonly [kind: StudyEvent["kind"], skip: number];

/**
 * The events after which each setting is killed: all kinds but `dropped`, which needs another space
 * in a later session; `study_test.ts` has that.
 */
const DEATHS: Readonly<Record<string, readonly Death[]>> = {
  plain: [
    ["opened", 0],
    ["enqueued", 0],
    ["warmed", 0],
    ["started", 0],
    ["started", 7],
    ["linked", 1],
    ["extended", 2],
    ["reported", 3],
    ["failed", 0],
    ["completed", 0],
    ["completed", 5],
    ["closed", 0],
  ],
  released: [["released", 0], ["released", 1]],
  logical: [["settled", 0], ["settled", 4], ["completed", 3]],
  grid: [["exhausted", 0], ["absent", 0], ["absent", 3]],
  reuse: [["reused", 0], ["reused", 5]],
  stopping: [["stopped", 0], ["stopped", 2]],
  silent: [["lost", 0]],
  fronts: [["completed", 6]],
};

for (const [setting, deaths] of Object.entries(DEATHS)) {
  test(`openStudy: ${setting}: a search that is killed after any kind of event has the same result`, async (t) => {
    await inFolder(async (whole) => {
      const folders = deaths.map((_, i) => join(whole, `killed-${i}`));
      const killed = deaths.map(([kind, skip], i) => {
        mkdirSync(folders[i]!);
        return search(folders[i]!, setting, kind, String(skip));
      });
      // One process does the whole search, and then resumes each that was killed.
      const resumed = search([whole, ...folders], setting);
      assertEquals(resumed.how, 0);
      const expected = await outcome(whole);
      for (const [i, [kind, skip]] of deaths.entries()) {
        await t.test(`${kind}, after ${skip} others`, async () => {
          assertEquals(killed[i]!.how, "SIGKILL");
          assertEquals(await outcome(folders[i]!), expected);
          // A job that was told before the end ran once; the job that was killed may have run twice.
          const twice = killed[i]!.ran.filter((line) =>
            resumed.ran.includes(line)
          );
          assert(twice.length <= 1, twice.join(", "));
          if (kind === "completed") assertEquals(twice, []);
        });
      }
    });
  });
}

test("openStudy: no trial fails because its process was killed, however often", async () => {
  await inFolder(async (whole) => {
    search(whole, "impatient");
    await inFolder(async (folder) => {
      let deaths = 0;
      // Each process runs one trial, and is killed when the next one starts.
      while (search(folder, "impatient", "started", "1").how === "SIGKILL") {
        deaths++;
      }
      assert(deaths > 3, `${deaths} deaths`);
      assertEquals(await outcome(folder), await outcome(whole));
    });
  });
});

test("openStudy: a search that is killed again and again has the same result", async () => {
  await inFolder(async (whole) => {
    search(whole, "plain");
    await inFolder(async (folder) => {
      let deaths = 0;
      while (search(folder, "plain", "completed", "1").how === "SIGKILL") {
        deaths++;
      }
      assert(deaths > 3, `${deaths} deaths`);
      assertEquals(await outcome(folder), await outcome(whole));
    });
  });
});
