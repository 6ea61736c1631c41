import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  fileValue,
  inFolder,
  readOf,
  record,
  sha,
  valuesOf,
  write,
} from "./_record.ts";
import { listFor } from "./_listing.ts";

test("recordInputs: a file has its size and SHA-256, and everything was recorded", async () => {
  await inFolder(async (root) => {
    write(root, { "data/train.csv": "1,2\n" });
    const inputs = await record(root, ["data/train.csv"]);
    assertEquals(inputs.factors, [[
      "input:data/train.csv",
      fileValue("1,2\n"),
    ]]);
    assertEquals(inputs.coverage, { level: "full", missing: [] });
  });
});

test("recordInputs: without a read the inputs of an observed run are full, and of another one none", async () => {
  await inFolder(async (root) => {
    assertEquals((await record(root, [])).coverage.level, "full");
    const { coverage } = await record(root, [], { isObserved: false });
    assertEquals(coverage.level, "none");
    assert(coverage.missing[0]!.includes("ato run"));
  });
});

test("recordInputs: a gap, or no observer, makes them partial", async () => {
  await inFolder(async (root) => {
    write(root, { "a.csv": "1" });
    const gaps = ["polars can read files in native code"];
    const gap = await record(root, ["a.csv"], { gaps });
    assertEquals(gap.coverage, { level: "partial", missing: gaps });
    const logged = await record(root, ["a.csv"], { isObserved: false });
    assertEquals(logged.coverage.level, "partial");
  });
});

const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  "is longer": (path) => writeFileSync(path, "12345"),
  "has other bytes": (path) => {
    writeFileSync(path, "4321");
    utimesSync(path, 2_000_000_000, 2_000_000_000);
  },
  "is gone": (path) => rmSync(path),
};
for (const [how, change] of Object.entries(CHANGES)) {
  test(`recordInputs: a file that ${how} since it was read is unreadable, not what it is now`, async () => {
    await inFolder(async (root) => {
      write(root, { "a.csv": "1234" });
      const read = readOf(join(root, "a.csv"));
      change(read.path);
      const inputs = await record(root, [read]);
      assertEquals(valuesOf(inputs), { "input:a.csv": "unreadable" });
      assertEquals(inputs.coverage.level, "partial");
      assert(inputs.coverage.missing[0]!.startsWith("a.csv: "));
      // The observer hashed it before it was overwritten.
      const known = { ...read, sha256: sha("1234") };
      assertEquals(valuesOf(await record(root, [read, known])), {
        "input:a.csv": fileValue("1234"),
      });
    });
  });
}

test("recordInputs: a change that puts the modification time back is noticed", async () => {
  await inFolder(async (root) => {
    const path = join(root, "a.csv");
    write(root, { "a.csv": "1234" });
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    // Deno knows the time of a change to the second only.
    const later = (seconds: number) => Date.now() + seconds * 1000;
    const same = { ...readOf(path), at: later(10) };
    assertEquals(valuesOf(await record(root, [same])), {
      "input:a.csv": fileValue("1234"),
    });
    const read = { ...readOf(path), at: Date.now() - 10_000 };
    writeFileSync(path, "4321");
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    const isCoarse = navigator.userAgent.startsWith("Deno/");
    const { "input:a.csv": value } = valuesOf(await record(root, [read]));
    if (!isCoarse) assertEquals(value, "unreadable");
    // Where it cannot be noticed by its times, it is at least not taken for the old content.
    assertNotEquals(value, fileValue("1234"));
  });
});

test("recordInputs: of two processes, the first read counts", async () => {
  await inFolder(async (root) => {
    write(root, { "a.csv": "1234" });
    const late = readOf(join(root, "a.csv"));
    const first = { ...late, mtime: "1000000000000000000" };
    assertEquals(valuesOf(await record(root, [late, first])), {
      "input:a.csv": "unreadable",
    });
    assertEquals(valuesOf(await record(root, [late, late])), {
      "input:a.csv": fileValue("1234"),
    });
  });
});

test("recordInputs: what the run wrote before it read it is no input", async () => {
  await inFolder(async (root) => {
    write(root, { "a.csv": "1", "out.csv": "2" });
    const written = new Set([join(root, "out.csv")]);
    const inputs = await record(root, ["a.csv", "out.csv"], { written });
    assertEquals(Object.keys(valuesOf(inputs)), ["input:a.csv"]);
  });
});

