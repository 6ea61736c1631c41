/**
 * Studies for Optuna and from it.
 *
 * `optuna_2.10.1.sql` and `optuna_3.6.2.sql` are dumps of small files that these versions made. The tables of 3.6.2
 * are those of 4.0.0, 4.5.0 and 5.0.0, too; the newest version itself is tried below if pip can install it.
 */
import { test } from "node:test";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
} from "@std/assert";
import fc from "fast-check";
import {
  category,
  conditional,
  createRandom,
  defineSpace,
  float,
  fullFidelity,
  hyperband,
  int,
  openStudy,
  type OptunaExport,
  OptunaStudyError,
  ordinal,
  randomSampler,
  readOptunaStudy,
  runStudy,
  SearchUsageError,
  type Study,
  type StudyOptions,
  tpeSampler,
  type TrialStatus,
  type TrialView,
  UserError,
  writeOptunaStudy,
} from "../../hyperopt/mod.ts";
import { chooseDriver } from "../../tracker/mod.ts";
import { pythonWith } from "../_shared/python_packages.ts";

/** Runs a test in a folder of its own. */
async function inFolder(
  work: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ato-optuna-"));
  try {
    await work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs statements on a file, which is made if it is missing. */
async function execute(path: string, ...statements: string[]): Promise<void> {
  const connection = (await chooseDriver()).connect(path);
  try {
    // A dump has its tables in any order.
    connection.exec("PRAGMA foreign_keys = OFF");
    for (const sql of statements) connection.exec(sql);
  } finally {
    connection.close();
  }
}

const dumpOf = (version: string) =>
  readFileSync(new URL(`optuna_${version}.sql`, import.meta.url), "utf8");

const SPACE = defineSpace({
  lr: float(1e-5, 1e-1, { log: true }),
  dropout: float(0, 1, { step: 0.25 }),
  width: int(1, 64, { log: true }),
  depth: int(0, 10, { step: 2 }),
  model: { activation: category(["relu", 1, 2.5, true, null, [1, 2]]) },
  size: ordinal([16, 32]),
  optimizer: conditional("name", {
    sgd: { momentum: float(0, 1), decay: float(0, 1) },
    adam: { decay: float(0, 2) },
  }),
  fixed: int(3, 3),
});

/** Runs a search whose third trial fails. */
async function searched(): Promise<Study<{ lr: number }>> {
  const study = openStudy({
    id: "widths",
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: hyperband({ maxFidelity: 9, eta: 3 }),
    metric: "loss",
    mode: "min",
    retries: 0,
  });
  await runStudy(study, ({ config, to, trial }) => {
    if (trial === 2) throw new RangeError("no memory");
    const loss = (Math.log10(config.lr) + 3) ** 2 + 1 / to;
    return Promise.resolve({ metrics: { loss, accuracy: 1 / (1 + loss) } });
  }, { workers: 1 });
  return study;
}

function exportOf(
  study: Study<unknown>,
  more: Partial<OptunaExport> = {},
): OptunaExport {
  return {
    studyName: "widths",
    metric: "loss",
    mode: "min",
    space: SPACE,
    trials: study.trials(),
    times: study.times(),
    ...more,
  };
}

test("writeOptunaStudy: what was written is read back: space, configs, results and states", () =>
  inFolder(async (path) => {
    const study = await searched();
    const { states, outside } = await writeOptunaStudy(
      path("s.db"),
      exportOf(study),
    );
    const read = await readOptunaStudy({
      dbPath: path("s.db"),
      fidelity: (step) => step,
    });
    const trials = study.trials();
    const best = study.best()!;
    const times = study.times();
    study.close();

    assertEquals(outside, 0);
    assertEquals(
      states.COMPLETE + states.PRUNED + states.FAIL,
      trials.length,
    );
    assertEquals([states.FAIL, states.RUNNING, states.WAITING], [1, 0, 0]);
    assertEquals([read.studyName, read.metrics, read.modes], ["widths", [
      "loss",
    ], ["min"]]);
    const complete = read.trials.filter(({ state }) => state === "COMPLETE");
    assertEquals(complete.length, states.COMPLETE);
    assertEquals(
      Math.min(...complete.map(({ metrics }) => metrics["loss"]!)),
      best.metrics["loss"],
    );
    trials.forEach((trial, at) => {
      const found = read.trials[at]!;
      assertEquals(found.params["lr"], (trial.config as { lr: number }).lr);
      assertEquals(
        found.steps,
        trial.results.map(({ fidelity, metrics }) => ({
          step: fidelity,
          value: metrics["loss"]!,
        })),
      );
      assertEquals(found.attributes["ato:trial"], trial.trial);
      assertEquals(found.attributes["ato:seed"], trial.seed);
      assertEquals(
        found.attributes["ato:hash"],
        SPACE.hash(SPACE.toPoint(trial.config)!),
      );
      assertEquals(found.startedAt, times[at]!.startedAt);
      assertEquals(found.endedAt, times[at]!.endedAt);
    });
    assertEquals(
      read.trials[2]!.attributes["ato:error"],
      "RangeError: no memory",
    );
    assertEquals(read.trials[2]!.state, "FAIL");
    assertEquals(
      read.observations.length,
      trials.reduce((sum, { results }) => sum + results.length, 0),
    );
    const lr = read.space.dimensions.find((one) => one.path === "lr")!;
    assertEquals([lr.kind, lr.low, lr.high, lr.log], [
      "float",
      1e-5,
      0.1,
      true,
    ]);
    assertEquals(readdirSync(path("")), ["s.db"]);
  }));

const view = (
  trial: number,
  status: TrialStatus,
  losses: Readonly<Record<number, number>> = {},
): TrialView<unknown> => ({
  ...{ trial, status, seed: 1, bracket: 0, rung: 0, attempts: 1, runs: [] },
  config: { x: trial / 10 },
  results: Object.keys(losses).map(Number).sort((a, b) => a - b)
    .map((fidelity, rung) => ({
      ...{ rung, fidelity },
      metrics: { loss: losses[fidelity]! },
    })),
});

const LINE = defineSpace({ x: float(0, 1) });

test("writeOptunaStudy: each status has its state", () =>
  inFolder(async (path) => {
    const { states } = await writeOptunaStudy(path("s.db"), {
      studyName: "states",
      metric: "loss",
      mode: "max",
      space: LINE,
      trials: [
        view(0, "completed", { 1: 0.5, 3: 0.4 }),
        view(1, "completed", { 1: 0.6 }),
        view(2, "stopped", { 2: 0.7 }),
        view(3, "failed", { 1: 0.8 }),
        view(4, "failed"),
        view(5, "lost"),
        view(6, "released"),
        view(7, "released", { 1: 0.9 }),
        view(8, "running"),
        { ...view(9, "completed", { 3: 0.1 }), config: { x: 7 } },
      ],
    });
    assertEquals(states, {
      COMPLETE: 1,
      PRUNED: 3,
      FAIL: 3,
      WAITING: 1,
      RUNNING: 1,
    });
    const { trials, modes } = await readOptunaStudy({ dbPath: path("s.db") });
    assertEquals(modes, ["max"]);
    assertEquals(
      trials.map(({ state }) => state).join(" "),
      "COMPLETE PRUNED PRUNED FAIL FAIL FAIL WAITING PRUNED RUNNING",
    );
    assertEquals(
      trials.map(({ metrics }) => metrics["loss"]),
      [
        ...[0.4, 0.6, 0.7, undefined, undefined, undefined],
        ...[undefined, 0.9, undefined],
      ],
    );
  }));

test("writeOptunaStudy: steps are the rungs if a fidelity is no whole number", () =>
  inFolder(async (path) => {
    for (
      const [fidelity, steps, by] of [
        [0.5, [0, 1], "rung"],
        [2, [2, 4], "fidelity"],
      ] as const
    ) {
      const trials = [view(0, "completed", { [fidelity]: 1, 4: 2 })];
      const db = path(`${fidelity}.db`);
      await writeOptunaStudy(db, {
        ...{ studyName: "s", metric: "loss", mode: "min", space: LINE, trials },
      });
      const read = await readOptunaStudy({ dbPath: db });
      assertEquals(read.trials[0]!.steps.map(({ step }) => step), [...steps]);
      assertEquals(read.trials[0]!.attributes["ato:fidelity"], 4);
      assertMatch(readFileSync(db, "latin1"), new RegExp(`ato:steps"${by}"`));
    }
  }));

const LEAVES = ["", "a b", "ä", 0, -1, 2.5, true, false, null, [1, "x"], {
  k: 1,
}];
const parameters = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((low) =>
    float(low, low + 1)
  ),
  fc.integer({ min: 1, max: 1e6 }).map((low) =>
    int(low, 3 * low, { log: true })
  ),
  fc.integer({ min: -99, max: 99 }).map((low) =>
    int(low, low + 12, { step: 3 })
  ),
  fc.integer({ min: -99, max: 99 }).map((low) =>
    float(low / 4, low / 4 + 1, { step: 0.25 })
  ),
  fc.constant(float(1e-7, 10, { log: true })),
  fc.subarray(LEAVES, { minLength: 1 }).map((choices) => category(choices)),
  fc.subarray(LEAVES, { minLength: 1 }).map((choices) => ordinal(choices)),
);

test("writeOptunaStudy: any space and its points are read back as they were", () =>
  inFolder(async (path) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z ]{1,4}$/), parameters, {
          ...{ minKeys: 1, maxKeys: 5, noNullPrototype: true },
        }),
        fc.integer(),
        async (spec, seed) => {
          const space = defineSpace({ group: spec });
          const sampler = randomSampler(space);
          const random = createRandom(seed);
          const trials = [0, 1, 2].map((trial) => ({
            ...view(trial, "completed", { 1: trial }),
            config: space.toConfig(sampler.sample(trial, random.fork(trial))!),
          }));
          const db = path(`${run++}.db`);
          const study = { studyName: "s", metric: "m", mode: "max" } as const;
          // A journal has no more of a space than the text of its dimensions.
          const dimensions = JSON.parse(JSON.stringify(space.dimensions));
          await writeOptunaStudy(db, {
            ...study,
            space: { dimensions },
            trials,
          });
          const read = await readOptunaStudy({ dbPath: db });
          rmSync(db);
          const texts = (value: unknown) =>
            JSON.parse(JSON.stringify(value), (key, one) =>
              // Lists and objects are texts there.
              key !== "" && key !== "group" && typeof one === "object" &&
                one !== null
                ? JSON.stringify(one)
                : one);
          assertEquals(
            read.trials.map(({ config }) => config),
            trials.map(({ config }) => texts(config)),
          );
          assertEquals(
            read.space.dimensions.map(({ low, high, log, step }) => [
              ...[low, high, log, step],
            ]),
            space.dimensions.map(({ low, high, log, step }) => [
              ...[low, high, log, step],
            ]),
          );
        },
      ),
      { numRuns: 20 },
    );
  }));

