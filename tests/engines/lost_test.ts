/** Engines that end, networks that break: nothing is lost, nothing comes twice, and whoever was cut off is told. */
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertExists, assertRejects } from "@std/assert";
import { EngineError, type SearchBackend } from "../../hyperopt/engines/mod.ts";
import type { EngineServer } from "../_shared/engine_server.ts";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import { extended } from "../hyperopt/_extended.ts";
import { connect } from "./_connect.ts";
import { PATIENT_ENGINES, withConnections } from "./_engines.ts";
import { type Proxy, startProxy, through } from "./_proxy.ts";

/** Times that a slow machine keeps, but for the lease, which tests wait for. */
const quick = { lease: 400, patience: 3_000, retry: 60_000 } as const;
const soon = { wait: 60_000 };

/** The entries of the journal, as `key=value`. */
async function entriesOf(backend: SearchBackend): Promise<string[]> {
  return (await backend.journal.read(0, { wait: 0 }))
    .map(({ key, value }) => `${key}=${value}`);
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!await what()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Calls a function with a connection through a network that can be cut, and one that cannot. */
async function withNetwork<T>(
  server: EngineServer,
  { lease = quick.lease, nearLease = lease }: {
    readonly lease?: number;
    readonly nearLease?: number;
  },
  work: (
    far: SearchBackend,
    near: SearchBackend,
    network: Proxy,
  ) => Promise<T>,
): Promise<T> {
  const network = await startProxy(server.port);
  const searchId = `test-${crypto.randomUUID()}`;
  const options = { ...quick, searchId, lease };
  const open: SearchBackend[] = [];
  try {
    const far = await connect(through(server.url, network.port), options);
    open.push(far);
    const near = await connect(server.url, { ...options, lease: nearLease });
    open.push(near);
    return await work(far, near, network);
  } finally {
    for (const backend of open) await backend.close();
    await network.close();
  }
}

for (const { name, skip, start, server: shared } of PATIENT_ENGINES) {
  const options = { skip };
  test(
    `${name}: an engine that is killed and started again has what was appended, and calls go on`,
    options,
    async () => {
      const server = await start();
      try {
        // Nobody waits for a lease: the first job must still be held when the second one is taken.
        const held = { ...quick, lease: 600_000 };
        await withConnections(server.url, 2, held, async (a, b) => {
          await a.publish({ id: "1", data: "x" });
          await a.journal.append("before", "1");
          const last = (await b.journal.read(0, { wait: 0 }))[0]!.sequence;
          const waiting = b.journal.read(last, soon);
          await server.kill();
          const calls = [
            a.journal.append("during", "2"),
            b.journal.append("during", "3"),
          ];
          const published = a.publish({ id: "2", data: "y" });
          await server.start();
          const answers = await Promise.all(calls);
          await published;
          assertEquals(answers.filter(Boolean).length, 1);
          const value = answers[0] ? "2" : "3";
          assertEquals((await waiting).map(({ value }) => value), [value]);
          assertEquals(await entriesOf(a), ["before=1", `during=${value}`]);
          assertEquals(await b.journal.append("before", "2"), false);
          const ids = [(await a.take(soon))?.id, (await b.take(soon))?.id];
          assertEquals(ids, ["1", "2"]);
        });
      } finally {
        await server.stop();
      }
    },
  );

  test(
    `${name}: an engine that does not come back is a typed error after the time that was given`,
    options,
    async () => {
      const server = await start();
      try {
        // Nobody is waited for: there is nothing to connect to.
        const brief = { ...quick, patience: 60_000, retry: 300 };
        await withConnections(server.url, 1, brief, async (a) => {
          await a!.journal.append("x", "1");
          await server.kill();
          const calls = [
            () => a!.journal.append("y", "1"),
            () => a!.journal.read(0, soon),
            () => a!.publish({ id: "1", data: "" }),
            () => a!.take(soon),
            () => a!.lock("owner"),
            () => a!.now(),
          ];
          for (const call of calls) {
            const error = await assertRejects(call, EngineError);
            assertEquals(error.problem, "lost", error.message);
            assert(
              /Cannot reach the engine .* 0.3 s: .*; what was appended is kept/
                .test(error.message),
              error.message,
            );
          }
          await server.start();
          await until(() => a!.now().then(() => true, () => false));
          assertEquals(await entriesOf(a!), ["x=1"]);
        });
      } finally {
        await server.stop();
      }
    },
  );

  test(
    `${name}: an append whose answer was lost is tried again, and says whether its own entry counts`,
    options,
    async () => {
      await withNetwork(await shared(), {}, async (far, near, network) => {
        await far.journal.append("first", "0");
        network.hold("to client");
        const mine = far.journal.append("x", "far");
        await until(async () => (await entriesOf(near)).includes("x=far"));
        network.cut();
        network.release();
        assertEquals(await mine, true);

        network.hold("to server");
        const late = far.journal.append("y", "far");
        assertEquals(await near.journal.append("y", "near"), true);
        network.cut();
        network.release();
        assertEquals(await late, false);
        assertEquals(await entriesOf(far), ["first=0", "x=far", "y=near"]);
      });
    },
  );

  test(
    `${name}: who has read more than the journal has is told: the search was dropped, or its engine is older again`,
    options,
    async () => {
      const { url } = await shared();
      await withConnections(url, 2, quick, async (a, b) => {
        for (const key of ["x", "y"]) await a!.journal.append(key, "1");
        const last = (await b!.journal.read(0, soon)).at(-1)!.sequence;
        assertEquals(await b!.journal.read(last, { wait: 0 }), []);
        const told = assertRejects(
          () => b!.journal.read(last, soon),
          EngineError,
        );
        await a!.drop();
        await a!.journal.append("z", "1");
        const error = await told;
        assertEquals(error.problem, "dropped", error.message);
      });
    },
  );

  test(
    `${name}: a lock whose answer was lost is still taken once`,
    options,
    async () => {
      await withNetwork(
        await shared(),
        { lease: 600_000 },
        async (far, near, network) => {
          await far.now();
          network.hold("to client");
          const taking = far.lock("owner");
          await until(() => Promise.resolve(network.hasAnswer()));
          network.cut();
          network.release();
          const lock = await taking;
          assertExists(lock);
          await lock.release();
          assertExists(await near.lock("owner"));
        },
      );
    },
  );

  for (const ways of [["to server", "to client"], ["to client"]] as const) {
    test(
      `${name}: who is cut off (${
        ways.join(" and ")
      }) loses job and lock, and is told`,
      options,
      async () => {
        const server = await shared();
        for (let nearLease = 4_000;; nearLease *= 4) {
          const options = { nearLease };
          const told = await withNetwork(
            server,
            options,
            async (far, near, network) => {
              await far.publish({ id: "1", data: "x" });
              const job = await far.take(soon);
              const lock = await far.lock("owner");
              assertExists(job);
              assertExists(lock);
              network.hold(...ways);
              /** Times from which on the second lease lasts. */
              const renewed = [performance.now()];
              const second = await near.take(soon);
              assertEquals([second?.id, second?.attempt], ["1", 1]);
              const renew = async () => {
                const begin = performance.now();
                if (await second!.extend()) renewed.push(begin);
              };
              // The last one can be cut off by the end of the test.
              const keeping = setInterval(() => renew().catch(() => {}), 500);
              let isHeld: boolean;
              try {
                await until(async () => await near.lock("owner") !== undefined);
                // In a partition, no answer is no answer: neither yes nor no.
                const error = await assertRejects(
                  () => job.extend(),
                  EngineError,
                );
                assertEquals(error.problem, "lost");
                network.cut();
                network.release();
                assertEquals(await extended(far, job), false);
                await job.ack();
                isHeld = await extended(near, second!);
              } finally {
                clearInterval(keeping);
              }
              await second!.ack();
              renewed.push(performance.now());
              const left = await near.take({ wait: 0 });
              const times = renewed.toSorted((a, b) => a - b);
              const gaps = times.map((time, i) =>
                time - times[Math.max(0, i - 1)]!
              );
              return { isHeld, left, longest: Math.max(...gaps) };
            },
          );
          // On a busy machine the second lease can have run out, too.
          if (told.longest >= nearLease) continue;
          assertEquals([told.isHeld, told.left], [true, undefined]);
          break;
        }
      },
    );
  }

  test(
    `${name}: a connection that hangs without being closed is given up, and calls go on over a new one`,
    options,
    async () => {
      await withNetwork(await shared(), {}, async (far, near, network) => {
        await far.now();
        const reading = far.journal.read(0, soon);
        await far.take({ wait: 20 });
        network.freeze();
        assertEquals(await far.journal.append("x", "1"), true);
        assertEquals((await reading).map(({ key }) => key), ["x"]);
        await near.publish({ id: "1", data: "" });
        assertEquals((await far.take(soon))?.id, "1");
      });
    },
  );

  test(
    `${name}: close ends at once when the engine cannot be reached, and so does the process`,
    options,
    async () => {
      const server = await shared();
      const network = await startProxy(server.port);
      try {
        const backend = await connect(through(server.url, network.port), quick);
        await backend.now();
        const told = (call: Promise<unknown>) =>
          assertRejects(() => call, EngineError);
        const calls = [
          told(backend.take(soon)),
          told(backend.journal.read(0, soon)),
        ];
        network.hold("to server", "to client");
        calls.push(told(backend.journal.append("x", "1")));
        await backend.close();
        calls.push(told(backend.now()));
        for (const { problem } of await Promise.all(calls)) {
          assertEquals(problem, "closed");
        }
        network.release();

        const child = spawn(process.execPath, [
          ...runtimeArgs("run"),
          fileURLToPath(new URL("_close_unreachable.ts", import.meta.url)),
          through(server.url, network.port),
        ], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
        try {
          let said = "";
          const ended = new Promise((resolve) => child.on("close", resolve));
          const connected = new Promise<void>((resolve) =>
            child.stdout.on("data", (data) => {
              said += data;
              if (said.includes("connected")) resolve();
            })
          );
          await Promise.race([connected, ended]);
          network.hold("to server", "to client");
          child.stdin.end("go");
          // The network is still held: if anything waited for it, this would never end.
          assertEquals(await ended, 0);
          assert(said.includes("closed"), said);
        } finally {
          child.kill("SIGKILL");
        }
      } finally {
        await network.close();
      }
    },
  );
}
