/** Studies: jobs, receipts, failures, leases, budgets, duplicates, resuming. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import process from "node:process";
import fc from "fast-check";
import {
  asha,
  ashaStopping,
  defineSpace,
  float,
  fullFidelity,
  gridSampler,
  hyperband,
  int,
  type Job,
  type Journal,
  memoryJournal,
  type Observation,
  openStudy,
  randomSampler,
  SearchUsageError,
  type Study,
  type StudyEvent,
  type StudyOptions,
  StudyOwnedError,
  StudySettingError,
  StudyTrialError,
  successiveHalving,
  tpeSampler,
  virtualClock,
} from "@ato/ato/hyperopt";
import {
  jobOf,
  outcomeOf,
  runAll,
  SPACE,
  studyOf,
  type XConfig,
} from "./_studies.ts";

test("ask: each trial runs once, and its job has all that a worker needs", () => {
  const study = studyOf({
    scheduler: fullFidelity({ trials: 3, fidelity: 7 }),
  });
  const jobs = runAll(study, ({ config }) => config.x);
  assertEquals(
    jobs.map(({ trial, rung, attempt, from, to }) => [
      trial,
      rung,
      attempt,
      from,
      to,
    ]),
    [[0, 0, 0, 0, 7], [1, 0, 0, 0, 7], [2, 0, 0, 0, 7]],
  );
  assertEquals(new Set(jobs.map(({ token }) => token)).size, 3);
  assertEquals(new Set(jobs.map(({ seed }) => seed)).size, 3);
  const least = Math.min(...jobs.map(({ config }) => config.x));
  assertEquals(study.best()?.metrics, { loss: least });
  assertEquals(study.ask(), { kind: "done" });
  study.close();
});

test("best: the greatest metric is the best with mode max", () => {
  const study = studyOf({ mode: "max" });
  const jobs = runAll(study, ({ config }) => config.x);
  const most = Math.max(...jobs.map(({ config }) => config.x));
  assertEquals(study.best()?.metrics["loss"], most);
});

test("ask: promoted trials resume from their checkpoint, and restart without one", () => {
  for (const isKept of [true, false]) {
    const scheduler = successiveHalving({
      trials: 9,
      minFidelity: 1,
      maxFidelity: 9,
    });
    const study = studyOf({ scheduler });
    const jobs: Job<XConfig>[] = [];
    for (
      let answer = study.ask();
      answer.kind === "job";
      answer = study.ask()
    ) {
      const { job } = answer;
      jobs.push(job);
      const checkpoint = { uri: `${job.trial}@${job.to}`, sha256: "ab" };
      const metrics = { loss: job.config.x };
      study.tell(job, isKept ? { metrics, checkpoint } : { metrics });
    }
    assertEquals(jobs.map(({ to }) => to), [...Array(9).fill(1), 3, 3, 3, 9]);
    for (const { trial, from, to, checkpoint } of jobs) {
      const before = to === 1 || !isKept ? 0 : to / 3;
      assertEquals(from, before);
      assertEquals(
        checkpoint?.uri,
        before === 0 ? undefined : `${trial}@${before}`,
      );
    }
    assertEquals(study.fidelitySpent, isKept ? 9 + 3 * 2 + 6 : 9 + 9 + 9);
  }
});

test("hyperband: a study spends what the plan says", () => {
  const scheduler = hyperband({ minFidelity: 1, maxFidelity: 81, eta: 3 });
  for (const isKept of [true, false]) {
    const study = studyOf({
      scheduler: hyperband({ minFidelity: 1, maxFidelity: 81, eta: 3 }),
    });
    let jobs = 0;
    for (
      let answer = study.ask();
      answer.kind === "job";
      answer = study.ask()
    ) {
      jobs++;
      const metrics = { loss: answer.job.config.x };
      const checkpoint = { uri: "x", sha256: "y" };
      study.tell(answer.job, isKept ? { metrics, checkpoint } : { metrics });
    }
    const plan = scheduler.plan();
    assertEquals([study.trialCount, jobs], [plan.trials, plan.jobs]);
    assertEquals(
      study.fidelitySpent,
      isKept ? plan.resuming : plan.restarting,
    );
  }
});

/** Runs a study with checkpoints to its end; returns the fidelity of each job. */
function spend(study: Study<XConfig>): number[] {
  const costs: number[] = [];
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    const { job } = answer;
    costs.push(job.to - job.from);
    const checkpoint = { uri: `${job.trial}@${job.to}`, sha256: "ab" };
    study.tell(job, { metrics: { loss: job.config.x }, checkpoint });
  }
  return costs;
}

