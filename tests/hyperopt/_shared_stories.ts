/** Stories of shared studies in real processes, which are killed, frozen and started again. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
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

/**
 * Tells the stories on an engine.
 *
 * @param kind The engine.
 * @param only Which stories; all by default.
 */
export function tellStories(
  { name: engine, skip, isSlow = false, start: startEngine }: TestEngineKind,
  only: RegExp = /^/,
): void {
  const story = (
    name: string,
    work: (stage: Stage) => Promise<void>,
    lease = LEASE,
  ) =>
    only.test(name) &&
    test(`${engine}: ${name}`, { skip: onWindows || skip }, async () => {
      const { url, connect, end } = await startEngine(lease);
      const search = `t-${crypto.randomUUID().slice(0, 8)}`;
      const children: ReturnType<typeof startMember>[] = [];
      let backend: SearchBackend | undefined;
      try {
        backend = await connect(search);
        const reader = new SharedStudyReader(backend);
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
        try {
          await backend?.drop();
          await backend?.close();
        } finally {
          await end();
        }
      }
    });

  story(
    "three processes, one killed, one frozen, and one that joins late find what one finds alone",
    async (stage) => {
      await inFolder(async (folder) => {
        const { start, until } = stage;
        const [a, b, c] = ["a", "b", "c"].map((name) =>
          start({ mode: "slow", folder, name, hold: "later", go: folder })
        );
        // Each has a result and a job, however late it started.
        await Promise.all([a, b, c].flatMap((child) => [
          child!.line("ended"),
          child!.line("holding"),
        ]));
        signal(a!, "SIGKILL");
        signal(b!, "SIGSTOP");
        const d = start({ mode: "slow", folder, name: "d" });
        writeFileSync(join(folder, "all"), "");
        // The jobs of both go to others.
        await until(({ jobs }) => (jobs.lost ?? 0) >= 2);
        signal(b!, "SIGCONT");
        for (const child of [b!, c!, d]) {
          const how = await child.ended;
          assertEquals(how, { code: 0, signal: null }, child.stderr());
          assertMatch(child.lines.at(-1)!, /^best \d+ of 27 done$/);
        }
        const { study, state, jobs } = await until(() => true);
        assertEquals(state, "done");
        assertEquals(foundIn(study!), await foundAlone());
        assertEquals([jobs.running, jobs.waiting], [0, 0]);
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
      // The search does not end as long as a job holds on.
      const first = start({ hold: "5.0" });
      await first.line("holding");
      const { owner } = await until(({ owner, jobs }) =>
        owner !== undefined && jobs.done > 1
      );
      const second = start({ mode: "slow" });
      await until(({ members }) => members.length === 2);
      assertEquals(owner!.pid, first.process.pid);
      signal(first, "SIGKILL");
      assertEquals(
        await second.ended,
        { code: 0, signal: null },
        second.stderr(),
      );
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
      // A third one begins if the second process stands still for longer than the lease.
      assert(study!.sessions >= 2, `${study!.sessions} sessions`);
    },
  );

  story(
    "an owner that was frozen decides no more when it wakes",
    async ({ start, until }) => {
      await inFolder(async (go) => {
        const first = start({ hold: "5.0", go });
        await first.line("holding");
        await until(({ owner, jobs }) => owner !== undefined && jobs.done > 1);
        const second = start({ mode: "slow" });
        await until(({ members }) => members.length === 2);
        signal(first, "SIGSTOP");
        await until(({ owner, state }) =>
          owner?.pid === second.process.pid || state === "done"
        );
        writeFileSync(join(go, "5.0"), "");
        signal(first, "SIGCONT");
        for (const child of [first, second]) {
          assertEquals(
            await child.ended,
            { code: 0, signal: null },
            child.stderr(),
          );
        }
      });
      const { study } = await until(() => true);
      assertEquals(foundIn(study!), await foundAlone());
      assert(study!.sessions > 1, `${study!.sessions} sessions`);
    },
  );

  story(
    "all processes are killed, and the search goes on when one is started",
    async ({ start, until }) => {
      const first = [start({ hold: "5.0" }), start({ hold: "5.0" })];
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
      assert((jobs.lost ?? 0) >= 2, `${jobs.lost} lost`);
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
      // One job holds on: between two jobs there is nothing to give back.
      const first = start({ hold: "5.0" });
      await first.line("holding");
      await until(({ jobs }) => jobs.done > 1);
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
      await inFolder(async (go) => {
        // The search ends neither before it is paused nor before it is stopped. The last trial does not start before
        // both have heard of the pause: many others do so first.
        const children = [0, 1].map(() => start({ hold: "5.0,26.0", go }));
        await until(({ jobs }) => jobs.done > 1);
        await controlSharedStudy(backend, "paused");
        writeFileSync(join(go, "5.0"), "");
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
      });
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
