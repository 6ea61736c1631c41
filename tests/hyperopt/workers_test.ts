/** Running a study with several workers: in this thread, and in threads that may crash. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  asha,
  ashaStopping,
  category,
  defineSpace,
  float,
  fullFidelity,
  gridSampler,
  type JobEnd,
  memoryJournal,
  openStudy,
  randomSampler,
  runStudy,
  type Scheduler,
  type Space,
  type StudyOptions,
  virtualClock,
  WorkerStartError,
} from "@ato/ato/hyperopt";
import {
  CLEANED,
  cleans,
  COMPUTING,
  type FateConfig,
  hangingFile,
  MEETING,
} from "./_objective.ts";
import { commandFor, inFolder } from "../tracker/_helpers.ts";
import { PRINTED } from "./_printing.ts";
import { ThreadWorker } from "../../hyperopt/workers/_thread_worker.ts";
import { SPACE, studyOf, type XConfig } from "./_studies.ts";

const MODULE = new URL("./_objective.ts", import.meta.url);
const FATES = [
  "works",
  "throws",
  "exits",
  "rejects",
  "lies",
] as const;

function spaceOf(fates: readonly FateConfig["fate"][]): Space<FateConfig> {
  return defineSpace({
    x: float(1, 2, { grid: 2 }),
    fate: category([...fates]),
  }) as unknown as Space<FateConfig>;
}

function fateStudy(
  fates: readonly FateConfig["fate"][],
  options: Partial<StudyOptions<FateConfig>> = {},
) {
  const space = spaceOf(fates);
  return openStudy<FateConfig>({
    id: "fates",
    space,
    sampler: gridSampler(space),
    scheduler: fullFidelity({ trials: 2 * fates.length }),
    metric: "loss",
    mode: "min",
    ...options,
  });
}

test("runStudy: in this thread, as many jobs run at a time as there are workers", async () => {
  for (const workers of [1, 3]) {
    const study = studyOf();
    let [now, most] = [0, 0];
    await runStudy(study, async ({ config }) => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 2));
      now--;
      return config.x;
    }, { workers });
    assertEquals(most, workers);
    assertEquals(
      study.trials().map(({ status }) => status),
      Array(10).fill("completed"),
    );
  }
});

test("runStudy: more workers than the logical width are said to be idle, and no others", async () => {
  const cases: readonly [
    workers: number,
    options: Partial<StudyOptions<XConfig>>,
    said: RegExp | undefined,
  ][] = [
    [
      18,
      { order: "logical" },
      /at most 16 of 18 workers .* width: 36 to a new/,
    ],
    [
      3,
      { order: "logical", width: 2 },
      /at most 2 of 3 workers .* width is 2;/,
    ],
    [16, { order: "logical" }, undefined],
    [18, { order: "arrival" }, undefined],
  ];
  for (const [workers, options, said] of cases) {
    const study = studyOf({
      scheduler: fullFidelity({ trials: 40 }),
      ...options,
    });
    const { error } = console;
    const lines: string[] = [];
    console.error = (text: string) => void lines.push(text);
    let [now, most] = [0, 0];
    try {
      await runStudy(study, async ({ config }) => {
        most = Math.max(most, ++now);
        await new Promise((done) => setTimeout(done, 2));
        now--;
        return config.x;
      }, { workers });
    } finally {
      console.error = error;
    }
    assertEquals(most, Math.min(workers, study.concurrency));
    assertEquals(lines.length, said === undefined ? 0 : 1, lines.join("\n"));
    if (said !== undefined) assertMatch(lines[0]!, said);
  }
});

test("runStudy: metrics, checkpoints and errors of synchronous objectives are told", async () => {
  const study = studyOf({
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
    retries: 0,
  });
  const ends: JobEnd<XConfig>[] = [];
  await runStudy(study, ({ config, trial, to }) => {
    if (trial === 0) throw new RangeError("bad");
    return {
      metrics: { loss: config.x, other: to },
      checkpoint: { uri: `${trial}@${to}`, sha256: "ab" },
    };
  }, { workers: 2, onEnd: (end) => ends.push(end) });
  const [failed] = study.trials();
  assertEquals(failed?.error, { name: "RangeError", message: "bad" });
  const best = study.best()!;
  assertEquals(best.metrics["other"], best.fidelity);
  assertEquals(
    best.trial.checkpoint?.uri,
    `${best.trial.trial}@${best.fidelity}`,
  );
  assertEquals(ends.filter(({ error }) => error !== undefined).length, 1);
});

test("runStudy: threads run in parallel, and a crash costs one attempt", async () => {
  const study = fateStudy(FATES, { retries: 1 });
  const ends: JobEnd<FateConfig>[] = [];
  await runStudy(study, MODULE, { workers: 3, onEnd: (end) => ends.push(end) });
  for (const { config, status, error, attempts } of study.trials()) {
    const works = config.fate === "works";
    assertEquals([status, attempts], works ? ["completed", 1] : ["failed", 2]);
    if (config.fate === "throws") {
      assertEquals(error, { name: "RangeError", message: `x is ${config.x}` });
    }
    if (config.fate === "exits") assertMatch(error!.message, /exit code 3/);
    if (config.fate === "lies") assertMatch(error!.message, /no metric "loss"/);
  }
  assertEquals(ends.length, 2 + 2 * 2 * (FATES.length - 1));
});

test("runStudy: a thread that hangs is terminated after the timeout", async () => {
  const clock = virtualClock();
  const study = fateStudy(["hangs", "works"], {
    retries: 0,
    timeout: 0.2,
    clock: clock.now,
  });
  // Time passes only while all that runs hangs: on a busy machine the others could take too long, too.
  const timer = setInterval(() => {
    const running = study.trials().filter(({ status }) => status === "running");
    const hang = running.every(({ config: { x, fate } }) =>
      fate === "hangs" && existsSync(hangingFile(x))
    );
    if (running.length > 0 && hang) clock.goTo(clock.now() + 1_000);
  }, 20);
  writeFileSync(COMPUTING, "");
  try {
    await runStudy(study, MODULE, { workers: 2, grace: 0.1 });
  } finally {
    clearInterval(timer);
    for (const file of [COMPUTING, ...[1, 2].map(hangingFile)]) {
      rmSync(file, { force: true });
    }
  }
  for (const { config, status, error } of study.trials()) {
    assertEquals(status, config.fate === "works" ? "completed" : "failed");
    assertEquals(error?.name, config.fate === "works" ? undefined : "Timeout");
  }
});

test("runStudy: the start of a thread does not count as time of its trial", async () => {
  const clock = virtualClock();
  const study = studyOf({
    scheduler: fullFidelity({ trials: 4 }),
    retries: 0,
    timeout: 0.2,
    lease: 0.2,
    clock: clock.now,
  });
  await inFolder(async (folder) => {
    // While both threads load it, more time passes than the timeout of a trial and the lease of a worker.
    const module = "data:text/javascript," + encodeURIComponent(`
      import { existsSync, writeFileSync } from "node:fs";
      import { join } from "node:path";
      import { threadId } from "node:worker_threads";
      const folder = ${JSON.stringify(folder)};
      writeFileSync(join(folder, "loads-" + threadId), "");
      while (!existsSync(join(folder, "go"))) {
        await new Promise((done) => setTimeout(done, 20));
      }
      export const objective = () => 1;
    `);
    const running = runStudy(study, module, { workers: 2 });
    while (readdirSync(folder).length < 2) await pause(20);
    clock.goTo(clock.now() + 10_000);
    // Several heartbeats, for a job that was handed out too early.
    await pause(500);
    writeFileSync(join(folder, "go"), "");
    await running;
  });
  assertEquals(
    study.trials().map(({ status, error }) => [status, error]),
    Array(4).fill(["completed", undefined]),
  );
});

test("runStudy: what an objective prints in a thread is printed, to the last line", () => {
  const { status, stdout, stderr } = spawnSync(
    ...commandFor("../hyperopt/_printing.ts", []),
    { encoding: "utf8" },
  );
  assertEquals(status, 0, stderr);
  const lines = (text: string) => text.match(/^trial .*$/gm) ?? [];
  assertEquals(lines(stdout), [...PRINTED, "trial 2 fails"]);
  assertEquals(lines(stderr), PRINTED);
});

test("runStudy: reports from threads are answered, and the scheduler stops bad trials", async () => {
  const space = spaceOf(["reports"]);
  const scheduler: Scheduler = ashaStopping({
    minFidelity: 1,
    maxFidelity: 27,
    eta: 2,
    trials: 8,
  });
  const study = openStudy<FateConfig>({
    id: "reports",
    space,
    sampler: randomSampler(space),
    scheduler,
    metric: "loss",
    mode: "min",
  });
  await runStudy(study, MODULE, { workers: 2 });
  const statuses = study.trials().map(({ status }) => status);
  assert(statuses.includes("stopped") && statuses.includes("completed"));
});

test("runStudy: each worker has a thread of its own", async () => {
  const study = studyOf({ scheduler: fullFidelity({ trials: 6 }) });
  await runStudy(study, MODULE, { workers: 3, name: "whichThread" });
  rmSync(MEETING, { recursive: true });
  const threads = study.trials().map(({ results }) =>
    results[0]!.metrics["loss"]
  );
  assertEquals(new Set(threads).size, 3);
});

/** Modules that have no objective, and the reason in the error of each. */
const UNSTARTABLE: [what: string, module: string | URL, reason: RegExp][] = [
  ["without the export", MODULE, /it exports no function "missing"; fix/],
  [
    "that does not exist",
    new URL("./nowhere.ts", import.meta.url),
    /nowhere\.ts: (Module not found|Cannot find module)/,
  ],
  [
    "that throws when it is loaded",
    `data:text/javascript,throw new RangeError("no GPU")`,
    /: no GPU; fix/,
  ],
  [
    "that ends its thread when it is loaded",
    `data:text/javascript,import process from "node:process"; process.exit(5);`,
    /: its thread ended with exit code 5 while it was loaded; fix/,
  ],
  [
    "that ends its thread without an error",
    `data:text/javascript,import process from "node:process"; process.exit(0);`,
    /: its thread ended with exit code 0 while it was loaded, as in .+; fix/,
  ],
  [
    "that crashes while it is loaded",
    `data:text/javascript,setTimeout(() => { throw new Error("too late") });` +
    `await new Promise(() => setTimeout(() => {}, 60_000));`,
    /: too late; fix/,
  ],
  [
    "in a language that is not JavaScript",
    "data:text/javascript,def objective(job):",
    /data:text\/javascript,def objective\(job\):: .+; fix/,
  ],
  [
    "of an unknown scheme",
    "ato-nowhere:objective",
    /ato-nowhere:objective: .+; fix/,
  ],
  [
    "that is a path",
    "./_objective.ts",
    /it is not a URL; give import\.meta\.url/,
  ],
];

