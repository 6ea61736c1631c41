/** The contracts by symbol: what a config offers the other rooms, and a scope offers a search. */
import { test } from "node:test";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ADict } from "../../adict/mod.ts";
import { CONFIG_ACCESS, configAccess } from "../../internal/config_access.ts";
import { TRIAL_ACCESS, trialAccess } from "../../internal/trial_access.ts";
import { float, HyperBand, SearchUsageError } from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";

const STRANGERS: readonly unknown[] = [
  undefined,
  null,
  1,
  "text",
  {},
  [],
  () => {},
  { [CONFIG_ACCESS]: 1, [TRIAL_ACCESS]: 1 },
];

test("configAccess: of configs only", () => {
  for (const value of STRANGERS) assertEquals(configAccess(value), undefined);
  assertEquals(configAccess(new ADict({ a: 1 }))?.snapshot(), { a: 1 });
});

test("configAccess: the symbol is not among the keys of a config", () => {
  const config = new ADict<object>({ a: 1 });
  assertEquals(Object.keys(config), ["a"]);
  assertEquals(Object.getOwnPropertySymbols(config), []);
});

test("configAccess: listeners hear of writes and of missing keys until they are stopped", () => {
  const config = new ADict<{ a?: number; b?: number }>({ a: 1 });
  const heard: unknown[] = [];
  const stop = configAccess(config)!.listen({
    write: ({ path, kind, value, previous }) =>
      heard.push([kind, path, value, previous]),
    missing: (path) => heard.push(["missing", path]),
  });
  config.a = 2;
  void config.b;
  delete config.a;
  stop();
  config.a = 3;
  assertEquals(heard, [
    ["set", ["a"], 2, 1],
    ["missing", ["b"]],
    ["delete", ["a"], undefined, 2],
  ]);
});

test("trialAccess: of scopes only, and not among their properties", () => {
  for (const value of STRANGERS) assertEquals(trialAccess(value), undefined);
  const scope = new Scope();
  assert(trialAccess(scope) !== undefined);
  assertEquals(Object.getOwnPropertyNames(scope), []);
});

test("trialAccess: a trial's config is the current one until restore", () => {
  const scope = new Scope<{ lr: number; double?: number }>();
  scope.observe({ default: true })(function defaults(config) {
    config.lr = 0.1;
  });
  scope.observe({ default: true, lazy: true })(function double(config) {
    config.double = config.lr * 2;
  });
  const base = scope.apply([]);
  const access = trialAccess(scope)!;
  assertEquals([access.isActive, access.base === base], [true, true]);

  const steps = access.resolve([{ path: ["lr"], value: 1, text: "lr=1" }]);
  const { done, value: config } = steps.next();
  assertEquals(done, true);
  assertEquals(scope.config === config, true);
  assertEquals(scope.config.toObject(), { lr: 1, double: 2 });
  assertEquals(
    access.explain(["lr"]).map(({ kind, by }) => [kind, by]),
    [["view", "defaults"], ["code", "lr=1"]],
  );

  access.restore();
  assertEquals(scope.config === base, true);
});

test("trialAccess: a scope without a config, and one that is paused", () => {
  const scope = new Scope();
  assertEquals(trialAccess(scope)!.base, undefined);
  scope.deactivate();
  assertEquals(trialAccess(scope)!.isActive, false);
});

test("trialAccess: a search refuses an object that only looks like a scope", async () => {
  const likeness = {
    main: (fn: (config: object) => unknown) => () => fn(new ADict({ lr: 1 })),
  };
  const search = new HyperBand(likeness as never, {
    lr: float(0, 1, { grid: 2 }),
  }, {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  const run = search.main(() => 1);
  await assertRejects(
    () => Promise.resolve().then(() => run()),
    SearchUsageError,
    "the scope is not a Scope of this package; pass a Scope",
  );
});
