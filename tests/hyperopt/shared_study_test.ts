/** Shared studies within one process: settings, failures, limits, tracking, an engine that is away for a while. */
import { test } from "node:test";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  asha,
  ashaStopping,
  category,
  connectSearch,
  controlSharedStudy,
  defineSpace,
  float,
  fullFidelity,
  InProcessBackend,
  type Job,
  medianStopping,
  planWorkers,
  randomSampler,
  readStudy,
  registerEngine,
  runSharedStudy,
  type RunSharedStudyOptions,
  type SearchBackend,
  SearchUsageError,
  SharedStudyReader,
  type SharedStudySettings,
  simulateSharedStudy,
  StudyJournalError,
  StudySettingError,
  type TrialContext,
} from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";
import { Delivery } from "../../hyperopt/shared/_delivery.ts";
import { write } from "../../hyperopt/shared/_messages.ts";
import { inFolder } from "../tracker/_helpers.ts";
import { connectRelay, RELAY, startRelay } from "./_relay.ts";
import { SPACE, type XConfig } from "./_studies.ts";
import { undisturbed } from "./_undisturbed.ts";

registerEngine(RELAY, connectRelay);

type Settings = SharedStudySettings<XConfig>;

const settings = (more: Partial<Settings> = {}) => (): Settings => ({
  space: SPACE,
  sampler: randomSampler(SPACE),
  scheduler: fullFidelity({ trials: 6 }),
  metric: "loss",
  mode: "min",
  ...more,
});

const lossOf = ({ config }: Job<XConfig>) => config.x;

/** Runs several processes of a search, in this one. */
function team(
  shared: InProcessBackend,
  members: readonly {
    readonly settings?: () => Settings;
    readonly objective?: (
      job: Job<XConfig>,
      trial: TrialContext,
    ) => number | Promise<number>;
    readonly options?: RunSharedStudyOptions<XConfig>;
  }[],
) {
  return Promise.all(
    members.map(({ settings: own = settings(), objective = lossOf, options }) =>
      runSharedStudy(own, objective, { backend: shared.connect(), ...options })
    ),
  );
}

test("runSharedStudy: all processes get the same result, and each job runs once", async () => {
  const shared = new InProcessBackend();
  const ran: string[] = [];
  const objective = async (job: Job<XConfig>) => {
    ran.push(`${job.trial}.${job.rung}`);
    await pause(2);
    return job.config.x;
  };
  const asha27 = settings({});
  const views = await team(
    shared,
    [0, 1, 2].map(() => ({
      settings: () => ({
        ...asha27(),
        scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 27 }),
      }),
      objective,
      options: { workers: 2 },
    })),
  );
  assertEquals(views[0]!.trials.length, 27);
  assertEquals(views[1], views[0]);
  assertEquals(views[2], views[0]);
  assertEquals(new Set(ran).size, ran.length);
});

test("runSharedStudy: a process that only decides and one that only works are enough", async () => {
  const shared = new InProcessBackend();
  const [a, b] = await team(shared, [
    { options: { workers: 0 } },
    { options: { decides: false } },
  ]);
  assertEquals([a!.trials.length, b!.trials.length], [6, 6]);
  const { owner, members } = await new SharedStudyReader(shared.connect())
    .read();
  assertEquals(owner, undefined);
  assertEquals(members.map(({ workers }) => workers).sort(), [0, 1]);
});

