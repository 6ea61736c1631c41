/** Values that plain JavaScript can pass: unknown options, and values of the wrong kind. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Scope } from "@ato/ato/scope";
import * as hyperopt from "@ato/ato/hyperopt";
import {
  asha,
  ashaStopping,
  defineSpace,
  DistributedHyperBand,
  float,
  fullFidelity,
  HyperBand,
  InProcessBackend,
  int,
  openStudy,
  randomSampler,
  runStudy,
  SearchUsageError,
  StudySettingError,
} from "@ato/ato/hyperopt";
import { jobOf, SPACE, studyOf } from "./_studies.ts";

// As JavaScript sees it: nothing is checked before it runs.
// deno-lint-ignore no-explicit-any -- every argument here is wrong on purpose
const js = hyperopt as any;

const SCOPE = () => new Scope({ argv: [] });
const GRID = { width: int(1, 4, { grid: 4 }) };
const RATES = { halvingRate: 0.5, numMinSamples: 1 };
const STUDY = {
  id: "s",
  space: SPACE,
  sampler: randomSampler(SPACE),
  scheduler: fullFidelity({ trials: 1 }),
  metric: "loss",
};
const RANGE = { minFidelity: 1, maxFidelity: 9, trials: 9 };
const RANK = {
  rank: 0,
  worldSize: 1,
  backend: new InProcessBackend().connect(),
};

/** A call with a typo in the name of an option, and the name that was meant. */
const SLIPS: readonly (readonly [string, () => unknown, string, string])[] = [
  [
    "float",
    () => defineSpace({ x: js.float(0, 1, { lgo: true }) }),
    "x",
    "log",
  ],
  ["int", () => defineSpace({ x: js.int(0, 9, { stpe: 2 }) }), "x", "step"],
  [
    "Python's form",
    () => js.defineSpace({ x: { paramType: "FLOAT", paramRang: [0, 1] } }),
    "x",
    "paramRange",
  ],
  [
    "tpeSampler",
    () => js.tpeSampler(SPACE, { startups: 3 }),
    "startups",
    "startup",
  ],
  [
    "bohbSampler",
    () => js.bohbSampler(SPACE, { goodshare: 1 }),
    "goodshare",
    "goodShare",
  ],
  [
    "cmaEsSampler",
    () => js.cmaEsSampler(SPACE, { sigmas: 1 }),
    "sigmas",
    "sigma",
  ],
  [
    "gaussianProcessSampler",
    () => js.gaussianProcessSampler(SPACE, { startups: 3 }),
    "startups",
    "startup",
  ],
  ["sobolSampler", () => js.sobolSampler(SPACE, { sed: 3 }), "sed", "seed"],
  ["fullFidelity", () => js.fullFidelity({ trails: 3 }), "trails", "trials"],
  [
    "asha",
    () => js.asha({ ...RANGE, maxFidelty: 3 }),
    "maxFidelty",
    "maxFidelity",
  ],
  ["ashaStopping", () => js.ashaStopping({ ...RANGE, etta: 3 }), "etta", "eta"],
  [
    "hyperband",
    () => js.hyperband({ maxFidelity: 9, roundng: "floor" }),
    "roundng",
    "rounding",
  ],
  [
    "successiveHalving",
    () => js.successiveHalving({ ...RANGE, trial: 9 }),
    "trial",
    "trials",
  ],
  [
    "medianStopping",
    () => js.medianStopping({ fidelity: 9, warmUp: 1 }),
    "warmUp",
    "warmup",
  ],
  [
    "openStudy",
    () => js.openStudy({ ...STUDY, retrys: 3 }),
    "retrys",
    "retries",
  ],
  [
    "a budget",
    () => js.openStudy({ ...STUDY, budget: { trails: 3 } }),
    "budget.trails",
    "trials",
  ],
  [
    "memoryJournal",
    () => js.memoryJournal({ studyID: "s" }),
    "studyID",
    "studyId",
  ],
  ["ask", () => studyOf().ask({ worke: "a" } as never), "worke", "worker"],
  [
    "HyperBand",
    () => new js.HyperBand(SCOPE(), GRID, { ...RATES, numMinSample: 1 }),
    "numMinSample",
    "numMinSamples",
  ],
  [
    "DistributedHyperBand",
    () =>
      new js.DistributedHyperBand(SCOPE(), GRID, {
        ...RATES,
        ...RANK,
        worldsize: 2,
      }),
    "worldsize",
    "worldSize",
  ],
  [
    "InProcessBackend",
    () => new js.InProcessBackend({ leese: 3 }),
    "leese",
    "lease",
  ],
  ["Progress", () => new js.Progress({ totals: 3 }), "totals", "total"],
  [
    "simulate",
    () =>
      js.simulate(studyOf(), {
        workers: 1,
        clock: js.virtualClock(),
        objectiv: () => ({}),
      }),
    "objectiv",
    "objective",
  ],
];

