import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { identifyProcess, isAlive } from "../../internal/process_identity.ts";

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
  async () => {
    // The shell becomes a program that knows nothing of the child.
    const parent = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 600"]);
    try {
      const pid = await new Promise<number>((done) =>
        parent.stdout.once("data", (text) => done(Number(text)))
      );
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
  },
);