test("runSharedStudy: a process with other settings, another script or another Ato is refused by a sentence", async () => {
  const cases: [() => Settings, RunSharedStudyOptions<XConfig>, RegExp][] = [
    [settings({ seed: 5 }), {}, /its seed is 0, and differs from .*, 5; start/],
    [settings({ mode: "max" }), {}, /its mode is min/],
    [
      settings({ scheduler: fullFidelity({ trials: 7 }) }),
      {},
      /its plan /,
    ],
    [settings({ losses: 3 }), {}, /its losses is 10/],
    [settings(), { version: "2" }, /its version of the script/],
  ];
  for (const [own, options, message] of cases) {
    const shared = new InProcessBackend({ searchId: "team" });
    await team(shared, [{ options: { version: "1" } }]);
    const error = await assertRejects(
      () =>
        team(shared, [{
          settings: own,
          options: { version: "1", ...options },
        }]),
      SearchUsageError,
    );
    assertMatch(error.message, /^Cannot take part in search team: /);
    assertMatch(error.message, message);
  }
  const shared = new InProcessBackend({ searchId: "team" });
  await shared.connect().journalNamed("about").append(
    "agreement",
    JSON.stringify({ kind: "study", protocol: "1", ato: "0.0.9" }),
  );
  const error = await assertRejects(() => team(shared, [{}]), SearchUsageError);
  assertStringIncludes(error.message, "its version of Ato is 0.0.9");
});

test("runSharedStudy: a script whose version is not known is neither the same nor another one", async () => {
  const shared = new InProcessBackend();
  const about = shared.connect().journalNamed("about");
  await team(shared, [{ options: { version: "1" } }]);
  const [entry] = await about.read(0, { wait: 0 });
  const { script, ...known } = JSON.parse(entry!.value);
  assertEquals(script, "1");
  const other = new InProcessBackend();
  await other.connect().journalNamed("about").append(
    "agreement",
    JSON.stringify(known),
  );
  const [view] = await team(other, [{ options: { version: "2" } }]);
  assertEquals(view!.state, "done");
});

test("runSharedStudy: a trial that fails is repeated, and then fails with its reason", async () => {
  const shared = new InProcessBackend();
  const tried: number[] = [];
  const [view] = await team(shared, [{
    settings: settings({ retries: 2 }),
    objective: ({ trial, config }) => {
      if (trial !== 3) return config.x;
      tried.push(trial);
      throw new RangeError("too large");
    },
  }]);
  assertEquals(tried.length, 3);
  const { status, error } = view!.trials[3]!;
  assertEquals([status, error], ["failed", {
    name: "RangeError",
    message: "too large",
  }]);
  assertEquals(
    view!.trials.filter(({ status }) => status === "completed").length,
    5,
  );
});

test("runSharedStudy: a job that takes too long fails, and its objective is told", async () => {
  const shared = new InProcessBackend();
  let reason: unknown;
  const [view] = await team(shared, [{
    settings: settings({ timeout: 0.1, retries: 0 }),
    objective: async ({ trial, config }, { signal }) => {
      if (trial !== 1) return config.x;
      try {
        await pause(60_000, undefined, { signal });
      } finally {
        reason = (signal.reason as Error).name;
      }
      return 0;
    },
  }]);
  assertEquals(reason, "TimeoutError");
  assertEquals(view!.trials[1]!.error, {
    name: "Timeout",
    message: "it took more than 0.1 s",
  });
});

test("runSharedStudy: a result that is too large fails with the advice to hand over a URI", async () => {
  const shared = new InProcessBackend();
  const metrics: Record<string, number> = { loss: 1 };
  for (let i = 0; i < 10_000; i++) metrics[`metric-${i}`] = i;
  const view = await runSharedStudy(
    settings({ retries: 0, scheduler: fullFidelity({ trials: 2 }) }),
    async ({ trial, config }, { report }) => {
      if (trial > 0) await report(metrics, 1);
      return { metrics: trial > 0 ? { loss: config.x } : metrics };
    },
    { backend: shared.connect() },
  );
  for (const { error } of view.trials) {
    assertStringIncludes(error!.message, "return its URI");
  }
  // The message of an error is cut, too.
  const long = new InProcessBackend();
  const [other] = await team(long, [{
    settings: settings({ retries: 0, scheduler: fullFidelity({ trials: 1 }) }),
    objective: () => {
      throw new Error("x".repeat(100_000));
    },
  }]);
  assertEquals(other!.trials[0]!.error!.message.length, 4_001);
});