test("recordInputs: a guess counts if nothing changed it, and makes inputs partial", async () => {
  await inFolder(async (root) => {
    write(root, { "a.csv": "1", "b.csv": "2" });
    const [a, b] = ["a.csv", "b.csv"].map((name) => ({
      ...readOf(join(root, name)),
      isGuess: true,
    }));
    writeFileSync(b!.path, "longer");
    const inputs = await record(root, [a!, b!]);
    assertEquals(valuesOf(inputs), { "input:a.csv": fileValue("1") });
    assertEquals(inputs.coverage.level, "partial");
    const sure = await record(root, [a!, "a.csv"]);
    assertEquals(sure.coverage.level, "full");
  });
});

const LEFT_OUT = [
  "/proc/self/stat",
  "/sys/kernel/notes",
  "/dev/urandom",
  "/etc/hosts",
  "/usr/lib/libm.so.6",
  "/usr/share/zoneinfo/UTC",
  "/opt/venv/lib/python3.12/json/__init__.py",
  "/opt/venv/lib/python3.12/site-packages/sklearn/datasets/data/iris.csv",
  "ROOT/node_modules/x/index.js",
  "ROOT/.git/HEAD",
  "ROOT/__pycache__/a.cpython-312.pyc",
  "ROOT/helpers.py",
  "ROOT/lib/net.py",
  "HOME/.cache/deno/deps/x",
  "HOME/.cache/pip/x",
  "HOME/.cache/huggingface/token",
  "HOME/.netrc",
  "HOME/.ssh/config",
  "HOME/.config/matplotlib/matplotlibrc",
];
const KEPT = [
  "/data/train.csv",
  "/tmp/train.csv",
  "/mnt/sets/lib/x.csv",
  "/usr/share/nltk_data/corpora/words.zip",
  "ROOT/etc/hosts",
  "ROOT/data/helpers.csv",
  "ROOT/libs.csv",
  "HOME/.cache/huggingface/hub/models--x/blobs/1",
  "HOME/.cache/torch/hub/checkpoints/resnet.pth",
  "HOME/scikit_learn_data/x.pkz",
  "HOME/.keras/keras.json",
];
test("recordInputs: code, the system, caches of tools and credentials are left out; data is not", async () => {
  await inFolder(async (root) => {
    const path = (text: string) =>
      text.replace("ROOT", root).replace("HOME", homedir());
    const code = [join(root, "helpers.py"), join(root, "lib")];
    const reads = [...LEFT_OUT, ...KEPT].map((name) => ({
      path: path(name),
      size: 1,
      sha256: sha("x"),
    }));
    const inputs = await record(root, reads, { code });
    const names = KEPT.map((name) =>
      `input:${name.replace("ROOT/", "").replace("HOME", "~")}`
    );
    assertEquals(inputs.factors.map(([id]) => id), names.sort());
    // What the user names is never left out.
    const named = reads.map((read) => ({ ...read, isExplicit: true }));
    const all = await record(root, named, { code });
    assertEquals(all.factors.length, reads.length);
  });
});

test("recordInputs: a project below a folder of the list keeps its files", async () => {
  await inFolder(async (folder) => {
    const root = join(folder, "site-packages", "lib", "python3.12", "mine");
    write(root, { "data/a.csv": "1" });
    assertEquals(valuesOf(await record(root, ["data/a.csv"])), {
      "input:data/a.csv": fileValue("1"),
    });
  });
});

test("recordInputs: databases of Ato are no inputs, other databases are", async () => {
  await inFolder(async (root) => {
    const head = (id: string) =>
      "SQLite format 3\0".padEnd(68, "x") + id + "rest".repeat(20);
    write(root, {
      "runs.db": head("Ato1"),
      "runs.db-wal": "wal",
      "runs.db.7f.spill.jsonl": "{}",
      "data.db": head("Oth1"),
      "data.db-wal": "wal",
    });
    const inputs = await record(root, [
      "runs.db",
      "runs.db-wal",
      "runs.db.7f.spill.jsonl",
      "data.db",
      "data.db-wal",
    ]);
    assertEquals(inputs.factors.map(([id]) => id), [
      "input:data.db",
      "input:data.db-wal",
    ]);
    assertEquals(inputs.coverage.level, "full");
  });
});

