import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { sketchValue } from "../../fingerprint/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { configIn, inFolder } from "./_helpers.ts";

// What a training that diverges gives back, and figures that JSON writes by all their digits.
const OUTPUTS: Readonly<Record<string, readonly number[]>> = {
  "NaN alone": [NaN],
  "NaN beside numbers": [0.5, NaN, 2],
  "the infinities": [Infinity, -Infinity, 1],
  "a norm without bound": [1.7e308, 1.7e308],
  "integers beyond 2^53": [2 ** 60, 2 ** 62, -(2 ** 63)],
};

async function store(folder: string, output: readonly number[]) {
  const scope = new Scope({ argv: [] });
  scope.observe("defaults", { ...configIn(folder) }, { default: true });
  const evaluate = scope.runtimeTrace({ id: "evaluate" })(() => [...output]);
  await scope.main(async (config) => {
    const logger = new SQLLogger(config);
    await logger.run();
    evaluate();
    await logger.finish();
  })();
}

async function storedSketch(folder: string) {
  const finder = new SQLFinder(configIn(folder));
  try {
    const run = (await finder.findRun(1))!;
    const outputs = await run.outputs("evaluate");
    return outputs[0]?.sketch;
  } finally {
    await finder.close();
  }
}

for (const [name, output] of Object.entries(OUTPUTS)) {
  test(`run.outputs: returns the sketch that was recorded: ${name}`, async () => {
    await inFolder(async (folder) => {
      await store(folder, output);
      assertEquals(await storedSketch(folder), sketchValue([...output]));
    });
  });
}

test("run.outputs: reads a sketch with null instead of NaN, as older files have it", async () => {
  await inFolder(async (folder) => {
    await store(folder, [NaN]);
    const file = new DatabaseSync(join(folder, "runs.db"));
    file.prepare("UPDATE outputs SET sketch = ?").run(
      JSON.stringify(sketchValue([0.5, NaN])),
    );
    file.close();
    assertEquals((await storedSketch(folder))?.samples, [0.5, NaN]);
  });
});
