/** The quick start of the README, outside of the repository: it runs, and `ato why` prints the sample. */
import type { TestContext } from "node:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "./_imports.ts";
import { run, start } from "./_packed.ts";
import { assertStored } from "./_update.ts";

const README = new URL("README.md", ROOT);
const TEXT = readFileSync(README, "utf8");

/** The program of the README: plain TypeScript, which Node 22.18 and newer run as it is. */
export const README_PROGRAM: string = /```ts\n(\/\/ train\.ts\n[^]*?)```/.exec(
  TEXT,
)![1]!;

/** What `ato why` prints in the README. */
const SAMPLE = /(?<=```text\n)ato why 1 3[^]*?(?=```)/;

/**
 * Does what the README says: runs its program, loses a minus sign, and asks why.
 *
 * @param t The test.
 * @param folder The project that has the package.
 * @param node The binary of Node.
 */
export async function tryReadme(
  t: TestContext,
  folder: string,
  node: string,
): Promise<void> {
  const place = join(folder, "start");
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), '{"type": "module"}');
  const train = (program: string, ...words: string[]) => {
    writeFileSync(join(place, "train.ts"), program);
    return run(node, ["train.ts", ...words], place);
  };
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const npx = (...words: string[]) =>
    start("npx", ["--no-install", "ato", ...words], place, env);
  // What npx starts. The start of npx takes longer than most commands.
  const ato = (...words: string[]) =>
    start(join(folder, "node_modules", ".bin", "ato"), words, place, env);

  await t.test("README: ato why prints the sample", () => {
    assertEquals(train(README_PROGRAM), "run 1 is in runs.db\n");
    train(README_PROGRAM);
    assertStringIncludes(README_PROGRAM, "Math.exp(-time)");
    train(README_PROGRAM.replace("exp(-time)", "exp(time)"));
    const { status, stdout, stderr } = npx("why", "1", "3");
    assertEquals([status, stderr], [1, ""]);
    assertEquals(SAMPLE.test(TEXT), true, "the README has a sample");
    assertStored(README, TEXT.replace(SAMPLE, () => stdout));
  });
  await t.test("README: its other commands work", () => {
    train(README_PROGRAM, "fast");
    train(README_PROGRAM, "lr=0.05");
    assertStringIncludes(
      train(README_PROGRAM, "print", "fast"),
      "lr: 0.1",
    );
    // As `diff`, `compare` exits with 1 if the runs differ, and `bisect` if the metric moved beyond its noise: five runs do not show that.
    const commands: [status: number, ...words: string[]][] = [
      [0, "runs"],
      [1, "compare", "1", "2", "3"],
      [0, "bisect", "demo", "--metric", "loss"],
      [0, "run", "--db", "other.db", "--", node, "--version"],
    ];
    for (const [expected, ...words] of commands) {
      const { status, stdout, stderr } = ato(...words);
      assertEquals(status, expected, `${words.join(" ")}\n${stdout}${stderr}`);
    }
  });
}
