import { test } from "node:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { assertEquals, assertThrows } from "@std/assert";
import { sendSignal } from "../../cli/send_signal.ts";

test("sendSignal: a process that has ended gets no signal, and that is no error; a signal that is none is one", async () => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  const [code] = await once(child, "exit");
  assertEquals(code, 0);
  sendSignal(child.pid!, "SIGCONT");
  assertThrows(() => sendSignal(process.pid, "SIGNONE" as never));
});