/** Runs a search of two objectives, of which some trials need too much memory. */
async function searchedTwo(
  more: Partial<StudyOptions<{ x: number }>> = {},
): Promise<Study<{ x: number }>> {
  const study = openStudy({
    id: "two",
    space: LINE,
    sampler: randomSampler(LINE),
    scheduler: fullFidelity({ trials: 24 }),
    objectives: { accuracy: "max", latency: "min" },
    constraints: { memory: { max: 0.8 }, recall: { min: 0.1 } },
    retries: 0,
    ...more,
  });
  await runStudy(study, ({ config: { x }, trial }) => {
    if (trial === 3) throw new RangeError("no memory");
    const metrics = { accuracy: Math.sin(4 * x), latency: x * x };
    return Promise.resolve({ metrics: { ...metrics, memory: x, recall: x } });
  });
  return study;
}

const TWO = {
  studyName: "two",
  objectives: { accuracy: "max", latency: "min" },
  constraints: { memory: { max: 0.8 }, recall: { min: 0.1 } },
  space: LINE,
} as const;

test("writeOptunaStudy: several objectives are read back, with all their values", () =>
  inFolder(async (path) => {
    const study = await searchedTwo();
    const trials = study.trials();
    study.close();
    const { states } = await writeOptunaStudy(path("two.db"), {
      ...TWO,
      trials,
    });
    assertEquals([states.COMPLETE, states.FAIL], [23, 1]);
    const read = await readOptunaStudy({ dbPath: path("two.db") });
    assertEquals([read.metrics, read.modes], [
      ["accuracy", "latency"],
      ["max", "min"],
    ]);
    trials.forEach(({ results }, at) => {
      const { accuracy, latency } = results[0]?.metrics ?? {};
      assertEquals(
        read.trials[at]!.metrics,
        results.length === 0 ? {} : { accuracy: accuracy!, latency: latency! },
      );
      // Optuna refuses reports of several objectives.
      assertEquals(read.trials[at]!.steps, []);
    });
  }));

