/** Tests of following the files of observers. */
import { test } from "node:test";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ObservationFiles } from "../../observe/_observation_files.ts";
import { until } from "../_shared/patience.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { processLine, readLine, textOf } from "./_lines.ts";

const inFolder = (work: (folder: string) => Promise<void> | void) =>
  withTempFolder(work, "observe");

function follow(folder: string): { files: ObservationFiles; paths: string[] } {
  const paths: string[] = [];
  const files = new ObservationFiles(folder, (_, seen) => {
    if (seen.is === "read") paths.push(seen.path);
  });
  return { files, paths };
}

test("ObservationFiles: lines arrive whole and once, wherever a write or a look is cut", async () => {
  const text = new TextEncoder().encode(
    textOf(...["/a", "/ä€😀", "/c"].map((path) => readLine(path))),
  );
  await inFolder((folder) => {
    let count = 0;
    fc.assert(fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: text.length }), {
        maxLength: 6,
      }),
      (cuts) => {
        const { files, paths } = follow(folder);
        const path = join(folder, `1-${count++}.jsonl`);
        const ends = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (let i = 1; i < ends.length; i++) {
          appendFileSync(path, text.subarray(ends[i - 1], ends[i]));
          files.look();
        }
        writeFileSync(path, "");
        assertEquals(paths, ["/a", "/ä€😀", "/c"]);
      },
    ));
  });
});

test("ObservationFiles: a torn line and lines of no observer are skipped", async () => {
  await inFolder((folder) => {
    const { files, paths } = follow(folder);
    writeFileSync(
      join(folder, "1-a.jsonl"),
      `nonsense\n[]\n${textOf(readLine("/a"))}null\n${
        textOf(readLine("/b")).slice(0, -9)
      }`,
    );
    writeFileSync(join(folder, "sha"), textOf(readLine("/module")));
    files.stop();
    assertEquals(paths, ["/a"]);
  });
});

test("ObservationFiles: what is appended arrives while the program runs", async () => {
  await inFolder(async (folder) => {
    const { files, paths } = follow(folder);
    files.follow();
    try {
      for (const name of ["/a", "/b"]) {
        appendFileSync(join(folder, "1-a.jsonl"), textOf(readLine(name)));
        await until(
          () => paths.includes(name),
          () => `${name} did not arrive: ${paths}`,
        );
      }
    } finally {
      files.stop();
    }
    assertEquals(paths, ["/a", "/b"]);
  });
});

test("ObservationFiles: what the program removes is lost, and that is known", async () => {
  await inFolder((folder) => {
    const lost: boolean[] = [];
    for (const removed of ["none", "1-a.jsonl", "."]) {
      const within = join(folder, `of ${removed}`);
      mkdirSync(within);
      writeFileSync(join(within, "1-a.jsonl"), textOf(processLine()));
      const files = new ObservationFiles(within, () => {});
      files.look();
      rmSync(join(within, removed), { recursive: true, force: true });
      files.stop();
      lost.push(files.isLost);
    }
    assertEquals(lost, [false, true, true]);
  });
});
