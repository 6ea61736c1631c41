import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { ADict } from "../../adict/mod.ts";
import {
  category,
  float,
  HyperBand,
  int,
  SearchFailedError,
  SearchUsageError,
  SpaceError,
} from "../../hyperopt/mod.ts";
import { Scope, UnknownKeyError } from "../../scope/mod.ts";
import { RUN_SOURCE } from "../../tracker/mod.ts";

const quick = { halvingRate: 0.5, numMinSamples: 2 } as const;

function gridOf(size: number) {
  return { x: int(1, size, { grid: size }) };
}

/** Deno and Node try other settings, together thousands. */
const SEED = navigator.userAgent.startsWith("Deno/") ? 5 : 6;

test("computeOptimizedInitialTrainingSteps: there are as many steps as generations, for a thousand settings", () => {
  const scope = new Scope({ argv: [] });
  let settings = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }),
      fc.oneof(
        fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        fc.integer({ min: 2, max: 5 }).map((eta) => 1 / eta),
      ),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 1, max: 1e6 }),
      (size, halvingRate, numMinSamples, maxSteps) => {
        fc.pre(size >= numMinSamples);
        settings++;
        const search = new HyperBand(scope, gridOf(size), {
          halvingRate,
          numMinSamples,
        });
        const steps = search.computeOptimizedInitialTrainingSteps(maxSteps);
        const seen = new Set<number>();
        const used: (number | undefined)[] = [];
        search.main((config) => {
          seen.add(config.__num_halved__);
          used.push(steps[config.__num_halved__]);
          return config.x;
        })();
        assertEquals([...seen], Array.from(steps, (_, i) => i));
        assertEquals(search.numGenerations(), steps.length);
        assertEquals(used.at(-1), maxSteps);
        assert(used.every((count) => count! >= 1 && Number.isInteger(count)));
        assertEquals(steps.toSorted((a, b) => a - b), steps);
        steps.slice(0, -1).forEach((count, i) => {
          const exact = maxSteps * Math.pow(halvingRate, steps.length - 1 - i);
          assert(count >= exact * (1 - 1e-9) && count < exact + 1);
        });
      },
    ),
    { numRuns: 1250, seed: SEED },
  );
  assert(settings >= 1000);
});

test("computeOptimizedInitialTrainingSteps: rounding errors add no step", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(300), {
    halvingRate: 0.3,
    numMinSamples: 4,
  });
  // Python returns 4 numbers for the 5 generations that run, and 30001 instead of 30000.
  assertEquals(search.computeOptimizedInitialTrainingSteps(100000), [
    810,
    2700,
    9000,
    30000,
    100000,
  ]);
});

test("HyperBand: the only remaining config is not halved again for its last run", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  const seen: number[] = [];
  search.main(({ x, __num_halved__ }) => {
    if (x === 4) seen.push(__num_halved__);
    return x;
  })();
  assertEquals(seen, [0, 1, 2, 2]);
  assertEquals(search.computeOptimizedInitialTrainingSteps(8), [2, 4, 8]);
});

test("HyperBand: options that cannot work are refused by name", () => {
  const make = (options: object, size = 4) => () =>
    new HyperBand(new Scope({ argv: [] }), gridOf(size), {
      ...quick,
      ...options,
    });
  const settings: [string, () => unknown][] = [
    ["halvingRate", make({ halvingRate: 0 })],
    ["halvingRate", make({ halvingRate: 1 })],
    ["halvingRate", make({ halvingRate: NaN })],
    ["numMinSamples", make({ numMinSamples: 0.5 })],
    ["numMinSamples", make({ numMinSamples: NaN })],
    ["numMinSamples", make({ numMinSamples: 5 })],
    ["mode", make({ mode: "best" })],
    ["maxSteps", () => make({})().computeOptimizedInitialTrainingSteps(0)],
    [
      "maxSteps",
      () => make({})().computeOptimizedInitialTrainingSteps(Infinity),
    ],
  ];
  for (const [setting, work] of settings) {
    assertEquals(assertThrows(work, SearchUsageError).setting, setting);
  }
  assertThrows(
    () => new HyperBand(new Scope({ argv: [] }), { lr: float(0, 1) }, quick),
    SpaceError,
    "lr",
  );
  const foreign = {
    main: (fn: (config: never) => unknown) => () => fn(new ADict() as never),
  };
  const search = new HyperBand(foreign as never, gridOf(3), quick);
  assertThrows(() => search.main(() => 1)(), SearchUsageError, "pass a Scope");
});

