import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import type { ADict } from "../../adict/mod.ts";
import {
  category,
  DistributedHyperBand,
  type DistributedHyperBandOptions,
  float,
  HyperBand,
  type HyperBandResult,
  InProcessBackend,
  int,
  type SearchBackend,
  SearchFailedError,
  SearchUsageError,
  SharedStudyReader,
  type SpaceInput,
} from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { checkBackend } from "./_backend_contract.ts";
import { undisturbed } from "./_undisturbed.ts";

checkBackend("in-process backend", (lease) => {
  const shared = new InProcessBackend({ lease });
  return Promise.resolve({
    connect: () => shared.connect(),
    end: () => Promise.resolve(),
  });
});

const quick = { halvingRate: 0.5, numMinSamples: 2 } as const;
const spaces = { x: int(1, 8, { grid: 8 }) };

type Settings = Partial<DistributedHyperBandOptions> & { spaces?: SpaceInput };

/** A rank with a scope of its own, as in a separate process. */
function rankOf(
  rank: number,
  worldSize: number,
  backend: SearchBackend,
  settings: Settings = {},
) {
  const { spaces: other = spaces, ...options } = settings;
  const scope = new Scope({ config: { base: { y: 3 } }, argv: [] });
  return new DistributedHyperBand(scope, other, {
    ...quick,
    rank,
    worldSize,
    backend,
    ...options,
  });
}

/** The parts of a result that all ranks share. */
function shown(result: HyperBandResult<object>): unknown {
  const data = (config: object) => {
    const { __hyperopt_id__: _, ...rest } = (config as ADict).toObject();
    return rest;
  };
  return {
    config: data(result.config),
    metric: result.metric,
    logs: result.logs.map((rung) => rung.map(data)),
    failures: result.failures.map((
      { config, error },
    ) => [data(config as object), String(error)]),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await pause(5);
}

/** A rank whose process dies: its work never ends, and its leases are not renewed. */
async function die(backend: SearchBackend): Promise<never> {
  await backend.close();
  return await new Promise(() => {});
}

test("DistributedHyperBand: several ranks have the result of one rank alone, for all settings", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(0.3, 0.5, 0.7),
      fc.constantFrom("max" as const, "min" as const),
      fc.array(fc.integer({ min: 0, max: 9 }), {
        minLength: 24,
        maxLength: 24,
      }),
      async (worldSize, size, halvingRate, mode, values) => {
        const options = { halvingRate, numMinSamples: 1, mode };
        const space = {
          "base.x": int(1, size, { grid: size }),
          lr: float(0.1, 1, { log: true, grid: 2 }),
          layers: category([[64], [-0, NaN]]),
        };
        const value = (config: ADict): number => {
          const metric =
            values[(config.base.x * 2 + Math.round(config.lr)) % 24]! +
            config.base.y;
          if (metric === 5) throw new RangeError(`five at ${config.base.x}`);
          return metric === 6 ? NaN : metric + config.__num_halved__ / 10;
        };
        const outcome = async (work: () => unknown) => {
          try {
            return shown(await work() as HyperBandResult<object>);
          } catch (error) {
            assert(error instanceof SearchFailedError, String(error));
            return error.message;
          }
        };
        const scope = new Scope({ config: { base: { y: 3 } }, argv: [] });
        const alone = await outcome(() =>
          new HyperBand(scope, space, options).main(value as never)()
        );
        const shared = new InProcessBackend();
        const results = await Promise.all(
          Array.from({ length: worldSize }, (_, rank) => {
            const search = rankOf(rank, worldSize, shared.connect(), {
              ...options,
              spaces: space,
            });
            return outcome(search.main(async (config) => {
              await pause(values[rank]! % 3);
              return value(config as ADict);
            }));
          }),
        );
        for (const result of results) assertEquals(result, alone);
      },
    ),
    { numRuns: 40, seed: 3 },
  );
});

test("DistributedHyperBand: every trial runs on one rank only, and all ranks take part", async () => {
  const shared = new InProcessBackend();
  const ran: string[] = [];
  const ranks = [0, 1, 2].map((rank) =>
    rankOf(rank, 3, shared.connect()).main(async (config) => {
      ran.push(`${config.__num_halved__} ${config.x}`);
      busy.add(rank);
      await pause(2);
      return config.x;
    })()
  );
  const busy = new Set<number>();
  await Promise.all(ranks);
  assertEquals(new Set(ran).size, 8 + 4 + 2 + 1);
  assertEquals(ran.length, 8 + 4 + 2 + 1);
  assertEquals(busy.size, 3);
});

