/** The copies of a distributed search in the files of its ranks: what `ato search` and the dashboard show of it. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { test } from "node:test";
import {
  defineSpace,
  DistributedHyperBand,
  type DistributedHyperBandOptions,
  fullFidelity,
  gridSampler,
  HyperBand,
  InProcessBackend,
  int,
  listStudies,
  openStudy,
  readStudy,
  type SearchBackend,
  sqliteJournal,
  StudyCopyError,
  type StudyView,
} from "@ato/ato/hyperopt";
import { Scope } from "@ato/ato/scope";
import { mergeFiles } from "@ato/ato/sync";
import { openForWriting, SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { inFolder } from "../tracker/_helpers.ts";
import { withoutSearches, withoutSearchesWhile } from "./_full_file.ts";

const SPACES = { x: int(1, 4, { grid: 4 }) };
const QUICK = { halvingRate: 0.5, numMinSamples: 2 } as const;
const ID = "team";

type Objective = (x: number, halved: number) => number | Promise<number>;

const good: Objective = (x, halved) => x + halved / 10;
const idle: Objective = () => {
  throw new Error("it should not run");
};

const trackerIn = (dbPath: string) => ({
  experiment: { projectName: "demo", sql: { dbPath } },
});

/** Runs a rank with a scope of its own, as in a process of its own. */
async function rankOf(
  backend: SearchBackend,
  { objective = good, path, ...options }:
    & Partial<DistributedHyperBandOptions>
    & { objective?: Objective; path?: string },
) {
  const rank = new DistributedHyperBand(new Scope({ argv: [] }), SPACES, {
    ...QUICK,
    rank: 0,
    worldSize: 1,
    backend,
    ...(path !== undefined && { tracker: trackerIn(path) }),
    ...options,
  });
  return await rank.main(async ({ x, __num_halved__ }) =>
    await objective(x, __num_halved__)
  )();
}

/** An objective whose rank dies in its n-th trial. */
function dyingAt(left: number, connection: SearchBackend): Objective {
  return async (x, halved) => {
    if (left-- === 0) await connection.close();
    return await good(x, halved);
  };
}

const inFiles = (
  names: readonly string[],
  work: (paths: readonly string[]) => Promise<void>,
) => inFolder((folder) => work(names.map((name) => join(folder, name))));

/** The events of the search as the file has them. */
async function eventsIn(path: string, name = ID): Promise<string[]> {
  const connection = await openForWriting(path);
  try {
    return connection.prepare(
      `SELECT event FROM study_events JOIN studies ON studies.id = study_id
       WHERE name = ? ORDER BY seq`,
    ).all(name).map(({ event }) => String(event));
  } finally {
    connection.close();
  }
}

/** The names of the runs in files, by UUID. */
async function runsIn(paths: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const path of paths) {
    const finder = new SQLFinder(path);
    for (const { uuid, name } of await finder.getRunsInProject("demo")) {
      names.set(uuid!, name!);
    }
    await finder.close();
  }
  return names;
}

/** What is told of the trials, by config, with the names of their runs. */
function trialsOf(
  view: StudyView<{ x: number }>,
  names: ReadonlyMap<string, string>,
): unknown[] {
  return view.trials.map(({ config, status, results, runs }) => [
    config.x,
    status,
    results.map(({ rung, fidelity, metrics }) => [
      rung,
      fidelity,
      metrics["objective"],
    ]),
    runs.map((run) => names.get(String(run))),
  ]).toSorted();
}

const WHOLE = [
  [1, "completed", [[0, 1, 1]], ["x=1 __num_halved__=0"]],
  [2, "completed", [[0, 1, 2]], ["x=2 __num_halved__=0"]],
  [3, "completed", [[0, 1, 3], [1, 2, 3.1]], [
    "x=3 __num_halved__=0",
    "x=3 __num_halved__=1",
  ]],
  [4, "completed", [[0, 1, 4], [1, 2, 4.1], [2, 3, 4.2]], [
    "x=4 __num_halved__=0",
    "x=4 __num_halved__=1",
    "x=4 __num_halved__=2",
  ]],
];

const read = (path: string, id = ID) => readStudy<{ x: number }>(path, id);

/** Runs two ranks at once, and each of them a trial at least. */
async function together(
  shared: InProcessBackend,
  paths: readonly [string, string],
  objective: Objective = good,
): Promise<void> {
  const both = Promise.withResolvers<void>();
  const ran = new Set<string>();
  await Promise.all(["a", "b"].map((name, rank) =>
    rankOf(shared.connect(), {
      rank,
      worldSize: 2,
      path: paths[rank]!,
      objective: async (x, halved) => {
        if (ran.add(name).size === 2) both.resolve();
        await both.promise;
        return await objective(x, halved);
      },
    })
  ));
}