test("HyperBand: a grid that is too large for a rung is refused at once", () => {
  const big = int(1, 1000, { grid: 1000 });
  const error = assertThrows(
    () =>
      new HyperBand(new Scope({ argv: [] }), { a: big, b: big, c: big }, quick),
    SearchUsageError,
  );
  assertEquals(error.setting, "searchSpaces");
});

test("HyperBand: a paused scope is refused", () => {
  const scope = new Scope({ argv: [] });
  scope.deactivate();
  const search = new HyperBand(scope, gridOf(3), quick);
  assertThrows(() => search.main(() => 1)(), SearchUsageError, "paused");
});

test("HyperBand: a synchronous search stays synchronous, and an asynchronous one has the same result", async () => {
  const scope = new Scope({ config: { scale: 2 }, argv: [] });
  const search = new HyperBand(scope, gridOf(5), quick);
  const sync = search.main((config, add: number) =>
    config.x * config.scale + add
  )(1);
  assertEquals([sync.config.x, sync.metric], [5, 11]);
  const objectives = [
    async (config: ADict, add: number) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      return config.x * config.scale + add;
    },
    (config: ADict, add: number) =>
      Promise.resolve(config.x * config.scale + add),
    // Some trials are synchronous, some are not.
    (config: ADict, add: number) => {
      const metric = config.x * config.scale + add;
      return (config.x % 2 === 0 ? metric : Promise.resolve(metric)) as Promise<
        number
      >;
    },
  ];
  for (const objective of objectives) {
    const result = search.main(objective)(1);
    assertInstanceOf(result, Promise);
    const { logs, metric, failures } = await result;
    assertEquals(
      logs.map((rung) => rung.map((config) => config.toObject())),
      sync.logs.map((rung) => rung.map((config) => config.toObject())),
    );
    assertEquals([metric, failures], [11, []]);
  }
});

test("HyperBand: the least metric is the best with mode min, and the first of equal ones", () => {
  const scope = new Scope({ argv: [] });
  const search = new HyperBand(scope, gridOf(6), { ...quick, mode: "min" });
  const { config, logs } = search.main(({ x }) => Math.abs(x - 3.5))();
  assertEquals(config.x, 3);
  assertEquals(logs.map((rung) => rung.map(({ x }) => x)), [
    [3, 4, 2, 5, 1, 6],
    [3, 4, 2],
    [3],
  ]);
});

test("HyperBand: a trial with an infinite metric failed, whatever the sign", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), quick);
  const { config, failures } = search.main(({ x }) =>
    x === 2 ? Infinity : x === 1 ? -Infinity : x
  )();
  assertEquals(config.x, 4);
  assertEquals(
    failures.map(({ error }) => (error as Error).message),
    [-Infinity, Infinity].map((metric) =>
      `Cannot rank the trial: the objective returned ${metric}; ` +
      "return the metric, a finite number"
    ),
  );
});

test("HyperBand: trials that throw or return no number fail, and the search continues", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(8), quick);
  const result = search.main(({ x }): number => {
    if (x === 8) throw new Error("out of memory");
    if (x === 7) return NaN;
    if (x === 6) return undefined as never;
    return x;
  })();
  assertEquals(result.config.x, 5);
  assertEquals(result.logs.map((rung) => rung.map(({ x }) => x)), [
    [5, 4, 3, 2, 1, 6, 7, 8],
    [5, 4, 3, 2],
    [5, 4],
    [5],
  ]);
  assertEquals(result.logs[0]!.slice(-3).map(({ __metric__ }) => __metric__), [
    NaN,
    NaN,
    NaN,
  ]);
  assertEquals(result.failures.map(({ error }) => (error as Error).message), [
    "Cannot rank the trial: the objective returned undefined; return the metric, a finite number",
    "Cannot rank the trial: the objective returned NaN; return the metric, a finite number",
    "out of memory",
  ]);
});

