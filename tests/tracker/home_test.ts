/** A home folder in which nothing can be made keeps no run from being logged. */
import { assertEquals } from "@std/assert";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { configIn, inFolder, start } from "./_helpers.ts";
import { SQLFinder } from "../../tracker/mod.ts";

/** Milliseconds after which a process that does not end is ended. */
const PATIENCE = 60_000;

const HOMES: [string, (folder: string) => string][] = [
  ["a place where the system lets nobody make a folder", () => "/proc/ato"],
  ["a file", (folder) => {
    writeFileSync(join(folder, "home"), "");
    return join(folder, "home");
  }],
  ["a link to nowhere", (folder) => {
    symlinkSync(join(folder, "nowhere"), join(folder, "home"));
    return join(folder, "home");
  }],
];
for (const [name, make] of HOMES) {
  test(`SQLLogger: a run is logged if the home folder is ${name}`, {
    skip: !existsSync("/proc/self") && "this needs the /proc of Linux",
  }, async () => {
    await inFolder(async (folder) => {
      const state = join(make(folder), "state");
      const child = start("_child.ts", ["many", folder, "3"], {
        env: { HOME: process.env["HOME"] ?? folder, XDG_STATE_HOME: state },
      });
      const ending = setTimeout(() => child.process.kill("SIGKILL"), PATIENCE);
      assertEquals(await child.ended, { code: 0, signal: null });
      clearTimeout(ending);
      assertEquals(child.stderr(), "");
      const finder = new SQLFinder(configIn(folder));
      const [run] = await finder.getRunsInProject("demo");
      assertEquals((await run?.metrics.summary("loss"))?.count, 3);
      await finder.close();
    });
  });
}
