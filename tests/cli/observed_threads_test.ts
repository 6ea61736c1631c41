/** What trials in threads read under `ato run`: their runs have it as inputs, and why sees an edit of it. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assertEquals } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { explain } from "../../why/mod.ts";
import { commandFor } from "../tracker/_helpers.ts";
import { ato, inFolder } from "./_lib.ts";

const ATO = new URL("../../", import.meta.url).href;

const SEARCH = `
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import process from "node:process";
import { defineSpace, float, fullFidelity, gridSampler, openStudy, runStudy } from "${ATO}hyperopt/mod.ts";
const rate = Number(readFileSync(new URL("rate.txt", import.meta.url), "utf8"));
export function objective({ config }) {
  if (!process.argv[1].includes("_thread_main")) throw new Error(process.argv[1]);
  return rate * config.x + Number(process.env.TEST_NOT_SET ?? 0);
}
if (isMainThread) {
  const [, , dbPath] = process.argv;
  const space = defineSpace({ x: float(1, 3, { grid: 2 }) });
  const study = openStudy({
    id: "study" + rate, space, sampler: gridSampler(space), scheduler: fullFidelity({ trials: 2 }), metric: "loss", mode: "min",
  });
  const tracker = { experiment: { projectName: "demo", sql: { dbPath } } };
  await runStudy(study, import.meta.url, { workers: 2, tracker });
  study.close();
}
`;

test("ato run: what a trial in a thread reads is an input of its run, and why sees an edit", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = join(folder, "search.ts");
    writeFileSync(join(folder, "deno.json"), "{}");
    writeFileSync(script, SEARCH);
    for (const rate of [1, 2]) {
      writeFileSync(join(folder, "rate.txt"), `${rate}`);
      const command = commandFor(pathToFileURL(script).href, [db]).flat();
      const { code, err } = await ato("run", "--db", db, "--", ...command);
      assertEquals(code, 0, err);
    }
    const finder = new SQLFinder(db);
    try {
      const runs = await finder.getRunsInProject("demo");
      assertEquals(
        runs.map(({ status }) => status),
        Array(4).fill("completed"),
      );
      for (const run of runs) {
        const { inputs, coverage } = (await finder.inputsOf(run))!;
        assertEquals(
          // Under Node, the tests' own loader reads a file elsewhere.
          inputs.map(({ name }) => name).filter((name) => !/^\//.test(name)),
          ["TEST_NOT_SET", "rate.txt"],
        );
        assertEquals(coverage, { level: "full", missing: [] });
      }
      const [a, b] = [1, 2].map((rate) =>
        runs.find(({ tags, config }) =>
          tags.includes(`search:study${rate}`) && config["x"] === 3
        )
      );
      const { suspects } = await explain(a!, b!, { finder });
      assertEquals(suspects.map(({ id }) => id), ["input:rate.txt"]);
    } finally {
      await finder.close();
    }
  });
});