for (const [name, call, setting, meant] of SLIPS) {
  test(`options: an unknown option is refused with the nearest name: ${name}`, () => {
    const error = assertThrows(call, Error, `did you mean ${meant}?`) as
      & Error
      & {
        setting?: string;
        path?: string;
      };
    assertEquals(error.setting ?? error.path, setting);
  });
}

test("options: an unknown option of an asynchronous function is refused as well", async () => {
  for (
    const call of [
      () => js.runStudy(studyOf(), () => 1, { worker: 2 }),
      () => js.sqliteJournal({ dbPath: ":memory:", studyId: "s", drivers: 1 }),
      () => js.observationsFromRuns("x.db", { metrics: [], projectname: "p" }),
    ]
  ) {
    assertMatch(
      (await assertRejects(call, RangeError)).message,
      /did you mean/,
    );
  }
});

test("options: known options are not refused", () => {
  const scheduler = asha({ minFidelity: 1, maxFidelity: 9, eta: 3, trials: 2 });
  const study = openStudy({ ...STUDY, scheduler, mode: "min", seed: "x" });
  assertEquals(study.ask({ worker: "a" }).kind, "job");
  study.close();
});

/** Calls that TypeScript refuses, and their errors. */
const WRONG: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "openStudy without anything",
    () => js.openStudy(),
    /the options are null; give an object/,
  ],
  [
    "a study without a space",
    () => js.openStudy({ ...STUDY, space: undefined }),
    /space is undefined; give a space made by defineSpace/,
  ],
  [
    "a study of a definition",
    () => js.openStudy({ ...STUDY, space: { x: float(0, 1) } }),
    /space has no dimensions; give a space/,
  ],
  [
    "a sampler's name",
    () => js.openStudy({ ...STUDY, sampler: "tpe" }),
    /sampler is "tpe"; give a sampler/,
  ],
  [
    "a sampler that was not called",
    () => js.openStudy({ ...STUDY, sampler: randomSampler }),
    /sampler has no sample; give/,
  ],
  [
    "a scheduler's name",
    () => js.openStudy({ ...STUDY, scheduler: "asha" }),
    /scheduler is "asha"; give a scheduler/,
  ],
  [
    "a journal that was not awaited",
    () => js.openStudy({ ...STUDY, journal: Promise.resolve() }),
    /journal has no claim; give a journal, such as await/,
  ],
  [
    "a study without a metric",
    () => js.openStudy({ ...STUDY, metric: undefined }),
    /metric is undefined; give the metric's name/,
  ],
  [
    "an unknown mode of a study",
    () => js.openStudy({ ...STUDY, mode: "minimum" }),
    /mode is "minimum"; give max or min/,
  ],
  [
    "a timeout as string",
    () => js.openStudy({ ...STUDY, timeout: "5" }),
    /timeout is "5"; give a number/,
  ],
  [
    "a budget as number",
    () => js.openStudy({ ...STUDY, budget: 5 }),
    /budget is 5; give an object/,
  ],
  ["tell without an outcome", () => {
    const s = studyOf();
    const a = s.ask();
    s.tell(jobOf(a), undefined as never);
  }, /its outcome is undefined; give \{ metrics/],
  [
    "tell without a job",
    () => studyOf().tell(undefined as never, { metrics: {} }),
    /it is undefined; give the job of ask/,
  ],
  ["asha without anything", () => js.asha(), /the options are null/],
  [
    "trials as string",
    () => js.fullFidelity({ trials: "3" }),
    /trials is "3"; give a whole number/,
  ],
  [
    "a fidelity as string",
    () => js.hyperband({ maxFidelity: "9" }),
    /maxFidelity is "9"; give a number/,
  ],
  [
    "a sampler without a space",
    () => js.randomSampler(),
    /space is undefined; give a space/,
  ],
  [
    "a grid of a definition",
    () => js.gridSampler({ x: float(0, 1) }),
    /space has no dimensions/,
  ],
  [
    "settings that are an array",
    () => js.tpeSampler(SPACE, []),
    /the options are an array/,
  ],
  [
    "log as string",
    () => defineSpace({ x: js.float(1, 2, { log: "yes" }) }),
    /its log is "yes"; give true or false/,
  ],
  [
    "HyperBand without settings",
    () => new js.HyperBand(SCOPE(), GRID),
    /the options are null/,
  ],
  [
    "HyperBand without a scope",
    () => new js.HyperBand(undefined, GRID, RATES),
    /scope is undefined; give a Scope/,
  ],
  [
    "HyperBand with a rate as string",
    () => new js.HyperBand(SCOPE(), GRID, { ...RATES, halvingRate: "0.5" }),
    /Cannot halve by "0\.5"/,
  ],
  [
    "an unknown mode",
    () => new js.HyperBand(SCOPE(), GRID, { ...RATES, mode: "maximise" }),
    /"maximise": mode is "max" or "min"/,
  ],
  [
    "an objective that was called",
    () => new js.HyperBand(SCOPE(), GRID, RATES).main(3),
    /the objective is 3; give a function/,
  ],
  [
    "a backend's name",
    () =>
      new js.DistributedHyperBand(SCOPE(), GRID, {
        ...RATES,
        ...RANK,
        backend: "pytorch",
      }),
    /backend is "pytorch"; give a connection/,
  ],
  [
    "a backend that is not connected",
    () =>
      new js.DistributedHyperBand(SCOPE(), GRID, {
        ...RATES,
        ...RANK,
        backend: new InProcessBackend(),
      }),
    /backend has no journal; give a connection/,
  ],
  [
    "no rank",
    () =>
      new js.DistributedHyperBand(SCOPE(), GRID, {
        ...RATES,
        ...RANK,
        rank: undefined,
      }),
    /Cannot be rank undefined of 1/,
  ],
  [
    "a lease as string",
    () => new js.InProcessBackend({ lease: "1" }),
    /lease is "1"; give milliseconds/,
  ],
  [
    "no config",
    () => js.prepareDistributions({}, GRID),
    /baseConfig has no clone; give an ADict/,
  ],
  ["a progress of nothing", () => new js.Progress(), /the options are null/],
  [
    "a simulation without workers",
    () =>
      js.simulate(studyOf(), {
        clock: js.virtualClock(),
        objective: () => ({}),
      }),
    /workers is undefined; give a whole number/,
  ],
];

