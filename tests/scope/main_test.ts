import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ADict } from "@ato/ato/adict";
import {
  CommandLineError,
  Scope,
  ScopeUsageError,
  UnknownViewError,
  ViewChainError,
} from "@ato/ato/scope";
import { captureConsole } from "./capture_console.ts";
import { runScript } from "./run_script.ts";

test("main: a script gets the config of its command line", () => {
  const { status, stdout, stderr } = runScript("train.ts", [
    "highLr",
    "name=%first",
    "try%",
    "model.depth=101",
  ]);
  assertEquals([status, stderr], [0, ""]);
  assertEquals(JSON.parse(stdout), {
    lr: 0.01,
    epochs: 3,
    name: "first try",
    model: { depth: 101 },
  });
});

test("main: print shows the config and exits with status 0 without running the script", () => {
  const { status, stdout, stderr } = runScript("train.ts", [
    "print",
    "lr=0.05",
  ]);
  assertEquals([status, stderr], [0, ""]);
  assertEquals(
    stdout,
    "lr: 0.05\nepochs: 3\nname: iris\nmodel:\n  depth: 50\n",
  );
});

test("main: manual shows what set each key and exits with status 0 without running the script", () => {
  for (const word of ["manual", "--help", "-h"]) {
    const { status, stdout, stderr } = runScript("train.ts", ["lr=0.05", word]);
    assertEquals(status, 0, stderr);
    assertEquals(stderr === "", word === "manual", stderr);
    assertStringIncludes(
      stdout,
      "defaults → broken → failing → circle → highLr → (CLI Inputs)\n",
    );
    assertStringIncludes(stdout, "command line: lr=0.05");
    assertStringIncludes(stdout, "defaults, tests/scope/fixtures/train.ts:13");
    assert(!stdout.includes('{"lr"'), "the script did not run");
  }
});