test("DistributedHyperBand: the files of all ranks have the same search, with a trial for each config and its runs", async () => {
  await inFiles(["a.db", "b.db", "all.db"], async ([a, b, all]) => {
    await together(new InProcessBackend({ searchId: ID }), [a!, b!]);
    assertEquals(await eventsIn(a!), await eventsIn(b!));
    const names = await runsIn([a!, b!]);
    assertEquals(names.size, 7);
    // Each of them ran some.
    for (const path of [a!, b!]) {
      assertNotEquals((await runsIn([path])).size, 0);
    }
    const view = await read(a!);
    assertEquals(trialsOf(view, names), WHOLE);
    const { state, sessions, settings, best } = view;
    assertEquals([state, sessions, settings?.scheduler, settings?.sampler], [
      "done",
      1,
      "HyperBand",
      "grid",
    ]);
    assertEquals([best?.words, best?.metrics["objective"]], [["x=4"], 4.2]);
    // It goes on where its engine is.
    assertEquals(settings?.start, undefined);

    for (const path of [a!, b!]) await mergeFiles(all!, path);
    assertEquals(await listStudies(all!), [ID]);
    assertEquals(await eventsIn(all!), await eventsIn(a!));
    assertEquals(trialsOf(await read(all!), await runsIn([all!])), WHOLE);
  });
});

test("DistributedHyperBand: ranks with one file write the search once", async () => {
  await inFiles(["runs.db"], async ([path]) => {
    await together(new InProcessBackend({ searchId: ID }), [path!, path!]);
    const view = await read(path!);
    assertEquals(trialsOf(view, await runsIn([path!])), WHOLE);
    assertEquals([view.state, view.sessions], ["done", 1]);
  });
});

test("DistributedHyperBand: failed trials are failed in the search, also those whose ranks died", async () => {
  await inFiles(["a.db", "b.db"], async ([a, b]) => {
    const shared = new InProcessBackend({ searchId: ID, lease: 50 });
    const doomed = shared.connect();
    await assertRejects(
      () =>
        rankOf(doomed, {
          path: a!,
          maxAttempts: 1,
          objective: dyingAt(0, doomed),
        }),
      Error,
      "connection is closed",
    );
    await rankOf(shared.connect(), {
      path: b!,
      maxAttempts: 1,
      objective: (x, halved) => {
        if (x === 3) throw new RangeError("three");
        return good(x, halved);
      },
    });
    const { trials, state } = await read(b!);
    assertEquals(state, "done");
    assertEquals(
      trials.map(({ config, status, error }) => [config.x, status, error?.name])
        .toSorted(),
      [
        [1, "failed", "Error"],
        [2, "completed", undefined],
        [3, "failed", "RangeError"],
        [4, "completed", undefined],
      ],
    );
    assertMatch(
      trials.find(({ config }) => config.x === 1)!.error!.message,
      /died/,
    );
  });
});

test("DistributedHyperBand: a rank that dies has the beginning of the search in its file, and its successor the whole", async () => {
  await inFiles(["a.db", "b.db", "all.db"], async ([a, b, all]) => {
    const shared = new InProcessBackend({ searchId: ID, lease: 50 });
    const doomed = shared.connect();
    await assertRejects(
      () => rankOf(doomed, { path: a!, objective: dyingAt(2, doomed) }),
      Error,
      "connection is closed",
    );
    const part = await eventsIn(a!);
    assertEquals((await read(a!)).state, "interrupted");
    // One on another machine does the rest.
    await rankOf(shared.connect(), { path: b! });
    const whole = await eventsIn(b!);
    assertEquals(part, whole.slice(0, part.length));
    // The opening, and two trials: started, linked, completed.
    assertEquals(part.length, 1 + 2 * 3);
    for (const path of [a!, b!]) await mergeFiles(all!, path);
    assertEquals(await listStudies(all!), [ID]);
    assertEquals(await eventsIn(all!), whole);
    assertEquals(trialsOf(await read(all!), await runsIn([all!])), WHOLE);
    // One that starts again with its file only has to write down what it missed.
    await rankOf(shared.connect(), { path: a!, objective: idle });
    assertEquals(await eventsIn(a!), whole);
  });
});

