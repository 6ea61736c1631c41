/** The program of runs in threads: it is the user's, though a thread begins in a module of Ato. */
import { spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { explain } from "../../why/mod.ts";
import { commandFor, inFolder } from "../tracker/_helpers.ts";

const ATO = new URL("../../", import.meta.url).href;

/** The start of a search of two trials in two threads; `module` is the address of the objective. */
const SEARCH = (module: string) => `
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { defineSpace, float, fullFidelity, gridSampler, openStudy, runStudy } from "${ATO}hyperopt/mod.ts";
if (isMainThread) {
  const [dbPath, id, name] = process.env.ATO_TEST_WORDS.split(",");
  const space = defineSpace({ x: float(1, 3, { grid: 2 }) });
  const study = openStudy({
    id, space, sampler: gridSampler(space), scheduler: fullFidelity({ trials: 2 }), metric: "loss", mode: "min",
  });
  const tracker = { experiment: { projectName: "demo", sql: { dbPath } } };
  await runStudy(study, ${module}, { workers: 2, tracker });
  study.close();
}
`;
const OBJECTIVE = `
import { readFileSync } from "node:fs";
import { loss } from "./src/loss.ts";
export function objective({ config }) {
  return loss(config.x) + readFileSync(new URL("data.txt", import.meta.url), "utf8").length;
}
`;
const LOSS = (factor: number) =>
  `export const loss = (x) => ${factor} * x;\nexport const unused = ${factor};\n`;

/** Where the objective is: the files of the project, and the module of the objective. */
const PLACES: readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  modules: readonly string[],
][] = [
  [
    "in the script",
    { "search.ts": OBJECTIVE + SEARCH("import.meta.url") },
    ["search.ts", "src/loss.ts"],
  ],
  [
    "in a module whose address is computed",
    {
      "search.ts": SEARCH("new URL(name, import.meta.url)"),
      "objective.ts": OBJECTIVE,
    },
    ["search.ts", "objective.ts", "src/loss.ts"],
  ],
];

for (const [name, files, modules] of PLACES) {
  test(`runStudy: a run in a thread has the program that ran, with the objective ${name}, and why sees an edit`, async () => {
    await inFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      const all = { ...files, "deno.json": "{}", "data.txt": "abc" };
      for (const [path, text] of Object.entries(all)) {
        writeFileSync(join(folder, path), text);
      }
      mkdirSync(join(folder, "src"));
      for (const [i, factor] of [1, 2].entries()) {
        writeFileSync(join(folder, "src/loss.ts"), LOSS(factor));
        search(folder, `${dbPath},study${i},objective.ts`);
      }
      const finder = new SQLFinder(dbPath);
      try {
        const runs = await finder.getRunsInProject("demo");
        assertEquals(runs.length, 4);
        for (const run of runs) {
          const program = await finder.programOf(run);
          assertEquals(program?.entry, "search.ts");
          assertEquals(program?.modules.map(({ path }) => path), modules);
          const { script, command, argv } = run.environment;
          assertEquals(script, join(realpathSync(folder), "search.ts"));
          for (const words of [command, argv]) {
            assertMatch(words?.at(-2) ?? "", /[\\/]search\.ts$/);
            assertEquals(words?.at(-1), "word");
          }
        }
        const [a, b] = [0, 1].map((i) =>
          runs.find(({ tags, config }) =>
            tags.includes(`search:study${i}`) && config["x"] === 3
          )
        );
        const { suspects, coverage } = await explain(a!, b!, { finder });
        assertEquals(suspects.map(({ id }) => id), ["code:src/loss.ts#loss"]);
        assert(
          !coverage.code.missing.some((phrase) => /thread_main/.test(phrase)),
          coverage.code.missing.join("\n"),
        );
      } finally {
        await finder.close();
      }
    });
  });
}

function search(folder: string, words: string): void {
  const script = pathToFileURL(join(folder, "search.ts")).href;
  const { status, stderr } = spawnSync(...commandFor(script, ["word"]), {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ATO_TEST_WORDS: words },
  });
  assertEquals(status, 0, stderr);
}
