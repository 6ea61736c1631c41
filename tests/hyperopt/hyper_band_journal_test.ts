/** The journal of a search by a class: what `ato search` and the dashboard show of it. */
import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ADict } from "@ato/ato/adict";
import {
  defineSpace,
  float,
  fullFidelity,
  HyperBand,
  HyperOpt,
  int,
  listStudies,
  openStudy,
  randomSampler,
  readStudy,
  type Search,
  SearchFailedError,
  SearchUsageError,
  type SpaceInput,
  sqliteJournal,
  StudyJournalError,
  StudyOwnedError,
  StudySettingError,
  type StudyView,
  trialLogger,
} from "@ato/ato/hyperopt";
import { Scope } from "@ato/ato/scope";
import { mergeFiles } from "@ato/ato/sync";
import {
  openForWriting,
  SQLFinder,
  SQLLogger,
  StorageError,
} from "@ato/ato/tracker";
import { inFolder } from "../tracker/_helpers.ts";
import { withoutSearches } from "./_full_file.ts";

const SPACES = { x: int(1, 4, { grid: 4 }) };
const QUICK = { halvingRate: 0.5, numMinSamples: 2 } as const;

interface Tracker {
  readonly experiment: {
    readonly projectName: string;
    readonly sql: { readonly dbPath: string };
  };
}

const inFile = (work: (tracker: Tracker, path: string) => Promise<void>) =>
  inFolder((folder) => {
    const dbPath = join(folder, "runs.db");
    return work(
      { experiment: { projectName: "demo", sql: { dbPath } } },
      dbPath,
    );
  });

/** A search of which a trial that is named may fail, or end the search as a killed process does. */
function search(
  tracker: Tracker | SQLLogger,
  { id = "abc", mode = "max", spaces = SPACES, argv = [], objective = good }: {
    id?: string;
    mode?: "max" | "min";
    spaces?: { x: ReturnType<typeof int> };
    argv?: string[];
    objective?: (x: number, halved: number) => number;
  } = {},
) {
  return new HyperBand(new Scope({ argv }), spaces, {
    ...QUICK,
    id,
    mode,
    tracker,
  }).main(({ x, __num_halved__ }) => objective(x, __num_halved__))();
}

const good = (x: number, halved: number) => x + halved / 10;

/** What is told of the trials, with the names of their runs. */
async function trialsOf(
  path: string,
  view: StudyView<{ x: number }>,
): Promise<unknown[]> {
  const finder = new SQLFinder(path);
  try {
    const shown = [];
    for (const { trial, config, status, results, runs } of view.trials) {
      const names = [];
      for (const run of runs) names.push((await finder.findRun(run))?.name);
      const values = results.map(({ rung, fidelity, metrics }) => [
        rung,
        fidelity,
        metrics["objective"],
      ]);
      shown.push([trial, config.x, status, values, names]);
    }
    return shown;
  } finally {
    await finder.close();
  }
}

const WHOLE = [
  [0, 1, "completed", [[0, 1, 1]], ["x=1 __num_halved__=0"]],
  [1, 2, "completed", [[0, 1, 2]], ["x=2 __num_halved__=0"]],
  [2, 3, "completed", [[0, 1, 3], [1, 2, 3.1]], [
    "x=3 __num_halved__=0",
    "x=3 __num_halved__=1",
  ]],
  [3, 4, "completed", [[0, 1, 4], [1, 2, 4.1], [2, 3, 4.2]], [
    "x=4 __num_halved__=0",
    "x=4 __num_halved__=1",
    "x=4 __num_halved__=2",
  ]],
];

test("HyperBand: a tracked search is in its file as a search, with a trial for each config and its runs", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    assertEquals(await listStudies(path), ["abc"]);
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(await trialsOf(path, view), WHOLE);
    const { state, objectives, settings, best, rungs, sessions } = view;
    assertEquals([state, sessions, objectives], ["done", 1, {
      objective: "max",
    }]);
    assertEquals(
      [settings?.scheduler, settings?.sampler, settings?.seed],
      ["HyperBand", "grid", "none"],
    );
    assertEquals(
      settings?.dimensions.map(({ path, low, high }) => [path, low, high]),
      [["x", 1, 4]],
    );
    assertEquals([best?.trial.config, best?.fidelity, best?.words], [
      { x: 4 },
      3,
      ["x=4"],
    ]);
    assertEquals(rungs.map(({ entered }) => entered), [4, 2, 1]);
  });
});

test("HyperBand: without a tracker there is no file, and a trial that is repeated alone is no search", async () => {
  await inFile(async (tracker, path) => {
    const argv = ["x=3", "__num_halved__=1"];
    await search(tracker, { argv });
    assertEquals(await listStudies(path), []);
  });
});

