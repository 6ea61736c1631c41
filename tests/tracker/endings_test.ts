/** How a run ends, without a file. */
import { assertEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Endings } from "../../tracker/_endings.ts";
import type { FinishOptions } from "../../tracker/mod.ts";

/** A run that notes what is asked of it. */
function fakeRun(fails = false) {
  const calls: string[] = [];
  const endings = new Endings({
    end(options: FinishOptions, amends: boolean): void {
      const { error, status = error === undefined ? "completed" : "failed" } =
        options;
      calls.push(amends ? `amend ${status}` : status);
      if (fails) throw new Error("the file is not writable");
    },
    release: () => calls.push("release"),
    warn: (message) => calls.push(`warn: ${message}`),
  });
  return { calls, endings };
}

test("Endings.finish: a second call does nothing", () => {
  const { calls, endings } = fakeRun();
  assertEquals(endings.isOpen, true);
  endings.finish({ status: "interrupted" });
  endings.finish({ error: new Error("too late") });
  assertEquals(endings.isOpen, false);
  assertEquals(calls, ["interrupted", "release"]);
});

test("Endings.finish: closes the file if the end cannot be written", () => {
  const { calls, endings } = fakeRun(true);
  assertThrows(() => endings.finish({}), Error, "not writable");
  assertEquals(endings.isOpen, false);
  assertEquals(calls, ["completed", "release"]);
});

test("Endings.dispose: an error in the same turn makes the run failed", async () => {
  const { calls, endings } = fakeRun();
  endings.dispose();
  assertEquals(calls, ["completed"]);
  endings.finish({});
  assertEquals(calls, ["completed"]);
  endings.finish({ error: new Error("left the block") });
  assertEquals(calls, ["completed", "amend failed", "release"]);
  await pause(10);
  assertEquals(calls.filter((call) => call !== "release").length, 2);
});

test("Endings.dispose: closes the file in the next turn, also if the end cannot be written", async () => {
  for (const fails of [false, true]) {
    const { calls, endings } = fakeRun(fails);
    if (fails) assertThrows(() => endings.dispose(), Error, "not writable");
    else endings.dispose();
    assertEquals(calls, ["completed"]);
    await pause(10);
    assertEquals(calls, ["completed", "release"]);
  }
});

test("Endings: watches the process while the run is open, and not longer", async () => {
  const before = process.listenerCount("exit");
  const { endings } = fakeRun();
  assertEquals(process.listenerCount("exit"), before + 1);
  endings.dispose();
  await pause(10);
  assertEquals(process.listenerCount("exit"), before);
});
