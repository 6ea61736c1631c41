/** Programs whose script or module is a symbolic link: what is recorded are the files that the runtime loads. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertEquals } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { explain } from "../../why/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { commandFor, inFolder, isDeno } from "./_helpers.ts";

const ATO = new URL("../../", import.meta.url).href;

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** A program that makes its run, and one that `ato run` makes it for. */
const LOGS = `
import { SQLLogger } from "${ATO}tracker/mod.ts";
import { loss } from "./loss.mjs";
const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: "runs.db" } } });
await logger.run();
logger.logMetric("loss", loss(1), 0);
await logger.finish();
`;
const PRINTS = `
import { loss } from "./loss.mjs";
console.log("loss=" + loss(1));
`;
const LOSS = `import { rate } from "./rate.mjs";
export const loss = (x) => rate * x;
`;
const RATE = (rate: number) => `export const rate = ${rate};\n`;

/** Projects: their files, the links in them, the script to start, and the modules that are loaded. */
const PROJECTS: readonly [
  name: string,
  files: (script: string) => Readonly<Record<string, string>>,
  link: readonly [path: string, target: string],
  script: string,
  loaded: { readonly deno: string[]; readonly node: string[] },
][] = [
  [
    "script",
    (script) => ({
      "real/main.mjs": script,
      "real/loss.mjs": LOSS,
      "bin/loss.mjs": LOSS,
    }),
    ["bin/go.mjs", "../real/main.mjs"],
    "bin/go.mjs",
    {
      deno: ["bin/go.mjs", "bin/loss.mjs", "bin/rate.mjs"],
      node: ["real/main.mjs", "real/loss.mjs", "real/rate.mjs"],
    },
  ],
  [
    "module",
    (script) => ({ "bin/main.mjs": script, "real/loss.mjs": LOSS }),
    ["bin/loss.mjs", "../real/loss.mjs"],
    "bin/main.mjs",
    {
      deno: ["bin/main.mjs", "bin/loss.mjs", "bin/rate.mjs"],
      node: ["bin/main.mjs", "real/loss.mjs", "real/rate.mjs"],
    },
  ],
];

for (const [name, files, [path, target], script, loaded] of PROJECTS) {
  for (const isLaunched of [false, true]) {
    test(`${isLaunched ? "ato run" : "SQLLogger.run"}: a ${name} that is a link takes its imports from where the runtime does, and why sees an edit`, async () => {
      await inFolder(async (folder) => {
        const write = (path: string, text: string) => {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), text);
        };
        write("package.json", '{"type": "module"}');
        const texts = files(isLaunched ? PRINTS : LOGS);
        for (const [path, text] of Object.entries(texts)) write(path, text);
        symlinkSync(target, join(folder, path));
        const expected = isDeno ? loaded.deno : loaded.node;
        const last = expected.at(-1)!;
        for (const rate of [1, 2]) {
          write("real/rate.mjs", RATE(rate));
          write("bin/rate.mjs", RATE(rate));
          start(folder, script, isLaunched);
        }
        const finder = new SQLFinder(join(folder, "runs.db"));
        try {
          const [a, b] = await finder.getRunsInProject("demo");
          const program = await finder.programOf(a!);
          assertEquals(program?.entry, expected[0]);
          assertEquals(
            program?.modules.map(({ path }) => path).sort(),
            [...expected].sort(),
          );
          assertEquals(program?.coverage, { level: "full", missing: [] });
          const { suspects } = await explain(a!, b!, { finder });
          assertEquals(suspects.map(({ id }) => id), [`code:${last}#rate`]);
        } finally {
          await finder.close();
        }
      });
    });
  }
}

function start(folder: string, script: string, isLaunched: boolean): void {
  const address = pathToFileURL(join(folder, script)).href;
  const launcher = [
    ...CLI,
    "run",
    "--db",
    "runs.db",
    "--project",
    "demo",
    "--",
  ];
  const [program = "", ...words] = [
    ...isLaunched ? launcher : [],
    ...commandFor(address, []).flat(),
  ];
  const { status, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  assertEquals(status, 0, stderr);
}
