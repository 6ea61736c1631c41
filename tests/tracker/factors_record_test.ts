/** What a run records of its factors. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { test } from "node:test";
import {
  type HistoryEntry,
  type ProgramSnapshot,
  RUN_SOURCE,
  type RunSource,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import {
  factorsOf,
  finding,
  sha,
  snapshotOf,
  withProgram,
  writeRun,
} from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";

const CONFIGS: readonly {
  name: string;
  config: Record<string, unknown>;
  factors: Record<string, string>;
}[] = [
  {
    name: "leaves by key path, quoted where a key has a dot",
    config: { model: { depth: 3 }, files: { "a.b": "x" }, "": 1 },
    factors: {
      "config:model.depth": "3",
      'config:files."a.b"': '"x"',
      'config:""': "1",
    },
  },
  {
    name: "lists and empty mappings are leaves, whose keys have no order",
    config: { list: [{ b: 1, a: 2 }], none: {} },
    factors: { "config:list": '[{"a": 2, "b": 1}]', "config:none": "{}" },
  },
  {
    name: "other keys of experiment are factors",
    config: { experiment: { lrScale: 2, projectName: "other" } },
    factors: { "config:experiment.lrScale": "2" },
  },
  {
    name: "seeds stay config",
    config: { seed: 1, random: { seed: 2 }, data: { splitSeed: 3 } },
    factors: {
      "config:seed": "1",
      "config:random.seed": "2",
      "config:data.splitSeed": "3",
    },
  },
];

for (const { name, config, factors } of CONFIGS) {
  test(`factorsOf: ${name}`, async () => {
    await inFolder(async (folder) => {
      const experiment = {
        ...configIn(folder)["experiment"] as object,
        ...config["experiment"] as object,
      };
      const id = await writeRun(folder, {
        config: { ...config },
      });
      const again = new SQLLogger({ ...config, experiment });
      const run = config["experiment"] === undefined ? id : await again.run();
      if (run !== id) await again.finish();
      assertEquals(await factorsOf(folder, run, "config:"), factors);
    });
  });
}

/** Pairs of values that are not the same. */
const DIFFERENT: readonly [unknown, unknown][] = [
  [1, "1"],
  [0, -0],
  [5, 5n],
  [null, undefined],
  [NaN, "NaN"],
  [new Date(0), new Date(0).toISOString()],
  [new Float32Array([1]), [1]],
  [[1, 2], "[1, 2]"],
  [[[-0]], [[0]]],
];

for (const [one, other] of DIFFERENT) {
  test(`factorsOf: ${typeof one} ${String(one)} and ${typeof other} ${String(other)} differ`, async () => {
    await inFolder(async (folder) => {
      const ids = [
        await writeRun(folder, { config: { x: one } }),
        await writeRun(folder, { config: { x: other } }),
        await writeRun(folder, { config: { x: one } }),
      ];
      const values = await Promise.all(
        ids.map(async (id) => (await factorsOf(folder, id))["config:x"]),
      );
      assertNotEquals(values[0], values[1]);
      assertEquals(values[0], values[2]);
    });
  });
}

test("factorsOf: the seed of the run, and a long value", async () => {
  await inFolder(async (folder) => {
    const text = "x".repeat(5_000);
    const id = await writeRun(folder, { config: { text }, run: { seed: 7n } });
    const { seed, "config:text": value } = await factorsOf(folder, id);
    assertEquals([seed, value], ["7", JSON.stringify(text)]);
  });
});

test("factorsOf: a value that looks like the key of a long one stays itself", async () => {
  await inFolder(async (folder) => {
    const long = `ato-long-v1:${"ab".repeat(32)}`;
    const id = await writeRun(folder, {
      source: withProgram(snapshotOf({
        modules: { "a.ts": "f = 1" },
        packages: { "npm:a": long },
      })),
    });
    assertEquals((await factorsOf(folder, id))["package:npm:a"], long);
  });
});

const entry = (by: string): HistoryEntry => ({
  value: 1,
  kind: "command-line",
  by,
});

test("factorsOf: command has the words that set nothing in the config", async () => {
  await inFolder(async (folder) => {
    const argv = [...process.argv];
    process.argv.splice(2, Infinity, "lr=0.1", "wd", "=", "2", "--fast", "x y");
    try {
      const history = { lr: [entry("lr=0.1")], wd: [entry("wd = 2")] };
      const source = withProgram(undefined, { history: () => history });
      const id = await writeRun(folder, { source });
      const { command } = await factorsOf(folder, id);
      assertEquals(command, '["--fast","x y"]');
    } finally {
      process.argv.splice(0, Infinity, ...argv);
    }
  });
});

