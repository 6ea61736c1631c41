/** The names in the output of `why`, as text and as data: equal names of helpers, keys with dots, hostile names. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { changesOf } from "../../why/code_changes.ts";
import { commandText } from "../../internal/shell_words.ts";
import type { Bisection } from "../../why/mod.ts";
import type { CodeChange } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** With it Ato is a package of the project, not a part of its code, which each run would read. */
const PROJECT = '{ "imports": { "@ato/ato": "jsr:@ato/ato@^0.1.0" } }';

function train(folder: string): void {
  const [program, ...rest] = commandOf(join(folder, "train.ts"));
  const child = spawnSync(program!, rest, { cwd: folder, encoding: "utf8" });
  assertEquals(child.status, 0, child.stderr);
}

const HELPER = (by: number) =>
  `const half = 0.5;
const twice = (x: number) => x * 2;
export function scale(x: number): number { return twice(x) * half * ${by}; }
`;

test("ato why: two helpers with the same name in two files are two suspects", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "deno.json"), PROJECT);
    writeFileSync(
      join(folder, "train.ts"),
      `import { Scope, SQLLogger } from "@ato/ato";
import { scale } from "./a.ts";
import { scale as other } from "./b.ts";
const scope = new Scope();
scope.observe({ default: true })(function base(config) {
  config.experiment = { projectName: "p", sql: { dbPath: "runs.db" } };
});
const step = scope.trace({ id: "step", uses: { scale } })((x: number) => scale(x) + other(x));
await scope.main(async (config) => {
  const logger = new SQLLogger(config);
  await logger.run();
  await logger.track(() => logger.logMetric("loss", step(1), 0));
})();
`,
    );
    for (const [a, b] of [[2, 3], [5, 7], [5, 9]] as const) {
      writeFileSync(join(folder, "a.ts"), HELPER(a));
      writeFileSync(join(folder, "b.ts"), HELPER(b));
      train(folder);
    }
    const suspects = async (...words: string[]) => {
      const db = join(folder, "runs.db");
      const { out } = await ato("why", ...words, "--json", "--db", db);
      return JSON.parse(out).suspects.map(({ id }: { id: string }) => id)
        .sort();
    };
    const [inA, inB] = ["code:a.ts#scale", "code:b.ts#scale"];
    assertEquals(await suspects("1", "2"), [inA, inB]);
    assertEquals(await suspects("2", "3"), [inB]);
    const { out } = await ato("why", "1", "2", "--db", join(folder, "runs.db"));
    assertMatch(out, /^VERDICT .*scale in a\.ts .*scale in b\.ts/m);
  });
});

test("ato why: a helper that was renamed is no suspect, and one that was exchanged is", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "deno.json"), PROJECT);
    const helpers = (first: string, second: string) =>
      `export const ${first} = (x: number) => x + 1;
export const ${second} = (x: number) => x * 2;
`;
    const record = (names: readonly [string, string], text: string) => {
      writeFileSync(join(folder, "helpers.ts"), text);
      writeFileSync(
        join(folder, "train.ts"),
        `import { SQLLogger } from "@ato/ato";
import { ${names.join(", ")} } from "./helpers.ts";
const experiment = { projectName: "p", sql: { dbPath: "runs.db" } };
const logger = new SQLLogger({ experiment });
await logger.run();
const noise = Math.random();
await logger.track(() => logger.logMetric("loss", ${names[0]}(${
          names[1]
        }(1)) + noise, 0));
`,
      );
      train(folder);
    };
    record(["add", "twice"], helpers("add", "twice"));
    record(["plus", "add"], helpers("plus", "add"));
    record(["add", "twice"], helpers("twice", "add"));
    const db = join(folder, "runs.db");
    const ask = async (...words: string[]) => {
      const { out } = await ato("why", ...words, "--json", "--db", db);
      const { suspects, outcome } = JSON.parse(out);
      return [outcome, suspects.map(({ id }: { id: string }) => id).sort()];
    };
    assertEquals(await ask("1", "2"), ["unexplained", []]);
    const both = ["code:helpers.ts#add", "code:helpers.ts#twice"];
    assertEquals(await ask("1", "3"), ["explained", both]);
    const { out } = await ato("why", "1", "2", "--db", db);
    assertMatch(out, /^ {2}code +=/m);

    // Renamed and edited: one suspect, with both versions.
    record(["more", "twice"], helpers("more", "twice").replace("+ 1", "+ 5"));
    assertEquals(await ask("1", "4"), ["explained", ["code:helpers.ts#more"]]);
    const { out: edited } = await ato("why", "1", "4", "--db", db);
    assertMatch(
      edited,
      /^-export const add = .*\+ 1;\n\+export const more = .*\+ 5;$/m,
    );
  });
});

