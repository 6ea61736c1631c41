/** What a missing key reads as in views, and what happens if it is used or stored. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type LooseConfig,
  MissingKeyError,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { float, HyperBand } from "@ato/ato/hyperopt";
import { type ADict, MultiScope, Scope } from "@ato/ato/scope";
import { captureConsole } from "./capture_console.ts";
import { runScript } from "./run_script.ts";

/** What scripts do with a key that may be missing, and what they get. */
function useMissing(config: ADict<LooseConfig>): void {
  config.debug = config.missing ?? false;
  config.branch = config.missing ? "taken" : "not taken";
  config.epochs ??= 4;
  config.or = config.missing || "other";
  config.deep = config.missing?.deeper?.still ?? "none";
  config.kind = typeof config.missing;
  const { a = 1, b } = config;
  config.given = [a, b === undefined];
  config.nested = config.model.missing ?? "none";
  config.flag = config.missing === true;
  config.spread = { ...config.missing, own: 1 };
}

const EXPECTED = {
  debug: false,
  branch: "not taken",
  epochs: 4,
  or: "other",
  deep: "none",
  kind: "undefined",
  given: [1, true],
  nested: "none",
  flag: false,
  spread: { own: 1 },
};

/** Every way for a view to get a config. */
const WAYS: Record<string, () => object> = {
  "a default view": () => {
    const scope = new Scope({ config: { model: {} } });
    scope.observe({ default: true })(useMissing);
    return scope.apply([]);
  },
  "a view that is requested": () => {
    const scope = new Scope({ config: { model: {} } });
    scope.observe()(useMissing);
    return scope.apply(["useMissing"]);
  },
  "a lazy view": () => {
    const scope = new Scope({ config: { model: {} } });
    scope.observe({ default: true, lazy: true })(useMissing);
    return scope.apply([]);
  },
  "Scope.lazy": () => {
    const scope = new Scope({ config: { model: {} } });
    scope.observe({ default: true })(function outer() {
      Scope.lazy(useMissing);
    });
    return scope.apply([]);
  },
  "a chained view": () => {
    const scope = new Scope({ config: { model: {} } });
    scope.observe()(useMissing);
    scope.observe({ chainWith: "useMissing" })(function last() {});
    return scope.apply(["last"]);
  },
  "a view of one scope of several": () => {
    const scope = new Scope({ name: "one", config: { model: {} } });
    scope.observe({ default: true })(useMissing);
    return new MultiScope(scope, new Scope({ name: "two" })).apply([]).one;
  },
  "a view of a main function": () => {
    const scope = new Scope({ config: { model: {} }, argv: [] });
    scope.observe({ default: true })(useMissing);
    return scope.main((config) => config)();
  },
  "auto: false": () => {
    const scope = new Scope({ config: { model: {} }, auto: false });
    scope.observe({ default: true })(useMissing);
    return scope.apply([]);
  },
};

for (const [way, resolve] of Object.entries(WAYS)) {
  test(`Scope: a missing key reads as undefined in ${way}`, () => {
    const { model: _, ...config } = (resolve() as ADict<LooseConfig>)
      .toObject();
    assertEquals(config, EXPECTED);
  });
}

