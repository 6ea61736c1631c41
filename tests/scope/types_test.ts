/** Scopes with and without a type of their config, as the type checker sees them under `strict`. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { ADict, type LooseConfig, MissingKeyError } from "@ato/ato/adict";
import { MultiScope, Scope, type ViewFunction } from "@ato/ato/scope";

/** Fails the type check unless the value has exactly this type. */
function expectType<Expected>(): <Actual>(
  value: Actual,
  ...same: [Expected] extends [Actual] ? [Actual] extends [Expected] ? []
    : [never]
    : [never]
) => void {
  return () => {};
}

interface Config {
  lr: number;
  debug?: boolean;
  model: { depth: number; head?: { size: number } };
  experiment?: { projectName: string };
}

test("Scope<T>: views, command line and main are typed", () => {
  const scope = new Scope<Config>({ config: { lr: 0.1 }, argv: ["lr=0.5"] });
  scope.observe({ default: true })(function defaults(config) {
    expectType<number>()(config.lr);
    expectType<boolean | undefined>()(config.debug);
    expectType<boolean>()(config.debug ?? false);
    config.debug ??= true;
    config.model = { depth: 3 };
    config.model.depth = 4;
    // A key that may be missing has to be checked, or set first.
    expectType<number | undefined>()(config.model.head?.size);
    // @ts-expect-error: head may be missing
    void (() => config.model.head.size = 3);
    config.model.head ??= { size: 3 };
    config.model.head.size = 5;
    config.experiment = { projectName: "typed" };
    // @ts-expect-error: lr is a number
    void (() => config.lr = "high");
    // @ts-expect-error: there is no such key
    void (() => config.epochs);
    Scope.lazy<Config>((config) => {
      expectType<number>()(config.model.depth);
    });
  });
  scope.observe("preset", { model: { depth: 5 } });
  // @ts-expect-error: depth is a number
  void (() => scope.observe("wrong", { model: { depth: "5" } }));
  // @ts-expect-error: there is no such option
  void (() => scope.observe({ prioritty: 1 }));
  // @ts-expect-error: there is no such option
  void (() => new Scope({ autoo: true }));

  const main = scope.main((config, times: number) => {
    expectType<number>()(config.lr);
    return config.lr * times;
  });
  expectType<number>()(main(2));
  assertEquals(main(2), 1);
  assertEquals(scope.config.toObject(), {
    lr: 0.5,
    debug: true,
    model: { depth: 4, head: { size: 5 } },
    experiment: { projectName: "typed" },
  });
});

test("Scope: without a type any key is allowed, and missing keys are undefined at run time", () => {
  const scope = new Scope();
  const view: ViewFunction = (config) => {
    config.lr = 0.1;
    const debug: boolean = config.debug ?? false;
    config.verbose = debug || config.quiet === undefined;
    config.experiment = { projectName: "loose" };
    config.experiment.sql = { dbPath: "runs.db" };
    const { epochs = 3 } = config;
    config.epochs = epochs * 2;
  };
  scope.observe({ default: true, name: "view" })(view);
  scope.observe()(function broken(config) {
    // The type checker cannot know that there is no model; the error says so.
    config.model.depth = 3;
  });
  const config = scope.apply([]);
  const lr: number = config.lr;
  assertEquals(lr, 0.1);
  assertEquals(config.toObject(), {
    lr: 0.1,
    verbose: true,
    experiment: { projectName: "loose", sql: { dbPath: "runs.db" } },
    epochs: 6,
  });
  assertThrows(() => scope.apply(["broken"]), MissingKeyError, '"model"');
});

test("auto: is typed like everything else", () => {
  const typed = new Scope<Config>({ auto: true });
  typed.observe({ default: true })(function defaults(config) {
    config.model.depth = 3;
    // @ts-expect-error: depth is a number
    void (() => config.model.depth = "3");
  });
  assertEquals(typed.apply([]).model.depth, 3);
  const loose = new Scope({ auto: true });
  loose.observe({ default: true })(function defaults(config) {
    config.model.backbone.layers = [64];
  });
  assertEquals(loose.apply([]).model.backbone.layers, [64]);
  const dictionary = ADict.auto<{ model: { depth: number } }>();
  dictionary.model.depth = 3;
  expectType<number>()(dictionary.model.depth);
  assertEquals(dictionary.toObject(), { model: { depth: 3 } });
});

test("MultiScope: each config has its type", () => {
  const model = new Scope<Config, "model">({ name: "model" });
  const data = new Scope({ name: "data" });
  const scope = new MultiScope(model, data);
  const main = scope.withArgv(["model.lr=1", "data.path=a"]).main((configs) => {
    expectType<number>()(configs.model.lr);
    expectType<ADict<LooseConfig>>()(configs.data);
    // @ts-expect-error: there is no such scope
    void (() => configs.other);
    return configs.model.lr;
  });
  expectType<number>()(main());
  assertEquals(main(), 1);
});