test("hyperband: the brackets are repeated until the budget is spent, also in the next session", () => {
  const scheduler = () => hyperband({ maxFidelity: 9 });
  const round = scheduler().plan();
  const whole = studyOf({ scheduler: scheduler(), budget: { fidelity: 2700 } });
  spend(whole);
  assert(whole.fidelitySpent > 2700 - 9, `${whole.fidelitySpent}`);
  const times = Math.floor(2700 / round.resuming);
  assert(whole.trialCount >= times * round.trials, `${whole.trialCount}`);
  const brackets = whole.trials().map(({ bracket }) => bracket);
  assertEquals(brackets, [...brackets].sort((a, b) => a - b));
  assert(brackets.at(-1)! >= times * round.brackets.length);
  // Sessions that end in the middle of a round, and one whose budget is spent, change nothing.
  const journal = memoryJournal();
  for (const fidelity of [100, 100, 500, 2700]) {
    const study = studyOf({
      journal,
      scheduler: scheduler(),
      budget: { fidelity },
    });
    spend(study);
    study.close();
  }
  const last = studyOf({ journal, scheduler: scheduler() });
  assertEquals(outcomeOf(last), outcomeOf(whole));
});

/** Runs a study with several jobs at a time; returns what each started job costs. */
function handOut(
  study: Study<XConfig>,
  options: { workers: number; isKept: boolean; fails?: boolean },
): number {
  const { workers, isKept, fails = false } = options;
  const running: Job<XConfig>[] = [];
  let units = 0;
  for (let count = 0;; count++) {
    const answer = study.ask();
    if (answer.kind === "job") {
      running.push(answer.job);
      units += answer.job.to - answer.job.from;
    }
    if (answer.kind === "job" && running.length < workers) continue;
    const job = running.shift();
    if (job === undefined) return units;
    if (fails && count % 5 === 0) study.tell(job, { error: "no luck" });
    else {
      const metrics = { loss: job.config.x };
      const checkpoint = { uri: "x", sha256: "ab" };
      study.tell(job, isKept ? { metrics, checkpoint } : { metrics });
    }
  }
}

test("openStudy: a budget of fidelity is never exceeded, whatever runs", () => {
  const makers = [
    () => fullFidelity({ fidelity: 7 }),
    () => asha({ maxFidelity: 27 }),
    () => hyperband({ maxFidelity: 27 }),
    () =>
      successiveHalving({
        trials: 9,
        minFidelity: 1,
        maxFidelity: 9,
        rounds: Infinity,
      }),
    () => ashaStopping({ maxFidelity: 9 }),
  ];
  for (const make of makers) {
    for (const order of ["arrival", "logical"] as const) {
      for (const fidelity of [5, 100, 333.5]) {
        for (const workers of [1, 4]) {
          for (const isKept of [true, false]) {
            const study = studyOf({
              scheduler: make(),
              order,
              budget: { fidelity },
            });
            const units = handOut(study, { workers, isKept, fails: true });
            const what = `${make().name} ${order} ${fidelity} ${workers}`;
            assert(units <= fidelity, `${what}: ${units}`);
            assertEquals(study.fidelitySpent, units);
            assertEquals(study.ask(), { kind: "done" });
          }
        }
      }
    }
  }
});

test("openStudy: what is left of a budget goes to promotions that fit, and to no new trial", () => {
  for (
    const scheduler of [asha({ maxFidelity: 9 }), hyperband({ maxFidelity: 9 })]
  ) {
    // Nine trials, three promotions to 3 and one to 9 would cost 27 units without checkpoints.
    const study = studyOf({ scheduler, budget: { fidelity: 23 } });
    const jobs = runAll(study, ({ trial }) => trial);
    assertEquals(jobs.filter(({ to }) => to === 1).length, 9);
    assertEquals(jobs.filter(({ to }) => to === 3).length, 3);
    assertEquals(jobs.some(({ to }) => to === 9), false);
    assertEquals(study.fidelitySpent, 18);
    study.close();
  }
});

