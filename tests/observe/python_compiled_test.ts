/** Tests of the compiled files of Python's observer, which the runs of a user share. */
import { test } from "node:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { keepCompiled } from "../../observe/python/compiled.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  findPython,
  only,
  type RunOptions,
  runPython,
  type Seen,
  SKIP,
} from "./_python.ts";

/** The shared folder of a launch with these texts; `undefined` if it has a folder of its own. */
function sharedBy(
  root: string,
  launch: string,
  texts: readonly string[],
): string | undefined {
  const folder = join(root, launch);
  mkdirSync(folder);
  keepCompiled(folder, texts, join(root, "cache", "ato"));
  const path = join(folder, "compiled");
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
}

test("keepCompiled: launches with the same files share a folder, which only the user can write to", async () => {
  await withTempFolder((root) => {
    const first = sharedBy(root, "a", ["one", "two"])!;
    assertEquals(sharedBy(root, "b", ["one", "two"]), first);
    assertEquals(statSync(first).mode & 0o777, 0o700);
    for (const texts of [["one", "two!"], ["two", "one"], ["onetwo"]]) {
      const other = sharedBy(root, texts.join("+"), texts)!;
      assert(other !== first && existsSync(other), texts.join());
    }
  });
});

/** Changes the shared folder so that others could put code into it. */
const UNSAFE: Readonly<Record<string, (folder: string) => void>> = {
  "others can write to it": (folder) => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
  },
  "it is a link": (folder) => {
    mkdirSync(`${folder}-elsewhere`, { recursive: true });
    symlinkSync(`${folder}-elsewhere`, folder);
  },
  "it is a file": (folder) => {
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "");
  },
};

for (const [what, make] of Object.entries(UNSAFE)) {
  test(`keepCompiled: a launch has a folder of its own if ${what}`, async () => {
    await withTempFolder(async (root) => {
      let name = "";
      await withTempFolder((other) => {
        name = sharedBy(other, "a", ["text"])!.slice(other.length);
      });
      make(join(root, name));
      assertEquals(sharedBy(root, "a", ["text"]), undefined);
      assert(statSync(join(root, "a", "compiled")).isDirectory());
    });
  });
}

test("keepCompiled: a launch has a folder of its own if there is no cache", async () => {
  await withTempFolder((root) => {
    keepCompiled(root, ["text"], "");
    assert(lstatSync(join(root, "compiled")).isDirectory());
    assertEquals(statSync(join(root, "compiled")).mode & 0o777, 0o700);
  });
});

test("keepCompiled: folders of other versions are removed after a month, and nothing else", async () => {
  await withTempFolder((root) => {
    const old = sharedBy(root, "a", ["old"])!;
    const recent = sharedBy(root, "b", ["recent"])!;
    const foreign = join(root, "cache", "ato", "hashes-v1.0");
    writeFileSync(foreign, "");
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    for (const path of [old, foreign]) utimesSync(path, days(31), days(31));
    utimesSync(recent, days(29), days(29));
    const fresh = sharedBy(root, "c", ["new"])!;
    const there = [old, recent, foreign, fresh].map(existsSync);
    assertEquals(there, [false, true, true, true]);
  });
});

const PROGRAM = `import random
random.seed(3)
open("data.txt").read()
`;

/** Runs a program that reads a file and sets a seed, for which a second file of the observer is loaded. */
function run(cwd: string, options: Partial<RunOptions> = {}): Seen {
  writeFileSync(join(cwd, "main.py"), PROGRAM);
  writeFileSync(join(cwd, "data.txt"), "data");
  return runPython(["main.py"], {
    cwd,
    compiled: join(cwd, "compiled"),
    ...options,
  });
}

function assertObserved(cwd: string, seen: Seen): void {
  assertEquals([seen.status, seen.stderr], [0, ""]);
  const paths = only(seen, "read").map(({ path }) => path);
  assertEquals(paths, [join(cwd, "data.txt")]);
  assertEquals(only(seen, "seed").length, 1);
  assertEquals(only(seen, "gap"), []);
}

