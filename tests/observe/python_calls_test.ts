/** What is seen of the calls of `python/calls.py`, in each version of Python that is found. */
import { test } from "node:test";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  findPython,
  only,
  PROGRAMS,
  runPython,
  type Seen,
  SKIP,
} from "./_python.ts";

/** The files below `data/` that are read and nothing else. */
const READ = (
  "open open_bytes open_path io_open os_open path_read dotted elsewhere/through_link twice by_number mapped " +
  "copied_from executed in_fork not_utf8_\udcff"
).split(" ").concat('new\nline "quoted" \\ é');
/** Those that are read and then written; their hash is in the line of the read, or in a second line. */
const READ_FIRST = "r_plus read_then_written read_then_removed database a_plus"
  .split(" ");
/** Those that are only written. */
const WRITTEN =
  ("os_open_write path_write w_plus w a written_then_read missing renamed_from renamed_to copied_to truncated " +
    "linked_to new_database").split(" ");
/** Those that are listed. */
const LISTED = "listed scanned walked globbed".split(" ");
/** Those that must not be mentioned: they were only looked at, or named. */
const UNSEEN = "stat_only linked_from".split(" ");

const ENV = {
  BY_KEY: "1",
  BY_GETENV: "2",
  BY_POP: "3",
  BY_BYTES: "4",
  SET_FIRST: "old",
  NEVER: "5",
};

for (const minor of [8, 9, 10, 11, 12, 13, 14]) {
  const python = findPython(`3.${minor}`);
  const skip = python === undefined && `no Python 3.${minor}`;
  test(
    `python 3.${minor}: each call is seen as what it is`,
    { skip },
    async () => {
      await withTempFolder((folder) => {
        makeFiles(folder);
        const seen = runPython(["main.py"], {
          cwd: folder,
          env: ENV,
          command: python!.path,
        });
        assertEquals([seen.status, seen.stderr], [0, ""]);
        assertEquals(
          seen.stdout.trim(),
          `[] ['${seen.stdout.split("'")[1]}'] False`,
        );
        checkFiles(seen, folder);
        checkVariables(seen);
        checkRest(seen, folder, python!.path);
      }, "python-calls");
    },
  );
}

/** Programs that list folders, and those whose names count: not those of which the program gave each name. */
const LISTINGS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "that is not there",
    "\ntry: os.listdir('no')\nexcept FileNotFoundError: os.mkdir('no')",
    [],
  ],
  [
    "that another program made after it was not there",
    "\ntry: os.listdir('a')\nexcept FileNotFoundError: os.system('mkdir a'); os.listdir('a')",
    ["a"],
  ],
  ["that the program made", "os.mkdir('a'); os.listdir('a')", []],
  [
    "that was there",
    "os.makedirs('there', exist_ok=True); os.listdir('there')",
    ["there"],
  ],
  [
    "that was moved into the place of one that the program made",
    "os.mkdir('a'); os.listdir('a'); os.rename('there', 'a'); os.listdir('a')",
    ["a"],
  ],
  [
    "that came along with the folder that it is in",
    "os.makedirs('a/in'); os.rename('a', 'b'); os.rename('there', 'a'); os.makedirs('a/in', exist_ok=True); os.listdir('a/in')",
    ["a/in"],
  ],
  [
    "that another program can have filled",
    "os.mkdir('a'); os.listdir('a'); subprocess.call(['true']); os.listdir('a')",
    ["a"],
  ],
  [
    "that another program made after the program removed its own",
    "os.mkdir('a'); os.rmdir('a'); os.system('mkdir a'); os.listdir('a')",
    ["a"],
  ],
];

for (const [what, source, listed] of LISTINGS) {
  test(`python calls: the names in a folder ${what}`, {
    skip: SKIP,
  }, async () => {
    await withTempFolder((folder) => {
      mkdirSync(join(folder, "there", "in"), { recursive: true });
      writeFileSync(
        join(folder, "main.py"),
        `import os, subprocess; ${source}`,
      );
      const seen = runPython(["main.py"], { cwd: folder });
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(
        only(seen, "list").map(({ path }) => path.slice(folder.length + 1)),
        listed,
      );
    }, "python-listings");
  });
}

function makeFiles(folder: string): void {
  const data = join(folder, "data");
  for (const name of [...LISTED, "elsewhere/inner"]) {
    mkdirSync(join(data, name), { recursive: true });
  }
  symlinkSync("elsewhere/inner", join(data, "linked"));
  for (const name of [...READ, ...READ_FIRST, ...UNSEEN]) {
    const text = name === "database" ? "" : `# ${name.length}`;
    if (!name.includes("\udcff")) writeFileSync(join(data, name), text);
  }
  for (const name of ["renamed_from", "truncated", "dir_fd"]) {
    writeFileSync(join(data, name), "x");
  }
  makeOdd(data);
  mkdirSync(join(folder, "package"));
  const sources = {
    open: "",
    "data/run_path.py": "",
    "local_module.py": "x = 1\n",
    "package/inner.py": "y = 1\n",
    "child.py": "open('data/open')\n",
    "clean.py": "open('data/stat_only')\n",
  };
  for (const [name, text] of Object.entries(sources)) {
    writeFileSync(join(folder, name), text);
  }
  copyFileSync(join(PROGRAMS, "calls.py"), join(folder, "main.py"));
}

