/** Real processes: runs are followed while they go on, Ctrl-C ends cleanly, and kill -9 loses nothing. */
import { test } from "node:test";
import { copyFileSync } from "node:fs";
import process from "node:process";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import { hubStatus, initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { importRuns, SQLFinder } from "../../tracker/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder } from "./_lib.ts";
import { startAto, startBeside, until } from "./_processes.ts";

const QUIET = { onNotice: () => {} };
const skip = process.platform === "win32" ? "there are no signals" : false;

async function summary(path: string): Promise<[number, string] | undefined> {
  const finder = new SQLFinder(path, { onWarning: () => {} });
  try {
    const run = await finder.findRun(1);
    if (run === undefined) return undefined;
    const count = (await run.metrics.summary("loss"))?.count ?? 0;
    return [count, run.status];
  } catch {
    // It is being made.
    return undefined;
  } finally {
    await finder.close();
  }
}

test("push --live and pull --live follow a run, and Ctrl-C ends both cleanly", {
  skip,
}, async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const url = `${folder}/hub`;
    await initHub(url);
    const writer = startBeside("_writer.ts", here!, "500");
    const pushing: ReturnType<typeof startAto>[] = [];
    try {
      await until("logging", () => writer.text().includes("logged"), writer);
      pushing.push(
        startAto("push", url, "--live", "--db", here!),
        startAto("pull", url, "--live", "--db", there!),
      );
      await until("following", async () => {
        const found = await summary(there!);
        return found?.[0] === 500 && found[1] === "running";
      }, pushing[1]);
      writer.process.stdin!.write("end\n");
      assertEquals(await writer.ended, 0);
      await until("the end", async () => {
        const found = await summary(there!);
        return found?.[0] === 501 && found[1] === "completed";
      }, pushing[1]);
      for (const one of pushing) {
        one.send("SIGINT");
        assertEquals(await one.ended, 0, one.text());
      }
      assertStringIncludes(pushing[0]!.text(), "sent: 1 new");
      assertStringIncludes(pushing[1]!.text(), "came: 1 new");
      await pushRuns(here!, url, { ...QUIET, sources: true });
      await pullRuns(there!, url, QUIET);
      assertSame(await dump(there!), await dump(here!));
    } finally {
      for (const one of [writer, ...pushing]) one.process.kill("SIGKILL");
    }
  });
});

/** Makes many runs quickly. */
async function makeMany(path: string, count: number): Promise<void> {
  const runs = Array.from({ length: count }, (_, i) => ({
    uuid: crypto.randomUUID(),
    project: "many",
    tags: [],
    status: "completed",
    startTime: i * 1_000,
    endTime: i * 1_000 + 1,
    config: { i, text: String(i).repeat(800) },
    artifacts: [],
    metrics: () =>
      [[
        "loss",
        Array.from(
          { length: 400 },
          (_, step) => ({ step, value: Math.sin(i * step), time: step }),
        ),
      ]] as const,
  }));
  await importRuns(path, runs);
}

test(
  "a push and a pull that are killed again and again: in the end all runs are there, once",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      const [source, here, there] = filesIn(folder, "source", "here", "there");
      const url = `${folder}/hub`;
      await initHub(url);
      await makeMany(source!, 450);
      copyFileSync(source!, here!);
      const objects = async (): Promise<number> => {
        let count = 0;
        for await (const _ of new FolderStore(url).list()) count++;
        return count;
      };
      // Killed a little later each time: in the start, in the middle, at the end.
      let before = await objects();
      for (const more of [1, 2, 6, 9]) {
        const pushing = startAto("push", url, "--db", here!);
        let isOver = false;
        pushing.ended.then(() => isOver = true);
        try {
          await until(
            "pushing",
            async () => isOver || await objects() >= before + more,
            pushing,
          );
        } finally {
          pushing.process.kill("SIGKILL");
        }
        await pushing.ended;
        before = await objects();
      }
      await pushRuns(here!, url, QUIET);
      const status = await hubStatus(url);
      assertEquals([status.runs, status.rows], [450, 450 * 400]);
      assertEquals((await pushRuns(here!, url, QUIET)).bytes, 0);

      const counted = async (): Promise<number> => {
        try {
          return Object.keys(await dump(there!)).length;
        } catch {
          // It is being made.
          return 0;
        }
      };
      for (const runs of [1, 100, 300]) {
        const pulling = startAto("pull", url, "--db", there!);
        let isOver = false;
        pulling.ended.then(() => isOver = true);
        try {
          await until(
            "pulling",
            async () => isOver || await counted() >= runs,
            pulling,
          );
        } finally {
          pulling.process.kill("SIGKILL");
        }
        await pulling.ended;
        assert(await counted() >= runs);
      }
      const { lost } = await pullRuns(there!, url, QUIET);
      assertEquals(lost, []);
      assertSame(await dump(there!), await dump(source!));
    });
  },
);