/** The compiled files by name. */
function compiledIn(cwd: string): Map<string, Uint8Array> {
  const folder = join(cwd, "compiled");
  return new Map(
    readdirSync(folder).sort()
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
}

async function withCompiled(
  work: (cwd: string) => void | Promise<void>,
): Promise<void> {
  await withTempFolder(async (cwd) => {
    mkdirSync(join(cwd, "compiled"));
    await work(cwd);
  }, "compiled");
}

/** Replaces the source of the observer, so that only a compiled file can serve. */
function withoutSource(path: string, text: string): string {
  return /ato_\w+\.py$/.test(path) ? "this is no Python" : text;
}

test("python observer: what the first launch compiled serves the next ones", {
  skip: SKIP,
}, async () => {
  await withCompiled((cwd) => {
    assertObserved(cwd, run(cwd));
    const names = [...compiledIn(cwd).keys()].map((name) =>
      name.replace(/\..*/, "")
    );
    assertEquals(names, [
      "ato_arguments",
      "ato_libraries",
      "ato_loader",
      "ato_observer",
    ]);
    assertObserved(cwd, run(cwd, { change: withoutSource }));
    const { lines } = run(cwd, {
      change: withoutSource,
      compiled: "/nonexistent",
    });
    assertEquals(lines, []);
  });
});

/** What can happen to a file. */
const DAMAGE: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = {
  "is empty": () => new Uint8Array(),
  "was cut": (data) => data.subarray(0, data.length / 2),
  "has a changed byte": (data) =>
    data.map((byte, at) => at === 2000 ? byte ^ 1 : byte),
  "has another checksum": (data) =>
    data.map((byte, at) => at === 0 ? byte ^ 1 : byte),
  "is text": () => new TextEncoder().encode("import random\n"),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`python observer: a compiled file that ${what} is compiled again`, {
    skip: SKIP,
  }, async () => {
    await withCompiled((cwd) => {
      run(cwd);
      for (const [name, data] of compiledIn(cwd)) {
        writeFileSync(join(cwd, "compiled", name), damage(data));
      }
      assertObserved(cwd, run(cwd));
      assertObserved(cwd, run(cwd, { change: withoutSource }));
    });
  });
}

test("python observer: it is loaded also where nothing can be kept", {
  skip: SKIP,
}, async () => {
  await withTempFolder((cwd) => {
    assertObserved(cwd, run(cwd));
    writeFileSync(join(cwd, "compiled"), "a file");
    assertObserved(cwd, run(cwd));
  });
});

test("python observer: each way to optimise has a compiled file of its own", {
  skip: SKIP,
}, async () => {
  await withCompiled((cwd) => {
    for (const level of ["", "1", "2"]) {
      assertObserved(cwd, run(cwd, { env: { PYTHONOPTIMIZE: level } }));
    }
    const ends = [...compiledIn(cwd).keys()].filter((name) =>
      name.startsWith("ato_observer.")
    ).map((name) => name.at(-1));
    assertEquals(ends, ["0", "1", "2"]);
  });
});

test("python observer: each version of Python has a compiled file of its own", {
  skip: SKIP,
}, async () => {
  await withCompiled((cwd) => {
    const pythons = [8, 9, 10, 11, 12, 13, 14]
      .flatMap((minor) => findPython(`3.${minor}`) ?? []);
    for (const { path } of [...pythons, ...pythons]) {
      assertObserved(cwd, run(cwd, { command: path }));
    }
    assertEquals(compiledIn(cwd).size, 4 * pythons.length);
  });
});

test(
  "python observer: code that another launch compiled is no part of a traceback",
  { skip: SKIP },
  async () => {
    await withCompiled((cwd) => {
      run(cwd);
      const main = join(cwd, "fails.py");
      writeFileSync(main, 'import random\nrandom.seed([])\nopen("nowhere")\n');
      const options = { cwd, compiled: join(cwd, "compiled") };
      const observed = runPython(["fails.py"], options);
      const bare = runPython(["fails.py"], { cwd, observed: false });
      assertEquals(observed.stderr, bare.stderr);
      assertEquals(observed.status, 1);
    });
  },
);

test("python observer: launches at the same time compile it without harm", {
  skip: SKIP,
}, async () => {
  await withCompiled((cwd) => {
    const source = `import subprocess, sys
all = [subprocess.Popen([sys.executable, "main.py"]) for _ in range(8)]
sys.exit(max(one.wait() for one in all))
`;
    writeFileSync(join(cwd, "many.py"), source);
    writeFileSync(join(cwd, "main.py"), PROGRAM);
    writeFileSync(join(cwd, "data.txt"), "data");
    const seen = runPython(["many.py"], {
      cwd,
      compiled: join(cwd, "compiled"),
    });
    assertEquals([seen.status, seen.stderr], [0, ""]);
    assertEquals(only(seen, "seed").length, 8);
    const names = [...compiledIn(cwd).keys()];
    assert(names.every((name) => name.split(".").length === 3), names.join());
  });
});
