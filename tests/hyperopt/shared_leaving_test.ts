/** Processes of a shared study that are ended at any time. */
import { test } from "node:test";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { SharedStudyReader } from "../../hyperopt/mod.ts";
import { soon } from "../_shared/patience.ts";
import { start } from "../tracker/_helpers.ts";
import { startRelay } from "./_relay.ts";

test(
  "runSharedStudy: a process that SIGTERM ends while it comes says that it leaves",
  {
    skip: process.platform === "win32",
  },
  async () => {
    const [come, go] = [
      Promise.withResolvers<number>(),
      Promise.withResolvers<void>(),
    ];
    const relay = await startRelay(60_000, async (call, [, key, value]) => {
      if (call !== "append" || !String(key).startsWith("hello:")) return;
      come.resolve(JSON.parse(String(value)).pid);
      await go.promise;
    });
    const env = { ATO_WORKERS: relay.url, ATO_SEARCH: "leaving" };
    const member = start("../hyperopt/_shared_member.ts", [], { env });
    try {
      const pid = await soon(come.promise, () => member.stderr());
      process.kill(pid, "SIGTERM");
      go.resolve();
      await soon(member.ended, () => member.stderr());
      const reader = new SharedStudyReader(relay.connect("leaving"));
      const { members } = await reader.read();
      assertEquals(members.map(({ state }) => state), ["left"]);
    } finally {
      go.resolve();
      member.process.kill("SIGKILL");
      await relay.end();
    }
  },
);
