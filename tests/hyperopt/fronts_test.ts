/** Studies with several objectives, and with constraints. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  asha,
  ashaStopping,
  cmaEsSampler,
  fullFidelity,
  gaussianProcessSampler,
  type Job,
  memoryJournal,
  motpeSampler,
  nsga2Sampler,
  type ObjectiveResult,
  type Observation,
  openStudy,
  randomSampler,
  rankTrials,
  runStudy,
  type Sampler,
  SearchUsageError,
  sobolSampler,
  type Study,
  type StudyEvent,
  type StudyOptions,
  StudySettingError,
  successiveHalving,
  tpeSampler,
} from "@ato/ato/hyperopt";
import { dominates } from "../../hyperopt/objectives/_score.ts";
import { jobOf, outcomeOf, SPACE, studyOf, type XConfig } from "./_studies.ts";

type Options = Partial<StudyOptions<XConfig>>;

/** Opens a study that minimises a and maximises b. */
function two(options: Options = {}): Study<XConfig> {
  return openStudy<XConfig>({
    id: "two",
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: fullFidelity({ trials: 12 }),
    objectives: { a: "min", b: "max" },
    ...options,
  });
}

type Metrics = Readonly<Record<string, number>>;

/** Tells each trial the metrics of its number. */
function tellAll(
  study: Study<XConfig>,
  metricsOf: (job: Job<XConfig>) => Metrics,
): void {
  for (;;) {
    const answer = study.ask();
    if (answer.kind !== "job") return;
    study.tell(answer.job, { metrics: metricsOf(answer.job) });
  }
}

function numbersOf(study: Study<XConfig>): number[] {
  return study.front().map(({ trial }) => trial.trial);
}