for (
  const [name, scheduler] of Object.entries({
    ashaStopping: () =>
      ashaStopping({ minFidelity: 1, maxFidelity: 40, trials: 12 }),
    medianStopping: () =>
      medianStopping({ fidelity: 40, trials: 12, warmup: 2, minCompleted: 1 }),
  })
) {
  test(`runSharedStudy: ${name}: the verdict reaches the objective, wherever it runs`, async () => {
    const shared = new InProcessBackend();
    let stopped = 0;
    const objective = async (
      { config, from, to }: Job<XConfig>,
      { report }: TrialContext,
    ) => {
      for (let step = from + 1; step <= to; step++) {
        await pause(2);
        if (await report({ loss: config.x }, step) === "stop") {
          stopped++;
          break;
        }
      }
      return config.x;
    };
    const own = () => ({ ...settings()(), scheduler: scheduler() });
    const [view] = await team(shared, [
      { settings: own, objective },
      { settings: own, objective },
    ]);
    assert(stopped > 0);
    assertEquals(
      view!.trials.filter(({ status }) => status === "stopped").length,
      stopped,
    );
  });
}

test("runSharedStudy: a module runs in threads, and a crash of one costs one attempt", async () => {
  const space = defineSpace({
    x: float(0, 1),
    fate: category(["works", "reports"]),
  });
  const own = () => ({
    space,
    sampler: randomSampler(space),
    scheduler: asha({ minFidelity: 1, maxFidelity: 3, trials: 6 }),
    metric: "loss",
    mode: "min" as const,
    retries: 1,
  });
  const shared = new InProcessBackend();
  const module = new URL("./_objective.ts", import.meta.url);
  const views = await Promise.all([0, 1].map(() =>
    runSharedStudy(own, module, {
      backend: shared.connect(),
      workers: 2,
    })
  ));
  assertEquals(views[0]!.trials.length, 6);
  assert(views[0]!.trials.every(({ status }) => status === "completed"));
  assertEquals(views[1]!.best, views[0]!.best);
  const crashing = defineSpace({ x: float(0, 1), fate: category(["exits"]) });
  const view = await runSharedStudy(
    () => ({
      ...own(),
      space: crashing,
      sampler: randomSampler(crashing),
      scheduler: fullFidelity({ trials: 1 }),
    }),
    module,
    { backend: new InProcessBackend().connect() },
  );
  assertEquals(view.trials[0]!.attempts, 2);
  assertEquals(view.trials[0]!.error?.name, "WorkerDiedError");
});

test("runSharedStudy: begin enqueues configs once, whoever decides", async () => {
  const shared = new InProcessBackend();
  const options = {
    begin: (study: { enqueue(config: unknown): boolean }) => {
      study.enqueue({ x: 0.125 });
    },
  };
  const [view] = await team(shared, [{ options }, { options }]);
  assertEquals(
    view!.trials.filter(({ config }) => config.x === 0.125).length,
    1,
  );
  assertEquals(view!.trials[0]!.config.x, 0.125);
});

test("runSharedStudy: a result of a worker that was silent is refused, and the status says so", async (t) => {
  const said: string[] = [];
  t.mock.method(console, "error", (text: string) => said.push(text));
  // Only the one process is silent for so long.
  const { view, late, status } = await undisturbed(300, async (lease) => {
    const shared = new InProcessBackend({ lease });
    const owner = runSharedStudy(settings(), lossOf, {
      backend: shared.connect(),
      workers: 0,
    });
    // A process that takes a job and is frozen right then.
    const frozen = shared.connect();
    const leased = await frozen.take({ wait: 60_000 });
    const late = await Delivery.take<XConfig>({
      backend: frozen,
      member: "frozen",
      now: Date.now,
    }, leased!);
    const [view] = await team(shared, [{ options: { decides: false } }]);
    await owner;
    await late!.complete({ metrics: { loss: -1 } });
    const status = await new SharedStudyReader(shared.connect()).read();
    return { view: view!, late: late!.job.trial, status };
  });
  assertEquals(view.trials[late]!.attempts, 2);
  const { refused, jobs, study } = status;
  assertEquals(jobs.lost, 1);
  assertEquals(study!.best, view.best as never);
  assertEquals(refused.map(({ trial }) => trial), [late]);
  assertMatch(
    refused[0]!.reason,
    /^its process was silent for longer than the lease, and .+ took the job$/,
  );
});