test("HyperBand: failed trials are failed in the search, and a search of failed trials alone is done", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker, {
      objective: (x, halved) => {
        if (x === 4 && halved === 1) throw new RangeError("four");
        return x === 1 ? NaN : good(x, halved);
      },
    });
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(
      view.trials.map(({ status, error }) => [status, error?.name]),
      [
        ["failed", "TypeError"],
        ["completed", undefined],
        ["completed", undefined],
        ["failed", "RangeError"],
      ],
    );
    assertEquals(view.best?.trial.config, { x: 3 });
    await assertRejects(
      async () =>
        await search(tracker, {
          id: "none",
          objective: () => {
            throw new Error("no");
          },
        }),
      SearchFailedError,
    );
    const none = await readStudy(path, "none");
    assertEquals([none.state, none.best, none.trials.length], [
      "done",
      undefined,
      4,
    ]);
  });
});

test("HyperBand: a resumed search goes on in its journal, and no trial is there twice", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    await search(tracker, {
      objective: () => {
        throw new Error("it should not run");
      },
    });
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(await trialsOf(path, view), WHOLE);
    // Nothing ran, so nothing was noted.
    assertEquals([view.state, view.sessions], ["done", 1]);
    // A wider space: what is known is kept.
    const wider = { x: int(1, 5, { grid: 5 }) };
    await search(tracker, { spaces: wider });
    const { trials, best } = await readStudy<{ x: number }>(path, "abc");
    assertEquals(trials.map(({ config }) => config.x), [1, 2, 3, 4, 5]);
    assertEquals(best?.trial.config, { x: 5 });
  });
});

test("HyperBand: a search whose journal is lost has it again when it is resumed", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    const connection = await openForWriting(path);
    connection.prepare("DELETE FROM study_events").run();
    connection.prepare("DELETE FROM studies").run();
    connection.close();
    assertEquals(await listStudies(path), []);
    await search(tracker);
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(await trialsOf(path, view), WHOLE);
  });
});

test("HyperBand: a trial that its process did not end runs again as the same trial", async () => {
  await inFile(async (tracker, path) => {
    // The scope goes away with the process; here the objective never returns.
    const hyperband = new HyperBand(new Scope({ argv: [] }), SPACES, {
      ...QUICK,
      id: "abc",
      tracker,
    });
    let reached = () => {};
    const there = new Promise<void>((resolve) => reached = resolve);
    void hyperband.main(async ({ x, __num_halved__ }) => {
      if (x === 4 && __num_halved__ === 1) {
        reached();
        await new Promise<never>(() => {});
      }
      return good(x, __num_halved__);
    })();
    await there;
    const running = await readStudy<{ x: number }>(path, "abc");
    assertEquals([running.state, running.trials[3]?.status], [
      "running",
      "running",
    ]);
    await assertRejects(async () => await search(tracker), StudyOwnedError);
    // As if the process that works on it had been killed.
    const connection = await openForWriting(path);
    connection.prepare("UPDATE studies SET token = NULL").run();
    connection.close();
    assertEquals((await readStudy(path, "abc")).state, "interrupted");
    await search(tracker);
    const view = await readStudy<{ x: number }>(path, "abc");
    const { attempts, results, runs } = view.trials[3]!;
    // Rung 0, two attempts at rung 1, and rung 2.
    assertEquals([attempts, results.length, runs.length], [4, 3, 4]);
    assertEquals([view.state, view.best?.metrics["objective"]], ["done", 4.2]);
  });
});

test("HyperBand: another mode, and the name of a study, are refused for a search of the same name", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    await assertRejects(
      async () => await search(tracker, { mode: "min" }),
      StudySettingError,
      "Cannot open study abc: it began with mode max, not min",
    );
    const journal = await sqliteJournal({ dbPath: path, studyId: "study" });
    const studySpace = defineSpace({ x: float(0, 1) });
    openStudy({
      id: "study",
      space: studySpace,
      sampler: randomSampler(studySpace),
      scheduler: fullFidelity({ trials: 1 }),
      metric: "objective",
      mode: "max",
      journal,
    }).close();
    await assertRejects(
      async () => await search(tracker, { id: "study" }),
      StudySettingError,
      "Cannot open study study: it began with",
    );
    // Nothing was written to it, and it is free.
    assertEquals((await readStudy(path, "study")).sessions, 1);
  });
});

test("HyperBand: a file that cannot keep the search ends no training, unless that is asked for; it is completed later", async () => {
  await inFile(async (tracker, path) => {
    const warnings: string[] = [];
    const driver = await withoutSearches();
    const run = async (onError: "continue" | "throw") =>
      await search(
        new SQLLogger(tracker, {
          driver,
          onError,
          onWarning: (line) => warnings.push(line),
        }),
      );
    await assertRejects(() => run("throw"), StorageError, "the disk is full");
    assertEquals(warnings, []);
    assertEquals((await run("continue")).metric, 4.2);
    assertEquals(warnings.length, 1);
    assertMatch(
      warnings[0]!,
      /^Cannot write .*the disk is full; free some space .*; this process does not keep search abc in the file, but/,
    );
    assertEquals((await readStudy(path, "abc")).trials, []);
    await search(tracker);
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(await trialsOf(path, view), WHOLE);
  });
});