test("openStudy: a budget of fidelity is used to the last unit, also in fractions", () => {
  const study = studyOf({
    scheduler: fullFidelity({ fidelity: 0.1 }),
    budget: { fidelity: 0.7 },
  });
  assertEquals(runAll(study, ({ config }) => config.x).length, 7);
  const stopped = studyOf({
    scheduler: ashaStopping({ maxFidelity: 9, eta: 2 }),
    budget: { fidelity: 10 },
  });
  const first = jobOf(stopped.ask());
  // The rest of the budget is too little until a trial that is stopped gives some back.
  assertEquals(stopped.ask(), { kind: "wait" });
  stopped.report(first, { loss: NaN }, 1);
  stopped.tell(first, { metrics: { loss: 5 } });
  assertEquals(jobOf(stopped.ask()).to, 9);
});

test("hyperband: a study without a budget ends after one round, and `rounds` says how many", () => {
  const cases = [
    [hyperband({ maxFidelity: 9 }), 1],
    [hyperband({ maxFidelity: 9, rounds: 1 }), 1],
    [hyperband({ maxFidelity: 9, rounds: 3 }), 3],
    [
      successiveHalving({ trials: 17, minFidelity: 1, maxFidelity: 9 }),
      1,
    ],
    [
      successiveHalving({
        trials: 17,
        minFidelity: 1,
        maxFidelity: 9,
        rounds: 2,
      }),
      2,
    ],
    [
      successiveHalving({
        trials: 17,
        minFidelity: 1,
        maxFidelity: 9,
        rounds: Infinity,
      }),
      1,
    ],
  ] as const;
  for (const [scheduler, rounds] of cases) {
    const study = studyOf({ scheduler });
    spend(study);
    assertEquals(study.trialCount, 17 * rounds);
    const { isEstimate, trials } = scheduler.plan();
    assertEquals([isEstimate, trials], [undefined, 17 * rounds]);
  }
});

test("hyperband: a budget does not repeat more rounds than `rounds`, nor those of successive halving", () => {
  for (
    const scheduler of [
      hyperband({ maxFidelity: 9, rounds: 2 }),
      successiveHalving({ trials: 34, minFidelity: 1, maxFidelity: 9 }),
    ]
  ) {
    const study = studyOf({ scheduler, budget: { fidelity: 9000 } });
    spend(study);
    assertEquals(study.trialCount, 34);
  }
});

test("hyperband: a round in which no new config runs is the last one", () => {
  const space = defineSpace({ x: int(1, 3, { grid: 3 }) });
  for (
    const options of [
      { sampler: gridSampler(space), duplicates: "skip" },
      { sampler: randomSampler(space), duplicates: "reuse" },
      { sampler: randomSampler(space), duplicates: "skip" },
    ] as const
  ) {
    const journal = memoryJournal();
    const study = openStudy({
      id: "few",
      space,
      scheduler: hyperband({ maxFidelity: 9 }),
      metric: "loss",
      mode: "min",
      budget: { fidelity: 1e6 },
      journal,
      ...options,
    });
    spend(study);
    assert([...journal.read()].length < 200, "nothing is written for ever");
  }
});

test("hyperband: the rounds are those that the study began with", () => {
  const journal = memoryJournal();
  const scheduler = (rounds: number) => hyperband({ maxFidelity: 9, rounds });
  const first = studyOf({
    journal,
    scheduler: scheduler(Infinity),
    budget: { trials: 30 },
  });
  spend(first);
  first.close();
  const error = assertThrows(
    () => studyOf({ journal, scheduler: scheduler(1) }),
    SearchUsageError,
  );
  assertStringIncludes((error as Error).message, "bracket 3");
  assertThrows(
    () => studyOf({ journal, scheduler: scheduler(2) }),
    StudySettingError,
  );
  studyOf({ journal, scheduler: scheduler(Infinity) }).close();
});

test("tell: a result that is repeated, late or has another token changes nothing", () => {
  const clock = virtualClock();
  const study = studyOf({ clock: clock.now, lease: 10, retries: 1 });
  const job = jobOf(study.ask());
  const metrics = { loss: 1 };
  assertEquals(study.tell({ ...job, token: "other" }, { metrics }), "stale");
  assertEquals(study.tell(job, { metrics }), "accepted");
  assertEquals(study.tell(job, { metrics: { loss: 0 } }), "repeated");
  assertEquals(study.trials()[0]?.results, [
    { rung: 0, fidelity: 1, metrics },
  ]);
  const silent = jobOf(study.ask());
  clock.goTo(11_000);
  const again = jobOf(study.ask());
  assertEquals([again.trial, again.attempt], [silent.trial, 1]);
  assertEquals(again.config, silent.config);
  assertEquals(study.tell(silent, { metrics }), "stale");
  assertEquals(study.report(silent, metrics, 0.5), "stop");
  assertEquals(study.extend(silent), false);
  assertEquals(study.tell(again, { metrics }), "accepted");
  const unknown = { ...job, trial: 99 };
  assertEquals(study.tell(unknown, { metrics }), "stale");
});

