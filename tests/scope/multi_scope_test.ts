import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ADict } from "@ato/ato/adict";
import {
  CommandLineError,
  MultiScope,
  Scope,
  ScopeUsageError,
  UnknownViewError,
} from "@ato/ato/scope";
import { captureConsole } from "./capture_console.ts";

interface DataConfig {
  lr: number;
  name: string;
}

function pair() {
  const model = new Scope({ name: "model" });
  const data = new Scope<DataConfig, "data">({ name: "data" });
  model.observe("defaults", { lr: 0.1 }, { default: true });
  data.observe("defaults", { lr: 0.001, name: "cifar10" }, { default: true });
  model.observe("big", { depth: 101 });
  data.observe("small", { name: "mnist" }, { lazy: true });
  return { model, data, scope: new MultiScope(model, data) };
}

test("MultiScope: each scope gets the words that start with its name", () => {
  const { scope, model } = pair();
  const configs = scope.apply(
    "model.lr=0.2 data.name=%image net% model.a.b=1 big data.small",
  );
  assertEquals(configs.model.toObject(), { lr: 0.2, a: { b: 1 }, depth: 101 });
  assertEquals(configs.data.toObject(), { lr: 0.001, name: "mnist" });
  // The types of the configs are those of the scopes.
  const lr: number = configs.data.lr;
  assertEquals(lr, 0.001);
  assert(model.config === configs.model);
  assertEquals(model.explain("lr").at(-1)?.by, "model.lr=0.2");
});

test("MultiScope.main: passes all configs, then the arguments of the caller", () => {
  const { scope, model } = pair();
  scope.withArgv(["model.lr=2"]);
  const train = scope.main((
    { model, data },
    by: number,
  ) => [model.lr * by, data.lr * by]);
  assertEquals(train(10), [20, 0.01]);
  // Functions of the single scopes get the resolved config too.
  assertEquals(model.main((config) => config.lr)(), 2);
  model.deactivate();
  const mine = {
    model: new ADict({ lr: 5 }),
    data: new ADict({ lr: 6, name: "" }),
  };
  assertEquals(train(mine as never, 1), [5, 6]);
});

test("MultiScope: a word that belongs to no scope is an error with a suggestion", () => {
  const { scope } = pair();
  const assignments: [string, string][] = [
    ["lr=1", "model.lr=… or data.lr=…"],
    ["modle.lr=1", "did you mean model.lr?"],
    ["data=1", "data.key=value"],
    ["other.lr=1", "model.other.lr=… or data.other.lr=…"],
  ];
  for (const [argv, mend] of assignments) {
    const error = assertThrows(() => scope.apply(argv), CommandLineError, mend);
    assertEquals([error.word, error.column], [argv, 1]);
  }
  const views: [string, string, string | undefined][] = [
    ["bgi", "did you mean big?", "big"],
    ["model.bgi", "did you mean big?", "big"],
    ["defaults", "model.defaults or data.defaults", undefined],
    ["data.big", "there is no such view", undefined],
    [
      "somethingElse",
      "model.defaults, model.big, data.defaults, data.small",
      undefined,
    ],
  ];
  for (const [argv, mend, suggestion] of views) {
    const error = assertThrows(() => scope.apply(argv), UnknownViewError, mend);
    assertEquals(error.suggestion, suggestion, argv);
  }
});

test("MultiScope: print shows every scope", () => {
  const { scope } = pair();
  const lines = captureConsole(
    "log",
    () => void scope.apply("print data.lr=3"),
  );
  assertEquals(lines, [
    '[Scope "model"]\nlr: 0.1\n[Scope "data"]\nlr: 3\nname: cifar10',
  ]);
});

test("MultiScope.applyAsync: waits for async views", async () => {
  const { scope, model } = pair();
  model.observe({ default: true })(async function slow(config) {
    config.slow = await Promise.resolve(1);
  });
  assertThrows(
    () => scope.apply([]),
    ScopeUsageError,
    "slow returned a promise",
  );
  assertEquals((await scope.applyAsync([])).model.slow, 1);
  assertStringIncludes(scope.manualText(), "model.slow = 1");
});

test("MultiScope: two scopes with the same name are an error", () => {
  assertThrows(
    () => new MultiScope(new Scope(), new Scope()),
    ScopeUsageError,
    '"config"',
  );
  assertThrows(
    () => new MultiScope({} as never),
    ScopeUsageError,
    "not a Scope",
  );
});
