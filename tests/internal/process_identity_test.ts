import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess, isAlive } from "../../internal/process_identity.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

test("a process is alive while it runs", () => {
  assertEquals(isAlive(identifyProcess()), true);
  assertEquals(isAlive({ ...identifyProcess(), pidStart: "1" }), false);
  assertEquals(isAlive({ ...identifyProcess(), host: "elsewhere" }), undefined);
});

test(
  "a process that has ended is not alive, although its parent never asks for it",
  {
    skip: process.platform !== "linux",
  },
  () =>
    withTempFolder(async (folder) => {
      const hold = join(folder, "hold");
      writeFileSync(hold, "");
      // The shell becomes a program that knows nothing of the child.
      const parent = spawn("sh", [
        "-c",
        '(while [ -e "$0" ]; do sleep 0.1; done) & echo $!; exec sleep 600',
        hold,
      ]);
      try {
        const pid = await new Promise<number>((done) =>
          parent.stdout.once("data", (text) => done(Number(text)))
        );
        const nameOfParent = () =>
          readFileSync(`/proc/${parent.pid}/comm`, "utf8").trim();
        while (nameOfParent() !== "sleep") await delay(10);
        // Only now: the shell would ask for a child that ends before.
        rmSync(hold);
        const stat = (): string[] => {
          const text = readFileSync(`/proc/${pid}/stat`, "utf8");
          return text.slice(text.lastIndexOf(")") + 2).split(" ");
        };
        while (stat()[0] !== "Z") await delay(10);
        const pidStart = stat()[19]!;
        assertEquals(isAlive({ ...identifyProcess(), pid, pidStart }), false);
      } finally {
        parent.kill("SIGKILL");
      }
    }, "process"),
);
