/**
 * Runs the iris example in six ways, as real processes: `ato why` names the true cause of each
 * difference first.
 */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import type { Explanation } from "../../why/mod.ts";
import {
  commandOf,
  replaceIn,
  trained,
  withExamples,
} from "../examples/_examples.ts";

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

/** Returns the answer as data. */
async function asked(
  folder: string,
  ...words: string[]
): Promise<Explanation> {
  return JSON.parse((await why(folder, ...words, "--json")).out);
}

async function suspects(
  folder: string,
  ...words: string[]
): Promise<string[]> {
  return (await asked(folder, ...words)).suspects.map(({ id }) => id);
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
      assertMatch(out, /^VERDICT .*\blr \(0\.02 -> 3\)/m);
      assertMatch(
        out,
        /^> config {3}lr {3}0\.02 -> 3 {3}\(defaults, train_iris\.ts:\d+ -> command line: lr=3\)$/m,
      );
      assertEquals((await suspects(folder, "1", "2"))[0], "config:lr");
      assertEquals(code, 1);
    });
    await t.test("one operator in a helper", async () => {
      const { code, out } = await why(folder, "1", "3");
      assertMatch(out, /^VERDICT .*\bstepLayer in .*iris\/network\.ts/m);
      assertMatch(out, /^> code {5}.*iris\/network\.ts#stepLayer {3}changed$/m);
      assertMatch(out, /^-.*weights\[at\]! -= lr/m);
      assertMatch(out, /^\+.*weights\[at\]! \+= lr/m);
      assertEquals(code, 1);
    });
    await t.test("another seed", async () => {
      const { code, out } = await why(folder, "1", "4");
      assertMatch(out, /^VERDICT .*\bonly the seed differs \(7 -> 8\): /m);
      assertEquals(out.match(/^.*\bseed {3}7 -> 8.*$/gm)?.length, 1, out);
      assert(!/^> (code|inputs|env)/m.test(out), out);
      const found = await asked(folder, "1", "4");
      assertEquals(
        new Set(found.suspects.map(({ kind }) => kind)),
        new Set(["seed"]),
      );
      assertEquals([code, found.outcome], [1, "explained"]);
    });
    await t.test("nothing", async () => {
      const { code, out } = await why(folder, "1", "5");
      assertMatch(out, /^VERDICT {2}The results are identical\./m);
      const { outcome, suspects } = await asked(folder, "1", "5");
      assertEquals([code, outcome, suspects], [0, "identical", []]);
    });
    await t.test("unseeded randomness in the data", async () => {
      const { code, out } = await why(folder, "6", "7");
      assertMatch(
        out,
        /^VERDICT {2}No recorded factor differs, yet .* The outputs first diverge at load, call 1: randomness without a seed there, or what it reads\./m,
      );
      assertMatch(
        out,
        /^ {2}output .*load differs from call 1.*evaluate differs .*\(downstream\)/m,
      );
      assert(!/^>/m.test(out), "nothing that was recorded is suspected");
      const { outcome, suspects, differing } = await asked(folder, "6", "7");
      assertEquals(
        [code, outcome, suspects, differing],
        [1, "unexplained", [], []],
      );
    });
    await t.test("as data", async () => {
      const [first, ...others] = (await asked(folder, "1", "3")).suspects;
      assertEquals(first?.kind, "code");
      assertMatch(first?.id ?? "", /^code:iris\/network\.ts#stepLayer$/);
      assertMatch(first?.diff ?? "", /^\+.*weights\[at\]! \+= lr/m);
      assertEquals(others, []);
    });
  });
});

/** A program of three files, of which none traces anything. */
const PLAIN: Readonly<Record<string, string>> = {
  "plain.ts": `import { SQLLogger } from "@ato/ato/tracker";
import { Model } from "./plain/model.ts";
const logger = new SQLLogger({ experiment: { projectName: "plain", sql: { dbPath: "iris.db" } } });
await logger.run();
await logger.track(() => logger.logMetric("score", new Model(3).area, 0));
`,
  "plain/model.ts": `import { square } from "./square.ts";
export class Model {
  constructor(private_: number) { this.side = private_; }
  side: number;
  get area(): number { return square(this.side) + 1; }
  unused(): number { return 0; }
}
`,
  "plain/square.ts": `export const square = (x: number): number => x * x;
export function cube(x: number): number { return x * x * x; }
`,
};

/** An edit, the suspect that it is, and the line that it adds. */
const EDITS: readonly (readonly [
  file: string,
  from: string,
  to: string,
  id: RegExp,
  line: RegExp,
])[] = [
  [
    ...["plain/model.ts", "(this.side) + 1", "(this.side) + 2"] as const,
    /^code:plain\/model\.ts#Model\.area$/,
    /^\+.* \+ 2/m,
  ],
  [
    ...["plain/square.ts", "=> x * x;", "=> x * x * 2;"] as const,
    /^code:plain\/square\.ts#square$/,
    /^\+.* \* 2/m,
  ],
];

test("ato why: an edit of a getter or a helper is named with its diff, though nothing is traced", async () => {
  await withExamples(async (folder) => {
    mkdirSync(join(folder, "plain"));
    for (const [path, text] of Object.entries(PLAIN)) {
      writeFileSync(join(folder, path), text);
    }
    const [program, ...rest] = commandOf(join(folder, "plain.ts"));
    const run = () => {
      const child = spawnSync(program!, rest, {
        cwd: folder,
        encoding: "utf8",
      });
      assertEquals(child.status, 0, child.stderr);
    };
    run();
    for (const [index, [file, from, to, id, line]] of EDITS.entries()) {
      replaceIn(folder, file, from, to);
      run();
      const last = String(index + 2);
      const { outcome, suspects } = await asked(folder, "1", last);
      assertEquals([outcome, suspects.length], ["explained", 1]);
      assertMatch(suspects[0]?.id ?? "", id);
      assertMatch((await why(folder, "1", last)).out, line);
      replaceIn(folder, file, to, from);
    }
    // What nothing reaches is no suspect, and a comment is no change.
    replaceIn(folder, "plain/square.ts", "x * x * x", "x ** 3");
    replaceIn(
      folder,
      "plain/model.ts",
      "export class",
      "// A comment.\nexport class",
    );
    run();
    const same = await asked(folder, "1", String(EDITS.length + 2));
    assertEquals([same.outcome, same.differing], ["identical", []]);
  });
});
