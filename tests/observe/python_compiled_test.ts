/** Tests of the compiled files of Python's observer, which the runs of a user share. */
import { test } from "node:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  findPython,
  only,
  type RunOptions,
  runPython,
  type Seen,
  SKIP,
} from "./_python.ts";

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