test("writeOptunaStudy: a trial at a greater fidelity that is infeasible does not prune the best one", () =>
  inFolder(async (path) => {
    const measured = (trial: number, memory: Record<number, number>) => {
      const one = view(trial, "completed", memory);
      return {
        ...one,
        results: one.results.map((result) => ({
          ...result,
          metrics: { loss: trial, memory: result.metrics["loss"]! },
        })),
      };
    };
    const trials = [measured(0, { 1: 5, 3: 9 }), measured(1, { 1: 5 })];
    const options = { studyName: "s", metric: "loss", mode: "min" } as const;
    for (
      const [constraints, states] of [
        [{ memory: { max: 8 } }, "COMPLETE COMPLETE"],
        [{ memory: { max: 9 } }, "COMPLETE PRUNED"],
        [{ memory: { max: 1 } }, "COMPLETE PRUNED"],
      ] as const
    ) {
      const db = path(`${constraints.memory.max}.db`);
      const given = { ...options, constraints, space: LINE, trials };
      await writeOptunaStudy(db, given);
      const read = await readOptunaStudy({ dbPath: db });
      assertEquals(read.trials.map(({ state }) => state).join(" "), states);
    }
  }));

test("writeOptunaStudy: a file that exists stays as it is, and options are checked", () =>
  inFolder(async (path) => {
    writeFileSync(path("taken.db"), "mine");
    const study: OptunaExport = {
      ...{ studyName: "s", metric: "loss", mode: "min", space: LINE },
      trials: [view(0, "completed", { 1: 1 })],
    };
    const { message } = await assertRejects(
      () => writeOptunaStudy(path("taken.db"), study),
      OptunaStudyError,
    );
    assertMatch(message, /exists; name a new file$/);
    assertEquals(readFileSync(path("taken.db"), "utf8"), "mine");
    for (
      const [change, expected] of [
        [{ studyName: "" }, /studyName is ""; give a name/],
        [{ metric: 1 }, /metric is 1/],
        [{ mode: "least" }, /mode is "least"; give "min" or "max"/],
        [{ objectives: { a: "min" } }, /metric is "loss"; give objectives al/],
        [
          { metric: undefined, mode: undefined, objectives: {} },
          /objectives is .*; give the mode of at least one metric/,
        ],
        [
          { metric: undefined, mode: undefined, objectives: { a: "least" } },
          /objectives\.a is "least"; give "min" or "max"/,
        ],
        [{ constraints: { a: 1 } }, /constraints\.a is 1; give \{ max: … \}/],
        [{ constraints: { a: { max: NaN } } }, /constraints\.a is an object/],
        [{ trials: {} }, /trials is an object/],
        [{ space: {} }, /space has no dimensions/],
        [{ attributes: 1 }, /attributes is 1/],
        [{ name: 1 }, /name/],
      ] as const
    ) {
      const { message } = await assertRejects(
        () =>
          writeOptunaStudy(path("new.db"), { ...study, ...change } as never),
        SearchUsageError,
      );
      assertMatch(message, expected);
      assertEquals(existsSync(path("new.db")), false);
    }
    // A config that JSON cannot hold ends the export, and leaves no file behind.
    const attributes = () => {
      throw new RangeError("no words");
    };
    await assertRejects(
      () => writeOptunaStudy(path("new.db"), { ...study, attributes }),
      RangeError,
    );
    assertEquals(readdirSync(path("")), ["taken.db"]);
  }));

