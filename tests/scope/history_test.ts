import { test } from "node:test";
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ADict, formatPath } from "@ato/ato/adict";
import { CommandLineError, Scope, UnknownKeyError } from "@ato/ato/scope";
import {
  type ConfigHistory,
  RUN_SOURCE,
  type RunSource,
} from "../../internal/run_source.ts";
import { captureConsole } from "./capture_console.ts";

function historyOf(config: object): ConfigHistory {
  return (config as { [RUN_SOURCE]: RunSource })[RUN_SOURCE].history();
}

/** The history of a key in a short form: `kind by = value`. */
function story(scope: Scope, path: string): string[] {
  return scope.explain(path).map((entry) =>
    `${entry.kind} ${entry.by} ${
      entry.deleted ? "-" : JSON.stringify(entry.value)
    }`
  );
}

test("explain: every assignment to a key, oldest first", () => {
  const scope = new Scope({ config: { lr: 1 } });
  scope.use({ _: [], lr: 9 }, { defaults: { lr: 2 } });
  scope.observe({ default: true })(function base(config) {
    config.lr = 3;
    config.lr = 4;
  });
  scope.observe("preset", { lr: 5 });
  scope.observe({ default: true, lazy: true })(function last(config) {
    config.lr = 10;
  });
  scope.assign({ lr: 6 }, "lr=7");
  assertEquals(scope.apply("preset lr=8").lr, 10);
  assertEquals(story(scope, "lr"), [
    "initial  1",
    "parser --lr 2",
    "view base 3",
    "view base 4",
    "view preset 5",
    "code  6",
    "command-line lr=7 7",
    "command-line lr=8 8",
    "parser --lr 9",
    "lazy last 10",
  ]);
});

test("explain: setting a mapping sets its keys and removes the others", () => {
  const scope = new Scope({ config: { model: { depth: 1, width: 2 } } });
  scope.observe("small", { model: { depth: 3, head: { size: 4 } } });
  scope.observe("none", { model: null });
  scope.apply("small none");
  assertEquals(story(scope, "model.depth"), [
    "initial  1",
    "view small 3",
    "view none -",
  ]);
  assertEquals(story(scope, "model.width"), ["initial  2", "view small -"]);
  assertEquals(story(scope, "model.head.size"), [
    "view small 4",
    "view none -",
  ]);
  assertEquals(scope.explain("model").map(({ path }) => path), [
    "model.depth",
    "model.width",
    "model.depth",
    "model.head.size",
    "model.width",
    "model",
    "model.depth",
    "model.head.size",
  ]);
});

test("explain: an empty mapping is a leaf until it has keys", () => {
  const scope = new Scope();
  scope.observe({ default: true })(function base(config) {
    config.model = {};
    config.model.depth = 1;
    config.model.delete("depth");
  });
  assertEquals(scope.apply([]).toObject(), { model: {} });
  const entries = scope.explain("model");
  assertEquals(
    entries.map(({ path, deleted }) => path + (deleted ? " -" : "")),
    [
      "model",
      "model.depth",
      "model -",
      "model.depth -",
      "model",
    ],
  );
  // The consequences of a write have the location of the write.
  assert(entries.slice(0, 4).every(({ at }) => at !== undefined));
});

test("explain: a list is one leaf, whatever is written into it", () => {
  const scope = new Scope();
  scope.observe({ default: true })(function base(config) {
    config.layers = [{ size: 1 }];
    config.layers.push({ size: 2 });
    config.layers[0].size = 3;
    config.layers.pop();
  });
  assertEquals(
    scope.apply("layers[0].size=4 layers[1]=x layers.0.kind=y").toObject(),
    {
      layers: [{ size: 4, kind: "y" }, "x"],
    },
  );
  const last = story(scope, "layers").slice(-3);
  assertEquals(last, [
    'command-line layers[0].size=4 [{"size":4}]',
    'command-line layers[1]=x [{"size":4},"x"]',
    'command-line layers.0.kind=y [{"size":4,"kind":"y"},"x"]',
  ]);
  assertEquals(story(scope, "layers[0].size"), story(scope, "layers"));
  assertEquals(story(scope, "layers")[0], 'view base [{"size":1}]');
});

test("explain: a key that was not set has no history, and a malformed path is an error", () => {
  const scope = new Scope({ config: { a: { b: 1 } } });
  scope.apply([]);
  assertEquals(scope.explain("x"), []);
  assertEquals(scope.explain("a.x"), []);
  assertEquals(scope.explain("a.b.c").length, 1);
  assertThrows(() => scope.explain("a..b"), CommandLineError);
  assertThrows(() => scope.explain("a b"), CommandLineError);
});