test("ato bisect: a helper that was renamed did not move a metric, and one that was exchanged did", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "deno.json"), PROJECT);
    const record = (project: string, [first, second]: string[], parts: {
      readonly names: readonly [string, string];
      readonly offset: number;
    }) => {
      writeFileSync(
        join(folder, "helpers.ts"),
        `export const ${first} = (x: number) => x + 1;
export const ${second} = (x: number) => x * 2;
`,
      );
      writeFileSync(
        join(folder, "train.ts"),
        `import { readFileSync } from "node:fs";
import { SQLLogger } from "@ato/ato";
import { ${parts.names.join(", ")} } from "./helpers.ts";
const { project, offset } = JSON.parse(readFileSync("job.json", "utf8"));
const experiment = { projectName: project, sql: { dbPath: "runs.db" } };
for (let i = 0; i < 6; i++) {
  const logger = new SQLLogger({ offset, experiment });
  await logger.run();
  const loss = ${parts.names[0]}(${parts.names[1]}(1)) + i / 100 + offset;
  await logger.track(() => logger.logMetric("loss", loss, 0));
}
`,
      );
      const job = { project, offset: parts.offset };
      writeFileSync(join(folder, "job.json"), JSON.stringify(job));
      train(folder);
    };
    const found = async (project: string) => {
      const db = join(folder, "runs.db");
      const { out } = await ato(
        ...["bisect", project, "--metric", "loss", "--json", "--db", db],
      );
      const { moves } = JSON.parse(out) as Bisection;
      return moves.map(({ ends, findings }) => [
        ends,
        findings.map(({ id, status }) => `${status} ${id}`).sort(),
      ]);
    };
    const names = ["add", "twice"] as const;
    const plain = { names, offset: 0 };
    record("renamed", ["add", "twice"], plain);
    const plus = { names: ["plus", "twice"], offset: 5 } as const;
    record("renamed", ["plus", "twice"], plus);
    assertEquals(await found("renamed"), [[[6, 7], [
      "convicted config:offset",
    ]]]);
    record("exchanged", ["add", "twice"], plain);
    record("exchanged", ["twice", "add"], plain);
    assertEquals(await found("exchanged"), [[[18, 19], [
      "convicted code:helpers.ts#add",
      "convicted code:helpers.ts#twice",
    ]]]);
  });
});

/** Without words it records run 1, three repeats, and a run with two other values; with words, one run. */
const QUOTED = `import process from "node:process";
import { Scope, SQLLogger } from "@ato/ato";
const scope = new Scope({ config: {
  "model.depth": 1,
  files: { "a b": 1 },
  experiment: { projectName: "p", sql: { dbPath: "runs.db" } },
} });
await scope.main(async (config) => {
  const train = async () => {
    const logger = new SQLLogger(config);
    await logger.run();
    const loss = config["model.depth"] + config.files["a b"] * 10 + 0.123;
    await logger.track(() => logger.logMetric("loss", loss, 0));
  };
  if (process.argv.length > 2) return await train();
  for (let i = 0; i < 4; i++) await train();
  config["model.depth"] = 2;
  config.files["a b"] = 2;
  await train();
})();
`;

