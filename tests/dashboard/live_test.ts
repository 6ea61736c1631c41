import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { LiveChanges } from "../../dashboard/server/live.ts";
import { until } from "../_shared/patience.ts";
import { makeRun, withDashboard } from "./_lib.ts";

test("dashboard: an open page hears of changes, and the server waits for none when it is closed", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ dashboard, dbPath }) => {
    const stop = new AbortController();
    const { body, headers } = await fetch(`${dashboard.url}api/events`, {
      signal: stop.signal,
    });
    assertEquals(headers.get("content-type"), "text/event-stream");
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const readUntil = async (wanted: RegExp) => {
      while (!wanted.test(text)) {
        const { value, done } = await reader.read();
        assert(!done, text);
        text += value;
      }
    };
    await readUntil(/^: open\n\n/);
    const writing = writeUntil(dbPath, stop.signal);
    try {
      // On a slow machine a comment that keeps the connection open can come before.
      await readUntil(/^event: .*\ndata: .*\n\n/m);
    } finally {
      stop.abort();
      await writing;
    }
    assert(
      /^: open\n\n(?:: alive\n\n)*event: change\ndata: \{"version":\d+\}\n\n/
        .test(text),
      text,
    );
  }));

test("dashboard: pages that come and go while the file is looked at do not add looks", async () => {
  const looks: PromiseWithResolvers<string>[] = [];
  const live = new LiveChanges({
    state() {
      const look = Promise.withResolvers<string>();
      looks.push(look);
      return look.promise;
    },
  } as never, 1);
  const heard: number[] = [];
  const [first, second] = [new AbortController(), new AbortController()];
  try {
    live.listen(() => heard.push(1), first.signal);
    await until(() => looks.length > 0, () => "there is no look");
    first.abort();
    live.listen(() => heard.push(2), second.signal);
    await new Promise((done) => setTimeout(done, 20));
    assertEquals(looks.length, 1);
    // The look goes on for the second one.
    for (const [i, state] of ["a", "b"].entries()) {
      await until(() => looks.length > i, () => `there is no look ${i}`);
      looks[i]!.resolve(state);
    }
    await until(() => looks.length > 2, () => "there is no third look");
    assertEquals([looks.length, heard], [3, [2]]);
  } finally {
    live.close();
  }
});

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
