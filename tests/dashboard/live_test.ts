import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { makeRun, withDashboard } from "./_lib.ts";

test("dashboard: an open page hears of changes, and the server waits for none when it is closed", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ dashboard, dbPath }) => {
    const stop = new AbortController();
    const { body, headers } = await fetch(`${dashboard.url}api/events`, {
      signal: stop.signal,
    });
    assertEquals(headers.get("content-type"), "text/event-stream");
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, ": open\n\n");
    const writing = writeUntil(dbPath, stop.signal);
    const { value = "" } = await reader.read();
    assert(/^event: change\ndata: \{"version":\d+\}\n\n/.test(value), value);
    stop.abort();
    await writing;
  }));

/** Writes runs until the signal: the change must not come before the server looked for the first time. */
async function writeUntil(dbPath: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await makeRun(dbPath);
}

test("dashboard: close ends open connections", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ dashboard }) => {
    const { body } = await fetch(`${dashboard.url}api/events`);
    const reader = body!.getReader();
    await reader.read();
    await dashboard.close();
    const ended = await reader.read().then(({ done }) => done, () => true);
    assertEquals(ended, true);
  }));
