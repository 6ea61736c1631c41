/**
 * Measures what searches on several machines cost their engine, on servers that it starts on loopback:
 * `deno run --config deno.npm.json -A bench/engines.ts [--jobs=2000]`. It asserts nothing; the figures are for
 * docs/machines.md.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  connectEngine,
  type LeasedJob,
  type SearchBackend,
} from "../hyperopt/engines/mod.ts";
import { descendantsCpu } from "./_server_cpu.ts";
import {
  type EngineServer,
  NO_NATS,
  NO_POSTGRES,
  NO_REDIS,
  startNats,
  startPostgres,
  startRedis,
} from "../tests/_shared/engine_server.ts";
import { runtimeArgs } from "../tests/_shared/run_script.ts";
import { median, timeAsync } from "./_report.ts";

/** A value as long as that of a usual trial. */
const VALUE = JSON.stringify({
  config: { lr: 0.001, width: 64, depth: 3, dropout: 0.1, name: "a trial" },
  metrics: { loss: 0.123456789, accuracy: 0.987654321 },
}).padEnd(300);

const LEASE = 2_000;
const WORKER = fileURLToPath(new URL("_engine_worker.ts", import.meta.url));

function connect(url: string, searchId: string): Promise<SearchBackend> {
  return connectEngine(url, { searchId, lease: LEASE, warn: () => {} });
}

/** Calls a function with connections to a new search. */
async function withConnections<R>(
  url: string,
  count: number,
  work: (connections: SearchBackend[], searchId: string) => Promise<R>,
): Promise<R> {
  const searchId = `bench ${crypto.randomUUID()}`;
  const connections = await Promise.all(
    Array.from({ length: count }, () => connect(url, searchId)),
  );
  try {
    return await work(connections, searchId);
  } finally {
    await connections[0]!.drop();
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** A rate, and the processor time of this process for each: unlike the rate, other work on the machine hardly changes it. */
async function rate(
  work: () => Promise<number>,
): Promise<string> {
  const before = process.cpuUsage();
  let count = 0;
  const milliseconds = await timeAsync(async () => count = await work());
  const { user, system } = process.cpuUsage(before);
  const each = (user + system) / 1000 / count;
  const perSecond = Math.round(count / milliseconds * 1000);
  return `${perSecond.toLocaleString("en-US").padStart(9)}/s ${
    each.toFixed(3).padStart(8)
  } ms of CPU each`;
}

/** Jobs a second through publish, take, append and ack, by some connections of one process. */
async function throughput(
  url: string,
  connections: number,
  jobs: number,
): Promise<string> {
  return await withConnections(url, connections, async (open) => {
    let [next, done] = [0, 0];
    return await rate(async () => {
      await Promise.all(open.map(async (backend) => {
        while (done < jobs) {
          if (next < jobs) {
            await backend.publish({ id: `t${next++}`, data: VALUE });
          }
          const job = await backend.take({ wait: 10 });
          if (job === undefined) continue;
          await backend.journal.append(job.id, VALUE);
          await job.ack();
          done++;
        }
      }));
      return done;
    });
  });
}

/** Entries a second, appended one after the other, by 16 at once, and read. */
async function journal(url: string, entries: number): Promise<string[]> {
  return await withConnections(url, 2, async ([a, b]) => {
    const one = await rate(async () => {
      for (let i = 0; i < entries / 4; i++) {
        await a!.journal.append(`o${i}`, VALUE);
      }
      return entries / 4;
    });
    let next = 0;
    const many = await rate(async () => {
      await Promise.all(Array.from({ length: 16 }, async () => {
        while (next < entries) await a!.journal.append(`m${next++}`, VALUE);
      }));
      return entries;
    });
    const reading = await rate(async () =>
      (await b!.journal.read(0, { wait: 0 })).length
    );
    return [one, many, reading];
  });
}

/** The milliseconds of the server's processor that each kind of call takes, 16 at once. */
async function serverCosts(url: string, jobs: number): Promise<string> {
  return await withConnections(url, 16, async (open) => {
    const costs: string[] = [];
    const phase = async (
      name: string,
      call: (backend: SearchBackend, index: number) => Promise<unknown>,
      count = jobs,
    ) => {
      const before = descendantsCpu();
      let next = 0;
      await Promise.all(open.map(async (backend) => {
        while (next < count) await call(backend, next++);
      }));
      const each = (descendantsCpu() - before) / count;
      costs.push(`${name}=${each.toFixed(2)}`);
    };
    const taken: LeasedJob[] = [];
    await phase("append", ({ journal }, i) => journal.append(`k${i}`, VALUE));
    await phase(
      "read",
      ({ journal }, i) => journal.read(i, { wait: 0, limit: 10 }),
    );
    await phase(
      "publish",
      (one, i) => one.publish({ id: `c${i}`, data: VALUE }),
    );
    await phase("take", async (one) => {
      const job = await one.take({ wait: 5_000 });
      if (job !== undefined) taken.push(job);
    });
    await phase("ack", (_, i) => taken[i]!.ack(), taken.length);
    return costs.join(" ");
  });
}

/** Seconds until another process gets the job of one that was killed, the lease included. */
async function recovery(url: string): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    times.push(
      await withConnections(url, 1, async ([backend], searchId) => {
        await backend!.publish({ id: "1", data: "" });
        const child = start(url, searchId, "hold");
        await new Promise((resolve) => child.stdout.once("data", resolve));
        child.kill("SIGKILL");
        return await timeAsync(async () => {
          while (await backend!.take({ wait: 60_000 }) === undefined);
        });
      }),
    );
  }
  return `${(median(times) / 1000).toFixed(1)} s`;
}

