import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { chooseDriver, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { type Child, configIn, inFolder, isDeno, start } from "./_helpers.ts";

/** Not `child.kill`: under Deno that reports the signal as the end, whatever the process made of it. */
function send(child: Child, signal: string): void {
  process.kill(child.process.pid!, signal);
}

async function lastRun(folder: string) {
  const finder = new SQLFinder(configIn(folder));
  const runs = await finder.getRunsInProject("demo");
  return { finder, run: runs.at(-1)! };
}

test("logMetric: 8 processes log 5,000 points each into one file, and none is lost", async () => {
  await inFolder(async (folder) => {
    const children = Array.from(
      { length: 8 },
      () => start("_child.ts", ["many", folder, "5000"]),
    );
    for (const child of children) {
      assertEquals(
        await child.ended,
        { code: 0, signal: null },
        child.stderr(),
      );
      assertEquals(child.stderr(), "");
    }
    const finder = new SQLFinder(configIn(folder));
    const runs = await finder.getRunsInProject("demo");
    assertEquals(runs.length, 8);
    assertEquals((await finder.listProjects()).length, 1);
    for (const run of runs) {
      assertEquals(run.status, "completed");
      const steps: number[] = [];
      let after;
      do {
        const page = await run.metrics.points("loss", {
          limit: 2000,
          ...(after && { after }),
        });
        steps.push(...page.points.map((point) => point.step));
        after = page.next;
      } while (after !== undefined);
      assertEquals(steps, Array.from({ length: 5000 }, (_, i) => i));
      assertEquals((await run.metrics.summary("loss"))?.count, 5000);
    }
    await finder.close();
  });
});

/** The last step that a script said it had logged. */
function acknowledged(child: Child): number {
  const line = child.lines.findLast((one) => one.startsWith("step "));
  return Number(line?.slice(5));
}

test("logMetric: a point survives kill -9; the run is crashed, and can be resumed", async () => {
  await inFolder(async (folder) => {
    const first = start("_child.ts", ["forever", folder]);
    const id = Number((await first.line("run ")).slice(4));
    await first.line("step 5000");
    const { finder, run } = await lastRun(folder);
    assertEquals(run.status, "running");
    send(first, "SIGKILL");
    await first.ended;
    const logged = acknowledged(first);
    assertEquals(run.status, "crashed");
    const summary = (await run.metrics.summary("loss"))!;
    assertGreater(summary.lastStep, logged - 1);
    assertEquals(summary.count, summary.lastStep + 1);
    assertEquals(summary.lastStep <= logged + 1, true);

    // It must not come as far as the first one before it is killed.
    const words = ["forever", folder, String(id), "100", "150"];
    const second = start("_child.ts", words);
    await second.line("step 150");
    assertEquals((await finder.findRun(id))?.status, "running");
    send(second, "SIGKILL");
    await second.ended;
    const resumed = (await finder.findRun(id))!;
    assertEquals(resumed.attempts.map((one) => one.fromStep), [undefined, 100]);
    const after = (await resumed.metrics.summary("loss"))!;
    assertEquals(after.count, after.lastStep + 1);
    assertEquals(after.lastStep < logged, true);
    await finder.close();
  });
});

test("logMetric: a point survives kill -9 in an outage, and is stored once", async () => {
  await inFolder(async (folder) => {
    const child = start("_child.ts", ["impatient", folder]);
    const id = Number((await child.line("run ")).slice(4));
    await child.line("step 50");
    const holder = (await chooseDriver()).connect(join(folder, "runs.db"));
    holder.exec("PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE");
    // The first look at the lock begins the outage; all that is printed later was logged in it.
    const warning = await child.line("warning ");
    assertStringIncludes(warning, "another process holds the lock");
    const before = child.lines.slice(0, child.lines.indexOf(warning));
    const steps = before.filter((line) => line.startsWith("step ")).length;
    await child.line(`step ${steps + 500}`);
    send(child, "SIGKILL");
    await child.ended;
    const logged = acknowledged(child);
    holder.exec("ROLLBACK");
    holder.close();

    const next = new SQLLogger(configIn(folder));
    await next.run();
    await next.finish();
    const finder = new SQLFinder(configIn(folder));
    const run = (await finder.findRun(id))!;
    assertEquals([run.status, run.dropped], ["crashed", 0]);
    const { points } = await run.metrics.points("loss", { limit: 1_000_000 });
    // More than was printed may have been logged, never less.
    assertGreater(points.length, logged);
    const all = Array.from(points, (_, i) => [i, i]);
    assertEquals(points.map(({ step, value }) => [step, value]), all);
    await finder.close();
  });
});

test(
  "SQLLogger: if a full disk cuts the spill file, no point is stored twice, and every lost one is counted",
  {
    skip: process.platform === "win32" && "only where the shell limits files",
  },
  async () => {
    await inFolder(async (folder) => {
      // As on a full disk, a write ends in the middle, and the rest of it fails.
      const limit = [
        "sh",
        "-c",
        "trap '' XFSZ; ulimit -f 1400; exec \"$@\"",
        "sh",
      ];
      const child = start("_child.ts", ["filling", folder, "40000"], {
        env: { DENO_NO_UPDATE_CHECK: "1" },
        wrap: (command) => [...limit, ...command],
      });
      assertEquals(
        await child.ended,
        { code: 0, signal: null },
        child.stderr(),
      );
      assert(child.lines.includes("logged 40000"), child.stderr());
      assertMatch(
        child.stderr(),
        /\d+ points of run .* were lost: the buffer and the spill file are full$/m,
      );

      const next = new SQLLogger(configIn(folder));
      await next.run();
      await next.finish();
      const finder = new SQLFinder(configIn(folder));
      const [run] = await finder.getRunsInProject("demo");
      const { points } = await run!.metrics.points("loss", { limit: 100_000 });
      const steps = points.map(({ step }) => step);
      assertEquals(new Set(steps).size, steps.length);
      assertEquals(points.every(({ step, value }) => step === value), true);
      const said = Number(/(\d+) points of run/.exec(child.stderr())![1]);
      assertEquals(steps.length + said, 40_000);
      await finder.close();
    });
  },
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`SQLLogger: ${signal} ends a run as interrupted, and still ends the process`, async () => {
    await inFolder(async (folder) => {
      const child = start("_child.ts", ["waiting", folder]);
      await child.line("run ");
      send(child, signal);
      assertEquals((await child.ended).signal, signal);
      const { finder, run } = await lastRun(folder);
      assertEquals(run.status, "interrupted");
      assertEquals((await run.metrics.summary("loss"))?.count, 1);
      await finder.close();
    });
  });
}

