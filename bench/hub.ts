/**
 * Measures what a hub costs: pushing and pulling 1,000 runs of 1,000 points each, and doing so again with nothing to
 * do, through a folder, through Postgres and through a bucket.
 *
 * `deno task bench hub` runs it alone; `ATO_BENCH_RUNS` sets another number of runs.
 *
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { hubStatus, initHub, pullRuns, pushRuns } from "../sync/mod.ts";
import { importRuns } from "../tracker/mod.ts";
import { NO_POSTGRES, startPostgres } from "../tests/_shared/engine_server.ts";
import { withTempFolder } from "../tests/_shared/temp_folder.ts";
import { useKeys, VERSITY_SERVER } from "../tests/sync/_s3_server.ts";

const RUNS = Number(process.env["ATO_BENCH_RUNS"] ?? 1_000);
const POINTS = 1_000;

/** Values that compress as those of a training do: noise around a curve. */
function* points(run: number): Generator<
  { step: number; value: number; time: number }
> {
  let state = run + 1;
  for (let step = 0; step < POINTS; step++) {
    state = (state * 48_271) % 2_147_483_647;
    const noise = state / 2_147_483_647;
    yield { step, value: Math.exp(-step / 300) + noise / 10, time: step * 997 };
  }
}

async function makeRuns(path: string): Promise<void> {
  const runs = Array.from({ length: RUNS }, (_, i) => ({
    uuid: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    project: "bench",
    tags: [],
    status: "completed",
    startTime: i * 1_000,
    endTime: i * 1_000 + 500,
    config: { lr: i / RUNS, batchSize: 32, model: { depth: i % 7 } },
    artifacts: [],
    metrics: () => [["loss", points(i)] as const],
  }));
  await importRuns(path, runs);
}

/** Seconds of the wall clock, and of this process's own computing: the latter says more on a busy machine. */
async function seconds(
  work: () => Promise<unknown>,
): Promise<readonly [wall: number, cpu: number]> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return [(performance.now() - start) / 1_000, (user + system) / 1e6];
}

async function measure(name: string, url: string, folder: string) {
  const [here, there] = [join(folder, "here.db"), join(folder, `${name}.db`)];
  await initHub(url);
  const times = {
    push: await seconds(() => pushRuns(here, url)),
    "push again": await seconds(() => pushRuns(here, url)),
    pull: await seconds(() => pullRuns(there, url)),
    "pull again": await seconds(() => pullRuns(there, url)),
  };
  const { bytes, objects } = await hubStatus(url);
  for (const [what, [wall, cpu]] of Object.entries(times)) {
    console.log(
      `${name.padEnd(10)} ${what.padEnd(12)} ${
        wall.toFixed(2).padStart(8)
      } s, ${cpu.toFixed(2).padStart(6)} s of CPU`,
    );
  }
  const megabytes = (size: number): string => (size / 1e6).toFixed(1);
  console.log(
    `${name.padEnd(10)} ${objects} objects, ${
      megabytes(bytes)
    } MB; the file has ${megabytes(statSync(here).size)} MB`,
  );
}

/** Prints a table of seconds. */
export async function benchHub(): Promise<void> {
  await withTempFolder(async (folder) => {
    console.log(`${RUNS} runs of ${POINTS} points`);
    await makeRuns(join(folder, "here.db"));
    await measure("folder", join(folder, "hub"), folder);
    await withPostgres(folder);
    await withBucket(folder);
  }, "bench");
}

async function withPostgres(folder: string): Promise<void> {
  if (NO_POSTGRES !== false) return console.log(NO_POSTGRES);
  const server = await startPostgres();
  try {
    await measure("postgres", server.url, folder);
  } finally {
    await server.stop();
  }
}

async function withBucket(folder: string): Promise<void> {
  const { name, skip, start } = VERSITY_SERVER;
  if (skip !== false) return console.log(skip);
  const putBack = useKeys();
  const server = await start();
  try {
    await measure(name, server.hub("bench"), folder);
  } finally {
    putBack();
    await server.stop();
  }
}

if (import.meta.main) await benchHub();