for (const version of ["2.10.1", "3.6.2"]) {
  test(`readOptunaStudy: reads a file of Optuna ${version}`, () =>
    inFolder(async (path) => {
      await execute(path("s.db"), dumpOf(version));
      const before = readFileSync(path("s.db"));
      const study = await readOptunaStudy({
        dbPath: `sqlite:///${path("s.db")}`,
      });
      assertEquals(study.libraryVersion, version);
      assertEquals([study.studyName, study.modes, study.metrics], [
        "small",
        ["max"],
        ["value"],
      ]);
      assertEquals(
        study.space.dimensions.map((
          { path, kind, low, high, log, step, choices, when },
        ) => [path, kind, low, high, log, step, choices, when?.positions]),
        [
          ["x", "float", -1, 1, false, undefined, [], undefined],
          ["model.lr", "float", 1e-5, 0.1, true, undefined, [], undefined],
          ["st", "float", 0, 1, false, 0.25, [], undefined],
          ["n", "int", 1, 64, true, undefined, [], undefined],
          ["m", "int", 0, 10, false, 2, [], undefined],
          ["c", "category", 0, 4, false, undefined, [
            "a",
            1,
            2.5,
            true,
            null,
          ], undefined],
          ["kind", "category", 0, 1, false, undefined, [
            "sgd",
            "adam",
          ], undefined],
          ["momentum", "float", 0, 1, false, undefined, [], [0]],
        ],
      );
      assertEquals(study.notes, [
        "momentum is in exactly the trials with kind = sgd, so the space has it only there",
      ]);
      assertEquals(
        study.trials.map(({ state }) => state).join(" "),
        "COMPLETE COMPLETE COMPLETE PRUNED FAIL COMPLETE",
      );
      assertEquals(study.trials[2]!.config, {
        x: 0.2014854427555386,
        model: { lr: 4.6977373836619797e-05 },
        ...{ st: 0.75, n: 4, m: 6, c: "a", kind: "adam" },
      });
      assertEquals(study.observations.length, 4);
      assertEquals(study.observations[2], {
        config: study.trials[2]!.config,
        metrics: { value: 0.2014854427555386 },
        fidelity: 1,
      });
      // With fidelities, pruned trials count, too.
      const { observations } = await readOptunaStudy({
        dbPath: path("s.db"),
        metrics: ["score"],
        fidelity: (step) => step,
      });
      assertEquals(
        observations.map(({ metrics, fidelity }) => [
          metrics["score"],
          fidelity,
        ]),
        study.trials.filter(({ state }) => state !== "FAIL")
          .map(({ params }) => [params["x"], 3]),
      );
      assertEquals(readFileSync(path("s.db")), before);
    }));
}