test("times: a trial has the times of its first start and its last end, if it has them", () => {
  const clock = virtualClock();
  const study = studyOf({ clock: clock.now, retries: 1 });
  const times = () => {
    const { startedAt, endedAt } = study.times()[0]!;
    return [startedAt, endedAt];
  };
  clock.goTo(1_000);
  const job = jobOf(study.ask());
  assertEquals(times(), [1_000, undefined]);
  clock.goTo(2_000);
  study.tell(job, { error: new Error("no memory") });
  assertEquals(times(), [1_000, 2_000]);
  clock.goTo(3_000);
  const again = jobOf(study.ask());
  assertEquals(again.trial, job.trial);
  assertEquals(times(), [1_000, undefined]);
  clock.goTo(5_000);
  study.tell(again, { metrics: { loss: 1 } });
  assertEquals(times(), [1_000, 5_000]);
});

test("extend: a job whose lease is renewed is not lost", () => {
  const clock = virtualClock();
  const study = studyOf({ clock: clock.now, lease: 10 });
  const job = jobOf(study.ask());
  for (let i = 1; i <= 5; i++) {
    clock.goTo(i * 9_000);
    if (i % 2 === 0) assertEquals(study.extend(job), true);
    else assertEquals(study.report(job, { loss: 1 }, i / 10), "continue");
    assert(jobOf(study.ask()).trial !== job.trial, "nobody else gets it");
  }
  assertEquals(study.tell(job, { metrics: { loss: 1 } }), "accepted");
});

test("openStudy: failed attempts are repeated up to `retries`, and do not end the search", () => {
  for (const retries of [0, 1, 3]) {
    const study = studyOf({
      retries,
      scheduler: fullFidelity({ trials: 2 }),
    });
    const attempts: number[] = [];
    for (
      let answer = study.ask();
      answer.kind === "job";
      answer = study.ask()
    ) {
      const { job } = answer;
      if (job.trial === 0) {
        attempts.push(job.attempt);
        const isNaN = job.attempt === 1;
        study.tell(
          job,
          isNaN
            ? { metrics: { loss: NaN } }
            : { error: new RangeError("no such layer") },
        );
      } else study.tell(job, { metrics: { loss: 1 } });
    }
    assertEquals(attempts, Array.from({ length: retries + 1 }, (_, i) => i));
    const [failed, fine] = study.trials();
    assertEquals([failed?.status, fine?.status], ["failed", "completed"]);
    assertEquals(study.best()?.trial.trial, 1);
    if (retries !== 1) {
      assertEquals(failed?.error, {
        name: "RangeError",
        message: "no such layer",
      });
    }
  }
});

test("openStudy: a job that exceeds the timeout fails", () => {
  const clock = virtualClock();
  const study = studyOf({
    clock: clock.now,
    timeout: 5,
    lease: 100,
    retries: 0,
    scheduler: fullFidelity({ trials: 1 }),
  });
  const job = jobOf(study.ask());
  clock.goTo(6_000);
  assertEquals(study.ask(), { kind: "done" });
  assertEquals(study.trials()[0]?.error?.name, "Timeout");
  assertEquals(study.tell(job, { metrics: { loss: 0 } }), "stale");
});

test("report: trials that the scheduler stops keep the fidelity that they reached", () => {
  const study = studyOf({
    scheduler: ashaStopping({
      minFidelity: 1,
      maxFidelity: 9,
      eta: 3,
      trials: 6,
    }),
  });
  const reached: number[] = [];
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    const { job } = answer;
    for (let step = 1; step <= job.to; step++) {
      reached[job.trial] = step;
      // Later trials are worse.
      if (study.report(job, { loss: job.trial }, step) === "stop") break;
    }
    study.tell(job, { metrics: { loss: job.trial } });
  }
  const trials = study.trials();
  assertEquals(trials[0]?.status, "completed");
  assertEquals(trials[5]?.status, "stopped");
  assertEquals(trials[5]?.results[0]?.fidelity, reached[5]);
  assert(reached[5]! < 9);
  assertThrows(
    () => {
      const other = studyOf();
      other.report(jobOf(other.ask()), { loss: 1 }, 2);
    },
    StudyTrialError,
    "between 0 and 1",
  );
});

