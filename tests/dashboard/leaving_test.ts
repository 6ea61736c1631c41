/** Questions whose askers leave before they are answered. */
import { test } from "node:test";
import { request } from "node:http";
import { assertEquals, assertRejects } from "@std/assert";
import { createApp } from "../../dashboard/server/app.ts";
import { ArtifactFolders } from "../../dashboard/server/artifact_folders.ts";
import {
  JobDesk,
  type JobWorker,
} from "../../dashboard/server/jobs/job_desk.ts";
import {
  interrupted,
  JobThread,
} from "../../dashboard/server/jobs/job_thread.ts";
import type { JobInput } from "../../dashboard/server/jobs/jobs.ts";
import { LiveChanges } from "../../dashboard/server/live.ts";
import { AnswerError } from "../../dashboard/server/reply.ts";
import { listen } from "../../dashboard/server/serve.ts";
import { Source } from "../../dashboard/server/source.ts";
import { NoThreadError } from "../../dashboard/server/threads.ts";
import { Studies } from "../../dashboard/server/studies.ts";
import { PATIENCE } from "../_shared/patience.ts";
import { makeRun, withDashboard } from "./_lib.ts";

/** A thread that answers when the test says so. */
class SlowThread implements JobWorker {
  readonly isEnded = false;
  /** What it was asked, in order: `versions 1`. */
  readonly asked: string[] = [];
  /** What it had to stop. */
  readonly stopped: string[] = [];
  #answer = Promise.withResolvers<string>();

  run(name: string, { id = "" }: JobInput, signal: AbortSignal) {
    const text = `${name} ${id}`.trim();
    this.asked.push(text);
    const { promise, reject } = this.#answer = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => {
      this.stopped.push(text);
      reject(interrupted());
    }, { once: true });
    return promise;
  }

  answer(text: string): void {
    this.#answer.resolve(text);
  }

  close(): Promise<void> {
    // It may have been asked nothing.
    this.#answer.promise.catch(() => {});
    this.#answer.reject(interrupted());
    return Promise.resolve();
  }
}

interface Slow {
  readonly desk: JobDesk;
  readonly source: Source;
  readonly thread: SlowThread;
  /** Asks the question `id`. */
  ask(id: number, signal?: AbortSignal): Promise<string>;
}

/** A desk over a file with a run, whose thread is slow. */
function withSlowDesk(
  work: (slow: Slow) => Promise<void>,
  grace = 0,
): Promise<void> {
  return withDashboard(
    (db) => makeRun(db, { metrics: { loss: [1] } }),
    async ({ dbPath }) => {
      const thread = new SlowThread();
      const source = new Source(dbPath, () => {});
      const desk = new JobDesk({
        source,
        dbPath,
        onWarning() {},
        startThread: () => thread,
        grace,
      });
      try {
        await source.state();
        await work({
          desk,
          source,
          thread,
          ask: (id, signal) =>
            desk.answer("versions", { id: String(id) }, signal),
        });
      } finally {
        await desk.close();
        await source.close();
      }
    },
  );
}

/** Waits until the last text of a list is the one. */
async function until(list: readonly string[], text: string): Promise<void> {
  for (const start = performance.now(); list.at(-1) !== text;) {
    if (performance.now() - start > PATIENCE) throw new Error(`no ${text}`);
    await new Promise((done) => setTimeout(done));
  }
}

const hasLeft = (answer: Promise<string>) =>
  assertRejects(() => answer, AnswerError, "has left");

test("leaving: another asker of the same question keeps its answer", () =>
  withSlowDesk(async ({ ask, thread }) => {
    const [one, other] = [new AbortController(), new AbortController()];
    const [first, second] = [ask(1, one.signal), ask(1, other.signal)];
    await until(thread.asked, "versions 1");
    one.abort();
    await hasLeft(first);
    assertEquals(thread.stopped, []);
    thread.answer("an answer");
    assertEquals(await second, "an answer");
    // Who asks later has it, too, and one who has left gets nothing.
    assertEquals(await ask(1), "an answer");
    await hasLeft(ask(1, AbortSignal.abort()));
    assertEquals(thread.asked.length, 1);
  }));

test("leaving: when the last asker leaves, the work is given up, and the next question is answered", () =>
  withSlowDesk(async ({ ask, thread }) => {
    const leave = new AbortController();
    const [given, again] = [ask(1, leave.signal), ask(1, leave.signal)];
    await until(thread.asked, "versions 1");
    const next = ask(2);
    leave.abort();
    await hasLeft(given);
    await hasLeft(again);
    await until(thread.stopped, "versions 1");
    await until(thread.asked, "versions 2");
    thread.answer("two");
    assertEquals(await next, "two");
    // The same question begins anew.
    const anew = ask(1);
    await until(thread.asked, "versions 1");
    thread.answer("one");
    assertEquals(await anew, "one");
  }));

