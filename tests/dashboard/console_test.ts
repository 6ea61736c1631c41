import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { deflateSync } from "node:zlib";
import type { ConsoleReply } from "../../dashboard/api_types.ts";
import { until } from "../_shared/patience.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The text of an answer. */
function textOf({ pieces }: ConsoleReply): string {
  return pieces.map(({ text }) => text).join("");
}

test("dashboard: the output of a run has its streams in order", () =>
  withDashboard(async (dbPath) => {
    const { logger } = await startRun(dbPath, {});
    logger.logConsole("stdout", bytes("one\n"));
    logger.logConsole("stderr", bytes("two\n"));
    logger.logConsole("stdout", bytes("three ü"));
    await logger.finish();
  }, async ({ get }) => {
    const { body } = await get("/api/runs/1/console");
    assertEquals(body, {
      pieces: [
        { stream: "stdout", missing: 0, text: "one\n" },
        { stream: "stderr", missing: 0, text: "two\n" },
        { stream: "stdout", missing: 0, text: "three ü" },
      ],
      start: 0,
      end: 16,
      isRunning: false,
    });
  }));

test("dashboard: a run without output, and one that does not exist", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ get }) => {
    const { body } = await get("/api/runs/1/console");
    assertEquals([body.pieces, body.start, body.end], [[], 0, 0]);
    assertEquals((await get("/api/runs/1/console?from=5")).body.end, 0);
    assertEquals((await get("/api/runs/9/console")).status, 404);
    for (const query of ["from=-1", "from=x", "most=0", "most=99999999"]) {
      assertEquals((await get(`/api/runs/1/console?${query}`)).status, 400);
    }
  }));

test("dashboard: an answer is bounded; it is the end of the output, and what is before it can be had", () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `line ${i}\n`).join(
    "",
  );
  return withDashboard(async (dbPath) => {
    const { logger } = await startRun(dbPath, {});
    logger.logConsole("stdout", bytes(lines));
    await logger.finish();
  }, async ({ get }) => {
    const { body: last } = await get("/api/runs/1/console");
    assertEquals([last.end - last.start, last.end], [256 * 1024, lines.length]);
    assert(lines.endsWith(textOf(last)));
    const { body: before } = await get(
      `/api/runs/1/console?from=${last.start - 1000}&most=1000`,
    );
    assertEquals(before.end, last.start);
    assert(lines.endsWith(textOf(before) + textOf(last)));
  });
});

test("dashboard: the bytes in the middle of a long output that were not kept are counted", () =>
  withDashboard(async (dbPath) => {
    const { logger } = await startRun(dbPath, {});
    const part = bytes("x".repeat(256 * 1024));
    for (let i = 0; i < 30; i++) logger.logConsole("stdout", part);
    await logger.finish();
  }, async ({ get }) => {
    const { body } = await get(`/api/runs/1/console?from=${1024 * 1024 - 10}`);
    const gaps = body.pieces.map(({ missing }: { missing: number }) => missing);
    assertEquals(gaps[0], 0);
    assert(gaps[1] > 1024 * 1024, String(gaps));
  }));

test("dashboard: answers that follow each other give the whole output, and cut no character", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 4, max: 9 }),
      async (texts, most) => {
        const whole = texts.join("");
        await withDashboard(async (dbPath) => {
          const { logger } = await startRun(dbPath, {});
          for (const text of texts) logger.logConsole("stdout", bytes(text));
          await logger.finish();
        }, async ({ get }) => {
          let [found, from] = ["", 0];
          for (;;) {
            const { body } = await get(
              `/api/runs/1/console?from=${from}&most=${most}`,
            );
            if (body.pieces.length === 0) break;
            found += textOf(body);
            from = body.end;
          }
          assertEquals(found, whole.toWellFormed());
        });
      },
    ),
    { numRuns: 8 },
  ));

test("dashboard: the output of a running run is followed from where the last answer ended", () =>
  withDashboard(() => Promise.resolve(), async ({ dbPath, get }) => {
    const { logger, id } = await startRun(dbPath, {});
    const read = async (from: number) =>
      (await get(`/api/runs/${id}/console?from=${from}`)).body as ConsoleReply;
    let reply = await read(0);
    let text = textOf(reply);
    const untilText = (wanted: string) =>
      until(async () => {
        reply = await read(reply.end);
        text += textOf(reply);
        return text === wanted;
      }, () => `${text} is not ${wanted}`);
    logger.logConsole("stdout", bytes("first "));
    await untilText("first ");
    assertEquals(reply.isRunning, true);
    logger.logConsole("stderr", bytes("second"));
    await untilText("first second");
    await logger.finish();
    assertEquals((await read(0)).isRunning, false);
  }));

test("dashboard: of a file in which little holds much output, only what is shown is read", () =>
  withDashboard(async (dbPath) => {
    await makeRun(dbPath);
    const file = new DatabaseSync(dbPath);
    const insert = file.prepare(
      "INSERT INTO console (run_id, attempt, start, bytes, at, content) SELECT run_id, attempt, ?, ?, 0, ? FROM attempts",
    );
    // 900 kB of zeros in 1 kB, one after the other; the first one is damaged, so that reading it would be seen.
    const size = 900_000;
    const record = new Uint8Array(5 + size);
    new DataView(record.buffer).setUint32(1, size, true);
    const content = deflateSync(record);
    for (let i = 0; i < 64; i++) {
      insert.run(i * size, size, i === 0 ? new Uint8Array(4) : content);
    }
    file.close();
  }, async ({ get }) => {
    const end = 64 * 900_000;
    const { body } = await get("/api/runs/1/console");
    assertEquals([body.start, body.end], [end - 256 * 1024, end]);
    const part = await get(`/api/runs/1/console?from=5000000&most=1000`);
    assertEquals([part.body.start, part.body.end], [5_000_000, 5_001_000]);
    assertEquals((await get("/api/runs/1/console?from=0")).status, 500);
  }));
