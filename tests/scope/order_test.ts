import { test } from "node:test";
import fc from "fast-check";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  Scope,
  ScopeUsageError,
  UnknownViewError,
  ViewChainError,
} from "@ato/ato/scope";
import type { ViewOptions } from "@ato/ato/scope";
import { NO_ORIGINAL, runOriginal } from "./python.ts";

/** A scope whose views record the order in which they run. */
function ordered(
  views: Record<string, ViewOptions>,
): { scope: Scope; run: string[] } {
  const run: string[] = [];
  const scope = new Scope();
  for (const [name, options] of Object.entries(views)) {
    scope.observe({ ...options, name })((config) => {
      run.push(name);
      config.by = name;
    });
  }
  return { scope, run };
}

const ORDERS: [
  title: string,
  views: Record<string, ViewOptions>,
  argv: string,
  run: string,
][] = [
  ["only what is asked for", { a: {}, b: {} }, "b", "b"],
  [
    "named views in the order of the command line",
    { a: {}, b: {}, c: {} },
    "c a b",
    "c a b",
  ],
  ["each view once", { a: {}, b: {} }, "a b a", "a b"],
  [
    "lower priorities first",
    { a: { priority: 2 }, b: { priority: -1 }, c: {} },
    "a b c",
    "b c a",
  ],
  [
    "defaults before named views, whatever their priority",
    {
      a: { default: true, priority: 9 },
      b: { default: true },
      c: { priority: -9 },
    },
    "c",
    "b a c",
  ],
  ["lazy views last", { a: { lazy: true, default: true }, b: {} }, "b", "b a"],
  [
    "lazy views by priority",
    {
      a: { lazy: true, priority: 3 },
      b: { lazy: true, default: true, priority: 1 },
      c: {},
    },
    "a c",
    "c b a",
  ],
  [
    "equal lazy views in the order in which they are asked for",
    { a: { lazy: true }, b: { lazy: true }, c: { lazy: true, default: true } },
    "b a",
    "c b a",
  ],
  ["prerequisites first", { a: { chainWith: "b" }, b: {} }, "a", "b a"],
  [
    "prerequisites of prerequisites, each once",
    {
      a: { chainWith: ["b", "c"] },
      b: { chainWith: "d" },
      c: { chainWith: ["d"] },
      d: {},
    },
    "a d",
    "d b c a",
  ],
  [
    "priorities stand above chains",
    { a: { chainWith: "b" }, b: { priority: 1 } },
    "a",
    "a b",
  ],
  [
    "prerequisites of a default view are as early as it is",
    { a: { default: true, chainWith: "b" }, b: {}, c: { priority: -1 } },
    "c",
    "b a c",
  ],
  [
    "a lazy prerequisite stays lazy",
    { a: { chainWith: "b" }, b: { lazy: true } },
    "a",
    "a b",
  ],
];

test("apply: the order of views", () => {
  for (const [title, views, argv, expected] of ORDERS) {
    const { scope, run } = ordered(views);
    scope.apply(argv);
    assertEquals(run.join(" "), expected, title);
  }
});

test("manualText: the order in which views are applied", () => {
  for (const [title, views] of ORDERS) {
    const { scope, run } = ordered(views);
    scope.apply(Object.keys(views));
    const line = scope.manualText().split("\n").find((line) =>
      line.includes(" → ")
    )!;
    const names = line.split(" → ").filter((name) =>
      name !== "(CLI Inputs)" && name !== "print"
    );
    // The order of two views of the same priority depends on the order of the request.
    assertEquals(names.length, run.length, title);
    const rank = (name: string) => Number(views[name]!.priority ?? 0);
    assertEquals(names.map(rank), run.map(rank), title);
  }
});

test("assign: words come before those of the command line", () => {
  const { scope, run } = ordered({ a: {}, b: {}, c: {} });
  scope.assign("c", "x=1", "y=1");
  const config = scope.apply("a c x=2");
  assertEquals(run, ["c", "a"]);
  assertEquals([config.x, config.y], [2, 1]);
});

test("apply: each resolution starts from the beginning", () => {
  const scope = new Scope({ config: { list: [1], model: { depth: 1 } } });
  scope.observe()(function grow(config) {
    config.list.push(2);
    config.model.depth++;
  });
  const first = scope.apply("grow");
  first.list.push(99);
  const second = scope.apply("grow");
  assertEquals(second.toObject(), { list: [1, 2], model: { depth: 2 } });
  assertEquals(first.toObject(), { list: [1, 2, 99], model: { depth: 2 } });
  assertEquals(scope.apply([]).toObject(), { list: [1], model: { depth: 1 } });
});

