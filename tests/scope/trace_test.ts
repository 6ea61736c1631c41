import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { fingerprintCode, OpaqueFunctionError } from "@ato/ato/fingerprint";
import { Scope, ScopeUsageError } from "@ato/ato/scope";
import {
  type CodeRecord,
  type OutputRecord,
  RUN_SOURCE,
  type RunSource,
} from "../../internal/run_source.ts";

function sourceOf(scope: Scope): RunSource {
  return (scope.apply([]) as unknown as { [RUN_SOURCE]: RunSource })[
    RUN_SOURCE
  ];
}

function half(x: number): number {
  return x / 2;
}

function step(x: number): number {
  return half(x) + 1;
}

test("trace: returns the function itself", () => {
  const scope = new Scope();
  assert(scope.trace()(step) === step);
  assert(scope.trace({ id: "again" })(step) === step);
});

test("RunSource: the config has the fingerprints of functions traced before and after", async () => {
  const scope = new Scope();
  scope.trace({ uses: [half] })(step);
  const source = sourceOf(scope);
  scope.trace({ id: "later" })(half);
  const [first, second] = await source.codeRecords();
  const { deep, ...own } = first!;
  const expected = await fingerprintCode(step, { uses: [half] });
  assertEquals(deep?.dependencies.map(({ id }) => id), [
    "tests/scope/trace_test.ts#half",
  ]);
  assertEquals(own, {
    traceId: "step",
    hash: expected.hash,
    source: expected.source,
    uses: expected.uses,
    usesSources: expected.usesSources,
  });
  assertEquals(second?.traceId, "later");
  assertEquals(second?.hash, expected.uses.half);
});

test("trace: a changed operator in a helper is detected, and the helper is named", async () => {
  const records = await Promise.all(
    [half, (x: number) => x * 2].map(async (helper) => {
      const scope = new Scope();
      scope.trace({ uses: { half: helper }, deep: false })(step);
      return (await sourceOf(scope).codeRecords())[0]!;
    }),
  );
  assertEquals(records[0]!.hash, records[1]!.hash);
  assertNotEquals(records[0]!.uses!.half, records[1]!.uses!.half);
});

test("RunSource.onCode: listeners get what is traced later, until they unsubscribe", async () => {
  const scope = new Scope();
  scope.trace({ deep: false })(step);
  const source = sourceOf(scope);
  const heard: CodeRecord[] = [];
  await new Promise<void>((resolve) => {
    const stop = source.onCode((record) => {
      heard.push(record);
      stop();
      resolve();
    });
    scope.trace({ deep: false })(half);
  });
  scope.trace({ id: "unheard", deep: false })(half);
  await source.codeRecords();
  assertEquals(heard.map(({ traceId }) => traceId), ["half"]);
  assertMatch(heard[0]!.hash!, /^ato-code-v1:[0-9a-f]{64}$/);
});

test("trace: a function without readable source is an error at once", () => {
  const scope = new Scope();
  for (const fn of [Math.max, step.bind(null), new Proxy(step, {})]) {
    assertThrows(() => scope.trace({ id: "x" })(fn), OpaqueFunctionError);
  }
});

test("trace: a helper without readable source is recorded as a reason, and the run is not lost", async () => {
  const scope = new Scope();
  scope.trace({ uses: [Math.max] })(step);
  const [record] = await sourceOf(scope).codeRecords();
  assertEquals([record!.traceId, record!.hash], ["step", undefined]);
  assert(record!.reason!.includes("max"));
});

test("trace: an id belongs to one function", async () => {
  const scope = new Scope();
  const make = (by: number) => (x: number) => x * by;
  scope.trace({ id: "made" })(make(1));
  scope.trace({ id: "made" })(make(2));
  scope.trace()(step);
  scope.trace()(step);
  const error = assertThrows(
    () => scope.trace({ id: "step" })(half),
    ScopeUsageError,
  );
  assertMatch(error.message, /trace_test\.ts:\d+/);
  assertThrows(
    () => scope.trace({ uses: [half] })(step),
    ScopeUsageError,
    "override",
  );
  scope.trace({ id: "step", override: true })(half);
  const records = await sourceOf(scope).codeRecords();
  assertEquals(records.map(({ traceId }) => traceId), ["made", "step"]);
  assertEquals(records[1]!.hash, (await fingerprintCode(half)).hash);
  assertThrows(() => scope.trace()(() => 1), ScopeUsageError, "id");
  assertThrows(() => scope.runtimeTrace()(() => 1), ScopeUsageError, "id");
  assertThrows(
    () => scope.trace({ id: "x" })(3 as never),
    ScopeUsageError,
    "functions",
  );
});