test("DistributedHyperBand: if the rank that writes a file dies, another one with this file completes it", async () => {
  await inFiles(["runs.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID, lease: 50 });
    const doomed = shared.connect();
    const [isThere, hasBegun] = [0, 1].map(() =>
      Promise.withResolvers<void>()
    ) as [PromiseWithResolvers<void>, PromiseWithResolvers<void>];
    const first = rankOf(doomed, {
      path: path!,
      worldSize: 2,
      objective: async (x, halved) => {
        isThere.resolve();
        await hasBegun.promise;
        if (halved === 2) await doomed.close();
        return await good(x, halved);
      },
    });
    await isThere.promise;
    const second = rankOf(shared.connect(), {
      path: path!,
      rank: 1,
      worldSize: 2,
      objective: async (x, halved) => {
        hasBegun.resolve();
        // It is the last trial: the first rank has written the file until now.
        if (halved === 2) await doomed.close();
        if (halved === 2) await first.catch(() => {});
        return await good(x, halved);
      },
    });
    await assertRejects(() => first, Error, "connection is closed");
    await second;
    const view = await read(path!);
    assertEquals(view.state, "done");
    // A trial in which a rank died may have two runs, and one result.
    assertEquals(
      trialsOf(view, await runsIn([path!])).map((trial) =>
        (trial as unknown[]).slice(0, 3)
      ),
      WHOLE.map((trial) => trial.slice(0, 3)),
    );
  });
});

test("DistributedHyperBand: a search that is started again after its end adds nothing", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID });
    await rankOf(shared.connect(), { path: path! });
    const before = await eventsIn(path!);
    await rankOf(shared.connect(), { path: path!, objective: idle });
    assertEquals(await eventsIn(path!), before);
  });
});

test("DistributedHyperBand: a result that is known from the file of an earlier process is linked to its run", async () => {
  await inFiles(["a.db"], async ([path]) => {
    // It ended its trial, and died before the engine knew the result.
    const shared = new InProcessBackend({ searchId: ID, lease: 50 });
    const doomed = shared.connect();
    const journal = {
      ...doomed.journal,
      append: async (key: string, value: string) => {
        if (key === "0.1") await doomed.close();
        return await doomed.journal.append(key, value);
      },
    };
    await assertRejects(
      () => rankOf({ ...doomed, journal }, { path: path! }),
      Error,
      "connection is closed",
    );
    await rankOf(shared.connect(), {
      path: path!,
      objective: (x, halved) => {
        assert(x > 2, "it ran before");
        return good(x, halved);
      },
    });
    assertEquals(trialsOf(await read(path!), await runsIn([path!])), WHOLE);
  });
});

test("DistributedHyperBand: a file that cannot keep the search ends nothing, says so once, and is completed later", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID });
    const warnings: string[] = [];
    const { metric } = await rankOf(shared.connect(), {
      tracker: new SQLLogger(trackerIn(path!), {
        driver: await withoutSearches(),
        onWarning: (line) => warnings.push(line),
      }),
    });
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertMatch(
      warnings[0]!,
      /^Search team is not copied to its file: .*the disk is full/,
    );
    assertEquals(await eventsIn(path!), []);
    await rankOf(shared.connect(), { path: path!, objective: idle });
    assertEquals(trialsOf(await read(path!), await runsIn([path!])), WHOLE);
  });
});

test("DistributedHyperBand: after a while in which the file was full, the search is completed in it, and no claim is left", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID });
    const warnings: string[] = [];
    let trials = 0;
    const driver = await withoutSearchesWhile(() => trials === 2);
    const { metric } = await rankOf(shared.connect(), {
      objective: (x, halved) => {
        trials++;
        return good(x, halved);
      },
      tracker: new SQLLogger(trackerIn(path!), {
        driver,
        onWarning: (line) => warnings.push(line),
      }),
    });
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertMatch(
      warnings[0]!,
      /is not copied to its file: Cannot append .*disk is full/,
    );
    assertEquals(trialsOf(await read(path!), await runsIn([path!])), WHOLE);
    const connection = await openForWriting(path!);
    assertEquals(
      connection.prepare("SELECT token FROM studies").get(),
      { token: null },
    );
    connection.close();
  });
});

test("DistributedHyperBand: that somebody works on another search of this name in the file is said", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const warnings: string[] = [];
    const ranks: unknown[] = [];
    await new HyperBand(new Scope({ argv: [] }), SPACES, {
      ...QUICK,
      id: ID,
      tracker: trackerIn(path!),
    }).main(async ({ x, __num_halved__ }) => {
      if (ranks.length === 0) {
        const backend = new InProcessBackend({ searchId: ID }).connect();
        ranks.push(0);
        const { metric } = await rankOf(backend, {
          tracker: new SQLLogger(trackerIn(path!), {
            onWarning: (line) => warnings.push(line),
          }),
        });
        ranks.push(metric);
      }
      return x + __num_halved__ / 10;
    })();
    assertEquals(ranks, [0, 4.2]);
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0]!, /another search of this name/);
  });
});