test("leaving: a question that waits for its turn is never worked on, and takes no place", () =>
  withSlowDesk(async ({ ask, thread }) => {
    const first = ask(0);
    await until(thread.asked, "versions 0");
    for (let round = 0; round < 3; round++) {
      const leave = new AbortController();
      const waiting = Array.from(
        { length: 15 },
        (_, i) => ask(100 * round + i + 1, leave.signal),
      );
      // All 16 places are taken.
      await assertRejects(() => ask(99), AnswerError, "16 other questions");
      leave.abort();
      for (const one of waiting) await hasLeft(one);
    }
    const last = ask(99);
    thread.answer("zero");
    assertEquals(await first, "zero");
    await until(thread.asked, "versions 99");
    thread.answer("last");
    assertEquals(await last, "last");
    assertEquals(thread.asked, ["versions 0", "versions 99"]);
  }));

test("leaving: whoever asks the same soon after goes on with the work", () =>
  withSlowDesk(async ({ ask, thread }) => {
    const leave = new AbortController();
    const first = ask(1, leave.signal);
    await until(thread.asked, "versions 1");
    leave.abort();
    await hasLeft(first);
    // As a page that is loaded again does.
    const again = ask(1);
    thread.answer("an answer");
    assertEquals(await again, "an answer");
    assertEquals([thread.stopped.length, thread.asked.length], [0, 1]);
  }, 600_000));

test("leaving: without its thread, a question that nobody waits for is not worked on", () =>
  withSlowDesk(async ({ desk, ask, source, thread }) => {
    let reads = 0;
    const finder = source.finder.bind(source);
    source.finder = () => {
      reads++;
      return finder();
    };
    // A thread that fails only after it should have stopped.
    const failing = Promise.withResolvers<string>();
    thread.run = (name) => {
      thread.asked.push(name);
      return failing.promise;
    };
    const leave = new AbortController();
    const given = ask(1, leave.signal);
    await until(thread.asked, "versions");
    leave.abort();
    await hasLeft(given);
    reads = 0;
    failing.reject(new NoThreadError("it failed"));
    // The next question gets its turn after it, without a thread: it looks at the state of the file, and reads it.
    await desk.answer("changes", { project: "demo" });
    assertEquals(reads, 2);
  }));

test("leaving: a client that ends its request ends the work", () =>
  withSlowDesk(async ({ desk, source, thread }) => {
    const warnings: string[] = [];
    const app = createApp({
      source,
      desk,
      live: new LiveChanges(source, 1_000),
      artifacts: new ArtifactFolders([]),
      studies: new Studies(source),
      access: { host: "127.0.0.1" },
      onWarning: (line) => warnings.push(line),
    });
    const server = await listen((one) => app.fetch(one), {
      host: "127.0.0.1",
      port: 0,
      patience: 60_000,
    });
    try {
      for (
        const [path, text] of [
          ["/api/versions?project=demo&id=7", "versions 7"],
          ["/api/changes?project=demo", "changes"],
          ["/api/why?a=1&b=1", "why"],
        ] as const
      ) {
        const sent = request({ host: "127.0.0.1", port: server.port, path });
        sent.on("error", () => {});
        sent.end();
        await until(thread.asked, text);
        sent.destroy();
        await until(thread.stopped, text);
      }
    } finally {
      await server.close();
    }
    assertEquals(warnings, []);
  }));

test("leaving: a thread stops a job where it reads, and does the next one", () =>
  withDashboard(
    (db) => makeRun(db, { metrics: { loss: [1] } }),
    async ({ dbPath }) => {
      const thread = new JobThread({ dbPath, limit: 10 }, () => {});
      const ask = (signal: AbortSignal) =>
        thread.run("versions", { project: "demo", id: "config:lr" }, signal);
      try {
        for (let again = 0; again < 2; again++) {
          await assertRejects(
            () => ask(AbortSignal.abort()),
            AnswerError,
            "the work was interrupted",
          );
          const text = await ask(new AbortController().signal);
          assertEquals(JSON.parse(text).versions.length, 1);
        }
      } finally {
        await thread.close();
      }
      // One that is closed before it is loaded takes no job either.
      const closed = new JobThread({ dbPath, limit: 10 }, () => {});
      const answer = closed.run("changes", {}, new AbortController().signal);
      const rejected = assertRejects(() => answer, AnswerError, "interrupted");
      await closed.close();
      await rejected;
    },
  ));