test("readOptunaStudy: a study starts warm with its results", () =>
  inFolder(async (path) => {
    await execute(path("s.db"), dumpOf("3.6.2"));
    const { space, observations } = await readOptunaStudy({
      dbPath: path("s.db"),
      metrics: ["score"],
    });
    const study = openStudy({
      id: "warm",
      space,
      sampler: tpeSampler(space, { startup: 1 }),
      scheduler: fullFidelity({ trials: 2 }),
      metric: "score",
    });
    assertEquals(study.warmStart(observations), observations.length);
    const answer = study.ask();
    assert(answer.kind === "job");
    assert(space.toPoint(answer.job.config) !== undefined);
    study.close();
  }));

/** A change to a file, and what is said about it. */
const DAMAGES: readonly (readonly [sql: string, message: RegExp])[] = [
  ["DROP TABLE trials", /no table trials, so it is no storage of Optuna/],
  ["DROP TABLE version_info", /no table version_info/],
  [
    "UPDATE version_info SET schema_version = 11, library_version = '1.5.0'",
    /tables are those of Optuna 1\.5\.0 \(schema 11\).*2\.6 to 5.*storage upgrade/,
  ],
  [
    "UPDATE version_info SET schema_version = 13, library_version = '6.1.0'",
    /Optuna 6\.1\.0 \(schema 13\)/,
  ],
  [
    "ALTER TABLE trial_values DROP COLUMN value; ALTER TABLE trial_values RENAME objective TO old",
    /UNIQUE|tables are those of|no such column|cannot drop/,
  ],
  ["DELETE FROM studies", /Cannot choose a study of .*: it has none/],
  [
    "INSERT INTO studies VALUES (2, 'other')",
    /it has small, other; give studyName/,
  ],
  ["DELETE FROM study_directions", /it has no direction/],
  [
    "UPDATE study_directions SET direction = 'UP'",
    /value 0 has the direction UP/,
  ],
  [
    "UPDATE trials SET state = 'HACKED' WHERE number = 1",
    /trial 1 has the state HACKED; the file is damaged/,
  ],
  [
    "UPDATE trials SET number = 'one' WHERE number = 1",
    /the number of a trial is one/,
  ],
  [
    "UPDATE trial_params SET param_value = 'big' WHERE param_name = 'x'",
    /parameter x of trial 0 has the value big/,
  ],
  [
    "UPDATE trial_params SET param_value = 5 WHERE param_name = 'c'",
    /parameter c of trial 0 has the value 5/,
  ],
  [
    "UPDATE trial_params SET param_value = 1.5 WHERE param_name = 'n'",
    /parameter n of trial 0 has the value 1\.5/,
  ],
  [
    "UPDATE trial_params SET distribution_json = '{' WHERE param_name = 'x'",
    /parameter x of trial 0 is not the JSON of a distribution/,
  ],
  [
    `UPDATE trial_params SET distribution_json = '{"name": "BetaDistribution", "attributes": {}}'`,
    /is a BetaDistribution, which Ato does not know/,
  ],
  [
    `UPDATE trial_params SET distribution_json = '{"name": "FloatDistribution", "attributes": {"low": 2, "high": 1}}'`,
    /has no range: from 2 to 1/,
  ],
  [
    `UPDATE trial_params SET distribution_json = '{"name": "IntDistribution", "attributes": {"low": 0, "high": 9, "log": true}}' WHERE param_name = 'n'`,
    /has no range: from 0 to 9/,
  ],
  [
    `UPDATE trial_params SET distribution_json = '{"name": "IntDistribution", "attributes": {"low": -1, "high": 9, "step": 1}}', param_value = 0 WHERE param_name = 'x' AND trial_id = 2`,
    /parameter x has distributions of several kinds/,
  ],
  [
    "UPDATE trial_params SET param_name = '__proto__' WHERE param_name = 'x'",
    /its parameters are no space: .*__proto__.*give rename/,
  ],
  [
    "UPDATE trial_params SET param_name = 'model' WHERE param_name = 'x'",
    /a parameter and also a group/,
  ],
  ["DELETE FROM trial_params", /no trial has a parameter/],
  [
    "UPDATE trial_values SET objective = 7 WHERE trial_id = 1",
    /value 7 of trial 0 belongs to no direction/,
  ],
  [
    "UPDATE trial_values SET value = 'much' WHERE trial_id = 1",
    /value 0 of trial 0 is much/,
  ],
  [
    "ALTER TABLE trials RENAME TO t; CREATE VIEW trials AS SELECT * FROM t",
    /trials is a view, not a table/,
  ],
];

