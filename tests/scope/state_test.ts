/** The state of scopes: they are independent of each other, and `reset` clears it. */
import { test } from "node:test";
import process from "node:process";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { MultiScope, Scope, ScopeUsageError } from "@ato/ato/scope";
import {
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
} from "../../internal/run_source.ts";
import { captureConsole } from "./capture_console.ts";

function sourceOf(config: object): RunSource {
  return (config as { [RUN_SOURCE]: RunSource })[RUN_SOURCE];
}

/** The outputs of a scope's traced functions while `fn` runs. */
function outputsOf(scope: Scope, fn: () => void): OutputRecord[] {
  const heard: OutputRecord[] = [];
  const stop = sourceOf(scope.apply([])).onOutput((record) =>
    void heard.push(record)
  );
  fn();
  stop();
  return heard;
}

test("Scope: two scopes with the same name are independent", () => {
  const make = (lr: number) => {
    const scope = new Scope({ argv: [`lr=${lr}`] });
    scope.observe("view", { seen: lr });
    scope.assign("view");
    scope.manual({ lr: `of ${lr}` });
    return scope;
  };
  const [one, two] = [make(1), make(2)];
  assertEquals(one.apply().toObject(), { seen: 1, lr: 1 });
  assertEquals(two.apply().toObject(), { seen: 2, lr: 2 });
  one.deactivate();
  assertEquals([one.active, two.active], [false, true]);
  one.reset();
  assertEquals(two.config.lr, 2);
  assert(
    two.manualText().includes("of 2") && !two.manualText().includes("of 1"),
  );
});

test("argv: a command line from code replaces that of the process", () => {
  const before = process.argv;
  process.argv = [...before.slice(0, 2), "lr=9", "unknownView"];
  try {
    assertEquals(new Scope({ argv: [] }).apply().toObject(), {});
    assertEquals(new Scope().apply(["a=1"]).toObject(), { a: 1 });
    const scope = new Scope({ argv: ["a=2"] });
    assertEquals(scope.main((config) => config.toObject())(), { a: 2 });
    const several = new MultiScope(new Scope({ name: "x" })).withArgv([]);
    assertEquals(several.apply().x.toObject(), {});
  } finally {
    process.argv = before;
  }
});

test("apply: a view that fails leaves no lazy view, no pause and no recording", async () => {
  const scope = new Scope();
  scope.observe()(function bad(config) {
    Scope.lazy(() => config.late = 1);
    config.half = 1;
    throw new RangeError("bad");
  });
  scope.observe()(async function badLater() {
    await Promise.reject(new RangeError("later"));
  });
  assertThrows(() => scope.apply(["bad"]), RangeError, "bad");
  assertThrows(() => scope.apply(["badLater"]), ScopeUsageError);
  await scope.applyAsync(["badLater"]).catch((error) =>
    assertEquals(error.message, "later")
  );
  assertThrows(() => Scope.lazy(() => {}), ScopeUsageError, "running view");
  assertEquals(scope.apply(["a=1"]).toObject(), { a: 1 });
});

test("reset: clears the recorded calls", () => {
  const scope = new Scope();
  const traced = scope.runtimeTrace({ id: "x" })((x: number) => x);
  const first = outputsOf(scope, () => void [traced(1), traced(2)]);
  assertEquals(first.map(({ call }) => call), [0, 1]);
  traced(3);
  scope.reset();
  const second = outputsOf(scope, () => void [traced(1), traced(2)]);
  assertEquals(second, first);
});

test("reset: a scope that was only printed runs its function afterwards", () => {
  const scope = new Scope({ config: { lr: 1 }, argv: "print" });
  let runs = 0;
  const main = scope.main(() => ++runs);
  captureConsole("log", () => void main());
  assertEquals(runs, 0);
  scope.reset();
  scope.apply([]);
  assertEquals([main(), runs], [1, 1]);
});

test("Scope: missing keys of another config are not recorded", () => {
  const inner = new Scope({ name: "inner" });
  inner.observe({ default: true })(function innerView(config) {
    config.seen = config.missing ?? "none";
  });
  const outer = new Scope();
  outer.observe({ default: true })(function outerView() {
    inner.apply([]);
    const nothing: { deep: { x: number } } = {} as never;
    return nothing.deep.x;
  });
  const error = assertThrows(() => outer.apply([]), TypeError);
  assertEquals(error.name, "TypeError");
});