function start(url: string, searchId: string, ...words: string[]) {
  return spawn(
    process.execPath,
    [...runtimeArgs("run"), WORKER, url, searchId, ...words],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
}

/** Trials a second that one owner publishes and gets back, with workers in other processes that do nothing else. */
async function owner(
  url: string,
  workers: number,
  jobs: number,
): Promise<string> {
  return await withConnections(url, 1, async ([backend], searchId) => {
    const processes = Math.min(2, workers);
    const children = Array.from(
      { length: processes },
      () => start(url, searchId, "work", String(workers / processes)),
    );
    await Promise.all(
      children.map((child) =>
        new Promise((resolve) => child.stdout.once("data", resolve))
      ),
    );
    let [published, told, last] = [0, 0, 0];
    const figure = await rate(async () => {
      const publish = () =>
        backend!.publish({ id: `t${published++}`, data: VALUE });
      await Promise.all(Array.from({ length: 2 * workers }, publish));
      while (told < jobs) {
        const some = await backend!.journal.read(last, { wait: 1_000 });
        if (some.length === 0) continue;
        told += some.length;
        last = some.at(-1)!.sequence;
        await Promise.all(some.map(publish));
      }
      return told;
    });
    for (const child of children) child.kill("SIGKILL");
    return figure;
  });
}

async function measure(
  name: string,
  server: EngineServer,
  jobs: number,
): Promise<void> {
  try {
    const print = (what: string, figure: string) =>
      console.log(`${name.padEnd(28)} ${what.padEnd(44)} ${figure}`);
    for (const connections of [1, 4, 16]) {
      print(
        `publish, take, append, ack; ${connections} connections`,
        await throughput(server.url, connections, jobs),
      );
    }
    const [one, many, read] = await journal(server.url, jobs * 2);
    print("append, one after the other", one!);
    print("append, 16 at once", many!);
    print("read", read!);
    for (const workers of [1, 4, 16]) {
      print(
        `one owner, ${workers} workers in other processes`,
        await owner(server.url, workers, jobs),
      );
    }
    print(
      "ms of the server's CPU a call",
      await serverCosts(server.url, jobs),
    );
    print(
      `a job after kill -9, lease ${LEASE / 1000} s`,
      await recovery(server.url),
    );
  } finally {
    await server.stop();
  }
}

const { values } = parseArgs({
  options: { jobs: { type: "string", default: "2000" } },
});
const jobs = Number(values.jobs);
if (NO_REDIS) console.log(NO_REDIS);
else {
  await measure("Redis, appendfsync always", await startRedis(), jobs);
  await measure(
    "Redis, appendfsync everysec",
    await startRedis({ settings: ["appendfsync everysec"] }),
    jobs,
  );
}
if (NO_POSTGRES) console.log(NO_POSTGRES);
else {
  await measure(
    "Postgres, fsync on",
    await startPostgres(["fsync=on"]),
    jobs,
  );
}
if (NO_NATS) console.log(NO_NATS);
else {
  await measure("NATS, as it is", await startNats(), jobs);
}