test("HyperBand: a search that another machine took over trains on, says so, and notes nothing more", async () => {
  await inFile(async (tracker, path) => {
    const warnings: string[] = [];
    const logger = new SQLLogger(tracker, {
      onWarning: (line) => warnings.push(line),
    });
    const { metric } = await new HyperBand(new Scope({ argv: [] }), SPACES, {
      ...QUICK,
      id: "abc",
      tracker: logger,
    }).main(async ({ x, __num_halved__ }) => {
      if (x === 3 && __num_halved__ === 0) {
        const connection = await openForWriting(path);
        connection.prepare(
          "UPDATE studies SET token = 'other', host = 'elsewhere', renewed = ?",
        ).run(Date.now());
        connection.close();
      }
      return good(x, __num_halved__);
    })();
    assertEquals(metric, 4.2);
    assertEquals(warnings.length, 1);
    assertMatch(
      warnings[0]!,
      /elsewhere.*; this process does not keep search abc in the file/,
    );
    const { trials, state } = await readStudy(path, "abc");
    assertEquals([trials.map(({ status }) => status), state], [
      ["completed", "completed", "running"],
      "running",
    ]);
  });
});

test("HyperBand: a search that could not be noted to its end can start again in the same process", async () => {
  await inFile(async (tracker, path) => {
    const driver = await withoutSearches();
    const logger = new SQLLogger(tracker, { driver, onWarning() {} });
    for (const given of [logger, logger, tracker]) await search(given);
    const view = await readStudy<{ x: number }>(path, "abc");
    assertEquals(await trialsOf(path, view), WHOLE);
  });
});

test("HyperBand: a file that is full at the very end takes no result away, and leaves the scope as it was", async () => {
  await inFile(async (tracker) => {
    const driver = await withoutSearches((event) => !/"closed"/.test(event));
    const warnings: string[] = [];
    const scope = new Scope({ argv: [] });
    const { metric } = await new HyperBand(scope, SPACES, {
      ...QUICK,
      id: "abc",
      tracker: new SQLLogger(tracker, {
        driver,
        onError: "throw",
        onWarning: (line) => warnings.push(line),
      }),
    }).main(({ x, __num_halved__ }) => good(x, __num_halved__))();
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertEquals(scope.main((config) => config.toObject())(), {});
  });
});

test("HyperBand: a journal whose events do not fit together ends no training, unless that is asked for", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    const connection = await openForWriting(path);
    connection.prepare(
      `DELETE FROM study_events WHERE event LIKE '%"started"%'`,
    )
      .run();
    connection.close();
    const warnings: string[] = [];
    const onWarning = (line: string) => void warnings.push(line);
    const { metric } = await search(new SQLLogger(tracker, { onWarning }));
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertMatch(warnings[0]!, /do not fit together|damaged/);
    await assertRejects(
      async () => await search(new SQLLogger(tracker, { onError: "throw" })),
      StudyJournalError,
    );
  });
});

test("HyperBand: an error whose name is no text is kept as text, so that the search travels", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker, {
      objective: (x) => {
        if (x === 1) throw Object.assign(new Error("one"), { name: 5 });
        return x;
      },
    });
    const { trials } = await readStudy(path, "abc");
    assertEquals(trials[0]?.error, { name: "5", message: "one" });
    const { searches } = await mergeFiles(`${path}.merged`, path);
    assertEquals(searches.added.length, 1);
  });
});

test("HyperBand: another machine that may still work on a search does not keep it from training", async () => {
  await inFile(async (tracker, path) => {
    await search(tracker);
    const connection = await openForWriting(path);
    connection.prepare(
      "UPDATE studies SET token = 'other', host = 'elsewhere', boot_id = NULL, pid = 1, lease = 60000, renewed = ?",
    ).run(Date.now());
    connection.close();
    const warnings: string[] = [];
    const logger = new SQLLogger(tracker, {
      onWarning: (line) => warnings.push(line),
    });
    const { metric } = await search(logger);
    assertEquals([metric, warnings.length], [4.2, 1]);
    assertMatch(warnings[0]!, /on elsewhere owns it/);
  });
});