test("readOptunaStudy: a damaged or hostile file is refused with a sentence", () =>
  inFolder(async (path) => {
    for (const [at, [sql, message]] of DAMAGES.entries()) {
      const db = path(`${at}.db`);
      await execute(db, dumpOf("3.6.2"));
      try {
        await execute(db, sql);
      } catch (error) {
        // This SQLite cannot even make the damage.
        assertMatch(String(error), message);
        continue;
      }
      const error = await assertRejects(
        () => readOptunaStudy({ dbPath: db }),
        UserError,
        undefined,
        sql,
      );
      assertMatch(error.message, message);
    }
    writeFileSync(path("text.db"), "no database, but a long text".repeat(99));
    await assertRejects(
      () => readOptunaStudy({ dbPath: path("text.db") }),
      UserError,
    );
    const missing = await assertRejects(
      () => readOptunaStudy({ dbPath: path("none.db") }),
      OptunaStudyError,
    );
    assertMatch(missing.message, /there is no such file/);
    assertEquals(existsSync(path("none.db")), false);
  }));

test("readOptunaStudy: whatever value a cell has, the file is read or refused for the user", () =>
  inFolder(async (path) => {
    const cells = [
      ...["trials.number", "trials.state", "trials.study_id"],
      ...["trials.datetime_start", "trial_params.param_name"],
      ...["trial_params.param_value", "trial_params.distribution_json"],
      ...["trial_params.trial_id", "trial_values.value"],
      ...["trial_values.objective", "trial_values.value_type"],
      ...["trial_intermediate_values.step", "study_directions.objective"],
      ...["studies.study_name", "studies.study_id"],
    ];
    const values = fc.oneof(
      fc.constantFrom(
        ...["NULL", "x''", "x'ff00'", "9e999", "-1", "0.5", "9007199254740993"],
        ...[
          `'{"name": "CategoricalDistribution", "attributes": {"choices": [NaN, {"a": []}]}}'`,
        ],
      ),
      fc.integer().map(String),
      fc.json().map((text) => `'${text.replaceAll("'", "''")}'`),
    );
    await execute(path("whole.db"), dumpOf("3.6.2"));
    const whole = readFileSync(path("whole.db"));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cells),
        values,
        fc.integer({ min: 1, max: 6 }),
        async (cell, value, row) => {
          const [table, column] = cell.split(".");
          writeFileSync(path("s.db"), whole);
          try {
            await execute(
              path("s.db"),
              `UPDATE ${table} SET ${column} = ${value} WHERE rowid = ${row}`,
            );
          } catch {
            // The table does not take this value.
            return;
          }
          try {
            await readOptunaStudy({ dbPath: path("s.db") });
          } catch (error) {
            assert(error instanceof UserError, String(error));
          }
        },
      ),
      { numRuns: 40 },
    );
  }));

test("readOptunaStudy: ranges that differ between trials are united, and that is said", () =>
  inFolder(async (path) => {
    await execute(
      path("s.db"),
      dumpOf("3.6.2"),
      `UPDATE trial_params SET distribution_json = replace(distribution_json, '"high": 1.0', '"high": 4.0') WHERE param_name = 'x' AND trial_id = 2`,
      `UPDATE trial_params SET distribution_json = replace(distribution_json, '"step": 2', '"step": 5') WHERE param_name = 'm' AND trial_id = 4`,
      "DELETE FROM trial_params WHERE param_name = 'n' AND trial_id = 2",
    );
    const { space, notes, observations } = await readOptunaStudy({
      dbPath: path("s.db"),
    });
    const of = (name: string) =>
      space.dimensions.find((one) => one.path === name)!;
    assertEquals([of("x").low, of("x").high], [-1, 4]);
    assertEquals([of("m").low, of("m").high, of("m").step], [0, 10, undefined]);
    assertEquals(notes, [
      "x has 2 distributions; the space has the values of all of them",
      "m has 2 distributions; the space has the values of all of them",
      "m has no common step, so the space has every number of its range",
      "1 complete trial lacks n, and no category decides which; they do not fit in the space",
      "momentum is in exactly the trials with kind = sgd, so the space has it only there",
      "1 trial that ended does not fit in the space, so it is not among the observations",
    ]);
    assertEquals(observations.length, 3);
  }));

