/** One search on three real processes: one is killed, one freezes, one's clock is off, and the result is that of one alone. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { HyperBand, int } from "../../hyperopt/mod.ts";
import type { ADict } from "../../adict/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import { connect } from "./_connect.ts";
import { PATIENT_ENGINES } from "./_engines.ts";
import { metricOf, SETTINGS, SPACE_SIZE } from "./_story.ts";

const RANK = fileURLToPath(new URL("_rank.ts", import.meta.url));

interface Rank {
  readonly child: ChildProcess;
  /** What it printed. */
  readonly lines: string[];
  /** Waits until it has printed so many lines, or has ended. */
  printed(count: number): Promise<void>;
  /** Its result; `undefined` if it was killed. */
  readonly result: Promise<unknown>;
}

function startRank(words: readonly string[]): Rank {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [...runtimeArgs("run"), RANK, ...words],
    { cwd: ROOT, env, stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (data) => {
    const parts = `${rest}${data}`.split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
  });
  const result = new Promise((resolve) =>
    child.on("close", () => {
      const json = lines.find((line) => line.startsWith("{"));
      resolve(json === undefined ? undefined : JSON.parse(json));
    })
  );
  const printed = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (lines.length >= count) resolve();
      };
      child.stdout.on("data", look);
      child.on("close", resolve);
      look();
    });
  return { child, lines, printed, result };
}

/** The result of one process alone. */
function alone(): unknown {
  const { config, metric, logs } = new HyperBand(
    new Scope({ argv: [] }),
    { x: int(1, SPACE_SIZE, { grid: SPACE_SIZE }) },
    SETTINGS,
  ).main((config) => metricOf(config.x, config.__num_halved__))();
  const data = (config: unknown) => (config as ADict).x;
  return {
    x: config.x,
    metric,
    rungs: logs.map((rung) => rung.map(data)),
  };
}

for (const { name, skip, server } of PATIENT_ENGINES) {
  test(
    `${name}: three processes have the result of one, while one is killed, one freezes, and a fourth joins with a clock that is an hour off`,
    { skip },
    async () => {
      const { url } = await server();
      const searchId = `story ${crypto.randomUUID()}`;
      const words = (rank: number, how = "") => [
        url,
        searchId,
        String(rank),
        "3",
        how,
      ];
      const steady = startRank(words(0, "wait"));
      const killed = startRank(words(1, "die"));
      const frozen = startRank(words(2, "freeze"));
      const all = [steady, killed, frozen];
      try {
        assertEquals(await killed.result, undefined);
        // The search must not end before each of them has had its part.
        await frozen.printed(2);
        const late = startRank(words(1, "+1"));
        all.push(late);
        steady.child.stdin!.end("go");
        const expected = alone();
        assertEquals(await steady.result, expected);
        assertEquals(await late.result, expected);
        // It wakes after everything is over, and what it still has to say does not count.
        frozen.child.kill("SIGCONT");
        assertEquals(await frozen.result, expected);
        assertEquals(killed.lines.length, 2);

        const backend = await connect(url, { searchId });
        const entries = await backend.journal.read(0, { wait: 0 });
        const keys = entries.map(({ key }) => key);
        assertEquals(keys.length, new Set(keys).size);
        // The settings, each trial once, and the end.
        assertEquals(keys.length, 1 + 24 + 12 + 6 + 3 + 1 + 1);
        await backend.drop();
        await backend.close();
      } finally {
        for (const { child } of all) child.kill("SIGKILL");
      }
    },
  );

  test(
    `${name}: leases are by the engine's clock, whatever the clocks of the machines say`,
    { skip },
    async () => {
      const { url } = await server();
      const searchId = `clocks ${crypto.randomUUID()}`;
      const child = (hours: string) => {
        const script = fileURLToPath(new URL("_clock.ts", import.meta.url));
        const { NODE_TEST_CONTEXT: _, ...env } = process.env;
        return new Promise<string>((resolve, reject) => {
          let said = "";
          const started = spawn(process.execPath, [
            ...runtimeArgs("run"),
            script,
            url,
            searchId,
            hours,
          ], { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
          started.stdout.on("data", (data) => said += data);
          started.on("error", reject);
          started.on("close", () => resolve(said.trim()));
        });
      };
      const options = { searchId, lease: 600_000 };
      const here = await connect(url, options);
      try {
        await here.publish({ id: "1", data: "" });
        const job = await here.take({ wait: 60_000 });
        assert(job !== undefined && await here.lock("owner") !== undefined);
        for (const hours of ["1", "-1"]) {
          const { took, locked, off } = JSON.parse(await child(hours));
          assertEquals([took, locked], [false, false]);
          // Its own clock is not asked.
          assert(Math.abs(off) < 600_000, String(off));
        }
        assertEquals(await job.extend(), true);
        await here.drop();
      } finally {
        await here.close();
      }
    },
  );
}