for (const [what, module, reason] of UNSTARTABLE) {
  test(`runStudy: a module ${what} is an error of the search, and fails no trial`, async () => {
    const journal = memoryJournal();
    const ends: JobEnd<XConfig>[] = [];
    const study = studyOf({ journal, retries: 0 });
    const error = await assertRejects(
      () =>
        runStudy(study, module, {
          workers: 2,
          name: "missing",
          onEnd: (end) => ends.push(end),
        }),
      WorkerStartError,
    );
    assertMatch(error.message, reason);
    assertMatch(error.message, /^Cannot start a worker for [^\n]+$/);
    assertEquals([error.module, error.setting], [String(module), "objective"]);
    assertEquals([ends, study.trials()], [[], []]);
    study.close();
    // No trial is lost: a session that can run them runs all of them.
    const rest = studyOf({ journal, retries: 0 });
    await runStudy(rest, ({ config }) => config.x);
    assertEquals(
      rest.trials().map(({ status }) => status),
      Array(10).fill("completed"),
    );
  });
}

test("runStudy: an export that is not a function is an error of the search", async () => {
  const error = await assertRejects(
    () => runStudy(studyOf(), MODULE, { name: "nothing" }),
    WorkerStartError,
  );
  assertMatch(error.message, /it exports no function "nothing"/);
});