test("openStudy: budgets are totals over all sessions", () => {
  const journal = memoryJournal();
  const scheduler = () => fullFidelity({ trials: 100, fidelity: 2 });
  for (
    const [budget, trials] of [
      [{ trials: 4 }, 4],
      [{ trials: 4 }, 4],
      [{ trials: 6 }, 6],
      [{ fidelity: 20 }, 10],
    ] as const
  ) {
    const study = studyOf({ journal, budget, scheduler: scheduler() });
    runAll(study, ({ config }) => config.x);
    assertEquals(study.trialCount, trials);
    study.close();
  }
  const clock = virtualClock();
  const study = studyOf({ clock: clock.now, budget: { seconds: 10 } });
  const job = jobOf(study.ask());
  clock.goTo(10_001);
  assertEquals(study.ask(), { kind: "wait" });
  study.tell(job, { metrics: { loss: 1 } });
  assertEquals(study.ask(), { kind: "done" });
});

test("openStudy: a config is tried twice only if duplicates are allowed", () => {
  const space = defineSpace({ n: int(1, 3) });
  const run = (duplicates: "skip" | "reuse" | "allow") => {
    const study = openStudy({
      id: "few",
      space,
      sampler: randomSampler(space),
      scheduler: fullFidelity({ trials: 20 }),
      metric: "loss",
      mode: "min",
      duplicates,
    });
    const jobs: number[] = [];
    for (
      let answer = study.ask();
      answer.kind === "job";
      answer = study.ask()
    ) {
      jobs.push(answer.job.config.n);
      study.tell(answer.job, { metrics: { loss: answer.job.config.n } });
    }
    return { jobs, trials: study.trials() };
  };
  const skipped = run("skip");
  assertEquals(skipped.jobs.sort(), [1, 2, 3]);
  const reused = run("reuse");
  assertEquals(reused.jobs.sort(), [1, 2, 3]);
  assertEquals(reused.trials.length, 20);
  for (const { config, results, source } of reused.trials) {
    assertEquals(results[0]?.metrics, { loss: config.n });
    assert(
      source === undefined || reused.trials[source]?.config.n === config.n,
    );
  }
  assertEquals(run("allow").jobs.length, 20);
});

test("gridSampler: a study ends when the grid is used up, after its rungs", () => {
  const space = defineSpace({ n: int(1, 5, { grid: 5 }) });
  const study = openStudy({
    id: "grid",
    space,
    sampler: gridSampler(space),
    scheduler: successiveHalving({
      trials: 9,
      minFidelity: 1,
      maxFidelity: 3,
    }),
    metric: "loss",
    mode: "min",
  });
  const jobs: [number, number][] = [];
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    jobs.push([answer.job.config.n, answer.job.to]);
    study.tell(answer.job, { metrics: { loss: answer.job.config.n } });
  }
  assertEquals(jobs, [[1, 1], [2, 1], [3, 1], [4, 1], [5, 1], [1, 3], [2, 3], [
    3,
    3,
  ]]);
});

test("enqueue: an enqueued config is tried first and once, and must fit", () => {
  const study = studyOf();
  assertEquals(study.enqueue({ x: 0.5, other: true }), true);
  assertEquals(study.enqueue({ x: 0.5 }), false);
  assertEquals(jobOf(study.ask()).config, { x: 0.5 });
  const error = assertThrows(() => study.enqueue({ x: 7 }), StudyTrialError);
  assertStringIncludes((error as Error).message, '{"x":7}');
});

test("warmStart: the sampler is told each result once", () => {
  const warm = Array.from({ length: 30 }, (_, i) => ({
    config: { x: i / 30 },
    metrics: { loss: Math.abs(i / 30 - 0.7) },
    fidelity: 1,
  }));
  const mean = (isWarm: boolean) => {
    const journal = memoryJournal();
    const study = studyOf({ sampler: tpeSampler(SPACE), journal });
    if (isWarm) {
      assertEquals(study.warmStart([...warm, { ...warm[0]!, config: {} }]), 30);
      assertEquals(study.warmStart(warm), 0);
    }
    const jobs = runAll(study, ({ config }) => Math.abs(config.x - 0.7));
    const distances = jobs.map(({ config }) => Math.abs(config.x - 0.7));
    return distances.reduce((a, b) => a + b) / distances.length;
  };
  assert(mean(true) < mean(false) / 2);
});