test("explain: a key with dots, with quotes and without", () => {
  const scope = new Scope({
    config: { "a.b": 1, files: { "x.csv": 2 }, both: { c: 3 }, "both.c": 4 },
  });
  scope.apply([]);
  const values = (path: string) =>
    scope.explain(path).map(({ path, value }) => [path, value]);
  assertEquals(values("a.b"), [['"a.b"', 1]]);
  assertEquals(values('"a.b"'), [['"a.b"', 1]]);
  assertEquals(values("files.x.csv"), [['files."x.csv"', 2]]);
  assertEquals(values('files."x.csv"'), [['files."x.csv"', 2]]);
  // If both exist, the path without quotes leads into the mapping.
  assertEquals(values("both.c"), [["both.c", 3]]);
  assertEquals(values('"both.c"'), [['"both.c"', 4]]);
  assertEquals(values("a"), []);
});

test("explain: returns values as they were when they were set", () => {
  const scope = new Scope();
  const list = [1];
  scope.observe({ default: true })(function base(config) {
    config.list = list;
    config.when = new Date(0);
  });
  scope.observe({ default: true, lazy: true })(function later(config) {
    config.when.setTime(5);
  });
  const config = scope.apply([]);
  list.push(2);
  config.list.push(3);
  assertEquals(story(scope, "list"), ["view base [1]"]);
  assertEquals(story(scope, "when"), [
    'view base "1970-01-01T00:00:00.000Z"',
    'lazy later "1970-01-01T00:00:00.005Z"',
  ]);
});

test("explain: writes after the config is resolved are not recorded", () => {
  const scope = new Scope({ config: { lr: 1 } });
  const config = scope.apply([]);
  config.lr = 2;
  assertEquals(story(scope, "lr"), ["initial  1"]);
});

test("RunSource: the config carries its history for the tracker", () => {
  const scope = new Scope({
    name: "mine",
    config: { "a.b": { "": 1 }, lr: 2 },
  });
  const config = scope.apply("lr=3");
  const source = (config as unknown as { [RUN_SOURCE]: RunSource })[RUN_SOURCE];
  assertEquals(source.name, "mine");
  const history = source.history();
  assertEquals(Object.keys(history), ['"a.b".""', "lr"]);
  assertEquals(history.lr!.map(({ value, kind }) => [value, kind]), [
    [2, "initial"],
    [3, "command-line"],
  ]);
  assertEquals(Object.keys(config), ["a.b", "lr"]);
  assertEquals(historyOf(config.clone()), history);
});

test("Scope: keys such as __proto__ are data, whatever sets them", () => {
  const scope = new Scope();
  scope.observe(
    "view",
    JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'),
  );
  scope.observe()(function written(config) {
    config.set("__proto__", { b: 1 });
    config.prototype = { x: 1 };
    config.set("update", 3);
  });
  for (
    const argv of [
      "__proto__.polluted=1",
      "constructor.prototype.polluted=1",
      "x={__proto__: {polluted: 1}}",
      "a.__proto__.polluted=1 keys=1 toString=2 hasOwnProperty=3",
      "view",
      "written",
      "view written __proto__.polluted=1",
    ]
  ) {
    const config = scope.apply(argv);
    assertEquals(({} as Record<string, unknown>).polluted, undefined);
    const plain = config.toObject();
    for (const [name, entries] of Object.entries(historyOf(config))) {
      assert(entries.length > 0, name);
    }
    assertEquals(Object.getPrototypeOf(plain), Object.prototype);
    assert(scope.manualText(argv).includes("(Who Set What)"));
  }
  assertEquals(Object.keys(scope.apply("__proto__.a=1")), ["__proto__"]);
  assertEquals(scope.explain("__proto__.a").length, 1);
});

test("apply: the command line makes missing mappings and refuses impossible paths", () => {
  const scope = new Scope({
    config: { lr: 1, list: [1, 2], none: null, model: { d: 1 } },
  });
  const made: [string, object][] = [
    ["a.b.c=1", { a: { b: { c: 1 } } }],
    ["a[0]=1", { a: [1] }],
    ["a[0].b=1", { a: [{ b: 1 }] }],
    ["list[2]=3", { list: [1, 2, 3] }],
    ["list.1=x", { list: [1, "x"] }],
    ["model.d=2 model.e=3", { model: { d: 2, e: 3 } }],
    ["model={x:1}", { model: { x: 1 } }],
  ];
  for (const [argv, expected] of made) {
    const config = scope.apply(argv).toObject();
    assertEquals({ ...config, ...expected }, config, argv);
  }
  for (
    const argv of [
      "lr.x=1",
      "list.x=1",
      "list[3]=1",
      "a[1]=1",
      "a.b[7].c=1",
      "none.x=1",
      "lr[0]=1",
    ]
  ) {
    const error = assertThrows(
      () => scope.apply([argv]),
      CommandLineError,
      "Cannot set",
    );
    assertEquals([error.word, error.column], [argv, 1]);
  }
});

