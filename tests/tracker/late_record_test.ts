import { assertEquals, assertNotEquals } from "@std/assert";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  RUN_SOURCE,
  type RunSource,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { encodeJson } from "../../internal/json.ts";
import type { LateRecord } from "../../internal/run_inputs.ts";
import { isSealed } from "../../tracker/mod.ts";
import { sha, snapshotOf } from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";

const QUIET = { snapshot: false, onWarning: () => {} };

const INPUTS = {
  factors: [["input:a.csv", `sha256:${sha("1")},1`], ["env:LR", "unset"]],
  coverage: { level: "full", missing: [] },
  texts: new Map([[sha("1"), "1"]]),
} as const;

/** A source that hands out records when it is told to. */
function lateSource(atEnd: readonly LateRecord[] = []) {
  const listeners = new Set<(record: LateRecord) => void>();
  const give = (record: LateRecord): void => {
    for (const listener of listeners) listener(record);
  };
  const source: RunSource = {
    name: "late",
    history: () => ({}),
    codeRecords: () => Promise.resolve([]),
    onCode: () => () => {},
    onOutput: () => () => {},
    onLate: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settle: () => {
      atEnd.forEach(give);
      return Promise.resolve();
    },
  };
  return { source, give };
}

test("RunSource.onLate: inputs, program, config and seed replace what was recorded", async () => {
  await inFolder(async (folder) => {
    const { source, give } = lateSource([{ inputs: INPUTS }]);
    const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
    const logger = new SQLLogger(config, QUIET);
    const id = await logger.run();
    give({ config: { lr: 0.2, depth: 3 }, seed: "7" });
    give({ program: snapshotOf({ modules: { "train.py": "fit = h1" } }) });
    give({ inputs: { ...INPUTS, factors: [["env:LR", "unset"]] } });
    await logger.finish();

    const finder = new SQLFinder(config);
    const run = (await finder.findRun(id))!;
    const { experiment } = configIn(folder);
    assertEquals(run.config, { experiment, lr: 0.2, depth: 3 });
    assertEquals(run.seed, "7");
    const { factors, coverage } = (await finder.factorsOf(id))!;
    const pick = (key: string) => factors.get(key);
    assertEquals(
      ["config:lr", "config:depth", "seed", "code:train.py#fit", "env:LR"]
        .map(pick),
      ["0.2", "3", "7", "ato-code-v1:h1", "unset"],
    );
    // The last record counts.
    assertEquals(pick("input:a.csv"), `sha256:${sha("1")},1`);
    assertEquals([coverage.inputs.level, coverage.code.level], [
      "full",
      "full",
    ]);
    assertEquals(await finder.textOf(sha("1")), "1");
    // The run is still known to be this user's.
    const { command, argv = [], cwd = "", seal } = run.environment;
    const encoded = encodeJson(run.config);
    const sealed = { command: command ?? argv, cwd, config: encoded };
    assertEquals(isSealed(seal, sealed), true);
    await finder.close();
  });
});

test("RunSource.onLate: a seed that was given stays, and without a record nothing changes", async () => {
  await inFolder(async (folder) => {
    const { source, give } = lateSource();
    const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
    const logger = new SQLLogger(config, QUIET);
    const ids = [await logger.run({ seed: 1 })];
    give({ seed: "7" });
    await logger.finish();
    ids.push(await logger.run());
    await logger.finish();
    give({ seed: "8" });
    const finder = new SQLFinder(config);
    const [first, second] = [
      (await finder.findRun(ids[0]!))!,
      (await finder.findRun(ids[1]!))!,
    ];
    assertEquals([first.seed, second.seed], ["1", undefined]);
    assertEquals(first.config, second.config);
    assertEquals(
      (await finder.factorsOf(second))?.coverage.inputs.level,
      "none",
    );
    await finder.close();
  });
});