test("runStudy: a module that is never loaded is an error, and does not block the search", async () => {
  const module = "data:text/javascript," +
    "setInterval(() => {}, 1000); await new Promise(() => {});";
  const data = {
    module,
    name: "objective",
    metric: "loss",
    entry: { reason: "a test" },
    words: undefined,
  };
  const worker = new ThreadWorker(data, { patience: 250, grace: 0 });
  const error = await assertRejects(() => worker.start(), WorkerStartError);
  assertMatch(error.message, /: it is not loaded after 0\.25 s; fix/);
  await worker.close();
});

test("runStudy: a search that is ended while its threads start is not an error", async () => {
  const control = new AbortController();
  const study = studyOf();
  const module = "data:text/javascript,setInterval(() => {}, 1000);" +
    "await new Promise(() => {}); export const objective = () => 1;";
  const running = runStudy(study, module, {
    workers: 2,
    signal: control.signal,
  });
  setTimeout(() => control.abort(), 100);
  await running;
  assertEquals(study.trials(), []);
});

test("runStudy: a module that crashes in its first trial did start", async () => {
  const study = studyOf({
    scheduler: fullFidelity({ trials: 1 }),
    retries: 0,
  });
  await runStudy(
    study,
    `data:text/javascript,import process from "node:process";` +
      `export const objective = () => process.exit(6);`,
  );
  const [trial] = study.trials();
  assertEquals([trial?.status, trial?.error?.name], [
    "failed",
    "WorkerDiedError",
  ]);
});

