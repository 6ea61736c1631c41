/** The command line of the package for npm: `npx ato` under one Node. */
import type { TestContext } from "node:test";
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { versionOf } from "./_jsr.ts";
import { run, start } from "./_packed.ts";

/** A program whose runs the command line is asked about. */
export const TRAIN = `
import { Scope, SQLLogger } from "@ato/ato";
import process from "node:process";

const scope = new Scope();
scope.observe({ default: true })(function defaults(config) {
  config.lr = 0.001;
  config.experiment = { projectName: "train", sql: { dbPath: process.env.RUNS } };
});
const step = scope.trace({ id: "step" })((x) => x * 2);
const judge = scope.runtimeTrace({ id: "judge" })((x) => new Float64Array([x]));
const train = scope.main(async (config) => {
  const logger = new SQLLogger(config);
  await logger.run();
  for (let i = 0; i < 3; i++) logger.logMetric("loss", config.lr * step(i), i);
  judge(config.lr);
  await logger.finish();
});
await train();
`;

/**
 * Tries `npx ato` in a project that has the package.
 *
 * @param t The test.
 * @param folder The project.
 * @param version The version of Node, and its binary.
 */
export async function tryNpx(
  t: TestContext,
  folder: string,
  { name, node }: { readonly name: string; readonly node: string },
): Promise<void> {
  writeFileSync(join(folder, "train.js"), TRAIN);
  const env = {
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    RUNS: `npx-${name}.db`,
    // The repeat order of a run is asked for in the home folder of the user.
    HOME: folder,
  };
  const npx = (...words: string[]) =>
    start("npx", ["--no-install", "ato", ...words], folder, env);
  // What npx starts. The start of npx takes longer than most commands.
  const ato = (...words: string[]) =>
    start(join(folder, "node_modules", ".bin", "ato"), words, folder, env);
  const database = ["--db", env.RUNS];

  await t.test(`npx ato --version: Node ${name} prints it`, async () => {
    const { status, stdout, stderr } = npx("--version");
    assertEquals([status, stdout, stderr], [0, `${await versionOf()}\n`, ""]);
  });
  await t.test(`ato why: Node ${name} names the changed key`, () => {
    run(node, ["train.js"], folder, env);
    run(node, ["train.js", "lr=0.5"], folder, env);
    const runs = ato("runs", "--json", ...database);
    assertEquals(JSON.parse(runs.stdout).length, 2, runs.stderr);
    const { status, stdout } = ato("why", "1", "2", ...database);
    assertEquals(status, 1, stdout);
    assertMatch(
      stdout,
      /^VERDICT {2}The difference goes with lr \(0\.001 -> 0\.5\):/m,
    );
  });
  await t.test(`ato repeat: Node ${name} repeats a run`, () => {
    const { stdout, stderr } = ato("repeat", "1", "--yes", ...database);
    assertMatch(stdout, /^run 1 is repeatable/m, stderr);
  });
  await t.test(`npx ato: Node ${name} shows a mistake`, () => {
    const { status, stdout, stderr } = npx("rusn");
    assertEquals([status, stdout], [2, ""]);
    assertMatch(stderr, /did you mean runs\?/);
  });
}