test("ato why, ato repeat: NEXT sets a quoted key, and the run that it makes has it", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "deno.json"), PROJECT);
    writeFileSync(join(folder, "train.ts"), QUOTED);
    train(folder);
    const db = join(folder, "runs.db");
    const said = async (...words: string[]) =>
      JSON.parse((await ato(...words, "--json", "--db", db)).out);
    const next = async () => (await said("why", "1", "5")).next?.command;
    assertEquals(await next(), "ato repeat 1 %model.depth%=2");

    const config = async (run: string) => {
      const { config } = await said("show", run);
      return [config["model.depth"], config.files["a b"]];
    };
    await ato("repeat", "1", "%model.depth%=2", "--db", db);
    assertEquals(await config("6"), [2, 1]);
    assertEquals(await next(), "ato repeat 1 'files.%a b%=2'");
    // As it is written in the answer.
    await ato("repeat", "1", 'files."a b"=2', '"model.depth"=3', "--db", db);
    assertEquals(await config("7"), [3, 2]);
  });
});

test("changesOf: a helper in uses is merged only with a followed helper of the same code", () => {
  const change = (id: string, before: string, after: string): CodeChange => ({
    change: "changed",
    before: { id, kind: "function", hash: id, source: before },
    after: { id, kind: "function", hash: id, source: after },
  });
  const [a, b] = [change("a.ts#f", "1", "2"), change("b.ts#f", "3", "4")];
  const cases: [CodeChange, number][] = [
    [change("f", "1", "2"), 2],
    [change("f", "3", "4"), 2],
    [change("f", "1", "4"), 3],
    [change("g", "1", "2"), 3],
    [{ change: "removed", before: { id: "f", kind: "uses", hash: "1" } }, 3],
    [{
      change: "changed",
      before: { id: "f", kind: "uses", hash: "1" },
      after: { id: "f", kind: "uses", hash: "2" },
    }, 2],
  ];
  for (const [use, count] of cases) {
    const found = changesOf({ dependencies: [a, b], uses: [use] });
    assertEquals(found.length, count, JSON.stringify(use));
    assertEquals(found.slice(0, 2), [a, b]);
  }
});

async function pair(
  folder: string,
  one: Record<string, unknown>,
  other: Record<string, unknown>,
): Promise<string> {
  const db = join(folder, "runs.db");
  await makeRun(db, { config: one, loss: [1] });
  await makeRun(db, { config: other, loss: [2] });
  return db;
}

test("ato why: a key with a dot is distinguished from the key path with the same letters", async () => {
  await inFolder(async (folder) => {
    const db = await pair(
      folder,
      { "model.depth": 1, model: { depth: 7 } },
      { "model.depth": 2, model: { depth: 7 } },
    );
    const said = async (...words: string[]) =>
      (await ato(...words, "--db", db)).out;
    const paths = async (words: string[]) =>
      JSON.parse(await said(...words, "--json"));
    assertEquals(
      (await paths(["diff", "1", "2"])).values.map((
        { path, a, b }: Record<string, unknown>,
      ) => [path, a, b]),
      [['"model.depth"', 1, 2]],
    );
    const why = await paths(["why", "1", "2"]);
    assertEquals(why.suspects.map(({ id }: { id: string }) => id), [
      'config:"model.depth"',
    ]);
    assertMatch(
      await said("why", "1", "2"),
      /^> config {3}"model\.depth" {3}1 -> 2/m,
    );
    assertMatch(await said("compare", "1", "2"), /"model\.depth" +1 +2/);
    assertMatch(await said("show", "1"), /^ {2}"model\.depth" +1/m);
    assertMatch(await said("show", "1"), /^ {2}model\.depth +7/m);
    const ids = async (...words: string[]) =>
      (await paths(["runs", ...words])).map(({ id }: { id: number }) => id);
    assertEquals(await ids('"model.depth"=2'), [2]);
    assertEquals(await ids("model.depth=7"), [2, 1]);
    assertEquals(await ids("--sort", '"model.depth"'), [1, 2]);
    const exported = await said(
      ...["export", "1", "--format", "csv", "--table", "runs"],
    );
    assert(exported.includes('"config.""model.depth""",config.model.depth'));
  });
});