test("runSharedStudy: who joins a paused search waits until it goes on", async () => {
  const shared = new InProcessBackend();
  await controlSharedStudy(shared.connect(), "paused");
  let ran = 0;
  const reader = new SharedStudyReader(shared.connect());
  const running = team(shared, [{
    objective: ({ config }) => {
      ran++;
      return config.x;
    },
  }]);
  while ((await reader.read()).owner === undefined) await pause(5);
  await pause(30);
  assertEquals([ran, (await reader.read()).state], [0, "paused"]);
  await controlSharedStudy(shared.connect(), "running");
  assertEquals((await running)[0]!.trials.length, 6);
});

test("runSharedStudy: an error of onEnd ends the search here, and others go on", async () => {
  const shared = new InProcessBackend();
  const bad = runSharedStudy(settings(), lossOf, {
    backend: shared.connect(),
    onEnd: () => {
      throw new Error("the display is gone");
    },
  });
  await assertRejects(() => bad, Error, "the display is gone");
  const [view] = await team(shared, [{}]);
  assertEquals(view!.trials.length, 6);
});

test("runSharedStudy: a signal ends it here, and gives the running job back", async () => {
  const shared = new InProcessBackend();
  const end = new AbortController();
  const view = await runSharedStudy(
    settings(),
    async ({ trial, config }, { signal }) => {
      if (trial < 2) return config.x;
      end.abort();
      await pause(60_000, undefined, { signal });
      return 0;
    },
    { backend: shared.connect(), signal: end.signal },
  );
  assertEquals(
    view.trials.filter(({ results }) => results.length > 0).length,
    2,
  );
  const [rest] = await team(shared, [{}]);
  assertEquals(
    rest!.trials.map(({ status }) => status),
    Array(6).fill("completed"),
  );
});

test("runSharedStudy: it has not ended before the engine knows which jobs are given back", async () => {
  const shared = new InProcessBackend();
  const inner = shared.connect();
  let isToldOf: string[] = [];
  // An engine that takes its time to hear of the end of a job.
  const backend: SearchBackend = {
    ...inner,
    journalNamed: (name) => {
      const journal = inner.journalNamed(name);
      return {
        ...journal,
        async append(key, value) {
          if (key.startsWith("end:")) await pause(200);
          const isFirst = await journal.append(key, value);
          isToldOf = [...isToldOf, key];
          return isFirst;
        },
      };
    },
  };
  const end = new AbortController();
  await runSharedStudy(
    settings(),
    async (_job, { signal }) => {
      end.abort();
      await pause(60_000, undefined, { signal });
      return 0;
    },
    { backend, signal: end.signal },
  );
  assert(isToldOf.includes("end:0.0.0:0"), isToldOf.join(", "));
});

test("runSharedStudy: an engine that is away for a while is waited for", async () => {
  const relay = await startRelay(2_000);
  try {
    const ends: number[] = [];
    const run = runSharedStudy(
      settings({ scheduler: fullFidelity({ trials: 12 }) }),
      async ({ config }) => {
        await pause(20);
        return config.x;
      },
      {
        id: "away",
        engine: relay.url,
        onEnd: ({ job }) => {
          ends.push(job.trial);
          if (ends.length !== 4) return;
          relay.cut(true);
          setTimeout(() => relay.cut(false), 300);
        },
      },
    );
    const view = await run;
    assertEquals(
      view.trials.map(({ results }) => results.length),
      Array(12).fill(1),
    );
  } finally {
    await relay.end();
  }
});