test("readOptunaStudy: options are checked, and a name chooses the study", () =>
  inFolder(async (path) => {
    await execute(
      path("s.db"),
      dumpOf("3.6.2"),
      "INSERT INTO studies VALUES (2, 'other')",
    );
    const dbPath = path("s.db");
    const chosen = await readOptunaStudy({
      ...{ dbPath, studyName: "small" },
      rename: (name) => `search.${name}`,
    });
    assertEquals(chosen.trials.length, 6);
    assertEquals(chosen.space.dimensions[0]!.path, "search.x");
    for (
      const [options, message] of [
        [{ studyName: 1 }, /studyName is 1/],
        [{ metrics: "loss" }, /metrics is "loss"/],
        [{ metrics: ["a", "a"] }, /an array of different names/],
        [{ studyName: "small", metrics: ["a", "b"] }, /metrics has 2 names/],
        [{ fidelity: 1 }, /fidelity is 1; give a function/],
        [{ study: "small" }, /study/],
      ] as const
    ) {
      const error = await assertRejects(
        () => readOptunaStudy({ dbPath, ...options } as never),
        SearchUsageError,
      );
      assertMatch(error.message, message);
    }
    const error = await assertRejects(
      () => readOptunaStudy({ dbPath, studyName: "smal" }),
      OptunaStudyError,
    );
    assertMatch(error.message, /there is no such study; it has small, other$/);
  }));

const { python, skip } = pythonWith(
  "optuna",
  ["optuna==5.0.0", "scikit-learn"],
  "import optuna, sqlalchemy.dialects.sqlite, alembic.command, sklearn.ensemble",
);
if (skip) console.log(`without the real Optuna: ${skip}`);

/** What the script below says. */
interface Seen {
  readonly load: Readonly<Record<string, unknown>>;
  readonly wait: unknown;
  readonly make: [number, number][];
  readonly several: unknown;
}

/** Does everything that needs the real package in one process, since importing it takes seconds. */
function runPython(...words: string[]): Seen {
  const out = execFileSync(python!, ["-c", SCRIPT, ...words], {
    encoding: "utf8",
  });
  return JSON.parse(out.trim().split("\n").at(-1)!);
}

const SCRIPT = `
import json, sys, warnings
warnings.filterwarnings("ignore")
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
widths, states, two, front, bounded = ["sqlite:///" + path for path in sys.argv[1:]]

study = optuna.load_study(study_name="widths", storage=widths)
before = study.best_trial
seen = {
    "best": [before.user_attrs["ato:trial"], before.value, before.params["lr"]],
    "words": before.user_attrs["words"],
    "steps": before.intermediate_values,
    "took": before.duration.total_seconds() >= 0,
    "direction": study.direction.name,
    "metrics": study.metric_names,
    "states": [trial.state.name for trial in study.trials],
    "params": [len(trial.params) for trial in study.trials],
    "activations": [trial.params["model.activation"] for trial in study.trials],
    "important": list(optuna.importance.get_param_importances(
        study, evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0), params=["lr", "width"])),
}
def objective(trial):
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.suggest_float("dropout", 0, 1, step=0.25)
    trial.suggest_int("width", 1, 64, log=True)
    trial.suggest_int("depth", 0, 10, step=2)
    trial.suggest_categorical("size", [16, 32])
    if trial.suggest_categorical("optimizer.name", ["sgd", "adam"]) == "sgd":
        trial.suggest_float("optimizer.momentum", 0, 1)
        trial.suggest_float("optimizer.decay (name=sgd)", 0, 1)
    return lr
study.optimize(objective, n_trials=3)
again = optuna.load_study(study_name="widths", storage=widths)
seen["after"] = [len(again.trials), again.trials[-1].state.name]
copy = optuna.create_study()
for trial in study.trials:
    copy.add_trial(trial)
seen["copied"] = len(copy.trials)
study = optuna.load_study(study_name="states", storage=states)
trial = study.ask()
wait = [trial.number, trial.suggest_float("x", 0, 1)]
study = optuna.create_study(study_name="two", storage=two, directions=["minimize", "maximize"])
study.set_metric_names(["loss", "accuracy"])
def two_values(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.suggest_categorical("c", [float("nan"), float("inf"), 1, 1.0, "NaN", False])
    trial.suggest_int("n", -5, 5, step=5)
    trial.set_user_attr("note", {"x": [x]})
    return x, float("inf") if trial.number == 1 else -x
study.optimize(two_values, n_trials=4)
make = [[t.params["x"], t.params["n"]] for t in study.trials]
study = optuna.load_study(study_name="two", storage=front)
several = {
    "front": sorted(trial.user_attrs["ato:trial"] for trial in study.best_trials),
    "directions": [direction.name for direction in study.directions],
    "metrics": study.metric_names,
}
study.sampler = optuna.samplers.NSGAIISampler(seed=1, population_size=8)
study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 1), n_trials=3)
several["after"] = len(study.trials)
best = optuna.load_study(study_name="two", storage=bounded).best_trial
several["best"] = best.user_attrs["ato:trial"]
print(json.dumps({"load": seen, "wait": wait, "make": make, "several": several}))
`;

