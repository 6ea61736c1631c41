/** Tests of the mirror in which `ato repeat` runs a program as it was. */
import { test } from "node:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeMirror, type Mirror } from "../../cli/run/mirror.ts";

/** A time before every test, in seconds. */
const LONG_AGO = 1_000_000_000;

interface Project {
  readonly root: string;
  /** Writes a file that is older than every run. */
  write(path: string, text: string | Uint8Array): void;
  mirror(files: Readonly<Record<string, string>>): Mirror;
}

function inProject(work: (project: Project) => void): void {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "ato-mirror-")));
  const root = join(top, "work", "app");
  mkdirSync(root, { recursive: true });
  const made: string[] = [];
  try {
    work({
      root,
      write(path, text) {
        const file = join(root, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        utimesSync(file, LONG_AGO, LONG_AGO);
      },
      mirror(files) {
        const mirror = makeMirror({
          root,
          files: new Map(Object.entries(files)),
          since: Date.now() - 60_000,
          without: [join(root, "runs.db")],
        });
        made.push(mirror.folder);
        return mirror;
      },
    });
  } finally {
    for (const folder of made) {
      const base = folder.slice(0, folder.indexOf("ato-repeat-") + 17);
      rmSync(base, { recursive: true, force: true });
    }
    rmSync(top, { recursive: true });
  }
}

test("makeMirror: files of the run are as they were, all others as they are", () => {
  inProject(({ write, mirror }) => {
    write("train.ts", "new");
    write("src/loss.ts", "new");
    write("data/train.csv", "1,2\n");
    const { folder } = mirror({ "train.ts": "old", "src/loss.ts": "old" });
    const read = (path: string) => readFileSync(join(folder, path), "utf8");
    assertEquals(
      ["train.ts", "src/loss.ts", "data/train.csv"].map(read),
      ["old", "old", "1,2\n"],
    );
  });
});

test("makeMirror: what a program writes there does not change the project", () => {
  inProject(({ root, write, mirror }) => {
    write("train.ts", "new");
    write("out/model.json", "the model of run 1");
    const { folder } = mirror({ "train.ts": "old" });
    writeFileSync(join(folder, "out/model.json"), "another");
    writeFileSync(join(folder, "out/more.json"), "more");
    assertEquals(
      readFileSync(join(root, "out/model.json"), "utf8"),
      "the model of run 1",
    );
    assertEquals(existsSync(join(root, "out/more.json")), false);
  });
});

test("makeMirror: a large file that is older than the run is linked; a newer one is copied, because it may be an output", () => {
  inProject(({ root, write, mirror }) => {
    const large = new Uint8Array(5 * 1024 * 1024);
    write("data/images.bin", large);
    write("out/model.bin", large);
    utimesSync(join(root, "out/model.bin"), new Date(), new Date());
    const { folder, linked } = mirror({ "train.ts": "" });
    assertEquals(linked, ["data/images.bin"]);
    assert(lstatSync(join(folder, "data/images.bin")).isSymbolicLink());
    assertEquals(
      lstatSync(join(folder, "out/model.bin")).isSymbolicLink(),
      false,
    );
  });
});

test("makeMirror: node_modules is linked whole, unless a file of the run is in it", () => {
  inProject(({ write, mirror }) => {
    write("node_modules/ms/index.js", "today");
    assertEquals(mirror({ "a.ts": "" }).linked, ["node_modules"]);
    const own = mirror({ "node_modules/ms/index.js": "then" });
    assertEquals(own.linked, []);
    assertEquals(
      readFileSync(join(own.folder, "node_modules/ms/index.js"), "utf8"),
      "then",
    );
  });
});

test("makeMirror: a link inside the project leads into the mirror; a file of the run below a linked folder does not change its target", () => {
  inProject(({ root, write, mirror }) => {
    write("src/a.ts", "new");
    symlinkSync("src", join(root, "lib"));
    const outside = join(dirname(root), "shared");
    mkdirSync(outside);
    writeFileSync(join(outside, "b.ts"), "new");
    writeFileSync(join(outside, "c.json"), "{}");
    symlinkSync(outside, join(root, "shared"));
    const { folder } = mirror({ "src/a.ts": "old", "shared/b.ts": "old" });
    assertEquals(readFileSync(join(folder, "lib/a.ts"), "utf8"), "old");
    assertEquals(readFileSync(join(folder, "shared/b.ts"), "utf8"), "old");
    assertEquals(readFileSync(join(folder, "shared/c.json"), "utf8"), "{}");
    assertEquals(readFileSync(join(outside, "b.ts"), "utf8"), "new");
  });
});

test("makeMirror: files above the root keep their place relative to it, with what lies beside them", () => {
  inProject(({ root, mirror }) => {
    const lib = join(dirname(root), "lib");
    mkdirSync(lib);
    writeFileSync(join(lib, "a.ts"), "new");
    writeFileSync(join(lib, "a.json"), "{}");
    const { folder } = mirror({ "train.ts": "old", "../lib/a.ts": "old" });
    assertEquals(readFileSync(join(folder, "../lib/a.ts"), "utf8"), "old");
    assertEquals(readFileSync(join(folder, "../lib/a.json"), "utf8"), "{}");
    assertEquals(readFileSync(join(lib, "a.ts"), "utf8"), "new");
  });
});

test("makeMirror: the database is left out", () => {
  inProject(({ write, mirror }) => {
    write("runs.db", "x");
    const { folder } = mirror({ "train.ts": "" });
    assertEquals(existsSync(join(folder, "runs.db")), false);
  });
});

test("makeMirror: a script stays executable", () => {
  inProject(({ root, write, mirror }) => {
    write("run.sh", "#!/bin/sh\n");
    chmodSync(join(root, "run.sh"), 0o755);
    const { folder } = mirror({ "run.sh": "#!/bin/sh\necho\n" });
    assertEquals(statSync(join(folder, "run.sh")).mode & 0o111, 0o111);
  });
});

const HOSTILE: readonly string[] = [
  "/etc/passwd",
  "a/../../../../../../../../../../../x.ts",
  "../".repeat(40) + "x.ts",
  "a\0b.ts",
];
for (const path of HOSTILE) {
  test(`makeMirror: the path ${JSON.stringify(path)} of a stranger's file is refused`, () => {
    inProject(({ mirror }) => {
      assertThrows(
        () => mirror({ [path]: "evil" }),
        RangeError,
        "Cannot mirror",
      );
    });
  });
}

test("makeMirror: a project that holds the folder for temporary files is not mirrored into itself", () => {
  inProject(({ write, root }) => {
    write("tmp/x", "x");
    const { folder } = makeMirror({
      root,
      files: new Map([["a.ts", ""]]),
      since: Date.now(),
      without: [],
      within: join(root, "tmp"),
    });
    assertEquals(readFileSync(join(folder, "tmp/x"), "utf8"), "x");
    assertEquals(readdirSync(join(folder, "tmp")), ["x"]);
  });
});