test("warmStart: the fidelities of one config are one trial, and a repetition is another one", () => {
  const results: [x: number, fidelity: number, loss: number][] = [
    [0.1, 1, 5],
    [0.2, 1, 6],
    [0.1, 3, 4],
    // Another seed of the first config, up to the second rung.
    [0.1, 1, 5.5],
    [0.1, 3, 4.5],
    [0.1, 9, 3],
    [0.2, 3, 5],
  ];
  const journal = memoryJournal();
  for (const session of [0, 1]) {
    const told: [trial: number, x: unknown, fidelity: number, loss: unknown][] =
      [];
    const begun: number[] = [];
    const sampler = {
      ...randomSampler(SPACE),
      name: "random",
      sample: () => undefined,
      started: (trial: number) => void begun.push(trial),
      observe: ({ trial, point, fidelity, loss }: Observation) =>
        void told.push([trial, point[0], fidelity, loss]),
    };
    const study = studyOf({ sampler, journal });
    const added = study.warmStart(
      results.map(([x, fidelity, loss]) => ({
        config: { x },
        metrics: { loss },
        fidelity,
      })),
    );
    // The next session reads them from the journal.
    assertEquals(added, session === 0 ? 7 : 0);
    assertEquals(told, [
      [-1, 0.1, 1, 5],
      [-2, 0.2, 1, 6],
      [-1, 0.1, 3, 4],
      [-3, 0.1, 1, 5.5],
      [-3, 0.1, 3, 4.5],
      [-1, 0.1, 9, 3],
      [-2, 0.2, 3, 5],
    ]);
    assertEquals(begun, [-1, -2, -3]);
    study.close();
  }
});

test("openStudy: an existing study is resumed, and a lost session costs at most one attempt", () => {
  const journal = memoryJournal();
  const whole = studyOf({
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 12 }),
  });
  runAll(whole, ({ config, to }) => config.x / to);
  const scheduler = () => asha({ minFidelity: 1, maxFidelity: 9, trials: 12 });
  for (let session = 0; session < 20; session++) {
    const study = studyOf({ journal, scheduler: scheduler(), retries: 99 });
    for (let i = 0; i < 2; i++) {
      const answer = study.ask();
      if (answer.kind !== "job") break;
      const { config, to } = answer.job;
      // The second job of each session is never told.
      if (i === 0) study.tell(answer.job, { metrics: { loss: config.x / to } });
    }
    study.close();
  }
  const last = studyOf({ journal, scheduler: scheduler(), retries: 99 });
  assertEquals(outcomeOf(last), outcomeOf(whole));
});

test("openStudy: the settings that decide the trials must be those of the first session", () => {
  const journal = memoryJournal();
  studyOf({ journal, seed: 1 }).close();
  for (
    const [setting, options] of [
      ["seed", { seed: 2 }],
      ["mode", { seed: 1, mode: "max" }],
      ["metric", { seed: 1, metric: "acc" }],
      ["order", { seed: 1, order: "logical" }],
      ["scheduler", { seed: 1, scheduler: fullFidelity({ trials: 11 }) }],
    ] as const
  ) {
    const error = assertThrows(
      () => studyOf({ journal, ...options }),
      StudySettingError,
    );
    assertEquals((error as StudySettingError).setting, setting);
  }
  // A refused session holds no claim.
  studyOf({ journal, seed: 1 }).close();
});

/** Opens a study whose last session was killed: its journal is the same, and it closed nothing. */
function afterKill(
  journal: Journal,
  options: Partial<StudyOptions<XConfig>>,
): { study: Study<XConfig>; journal: Journal } {
  const copy = memoryJournal({ events: [...journal.read()] });
  return { study: studyOf({ ...options, journal: copy }), journal: copy };
}