test(
  "the real Optuna loads a study and goes on with it, starts a trial that was given back, and writes one that is read",
  {
    skip,
  },
  () =>
    inFolder(async (path) => {
      const study = await searched();
      await writeOptunaStudy(
        path("s.db"),
        exportOf(study, { attributes: () => ({ words: ["lr=0.1"] }) }),
      );
      const trials = study.trials();
      const best = study.best()!;
      study.close();
      await writeOptunaStudy(path("states.db"), {
        ...{ studyName: "states", metric: "loss", mode: "min", space: LINE },
        trials: [view(0, "completed", { 1: 1 }), view(1, "released")],
      });
      const two = await searchedTwo();
      await writeOptunaStudy(path("front.db"), {
        ...{ ...TWO, trials: two.trials() },
      });
      const front = two.front().map(({ trial }) => trial.trial);
      two.close();
      const bounded = await searchedTwo({ objectives: { accuracy: "max" } });
      await writeOptunaStudy(path("bounded.db"), {
        ...{ ...TWO, objectives: bounded.objectives },
        trials: bounded.trials(),
      });
      const feasible = bounded.best()!.trial.trial;
      bounded.close();
      const { load: seen, wait, make: params, several } = runPython(
        ...["s.db", "states.db", "two.db", "front.db", "bounded.db"].map(path),
      );
      assertGreater(front.length, 1);
      assertEquals(several, {
        front,
        directions: ["MAXIMIZE", "MINIMIZE"],
        metrics: ["accuracy", "latency"],
        after: 24 + 3,
        best: feasible,
      });
      const lr = (best.trial.config as { lr: number }).lr;
      assertEquals(seen["best"], [best.trial.trial, best.metrics["loss"], lr]);
      assertEquals(seen["words"], ["lr=0.1"]);
      assertEquals(seen["took"], true);
      assertEquals(
        seen["steps"],
        Object.fromEntries(
          best.trial.results.map(({ fidelity, metrics }) => [
            fidelity,
            metrics["loss"],
          ]),
        ),
      );
      assertEquals([seen["direction"], seen["metrics"]], ["MINIMIZE", [
        "loss",
      ]]);
      const states = seen["states"] as string[];
      assertEquals(states.length, trials.length);
      assertEquals(states[2], "FAIL");
      assertEquals(
        seen["params"],
        trials.map(({ config }) => SPACE.toPoint(config)!)
          .map((point) => point.filter((one) => one !== undefined).length),
      );
      assertEquals(
        seen["activations"],
        trials.map(({ config }) =>
          (config as unknown as { model: { activation: unknown } }).model
            .activation
        ).map((value) => Array.isArray(value) ? JSON.stringify(value) : value),
      );
      assertEquals((seen["important"] as string[]).toSorted(), ["lr", "width"]);
      assertEquals(seen["after"], [trials.length + 3, "COMPLETE"]);
      assertEquals(seen["copied"], trials.length + 3);
      // What Optuna added comes back.
      const back = await readOptunaStudy({ dbPath: path("s.db") });
      assertEquals(back.trials.length, trials.length + 3);

      // The trial that was given back comes first, with its config.
      assertEquals(wait, [1, 0.1]);

      // A study of its own: two values, NaN and infinities.
      const made = await readOptunaStudy({ dbPath: path("two.db") });
      assertEquals(made.libraryVersion, "5.0.0");
      assertEquals([made.metrics, made.modes], [["loss", "accuracy"], [
        "min",
        "max",
      ]]);
      assertEquals(made.space.dimensions[1]!.choices, [
        NaN,
        Infinity,
        1,
        "NaN",
        false,
      ]);
      assertEquals(
        made.trials.map(({ config }) => [config!["x"], config!["n"]]),
        params,
      );
      assertEquals(made.trials[0]!.attributes, {
        note: { x: [params[0]![0]] },
      });
      assertEquals(made.trials[1]!.metrics["accuracy"], Infinity);
      // The infinite one is no result.
      assertEquals(made.observations.length, 3);
      assertGreater(made.trials[0]!.endedAt!, made.trials[0]!.startedAt! - 1);
    }),
);