test("HyperBand: asynchronous trials that reject fail, too", async () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), quick);
  const { config, failures } = await search.main(async ({ x }) => {
    await Promise.resolve();
    if (x > 2) throw new Error("no");
    return x;
  })();
  assertEquals([config.x, failures.length], [2, 2]);
});

test("HyperBand: failed trials are not kept instead of finished ones", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(8), quick);
  const ran: number[] = [];
  search.main(({ x, __num_halved__ }) => {
    if (__num_halved__ > 0) ran.push(x);
    return x === 3 ? x : NaN;
  })();
  assertEquals([...new Set(ran)], [3]);
});

test("HyperBand: if all trials of a rung fail, the best of the rung before runs to the end", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(8), quick);
  const last = search.numGenerations() - 1;
  const { config, metric, failures } = search.main(({ x, __num_halved__ }) =>
    __num_halved__ === 0 ? x : __num_halved__ === last && x < 4 ? 10 * x : NaN
  )();
  assertEquals([config.x, metric, config.__num_halved__], [3, 30, last]);
  assertEquals(failures.length, 4 + 5);
});

test("HyperBand: if every last run fails, the best of the last good rung is the result", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), quick);
  const { config, metric } = search.main(({ x, __num_halved__ }) =>
    __num_halved__ === 0 ? x : NaN
  )();
  assertEquals([config.x, metric], [4, 4]);
});

test("HyperBand: if all trials fail, the error says why", async () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), quick);
  const boom = () => {
    throw new Error("no such device");
  };
  const error = assertThrows(() => search.main(boom)(), SearchFailedError);
  assertStringIncludes(error.message, "no such device");
  assertEquals(error.trials.length, 4);
  assertEquals((error.cause as Error).message, "no such device");
  await assertRejects(
    () => search.main(async () => await Promise.resolve(NaN))(),
    SearchFailedError,
    "all 4",
  );
});

test("HyperBand: the config of a trial is that of the script with the searched keys on its command line", () => {
  const scope = new Scope({ argv: ["fast", "epochs=7", "model.width=3"] });
  scope.observe({ default: true })(function defaults(config) {
    config.lr = 9;
    config.epochs = 1;
    config.model = { width: 1, depth: 2, act: "none" };
    Scope.lazy((config) => {
      config.warmup = config.lr * 10;
    });
  });
  scope.observe("fast", { lr: 5 });
  const inner = scope.main((config) => config.lr);
  const search = new HyperBand(scope, {
    lr: int(1, 2, { grid: 2 }),
    "model.act": category(["relu"]),
  }, {
    halvingRate: 0.5,
    numMinSamples: 2,
  });
  const seen: unknown[] = [];
  const id = search.id;
  search.main((config) => {
    seen.push(config.toObject());
    assertEquals(inner(), config.lr);
    const history = scope.explain("lr").map(({ kind, by }) => `${kind} ${by}`);
    assertEquals(history, [
      "view defaults",
      "view fast",
      `code lr=${config.lr}`,
    ]);
    assert(RUN_SOURCE in config);
    return config.lr;
  })();
  const model = { width: 3, depth: 2, act: "relu" };
  const keys = { epochs: 7, model, __hyperopt_id__: id };
  assertEquals(
    seen,
    [
      { lr: 1, ...keys, warmup: 10, __num_halved__: 0 },
      { lr: 2, ...keys, warmup: 20, __num_halved__: 0 },
      { lr: 2, ...keys, warmup: 20, __num_halved__: 1 },
    ].map((config) => config),
  );
});

test("HyperBand: after a search, even a failed one, the scope has its own config again", () => {
  const scope = new Scope({ config: { x: 0 }, argv: [] });
  const search = new HyperBand(scope, gridOf(3), quick);
  const current = scope.main((config) => config);
  const before = current();
  search.main(({ x }) => x)();
  assertStrictEquals(current(), before);
  assertThrows(() => search.main(() => NaN)());
  assertStrictEquals(current(), before);
  assertEquals(before.toObject(), { x: 0 });
});