test("openStudy: attempts that are lost with their process do not count as failures of the trial", () => {
  for (const losses of [undefined, 0, 3]) {
    const options = () => ({
      retries: 0,
      ...(losses !== undefined && { losses }),
      scheduler: fullFidelity({ trials: 2 }),
    });
    let journal = memoryJournal();
    let study = studyOf({ ...options(), journal });
    const attempts: number[] = [];
    for (let kills = 0; kills < 20; kills++) {
      const job = jobOf(study.ask());
      // It is repeated as often as `losses` says, and then it is given up: it might end each process.
      if (job.trial === 1) break;
      attempts.push(job.attempt);
      ({ study, journal } = afterKill(journal, options()));
    }
    const most = losses ?? 10;
    assertEquals(attempts, Array.from({ length: most + 1 }, (_, i) => i));
    const [trial] = study.trials();
    assertEquals([trial?.status, trial?.error?.name], ["lost", "Lost"]);
  }
});

test("openStudy: losses and failures are counted apart", () => {
  const options = () => ({
    retries: 1,
    losses: 1,
    scheduler: fullFidelity({ trials: 1 }),
  });
  let journal = memoryJournal();
  let study = studyOf({ ...options(), journal });
  study.tell(jobOf(study.ask()), { error: "one" });
  study.ask();
  ({ study, journal } = afterKill(journal, options()));
  study.tell(jobOf(study.ask()), { error: "two" });
  assertEquals(study.ask(), { kind: "done" });
  assertEquals(study.trials()[0]?.status, "failed");
});

test("release: a job that is given back is repeated, and counts neither as failed nor as lost", () => {
  const journal = memoryJournal();
  const options = () => ({ retries: 0, losses: 0, journal });
  const whole = studyOf();
  runAll(whole, ({ config }) => config.x);
  let study = studyOf(options());
  for (let i = 0; i < 20; i++) {
    const job = jobOf(study.ask());
    assertEquals([job.trial, job.attempt], [0, i]);
    // Every other session is closed while the job is running.
    if (i % 2 === 0) {
      assertEquals(study.release(job), true);
      assertEquals(study.release(job), false);
      assertEquals(study.tell(job, { metrics: { loss: 0 } }), "stale");
      assertEquals(study.report(job, { loss: 0 }, 1), "stop");
    } else {
      study.close();
      study = studyOf(options());
    }
    assertEquals(study.trials()[0]?.status, "released");
  }
  runAll(study, ({ config }) => config.x);
  assertEquals(outcomeOf(study), outcomeOf(whole));
});

test("close: the job of a detached worker is not released", () => {
  const journal = memoryJournal();
  const first = studyOf({ journal });
  const job = jobOf(first.ask({ detached: true }));
  first.close();
  const second = studyOf({ journal });
  assertEquals(jobOf(second.ask()).trial, 1);
  assertEquals(second.tell(job, { metrics: { loss: 1 } }), "accepted");
});

test("release: the units above the last report are given back, and all count if there was none", () => {
  for (const reached of [undefined, 3]) {
    const study = studyOf({ scheduler: fullFidelity({ fidelity: 9 }) });
    const job = jobOf(study.ask());
    if (reached !== undefined) study.report(job, { loss: 1 }, reached);
    study.release(job);
    assertEquals(study.fidelitySpent, reached ?? 9);
  }
});

test("openStudy: an option that is out of range is refused by its name", () => {
  const cases: [string, object][] = [
    ["retries", { retries: -1 }],
    ["retries", { retries: 0.5 }],
    ["losses", { losses: -1 }],
    ["lease", { lease: 0 }],
    ["timeout", { timeout: NaN }],
    ["duplicates", { duplicates: "no" }],
    ["mode", { mode: "median" }],
    ["width", { width: 0 }],
    ["budget.trials", { budget: { trials: -1 } }],
    ["id", { id: "" }],
  ];
  for (const [setting, options] of cases) {
    const error = assertThrows(() => studyOf(options), StudySettingError);
    assertEquals((error as StudySettingError).setting, setting);
  }
});

test("openStudy: only one session at a time owns a study, and a closed study cannot be used", () => {
  const journal = memoryJournal({ studyId: "test" });
  const study = studyOf({ journal });
  const error = assertThrows(() => studyOf({ journal }), StudyOwnedError);
  assertEquals((error as StudyOwnedError).pid, process.pid);
  study.close();
  study.close();
  assertThrows(() => study.ask(), StudyTrialError, "closed");
  studyOf({ journal }).close();
});