test("observe: views see what is resolved so far, and lazy views everything", () => {
  const scope = new Scope();
  const seen: unknown[] = [];
  scope.observe({ default: true })(function base(config) {
    config.lr = 1;
    Scope.lazy((config) => void seen.push(["inner", config.lr]));
  });
  scope.observe()(function twice(config) {
    seen.push(["view", config.lr]);
    config.lr *= 2;
  });
  scope.observe({ default: true, lazy: true })(function outer(config) {
    seen.push(["outer", config.lr]);
    config.lr = 7;
  });
  assertEquals(scope.apply("twice lr=5").lr, 7);
  assertEquals(seen, [["view", 1], ["outer", 5], ["inner", 7]]);
});

test("Scope.lazy: lazy views are sorted by priority and can nest", () => {
  const scope = new Scope();
  const run: string[] = [];
  scope.observe({ default: true })(function base() {
    Scope.lazy(() => {
      run.push("late");
      Scope.lazy(() => void run.push("nested"), { priority: -5 });
    }, { priority: 2 });
    Scope.lazy(() => void run.push("soon"), { priority: -1 });
  });
  scope.observe({ default: true, lazy: true })(function view() {
    run.push("view");
  });
  scope.observe({ default: true, lazy: true, priority: 3 })(function last() {
    run.push("last");
  });
  scope.apply([]);
  assertEquals(run, ["soon", "view", "late", "nested", "last"]);
});

test("Scope.lazy: a lazy view belongs to the scope of the view that adds it", () => {
  const inner = new Scope({ name: "inner" });
  inner.observe({ default: true })(function innerView() {
    Scope.lazy((config) => void (config.of = "inner"));
  });
  const outer = new Scope({ name: "outer" });
  outer.observe({ default: true })(function outerView(config) {
    config.inner = inner.apply([]).toObject();
    Scope.lazy((config) => void (config.of = "outer"));
  });
  assertEquals(outer.apply([]).toObject(), {
    inner: { of: "inner" },
    of: "outer",
  });
});

test("chainWith: the command line wins over a chained view, even if its prerequisite adds a lazy view", () => {
  const scope = new Scope();
  scope.observe()(function base(config) {
    config.lr = 0.1;
    config.model = "resnet50";
    Scope.lazy((config) => {
      config.layers = config.model === "resnet50" ? 50 : 101;
    });
  });
  scope.observe({ chainWith: "base" })(function chained(config) {
    config.lr = 0.5;
    config.model = "vgg";
  });
  scope.observe({ chainWith: "chained" })(function deeper(config) {
    config.lr = 0.7;
  });
  const cases: [string, object][] = [
    ["chained", { lr: 0.5, model: "vgg", layers: 101 }],
    ["chained lr=0.9 model=x", { lr: 0.9, model: "x", layers: 101 }],
    ["deeper", { lr: 0.7, model: "vgg", layers: 101 }],
    ["deeper lr=0.9", { lr: 0.9, model: "vgg", layers: 101 }],
    ["lr=0.9 deeper", { lr: 0.9, model: "vgg", layers: 101 }],
  ];
  for (const [argv, expected] of cases) {
    assertEquals(scope.apply(argv).toObject(), expected, argv);
  }
});

/** The same views in the original; the lazy part is made with or without `with_compile`. */
const CHAINED = (withCompile: string) => `
from ato.scope import Scope
scope = Scope()
@scope.observe()
def base(config):
    config.lr = 0.1
    with Scope.lazy(with_compile=${withCompile}):
        config.layers = 50
@scope.observe(chain_with='base')
def chained(config):
    config.lr = 0.5
@scope.observe(chain_with='chained')
def deeper(config):
    config.lr = 0.7
@scope
def train(config):
    print(config.lr)
train()
`;

test(
  "chainWith: in the Python original a chained view wins over the command line, if the lazy part is compiled",
  {
    skip: NO_ORIGINAL,
  },
  () => {
    for (
      const [view, own] of [["chained", "0.5"], ["deeper", "0.7"]] as const
    ) {
      const words = [view, "lr=0.9"];
      assertEquals(runOriginal(CHAINED("True"), words), own);
      assertEquals(runOriginal(CHAINED("False"), words), "0.9");
    }
  },
);