test("HyperBand: a missing key reads as undefined in the trials of a search", () => {
  const scope = new Scope({ config: { model: {} }, argv: [] });
  scope.observe({ default: true })(useMissing);
  const search = new HyperBand(scope, { x: float(0, 1, { grid: 2 }) }, {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  const seen: LooseConfig[] = [];
  search.main((config) => {
    seen.push((config as unknown as ADict<LooseConfig>).toObject());
    return config.x;
  })();
  assert(seen.length >= 2);
  for (const config of seen) {
    for (const [key, value] of Object.entries(EXPECTED)) {
      assertEquals(config[key], value, key);
    }
  }
});

test("observe: a view can make the mappings that it needs", () => {
  const scope = new Scope();
  scope.observe({ default: true })(function defaults(config) {
    config.model = { depth: 3 };
    config.model.width = 4;
    config.optimizer ??= {};
    config.optimizer.lr = 0.1;
    config.setByPath("data.train.path", "a.csv");
    config.experiment = { sql: { dbPath: "runs.db" } };
  });
  assertEquals(scope.apply([]).toObject(), {
    model: { depth: 3, width: 4 },
    optimizer: { lr: 0.1 },
    data: { train: { path: "a.csv" } },
    experiment: { sql: { dbPath: "runs.db" } },
  });
});

const nothing: { deep: { size: number } } = {} as never;

/** What fails, the path that is named, and the fix that is suggested. */
const FAILURES: [
  what: string,
  view: (config: ADict<LooseConfig>) => unknown,
  path: string,
  fix: string,
][] = [
  [
    "writing below",
    (config) => config.head.size = 3,
    "head",
    "config.head = { size: … }, or make the scope with { auto: true }",
  ],
  [
    "writing below, by a variable",
    (config) => {
      const { head } = config;
      head.size = 3;
    },
    "head",
    "config.head = { size: … }",
  ],
  [
    "writing below what get returned",
    (config) => config.get("head").size = 3,
    "head",
    "config.head = { size: … }",
  ],
  [
    "after a fallback, and not because of it,",
    (config) => config.size = config.head ?? nothing.deep.size,
    "head",
    "config.head?.size",
  ],
  [
    "writing two levels below",
    (config) => config.model.head.size = 3,
    "model.head",
    "config.model.head = { size: … }",
  ],
  [
    "reading below",
    (config) => config.size = config.head.size,
    "head",
    "config.head?.size",
  ],
  [
    "calling a method",
    (config) => config.layers.push(3),
    "layers",
    "config.layers?.push",
  ],
  [
    "a mistyped key",
    (config) => config.modle.depth = 3,
    "modle",
    "did you mean model?",
  ],
];

for (const [what, view, path, fix] of FAILURES) {
  test(`MissingKeyError: ${what} of a missing key names the key, the view, the line and how to fix it`, async () => {
    const scope = new Scope({ config: { model: { depth: 1 } } });
    scope.observe({ name: "broken" })(view);
    const name = what.replaceAll(" ", "_");
    scope.observe({ name: `async_${name}` })(async (config) => {
      await Promise.resolve();
      return view(config);
    });
    scope.observe({ name: "late", lazy: true })(view);
    const sync = assertThrows(() => scope.apply(["broken"]), MissingKeyError);
    const late = assertThrows(() => scope.apply(["late"]), MissingKeyError);
    const later = await assertRejects(
      () => scope.applyAsync([`async_${name}`]),
      MissingKeyError,
    );
    for (const error of [sync, late, later]) {
      assert(error instanceof TypeError);
      assertEquals(error.path, path);
      assertStringIncludes(error.message, fix);
      assertMatch(error.message, /at tests\/scope\/missing_test\.ts:\d+ \(/);
      // The runtime's error is kept, with its stack.
      assert(error.cause instanceof TypeError);
      assertStringIncludes(error.message, error.cause.message);
    }
    assertStringIncludes(sync.message, "the view broken");
    // The reason is certain only if the failure is directly after the key.
    assertEquals(
      sync.message.includes("maybe because"),
      /variable|get|fallback/.test(what),
    );
    assertStringIncludes(scope.manualText(["broken"]), fix);
  });
}

test("apply: errors that no missing key explains are thrown unchanged", () => {
  const views: Record<string, (config: ADict<LooseConfig>) => unknown> = {
    "nothing was read": () => nothing.deep.size = 1,
    "what was read is there by now": (config) => {
      config.late ??= 5;
      nothing.deep.size = 1;
    },
    "another error": (config) => {
      if (config.missing === undefined) throw new TypeError("my own");
    },
    "null is there": (config) => {
      config.nil = null;
      config.nil.x = 1;
    },
  };
  for (const [name, view] of Object.entries(views)) {
    const scope = new Scope();
    scope.observe({ default: true })(function reader(config) {
      void config.other;
    });
    scope.observe({ name })(view);
    const error = assertThrows(() => scope.apply([name]), TypeError);
    assert(!(error instanceof MissingKeyError), name);
  }
});

test("main: a script that writes below a missing key ends with that message", () => {
  const { status, stderr } = runScript("missing.ts", []);
  assertEquals(status, 1);
  assertStringIncludes(
    stderr,
    'Cannot read "model": there is no such key, so the view defaults failed at',
  );
  assertStringIncludes(stderr, "tests/scope/fixtures/missing.ts:6");
});

/** What a view stores, and the warning. */
const GAPS: [
  what: string,
  view: (config: ADict<LooseConfig>) => unknown,
  told: RegExp | undefined,
][] = [
  [
    "a missing key",
    (config) => config.out = config.base,
    /^out is undefined \(set by view at tests\/scope\/missing_test\.ts:\d+\): that line reads base, which does not exist; set a value, or null/,
  ],
  [
    "a mistyped key",
    (config) => config.out = config.btach,
    /: that line reads btach, which does not exist; did you mean batch\?$/,
  ],
  [
    "arithmetic with one",
    (config) => config.out = config.base * 2,
    /^out is NaN \(.*that line reads base/,
  ],
  [
    "one in a list",
    (config) => config.out = [1, [config.base]],
    /^out has an item that is undefined \(.*that line reads base/,
  ],
  [
    "one in a mapping in a list",
    (config) => config.out = [{ size: config.base }, NaN],
    /^out has an item that is undefined \(.*that line reads base/,
  ],
  [
    "one in a mapping",
    (config) => config.out = { a: { b: config.base } },
    /^out\.a\.b is undefined/,
  ],
  ["undefined itself", (config) => config.out = undefined, /^out is undefined/],
  ["NaN itself", (config) => config.out = NaN, undefined],
  ["null", (config) => config.out = null, undefined],
  ["a fallback", (config) => config.out = config.base ?? 1, undefined],
  [
    "what is set after all",
    (config) => {
      config.out = config.base;
      config.out = 1;
    },
    undefined,
  ],
  [
    "what is deleted after all",
    (config) => {
      config.out = config.base;
      config.delete("out");
    },
    undefined,
  ],
];

test("apply: warns of a missing value that is stored, with the missing key", () => {
  for (const [what, view, told] of GAPS) {
    const scope = new Scope({ config: { batch: 1 } });
    scope.observe({ default: true, name: "view" })(view);
    const lines = captureConsole("warn", () => void scope.apply([]));
    assertEquals(lines.length, told === undefined ? 0 : 1, what);
    if (told !== undefined) assertMatch(lines[0]!, told, what);
  }
  // The command line can set what a view leaves open.
  const scope = new Scope();
  scope.observe({ default: true })(function open(config) {
    config.out = config.base;
  });
  const lines = captureConsole("warn", () => {
    assertEquals(scope.apply(["out=3"]).toObject(), { out: 3 });
  });
  assertEquals(lines, []);
  // The reason for the warning: no file can hold it.
  captureConsole("warn", () => {
    assertThrows(() => scope.apply([]).toXyz(), UnsupportedValueError);
  });
});

test("HyperBand: a warning that all trials share is printed once", () => {
  const scope = new Scope({ config: { lr: 1 }, argv: ["lrr=1"] });
  scope.observe({ default: true })(function view(config) {
    config.out = config.base;
  });
  const search = new HyperBand(scope, { x: float(0, 1, { grid: 4 }) }, {
    halvingRate: 0.5,
    numMinSamples: 1,
  });
  let trials = 0;
  const lines = captureConsole("warn", () => {
    search.main(({ x }) => {
      trials++;
      return x;
    })();
  });
  assert(trials > 3);
  assertEquals(lines.length, 2, lines.join("\n"));
  // A new resolution prints the warning again.
  assertEquals(
    captureConsole("warn", () => void scope.apply(["lrr=1"])).length,
    2,
  );
});

test("auto: makes mappings on the way, and leaves no empty ones", () => {
  const scope = new Scope({ auto: true });
  scope.observe({ default: true })(function defaults(config) {
    config.model.backbone.depth = 50;
    assertEquals(config.has("missing"), false);
    assertEquals(config.get("missing", 3), 3);
    assertEquals(typeof config.missing.deeper, "object");
  });
  scope.observe({ default: true, lazy: true })(function late(config) {
    config.data.path = "a";
    Scope.lazy((config) => {
      config.data.later.x = 1;
    });
  });
  const config = scope.apply(["model.width=3"]);
  assertEquals(config.toObject(), {
    model: { backbone: { depth: 50 }, width: 3 },
    data: { path: "a", later: { x: 1 } },
  });
  assertEquals(config.missing, undefined);
});

test("auto: storing the empty mapping of a missing key is an error", () => {
  const views: Record<string, (config: ADict<LooseConfig>) => unknown> = {
    fallback: (config) => config.y = config.missing ?? 5,
    inObject: (config) => config.y = { a: config.missing },
    inArray: (config) => config.y = [1, [config.missing]],
    inMap: (config) => config.y = new Map([["a", config.missing]]),
    updated: (config) => config.update({ y: config.missing }),
    set: (config) => config.set("y", config.missing),
    absent: (config) => config.updateIfAbsent({ y: config.missing }),
  };
  for (const [name, view] of Object.entries(views)) {
    const scope = new Scope({ auto: true });
    scope.observe({ name })(view);
    const error = assertThrows(() => scope.apply([name]), MissingKeyError);
    assertEquals(error.path, "missing", name);
    assertMatch(error.message, /stored as "y/);
  }
});
