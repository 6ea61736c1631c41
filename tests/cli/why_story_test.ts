/**
 * Runs the iris example in six ways, as real processes: `ato why` names the true cause of each
 * difference first.
 */
import { test } from "node:test";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { replaceIn, trained, withExamples } from "../examples/_examples.ts";

async function why(
  folder: string,
  ...words: string[]
): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string) => void (out += text);
  const terminal = new Terminal({ write, warn: write });
  const code = await main(
    ["why", ...words, "--db", join(folder, "iris.db")],
    terminal,
  );
  return { code, out };
}

test("ato why: names the true cause in six runs of the example", async (t) => {
  await withExamples(async (folder) => {
    trained(folder);
    trained(folder, "lr=3");
    replaceIn(
      folder,
      "iris/network.ts",
      "weights[at]! -= lr",
      "weights[at]! += lr",
    );
    trained(folder);
    replaceIn(
      folder,
      "iris/network.ts",
      "weights[at]! += lr",
      "weights[at]! -= lr",
    );
    trained(folder, "seed=8");
    trained(folder);
    const shuffled = 'const load = scope.runtimeTrace({ id: "load" })(\n' +
      "  (config: IrisConfig) => loadIris(Math.random, config.testShare).test.map((one) => one.features),\n" +
      ");\n\n/** The share of samples";
    replaceIn(folder, "train_iris.ts", "/** The share of samples", shuffled);
    replaceIn(
      folder,
      "train_iris.ts",
      "const data = loadIris(random, config.testShare);",
      "load(config);\n  const data = loadIris(Math.random, config.testShare);",
    );
    trained(folder);
    trained(folder);

    await t.test("another learning rate", async () => {
      const { code, out } = await why(folder, "1", "2", "--metric", "loss");
      assertMatch(
        out,
        /^VERDICT {2}The config changed; code did not\. Likely: lr\./m,
      );
      assertMatch(out, /^> config .*1 value changed$/m);
      assertMatch(
        out,
        /lr 0\.02 -> 3 {3}\(defaults, train_iris\.ts:\d+ -> command line: lr=3\)/,
      );
      assertEquals(code, 1);
    });
    await t.test("one operator in a helper", async () => {
      const { code, out } = await why(folder, "1", "3");
      assertMatch(
        out,
        /^VERDICT {2}The code changed; config did not\. Likely: stepLayer\(\) in .*network\.ts\./m,
      );
      assertMatch(out, /^-.*] -= /m);
      assertMatch(out, /^\+.*] \+= /m);
      assertEquals(code, 1);
    });
    await t.test("another seed", async () => {
      const { out } = await why(folder, "1", "4");
      assertMatch(
        out,
        /^VERDICT {2}The seed changed; config and code did not\./m,
      );
    });
    await t.test("nothing", async () => {
      const { code, out } = await why(folder, "1", "5");
      assertMatch(out, /^VERDICT {2}Nothing differs/m);
      assertEquals(code, 0);
    });
    await t.test("unseeded randomness in the data", async () => {
      const { out } = await why(folder, "6", "7");
      assertMatch(
        out,
        /^VERDICT {2}Same config, same code, yet the outputs first diverge at load, call 1\. Likely: unseeded randomness/m,
      );
      assertMatch(
        out,
        /^> output .*load differs from call 1.*evaluate differs .*\(downstream\)/m,
      );
      assert(!out.includes("1 value changed"));
    });
    await t.test("as data", async () => {
      const { out } = await why(folder, "1", "3", "--json");
      const found = JSON.parse(out);
      assertEquals(found.suspects[0].kind, "code");
      assertEquals(found.suspects[0].traceId, "trainStep");
      assertMatch(
        found.differences.code[0].dependencies[0].after.id,
        /network\.ts#stepLayer$/,
      );
    });
  });
});