for (const [name, call, message] of WRONG) {
  test(`options: the error says what to give: ${name}`, () => {
    const error = assertThrows(call, Error);
    assertMatch(error.message, message);
    assertMatch(error.message, /^Cannot [^\n]+$/);
    assert(error.name !== "TypeError", error.message);
  });
}

test("options: the error of an asynchronous function says what to give", async () => {
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => js.runStudy(), /study is undefined; give a study made by openStudy/],
    [
      () => js.runStudy(studyOf(), 5),
      /the objective is 5; give a function, or the URL/,
    ],
    [
      () => js.sqliteJournal({ dbPath: "x.db" }),
      /studyId is undefined; give the study's name/,
    ],
    [() => js.readStudy("x.db"), /id is undefined; give its name/],
    [
      () => js.observationsFromRuns("x.db", { metrics: "loss" }),
      /metrics is "loss"; give an array/,
    ],
  ];
  for (const [call, message] of cases) {
    assertMatch((await assertRejects(call, RangeError)).message, message);
  }
});

test("HyperBand: an invalid tracker is refused before anything runs", () => {
  const search = new js.HyperBand(SCOPE(), GRID, {
    ...RATES,
    tracker: "runs.db",
  });
  const error = assertThrows(search.main(() => 1), SearchUsageError);
  assertEquals(error.setting, "tracker");
});

test("asha: only the greatest fidelity is required: the least one is 1, as in hyperband", () => {
  for (const make of [asha, ashaStopping]) {
    assertEquals(
      make({ maxFidelity: 9, trials: 9 }).plan(),
      make({ minFidelity: 1, maxFidelity: 9, trials: 9 }).plan(),
    );
  }
});

test("mode: the default is max in searches and studies", async () => {
  const study = openStudy({ ...STUDY, scheduler: fullFidelity({ trials: 3 }) });
  const seen: number[] = [];
  await runStudy(study, ({ config }) => {
    seen.push(config.x);
    return config.x;
  });
  assertEquals(study.best()?.metrics, { loss: Math.max(...seen) });
  study.close();
  const search = new HyperBand(SCOPE(), GRID, RATES);
  assertEquals(
    [search.mode, search.main(({ width }) => width)().config.width],
    [
      "max",
      4,
    ],
  );
});

for (const value of [Infinity, -Infinity, NaN]) {
  test(`runStudy: an objective of ${value} fails its trial, and is never the best`, async () => {
    for (const mode of ["min", "max"] as const) {
      const study = openStudy({
        ...STUDY,
        scheduler: fullFidelity({ trials: 3 }),
        mode,
        retries: 0,
      });
      await runStudy(study, ({ trial }) => trial === 1 ? value : trial);
      const { status, error } = study.trials()[1]!;
      assertEquals(status, "failed");
      assertMatch(
        error!.message,
        Number.isNaN(value)
          ? /it returned no loss, or NaN/
          : /its loss is -?Infinity/,
      );
      assertEquals(study.best()?.metrics, { loss: mode === "min" ? 0 : 2 });
      study.close();
    }
  });
}

test("openStudy: an unknown option is a StudySettingError", () => {
  const error = assertThrows(
    () => js.openStudy({ ...STUDY, leas: 3 }),
    StudySettingError,
  );
  assertEquals(error.setting, "leas");
  assertEquals(
    new DistributedHyperBand(SCOPE(), GRID, { ...RATES, ...RANK }).rank,
    0,
  );
});