test("factorsOf: the environment, each part known or missing", async () => {
  await inFolder(async (folder) => {
    const id = await writeRun(folder, {});
    const found = (await finding(folder, (finder) => finder.factorsOf(id)))!;
    const { level, missing } = found.coverage.environment;
    assertEquals(level, missing.length === 0 ? "full" : "partial");
    const names = "runtime engine os arch cpu gpu timezone locale".split(" ");
    for (const name of names) {
      const isKnown = found.factors.has(`environment:${name}`);
      const isMissing = missing.some((one) => one.startsWith(`${name}: `));
      assert(isKnown !== isMissing, name);
    }
    assertEquals(
      found.factors.get("environment:timezone"),
      new Intl.DateTimeFormat().resolvedOptions().timeZone,
    );
  });
});

const PROGRAM = snapshotOf({
  modules: {
    "train.ts": "main = 1\nbase = 2 view\nold = 3 unused\n = 4",
    "src/loss.ts": "Net.x = 5\nNet.x = 6",
  },
  packages: { "npm:ms": "2.1.3" },
});

test("factorsOf: reachable declarations and packages, but no views", async () => {
  await inFolder(async (folder) => {
    const id = await writeRun(folder, { program: PROGRAM });
    assertEquals(await factorsOf(folder, id, "code:"), {
      "code:train.ts#main": "ato-code-v1:1",
      "code:train.ts#": "ato-code-v1:4",
      "code:src/loss.ts#Net.x": "ato-code-v1:5 ato-code-v1:6",
    });
    assertEquals(await factorsOf(folder, id, "package:"), {
      "package:npm:ms": "2.1.3",
    });
  });
});

test("programOf, textOf: return the snapshot without its root", async () => {
  await inFolder(async (folder) => {
    const id = await writeRun(folder, { program: PROGRAM });
    const { root: _root, texts, ...rest } = PROGRAM;
    await finding(folder, async (finder) => {
      assertEquals(await finder.programOf(id), rest);
      for (const [sha256, text] of texts) {
        assertEquals(await finder.textOf(sha256), text);
      }
      assertEquals(await finder.textOf(sha("no such")), undefined);
      assertEquals(await finder.programOf(99), undefined);
      assertEquals(await finder.factorsOf(99), undefined);
    });
  });
});

test("programOf: two checkouts of the same program share what is stored", async () => {
  await inFolder(async (folder) => {
    const first = await writeRun(folder, { program: PROGRAM });
    const elsewhere: ProgramSnapshot = { ...PROGRAM, root: "/other/place" };
    const second = await writeRun(folder, { program: elsewhere });
    const history = await finding(
      folder,
      (finder) => finder.history(first, second),
    );
    assertEquals(history!.a.sets?.code, history!.b.sets?.code);
  });
});

const WITHOUT: readonly {
  name: string;
  plan: Parameters<typeof writeRun>[1];
  coverage: { level: string; missing: readonly string[] };
}[] = [
  {
    name: "snapshot: false",
    plan: { program: PROGRAM, options: { snapshot: false } },
    coverage: { level: "none", missing: ["snapshot is off"] },
  },
  {
    name: "a snapshot that fails",
    plan: {
      source: withProgram(undefined, {
        program: () => Promise.reject(new Error("no parser")),
      }),
    },
    coverage: { level: "none", missing: ["the snapshot failed: no parser"] },
  },
  {
    name: "a partial snapshot",
    plan: {
      program: snapshotOf({
        modules: { "a.ts": "f = 1" },
        coverage: { level: "partial", missing: ["a.ts: changed"] },
      }),
    },
    coverage: { level: "partial", missing: ["a.ts: changed"] },
  },
];

for (const { name, plan, coverage } of WITHOUT) {
  test(`factorsOf: the coverage of the code says ${name}`, async () => {
    await inFolder(async (folder) => {
      const id = await writeRun(folder, plan);
      const found = await finding(folder, (finder) => finder.factorsOf(id));
      assertEquals(found!.coverage.code, coverage as never);
      assertEquals(found!.coverage.config, { level: "full", missing: [] });
      assertEquals(found!.coverage.inputs.level, "none");
    });
  });
}

