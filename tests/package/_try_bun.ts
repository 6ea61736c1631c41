/** The package for npm under Bun, if npm can install Bun. */
import type { TestContext } from "node:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { versionOf } from "./_jsr.ts";
import { run, start } from "./_packed.ts";

const DRIVER = `
import { chooseDriver } from "@ato/ato/tracker";
console.log((await chooseDriver()).name);
`;

/** Installs Bun beside the project: the path of its binary, or the reason why it is not available. */
function installBun(folder: string): { path: string } | { reason: string } {
  const place = join(folder, "..", "bun");
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), '{"private": true}');
  const npm = ["install", "--no-audit", "--no-fund", "--prefer-offline", "bun"];
  const installed = start("npm", npm, place);
  if (installed.status !== 0) {
    return { reason: `npm cannot install Bun: ${installed.stderr.trim()}` };
  }
  const path = join(place, "node_modules", ".bin", "bun");
  const { status, stdout, stderr } = start(path, ["--version"], place);
  if (status !== 0) return { reason: `Bun does not start: ${stderr.trim()}` };
  console.log(`Bun ${stdout.trim()}`);
  return { path };
}

/**
 * Tries the package under Bun, with the programs that the project has.
 *
 * @param t The test.
 * @param folder The project.
 */
export async function tryBun(t: TestContext, folder: string): Promise<void> {
  const bun = installBun(folder);
  if ("reason" in bun) {
    console.log(`Bun is skipped: ${bun.reason}`);
    await t.test("npm package: Bun", { skip: bun.reason }, () => {});
    return;
  }
  const env = { RUNS: "bun.db", HOME: folder };
  const program = (...words: string[]) => run(bun.path, words, folder, env);
  const ato = (...words: string[]) =>
    start(bun.path, ["x", "--bun", "ato", ...words], folder, env);

  await t.test("chooseDriver: Bun uses its own node:sqlite", () => {
    writeFileSync(join(folder, "driver.js"), DRIVER);
    assertEquals(program("driver.js"), "node\n");
  });
  await t.test("SQLLogger: Bun runs a quick start", () => {
    const file = "experiment.sql.dbPath=quick-start-bun.db";
    assertMatch(program("quick_start.js", file), /^lr 0\.001 1$/m);
  });
  await t.test("README: Bun runs its program", () => {
    const file = "experiment.sql.dbPath=readme-bun.db";
    assertEquals(program("readme.ts", file), "run 1 is in runs.db\n");
  });
  await t.test("runStudy: Bun searches in threads", () => {
    assertMatch(program("search.js", "on Bun"), /searched/);
  });
  await t.test("ADict.fromMmConfig, ADict.fromHydra: Bun loads the readers", () => {
    assertMatch(program("configs.js"), /read/);
    assertMatch(program("hydra.js"), /composed/);
  });
  await t.test("ato: Bun runs the command line", async () => {
    assertEquals(ato("--version").stdout, `${await versionOf()}\n`);
    program("train.js");
    program("train.js", "lr=0.5");
    const why = ato("why", "1", "2", "--db", env.RUNS);
    assertEquals(why.status, 1, why.stderr);
    assertMatch(
      why.stdout,
      /^VERDICT {2}The difference goes with lr \(0\.001 -> 0\.5\):/m,
    );
    assertMatch(why.stdout, /^ {2}code {5}=$/m);
    const again = ato("repeat", "1", "--yes", "--db", env.RUNS);
    assertMatch(again.stdout, /^run 1 is repeatable/m, again.stderr);
  });
}
