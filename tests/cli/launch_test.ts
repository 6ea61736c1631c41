/** Tests of scripts that record their runs themselves, under `ato run`. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { ato, inFolder } from "./_lib.ts";

const TRACKER = JSON.stringify(
  new URL("../../tracker/mod.ts", import.meta.url).href,
);

async function runsIn(path: string): Promise<[number, string][]> {
  const finder = new SQLFinder(path);
  const projects = await finder.listProjects();
  const runs = await Promise.all(
    projects.map(({ name }) => finder.getRunsInProject(name)),
  );
  await finder.close();
  return runs.flat().map(({ id, status }) => [id, status]);
}

/** Writes a script that records as many runs as it is told. */
function writeScript(folder: string, db: string, count: number): string {
  const script = join(folder, "train.ts");
  writeFileSync(
    script,
    `import { SQLLogger } from ${TRACKER};
const experiment = { projectName: "own", sql: { dbPath: ${
      JSON.stringify(db)
    } } };
for (let i = 0; i < ${count}; i++) {
  const logger = new SQLLogger({ lr: i, experiment });
  await logger.run();
  logger.logMetric("loss", i, 0);
  console.log("loss=5");
  await logger.finish();
}
`,
  );
  return script;
}

test("ato run: a script that records its run itself makes one run, in the same file", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = writeScript(folder, db, 1);
    const { code, err } = await ato(
      ...["run", "--db", db, "--", ...commandOf(script)],
    );
    assertEquals(code, 0, err);
    assertStringIncludes(err, "the program recorded run 2 itself");
    assertEquals(await runsIn(db), [[2, "completed"]]);
  });
});

test("ato run: runs that a script records in another file are named with it, and the answer is theirs", async () => {
  await inFolder(async (folder) => {
    const [db, own] = [join(folder, "ato.db"), join(folder, "own.db")];
    const script = writeScript(folder, own, 3);
    const { out } = await ato(
      ...["run", "--json", "--db", db, "--", ...commandOf(script)],
    );
    const said = JSON.parse(out);
    assertEquals([said.id, said.path, said.code], [1, own, 0]);
    assertEquals(said.runs.map(({ id }: { id: number }) => id), [1, 2, 3]);
    assertEquals((await runsIn(own)).length, 3);
    assertEquals(await runsIn(db), []);
  });
});

test("ato run: a script that records nothing itself makes one run of ato run", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = writeScript(folder, db, 0);
    const { code } = await ato(
      ...["run", "--db", db, "--", ...commandOf(script)],
    );
    assertEquals([code, await runsIn(db)], [0, [[1, "completed"]]]);
  });
});