test("DistributedHyperBand: a copy that went on in its file alone stays as it is, and the search goes on", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID, lease: 50 });
    const doomed = shared.connect();
    await assertRejects(
      () => rankOf(doomed, { path: path!, objective: dyingAt(2, doomed) }),
      Error,
    );
    await new HyperBand(new Scope({ argv: [] }), SPACES, {
      ...QUICK,
      id: ID,
      tracker: trackerIn(path!),
    }).main(({ x, __num_halved__ }) => x + __num_halved__ / 10)();
    const before = await eventsIn(path!);
    const warnings: string[] = [];
    const { metric } = await rankOf(shared.connect(), {
      tracker: new SQLLogger(trackerIn(path!), {
        onWarning: (line) => warnings.push(line),
      }),
    });
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertMatch(warnings[0]!, /another search of this name/);
    assertEquals(await eventsIn(path!), before);
  });
});

/** A result as earlier versions wrote it. */
function asBefore(value: string): string {
  const { text, types } = JSON.parse(value);
  const { run, span, ...message } = JSON.parse(text);
  assertEquals([typeof run, typeof span.from], ["string", "number"]);
  return JSON.stringify({ text: JSON.stringify(message), types });
}

test("DistributedHyperBand: a search whose first results are of an earlier version is kept, without their runs and times", async () => {
  await inFiles(["a.db", "b.db", "old.db"], async ([a, b, old]) => {
    const shared = new InProcessBackend({ searchId: ID });
    const now = shared.connect();
    await rankOf(now, { path: old! });
    const before = new InProcessBackend({ searchId: ID });
    const journal = before.connect().journal;
    for (const { key, value } of await now.journal.read(0, { wait: 0 })) {
      if (key === "settings") await journal.append(key, value);
      if (key.startsWith("0.")) await journal.append(key, asBefore(value));
    }
    await rankOf(before.connect(), { path: a! });
    await rankOf(before.connect(), { path: b!, objective: idle });
    assertEquals(await eventsIn(a!), await eventsIn(b!));
    const view = await read(a!);
    assertEquals(view.state, "done");
    assertEquals(
      trialsOf(view, await runsIn([a!])),
      WHOLE.map(([x, status, results, runs]) => [
        x,
        status,
        results,
        (runs as string[]).filter((run) => !run.endsWith("=0")),
      ]),
    );
  });
});

test("DistributedHyperBand: without a tracker nothing is kept, and a rank that joins later with one has all of it", async () => {
  await inFiles(["a.db"], async ([path]) => {
    const shared = new InProcessBackend({ searchId: ID });
    const connection = shared.connect();
    await rankOf(connection, {});
    const entries = await connection.journal.read(0, { wait: 0 });
    assertEquals(
      entries.map(({ key }) => key).filter((key) => !/^\d/.test(key)),
      ["settings", "done"],
    );
    await rankOf(shared.connect(), { path: path!, objective: idle });
    const view = await read(path!);
    assertEquals(view.state, "done");
    assertEquals(
      trialsOf(view, new Map()),
      WHOLE.map((trial) => [...trial.slice(0, 3), []]),
    );
  });
});

test("DistributedHyperBand: a merged copy is looked at only: it goes on where it began, which no event says", async () => {
  await inFiles(["rank.db", "all.db"], async ([path = "", all = ""]) => {
    const shared = new InProcessBackend({ searchId: ID });
    await rankOf(shared.connect(), { path });
    await mergeFiles(all, path);
    const before = await eventsIn(all);
    assertEquals(before, await eventsIn(path));
    const space = defineSpace(SPACES);
    const error = await assertRejects(
      async () => {
        const journal = await sqliteJournal({ dbPath: all, studyId: ID });
        openStudy({
          ...{ id: ID, space, journal, metric: "objective", mode: "min" },
          sampler: gridSampler(space),
          scheduler: fullFidelity({ trials: 1 }),
        });
      },
      StudyCopyError,
    );
    assertStringIncludes(
      error.message,
      "its journal is a copy, and it goes on in the file, or on the engine, where it began",
    );
    assertEquals(await eventsIn(all), before);
  });
});