test("runSharedStudy: each trial is a run in the file of its process, and the file has the study", async () => {
  await inFolder(async (folder) => {
    const shared = new InProcessBackend({ searchId: "tracked" });
    const dbs = ["a", "b"].map((name) => join(folder, `${name}.db`));
    const views = await team(
      shared,
      dbs.map((dbPath) => ({
        settings: settings({
          scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 12 }),
          order: "logical",
        }),
        objective: async ({ config, to }, { logger }) => {
          logger!.logMetric("seen", to, to);
          await pause(5);
          return config.x;
        },
        options: {
          tracker: { experiment: { projectName: "team", sql: { dbPath } } },
        },
      })),
    );
    const runs: { uuid: string; trial: string }[] = [];
    for (const db of dbs) {
      const finder = new SQLFinder(db);
      for (const run of await finder.getRunsInProject("team")) {
        assertEquals(run.status, "completed");
        assert(run.tags.includes("search:tracked"));
        runs.push({ uuid: run.uuid!, trial: run.name!.split(" ")[1]! });
      }
      await finder.close();
      const copy = await readStudy<XConfig>(db, "tracked");
      assertEquals(copy.trials, views[0]!.trials);
      assertEquals(copy.state, "done");
    }
    assertEquals(new Set(runs.map(({ trial }) => trial)).size, 12);
    const linked = views[0]!.trials.flatMap(({ runs }) => runs);
    assertEquals(linked.sort(), runs.map(({ uuid }) => uuid).sort());
    for (const { trial, runs: own } of views[0]!.trials) {
      const names = runs.filter(({ uuid }) => own.includes(uuid));
      assertEquals(
        new Set(names.map((one) => one.trial)),
        new Set([`${trial}`]),
      );
    }
  });
});

test("runSharedStudy: a file that has another search of the name gets no copy, and keeps what it has", async (t) => {
  const warned: string[] = [];
  t.mock.method(console, "error", (text: string) => warned.push(text));
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const first = new InProcessBackend({ searchId: "same" });
    const [before] = await team(first, [{ options: { db } }]);
    const second = new InProcessBackend({ searchId: "same" });
    await team(second, [{ settings: settings({ seed: 9 }), options: { db } }]);
    assertEquals((await readStudy<XConfig>(db, "same")).trials, before!.trials);
    assert(warned.some((text) => text.includes("another search of this name")));
  });
});

test("runSharedStudy: a journal of another kind of search is refused", async () => {
  const shared = new InProcessBackend({ searchId: "other" });
  await shared.connect().journal.append("settings", "{}");
  await assertRejects(
    () => team(shared, [{}]),
    StudyJournalError,
    "so it is no study",
  );
});

test("runSharedStudy: what another program wrote to the engine does not count, and ends nothing", async () => {
  // The end of a job whose key was taken is never heard: after a lease the job is in the queue again.
  const shared = new InProcessBackend({ searchId: "noise", lease: 300 });
  const backend = shared.connect();
  const noise: [string, string, string][] = [
    ["told", "nonsense", "{"],
    ["told", "take:0.0.0:7", "not JSON"],
    ["told", "take:999.0.0:0", write({ member: "x", at: 1, run: "r" })],
    ["told", "end:999.0.0:0", write({ kind: "result", metrics: { loss: -9 } })],
    ["told", "end:1.0.0:0", write({ kind: "result", metrics: { loss: -9 } })],
    ["told", "report:2.0.0:0:0", write({ metrics: {}, fidelity: 5 })],
    ["told", "take:x:0", write({ member: "x", at: 1, run: "r" })],
    ["signals", "control:1", "null"],
    ["signals", "control:2", '{"control":"exploded"}'],
    ["signals", "stop:1", "[]"],
    ["members", "hello:x", "3"],
    ["members", "beat0:nobody", '{"at":1}'],
  ];
  for (const [name, key, value] of noise) {
    await backend.journalNamed(name).append(key, value);
  }
  await backend.publish({ id: "junk", data: "junk" });
  const [view] = await team(shared, [{}]);
  assertEquals(
    view!.trials.map(({ status }) => status),
    Array(6).fill("completed"),
  );
  assert(view!.best!.metrics.loss! >= 0);
  const { state, members } = await new SharedStudyReader(backend).read();
  assertEquals([state, members.length], ["done", 1]);
  const other = new InProcessBackend({ searchId: "noise" });
  await other.connect().journalNamed("about").append("agreement", "{");
  await assertRejects(
    () => team(other, [{}]),
    SearchUsageError,
    "Cannot take part",
  );
});

