/** Ctrl-C: searches in processes of their own that get SIGINT once or twice, and go on later. */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { fullFidelity, openStudy, readStudy } from "@ato/ato/hyperopt";
import { type Child, inFolder, start } from "../tracker/_helpers.ts";
import { SQLFinder } from "@ato/ato/tracker";
import { optionsIn, trackerIn } from "./_interrupted.ts";
import { outcomeOf, runAll, studyOf } from "./_studies.ts";

/** Starts a search in a folder of its own; it is gone afterwards, also if it did not end. */
function withSearch(
  mode: string,
  work: (child: Child, folder: string) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const env = { ATO_TEST_MODE: mode, ATO_TEST_FOLDER: folder };
    const child = start("../hyperopt/_interrupted.ts", [], { env });
    try {
      await work(child, folder);
    } finally {
      child.process.kill("SIGKILL");
      await child.ended;
    }
  });
}

function interrupt(child: Child): void {
  process.kill(child.process.pid!, "SIGINT");
}

async function statusesIn(folder: string): Promise<string[]> {
  const { trials } = await readStudy(join(folder, "runs.db"), "interrupted");
  return trials.map(({ status }) => status);
}

/** The statuses of the trials' runs. */
async function runStatusesIn(folder: string): Promise<string[]> {
  const finder = new SQLFinder(trackerIn(folder));
  try {
    const runs = await finder.getRunsInProject("demo");
    return runs.map(({ status }) => status);
  } finally {
    await finder.close();
  }
}

/** Runs what is left, and compares it with a search that was never interrupted. */
async function assertResumable(folder: string): Promise<void> {
  const study = openStudy(await optionsIn(folder));
  runAll(study, ({ config }) => config.x);
  const whole = studyOf({
    scheduler: fullFidelity({ trials: 4, fidelity: 1000 }),
  });
  runAll(whole, ({ config }) => config.x);
  assertEquals(outcomeOf(study), outcomeOf(whole));
  study.close();
}

const onWindows = process.platform === "win32";

for (const mode of ["threads", "alone", "epochs"]) {
  test(
    `runStudy: ${mode}: SIGINT lets the trials end, releases their jobs, and ends the process`,
    {
      skip: onWindows,
    },
    async () => {
      await withSearch(mode, async (child, folder) => {
        const trials = mode === "epochs" ? [0] : [0, 1];
        if (mode !== "epochs") {
          for (const trial of trials) await child.line(`listening ${trial}`);
          interrupt(child);
        }
        assertEquals(await child.ended, { code: null, signal: "SIGINT" });
        assertMatch(
          child.stderr(),
          /^ato: Ending search interrupted: \d trials? /,
        );
        // How to resume it, with the command that a user can paste.
        const file = join(folder, "runs.db");
        assertEquals(
          child.stderr().trim().split("\n").at(-1),
          `ato: Search interrupted was ended with a result for 0 of 2 trials; to resume it, ` +
            `start its program again, or run ato search resume interrupted --db ${file}`,
        );
        for (const trial of trials) {
          const ended = join(folder, `ended-${trial}`);
          assertEquals(readFileSync(ended, "utf8"), "AbortError");
        }
        assertEquals(child.lines.includes("over"), false);
        const statuses = await statusesIn(folder);
        assertEquals(new Set(statuses), new Set(["released"]));
        assertEquals(
          await runStatusesIn(folder),
          mode === "epochs" ? [] : ["interrupted", "interrupted"],
        );
        await assertResumable(folder);
      });
    },
  );
}

test(
  "runStudy: SIGINT terminates threads that do not end in the grace period",
  {
    skip: onWindows,
  },
  async () => {
    await withSearch("deaf, threads", async (child, folder) => {
      for (const trial of [0, 1]) await child.line(`running ${trial}`);
      interrupt(child);
      assertEquals(await child.ended, { code: null, signal: "SIGINT" });
      assertEquals(await statusesIn(folder), ["released", "released"]);
      assertEquals(await runStatusesIn(folder), ["interrupted", "interrupted"]);
      await assertResumable(folder);
    });
  },
);

test("runStudy: a second SIGINT ends the process at once, and no trial fails", {
  skip: onWindows,
}, async () => {
  await withSearch("deaf", async (child, folder) => {
    for (const trial of [0, 1]) await child.line(`listening ${trial}`);
    interrupt(child);
    await child.line("asked 1");
    interrupt(child);
    // A signal that is swallowed leaves the grace period of ten minutes, which would end the process in the same way.
    const watch = setTimeout(() => child.process.kill("SIGKILL"), 60_000);
    const end = await child.ended;
    clearTimeout(watch);
    assertEquals(end, { code: null, signal: "SIGINT" });
    assertEquals(await statusesIn(folder), ["released", "released"]);
    await assertResumable(folder);
  });
});

test("runStudy: SIGINT ends an objective that never lets the event loop turn", {
  skip: onWindows,
}, async () => {
  await withSearch("busy", async (child, folder) => {
    await child.line("running 0");
    interrupt(child);
    assertEquals(await child.ended, { code: null, signal: "SIGINT" });
    // Both jobs were handed out while their runs began.
    assertEquals(await statusesIn(folder), ["running", "running"]);
  });
});

test("runStudy: if the program handles SIGINT, its handler decides", {
  skip: onWindows,
}, async () => {
  await withSearch("own", async (child) => {
    await child.line("running 1");
    interrupt(child);
    assertEquals(await child.ended, { code: 7, signal: null });
    assertEquals(child.lines.includes("own handler"), true);
    assertEquals(child.stderr(), "");
  });
});