test("HyperBand: a search that is refused leaves nothing, and takes nothing from one of its name", async () => {
  await inFile(async (tracker, path) => {
    const refused = (id: string) =>
      assertRejects(
        async () => await search(tracker, { id, argv: ["x=3"] }),
        SearchUsageError,
        "the command line sets it",
      );
    await refused("new");
    assertEquals(await listStudies(path), []);
    await search(tracker);
    await refused("abc");
    const { state, sessions } = await readStudy(path, "abc");
    assertEquals([state, sessions], ["done", 1]);
  });
});

test("HyperBand: an id that is made for a search has no command that resumes it, a given one has", async () => {
  await inFile(async (tracker, path) => {
    await new HyperBand(new Scope({ argv: [] }), SPACES, { ...QUICK, tracker })
      .main(({ x }) => x)();
    await search(tracker, { id: "given" });
    const [made, given] = await listStudies(path);
    assertEquals((await readStudy(path, made!)).settings?.start, undefined);
    assertNotEquals((await readStudy(path, given!)).settings?.start, undefined);
  });
});

for (const id of ["", 5, null]) {
  test(`HyperBand: the id ${JSON.stringify(id)} is refused before anything runs`, () => {
    assertThrows(
      () =>
        new HyperBand(new Scope({ argv: [] }), SPACES, {
          ...QUICK,
          id: id as string,
        }),
      SearchUsageError,
      "Cannot search: id is",
    );
  });
}

test("HyperBand: of two searches of one name in a merged file, each goes on with its own trials", async () => {
  await inFolder(async (folder) => {
    const paths = ["a", "b"].map((name) => join(folder, `${name}.db`));
    const merged = join(folder, "merged.db");
    const trackerOf = (dbPath: string): Tracker => ({
      experiment: { projectName: "demo", sql: { dbPath } },
    });
    for (const [index, path] of paths.entries()) {
      await search(trackerOf(path), {
        objective: (x, halved) => good(x, halved) + 10 * index,
      });
    }
    for (const path of paths) await mergeFiles(merged, path);
    for (const path of paths) rmSync(path);
    const names = await listStudies(merged);
    assertEquals(names.length, 2);
    for (const [index, id] of names.entries()) {
      await search(trackerOf(merged), {
        id,
        objective: () => {
          throw new Error("it should not run");
        },
      });
      const { best, trials, state } = await readStudy(merged, id);
      assertEquals([state, trials.length, best?.metrics["objective"]], [
        "done",
        4,
        4.2 + 10 * index,
      ]);
    }
  });
});

class Odd<T extends object, const S extends SpaceInput>
  extends HyperOpt<T, S, number[], Tracker> {
  protected override *search(config: ADict<T>): Search<T, S, number[]> {
    const halvings = [NaN, -1, 1.5, 1e9, Infinity, 0];
    const trials = yield halvings.map((halved) =>
      config.clone().set("x", 2).set("__num_halved__", halved)
    ) as unknown as object[];
    return trials.map(({ metric }) => metric);
  }
}

test("HyperOpt: a trial with an odd number of halvings runs, and is not in the search", async () => {
  await inFile(async (tracker, path) => {
    const metrics = await new Odd(new Scope({ argv: [] }), SPACES, {
      id: "odd",
      tracker,
    }).main((config) => config.x)();
    assertEquals(metrics, [2, 2, 2, 2, 2, 2]);
    const { trials, state } = await readStudy(path, "odd");
    assertEquals([trials.length, state], [1, "done"]);
  });
});

class Twice<T extends object, const S extends SpaceInput>
  extends HyperOpt<T, S, (string | undefined)[], Tracker> {
  protected override *search(
    config: ADict<T>,
  ): Search<T, S, (string | undefined)[]> {
    const point = (x: number) => config.clone().set("x", x);
    const trials = yield [point(2), point(2), point(9)] as unknown as object[];
    return trials.map(({ run }) => run);
  }
}

test("HyperOpt: a class that tries a config twice has two trials, and one outside of the space has a run alone", async () => {
  await inFile(async (tracker, path) => {
    const run = () =>
      new Twice(new Scope({ argv: [] }), SPACES, { id: "own", tracker })
        .main((config) => {
          trialLogger(config)?.logMetric("seen", 1);
          return config.x;
        })();
    const runs = await run();
    assertEquals([runs.length, new Set(runs).size], [3, 3]);
    // They are known, and so are their runs.
    assertEquals((await run()).toSorted(), runs.toSorted());
    const view = await readStudy<{ x: number }>(path, "own");
    assertEquals(view.settings?.sampler, "Twice");
    assertEquals(await trialsOf(path, view), [
      [0, 2, "completed", [[0, 1, 2]], ["x=2"]],
      [1, 2, "completed", [[0, 1, 2]], ["x=2"]],
    ]);
    const finder = new SQLFinder(path);
    const stored = await finder.getRunsInProject("demo");
    assertEquals(stored.map(({ uuid }) => uuid).toSorted(), runs.toSorted());
    await finder.close();
  });
});