const RESULTS = fc.array(
  fc.record({
    a: fc.integer({ min: 0, max: 5 }),
    b: fc.integer({ min: 0, max: 5 }),
    memory: fc.integer({ min: 6, max: 10 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test("front: it never holds a dominated trial, and each other trial is dominated or infeasible", () => {
  fc.assert(fc.property(RESULTS, fc.boolean(), (results, constrained) => {
    const study = two({
      scheduler: fullFidelity({ trials: results.length }),
      ...(constrained && { constraints: { memory: { max: 8 } } }),
    });
    tellAll(study, ({ trial }) => results[trial]!);
    const excess = ({ memory }: { memory: number }) =>
      constrained ? Math.max(0, memory - 8) : 0;
    const least = Math.min(...results.map(excess));
    const rivals = results.filter((one) => excess(one) === least);
    const losses = ({ a, b }: { a: number; b: number }) => [a, -b];
    const expected = results.flatMap((one, trial) => {
      if (excess(one) > least) return [];
      // Infeasible trials are compared by their violation only.
      const isDominated = least === 0 &&
        rivals.some((other) => dominates(losses(other), losses(one)));
      return isDominated ? [] : [trial];
    });
    assertEquals(numbersOf(study), expected);
    for (const { violation } of study.front()) {
      assertEquals(violation ?? 0, least / 8);
    }
  }));
});

test("front: the order of arrival does not matter", () => {
  const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
  fc.assert(fc.property(RESULTS, orders, (results, order) => {
    const metrics = (trial: number) => results[trial % results.length]!;
    const fronts = [[0, 1, 2, 3, 4, 5], order].map((order) => {
      const study = two({ scheduler: fullFidelity({ trials: 6 }) });
      const jobs = order.map(() => jobOf(study.ask()))
        .sort((a, b) => a.trial - b.trial);
      for (const trial of order) {
        study.tell(jobs[trial]!, { metrics: metrics(trial) });
      }
      return study.front().map(({ trial, ...result }) => [
        trial.trial,
        trial.config,
        result,
      ]);
    });
    assertEquals(fronts[0], fronts[1]);
  }));
});

test("rankTrials: the front has rank 0, and the best trial of one objective comes first, at any fidelity", () => {
  const schedules = fc.constantFrom("full", "halving");
  fc.assert(
    fc.property(RESULTS, fc.boolean(), schedules, (results, bound, how) => {
      const constraints = bound ? { memory: { max: 8 } } : {};
      const isOne = how === "halving";
      const study = two({
        scheduler: isOne
          ? successiveHalving({
            trials: results.length,
            minFidelity: 1,
            maxFidelity: 9,
          })
          : fullFidelity({ trials: results.length }),
        constraints,
        ...(isOne && { objectives: { a: "min" } }),
      });
      // Trials become better and need more memory while they train.
      tellAll(study, ({ trial, to }) => {
        const { a, b, memory } = results[trial]!;
        return { a: a / to, b, memory: memory + Math.log2(to) / 4 };
      });
      const { objectives } = study;
      const ranked = rankTrials(study.trials(), { objectives, constraints });
      const first = ranked.filter(({ rank }) => rank === 0);
      assertEquals(first.map(({ trial }) => trial.trial), numbersOf(study));
      assertEquals(
        first.map(({ result, violation }) => [result?.metrics, violation]),
        study.front().map(({ metrics, violation }) => [
          metrics,
          violation ?? 0,
        ]),
      );
      if (isOne) assertEquals(ranked[0]!.trial, study.best()!.trial);
      // Each trial is there once, and ranks ascend.
      assertEquals(
        ranked.map(({ trial }) => trial.trial).sort((a, b) => a - b),
        results.map((_, trial) => trial),
      );
      const ranks = ranked.map(({ rank }) => rank!);
      assertEquals(ranks, ranks.toSorted((a, b) => a - b));
      const feasible = ranked.map(({ violation }) => violation === 0);
      assertEquals(feasible, feasible.toSorted((a, b) => +b - +a));
    }),
  );
});

test("rankTrials: trials without a result or without a metric come last and have no rank", () => {
  const study = studyOf({ scheduler: fullFidelity({ trials: 4 }), retries: 0 });
  for (const loss of [3, NaN, 1]) {
    study.tell(jobOf(study.ask()), { metrics: { loss } });
  }
  jobOf(study.ask());
  const ranked = rankTrials(study.trials(), { objectives: { loss: "min" } });
  assertEquals(
    ranked.map(({ trial, rank }) => [trial.trial, rank]),
    [[2, 0], [0, 1], [1, undefined], [3, undefined]],
  );
  assertThrows(
    () => rankTrials([], { objectiv: {} } as never),
    SearchUsageError,
    "did you mean objectives",
  );
});

test("front: with one objective it is the best trial, and empty without a result", () => {
  const study = studyOf({ scheduler: fullFidelity({ trials: 4 }) });
  assertEquals(study.front(), []);
  tellAll(study, ({ trial }) => ({ loss: [3, 1, 1, 2][trial]! }));
  assertEquals(study.front(), [study.best()!]);
  assertEquals(study.best()!.trial.trial, 1);
  assertEquals(study.best()!.violation, undefined);
});

test("best: a study of several objectives refuses it, and names front()", () => {
  assertThrows(
    () => two().best(),
    StudySettingError,
    "Cannot find the best trial of study two: it has the objectives a, b; call front()",
  );
});

test("objectives: one of them is the same as metric and mode", () => {
  const events: StudyEvent[] = [];
  const founded = (goal: Options) => {
    const journal = memoryJournal({ events });
    const study = studyOf({
      metric: undefined as never,
      mode: undefined as never,
      ...goal,
      journal,
      scheduler: fullFidelity({ trials: 4 }),
    });
    tellAll(study, ({ config }) => ({ loss: config.x }));
    study.close();
    events.splice(0, Infinity, ...journal.read());
    return study;
  };
  const first = founded({ metric: "loss", mode: "max" });
  assert(!("objectives" in events[0]!) && !("constraints" in events[0]!));
  const again = founded({ objectives: { loss: "max" } });
  assertEquals(again.best(), first.best());
  assertEquals(again.objectives, { loss: "max" });
  assertThrows(
    () => founded({ objectives: { loss: "max", b: "min" } }),
    StudySettingError,
    'it began with objectives none, not {"b":"min","loss":"max"}',
  );
});

test("objectives: a later session may write them in another order, and may not change them or the constraints", () => {
  const events: StudyEvent[] = [];
  const open = (options: Options) => {
    const journal = memoryJournal({ events });
    const study = two({ ...options, journal });
    study.close();
    events.splice(0, Infinity, ...journal.read());
  };
  open({ constraints: { m: { max: 3, min: 1 }, n: { min: 0 } } });
  open({
    objectives: { b: "max", a: "min" },
    constraints: { n: { min: 0 }, m: { min: 1, max: 3 } },
  });
  assertThrows(
    () => open({ constraints: { m: { max: 4, min: 1 }, n: { min: 0 } } }),
    StudySettingError,
    'it began with constraints {"m":{"max":3,"min":1},"n":{"min":0}}, not {"m":{"max":4',
  );
  assertThrows(
    () => open({ objectives: { a: "min", b: "min" } }),
    StudySettingError,
    "it began with objectives",
  );
});

const CONSTRAINED: Options = { constraints: { memory: { max: 8 } } };

test("constraints: the best trial is feasible if there is one, and otherwise violates least", () => {
  const study = studyOf({ ...CONSTRAINED });
  const results = [
    { loss: 0, memory: 12 },
    { loss: 9, memory: 9 },
    { loss: 1, memory: 9 },
    { loss: 5, memory: 8 },
    { loss: 4, memory: 8.1 },
  ];
  const best = results.map((metrics) => {
    study.tell(jobOf(study.ask()), { metrics });
    const { trial, violation } = study.best()!;
    return [trial.trial, violation];
  });
  assertEquals(best, [[0, 0.5], [1, 0.125], [2, 0.125], [3, undefined], [
    3,
    undefined,
  ]]);
  assertEquals(study.front(), [study.best()!]);
});

test("constraints: a trial that turns out to be infeasible at a greater fidelity is no longer the best", () => {
  const study = studyOf({
    ...CONSTRAINED,
    scheduler: successiveHalving({ trials: 3, minFidelity: 1, maxFidelity: 3 }),
  });
  const memory = [6, 7, 7];
  for (const [trial, used] of memory.entries()) {
    const job = jobOf(study.ask());
    study.tell(job, { metrics: { loss: trial, memory: used } });
  }
  assertEquals(study.best()!.trial.trial, 0);
  const job = jobOf(study.ask());
  assertEquals([job.trial, job.to], [0, 3]);
  study.tell(job, { metrics: { loss: 0, memory: 9 } });
  assertEquals(study.best()!.trial.trial, 1);
});

test("constraints: halving promotes feasible trials, then those that violate least", () => {
  const study = studyOf({
    ...CONSTRAINED,
    scheduler: successiveHalving({
      trials: 9,
      minFidelity: 1,
      maxFidelity: 3,
      eta: 3,
    }),
  });
  const promoted: number[] = [];
  tellAll(study, ({ trial, to }) => {
    if (to === 3) promoted.push(trial);
    // The loss is the better the more memory is used.
    return { loss: -trial, memory: trial === 5 ? 8 : 9 + trial };
  });
  assertEquals(promoted.sort(), [0, 1, 5]);
});

test("constraints: both bounds count, each in its own unit, and a bound itself is feasible", () => {
  const study = studyOf({
    constraints: { memory: { min: 4, max: 8 }, delay: { max: 0 } },
    scheduler: fullFidelity({ trials: 9 }),
  });
  const told = (memory: number, delay: number) =>
    study.tell(jobOf(study.ask()), { metrics: { loss: 0, memory, delay } });
  told(2, 0);
  assertEquals(study.best()!.violation, 0.5);
  told(10, 0.125);
  assertEquals(study.best()!.violation, 0.375);
  told(4, 0.25);
  assertEquals(study.best()!.violation, 0.25);
  told(4 - 1e-12, -7);
  assert(study.best()!.violation! > 0);
  told(4, 0);
  assertEquals(study.best()!.violation, undefined);
});

test("constraints: an attempt without the metric of an objective or a constraint fails, and says which", () => {
  const study = two({ ...CONSTRAINED, retries: 0 });
  const cases: [Metrics, string][] = [
    [{ a: 1, memory: 2 }, "it returned no b, or NaN"],
    [{ a: NaN, b: 1, memory: 2 }, "it returned no a, or NaN"],
    [
      { a: 1, b: 2 },
      "it returned no memory, or NaN, and the study has a constraint on it",
    ],
    [
      { a: 1, b: 2, memory: Infinity },
      "its memory is Infinity, which is not a finite number",
    ],
  ];
  for (const [metrics, message] of cases) {
    const job = jobOf(study.ask());
    study.tell(job, { metrics });
    assertEquals(study.trials()[job.trial]!.error!.message, message);
  }
  assertEquals(study.front(), []);
});

test("constraints: a report may leave out the metric of a constraint, and the result may not", () => {
  const study = studyOf({
    ...CONSTRAINED,
    retries: 0,
    scheduler: ashaStopping({ minFidelity: 1, maxFidelity: 9, trials: 2 }),
  });
  const job = jobOf(study.ask());
  assertEquals(study.report(job, { loss: 1 }, 1), "continue");
  assertEquals(study.report(job, { loss: NaN, memory: 1 }, 2), "stop");
  study.tell(job, { metrics: { loss: 1 } });
  assertEquals(study.trials()[0]!.status, "failed");
});

test("runStudy: an objective of several metrics returns all of them, and a number alone fails the attempt", async () => {
  const study = two({ scheduler: fullFidelity({ trials: 2 }), retries: 0 });
  await runStudy(study, ({ trial }): never | ObjectiveResult => {
    const metrics = { a: 1, b: 2 };
    return trial === 0 ? 5 as never : { metrics };
  });
  const [number, whole] = study.trials();
  assertEquals(number!.error!.message, "it returned no b, or NaN");
  assertEquals(whole!.results[0]!.metrics, { a: 1, b: 2 });
  assertEquals(numbersOf(study), [1]);
});

test("report: with several objectives it may leave some out, and one that is no number stops the trial", () => {
  const study = two({ scheduler: fullFidelity({ fidelity: 9, trials: 2 }) });
  const job = jobOf(study.ask());
  assertEquals(study.report(job, { a: 1 }, 1), "continue");
  assertEquals(study.report(job, { b: Infinity }, 2), "stop");
});

test("observations: a sampler is told all losses and the violation, and only the loss if there is no more", () => {
  const seen: Observation[] = [];
  const sampler: Sampler = {
    name: "ear",
    severalObjectives: true,
    sample: () => [0.5],
    observe: (observation) => void seen.push(observation),
  };
  const options = () => ({ sampler, scheduler: fullFidelity({ trials: 1 }) });
  tellAll(two(options()), () => ({ a: 2, b: 3 }));
  tellAll(
    studyOf({ ...options(), ...CONSTRAINED }),
    () => ({ loss: 1, memory: 12 }),
  );
  tellAll(studyOf(options()), () => ({ loss: 1 }));
  const [several, constrained, plain] = seen;
  const base = { trial: 0, point: [0.5], fidelity: 1 };
  assertEquals(several, { ...base, loss: 2, losses: [2, -3], violation: 0 });
  assertEquals(plain, { ...base, loss: 1 });
  const { loss, ...others } = constrained!;
  assert(loss! > 1e300);
  assertEquals(others, { ...base, losses: [1], violation: 0.5 });
});

const REFUSED: readonly (readonly [string, object, RegExp])[] = [
  [
    "metric and objectives",
    { metric: "a" },
    /^Cannot open study two: metric and objectives are both given; give metric and mode for one/,
  ],
  ["mode and objectives", { mode: "min" }, /mode and objectives are both/],
  ["no objectives", { objectives: {} }, /objectives is empty; give the mode/],
  ["a list", { objectives: ["a"] }, /objectives is an array; give the mode/],
  [
    "an unknown mode",
    { objectives: { a: "least" } },
    /objectives\.a is "least"; give "min" or "max"/,
  ],
  ["a list of constraints", { constraints: [] }, /constraints is an array/],
  ["a number", { constraints: { m: 8 } }, /constraints\.m is 8; give \{ max/],
  ["no bound", { constraints: { m: {} } }, /constraints\.m has no bound/],
  [
    "an unknown bound",
    { constraints: { m: { maximum: 8 } } },
    /constraints\.m has an unknown bound: .*maximum/,
  ],
  [
    "an infinite bound",
    { constraints: { m: { max: Infinity } } },
    /has the max Infinity, which is not a finite number/,
  ],
  [
    "no room",
    { constraints: { m: { min: 3, max: 2 } } },
    /has the min 3 above the max 2/,
  ],
  [
    "a sampler of one loss",
    { sampler: tpeSampler(SPACE) },
    /the sampler tpe learns from one loss, and the study has the objectives a, b; give nsga2Sampler/,
  ],
  [
    "another sampler of one loss",
    { sampler: cmaEsSampler(SPACE) },
    /the sampler cma-es learns from one loss/,
  ],
  [
    "a scheduler with rungs",
    { scheduler: asha({ maxFidelity: 9 }) },
    /the scheduler asha ranks trials by one loss, .* give fullFidelity\(\), or one objective/,
  ],
];

for (const [what, options, message] of REFUSED) {
  test(`openStudy: objectives and constraints: ${what}: it is refused with a sentence`, () => {
    const error = assertThrows(() => two(options), StudySettingError);
    assert(message.test(error.message), error.message);
  });
}

test("openStudy: with one objective no sampler and no scheduler is refused because of objectives or constraints", () => {
  const samplers = [
    tpeSampler,
    cmaEsSampler,
    gaussianProcessSampler,
    nsga2Sampler,
    motpeSampler,
  ];
  for (const makeSampler of samplers) {
    const study = studyOf({
      ...CONSTRAINED,
      sampler: makeSampler(SPACE),
      scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 20 }),
    });
    tellAll(study, ({ config }) => ({ loss: config.x, memory: 20 * config.x }));
    assert(study.best()!.trial.config.x <= 0.4, study.id);
  }
});

const LEARNING: Readonly<Record<string, () => Sampler>> = {
  nsga2: () => nsga2Sampler(SPACE, { population: 4 }),
  motpe: () => motpeSampler(SPACE, { startup: 4 }),
  sobol: () => sobolSampler(SPACE),
};

for (const [name, makeSampler] of Object.entries(LEARNING)) {
  test(`openStudy: ${name}: a search that ends after any event is resumed to the same front`, () => {
    const metricsOf = ({ config: { x }, trial }: Job<XConfig>) => ({
      a: x ** 2,
      b: trial === 3 ? NaN : 2 * x,
      memory: 10 * x,
    });
    const run = (events: readonly StudyEvent[]) => {
      const journal = memoryJournal({ events });
      const study = two({
        ...CONSTRAINED,
        sampler: makeSampler(),
        journal,
        seed: 5,
      });
      tellAll(study, metricsOf);
      return { study, events: [...journal.read()] };
    };
    const whole = run([]);
    const front = numbersOf(whole.study);
    assert(front.length > 1);
    for (let count = 1; count < whole.events.length; count++) {
      const { study } = run(whole.events.slice(0, count));
      assertEquals(numbersOf(study), front, `after ${count} events`);
      assertEquals(outcomeOf(study), outcomeOf(whole.study));
    }
  });
}