test(
  "recordInputs: pipes, and files without permission, are unreadable, and said",
  {
    skip: process.platform === "win32" && "this needs the files of Unix",
  },
  async () => {
    await inFolder(async (root) => {
      execFileSync("mkfifo", [join(root, "pipe")]);
      write(root, { "locked.csv": "1" });
      chmodSync(join(root, "locked.csv"), 0);
      const isRoot = process.getuid?.() === 0;
      const inputs = await record(root, [
        { path: join(root, "pipe") },
        { path: join(root, "locked.csv") },
      ]);
      assertEquals(valuesOf(inputs), {
        "input:locked.csv": isRoot ? fileValue("1") : "unreadable",
        "input:pipe": "unreadable",
      });
      assert(inputs.coverage.missing.includes("pipe: is a pipe"));
      assertEquals(inputs.coverage.level, "partial");
    });
  },
);

test("recordInputs: a file over the limit, or after the time, is unreadable, and said", async () => {
  await inFolder(async (root) => {
    write(root, { "big.bin": "12345678", "small.bin": "1" });
    const size = await record(root, ["big.bin", "small.bin"], {
      limits: { bytes: 4 },
    });
    assertEquals(valuesOf(size), {
      "input:big.bin": "unreadable",
      "input:small.bin": fileValue("1"),
    });
    assertEquals(size.coverage.missing, ["big.bin: is larger than 4 bytes"]);
    const time = await record(root, ["small.bin"], {
      limits: { milliseconds: -1 },
    });
    assertEquals(valuesOf(time), { "input:small.bin": "unreadable" });
    assertEquals(time.coverage.level, "partial");
    const signal = AbortSignal.abort();
    assertEquals(valuesOf(await record(root, ["small.bin"], { signal })), {
      "input:small.bin": "unreadable",
    });
  });
});

test("recordInputs: 65 files of a folder are one input with a listing, 64 are not", async () => {
  await inFolder(async (root) => {
    const names = Array.from({ length: 65 }, (_, i) => `images/${i}.txt`);
    write(root, Object.fromEntries(names.map((name) => [name, name])));
    write(root, { "images/deep/x.csv": "1", "other.csv": "2" });
    const few = await record(root, names.slice(1));
    assertEquals(few.factors.length, 64);
    const many = await record(root, [
      ...names,
      "images/deep/x.csv",
      "other.csv",
    ]);
    const listing = listFor([
      ...names.map((name) => [name.slice(7), name] as const),
      ["deep/x.csv", "1"],
    ]);
    const bytes = names.join("").length + 1;
    assertEquals(valuesOf(many), {
      "input:images": `tree:${sha(listing)},66,${bytes}`,
      "input:other.csv": fileValue("2"),
    });
    assertEquals(many.texts.get(sha(listing)), listing);
    // Another file in it is another folder.
    write(root, { "images/7.txt": "changed" });
    const changed = await record(root, names);
    assertNotEquals(
      valuesOf(changed)["input:images"],
      valuesOf(await record(root, names.slice(0, 64)))["input:images"],
    );
  });
});

test("recordInputs: files scattered over a project are no folder", async () => {
  await inFolder(async (root) => {
    const names = Array.from({ length: 90 }, (_, i) => `part${i % 9}/${i}.txt`);
    write(root, Object.fromEntries(names.map((name) => [name, name])));
    assertEquals((await record(root, names)).factors.length, 90);
  });
});

test("recordInputs: a folder that is given whole has all its files, also through links", async () => {
  await inFolder(async (root) => {
    write(root, {
      "data/a.csv": "1",
      "data/deep/b.csv": "2",
      "else/c.csv": "3",
    });
    symlinkSync(join(root, "else"), join(root, "data", "link"));
    symlinkSync(root, join(root, "data", "round"));
    const folder = {
      path: join(root, "data"),
      kind: "folder" as const,
      isExplicit: true,
    };
    const inputs = await record(root, [folder, "data/a.csv"]);
    const values = valuesOf(inputs);
    assertEquals(Object.keys(values), ["input:data"]);
    const value = values["input:data"]!;
    const files = inputs.texts.get(value.slice(5, 69))!
      .split("\n").map((line) => line.split(" ")[2]);
    for (const way of ["a.csv", "deep/b.csv", "link/c.csv"]) {
      assert(files.includes(way), way);
    }
  });
});

test(
  "recordInputs: a file of the folder that cannot be read is named by itself",
  {
    skip: process.platform === "win32" && "this needs the files of Unix",
  },
  async () => {
    await inFolder(async (root) => {
      write(root, { "data/a.csv": "1" });
      execFileSync("mkfifo", [join(root, "data", "pipe")]);
      const path = join(root, "data");
      const inputs = await record(root, [{ path, kind: "folder" }]);
      assertEquals(valuesOf(inputs)["input:data/pipe"], "unreadable");
      assertEquals(inputs.coverage.level, "partial");
    });
  },
);
