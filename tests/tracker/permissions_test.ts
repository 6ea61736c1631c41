/** A permission that Deno or Node does not grant is one sentence, with the flags that grant it. */
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { ROOT } from "../_shared/run_script.ts";
import { commandFor, inFolder, isDeno } from "./_helpers.ts";
import { SQLLogger } from "../../tracker/mod.ts";

const skip = !isDeno && "Node has other permissions";

/** What the program is given and does, and the sentence; `DIR` is the folder of the database. */
const REFUSED: [
  title: string,
  flags: string[],
  action: string,
  says: string,
][] = [
  [
    "SQLLogger.run: no permission to write",
    ["--allow-read"],
    "log",
    "Cannot open DIR/runs.db: the program has no permission to write in its folder; " +
    "run it with --allow-write=DIR or -A, or choose another dbPath",
  ],
  [
    "SQLLogger.run: permission to write elsewhere",
    ["--allow-read", "--allow-write=DIR/other"],
    "strict",
    "Cannot open DIR/runs.db: the program has no permission to write in its folder; " +
    "run it with --allow-write=DIR or -A, or choose another dbPath",
  ],
  [
    "SQLLogger.run: no permission at all",
    [],
    "log",
    "Cannot open DIR/runs.db: the program has no permission to read or write in its folder; " +
    "run it with --allow-read=DIR --allow-write=DIR or -A, or choose another dbPath",
  ],
  [
    "SQLLogger.run: permission for the database, but not for the files beside it",
    ["--allow-read=DIR/runs.db", "--allow-write=DIR"],
    "strict",
    "Cannot open DIR/runs.db: the program has no permission to read in its folder; " +
    "run it with --allow-read=DIR or -A, or choose another dbPath",
  ],
  [
    "SQLLogger.run: no permission to use FFI",
    ["--allow-read", "--allow-write", "--allow-env"],
    "ffi",
    "Cannot use SQLite through FFI: it needs Deno with --allow-ffi and --allow-env, and the path of a " +
    "SQLite library in DENO_SQLITE_PATH; set them, or use ATO_SQLITE=node",
  ],
  [
    "SQLFinder.listProjects: no permission to read",
    ["--allow-write"],
    "find",
    "Cannot read DIR/runs.db: the program has no permission to read in its folder; " +
    "run it with --allow-read=DIR or -A",
  ],
  [
    "mergeRuns: no permission to read the other file",
    ["--allow-write", "--allow-read=DIR/runs.db"],
    "merge",
    "Cannot read DIR/runs.db.other: the program has no permission to read in its folder; " +
    "run it with --allow-read=DIR or -A",
  ],
];

for (const [title, flags, action, says] of REFUSED) {
  test(`${title} is one sentence that names the flags`, { skip }, async () => {
    await inFolder(async (folder) => {
      await makeFiles(folder);
      const error = tryAction(action, folder, flags);
      assertEquals(error?.message, says.replaceAll("DIR", folder));
      assertEquals(error?.forUser, true);
    });
  });
}

test(
  "SQLLogger.run: the flags that the sentence names are enough",
  { skip },
  async () => {
    await inFolder(async (folder) => {
      await makeFiles(folder);
      const flags = ["--allow-read=DIR", "--allow-write=DIR"];
      for (const action of ["log", "strict", "find", "merge"]) {
        assertEquals(tryAction(action, folder, flags), null, action);
      }
    });
  },
);

/** The same for Node; it gives no permission for files that SQLite opens itself. */
const REFUSED_BY_NODE: typeof REFUSED = [
  [
    "SQLLogger.run: no permission to write",
    ["--allow-fs-read=*"],
    "log",
    "Cannot open DIR/new/runs.db: the program has no permission to write in its folder; " +
    "run it with '--allow-fs-write=DIR/new/*', or choose another dbPath",
  ],
  [
    "SQLLogger.run: permission to write elsewhere",
    ["--allow-fs-read=*", "--allow-fs-write=DIR/other/*"],
    "strict",
    "Cannot open DIR/new/runs.db: the program has no permission to write in its folder; " +
    "run it with '--allow-fs-write=DIR/new/*', or choose another dbPath",
  ],
  [
    "SQLFinder.listProjects: no permission to read",
    ["--allow-fs-read=ROOT*"],
    "find",
    "Cannot read DIR/new/runs.db: the program has no permission to read in its folder; " +
    "run it with '--allow-fs-read=DIR/new/*'",
  ],
];

for (const [title, flags, action, says] of REFUSED_BY_NODE) {
  test(
    `${title} under Node is one sentence that names the flags`,
    { skip: isDeno && "Deno has other permissions" },
    async () => {
      await inFolder((folder) => {
        const error = tryUnderNode(action, folder, flags);
        assertEquals(error?.message, says.replaceAll("DIR", folder));
        assertEquals(error?.forUser, true);
      });
    },
  );
}

test(
  "SQLLogger.run: the flags that the sentence names are enough under Node",
  { skip: isDeno && "Deno has other permissions" },
  async () => {
    await inFolder((folder) => {
      const flags = ["--allow-fs-read=*", "--allow-fs-write=DIR/new/*"];
      assertEquals(tryUnderNode("log", folder, flags), null);
    });
  },
);

/** Runs an action with these permissions of Node only. */
function tryUnderNode(
  action: string,
  folder: string,
  flags: readonly string[],
): { name: string; message: string; forUser: boolean } | null {
  const dbPath = join(folder, "new", "runs.db");
  const [command, words] = commandFor("_permissions.ts", [action, dbPath]);
  const granted = flags.map((flag) =>
    flag.replace("DIR", folder).replace("ROOT", ROOT)
  );
  // What loads the TypeScript of these tests has a cache.
  const loader = [
    ...["--permission", "--allow-worker", "--no-warnings"],
    `--allow-fs-write=${join(ROOT, "node_modules/.cache/*")}`,
  ];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = { encoding: "utf8", env } as const;
  return JSON.parse(
    execFileSync(command, [...loader, ...granted, ...words], options),
  );
}

/** Makes two databases, because a folder and a file that are missing need more permissions. */
async function makeFiles(folder: string): Promise<void> {
  const path = join(folder, "runs.db");
  for (const dbPath of [path, `${path}.other`]) {
    const experiment = { projectName: "demo", sql: { dbPath } };
    const logger = new SQLLogger({ experiment });
    await logger.run();
    await logger.finish();
  }
}

/** Runs an action in a process with these permissions only; returns its error, or `null`. */
function tryAction(
  action: string,
  folder: string,
  flags: readonly string[],
): { name: string; message: string; forUser: boolean } | null {
  const isFfi = action === "ffi";
  const script = commandFor("_permissions.ts", [
    isFfi ? "log" : action,
    join(folder, "runs.db"),
  ]);
  const [command, [run = "", , ...rest]] = script;
  const granted = flags.map((flag) => flag.replace("DIR", folder));
  const text = execFileSync(
    command,
    // Deno's `child_process` grants a Deno without any flag of permissions all of them.
    [run, "--no-prompt", "--deny-run", ...granted, ...rest],
    {
      encoding: "utf8",
      env: { ...process.env, ATO_SQLITE: isFfi ? "ffi" : "" },
    },
  );
  return JSON.parse(text);
}
