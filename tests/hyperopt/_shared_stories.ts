/** Stories of shared studies in real processes, which are killed, frozen and started again. */
import { test } from "node:test";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  controlSharedStudy,
  readStudy,
  type SearchBackend,
  SharedStudyReader,
  type SharedStudyStatus,
} from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";
import { inFolder } from "../tracker/_helpers.ts";
import type { TestEngineKind } from "./_engines.ts";
import {
  foundAlone,
  foundIn,
  type MemberOptions,
  signal,
  startMember,
} from "./_team.ts";

/** Milliseconds: long enough for a busy machine, short enough for a test that waits for its end. */
const LEASE = 3_000;
/** For tests that wait for no lease: no process of them is silent for so long. */
const LONG = 120_000;
const onWindows = process.platform === "win32";

/** What a test gets. */
interface Stage {
  readonly backend: SearchBackend;
  readonly start: (options?: MemberOptions) => ReturnType<typeof startMember>;
  /** Waits until the search is in a state. */
  readonly until: (
    what: (status: SharedStudyStatus) => boolean,
  ) => Promise<SharedStudyStatus>;
}

/** Tells the stories on an engine. */
export function tellStories(
  { name: engine, skip, isSlow = false, start: startEngine }: TestEngineKind,
): void {
  const story = (
    name: string,
    work: (stage: Stage) => Promise<void>,
    lease = LEASE,
  ) =>
    test(`${engine}: ${name}`, { skip: onWindows || skip }, async () => {
      const { url, connect, end } = await startEngine(lease);
      const search = `t-${crypto.randomUUID().slice(0, 8)}`;
      const children: ReturnType<typeof startMember>[] = [];
      const backend = await connect(search);
      const reader = new SharedStudyReader(backend);
      try {
        await work({
          backend,
          start(options) {
            const child = startMember(url, { search, lease, ...options });
            children.push(child);
            return child;
          },
          async until(what) {
            for (;;) {
              const status = await reader.read();
              if (what(status)) return status;
              await pause(30);
            }
          },
        });
      } finally {
        for (const { process: child } of children) {
          if (child.exitCode === null && child.signalCode === null) {
            child.kill("SIGKILL");
          }
        }
        await Promise.all(children.map(({ ended }) => ended));
        await backend.drop();
        await backend.close();
        await end();
      }
    });

  story(
    "three processes, one killed, one frozen, and one that joins late find what one finds alone",
    async (stage) => {
      await inFolder(async (folder) => {
        const { start, until } = stage;
        const [a, b, c] = ["a", "b", "c"].map((name) =>
          start({ mode: "slow", folder, name })
        );
        await Promise.all([a, b, c].map((child) => child!.line("ended")));
        await a!.line("running");
        signal(a!, "SIGKILL");
        signal(b!, "SIGSTOP");
        const d = start({ mode: "slow", folder, name: "d" });
        // The jobs of both go to others, unless the search ends before.
        await until(({ jobs, state }) => jobs.lost >= 2 || state === "done");
        signal(b!, "SIGCONT");
        for (const child of [b!, c!, d]) {
          const how = await child.ended;
          assertEquals(how, { code: 0, signal: null }, child.stderr());
          assertMatch(child.lines.at(-1)!, /^best \d+ of 27 done$/);
        }
        const { study, state, jobs } = await until(() => true);
        assertEquals(state, "done");
        assertEquals(foundIn(study!), await foundAlone());
        assertEquals(jobs.running + jobs.waiting, 0);
        // The file of each machine has the study, and runs only of its own.
        for (const name of ["b", "c", "d"]) {
          const copy = await readStudy(join(folder, `${name}.db`), study!.id);
          assertEquals(foundIn(copy), foundIn(study!), name);
          assertEquals(copy.state, "done");
        }
        const completed = new Set<number | string>();
        for (const name of ["a", "b", "c", "d"]) {
          const finder = new SQLFinder(join(folder, `${name}.db`));
          try {
            for (const run of await finder.getRunsInProject("team")) {
              if (run.status === "completed") completed.add(run.uuid!);
            }
          } finally {
            await finder.close();
          }
        }
        for (const { trial, runs } of study!.trials) {
          assert(runs.some((run) => completed.has(run)), `trial ${trial}`);
        }
      });
    },
  );

  story(
    "the owner is killed, and another process goes on",
    async ({ start, until }) => {
      const first = start({ mode: "slow" });
      const { owner } = await until(({ owner, jobs }) =>
        owner !== undefined && jobs.done > 1
      );
      const second = start({ mode: "slow" });
      await second.line("running");
      assertEquals(owner!.pid, first.process.pid);
      signal(first, "SIGKILL");
      assertEquals(
        await second.ended,
        { code: 0, signal: null },
        second.stderr(),
      );
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
      assertEquals(study!.sessions, 2);
    },
  );

  story(
    "an owner that was frozen decides no more when it wakes",
    async ({ start, until }) => {
      const first = start({ mode: "slow" });
      await until(({ owner, jobs }) => owner !== undefined && jobs.done > 1);
      const second = start({ mode: "slow" });
      await second.line("running");
      signal(first, "SIGSTOP");
      await until(({ owner }) => owner!.pid === second.process.pid);
      signal(first, "SIGCONT");
      for (const child of [first, second]) {
        assertEquals(
          await child.ended,
          { code: 0, signal: null },
          child.stderr(),
        );
      }
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
    },
  );

  story(
    "all processes are killed, and the search goes on when one is started",
    async ({ start, until }) => {
      const first = [start({ mode: "slow" }), start({ mode: "slow" })];
      await until(({ jobs }) => jobs.done > 3);
      for (const child of first) signal(child, "SIGKILL");
      await Promise.all(first.map(({ ended }) => ended));
      const last = start();
      assertEquals(await last.ended, { code: 0, signal: null }, last.stderr());
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
      // Whoever comes after the end gets the result.
      const late = start();
      assertEquals(await late.ended, { code: 0, signal: null });
      assertMatch(late.lines.at(-1)!, /^best \d+ of 27 done$/);
      assertEquals(late.lines.filter((line) => line.startsWith("running")), []);
    },
  );

  story(
    "a trial that kills its workers fails with the reason, and the others are counted",
    async ({ start, until }) => {
      const children = [0, 1, 2].map(() => start({ mode: "poison", slots: 1 }));
      const ends = await Promise.all(children.map(({ ended }) => ended));
      const killed = ends.filter(({ signal }) => signal === "SIGKILL");
      // It runs once, and once more because it may be lost once.
      assertEquals(killed.length, 2);
      const { study, state, jobs } = await until(() => true);
      assertEquals([state, jobs.failed], ["done", 1]);
      assert(jobs.lost >= 2, `${jobs.lost} lost`);
      const { status, error } = study!.trials[2]!;
      assertEquals([status, error?.name], ["lost", "Lost"]);
      assertMatch(error!.message, /silent|ended the processes/);
      assertEquals(
        study!.trials.map(({ results }) => results.length),
        [1, 1, 0, 1, 1],
      );
    },
  );

  story(
    "SIGTERM gives the running jobs back at once, and ends the process",
    async ({ start, until }) => {
      const first = start({ mode: "slow" });
      await until(({ jobs }) => jobs.done > 1);
      await first.line("running");
      signal(first, "SIGTERM");
      assertEquals(await first.ended, { code: null, signal: "SIGTERM" });
      assertMatch(first.stderr(), /^ato: Leaving search/m);
      const second = start();
      assertEquals(
        await second.ended,
        { code: 0, signal: null },
        second.stderr(),
      );
      const { study, jobs, members } = await until(() => true);
      assertEquals(jobs.lost, 0);
      assertEquals(members.map(({ state }) => state), ["left", "left"]);
      assertEquals(foundIn(study!), await foundAlone());
    },
    LONG,
  );

  story(
    "pause, resume and stop reach all processes",
    async ({ backend, start, until }) => {
      const children = [start({ mode: "slow" }), start({ mode: "slow" })];
      await until(({ jobs }) => jobs.done > 1);
      await controlSharedStudy(backend, "paused");
      const paused = await until(({ jobs, state }) =>
        state === "paused" && jobs.running === 0
      );
      await controlSharedStudy(backend, "running");
      await until(({ jobs }) => jobs.done > paused.jobs.done);
      await controlSharedStudy(backend, "stopped");
      for (const child of children) {
        assertEquals(
          await child.ended,
          { code: 0, signal: null },
          child.stderr(),
        );
        assertMatch(child.lines.at(-1)!, /stopped$/);
      }
      const idle = start();
      assertEquals(await idle.ended, { code: 0, signal: null });
      assertEquals(idle.lines.filter((line) => line.startsWith("running")), []);
      await controlSharedStudy(backend, "running");
      const last = start();
      assertEquals(await last.ended, { code: 0, signal: null }, last.stderr());
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
    },
    LONG,
  );

  if (isSlow) return;
  story(
    "10,000 trials of a millisecond are counted once each",
    async ({ start, until }) => {
      const children = [0, 1, 2].map(() => start({ mode: "many", slots: 8 }));
      for (const child of children) {
        assertEquals(
          await child.ended,
          { code: 0, signal: null },
          child.stderr(),
        );
      }
      const { study, jobs } = await until(() => true);
      assertEquals(jobs.done, 10_000);
      assertEquals(study!.trials.length, 10_000);
      assert(study!.trials.every(({ results }) => results.length === 1));
      const ran = children.flatMap(({ lines }) =>
        lines.filter((line) => line.startsWith("running"))
      );
      assertEquals(new Set(ran).size, 10_000);
    },
    LONG,
  );
}
