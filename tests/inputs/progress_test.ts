/** Tests of the line that shows how far hashing has come. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { test } from "node:test";
import {
  hashingProgress,
  type HashProgress,
  InputHasher,
  type ProgressStream,
} from "../../inputs/mod.ts";
import { inFolder, sha, write } from "./_record.ts";

const CLEAR = "\r\x1b[K";
const GIB = 2 ** 30;

/** A terminal that keeps what is written to it. */
function terminal(): ProgressStream & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, isTTY: true, write: (text) => lines.push(text) };
}

test("hashingProgress: there is a line after two seconds of hashing, and it goes away", () => {
  const stream = terminal();
  let now = 50;
  const report = hashingProgress(stream, () => now)!;
  const at = (time: number, done: number) => {
    now = time;
    report({ path: "/d/a\x1b.bin", done, total: 4 * GIB });
    return stream.lines.splice(0);
  };
  assertEquals([at(50, 0), at(1050, GIB), at(2049, GIB)], [[], [], []]);
  const line = (done: string) =>
    `${CLEAR}ato: hashing /d/a\\u001b.bin: ${done} of 4.0 GiB`;
  assertEquals([at(2050, GIB), at(2300, 2.5 * GIB)], [[line("1.0")], [
    line("2.5"),
  ]]);
  report({ path: "", done: 4 * GIB, total: 4 * GIB, isOver: true });
  assertEquals(stream.lines.splice(0), [CLEAR]);
  // What is hashed later has two seconds of its own.
  assertEquals([at(9000, 0), at(10_999, 0)], [[], []]);
  report({ path: "", done: 0, total: 0, isOver: true });
  assertEquals(stream.lines, []);
});

test("hashingProgress: a stream that is no terminal shows nothing", () => {
  assertEquals(hashingProgress({ write: () => {} }), undefined);
  assertEquals(hashingProgress({ isTTY: false, write: () => {} }), undefined);
});

/** Hashes three files; each takes longer than the time between two reports. Awaits the last report. */
async function hashSlowly(
  folder: string,
  stream: ProgressStream,
  clock: () => number,
): Promise<void> {
  const names = ["a.csv", "b.csv", "c.csv"];
  write(folder, Object.fromEntries(names.map((name) => [name, name])));
  const report = hashingProgress(stream, clock)!;
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const progress = (now: HashProgress) => {
    report(now);
    if (now.isOver) end();
  };
  const slow = {
    get: () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      return undefined;
    },
    set: () => {},
  };
  const hasher = new InputHasher({ cache: slow, progress });
  const found = await Promise.all(
    names.map((name) => hasher.hash({ path: join(folder, name) })),
  );
  assertEquals(
    found.map((one) => "sha256" in one ? one.sha256 : one),
    names.map(sha),
  );
  await isOver;
}

test("InputHasher: hashing that takes long has a line for the file, which is cleared at the end", async () => {
  await inFolder(async (folder) => {
    const stream = terminal();
    let now = 0;
    await hashSlowly(folder, stream, () => now += 1500);
    const [second = "", third = "", ...rest] = stream.lines;
    assertMatch(second, /ato: hashing \S+b\.csv: 0\.0 of 0\.0 GiB$/);
    assertMatch(third, /ato: hashing \S+c\.csv: 0\.0 of 0\.0 GiB$/);
    assertEquals(rest, [CLEAR]);
  });
});

test("InputHasher: hashing that takes less than two seconds shows nothing", async () => {
  await inFolder(async (folder) => {
    const stream = terminal();
    await hashSlowly(folder, stream, () => 0);
    assertEquals(stream.lines, []);
  });
});