test("runSharedStudy: what plain JavaScript may pass is refused by its name", async () => {
  const backend = new InProcessBackend().connect();
  const cases: [unknown, unknown, unknown, string][] = [
    [{}, lossOf, { backend }, "settings is an object"],
    [settings(), 5, { backend }, "the objective is 5"],
    [settings(), lossOf, { backend, worker: 3 }, "worker"],
    [settings(), lossOf, { backend, workers: 1.5 }, "workers is 1.5"],
    [settings(), lossOf, { backend, grace: -1 }, "grace is -1"],
    [
      settings(),
      lossOf,
      { backend, workers: 0, decides: false },
      "nothing to do",
    ],
    [settings(), lossOf, { backend: {} }, "backend has no searchId"],
    [
      settings(),
      lossOf,
      { id: "x", engine: "ftp://me:secret@host" },
      "no engine is known",
    ],
    [settings(), lossOf, { engine: "relay://host" }, "it has no id"],
  ];
  for (const [own, objective, options, message] of cases) {
    const error = await assertRejects(
      () => runSharedStudy(own as never, objective as never, options as never),
      SearchUsageError,
    );
    assertStringIncludes(error.message, message);
    assert(!error.message.includes("secret"));
  }
  await assertRejects(
    () => runSharedStudy(settings({ retries: -1 }), lossOf, { backend }),
    StudySettingError,
    "retries is -1",
  );
});

test("connectSearch: an error of an engine does not show its password", async () => {
  registerEngine("broken", (url): Promise<SearchBackend> => {
    throw new Error(`cannot log in at ${url}`);
  });
  const error = await assertRejects(
    () => connectSearch("broken://me:secret@host", { searchId: "x" }),
    SearchUsageError,
  );
  assertEquals(error.message.includes("secret"), false);
  assertStringIncludes(error.message, "cannot log in at broken://me:***@host");
});

test("planWorkers: more workers than jobs in flight do not help", () => {
  const own = () => ({
    ...settings()(),
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 27 }),
  });
  const plans = [1, 3, 9, 100].map((workers) => planWorkers(own, workers));
  const times = plans.map(({ time }) => time);
  assertEquals(times, [...times].sort((a, b) => b - a));
  assertEquals(plans[0]!.busy, 1);
  assert(plans.every(({ workers, inFlight }) => inFlight <= workers));
  assert(plans[3]!.inFlight <= 27);
  assertEquals(times[3], 9);
});

test("simulateSharedStudy: an engine that is slow, or an owner, limits the jobs a second", async () => {
  const free = { latency: 0, append: 0, read: 0, publish: 0, take: 0, ack: 0 };
  const run = (workers: number, engine: object, decide = 0) =>
    simulateSharedStudy(
      settings({ scheduler: fullFidelity({ trials: 200 }) }),
      {
        workers,
        engine: { ...free, ...engine },
        decide,
        objective: ({ config }) => ({ loss: config.x }),
        cost: () => 10,
      },
    );
  const ideal = await run(20, {});
  assertEquals([ideal.jobs, ideal.time, ideal.busy], [200, 100, 1]);
  // A millisecond for each of 200 jobs that are put into the queue.
  const slow = await run(20, { publish: 1 });
  assert(slow.time >= 200 && slow.rate <= 1000, `${slow.time}`);
  assert(slow.engine > 0.6, `${slow.engine}`);
  const thinking = await run(20, {}, 2);
  assert(thinking.time >= 400 && thinking.rate <= 500, `${thinking.time}`);
  assert(thinking.owner > 0.6, `${thinking.owner}`);
});
