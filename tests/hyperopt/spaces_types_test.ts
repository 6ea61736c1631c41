import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { ADict } from "../../adict/mod.ts";
import {
  category,
  conditional,
  defineSpace,
  float,
  HyperBand,
  int,
  ordinal,
  prepareDistributions,
} from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";

/** Whether two types are the same; `deno check` fails if `Same<A, B>` is not `true`. */
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends
  (<X>() => X extends B ? 1 : 2) ? true
  : false;

/** Accepts only the type of a config. */
function expectType<Expected>() {
  return <Actual>(
    _value: Actual,
    ..._proof: Same<Expected, Actual> extends true ? [] : [never]
  ): void => {};
}

test("ConfigOf: the type of a config follows from typed helpers", () => {
  const space = defineSpace({
    lr: float(1e-4, 1e-1),
    depth: int(1, 3),
    batchSize: ordinal([16, 32]),
    activation: category(["relu", "tanh", null]),
  });
  const config = space.toConfig([0.01, 2, 1, 0]);
  expectType<{
    lr: number;
    depth: number;
    batchSize: 16 | 32;
    activation: "relu" | "tanh" | null;
  }>()(config);
  assertEquals(config, {
    lr: 0.01,
    depth: 2,
    batchSize: 32,
    activation: "relu",
  });
});

test("ConfigOf: the type of a config follows from Python's form", () => {
  const space = defineSpace({
    lr: { paramType: "FLOAT", paramRange: [0.1, 1], numSamples: 2 },
    width: { param_type: "integer", param_range: [1, 8], num_samples: 2 },
    model: { paramType: "CATEGORY", categories: ["a", "b"] },
  });
  const config = space.toConfig([0.1, 1, 1]);
  expectType<{ lr: number; width: number; model: "a" | "b" }>()(config);
  assertEquals(config.model, "b");
});

test("ConfigOf: groups and key paths nest", () => {
  const grouped = defineSpace({
    model: { lr: float(0, 1), deep: { n: int(1, 2) } },
  });
  expectType<{ model: { lr: number; deep: { n: number } } }>()(
    grouped.toConfig([0, 1]),
  );
  const dotted = defineSpace({
    "model.lr": float(0, 1),
    "model.n": int(1, 2),
    x: int(1, 2),
  });
  const config: { model: { lr: number; n: number }; x: number } = dotted
    .toConfig([0, 1, 2]);
  const lr: number = config.model.lr;
  // @ts-expect-error: there is no such key
  void config.model.other;
  assertEquals(lr, 0);
});

test("ConfigOf: a conditional is a discriminated union", () => {
  const space = defineSpace({
    optimizer: conditional("name", {
      sgd: { momentum: float(0, 0.9) },
      adam: { beta: float(0.8, 0.99), amsgrad: category([true, false]) },
      none: {},
    }),
  });
  const { optimizer } = space.toConfig([1, undefined, 0.9, 0]);
  expectType<
    | { name: "sgd"; momentum: number }
    | { name: "adam"; beta: number; amsgrad: boolean }
    | { name: "none" }
  >()(optimizer);
  // @ts-expect-error: only Adam has it
  void optimizer.beta;
  if (optimizer.name === "adam") {
    const beta: number = optimizer.beta;
    assertEquals(beta, 0.9);
  }
});

test("ConfigOf: a conditional can be the whole space", () => {
  const space = defineSpace(
    conditional("kind", { a: { x: int(1, 2) }, b: {} }),
  );
  expectType<{ kind: "a"; x: number } | { kind: "b" }>()(
    space.toConfig([1, undefined]),
  );
});

test("ConfigOf: an ADict and data of unknown type give a loose config", () => {
  const loose = defineSpace(new ADict()
    .set("lr", { paramType: "FLOAT", paramRange: [0, 1] }));
  const lr: number = loose.toConfig([0.5]).lr;
  assertEquals(lr, 0.5);
  const typed = defineSpace(
    new ADict({ lr: { param_type: "FLOAT", param_range: [0, 1] } }),
  );
  assertEquals(typed.toConfig([0.5]), { lr: 0.5 });
});

test("defineSpace: values that are not parameters do not pass the type check", () => {
  // @ts-expect-error: a number is not a parameter
  const define = () => defineSpace({ lr: 3 });
  void define;
});

test("HyperBand: the config of the objective has the searched keys with their types", () => {
  const scope = new Scope<{ epochs: number }>({
    config: { epochs: 1 },
    argv: [],
  });
  const search = new HyperBand(scope, { model: { act: category(["relu"]) } }, {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  const run = search.main((config, scale: number) => {
    expectType<"relu">()(config.model.act);
    expectType<number>()(config.__num_halved__);
    expectType<number>()(config.epochs);
    return scale;
  });
  const result = run(2);
  expectType<number>()(result.metric);
  expectType<"relu">()(result.config.model.act);
  assertEquals(result.metric, 2);

  const loose = new HyperBand(new Scope({ argv: [] }), {
    lr: float(0, 1, { grid: 1 }),
  }, {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  const slow = loose.main(async (config) => {
    expectType<number>()(config.lr);
    return await Promise.resolve(config.lr);
  });
  expectType<Promise<number>>()(slow().then(({ metric }) => metric));
  // @ts-expect-error: a metric is a number
  void (() => loose.main(() => "high"));
});

test("prepareDistributions: configs have the types of the base config and of the space", () => {
  const [first] = prepareDistributions(new ADict({ epochs: 3 }), {
    lr: float(0, 1, { grid: 2 }),
  });
  expectType<number>()(first!.lr);
  expectType<number>()(first!.epochs);
  assertEquals(first!.toObject(), { epochs: 3, lr: 0 });
});