test("HyperBand: a searched key that the command line sets is refused by name", () => {
  const cases: [string[], string][] = [
    [["x=1"], "x"],
    [["x=3"], "x"],
    [["x:=1"], "x"],
  ];
  for (const [argv, name] of cases) {
    const search = new HyperBand(new Scope({ argv }), gridOf(3), quick);
    const error = assertThrows(
      () => search.main(({ x }) => x)(),
      SearchUsageError,
    );
    assertEquals(error.setting, name);
    assertStringIncludes(error.message, argv[0]!);
  }
  const group = new HyperBand(new Scope({ argv: ["model={x: 1}"] }), {
    model: gridOf(3),
  }, quick);
  assertEquals(
    assertThrows(() => group.main(() => 1)(), SearchUsageError).setting,
    "model.x",
  );
});

test("HyperBand: code can set a searched key, also by `assign`", () => {
  const scope = new Scope({ config: { x: 2 }, argv: [] });
  scope.assign("x=2");
  const search = new HyperBand(scope, gridOf(3), quick);
  assertEquals(search.main(({ x }) => x)().config.x, 3);
});

test("HyperBand: strict scopes can be searched, and their rules hold", () => {
  const scope = new Scope({ strict: true, argv: ["y=1"] });
  const search = new HyperBand(scope, gridOf(3), quick);
  assertThrows(() => search.main(({ x }) => x)(), UnknownKeyError);
  const known = new Scope({ strict: true, argv: [] });
  assertEquals(
    new HyperBand(known, gridOf(3), quick).main(({ x }) => x)().config.x,
    3,
  );
});

test("HyperBand: if a view throws for some values, only those trials fail", () => {
  const scope = new Scope({ argv: [] });
  scope.observe({ default: true, lazy: true })(function check(config) {
    if (config.x === 3) throw new RangeError("x must not be 3");
  });
  const { config, failures } = new HyperBand(scope, gridOf(3), quick).main((
    { x },
  ) => x)();
  assertEquals(config.x, 2);
  assertEquals(failures.map(({ error }) => String(error)), [
    "RangeError: x must not be 3",
  ]);
});

test("HyperBand: asynchronous views are awaited", async () => {
  const scope = new Scope({ argv: [] });
  scope.observe({ default: true })(async function measured(config) {
    config.scale = await Promise.resolve(3);
  });
  const search = new HyperBand(scope, gridOf(3), quick);
  const { metric } = await search.main(async (config) =>
    await Promise.resolve(config.x * config.scale)
  )();
  assertEquals(metric, 9);
});

test("HyperBand: a trial that is repeated runs alone", () => {
  const argv = ["x=2", "__num_halved__=1", "__hyperopt_id__=abc"];
  const scope = new Scope({ argv });
  const search = new HyperBand(scope, gridOf(3), quick);
  const calls: number[] = [];
  const { config, metric, logs } = search.main(({ x, __num_halved__ }) => {
    calls.push(x, __num_halved__);
    return 10 * x;
  })();
  assertEquals(calls, [2, 1]);
  assertEquals([config.x, metric, logs.length], [2, 20, 1]);
});

test("HyperBand: keys that the objective sets are in the log and in the next rung", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(4), quick);
  const { logs, config } = search.main((config) => {
    (config as ADict).note = `ran ${config.__num_halved__}`;
    return config.x;
  })();
  assertEquals(logs.map((rung) => (rung.at(-1) as ADict).note), [
    "ran 0",
    "ran 1",
    "ran 2",
  ]);
  assertEquals((config as ADict).note, "ran 2");
});

test("HyperBand: the id of the search can be given", () => {
  const search = new HyperBand(new Scope({ argv: [] }), gridOf(2), {
    ...quick,
    id: "abc",
  });
  assertEquals(search.main(({ x }) => x)().config.__hyperopt_id__, "abc");
});
