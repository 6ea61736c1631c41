/**
 * Programs that are bundled into one file: modules that are loaded late are missing unless the program imports
 * them, and threads have no module to start from. Bundling needs Deno, so this runs in Deno's suite; the bundles
 * run under Deno and Node.
 */
import { test } from "node:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { run } from "./_run.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig } from "../_shared/run_script.ts";

const skip = navigator.userAgent.startsWith("Deno/")
  ? false
  : "programs are bundled by Deno; this runs in Deno's suite";

const READ = `
import { ADict } from "@ato/ato/adict";
const say = (error) => console.log(error.name + ": " + error.message);
const show = (config) => console.log(JSON.stringify(config));
ADict.fromMmConfig("run.py").then(show, say).then(() =>
  ADict.fromHydra({ configDir: "conf" }).then(show, say));
`;

const SEARCH = `
import { isMainThread } from "node:worker_threads";
import {
  defineSpace, float, fullFidelity, openStudy, randomSampler, runStudy,
} from "@ato/ato/hyperopt";
export const objective = ({ config }) => config.x;
if (isMainThread) {
  const space = defineSpace({ x: float(0, 1) });
  const study = openStudy({
    id: "s", space, sampler: randomSampler(space), metric: "loss",
    scheduler: fullFidelity({ trials: 4 }),
  });
  runStudy(study, import.meta.url ?? "file:///program.cjs", { workers: 2 }).then(
    () => console.log("ran"),
    (error) => console.log(error.name + ": " + error.message),
  );
}
`;

const INPUTS = `
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
const config = { experiment: { projectName: "p", sql: { dbPath: "inputs.db" } } };
(async () => {
  const logger = new SQLLogger(config, { snapshot: false, onWarning: () => {} });
  const id = await logger.run();
  logger.logInput("run.py", { name: "run" });
  await logger.finish();
  const finder = new SQLFinder(config);
  const { inputs, coverage } = await finder.inputsOf(id);
  await finder.close();
  console.log(inputs.map(({ kind }) => kind).join(), coverage.missing.at(-1));
})();
`;

const NO_INPUTS =
  /^ the logged inputs failed: what records inputs cannot be loaded: .+; add it to the program with: import "@ato\/ato\/program"\n$/;
const LOGGED = /^file only logged inputs were recorded; .+\n$/;

const WITHOUT = (name: string, file: string) =>
  `ReaderLoadError: Cannot read ${file}: the reader of \\w+ configs cannot be loaded: [^;\\n]+[^.]; ` +
  `add it to the program with: import "@ato/ato/${name}"\n`;

/** The bundled programs, and their output. */
const PROGRAMS: [what: string, text: string, said: Record<string, RegExp>][] = [
  ["a reader that it does not import", READ, {
    esm: new RegExp(
      `^${WITHOUT("openmmlab", "run.py")}${WITHOUT("hydra", "conf")}$`,
    ),
    cjs: new RegExp(
      `^${WITHOUT("openmmlab", "run.py")}${WITHOUT("hydra", "conf")}$`,
    ),
  }],
  [
    "the readers that it imports",
    `import "@ato/ato/hydra";
import "@ato/ato/openmmlab";
${READ}`,
    {
      esm: /^{"depth":\[0,2\]}\n{"lr":0.1}\n$/,
      cjs: /^{"depth":\[0,2\]}\n{"lr":0.1}\n$/,
    },
  ],
  ["inputs without what records them", INPUTS, {
    esm: NO_INPUTS,
    cjs: NO_INPUTS,
  }],
  ["inputs with what records them", `import "@ato/ato/program";${INPUTS}`, {
    esm: LOGGED,
    cjs: LOGGED,
  }],
  ["a search in threads", SEARCH, {
    esm:
      /^WorkerStartError: Cannot start a worker for file:.+exit code 0 while it was loaded, as in a program that is bundled into one file; fix/,
    cjs:
      /^WorkerStartError: Cannot start a worker for file:.+ this program is bundled into a script, which has no address for threads/,
  }],
];

test("bundle", { skip }, async (t) => {
  const folder = makeTempFolder("bundle");
  try {
    writeFileSync(join(folder, "run.py"), "depth = [0, 1 + 1]\n");
    const conf = join(folder, "conf");
    mkdirSync(conf);
    writeFileSync(join(conf, "config.yaml"), "lr: 0.1\n");
    const runtimes: [string, string[]][] = [
      ["Deno", [process.execPath, "run", "-A", "--no-config"]],
    ];
    for (const line of ["22_13", "22", "24"]) {
      const node = process.env[`ATO_NODE_${line}`];
      if (node !== undefined) runtimes.push([`Node ${line}`, [node]]);
    }
    for (const [what, text, said] of PROGRAMS) {
      writeFileSync(join(folder, "program.ts"), text);
      for (const format of ["esm", "cjs"]) {
        const file = format === "esm" ? "program.mjs" : "program.cjs";
        const flags = ["--platform", "deno", "--format", format];
        const bundled = await run(process.execPath, [
          "bundle",
          "-q",
          "--no-lock",
          "--config",
          denoConfig(),
          ...flags,
          "--output",
          file,
          "program.ts",
        ], { cwd: folder });
        assertEquals(bundled.code, 0, bundled.err);
        for (const [name, [command, ...args]] of runtimes) {
          await t.test(`${format}, ${name}: ${what}`, async () => {
            const words = [...args, join(folder, file)];
            const { code, out, err } = await run(command!, words, {
              cwd: folder,
            });
            assertEquals(code, 0, err);
            assertMatch(out, said[format]!);
          });
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
