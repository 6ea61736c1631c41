import {
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { test } from "node:test";
import { ADict } from "../../adict/mod.ts";
import {
  category,
  conditional,
  defineSpace,
  float,
  int,
  ordinal,
  type SpaceInput,
} from "../../hyperopt/mod.ts";
import { SpaceError } from "../../hyperopt/mod.ts";

/** A space that the type checker would refuse. */
const bad = (spec: unknown) => () => defineSpace(spec as SpaceInput);

const ok = { paramType: "FLOAT", paramRange: [0.1, 1], numSamples: 2 };

const refused: [what: string, spec: unknown, path: string, words: string][] = [
  ["no paramType", { a: { lr: { paramRange: [0, 1] } } }, "a.lr", "paramType"],
  [
    "an undefined paramType",
    { lr: { paramType: undefined } },
    "lr",
    "paramType",
  ],
  ["an unknown paramType", { lr: { paramType: "REAL" } }, "lr", '"REAL"'],
  [
    "a paramType that is not a string",
    { lr: { paramType: 3 } },
    "lr",
    "string",
  ],
  ["an unknown setting", { lr: { ...ok, numSample: 3 } }, "lr", '"numSample"'],
  ["both spellings", { lr: { ...ok, num_samples: 3 } }, "lr", "twice"],
  ["no range", { lr: { paramType: "FLOAT" } }, "lr", "paramRange"],
  ["a range of one", { lr: { ...ok, paramRange: [1] } }, "lr", "paramRange"],
  ["a reversed range", { lr: { ...ok, paramRange: [1, 0] } }, "lr", "[0, 1]"],
  ["a bound that is NaN", { lr: { ...ok, paramRange: [NaN, 1] } }, "lr", "NaN"],
  ["an infinite bound", { lr: float(0, Infinity) }, "lr", "Infinity"],
  [
    "a bound that is text",
    { lr: { ...ok, paramRange: ["0", 1] } },
    "lr",
    "finite",
  ],
  ["too wide a range", { lr: float(-1e308, 1e308) }, "lr", "wide"],
  ["a fraction for an integer", { n: int(0.5, 2) }, "n", "whole"],
  ["an unsafe integer", { n: int(0, 2 ** 60) }, "n", "2^53"],
  ["LOG from 0", { lr: float(0, 1, { log: true }) }, "lr", "above 0"],
  [
    "LOG below 0",
    { n: { paramType: "integer", paramRange: [-1, 1], spaceType: "log" } },
    "n",
    "LINEAR",
  ],
  [
    "an unknown spaceType",
    { lr: { ...ok, spaceType: "SQRT" } },
    "lr",
    "LINEAR or LOG",
  ],
  ["numSamples 0", { lr: { ...ok, numSamples: 0 } }, "lr", "numSamples"],
  ["numSamples 1.5", { lr: { ...ok, numSamples: 1.5 } }, "lr", "numSamples"],
  [
    "numSamples as text",
    { lr: { ...ok, numSamples: "3" } },
    "lr",
    "numSamples",
  ],
  ["too many samples", { lr: { ...ok, numSamples: 1e9 } }, "lr", "numSamples"],
  ["grid 0", { lr: float(0, 1, { grid: 0 }) }, "lr", "grid"],
  ["a grid outside", { lr: float(0, 1, { grid: [2] }) }, "lr", "[0, 1]"],
  ["a grid of fractions", { n: int(0, 1, { grid: [0.5] }) }, "n", "0.5"],
  ["an empty grid", { lr: float(0, 1, { grid: [] }) }, "lr", "empty"],
  ["base 1", { lr: { ...ok, spaceType: "LOG", base: 1 } }, "lr", "base"],
  ["base NaN", { lr: { ...ok, spaceType: "LOG", base: NaN } }, "lr", "base"],
  ["no categories", { act: { paramType: "CATEGORY" } }, "act", "categories"],
  ["empty categories", { act: category([]) }, "act", "categories"],
  ["empty choices", { act: ordinal([]) }, "act", "choices"],
  ["a category twice", { act: category([1, [0], [-0]]) }, "act", "twice"],
  ["a function as category", { act: category([Math.tanh]) }, "act", "number 1"],
  [
    "undefined as category",
    { act: category(["a", undefined]) },
    "act",
    "number 2",
  ],
  [
    "a map as category",
    { act: category([{ a: new Map() }]) },
    "act",
    "plain data",
  ],
  [
    "a range on a category",
    { act: { paramType: "CATEGORY", categories: [1], paramRange: [0, 1] } },
    "act",
    "paramRange",
  ],
  [
    "categories on a number",
    { lr: { ...ok, categories: [1] } },
    "lr",
    "categories",
  ],
  [
    "__proto__",
    JSON.parse('{"a": {"__proto__": {"paramType": "FLOAT"}}}'),
    'a."__proto__"',
    "name",
  ],
  ["constructor", { constructor: float(0, 1) }, '"constructor"', "name"],
  [
    "prototype in a path",
    { "a.prototype.b": float(0, 1) },
    '"a.prototype.b"',
    "name",
  ],
  [
    "a key of the search",
    { __num_halved__: int(0, 1) },
    '"__num_halved__"',
    "name",
  ],
  ["an empty key", { "a..b": float(0, 1) }, '"a..b"', "empty"],
  ["an empty space", {}, "", "no parameters"],
  ["an empty group", { model: {} }, "model", "no parameters"],
  ["a number", { model: { lr: 3 } }, "model.lr", "3 is neither"],
  ["null", { lr: null }, "lr", "null"],
  ["an array", { lr: [0.1, 0.2] }, "lr", "an array"],
  ["a class", { lr: new Map() }, "lr", "class Map"],
  ["not an object", "lr", "", '"lr"'],
  [
    "the same path twice",
    { a: { b: int(0, 1) }, "a.b": int(0, 1) },
    "a.b",
    "twice",
  ],
  ["a leaf and a group", { a: int(0, 1), "a.b": int(0, 1) }, "a", "a.b"],
  ["a group and a leaf", { "a.b": int(0, 1), a: int(0, 1) }, "a", "a.b"],
  ["no branches", { o: conditional("k", {}) }, "o.k", "categories"],
  ["branches as list", { o: conditional("k", [{}] as never) }, "o", "branches"],
  [
    "a bad branch",
    { o: conditional("k", { a: { x: float(1, 0) } }) },
    "o.x",
    "[0, 1]",
  ],
  [
    "a branch that sets the choice",
    { o: conditional("k", { a: { k: int(0, 1) } }) },
    "o.k",
    "twice",
  ],
  [
    "a branch against a sibling",
    { "o.x": int(0, 1), o: conditional("k", { a: { x: int(0, 1) } }) },
    "o.x",
    "twice",
  ],
];

for (const [what, spec, path, words] of refused) {
  test(`defineSpace: a space with ${what} is refused by name`, () => {
    const error = assertThrows(bad(spec), SpaceError);
    assertEquals(error.path, path);
    assertStringIncludes(error.message, words);
    assertStringIncludes(error.message, path === "" ? "the space" : path);
  });
}

test("defineSpace: snake case, any case, defaults and ADicts are read", () => {
  const plain = {
    model: {
      lr: {
        param_type: "float",
        param_range: [1, 100],
        num_samples: 3,
        space_type: "Log",
      },
    },
  };
  for (
    const spec of [plain, new ADict(plain), { model: new ADict(plain.model) }]
  ) {
    assertEquals(defineSpace(spec as SpaceInput).dimensions, [{
      path: "model.lr",
      kind: "float",
      low: 1,
      high: 100,
      log: true,
      choices: [],
      grid: [1, 10, 100],
    }]);
  }
});

test("defineSpace: a group can have a parameter with the name of a setting", () => {
  const space = defineSpace({
    model: { base: int(1, 2), paramType: category(["a"]) },
  });
  assertEquals(space.dimensions.map(({ path }) => path), [
    "model.base",
    "model.paramType",
  ]);
});

test("defineSpace: a category in Python's form can have numSamples, as in Python", () => {
  const space = defineSpace({
    m: { paramType: "CATEGORY", categories: ["a"], numSamples: 3 },
  });
  assertEquals([...space.grid()], [[0]]);
});

test("grid: helpers repeat no value, and given points are sorted", () => {
  const space = defineSpace({
    a: int(0, 2, { grid: 9 }),
    b: int(0, 9, { grid: [7, 3, 7] }),
    c: float(0, 1, { grid: [0.5, -0] }),
  });
  assertEquals(space.dimensions.map(({ grid }) => grid), [[0, 1, 2], [3, 7], [
    0,
    0.5,
  ]]);
  assertEquals(Object.is(space.dimensions[2]!.grid[0], 0), true);
});

test("grid: a number without a grid is refused", () => {
  const space = defineSpace({
    a: int(0, 1, { grid: 2 }),
    model: { lr: float(0, 1) },
  });
  assertEquals(space.toConfig([0, 0.5]), { a: 0, model: { lr: 0.5 } });
  const error = assertThrows(() => [...space.grid()], SpaceError);
  assertEquals(error.path, "model.lr");
});

const optimizers = defineSpace({
  optimizer: conditional("name", {
    sgd: {
      momentum: float(0, 1, { grid: 2 }),
      nesterov: category([true, false]),
    },
    adam: { momentum: float(0.8, 0.9, { grid: 2 }) },
    muon: {
      inner: conditional("kind", {
        a: { steps: int(1, 2, { grid: 2 }) },
        b: {},
      }),
    },
    none: {},
  }),
  seed: int(1, 2, { grid: 2 }),
});

test("conditional: parameters exist only in their branch", () => {
  const { dimensions } = optimizers;
  assertEquals(dimensions.map(({ path, when }) => [path, when]), [
    ["optimizer.name", undefined],
    ["optimizer.momentum", { dimension: 0, positions: [0] }],
    ["optimizer.nesterov", { dimension: 0, positions: [0] }],
    ["optimizer.momentum", { dimension: 0, positions: [1] }],
    ["optimizer.inner.kind", { dimension: 0, positions: [2] }],
    ["optimizer.inner.steps", { dimension: 4, positions: [0] }],
    ["seed", undefined],
  ]);
  const configs = [...optimizers.grid()].map((point) =>
    optimizers.toConfig(point)
  );
  assertEquals(configs.length, 2 * (2 * 2 + 2 + (2 + 1) + 1));
  assertEquals(
    configs.filter(({ seed }) => seed === 1).map(({ optimizer }) =>
      JSON.stringify(optimizer)
    ),
    [
      '{"name":"sgd","momentum":0,"nesterov":true}',
      '{"name":"sgd","momentum":0,"nesterov":false}',
      '{"name":"sgd","momentum":1,"nesterov":true}',
      '{"name":"sgd","momentum":1,"nesterov":false}',
      '{"name":"adam","momentum":0.8}',
      '{"name":"adam","momentum":0.9}',
      '{"name":"muon","inner":{"kind":"a","steps":1}}',
      '{"name":"muon","inner":{"kind":"a","steps":2}}',
      '{"name":"muon","inner":{"kind":"b"}}',
      '{"name":"none"}',
    ],
  );
});

test("hash: numbers of parameters that do not exist at a point are ignored", () => {
  const tidy = [3, undefined, undefined, undefined, undefined, undefined, 1];
  const filled = [3, 0.5, 0, 0.8, 0, 1, 1];
  assertEquals(optimizers.toConfig(filled), optimizers.toConfig(tidy));
  assertEquals(optimizers.hash(filled), optimizers.hash(tidy));
  // Under a choice that does not exist, no parameter exists.
  const orphan = [0, 0.5, 0, undefined, 0, 1, 1];
  assertEquals(optimizers.toPoint(optimizers.toConfig(orphan)), [
    0,
    0.5,
    0,
    undefined,
    undefined,
    undefined,
    1,
  ]);
});

test("conditional: a path can be a value in one branch and a group in another", () => {
  const space = defineSpace(conditional("kind", {
    fixed: { lr: float(0, 1, { grid: 1 }) },
    decayed: {
      lr: { from: float(0, 1, { grid: 1 }), to: float(0, 1, { grid: 1 }) },
    },
  }));
  const configs = Array.from(space.grid(), (point) => space.toConfig(point));
  assertEquals(configs, [
    { kind: "fixed", lr: 0 },
    { kind: "decayed", lr: { from: 0, to: 0 } },
  ]);
  assertEquals(configs.map((config) => space.toPoint(config)), [
    ...space.grid(),
  ]);
});

const mixed = defineSpace({
  lr: float(0.1, 1, { log: true }),
  n: int(-3, 3),
  layers: category([[64], [128, 64], { a: 1, b: [null] }]),
  size: ordinal(["s", "m"]),
});

const unfit: [what: string, config: unknown][] = [
  ["no config", undefined],
  ["null", null],
  ["a string", "lr"],
  ["a missing key", { n: 1, layers: [64], size: "s" }],
  ["a number out of range", { lr: 2, n: 1, layers: [64], size: "s" }],
  ["NaN", { lr: NaN, n: 1, layers: [64], size: "s" }],
  ["a number as text", { lr: "0.5", n: 1, layers: [64], size: "s" }],
  ["a bigint for a number", { lr: 0.5, n: 1n, layers: [64], size: "s" }],
  ["a fraction", { lr: 0.5, n: 1.5, layers: [64], size: "s" }],
  ["an unknown choice", { lr: 0.5, n: 1, layers: [65], size: "s" }],
  ["a function", { lr: 0.5, n: 1, layers: () => {}, size: "s" }],
  [
    "an inherited key",
    Object.create({ lr: 0.5, n: 1, layers: [64], size: "s" }),
  ],
];

for (const [what, config] of unfit) {
  test(`toPoint: ${what} does not fit`, () => {
    assertEquals(mixed.toPoint(config), undefined);
  });
}

test("toPoint: configs fit as plain objects and as ADicts, whatever other keys they have", () => {
  const config = {
    extra: 1,
    lr: 0.5,
    n: 1,
    layers: { b: [null], a: 1 },
    size: "m",
  };
  assertEquals(mixed.toPoint(config), [0.5, 1, 2, 1]);
  const adict = new ADict(config);
  assertEquals(mixed.toPoint(adict), [0.5, 1, 2, 1]);
  assertEquals(adict.getAccess().read, []);
});

test("toConfig: the value of a choice is a copy", () => {
  const layers = [64];
  const space = defineSpace({ layers: category([layers]) });
  layers.push(1);
  (space.toConfig([0]).layers as unknown as number[]).push(2);
  assertEquals(space.toConfig([0]), { layers: [64] });
});

test("category: dates, bigints and NaN can be choices", () => {
  const values = [new Date(5), 7n, NaN, Infinity, "7n", "NaN", null, "null", 7];
  const space = defineSpace({ x: category(values) });
  const back = values.map((_, i) => space.toPoint(space.toConfig([i])));
  assertEquals(back, values.map((_, i) => [i]));
  assertEquals(
    new Set(values.map((_, i) => space.hash([i]))).size,
    values.length,
  );
});

test("toConfig: a point that does not belong to the space is refused by name", () => {
  const points = [[2, 0, 0, 0], [0.5, 0.5, 0, 0], [0.5, 0, 3, 0], [0.5, 0, 0], [
    NaN,
    0,
    0,
    0,
  ]];
  const paths = points.map((point) => {
    const error = assertThrows(() => mixed.toConfig(point), SpaceError);
    assertThrows(() => mixed.hash(point), SpaceError);
    return error.path;
  });
  assertEquals(paths, ["lr", "n", "layers", "size", "lr"]);
});

test("hash: equal values have the same hash, however the space is written", () => {
  const a = defineSpace({
    lr: float(-1, 1),
    model: { n: int(0, 3), act: category([{ p: 1, q: 2 }, "x"]) },
  });
  const b = defineSpace({
    "model.act": ordinal(["y", "x", { q: 2, p: 1 }]),
    "model.n": float(-5, 5),
    lr: category([0, 1]),
  });
  const hash = a.hash([-0, 2, 0]);
  assertEquals(a.hash([0, 2, 0]), hash);
  assertEquals(b.hash([2, 2, 0]), hash);
  assertNotEquals(b.hash([1, 2, 0]), hash);
  assertNotEquals(a.hash([0, 1, 0]), hash);
  assertEquals(/^ato-trial-v1:[0-9a-f]{64}$/.test(hash), true);
  // It is stored in journals, so it must never change.
  assertEquals(
    defineSpace({ lr: float(0, 1), act: category(["relu"]) }).hash([0.5, 0]),
    "ato-trial-v1:b8d7cb3a8b8c39f7e63e997fe5b99877c2b822b5c70b3448952353ab704382ea",
  );
});

test("hash: a string that imitates another config has another hash", () => {
  const a = defineSpace({ x: category(['1\n["y"]=2']), y: category([3]) });
  const b = defineSpace({ x: category([1]), y: category([2]) });
  assertNotEquals(a.hash([0, 0]), b.hash([0, 0]));
  const text = defineSpace({ x: category(["1"]), y: category([2]) });
  assertNotEquals(text.hash([0, 0]), b.hash([0, 0]));
  const joined = defineSpace({ "a.b": category([1]) });
  const nested = defineSpace({ a: { b: category([1]) } });
  assertEquals(joined.hash([0]), nested.hash([0]));
});

test("defineSpace: spaces cannot be changed", () => {
  const space = defineSpace({
    lr: float(0, 1, { grid: 2 }),
    act: category(["a"]),
  });
  assertEquals(
    [
      space.dimensions,
      ...space.dimensions,
      ...space.dimensions.flatMap(({ grid, choices }) => [grid, choices]),
    ].every(Object.isFrozen),
    true,
  );
});
