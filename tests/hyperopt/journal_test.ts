/** The contract of journals, and what the journal in the tracker's file does besides. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  category,
  defineSpace,
  fullFidelity,
  gridSampler,
  observationsFromRuns,
  openStudy,
  readStudy,
  sqliteJournal,
  type StudyEvent,
  StudyJournalError,
  StudyOwnedError,
} from "@ato/ato/hyperopt";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { commandFor, inFolder } from "../tracker/_helpers.ts";
import { jobOf, JOURNALS, runAll, studyOf } from "./_studies.ts";

const owner = (token: string, more: object = {}) => ({
  token,
  host: null,
  bootId: null,
  pid: 1,
  pidStart: null,
  lease: 1000,
  ...more,
});

const EVENTS: StudyEvent[] = [
  { kind: "exhausted", at: 1 },
  {
    kind: "started",
    at: 2,
    trial: 0,
    rung: 0,
    attempt: 0,
    bracket: 0,
    from: 0,
    to: 1 / 3,
    until: 9,
    point: [0.1 + 0.2, undefined, 5e-324],
    hash: 'ü\u0000"',
    config: { a: [1, null, "x"], ["__proto__"]: 1 },
  },
  {
    kind: "completed",
    at: 3,
    trial: 0,
    rung: 0,
    attempt: 0,
    fidelity: 1,
    metrics: { loss: NaN, up: Infinity, down: -Infinity, small: -1e-300 },
    checkpoint: { uri: "file:///x", sha256: "ab" },
  },
];

for (const [name, make] of Object.entries(JOURNALS)) {
  test(`Journal: ${name}: appended events are read back in order and unchanged`, async () => {
    await inFolder(async (folder) => {
      const journal = await make(folder);
      const me = owner("me");
      journal.claim(me, 0);
      assertEquals([...journal.read()], []);
      journal.append(EVENTS.slice(0, 2), me);
      journal.append([], me);
      journal.append(EVENTS.slice(2), me);
      assertEquals([...journal.read()], EVENTS);
      journal.release(me);
      journal.close();
    });
  });

  test(`Journal: ${name}: one owner at a time; an owner that is silent for too long loses the study`, async () => {
    await inFolder(async (folder) => {
      const journal = await make(folder);
      // It is not known whether a process of an unknown host is alive.
      const [a, b] = [owner("a"), owner("b")];
      journal.claim(a, 0);
      journal.claim(a, 10);
      assertThrows(() => journal.claim(b, 500), StudyOwnedError);
      assertThrows(() => journal.append(EVENTS, b), StudyOwnedError);
      journal.renew(a, 900);
      assertThrows(() => journal.claim(b, 1800), StudyOwnedError);
      journal.claim(b, 2000);
      assertThrows(() => journal.append(EVENTS, a), StudyOwnedError);
      assertThrows(() => journal.renew(a, 2001), StudyOwnedError);
      journal.release(a);
      journal.append(EVENTS.slice(0, 1), b);
      assertEquals([...journal.read()].length, 1);
      journal.release(b);
      journal.claim(a, 2002);
      journal.release(a);
      journal.close();
    });
  });
}

test("sqliteJournal: two studies and runs share a file, and a study is read while it is written", async () => {
  await inFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    const studies = [];
    for (const id of ["a", "b"]) {
      const journal = await sqliteJournal({ dbPath, studyId: id });
      studies.push(studyOf({ id, journal, seed: id }));
    }
    const logger = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath } },
    });
    const run = await logger.run();
    for (const study of studies) {
      const job = jobOf(study.ask());
      study.link(job.trial, run);
      study.tell(job, { metrics: { loss: 1 } });
    }
    logger.logMetric("loss", 1);
    await logger.finish();
    const view = await readStudy(dbPath, "a");
    assertEquals([view.metric, view.trials.length], ["loss", 1]);
    assertEquals(view.trials[0]?.runs, [run]);
    assertEquals(view.best?.metrics, { loss: 1 });
    const error = await assertRejects(
      () =>
        sqliteJournal({ dbPath, studyId: "a" }).then((journal) => {
          try {
            studyOf({ id: "a", journal, seed: "a" });
          } finally {
            journal.close();
          }
        }),
      StudyOwnedError,
    );
    assertEquals((error as StudyOwnedError).pid, process.pid);
    for (const study of studies) study.close();
    const finder = new SQLFinder(dbPath);
    assertEquals((await finder.getRunsInProject("p")).length, 1);
    await finder.close();
    await assertRejects(() => readStudy(dbPath, "c"), StudyJournalError);
    await assertRejects(
      () => readStudy(join(folder, "none.db"), "a"),
      StudyJournalError,
    );
  });
});

test("observationsFromRuns: runs of the tracker are told to the sampler of a study", async () => {
  await inFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    for (
      const [x, loss, status] of [
        [0.1, 3, "completed"],
        [0.2, 2, "completed"],
        [0.3, 1, "failed"],
        [7, 1, "completed"],
        [0.4, undefined, "completed"],
      ] as const
    ) {
      const logger = new SQLLogger({
        x,
        other: "key",
        experiment: { projectName: "p", sql: { dbPath } },
      });
      await logger.run();
      if (loss !== undefined) {
        logger.logMetric("loss", loss, 1);
        logger.logMetric("loss", loss + 1, 5);
      }
      await logger.finish({ status });
    }
    const found = await observationsFromRuns(dbPath, {
      projectName: "p",
      metrics: ["loss"],
      by: "min",
      fidelity: (run) => run.id,
    });
    assertEquals(
      found.map(({ metrics, fidelity }) => [metrics["loss"], fidelity]),
      [[3, 1], [2, 2], [1, 4]],
    );
    const study = studyOf();
    assertEquals(study.warmStart(found), 2, "the one of 7 does not fit");
  });
});

test("Journal: configs that JSON cannot hold are read back unchanged", async () => {
  await inFolder(async (folder) => {
    const choices = [1n, -0, NaN, new Date(5), undefined === 0 ? 1 : "x"];
    const space = defineSpace({ c: category(choices as [1n, ...unknown[]]) });
    const open = async () =>
      openStudy({
        id: "odd",
        space,
        sampler: gridSampler(space),
        scheduler: fullFidelity({ trials: choices.length }),
        metric: "loss",
        mode: "min",
        journal: await sqliteJournal({
          dbPath: join(folder, "runs.db"),
          studyId: "odd",
        }),
      });
    const study = await open();
    runAll(study, () => 1);
    study.close();
    const again = await open();
    assertEquals(again.trials().map(({ config }) => config.c), choices);
    again.close();
  });
});

test("sqliteJournal: the claim of a process that died is taken over at once", async () => {
  await inFolder(async (folder) => {
    const child = spawnSync(
      ...commandFor("../hyperopt/_search.ts", [folder, "plain", "started"]),
      { encoding: "utf8" },
    );
    assertEquals(child.signal ?? child.status, "SIGKILL", child.stderr);
    const journal = await sqliteJournal({
      dbPath: join(folder, "runs.db"),
      studyId: "search",
    });
    const me = owner("me");
    journal.claim(me, Date.now());
    assert([...journal.read()].length > 0);
    journal.release(me);
    journal.close();
  });
});