test("main: a mistake on the command line is printed without a stack trace, with status 2", () => {
  const cases: [args: string[], message: string, caret: boolean][] = [
    [["hihgLr"], "did you mean highLr?", false],
    [["lr=[1,", "2"], "the [ at column 4 is never closed", true],
    [["lr.x=1"], "lr holds no keys", true],
    [["--lr=1"], "write lr=1", true],
    [["broken"], "broken → nowhere", false],
    [["circle"], "circle → circle", false],
  ];
  for (const [args, message, caret] of cases) {
    const { status, stdout, stderr } = runScript("train.ts", args);
    assertEquals([status, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, caret ? 3 : 1, stderr);
    assert(!stderr.includes("    at "), stderr);
  }
});

test("main: an error of a view is not a mistake on the command line", () => {
  const { status, stderr } = runScript("train.ts", ["failing"]);
  assertEquals(status, 1);
  assertStringIncludes(stderr, "the view itself is broken");
  assertStringIncludes(stderr, "train.ts:23");
});

test("main: warns of a key that is probably mistyped, and sets it", () => {
  const { status, stdout, stderr } = runScript("train.ts", ["model.dpeth=1"]);
  assertEquals(status, 0);
  assertEquals(
    stderr,
    "no view sets model.dpeth; did you mean model.depth?\n",
  );
  assertEquals(JSON.parse(stdout).model, { depth: 50, dpeth: 1 });
});

test("main: with a command line from code, nothing ends the process and mistakes are thrown", () => {
  const scope = new Scope({ argv: ["nothing"] });
  assertThrows(() => scope.main(() => 1)(), UnknownViewError);
  assertThrows(() => scope.apply(["x=["]), CommandLineError);
  assertThrows(() => scope.apply("x=["), CommandLineError);
  scope.observe({ chainWith: ["b"] })(function a() {});
  scope.observe({ chainWith: "a" })(function b() {});
  assertThrows(() => scope.apply(["a"]), ViewChainError, "a → b → a");
});

test("main: manual and print from code print, and the function does not run", () => {
  for (const word of ["manual", "print"]) {
    const scope = new Scope({ config: { lr: 1 }, argv: [word] });
    let ran = false;
    const main = scope.main(() => ran = true);
    const lines = captureConsole("log", () => {
      assertEquals(main(), undefined as never);
      assertEquals(main(), undefined as never);
    });
    assert(!ran);
    assertEquals(lines.length, 2);
    assertStringIncludes(
      lines[0]!,
      word === "print" ? "lr: 1" : '[Scope "config"]',
    );
    const applied = captureConsole(
      "log",
      () => assertEquals(scope.apply([word]).lr, 1),
    );
    assertEquals(applied, [lines[0]]);
  }
});

test("main: passes arguments, results and exceptions through", () => {
  const scope = new Scope<{ lr: number }>({ argv: ["lr=2"] });
  const sum = scope.main((config, a: number, b: number) => config.lr + a + b);
  const result: number = sum(3, 4);
  assertEquals(result, 9);
  assertEquals(sum.name, "");
  const failing = scope.main(function named() {
    throw new RangeError("as it was");
  });
  assertEquals(failing.name, "named");
  assertThrows(() => failing(), RangeError, "as it was");
});

test("main: an async function stays async, and its views can be async", async () => {
  const scope = new Scope({ argv: ["lr=2"] });
  scope.observe({ default: true })(async function slow(config) {
    config.early = 1;
    await Promise.resolve();
    config.late = 2;
  });
  scope.observe({ default: true, lazy: true })(async function later(config) {
    config.sum = await Promise.resolve(config.early + config.late + config.lr);
  });
  // deno-lint-ignore require-await -- that the function is async is what is tested
  const main = scope.main(async (config) => config.sum);
  const promise: Promise<number> = main();
  assertEquals(await promise, 5);
  assertEquals(
    scope.explain("late").map((
      { by, at },
    ) => [by, at?.file.endsWith("main_test.ts")]),
    [
      ["slow", true],
    ],
  );
  assertEquals((await scope.applyAsync(["lr=1"])).sum, 4);
});

test("apply: an async view is an error", async () => {
  const scope = new Scope({ argv: [] });
  scope.observe({ default: true })(async function slow() {
    await Promise.reject(new Error("nobody hears this"));
  });
  assertThrows(
    () => scope.apply([]),
    ScopeUsageError,
    "slow returned a promise",
  );
  assertThrows(() => scope.main(() => 1)(), ScopeUsageError, "applyAsync()");
  await assertRejects(() => scope.applyAsync([]), Error, "nobody hears this");
  assertStringIncludes(scope.manualText([]), "not fully resolved");
});

test("main: functions of one scope share one config, which is resolved once", () => {
  let runs = 0;
  const scope = new Scope({ argv: ["x=1"] });
  scope.observe({ default: true })(function count(config) {
    config.runs = ++runs;
  });
  const first = scope.main((config) => config);
  const second = scope.main((config) => config);
  assert(first() === second());
  assertEquals(runs, 1);
  assert(scope.config === first());
  const fresh = scope.apply(["x=2"]);
  assert(first() === fresh);
  assertEquals(fresh.toObject(), { runs: 2, x: 2 });
});

test("pause: functions are called without a config", () => {
  const scope = new Scope<{ lr: number }>({ argv: ["lr=1"] });
  const main = scope.main((config, by: number) => config.lr * by);
  const mine = new ADict({ lr: 5 });
  // `using` does this, but Node 22 cannot parse it yet.
  const pause = scope.pause();
  assertEquals(scope.active, false);
  assertEquals(main(mine, 2), 10);
  const inner = scope.pause();
  inner[Symbol.dispose]();
  assertEquals(scope.active, false);
  pause[Symbol.dispose]();
  assertEquals(main(2), 2);
  scope.deactivate();
  assertEquals(main(mine, 2), 10);
  scope.activate();
  assertEquals(main(2), 2);
});

test("reset: clears what was assigned and resolved, and keeps the views", () => {
  const scope = new Scope({ argv: [] });
  scope.observe("wide", { hidden: 3 });
  scope.assign("wide", "lr=2");
  assertEquals(scope.apply().toObject(), { hidden: 3, lr: 2 });
  scope.reset();
  assertThrows(() => scope.config, ScopeUsageError);
  assertEquals(scope.explain.length, 1);
  assertThrows(() => scope.explain("lr"), ScopeUsageError);
  assertEquals(scope.apply().toObject(), {});
  assertEquals(scope.apply(["wide"]).toObject(), { hidden: 3 });
});

test("apply: a resolution that fails leaves nothing running", () => {
  const scope = new Scope();
  scope.observe()(function bad() {
    throw new Error("bad");
  });
  assertThrows(() => scope.apply(["bad"]), Error, "bad");
  assertThrows(
    () => Scope.lazy(() => {}),
    ScopeUsageError,
    "observe({ lazy: true })",
  );
  assertEquals(scope.apply(["a=1"]).toObject(), { a: 1 });
});

test("auto: the returned config makes no mappings", () => {
  const scope = new Scope();
  scope.observe({ default: true })(function base(config) {
    config.model = { depth: 3 };
  });
  const config = scope.apply([]);
  assertEquals(config.missing, undefined);
  assertEquals(config.model.missing, undefined);
  assertThrows(() => config.missing.deeper = 1, TypeError);
  const plain = new Scope({ auto: false });
  plain.observe({ default: true })(function base(config) {
    config.seen = config.missing === undefined;
  });
  assertEquals(plain.apply([]).seen, true);
});

test("apply: does not change the stack traces of the runtime", () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 7;
  try {
    const scope = new Scope();
    scope.observe({ default: true })(function base(config) {
      config.limit = Error.stackTraceLimit;
      config.again = Error.stackTraceLimit;
    });
    assertEquals(scope.apply([]).toObject(), { limit: 7, again: 7 });
    assertEquals(Error.stackTraceLimit, 7);
  } finally {
    Error.stackTraceLimit = before;
  }
});