test("runtimeTrace: a traced function behaves as before", async () => {
  const scope = new Scope();
  const traced = scope.runtimeTrace()(step);
  const result: number = traced(4);
  assertEquals([result, traced.name, traced.length], [3, "step", 1]);
  const failing = scope.runtimeTrace({ id: "failing" })(() => {
    throw new RangeError("as it was");
  });
  assertThrows(() => failing(), RangeError, "as it was");
  const later = scope.runtimeTrace({ id: "later" })((x: number) =>
    Promise.resolve(x)
  );
  assertEquals(await later(5), 5);
  const counter = {
    by: 2,
    times: scope.runtimeTrace({ id: "times" })(
      function (this: { by: number }, x: number) {
        return x * this.by;
      },
    ),
  };
  assertEquals(counter.times(4), 8);
  // Tracing the wrapper's code traces the function that it wraps.
  scope.trace({ id: "wrapped" })(traced);
  const records = await sourceOf(scope).codeRecords();
  assertEquals(records.at(-1)!.hash, (await fingerprintCode(step)).hash);
});

test("RunSource.onOutput: outputs reach the first listener, in order, and only once", async () => {
  const scope = new Scope();
  const seeds: number[] = [];
  const evaluate = scope.runtimeTrace({
    initFn: () => seeds.push(1),
    inspectFn: (outputs: number[]) => outputs.slice(0, 2),
    precision: 3,
  })(function evaluate(outputs: number[]): number[] {
    return outputs;
  });
  const other = scope.runtimeTrace({ id: "other" })((x: number) => x);
  evaluate([1, 2, 3]);
  other(1);
  const source = sourceOf(scope);
  const heard: OutputRecord[] = [];
  const stop = source.onOutput((record) => heard.push(record));
  evaluate([1.0001, 2, 99]);
  evaluate([1, 2.1, 3]);
  await Promise.resolve();
  stop();
  assertEquals(
    heard.map(({ traceId, call, sequence }) => [traceId, call, sequence]),
    [
      ["evaluate", 0, 0],
      ["other", 0, 1],
      ["evaluate", 1, 2],
      ["evaluate", 2, 3],
    ],
  );
  assertEquals(heard[0]!.hash, heard[2]!.hash);
  assertNotEquals(heard[0]!.hash, heard[3]!.hash);
  assertEquals(heard[0]!.sketch?.count, 2);
  assertEquals(seeds.length, 3);
});

test("runtimeTrace: each resolution counts calls from 0 again", () => {
  const scope = new Scope();
  const traced = scope.runtimeTrace({ id: "x" })((x: number) => x);
  const runs = [1, 2].map(() => {
    const source = sourceOf(scope);
    const heard: OutputRecord[] = [];
    const stop = source.onOutput((record) => heard.push(record));
    traced(1);
    traced(2);
    stop();
    return heard;
  });
  assertEquals(runs[0]!.length, 2);
  assertEquals(runs[0], runs[1]);
});

test("trace, runtimeTrace: decorate methods", async () => {
  const scope = new Scope();
  const context = (name: string) =>
    ({
      kind: "method",
      name,
      addInitializer() {},
    }) as unknown as ClassMethodDecoratorContext;
  const method = function (x: number) {
    return x + 1;
  };
  assert(scope.trace()(method, context("#train")) === method);
  const traced = scope.runtimeTrace()(method, context("predict"));
  assertEquals(traced(1), 2);
  const source = sourceOf(scope);
  assertEquals((await source.codeRecords()).map(({ traceId }) => traceId), [
    "train",
  ]);
  const heard: string[] = [];
  source.onOutput(({ traceId }) => heard.push(traceId))();
  assertEquals(heard, ["predict"]);
});

test("RunSource.flush: records an iterator that was not read to its end", () => {
  const scope = new Scope();
  const numbers = scope.runtimeTrace({ id: "numbers" })(function* () {
    yield 1;
    yield 2;
  });
  const source = sourceOf(scope);
  const records: OutputRecord[] = [];
  source.onOutput((record) => records.push(record));
  numbers().next();
  assertEquals(records, []);
  source.flush?.();
  assertEquals(records.map(({ outcome }) => outcome), ["partial"]);
});