test("apply: warns of keys that are probably mistyped, and of no others", () => {
  const scope = new Scope({
    config: { lr: 1, batchSize: 2, model: { depth: 3, width: 4 } },
  });
  scope.manual({ "model.dept": "documented, so not mistyped" });
  scope.observe({ default: true, lazy: true })(function later(config) {
    config.lrr ??= 1;
    config.lrr = 5;
  });
  const cases: [argv: string, suggestion: string | undefined][] = [
    ["lt=1", "lr"],
    ["rl=1", "lr"],
    ["l=1", undefined],
    ["batch_size=1", "batchSize"],
    ["batchsize=1", "batchSize"],
    ["batcSize=1", "batchSize"],
    ["model.dpeth=1", "model.depth"],
    ["modle.depth=1", "model.depth"],
    ["model.dept=1", undefined],
    ["model.other=1", undefined],
    ["lrr=1", undefined],
    ["lr=2 model.depth=1", undefined],
  ];
  for (const [argv, suggestion] of cases) {
    const lines = captureConsole("warn", () => void scope.apply(argv));
    const expected = suggestion === undefined ? [] : [
      `no view sets ${argv.split("=")[0]}; did you mean ${suggestion}?`,
    ];
    assertEquals(lines, expected, argv);
  }
});

test("strict: a key that no view sets is an error", () => {
  const scope = new Scope({
    config: { lr: 1, model: { depth: 3 } },
    strict: true,
  });
  scope.observe({ default: true, lazy: true })(function later(config) {
    config.late = config.get("late") ?? 0;
  });
  scope.manual({ described: "may be set", "group.key": "too" });
  scope.use({ _: [], flag: 1 }, { defaults: { device: "cpu" } });
  assertEquals(
    scope.apply(
      "lr=2 model.depth=4 late=1 described=1 group.key=2 device=gpu flag=3",
    ).late,
    1,
  );
  const cases: [string, string, string | undefined][] = [
    ["lt=1", "lt", "lr"],
    ["model.dpeth=1", "model.dpeth", "model.depth"],
    ["other=1", "other", undefined],
    ["model.new.deep=1", "model.new.deep", undefined],
  ];
  for (const [argv, key, suggestion] of cases) {
    const error = assertThrows(
      () => scope.apply(argv),
      UnknownKeyError,
      "strict",
    );
    assertEquals([error.key, error.suggestion], [key, suggestion]);
  }
});

type Step =
  | { do: "set" | "update" | "merge"; path: string[]; value: unknown }
  | { do: "delete"; path: string[] }
  | { do: "push" | "assign"; path: string[]; value: unknown };

const key = fc.constantFrom("a", "b", "c", "__proto__", "x.y");
const path = fc.array(key, { minLength: 1, maxLength: 3 });
const value = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constant({}),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(
    key,
    fc.oneof(fc.integer(), fc.dictionary(key, fc.integer(), { maxKeys: 2 })),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  ),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("set" as const, "update", "merge"),
    path,
    value,
  }),
  fc.record({ do: fc.constant("delete" as const), path }),
  fc.record({ do: fc.constantFrom("push" as const, "assign"), path, value }),
);

/** Changes the mapping at the path, and makes it if it is missing. */
function perform(
  config: ADict,
  { path, ...step }: Step & { value?: unknown },
): void {
  let at = config;
  for (const key of path.slice(0, -1)) {
    const next = at.get(key);
    if (typeof next !== "object" || next === null || Array.isArray(next)) {
      at.set(key, {});
    }
    at = at.get(key) as ADict;
  }
  const last = path.at(-1)!;
  const found = at.get(last);
  if (step.do === "delete") at.delete(last);
  else if (step.do === "push" && Array.isArray(found)) found.push(step.value);
  else if (step.do === "assign") Object.assign(at, { [last]: step.value });
  else if (step.do === "update") at.update({ [last]: step.value });
  else if (step.do === "merge") {
    at.update({ [last]: step.value }, { deep: true });
  } else at.set(last, step.value);
}

/** The leaves of plain data, by key path as in the history. */
function* leaves(
  value: unknown,
  path: string[] = [],
): Generator<[string, unknown]> {
  const isMapping = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  const entries = isMapping ? Object.entries(value) : [];
  if (!isMapping || (entries.length === 0 && path.length > 0)) {
    yield [formatPath(path), value];
  }
  for (const [key, child] of entries) yield* leaves(child, [...path, key]);
}

test("explain: the last entry of each key is what the config holds, whatever views do", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 4 }),
      (views) => {
        const scope = new Scope({ config: { a: { b: 1 }, c: [1] } });
        for (const [index, steps] of views.entries()) {
          scope.observe({ name: `v${index}`, default: true })((config) => {
            for (const step of steps) perform(config, step);
          });
        }
        const config = scope.apply([]);
        const told = Object.entries(historyOf(config))
          .filter(([, entries]) => !entries.at(-1)!.deleted)
          .map(([name, entries]) => [name, entries.at(-1)!.value] as const);
        assertEquals(
          told.toSorted(([a], [b]) => a < b ? -1 : 1),
          [...leaves(config.toObject())].toSorted(([a], [b]) => a < b ? -1 : 1),
        );
      },
    ),
    { seed: 31, numRuns: 400 },
  );
});
