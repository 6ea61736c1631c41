/** What programs print: that nothing of it is mixed up, that its size is bounded, and that it goes with its run. */
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type ConsolePart,
  type ConsoleStream,
  deleteRuns,
  emptyTrash,
  mergeRuns,
  SQLFinder,
  SQLLogger,
  StorageError,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { configIn, inFolder } from "./_helpers.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const MEBIBYTE = 1024 * 1024;

async function record(
  folder: string,
  printed: readonly (readonly [ConsoleStream, Uint8Array])[],
): Promise<number> {
  const logger = new SQLLogger(configIn(folder), { snapshot: false });
  const id = await logger.run();
  for (const [stream, part] of printed) logger.logConsole(stream, part);
  await logger.finish();
  return id;
}

async function consoleOf(
  folder: string,
  run: number,
  options = {},
): Promise<ConsolePart[]> {
  const finder = new SQLFinder(configIn(folder));
  try {
    return await finder.consoleOf(run, options);
  } finally {
    await finder.close();
  }
}

function joined(parts: readonly ConsolePart[]): string {
  return parts.map((part) => new TextDecoder("latin1").decode(part.bytes))
    .join("");
}

test("logConsole: bytes come back as they were, in their order, each with its stream", async () => {
  const streams = fc.constantFrom<ConsoleStream>("stdout", "stderr");
  const printed = fc.array(
    fc.tuple(streams, fc.uint8Array({ minLength: 1, maxLength: 300 })),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(printed, async (all) => {
      await inFolder(async (folder) => {
        const id = await record(folder, all);
        const parts = await consoleOf(folder, id);
        let at = 0;
        for (const [i, [stream, part]] of all.entries()) {
          assertEquals([...parts[i]!.bytes], [...part]);
          assertEquals([parts[i]!.stream, parts[i]!.start], [stream, at]);
          at += part.length;
        }
        assertEquals(parts.length, all.length);
      });
    }),
    { seed: 3, numRuns: 10 },
  );
});

test("logConsole: of a long output the start and the end stay, and the gap can be seen", async () => {
  await inFolder(async (folder) => {
    const line = (n: number) => `${String(n).padStart(15, "0")}\n`;
    const lines = 9 * MEBIBYTE / 16;
    const text = Array.from({ length: lines }, (_, n) => line(n)).join("");
    const pieces = Array.from(
      { length: 9 * 8 },
      (_, i) =>
        [
          "stdout",
          bytes(text.slice(i * MEBIBYTE / 8, (i + 1) * MEBIBYTE / 8)),
        ] as const,
    );
    const id = await record(folder, pieces);
    const parts = await consoleOf(folder, id);
    const kept = joined(parts);
    assert(kept.startsWith(line(0)) && kept.endsWith(line(lines - 1)));
    assert(kept.length >= 5 * MEBIBYTE && kept.length <= 5.5 * MEBIBYTE);
    let end = 0;
    const gaps = parts.filter(({ start, bytes }) => {
      const isGap = start > end;
      end = start + bytes.length;
      return isGap;
    });
    assertEquals(gaps.length, 1);
    assertEquals(end, text.length);
    // What is kept is at the place where it was printed.
    for (const { start, bytes } of parts) {
      assertEquals(
        new TextDecoder().decode(bytes.subarray(0, 16)),
        text.slice(start, start + 16),
      );
    }
    const later = await consoleOf(folder, id, { after: gaps[0]!.start });
    assertEquals(later[0]!.start, gaps[0]!.start);
  });
});

test("logConsole: the buffer of the caller can be used again", async () => {
  await inFolder(async (folder) => {
    const buffer = bytes("first");
    const logger = new SQLLogger(configIn(folder), { snapshot: false });
    const id = await logger.run();
    logger.logConsole("stdout", buffer);
    buffer.fill(0);
    await logger.finish();
    assertEquals(joined(await consoleOf(folder, id)), "first");
  });
});

test("logConsole: what is no stream and no bytes is refused", async () => {
  await inFolder(async (folder) => {
    const logger = new SQLLogger(configIn(folder), { snapshot: false });
    await logger.run();
    const log = logger.logConsole.bind(logger) as (...words: unknown[]) => void;
    for (const words of [["stdin", bytes("x")], ["stdout", "text"], []]) {
      assertThrows(() => log(...words), TrackerUsageError, "Cannot record");
    }
    await logger.finish();
    assertThrows(() => logger.logConsole("stdout", bytes("x")), Error, "run");
  });
});

test("consoleOf: a run without output, and a run that does not exist, have none", async () => {
  await inFolder(async (folder) => {
    const id = await record(folder, []);
    assertEquals(await consoleOf(folder, id), []);
    assertEquals(await consoleOf(folder, 99), []);
  });
});