test("SQLLogger: if the script handles SIGINT, its handler decides how the run ends", async () => {
  await inFolder(async (folder) => {
    const child = start("_child.ts", ["waiting", folder, "own"]);
    await child.line("run ");
    send(child, "SIGINT");
    assertEquals(await child.ended, { code: 0, signal: null }, child.stderr());
    assertEquals(child.lines.includes("own handler"), true);
    const { finder, run } = await lastRun(folder);
    assertEquals(run.status, "completed");
    await finder.close();
  });
});

test("SQLLogger: SIGINT stops a script that never lets the event loop turn", async () => {
  await inFolder(async (folder) => {
    const child = start("_child.ts", ["busy", folder]);
    await child.line("computing");
    send(child, "SIGINT");
    assertEquals((await child.ended).signal, "SIGINT");
    const { finder, run } = await lastRun(folder);
    assertEquals(run.status, "crashed");
    assertGreater((await run.metrics.summary("loss"))!.count, 0);
    await finder.close();
  });
});

const ENDINGS = [
  { how: "throw", status: "failed", message: "the loss went up" },
  { how: "exit", status: "failed", message: "exit code 3" },
  { how: "dispose", status: "failed", message: "within the block" },
  { how: "forgotten", status: "completed", message: undefined },
];
for (const { how, status, message } of ENDINGS) {
  test(`SQLLogger: a script that ends by "${how}" leaves its run ${status}`, async () => {
    await inFolder(async (folder) => {
      const child = start("_child.ts", ["ending", folder, how]);
      await child.ended;
      const { finder, run } = await lastRun(folder);
      assertEquals(run.status, status, child.stderr());
      if (message !== undefined) {
        assertStringIncludes(run.error!.message, message);
      }
      await finder.close();
    });
  });
}

/** Mounts a small file system, or tells why not. */
function mountSmall(folder: string): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=5m", "tmpfs", folder], {
      stdio: "pipe",
    });
    return undefined;
  } catch (error) {
    return `cannot mount a small file system: ${
      (error as Error).message.trim()
    }`;
  }
}

test("SQLLogger: on a full disk it warns once, the program continues, and the file stays readable", async (t) => {
  await inFolder(async (parent) => {
    const folder = join(parent, "small");
    const reason = process.platform === "linux"
      ? mountSmall(folder)
      : "only on Linux";
    if (reason !== undefined) {
      console.log(`skipped: ${reason}`);
      return t.skip?.(reason);
    }
    try {
      const child = start("_child.ts", ["filling", folder, "60000"]);
      assertEquals(
        await child.ended,
        { code: 0, signal: null },
        child.stderr(),
      );
      assert(child.lines.includes("logged 60000"));
      const errors = child.stderr().split("\n").filter((line) =>
        line.includes("disk is full")
      );
      assertEquals(errors.length, 1, child.stderr());
      const { finder, run } = await lastRun(folder);
      const summary = (await run.metrics.summary("loss"))!;
      assertGreater(summary.count, 500);
      assertMatch(
        child.stderr(),
        /\d+ points of run .* were lost: the buffer and the spill file are full$/m,
      );
      assertEquals(summary.count, summary.lastStep + 1);
      await finder.close();
    } finally {
      execFileSync("umount", ["-l", folder]);
    }
  });
});

test(
  "SQLLogger: logs without the permissions for the environment, and prompts for none",
  {
    skip: !isDeno && "only Deno has permissions",
  },
  async () => {
    await inFolder(async (folder) => {
      const wrap = (command: string[]): string[] =>
        command.flatMap((word) =>
          word === "-A" ? ["--allow-read", "--allow-write"] : [word]
        );
      const child = start("_child.ts", ["many", folder, "10"], { wrap });
      assertEquals(
        await child.ended,
        { code: 0, signal: null },
        child.stderr(),
      );
      assertEquals(child.stderr(), "");
      const { finder, run } = await lastRun(folder);
      assertEquals([run.status, run.environment.host, run.environment.git], [
        "completed",
        undefined,
        undefined,
      ]);
      await finder.close();
    });
  },
);
