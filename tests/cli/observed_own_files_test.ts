/** What Ato itself reads, and settings in the home folder, are no inputs of a program that makes its runs. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertEquals } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { commandFor, isDeno } from "../tracker/_helpers.ts";
import { denoConfig } from "../_shared/run_script.ts";
import { inFolder } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));
const ATO = new URL("../../", import.meta.url).href;

const CODE = `
const { readFileSync } = await import("node:fs");
const { homedir } = await import("node:os");
const { SQLLogger } = await import("${ATO}tracker/mod.ts");
const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: "runs.db" } } });
await logger.run();
readFileSync("data.txt");
readFileSync(homedir() + "/.npmrc");
await logger.finish();
`;
const TYPED = isDeno
  ? [process.execPath, "eval", "--config", denoConfig(), CODE]
  : [process.execPath, ...process.execArgv, "--input-type=module", "-e", CODE];

/** How the program is started, and where the state of programs is below the folder of the test. */
const STARTS: readonly [
  name: string,
  command: (script: string) => string[],
  state: string,
][] = [
  ["a script", (script) => commandFor(script, []).flat(), "state"],
  ["typed code", () => TYPED, "state"],
  ["typed code", () => TYPED, "home/.local/state"],
];

for (const [name, command, state] of STARTS) {
  test(`ato run: the key of Ato in ${state} is no input of ${name}, nor are settings`, async () => {
    await inFolder(async (folder) => {
      const [project, home] = [join(folder, "project"), join(folder, "home")];
      for (const one of [project, home]) mkdirSync(one);
      writeFileSync(join(home, ".npmrc"), "");
      writeFileSync(join(project, "data.txt"), "1");
      writeFileSync(join(project, "package.json"), '{"type": "module"}');
      writeFileSync(join(project, "main.mjs"), CODE);
      const script = pathToFileURL(join(project, "main.mjs")).href;
      const db = join(project, "runs.db");
      const [program = "", ...words] = CLI;
      const { status, stderr } = spawnSync(
        program,
        [...words, "run", "--db", db, "--", ...command(script)],
        {
          cwd: project,
          encoding: "utf8",
          env: {
            ...process.env,
            XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ??
              join(homedir(), ".cache"),
            HOME: home,
            XDG_STATE_HOME: join(folder, state),
          },
        },
      );
      assertEquals(status, 0, stderr);
      const finder = new SQLFinder(db);
      try {
        const [run] = await finder.getRunsInProject("demo");
        const { inputs } = (await finder.inputsOf(run!))!;
        assertEquals(
          // Under Node, the tests' own loader reads a file elsewhere.
          inputs.map(({ name }) => name).filter((name) =>
            name !== denoConfig()
          ),
          ["data.txt"],
        );
      } finally {
        await finder.close();
      }
    });
  });
}

const TWO_FILES = `
import { readFileSync } from "node:fs";
import { SQLLogger } from "${ATO}tracker/mod.ts";
const loggers = ["a.db", "b.db"].map((dbPath) =>
  new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath } } }));
for (const logger of loggers) await logger.run();
readFileSync("data.txt");
for (const logger of loggers) await logger.finish();
`;

test("ato run: the files that a program writes its runs to are no inputs of each other's runs", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "data.txt"), "1");
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    writeFileSync(join(folder, "main.mjs"), TWO_FILES);
    const script = pathToFileURL(join(folder, "main.mjs")).href;
    const [program = "", ...words] = CLI;
    const launcher = [...words, "run", "--db", join(folder, "other.db"), "--"];
    // The second time, both files are there before the program starts.
    for (let time = 0; time < 2; time++) {
      const command = [...launcher, ...commandFor(script, []).flat()];
      const options = { cwd: folder, encoding: "utf8" } as const;
      const { status, stderr } = spawnSync(program, command, options);
      assertEquals(status, 0, stderr);
    }
    for (const name of ["a.db", "b.db"]) {
      const finder = new SQLFinder(join(folder, name));
      try {
        for (const run of await finder.getRunsInProject("demo")) {
          const { inputs } = (await finder.inputsOf(run))!;
          const names = inputs.map(({ name }) => name)
            .filter((name) => name !== denoConfig());
          assertEquals(names, ["data.txt"]);
        }
      } finally {
        await finder.close();
      }
    }
  });
});