test("runStudy: a search can be ended, and resumed later", async () => {
  const journal = memoryJournal();
  const control = new AbortController();
  const study = studyOf({ journal });
  let ended = 0;
  await runStudy(study, async ({ config }, trial) => {
    await new Promise((done) => setTimeout(done, 1));
    assertEquals(trial.signal.aborted, false);
    return config.x;
  }, {
    workers: 2,
    signal: control.signal,
    onEnd: () => ++ended === 4 && control.abort(),
  });
  study.close();
  assertEquals(ended, 4);
  const rest = studyOf({ journal });
  await runStudy(rest, ({ config }) => config.x);
  assertEquals(
    rest.trials().map(({ status }) => status),
    Array(10).fill("completed"),
  );
});

/** Runs an objective that cleans up when it is asked to end, in threads and in this thread. */
const PLACES = {
  "in threads": [MODULE, { name: "cleans" }],
  "in this thread": [cleans, {}],
} as const;

for (const [place, [work, names]] of Object.entries(PLACES)) {
  test(`runStudy: ${place}, a job that takes too long is asked to end, and can clean up`, async () => {
    mkdirSync(CLEANED, { recursive: true });
    const study = fateStudy(["reports"], { retries: 0, timeout: 0.5 });
    const ends: JobEnd<FateConfig>[] = [];
    await runStudy(study, work, {
      ...names,
      grace: 600,
      onEnd: (end) => ends.push(end),
    });
    const said = [0, 1].map((trial) =>
      readFileSync(join(CLEANED, `cleaned-${trial}`), "utf8").split(": ")
    );
    rmSync(CLEANED, { recursive: true });
    for (const [, name, message, why] of said) {
      assertEquals([name, message], [
        "TimeoutError",
        "The trial was given up",
      ]);
      assertEquals(why, "it took more than 0.5 s");
    }
    // A thread that ended in time is used again.
    assertEquals(said[0]![0], said[1]![0]);
    assertEquals(
      study.trials().map(({ status, error }) => [status, error?.name]),
      Array(2).fill(["failed", "Timeout"]),
    );
    // What the objective returned after it was given up is no result.
    assertEquals(ends.map(({ result }) => result), [undefined, undefined]);
  });

  test(`runStudy: ${place}, a search that is ended releases its jobs, and goes on when it is run again`, async () => {
    mkdirSync(CLEANED, { recursive: true });
    const study = fateStudy(["reports"], { retries: 0, losses: 0 });
    const control = new AbortController();
    const running = runStudy(study, work, {
      ...names,
      workers: 2,
      grace: 600,
      signal: control.signal,
    });
    while (readdirSync(CLEANED).length < 2) {
      await new Promise((done) => setTimeout(done, 20));
    }
    control.abort();
    await running;
    const cleaned = readdirSync(CLEANED).filter((name) =>
      name.startsWith("cleaned")
    );
    assertEquals(cleaned.length, 2);
    assertMatch(
      readFileSync(join(CLEANED, cleaned[0]!), "utf8"),
      /: AbortError: The search was ended$/,
    );
    rmSync(CLEANED, { recursive: true });
    assertEquals(
      study.trials().map(({ status }) => status),
      ["released", "released"],
    );
    await runStudy(study, work, { ...names });
    assertEquals(
      study.trials().map(({ status, attempts }) => [status, attempts]),
      Array(2).fill(["completed", 2]),
    );
  });

  test(`runStudy: ${place}, an objective that does not end in the grace period does not hold up the search`, async () => {
    // More attempts than are needed: on a busy machine even a trial that works can take too long.
    const study = fateStudy(["hangs", "works"], { retries: 4, timeout: 0.5 });
    await runStudy(study, work, { ...names, grace: 0.05 });
    assertEquals(
      study.trials().map(({ status }) => status),
      Array(4).fill("completed"),
    );
  });
}