test("ViewChainError: names the cycle of prerequisites", () => {
  const { scope } = ordered({
    a: { chainWith: "b" },
    b: { chainWith: "c" },
    c: { chainWith: "b" },
  });
  const error = assertThrows(() => scope.apply("a"), ViewChainError);
  assertEquals(error.chain, ["b", "c", "b"]);
  assertStringIncludes(error.message, "b → c → b");
  const { scope: selfish } = ordered({ a: { chainWith: "a", default: true } });
  assertThrows(() => selfish.apply([]), ViewChainError, "a → a");
});

test("UnknownViewError: names a missing prerequisite with its chain", () => {
  const { scope } = ordered({
    a: { chainWith: "base" },
    base: { chainWith: "bsae" },
  });
  const error = assertThrows(
    () => scope.apply("a"),
    UnknownViewError,
    "a → base → bsae",
  );
  assertEquals([error.view, error.suggestion], ["bsae", "base"]);
});

test("UnknownViewError: has a suggestion, or the list of views", () => {
  const { scope } = ordered({ highLr: {}, wideNetwork: {} });
  const cases: [string, string | undefined][] = [
    ["hihgLr", "highLr"],
    ["highlr", "highLr"],
    ["high_lr", "highLr"],
    ["wideNetwrk", "wideNetwork"],
    ["mnaual", "manual"],
    ["somethingElse", undefined],
  ];
  for (const [name, suggestion] of cases) {
    const error = assertThrows(() => scope.apply([name]), UnknownViewError);
    assertEquals(error.suggestion, suggestion, name);
    assertStringIncludes(error.message, suggestion ?? "highLr, wideNetwork");
  }
  assertThrows(
    () => new Scope().apply("x"),
    UnknownViewError,
    "write key=value",
  );
});

test("observe: a name that the command line cannot request is an error", () => {
  const scope = new Scope();
  const view = () => {};
  scope.observe("taken", {});
  for (const name of ["", "manual", "print", "-x", "a=b", " a", "taken"]) {
    assertThrows(
      () => scope.observe(name, view),
      ScopeUsageError,
      "Cannot observe",
      name,
    );
  }
  assertThrows(
    () => scope.observe()(() => {}),
    ScopeUsageError,
    "name the function",
  );
  assertThrows(
    () => scope.observe("x", null as never),
    ScopeUsageError,
    "pass a function or an object",
  );
  assertThrows(
    () => scope.observe("x", {}, { priority: NaN }),
    ScopeUsageError,
    "priority",
  );
  const error = assertThrows(() => scope.observe("taken", {}), ScopeUsageError);
  assertStringIncludes(error.message, "order_test.ts:");
  scope.observe("taken", { x: 1 }, { override: true });
  assertEquals(scope.apply("taken").x, 1);
  for (const name of ["a.b", "a b", "", "a=b"]) {
    assertThrows(
      () => new Scope({ name }),
      ScopeUsageError,
      "Cannot make a scope",
      name,
    );
  }
});

test("observe: a plain object replaces mappings unless deep is true", () => {
  const scope = new Scope({ config: { model: { depth: 1, width: 2 } } });
  scope.observe("replaced", { model: { depth: 5 } });
  scope.observe("merged", { model: { depth: 6 } }, { deep: true });
  assertEquals(scope.apply("replaced").toObject(), { model: { depth: 5 } });
  assertEquals(scope.apply("merged").toObject(), {
    model: { depth: 6, width: 2 },
  });
});

test("apply: every view runs once, in order of group and priority, whatever the priorities", () => {
  const option = fc.record({
    priority: fc.integer({ min: -3, max: 3 }),
    default: fc.boolean(),
    lazy: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(option, { maxLength: 12 }), (options) => {
      const views = Object.fromEntries(
        options.map((option, i) => [`v${i}`, option]),
      );
      const { scope, run } = ordered(views);
      scope.apply(Object.keys(views));
      const rank = (name: string): number[] => {
        const { lazy, default: isDefault, priority } = views[name] as Required<
          ViewOptions
        >;
        return [lazy ? 1 : 0, !lazy && !isDefault ? 1 : 0, priority];
      };
      assertEquals(run.toSorted(), Object.keys(views).toSorted());
      for (const [index, name] of run.entries()) {
        if (index === 0) continue;
        const before = rank(run[index - 1]!);
        const after = rank(name);
        const differing = before.findIndex((value, i) => value !== after[i]);
        assertEquals(
          differing < 0 || before[differing]! < after[differing]!,
          true,
          run.join(),
        );
      }
    }),
    { seed: 30, numRuns: 200 },
  );
});