/** Makes a file whose name is not UTF-8, which not each runtime can. */
function makeOdd(data: string): void {
  const name = "$(printf 'not_utf8_\\377')";
  spawnSync("sh", ["-c", `printf x > "${name}"`], { cwd: data });
}

function checkFiles(seen: Seen, folder: string): void {
  const inData = (path: string) =>
    path.startsWith(`${folder}/data/`) ? path.slice(folder.length + 6) : path;
  const [main] = only(seen, "process").filter(({ entry }) =>
    entry === join(folder, "main.py")
  );
  assert(main);
  const reads = only(seen, "read").map(({ path }) => inData(path));
  const writes = only(seen, "write").map(({ path }) => inData(path));
  const lists = only(seen, "list").map(({ path }) => inData(path));
  const twice = ["read_then_written", "read_then_removed"]; // a second line has the hash
  const others = [join(folder, "open"), "dir_fd"];
  const ofChild = ["open"];
  assertEquals(
    reads.sort(),
    [...READ, ...READ_FIRST, ...twice, ...others, ...ofChild].sort(),
  );
  assertEquals(
    // tempfile tries the temporary folder with a file
    writes.filter((path) => !path.startsWith("/")).sort(),
    [...WRITTEN, ...READ_FIRST.filter((name) => name !== "database")].sort(),
  );
  assertEquals(
    lists.sort(),
    LISTED.toSorted(),
  );
  const hashed = only(seen, "read").filter(({ sha256 }) =>
    sha256 !== undefined
  );
  assertEquals(
    hashed.map(({ path, sha256 }) => [inData(path), sha256]).sort(),
    READ_FIRST.map((name) => [name, contentHash(name)]).sort(),
  );
}

function contentHash(name: string): string {
  const text = name === "database" ? "" : `# ${name.length}`;
  return createHash("sha256").update(text).digest("hex");
}

function checkVariables(seen: Seen): void {
  const values = Object.fromEntries(
    only(seen, "env").filter(({ name }) => /^(BY|SET|ONLY|NEVER)/.test(name))
      .map(({ name, value }) => [name, value]),
  );
  assertEquals(values, {
    BY_KEY: "1",
    BY_GET: null,
    BY_GETENV: "2",
    BY_IN: null,
    BY_SETDEFAULT: null,
    BY_POP: "3",
    BY_BYTES: "4",
    SET_FIRST: "old",
  });
}

function checkRest(seen: Seen, folder: string, python: string): void {
  const modules = only(seen, "module").map(({ path, name, sha256 }) => {
    assertEquals(
      readFileSync(join(seen.folder, sha256)),
      readFileSync(path),
    );
    return [path.slice(folder.length + 1), name];
  });
  assertEquals(modules.sort(), [
    ["child.py", "__main__"],
    ["data/run_path.py", "<run_path>"],
    ["local_module.py", "local_module"],
    ["main.py", "__main__"],
    ["package/inner.py", "package.inner"],
  ]);
  assertEquals(
    only(seen, "seed"),
    [
      { is: "seed", name: "random.seed", value: "7" },
      { is: "seed", name: "random.Random", isOwn: true, value: "9" },
    ],
  );
  assertEquals(
    only(seen, "config").map((
      { source, values, options },
    ) => [source, values, options?.join(" ")]),
    [[
      "argparse",
      { lr: 0.5, path: "a/b", command: "train", steps: 3 },
      "-h --help --lr --path -h --help --steps",
    ]],
  );
  const children = only(seen, "child");
  assertEquals(
    children.map(({ program }) => program),
    [python, python, "exit 0", "exit 0"],
  );
  const observed = only(seen, "process").map(({ pid }) => pid);
  assertEquals(
    children.map(({ pid }) =>
      pid === undefined ? null : observed.includes(pid)
    ),
    [true, false, false, null],
  );
  assertEquals(observed.length, 3); // the program, its fork, and the child that inherits
  assertEquals(only(seen, "gap"), []);
}

test("python observer: standard input that is a pipe is as it is without", {
  skip: SKIP,
}, () => {
  const text = `
import io, os, sys
class Reader:
    opener, reader = open, os.read
stdin = sys.stdin
print(type(stdin), stdin.mode, stdin.name, stdin.encoding, stdin.errors, stdin.newlines, stdin.line_buffering)
print(type(stdin.buffer), stdin.buffer.mode, stdin.buffer.raw.mode, stdin.buffer.raw.closefd, stdin.fileno())
print(stdin is sys.__stdin__, stdin.isatty(), stdin.readable(), stdin.writable(), stdin.seekable())
print(input(), repr(stdin.readline()), stdin.buffer.read1(2), Reader().reader(0, 3), repr(stdin.read()), stdin.newlines)
print(Reader().opener("x.txt").read(), open is io.open, open.__name__, repr(os.read))
`;
  return withTempFolder((cwd) => {
    writeFileSync(join(cwd, "x.txt"), "x");
    const input = "a\r\nb\nc\nd\ne";
    const [with_, without] = [true, false].map((observed) =>
      runPython(["-c", text], { cwd, input, observed })
    );
    assertEquals(with_!.stderr, "");
    assertEquals(with_!.stdout, without!.stdout);
    assertEquals(only(with_!, "gap").map(({ what }) => what), [
      "what is read from standard input is not recorded",
    ]);
  });
});