/** Two runs with two differences, of which NEXT swaps one, the word that sets it, and in which run. */
const SWAPS: readonly (readonly [
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  word: string | undefined,
  run?: "2",
])[] = [
  [{ x: 1, y: 1 }, { x: 2, y: 2 }, "x=2"],
  [{ a: { b: 1 }, y: 1 }, { y: 2 }, "y=2"],
  [{ a: { b: 1 }, c: 1 }, {}, "a.b=1", "2"],
  [{ a: new Date(0), b: new Date(0) }, {}, undefined],
  [{ a: "1", y: 1 }, { a: "2", y: 2 }, "a=%2%"],
  [{ a: "x", y: 1 }, { a: "two words", y: 2 }, "a=%two words%"],
  [{ a: [1], y: 1 }, { a: [1, 2], y: 2 }, "a=[1, 2]"],
  [{ "a.b": 1, y: 1 }, { "a.b": 2, y: 2 }, "%a.b%=2"],
  [{ a: 1, y: 1 }, { a: null, y: 2 }, "a=null"],
  [
    { a: new Date(0), y: 1 },
    { a: new Date(1), y: 2 },
    "y=2",
  ],
];

/** Bisects a history in which the metric moved with the config. */
async function bisect(
  folder: string,
  ...configs: Record<string, unknown>[]
): Promise<string> {
  const db = join(folder, "moved.db");
  for (const [side, config] of configs.entries()) {
    for (let i = 0; i < 5; i++) {
      await makeRun(db, { config, loss: [side + i / 1000] });
    }
  }
  return (await ato("bisect", "--metric", "loss", "--db", db)).out;
}

test("ato why: NEXT sets what can be set, and never to undefined", async () => {
  for (const [a, b, word, run = "1"] of SWAPS) {
    await inFolder(async (folder) => {
      const db = await pair(folder, a, b);
      // A repeat, so that the noise is known and the next run tests a suspect.
      await makeRun(db, { config: a, loss: [1.001] });
      await makeRun(db, { config: b, loss: [2.001] });
      const { out } = await ato("why", "1", "2", "--json", "--db", db);
      const { command, why } = JSON.parse(out).next;
      assertEquals(
        command,
        word === undefined
          ? undefined
          : `ato repeat ${run} ${commandText([word])}`,
      );
      assert(why.length > 0);
      const bisected = await bisect(folder, a, b);
      assertMatch(bisected, /^loss moved between run 5 and run 6/m);
      for (const text of [out, bisected]) {
        assert(!/=undefined|=None|undefined/.test(text), text);
      }
    });
  }
});

test("explain: names are raw in the data, and escaped only where they are shown", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const [key, metric] = ["k\u001b[2J\u202e", "m\u0007\u009b"];
    for (const value of ["a\u001b]0;x\u0007", "b\u001b]0;x\u0007"]) {
      await makeRun(db, {
        config: { [key]: value },
        loss: [],
        more: (logger) => logger.logMetric(metric, value.charCodeAt(0), 0),
      });
    }
    const { out } = await ato("why", "1", "2", "--json", "--db", db);
    const found = JSON.parse(out);
    assertEquals(found.metric.key, metric);
    const [suspect] = found.suspects;
    const path = suspect.id.replace(/^config:/, "");
    assertEquals(JSON.parse(path), key);
    assert(found.sentence.includes(path), found.sentence);
    assertEquals(JSON.parse(suspect.after), "b\u001b]0;x\u0007");
    assertEquals(found.evidence[0].id, suspect.id);
    for (
      const words of [["why", "1", "2"], ["diff", "1", "2"], ["show", "1"]]
    ) {
      const { out } = await ato(...words, "--db", db);
      for (const raw of ["\u001b", "\u0007", "\u009b", "\u202e"]) {
        assert(!out.includes(raw), JSON.stringify(out));
      }
      assert(out.includes("\\u202e"));
    }
  });
});

test("commandText: a command that is shown can be pasted, whatever its words", () => {
  const cases = [
    ["plain", "a=b", "x y", "it's", "$(rm)", "", "\\", "*", "%x%"],
    ["\u001b[2J", "a\nb", "tab\t'q'\\", "\u202e", "é\u0007"],
  ];
  for (const words of cases) {
    const line = commandText(words);
    assert(!/[\p{Cc}\u202e]/u.test(line), JSON.stringify(line));
    const child = spawnSync("bash", [
      "-c",
      `printf '%s\\0' ${line}`,
    ], { encoding: "utf8", env: { LC_ALL: "C.UTF-8", PATH: "/usr/bin:/bin" } });
    assertEquals(child.stdout.split("\0").slice(0, -1), words);
  }
});