test("runStudy: timeouts are noticed between the reports of an objective that computes without a pause", async () => {
  const study = fateStudy(["works"], { retries: 0, timeout: 0.2 });
  const stops: boolean[] = [];
  await runStudy(study, async (_job, { report, signal }) => {
    // It would never end by itself.
    while (await report({ loss: 1 }, 0.5) === "continue");
    stops.push(signal.aborted);
    return 1;
  });
  assertEquals(stops, [true, true]);
  assertEquals(study.trials().map(({ error }) => error?.name), [
    "Timeout",
    "Timeout",
  ]);
});

test("runStudy: a grace period that is no number of seconds is refused", async () => {
  for (const grace of [-1, NaN, "5" as never]) {
    await assertRejects(
      () => runStudy(studyOf(), ({ config }) => config.x, { grace }),
      RangeError,
      "grace",
    );
  }
});

test("runStudy: an error of the caller ends the search and reaches the caller", async () => {
  const study = studyOf();
  await assertRejects(
    () =>
      runStudy(study, ({ config }) => config.x, {
        workers: 2,
        onEnd: () => {
          throw new RangeError("enough");
        },
      }),
    RangeError,
    "enough",
  );
  for (const workers of [0, 1.5, NaN]) {
    await assertRejects(
      () => runStudy(study, ({ config }) => config.x, { workers }),
      RangeError,
      "workers",
    );
  }
  void SPACE;
});

test("runStudy: it resolves even if all trials fail: there is no best, and each trial has its error", async () => {
  const study = studyOf({
    scheduler: fullFidelity({ trials: 3 }),
    retries: 0,
  });
  await runStudy(study, ({ trial }) => {
    throw new RangeError(`no data for ${trial}`);
  });
  assertEquals(study.best(), undefined);
  assertEquals(
    study.trials().map(({ status, error }) =>
      `${status}: ${error?.name}: ${error?.message}`
    ),
    [0, 1, 2].map((trial) => `failed: RangeError: no data for ${trial}`),
  );
  study.close();
});