test("mergeRuns: the output goes with its run; gc --sources erases it, and gc erases that of erased runs", async () => {
  await inFolder(async (folder) => {
    const other = join(folder, "other");
    const id = await record(folder, [["stderr", bytes("a secret?")]]);
    await mergeRuns(configIn(other), join(folder, "runs.db"));
    assertEquals(joined(await consoleOf(other, 1)), "a secret?");
    await emptyTrash(configIn(other), { sources: true, vacuum: true });
    assertEquals(await consoleOf(other, 1), []);
    assert(await consoleOf(folder, id).then((parts) => parts.length === 1));
    await deleteRuns(configIn(folder), [id]);
    await emptyTrash(configIn(folder), { olderThanDays: 0 });
    const file = new DatabaseSync(join(folder, "runs.db"));
    const rows = file.prepare("SELECT count(*) AS n FROM console").get();
    file.close();
    assertEquals(rows?.["n"], 0);
  });
});

test("consoleOf: a damaged piece is an error that names the run", async () => {
  for (
    const damage of ["x'00'", "x'789c010500fbff0900000000'", "zeroblob(9)"]
  ) {
    await inFolder(async (folder) => {
      const id = await record(folder, [["stdout", bytes("text")]]);
      const file = new DatabaseSync(join(folder, "runs.db"));
      file.exec(`UPDATE console SET content = ${damage}`);
      file.close();
      const { message } = await assertRejects(
        () => consoleOf(folder, id),
        StorageError,
      );
      assert(message.includes("console"), message);
    });
  }
});

test("consoleOf: reads a stored file of schema version 6, and nothing from version 5", async () => {
  for (const [version, expected] of [[6, "loss=1\na warning\n"], [5, ""]]) {
    await inFolder(async (folder) => {
      copyFileSync(
        fileURLToPath(new URL(`schema_${version}.db`, import.meta.url)),
        join(folder, "runs.db"),
      );
      const before = readFileSync(join(folder, "runs.db"));
      assertEquals(joined(await consoleOf(folder, 1)), expected);
      assertEquals(readFileSync(join(folder, "runs.db")), before);
    });
  }
});

test("consoleOf: with `most` it reads the last pieces, or those after a place, and no more than needed", async () => {
  await inFolder(async (folder) => {
    const part = new Uint8Array(50_000);
    const run = await record(
      folder,
      Array.from({ length: 30 }, (_, i) => ["stdout", part.fill(i).slice()]),
    );
    const all = await consoleOf(folder, run);
    for (const most of [1, 49_999, 50_000, 50_001, 400_000, 10 ** 9]) {
      const count = Math.min(30, Math.ceil(most / 50_000));
      const last = await consoleOf(folder, run, { most });
      assertEquals(last, all.slice(-count), `the last ${most}`);
      for (const after of [0, 1, 700_000]) {
        const first = all.findIndex(({ start }) => start >= after);
        assertEquals(
          await consoleOf(folder, run, { after, most }),
          all.slice(first, first + count),
          `${most} after ${after}`,
        );
      }
    }
    await assertRejects(
      () => consoleOf(folder, run, { most: 0 }),
      TrackerUsageError,
    );
  });
});

/** Records with a head each, as a piece stores them. */
function packed(records: readonly Uint8Array[]): Uint8Array {
  return deflateSync(Buffer.concat(records.flatMap((record) => {
    const head = Buffer.alloc(5);
    head.writeUInt32LE(record.length, 1);
    return [head, record];
  })));
}

const LIES: readonly [what: string, bytes: number, content: Uint8Array][] = [
  ["says that it is short", 1, packed([new Uint8Array(1_000_000)])],
  ["says that it is long", 9, packed([bytes("abc")])],
  ["has only empty parts", 1, packed(Array(1_000).fill(new Uint8Array()))],
  ["has an empty part", 3, packed([bytes("abc"), new Uint8Array()])],
  ["has nothing", 0, packed([])],
];

for (const [what, length, content] of LIES) {
  test(`consoleOf: a piece that ${what} is damage: a small file must not fill the memory`, async () => {
    await inFolder(async (folder) => {
      const run = await record(folder, [["stdout", bytes("sound")]]);
      const file = new DatabaseSync(join(folder, "runs.db"));
      file.prepare(
        "INSERT INTO console (run_id, attempt, start, bytes, at, content) SELECT run_id, attempt, 5, ?, 0, ? FROM attempts WHERE run_id = ?",
      ).run(length, content, run);
      file.close();
      for (const options of [{}, { most: 10 }, { after: 5 }]) {
        await assertRejects(
          () => consoleOf(folder, run, options),
          StorageError,
          "console.",
        );
      }
    });
  });
}