test("factorsOf: a resumed run has the code of its newest attempt, and says that an earlier one differed", async () => {
  await inFolder(async (folder) => {
    const other = snapshotOf({ modules: { "a.ts": "f = 2" } });
    const run = await writeRun(folder, { config: { lr: 1 } });
    const same = { run: { resume: { run, step: 0 } }, config: { lr: 1 } };
    await writeRun(folder, same);
    const before = await finding(folder, (finder) => finder.factorsOf(run));
    assertEquals(before!.coverage.code, { level: "full", missing: [] });
    await writeRun(folder, { ...same, program: other });
    await finding(folder, async (finder) => {
      const now = (await finder.factorsOf(run))!;
      assertEquals(now.factors.get("code:a.ts#f"), "ato-code-v1:2");
      assertEquals(now.coverage.code, {
        level: "partial",
        missing: ["attempt 1 ran other code", "attempt 2 ran other code"],
      });
      assertEquals(now.coverage.config, { level: "full", missing: [] });
      const first = (await finder.factorsOf(run, { attempt: 1 }))!;
      assertEquals(first.factors.get("code:a.ts#f"), "ato-code-v1:1");
      assertEquals(first.coverage.code, { level: "full", missing: [] });
      assertEquals(await finder.factorsOf(run, { attempt: 9 }), undefined);
      const { modules } = (await finder.programOf(run, { attempt: 1 }))!;
      assertEquals(modules[0]?.pieces[0]?.hash, "ato-code-v1:1");
      const { a } = (await finder.history(run, run))!;
      assertEquals(a.coverage, now.coverage);
      assertEquals(new Map(a.factors), now.factors);
    });
  });
});

test("factorsOf: a resumed run without a snapshot does not have the code of the attempt before", async () => {
  await inFolder(async (folder) => {
    const run = await writeRun(folder, {});
    const resume = { run, step: 0 };
    await writeRun(folder, { run: { resume }, options: { snapshot: false } });
    assertEquals(await factorsOf(folder, run, "code:"), {});
    const found = await finding(folder, (finder) => finder.factorsOf(run));
    assertEquals(found!.coverage.code.level, "none");
    assertEquals(
      await finding(folder, (finder) => finder.programOf(run)),
      undefined,
    );
  });
});

/** The secret has letters that no digest in hex has. */
const COMMANDS: readonly (readonly [words: string[], hidden: number[]])[] = [
  [["--token", "xyz", "x"], [1]],
  [["--token=xyz", "-x"], [0]],
  [["--max-token", "5", "max_tokens=7", "pad_token=x"], []],
  [["--api-key", "--verbose"], []],
  [["api.secret=xyz", "key=plain"], [0]],
  [["prefix-hunter2-suffix", "hunter"], [0]],
];

for (const [words, hidden] of COMMANDS) {
  test(`factorsOf: command hides the secrets of ${words.join(" ")}`, async () => {
    await inFolder(async (folder) => {
      const argv = [...process.argv];
      process.argv.splice(2, Infinity, ...words);
      try {
        const id = await writeRun(folder, { config: { password: "hunter2" } });
        const { command } = await factorsOf(folder, id);
        const shown = JSON.parse(command!) as string[];
        const changed = shown.flatMap((word, i) =>
          word === words[i] ? [] : [i]
        );
        assertEquals(changed, hidden);
        for (const i of changed) assert(!shown[i]!.includes("xyz"), shown[i]);
      } finally {
        process.argv.splice(0, Infinity, ...argv);
      }
    });
  });
}

test("factors: the runtime of a process that only starts the program is none of its factors", async () => {
  await inFolder(async (folder) => {
    const runtimesOf = async (isLauncher: boolean) => {
      const source: RunSource = {
        name: "",
        history: () => ({}),
        codeRecords: () => Promise.resolve([]),
        onCode: () => () => {},
        onOutput: () => () => {},
        isLauncher,
      };
      const config = { ...configIn(folder), [RUN_SOURCE]: source };
      const logger = new SQLLogger(config, { snapshot: false });
      const id = await logger.run();
      await logger.finish();
      const finder = new SQLFinder(config);
      const { factors } = (await finder.factorsOf(id))!;
      await finder.close();
      return ["runtime", "engine", "arch"]
        .map((name) => factors.has(`environment:${name}`));
    };
    assertEquals(await runtimesOf(true), [false, false, true]);
    assertEquals(await runtimesOf(false), [true, true, true]);
  });
});