test("DistributedHyperBand: a rank that dies during a job loses its lease, and another rank runs the job", async () => {
  const shared = new InProcessBackend({ lease: 150 });
  const doomed = shared.connect();
  let taken: number | undefined;
  const dead = rankOf(0, 2, doomed).main((config) => {
    taken = config.x;
    return die(doomed);
  })();
  dead.catch(() => {}); // it may notice that its connection is gone
  const ran: number[] = [];
  const result = await rankOf(1, 2, shared.connect()).main(async (config) => {
    if (config.__num_halved__ === 0) ran.push(config.x);
    await pause(1);
    return config.x;
  })();
  assert(taken !== undefined && ran.includes(taken));
  assertEquals(ran.toSorted(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(
    shown(result),
    shown(
      new HyperBand(
        new Scope({ config: { base: { y: 3 } }, argv: [] }),
        spaces,
        quick,
      ).main(({ x }) => x)(),
    ),
  );
});

test("DistributedHyperBand: a rank that works for longer than a lease keeps its job", async () => {
  const ran = await undisturbed(300, async (lease) => {
    const shared = new InProcessBackend({ lease });
    const ran: number[] = [];
    const ranks = [0, 1].map((rank) =>
      rankOf(rank, 2, shared.connect()).main(async (config) => {
        ran.push(config.x);
        if (config.x === 1) await pause(2.3 * lease);
        return -config.x;
      })()
    );
    await Promise.all(ranks);
    return ran;
  });
  assertEquals(ran.filter((x) => x === 8).length, 1);
  assertEquals(ran.length, 8 + 4 + 2 + 1);
});

test("DistributedHyperBand: if the rank whose turn it is does not publish, another one does", async () => {
  const shared = new InProcessBackend({ lease: 50 });
  const { config } = await rankOf(1, 2, shared.connect()).main(({ x }) => x)();
  assertEquals(config.x, 8);
});

test("DistributedHyperBand: a rank that starts after the end gets the result and runs nothing", async () => {
  const shared = new InProcessBackend();
  const first = await rankOf(0, 2, shared.connect()).main(({ x }) => x)();
  const late = await rankOf(1, 2, shared.connect()).main((): number => {
    throw new Error("it should not run");
  })();
  assertEquals(shown(late), shown(first));
});

test("DistributedHyperBand: a search whose ranks all died is resumed, and no finished trial runs twice", async () => {
  const shared = new InProcessBackend({ lease: 50 });
  const finished: string[] = [];
  for (let life = 0;; life++) {
    const connection = shared.connect();
    const death = Promise.withResolvers<false>();
    let left = 3;
    const objective = async (config: ADict) => {
      if (left-- === 0) {
        death.resolve(false);
        return await die(connection);
      }
      finished.push(`${config.__num_halved__} ${config.x}`);
      return config.x as number;
    };
    const running = rankOf(0, 1, connection).main(objective as never)();
    const died = running.then(() => false, () => true);
    const isOver = await Promise.race([
      died.then((died) => !died),
      death.promise,
    ]);
    if (!isOver) continue;
    assert(life >= 3);
    assertEquals((await running).config.x, 8);
    break;
  }
  assertEquals(finished.length, new Set(finished).size);
  assertEquals(finished.length, 8 + 4 + 2 + 1);
});

test("SharedStudyReader: a search by DistributedHyperBand runs until a rank says that nothing is left", async () => {
  for (const mode of ["max", "min"] as const) {
    const shared = new InProcessBackend({ lease: 50 });
    const reader = new SharedStudyReader(shared.connect());
    const dead = shared.connect();
    let left = 9;
    rankOf(0, 1, dead, { mode }).main(async (config) => {
      if (left-- === 0) return await die(dead);
      return config.x;
    })().catch(() => {});
    // It dies with one result in the second rung, whose metrics are of longer trainings.
    await until(async () => (await reader.read()).halving?.length === 9);
    const half = await reader.read();
    assertEquals(half.state, "running");
    assertEquals(half.halvingBest?.batch, 1);
    assertEquals(half.jobs, { done: 9, failed: 0 });
    const { config } = await rankOf(0, 1, shared.connect(), { mode })
      .main(({ x }) => x)();
    const { state, halvingBest } = await reader.read();
    assertEquals([state, halvingBest?.metric], ["done", config.x]);
    assertStringIncludes(halvingBest!.words.join(" "), `x=${config.x}`);
  }
});

test("SharedStudyReader: a search by DistributedHyperBand whose trials all failed is done, and has no best", async () => {
  const shared = new InProcessBackend();
  await assertRejects(
    async () =>
      await rankOf(0, 1, shared.connect()).main((): number => {
        throw new Error("no memory");
      })(),
    SearchFailedError,
  );
  const reader = new SharedStudyReader(shared.connect());
  const { state, halvingBest, jobs } = await reader.read();
  assertEquals([state, halvingBest], ["done", undefined]);
  assertEquals(jobs, { done: 0, failed: 8 });
});

test("DistributedHyperBand: a trial that kills every rank fails after `maxAttempts`", async () => {
  const shared = new InProcessBackend({ lease: 50 });
  const deaths: number[] = [];
  const live = async (rank: number): Promise<HyperBandResult<object>> => {
    const connection = shared.connect();
    const search = rankOf(rank, 2, connection, { maxAttempts: 2 });
    let next: (() => void) | undefined;
    const death = new Promise<void>((resolve) => next = resolve);
    const running = search.main(async (config) => {
      if (config.x === 5) {
        deaths.push(rank);
        next!();
        return await die(connection);
      }
      await pause(1);
      return config.x;
    })();
    running.catch(() => {});
    const result = await Promise.race([running, death]);
    return result ?? await live(rank);
  };
  const [a, b] = await Promise.all([live(0), live(1)]);
  assertEquals(deaths.length, 2);
  assertEquals(shown(a!), shown(b!));
  assertEquals(a!.failures.length, 1);
  assertStringIncludes(String(a!.failures[0]!.error), "2 ranks");
  assertEquals((a!.config as object as ADict).x, 8);
});

test("DistributedHyperBand: a queue that loses its jobs is filled again", async () => {
  const shared = new InProcessBackend({ lease: 40 });
  const connection = shared.connect();
  let lost = 0;
  const leaky: SearchBackend = {
    ...connection,
    publish: (job) =>
      lost++ % 3 === 0 ? Promise.resolve() : connection.publish(job),
  };
  const { config } = await rankOf(0, 1, leaky).main(({ x }) => x)();
  assertEquals(config.x, 8);
});

test("DistributedHyperBand: ranks with other settings are refused", async () => {
  const shared = new InProcessBackend();
  await rankOf(0, 2, shared.connect()).main(({ x }) => x)();
  const others: Settings[] = [{ mode: "min" }, { halvingRate: 0.4 }, {
    spaces: { x: int(1, 9, { grid: 9 }) },
  }];
  for (const settings of others) {
    const search = rankOf(1, 2, shared.connect(), settings).main(() => 1);
    await assertRejects(search, SearchUsageError, shared.searchId);
  }
});

test("DistributedHyperBand: values that no message can hold are those of the rank", async () => {
  const shared = new InProcessBackend();
  const loss = () => 1;
  const ranks = [0, 1].map((rank) => {
    const scope = new Scope({ config: { fn: { loss, name: "l1" } }, argv: [] });
    const search = new DistributedHyperBand(scope, spaces, {
      ...quick,
      rank,
      worldSize: 2,
      backend: shared.connect(),
    });
    return search.main((config) => config.x * config.fn.loss())();
  });
  for (const { config } of await Promise.all(ranks)) {
    assertEquals([config.fn.loss, config.fn.name, config.x], [loss, "l1", 8]);
  }
});

test("DistributedHyperBand: a broken connection ends the rank with the reason", async () => {
  const shared = new InProcessBackend({ lease: 100 });
  const connection = shared.connect();
  const search = rankOf(0, 1, connection).main(async (config) => {
    if (config.x === 3) await connection.close();
    return config.x;
  });
  await assertRejects(search, Error, "connection is closed");
});

test("DistributedHyperBand: impossible ranks are refused by name", () => {
  const { connect } = { connect: () => new InProcessBackend().connect() };
  const cases: [string, Settings][] = [
    ["rank", { rank: 2 }],
    ["rank", { rank: -1 }],
    ["rank", { rank: 0.5 }],
    ["worldSize", { worldSize: 0 }],
    ["maxAttempts", { maxAttempts: 0 }],
  ];
  for (const [setting, settings] of cases) {
    const error = assertThrows(
      () => rankOf(0, 2, connect(), settings),
      SearchUsageError,
    );
    assertEquals(error.setting, setting);
  }
  assertEquals(
    [rankOf(0, 2, connect()).isRoot, rankOf(1, 2, connect()).isRoot],
    [true, false],
  );
});

test("DistributedHyperBand: a trial that is repeated runs only on this rank", async () => {
  const scope = new Scope({ argv: ["x=2", "__num_halved__=1"] });
  const backend = new InProcessBackend().connect();
  const search = new DistributedHyperBand(scope, spaces, {
    ...quick,
    rank: 0,
    worldSize: 2,
    backend,
  });
  assertEquals((await search.main(({ x }) => x)()).metric, 2);
  assertEquals(await backend.journal.read(0, { wait: 0 }), []);
});
