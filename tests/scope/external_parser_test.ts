import { test } from "node:test";
import { parseArgs as parseNodeArgs } from "node:util";
import { parseArgs as parseStdArgs } from "@std/cli";
import { assertEquals, assertThrows } from "@std/assert";
import {
  CommandLineError,
  type FlagParser,
  MultiScope,
  Scope,
  ScopeUsageError,
} from "@ato/ato/scope";

const std: FlagParser = (args) =>
  parseStdArgs(args, {
    string: ["device"],
    boolean: ["fast", "log"],
    negatable: ["log"],
    default: { device: "cpu", seed: 42, log: true, "batch-size": 8 },
  });

const node: FlagParser = (args) =>
  parseNodeArgs({
    args,
    allowPositionals: true,
    allowNegative: true,
    options: {
      device: { type: "string", default: "cpu" },
      seed: { type: "string", default: "42" },
      fast: { type: "boolean" },
      log: { type: "boolean", default: true },
      "batch-size": { type: "string", default: "8" },
    },
  });

test("use: defaults of the parser come first, flags that were given come last", () => {
  for (
    const [name, parser, number] of [["std", std, Number], [
      "node",
      node,
      String,
    ]] as const
  ) {
    const scope = new Scope({ config: { device: "initial" } });
    scope.use(parser);
    scope.observe({ default: true })(function base(config) {
      config.seen = config.device;
      config.seed = 7;
    });
    const plain = scope.apply(["lr=0.1"]).toObject();
    assertEquals(
      [
        plain.device,
        plain.seen,
        plain.seed,
        plain.log,
        plain.batchSize,
        plain.lr,
      ],
      ["cpu", "cpu", 7, true, number(8), 0.1],
      name,
    );
    const given = scope.apply(
      [
        "--device=gpu",
        "device=tpu",
        "--batch-size",
        "16",
        "lr=0.2",
        "--no-log",
      ],
    ).toObject();
    assertEquals(
      [given.device, given.seen, given.batchSize, given.lr, given.log],
      ["gpu", "cpu", number(16), 0.2, false],
      name,
    );
  }
});

test("use: a flag that is given with its default value counts as given", () => {
  for (
    const [name, parser, value] of [["std", std, 42], [
      "node",
      node,
      "42",
    ]] as const
  ) {
    const scope = new Scope();
    scope.use(parser);
    scope.observe("base", { seed: 7 }, { default: true });
    assertEquals(scope.apply([]).seed, 7, name);
    assertEquals(scope.apply(["--seed=42"]).seed, value, name);
    assertEquals(scope.apply(["--seed", "42"]).seed, value, name);
  }
});

test("use: lazy views see the flags and win over them", () => {
  const scope = new Scope();
  scope.use(std);
  scope.observe({ default: true, lazy: true })(function late(config) {
    config.workers = config.device === "gpu" ? 8 : 2;
  });
  assertEquals(scope.apply(["--device", "gpu"]).workers, 8);
  assertEquals(scope.apply([]).workers, 2);
});

test("use: views and assignments can stand among the flags", () => {
  const scope = new Scope();
  scope.use(std);
  scope.observe("wide", { hidden: 64 });
  const config = scope.apply([
    "wide",
    "--fast",
    "layers=[1,",
    "2]",
    "--",
    "x=3",
  ]);
  assertEquals([config.hidden, config.fast, config.layers, config.x], [
    64,
    true,
    [1, 2],
    3,
  ]);
  assertEquals(scope.apply("wide --device gpu lr=1").device, "gpu");
});

test("use: takes the result of a parser", () => {
  const stdResult = new Scope();
  stdResult.use(std(["--device", "gpu", "lr=1"]), {
    defaults: { device: "cpu", seed: 42 },
  });
  stdResult.observe("base", { device: "tpu", seed: 1 }, { default: true });
  const config = stdResult.apply([]).toObject();
  assertEquals([config.device, config.seed], ["gpu", 1]);

  const nodeResult = new Scope();
  const options = { seed: { type: "string", default: "1" } } as const;
  const parsed = parseNodeArgs({
    args: ["--seed", "1"],
    options,
    tokens: true,
  });
  nodeResult.use(parsed, { defaults: { seed: "1" } });
  nodeResult.observe("base", { seed: "2" }, { default: true });
  assertEquals(nodeResult.apply([]).seed, "1");
});

test("use: nested flags, dots and dashes become key paths", () => {
  const scope = new Scope({ config: { model: { depth: 1, width: 2 } } });
  scope.use((args) => parseStdArgs(args));
  assertEquals(
    scope.apply(["--model.depth=3", "--learning-rate=0.1"]).toObject(),
    {
      model: { depth: 3, width: 2 },
      learningRate: 0.1,
    },
  );
  scope.use((args) => parseStdArgs(args), {
    rename: (flag) => `flags.${flag.replace("-", "_")}`,
  });
  assertEquals(scope.apply(["--learning-rate=0.1"]).flags.learning_rate, 0.1);
  const dotted = new Scope();
  dotted.use((args) =>
    parseNodeArgs({
      args,
      options: { "model.depth": { type: "string" } },
      strict: true,
    })
  );
  assertEquals(dotted.apply(["--model.depth", "3"]).toObject(), {
    model: { depth: "3" },
  });
});

test("use: unknown flags are an error, become keys or are ignored", () => {
  const make = (unknown?: "error" | "merge" | "ignore") => {
    const scope = new Scope();
    scope.use((args) => parseStdArgs(args, { default: { seed: 1 } }), {
      known: ["device"],
      ...(unknown === undefined ? {} : { unknown }),
    });
    return scope;
  };
  const argv = ["--device=gpu", "--sede=3"];
  for (const scope of [make(), make("error")]) {
    const error = assertThrows(
      () => scope.apply(argv),
      CommandLineError,
      "--seed, --device",
    );
    assertEquals(error.word, "--sede");
  }
  assertEquals(make("merge").apply(argv).toObject(), {
    seed: 1,
    device: "gpu",
    sede: 3,
  });
  assertEquals(make("ignore").apply(argv).toObject(), {
    seed: 1,
    device: "gpu",
  });
  const strict = new Scope();
  strict.use(node);
  assertThrows(() => strict.apply(["--sede=3"]), CommandLineError, "--sede");
});

test("use: an error of the parser is thrown unchanged", () => {
  const scope = new Scope();
  scope.use((args) => {
    if (args.length > 0) throw new TypeError("a bug in the parser");
    return { _: [] };
  });
  assertThrows(() => scope.apply(["x=1"]), TypeError, "a bug in the parser");
  assertThrows(
    () => scope.use({ flags: 1 } as never),
    ScopeUsageError,
    "parseArgs",
  );
});

test("use: each scope of a MultiScope can have its own parser", () => {
  const model = new Scope({ name: "model" });
  const data = new Scope({ name: "data" });
  model.use((args) => parseStdArgs(args, { default: { device: "cpu" } }));
  const { model: first, data: second } = new MultiScope(model, data).apply(
    ["--device", "gpu", "data.lr=1"],
  );
  assertEquals([first.toObject(), second.toObject()], [{ device: "gpu" }, {
    lr: 1,
  }]);
});

test("use: flags such as --__proto__ are data", () => {
  const scope = new Scope();
  scope.use({
    _: [],
    ...JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}'),
  });
  const config = scope.apply([]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals(config.get("constructor"), 2);
});