test("openStudy: if the space changes, old trials that fit are kept", () => {
  const journal = memoryJournal();
  const first = studyOf({
    journal,
    scheduler: fullFidelity({ trials: 20 }),
    budget: { trials: 10 },
  });
  runAll(first, ({ config }) => config.x);
  first.close();
  const narrow = defineSpace({ x: float(0, 0.5) });
  const second = openStudy({
    id: "test",
    space: narrow,
    sampler: randomSampler(narrow),
    scheduler: fullFidelity({ trials: 20 }),
    metric: "loss",
    mode: "min",
    journal,
  });
  for (
    let answer = second.ask();
    answer.kind === "job";
    answer = second.ask()
  ) {
    assert(answer.job.config.x <= 0.5);
    second.tell(answer.job, { metrics: { loss: answer.job.config.x } });
  }
  assertEquals(second.trials().length, 20);
  assert((second.best()?.trial.config.x ?? 1) <= 0.5);
});

test("openStudy: property: replaying the journal restores the study", () => {
  const step = fc.record({
    kind: fc.constantFrom(
      "ask",
      "tell",
      "fail",
      "report",
      "extend",
      "wait",
      "release",
    ),
    which: fc.nat({ max: 5 }),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom("arrival", "logical"),
      (steps, order) => {
        const events: StudyEvent[] = [];
        const clock = virtualClock(1);
        const options = () => ({
          clock: clock.now,
          lease: 10,
          order: order as "arrival" | "logical",
          scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
        });
        const journal = memoryJournal();
        const study = studyOf({ ...options(), journal });
        const jobs: Job<XConfig>[] = [];
        for (const { kind, which, value } of steps) {
          const job = jobs[which % Math.max(1, jobs.length)];
          if (kind === "ask") {
            const answer = study.ask();
            if (answer.kind === "job") jobs.push(answer.job);
          } else if (kind === "wait") clock.goTo(clock.now() + 8_000 * value);
          else if (job === undefined) continue;
          else if (kind === "tell") {
            study.tell(job, { metrics: { loss: value } });
          } else if (kind === "release") study.release(job);
          else if (kind === "fail") study.tell(job, { error: "x" });
          else if (kind === "extend") study.extend(job);
          else study.report(job, { loss: value }, job.to);
        }
        const before = study.trials();
        events.push(...journal.read());
        const copy = memoryJournal({ events });
        const again = studyOf({ ...options(), journal: copy });
        // The running trials are lost with their session; everything else is unchanged.
        const settled = (trials: typeof before) =>
          trials.filter(({ trial }) => before[trial]?.status !== "running");
        assertEquals(settled(again.trials()), settled(before));
        assertEquals(again.trialCount, study.trialCount);
        again.close();
        study.close();
      },
    ),
    { seed: 11, numRuns: 300 },
  );
});

test("ask: a scheduler without an end ends when there are no more configs", () => {
  const space = defineSpace({ n: int(1, 4, { grid: 4 }) });
  for (
    const scheduler of [
      fullFidelity(),
      asha({ minFidelity: 1, maxFidelity: 3 }),
    ]
  ) {
    const journal = memoryJournal();
    const study = openStudy({
      id: "endless",
      space,
      sampler: gridSampler(space),
      scheduler,
      metric: "loss",
      mode: "min",
      journal,
    });
    const jobs = runAll(study, ({ config }) => config.n);
    assertEquals(jobs.filter(({ rung }) => rung === 0).length, 4);
    assert([...journal.read()].length < 20, "nothing is written for ever");
  }
});

test("ask: a promoted trial that no longer fits is dropped, and the rung continues", () => {
  const journal = memoryJournal();
  const scheduler = () =>
    successiveHalving({ trials: 6, minFidelity: 1, maxFidelity: 3 });
  const first = studyOf({ journal, scheduler: scheduler() });
  for (const x of [0.9, 0.1, 0.2, 0.8, 0.3, 0.4]) first.enqueue({ x });
  for (let i = 0; i < 6; i++) {
    const job = jobOf(first.ask());
    // The greatest metrics are the best.
    first.tell(job, { metrics: { loss: -job.config.x } });
  }
  first.close();
  const narrow = defineSpace({ x: float(0, 0.85) });
  const second = openStudy({
    id: "test",
    space: narrow,
    sampler: randomSampler(narrow),
    scheduler: scheduler(),
    metric: "loss",
    mode: "min",
    journal,
  });
  const jobs = runAll(second, ({ config }) => -config.x);
  assertEquals(jobs.map(({ config, to }) => [config.x, to]), [[0.8, 3]]);
  assertEquals(second.trials()[0]?.error?.name, "Misfit");
});