test("RunSource.onLate: records of a run whose file was moved are in the new file", async () => {
  await inFolder(async (folder) => {
    const { source, give } = lateSource();
    const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
    const logger = new SQLLogger(config, QUIET);
    await logger.run();
    const uuid = logger.runUuid!;
    give({ inputs: INPUTS, config: { lr: 0.2 } });
    logger.logMetric("loss", 1, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    renameSync(join(folder, "runs.db"), join(folder, "away.db"));
    logger.logMetric("loss", 1, 1);
    give({ seed: "3" });
    await logger.finish();
    const finder = new SQLFinder(config);
    const run = (await finder.findRun(uuid))!;
    assertEquals([run.config["lr"], run.seed], [0.2, "3"]);
    assertEquals((await finder.inputsOf(run))?.inputs.length, 2);
    assertEquals(await finder.textOf(sha("1")), "1");
    await finder.close();
  });
});

test("RunSource.settle: an error of it is not lost", async () => {
  await inFolder(async (folder) => {
    const { source } = lateSource();
    const failing = {
      ...source,
      settle: () => Promise.reject(new Error("no")),
    };
    const config = { ...configIn(folder), [RUN_SOURCE]: failing };
    const logger = new SQLLogger(config, QUIET);
    await logger.run();
    const error = await logger.finish().catch((error: unknown) => error);
    assertEquals((error as Error).message, "no");
    assertNotEquals(error, undefined);
  });
});

/** What an attempt records late, and what the run then has: its `lr`, and whether it is sealed. */
interface LateAttempt {
  readonly title: string;
  readonly start: number;
  readonly first?: Readonly<Record<string, unknown>>;
  readonly second: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly isSealed: boolean;
}

const WHOLE = { lr: 0.1, depth: 3 };
const ATTEMPTS: readonly LateAttempt[] = [
  {
    title: "the first one was killed before it was known",
    start: 0.1,
    second: WHOLE,
    config: WHOLE,
    isSealed: true,
  },
  {
    title: "both have the same",
    start: 0.1,
    first: WHOLE,
    second: WHOLE,
    config: WHOLE,
    isSealed: true,
  },
  {
    title: "the first one had another one",
    start: 0.1,
    first: { lr: 0.1, depth: 2 },
    second: WHOLE,
    config: { lr: 0.1, depth: 2 },
    isSealed: false,
  },
  {
    title: "the second one was started with another one",
    start: 0.2,
    second: { lr: 0.2, depth: 3 },
    config: { lr: 0.1 },
    isSealed: false,
  },
];

for (
  const { title, start, first, second, config: own, isSealed: sealed }
    of ATTEMPTS
) {
  test(`RunSource.onLate: a config of a second attempt: ${title}`, async () => {
    await inFolder(async (folder) => {
      const { source, give } = lateSource();
      const unsettled = { ...source, unsettled: "not yet" };
      const attempt = async (
        lr: number,
        late: Readonly<Record<string, unknown>> | undefined,
        run?: number,
      ) => {
        const config = { ...configIn(folder, { lr }), [RUN_SOURCE]: unsettled };
        const logger = new SQLLogger(config, QUIET);
        const id = await logger.run(
          run === undefined ? {} : { resume: { run, step: 0 } },
        );
        if (late !== undefined) {
          // A run that goes on is recorded from time to time.
          give({ config: { ...late, depth: 1 }, unsettled: ["not yet"] });
          await new Promise((done) => setTimeout(done, 20));
          give({ config: late, unsettled: [] });
        }
        await logger.finish({
          status: run === undefined ? "failed" : "completed",
        });
        return id;
      };
      const id = await attempt(0.1, first);
      await attempt(start, second, id);
      const finder = new SQLFinder(configIn(folder));
      const run = (await finder.findRun(id))!;
      const { experiment } = configIn(folder);
      assertEquals(run.config, { experiment, ...own });
      const { factors, coverage } = (await finder.factorsOf(id))!;
      assertEquals(factors.get("config:depth"), "3");
      const same = first !== undefined && own === second;
      assertEquals(coverage.config.level, same ? "full" : "partial");
      const { command, argv = [], cwd = "", seal } = run.environment;
      const encoded = encodeJson(run.config);
      assertEquals(
        isSealed(seal, { command: command ?? argv, cwd, config: encoded }),
        sealed,
      );
      await finder.close();
    });
  });
}

test("RunSource.unsettled: config is partial and inputs are none until a record says what they lack", async () => {
  await inFolder(async (folder) => {
    const { source, give } = lateSource();
    const unsettled = { ...source, unsettled: "not yet" };
    const config = {
      ...configIn(folder, { lr: 0.1 }),
      [RUN_SOURCE]: unsettled,
    };
    const finder = new SQLFinder(config);
    const logger = new SQLLogger(config, QUIET);
    const id = await logger.run();
    const coverage = async () => {
      await new Promise((done) => setTimeout(done, 20));
      const { config, inputs } = (await finder.factorsOf(id))!.coverage;
      return [config, inputs].map(({ level, missing }) =>
        [level, ...missing].join(": ")
      );
    };
    assertEquals(await coverage(), ["partial: not yet", "none: not yet"]);
    give({ seed: "3" });
    assertEquals(await coverage(), ["partial: not yet", "none: not yet"]);
    give({ unsettled: ["still not"], inputs: INPUTS });
    await logger.finish();
    assertEquals(await coverage(), ["partial: still not", "full"]);

    const other = new SQLLogger(config, QUIET);
    const second = await other.run();
    give({ unsettled: [] });
    await other.finish();
    const found = (await finder.factorsOf(second))!;
    assertEquals(found.coverage.config, { level: "full", missing: [] });
    assertEquals(found.factors.get("config:lr"), "0.1");
    await finder.close();
  });
});

test("RunSource.unsettled: code is partial until a record says what it lacks, also if no program comes later", async () => {
  await inFolder(async (folder) => {
    const first = snapshotOf({ modules: { "train.py": "fit = h1" } });
    const second = snapshotOf({ modules: { "train.py": "fit = h2" } });
    const lates: readonly (readonly [LateRecord[], string, string[]])[] = [
      [[], "h1", ["not yet"]],
      [[{ program: second }], "h2", ["not yet"]],
      [[{ unsettled: [] }], "h1", []],
      [[{ unsettled: ["still not"] }], "h1", ["still not"]],
      [[{ program: second, unsettled: [] }], "h2", []],
    ];
    for (const [late, hash, missing] of lates) {
      const { source } = lateSource(late);
      const config = {
        ...configIn(folder),
        [RUN_SOURCE]: {
          ...source,
          unsettled: "not yet",
          program: () => Promise.resolve(first),
        },
      };
      const logger = new SQLLogger(config, { onWarning: () => {} });
      const id = await logger.run();
      await logger.finish();
      const finder = new SQLFinder(config);
      const { factors, coverage } = (await finder.factorsOf(id))!;
      assertEquals(factors.get("code:train.py#fit"), `ato-code-v1:${hash}`);
      assertEquals(coverage.code, {
        level: missing.length === 0 ? "full" : "partial",
        missing,
      });
      await finder.close();
    }
  });
});
