import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  fingerprintValue,
  OutputRecorder,
  unwrapFunction,
} from "@ato/ato/fingerprint";
import type { OutputRecord } from "@ato/ato/tracker";

function recording(): { recorder: OutputRecorder; records: OutputRecord[] } {
  const recorder = new OutputRecorder();
  const records: OutputRecord[] = [];
  recorder.subscribe((record) => records.push(record));
  return { recorder, records };
}

test("OutputRecorder: each call is one record, in order, with its hash and sketch", () => {
  const { recorder, records } = recording();
  const load = recorder.wrap((n: number) => [n, n + 1], { id: "load" });
  const train = recorder.wrap((x: string) => x, { id: "train" });
  load(1);
  train("a");
  load(5);
  assertEquals(
    records.map((r) => [r.traceId, r.sequence, r.call, r.outcome]),
    [["load", 0, 0, "value"], ["train", 1, 0, "value"], [
      "load",
      2,
      1,
      "value",
    ]],
  );
  assertEquals(records[0]?.hash, fingerprintValue([1, 2]));
  assertEquals(records[0]?.sketch?.mean, 1.5);
  assertEquals(records[1]?.sketch, undefined);
});

test("OutputRecorder: the wrapper keeps the function's value, this, name, length and new", () => {
  const { recorder } = recording();
  const value = { deep: [1] };
  assertStrictEquals(recorder.wrap(() => value, { id: "v" })(), value);
  const owner = {
    base: 2,
    add: recorder.wrap(
      function add(this: { base: number }, a: number, _b = 1) {
        return this.base + a;
      } as (this: { base: number }, a: number, b?: number) => number,
      { id: "add" },
    ),
  };
  assertEquals(owner.add(3), 5);
  assertEquals([owner.add.name, owner.add.length], ["add", 1]);
  class Model {
    size: number;
    constructor(size: number) {
      this.size = size;
    }
  }
  const Traced = recorder.wrap(Model as never, {
    id: "Model",
  }) as unknown as typeof Model;
  const model = new Traced(3);
  assertInstanceOf(model, Model);
  assertEquals(model.size, 3);
  assertStrictEquals<unknown>(unwrapFunction(Traced), Model);
});

test("OutputRecorder: an exception is recorded, and the same one is thrown", () => {
  const { recorder, records } = recording();
  const error = new TypeError("broken");
  const fails = recorder.wrap((): number => {
    throw error;
  }, { id: "fails" });
  assertStrictEquals(assertThrows(() => fails()), error);
  assertEquals([records[0]?.outcome, records[0]?.hash], [
    "error",
    fingerprintValue(error),
  ]);
});

test("OutputRecorder: promises are recorded when they settle, and call numbers follow the order of the starts", async () => {
  const { recorder, records } = recording();
  const gate = Promise.withResolvers<void>();
  const wait = recorder.wrap(async (value: number) => {
    await (value === 20 ? gate.promise : undefined);
    if (value === 3) throw new Error("three");
    return value;
  }, { id: "wait" });
  const slow = wait(20);
  const fast = wait(1);
  assertEquals(await fast, 1);
  gate.resolve();
  assertEquals(await slow, 20);
  await assertRejects(() => wait(3), Error, "three");
  assertEquals(
    records.map((r) => [r.call, r.outcome, r.hash]),
    [
      [1, "value", fingerprintValue(1)],
      [0, "value", fingerprintValue(20)],
      [2, "error", fingerprintValue(new Error("three"))],
    ],
  );
});

function* numbers(): Generator<number, string, number> {
  const sent = yield 1;
  yield sent * 10;
  return "end";
}

test("OutputRecorder: a generator gives its items and gets what is sent in, and is hashed while it is read", () => {
  const { recorder, records } = recording();
  const traced = recorder.wrap(numbers, { id: "numbers" });
  const generator = traced();
  assertEquals(generator.next(), { value: 1, done: false });
  assertEquals(generator.next(7), { value: 70, done: false });
  assertEquals(records.length, 0);
  assertEquals(generator.next(), { value: "end", done: true });
  assertEquals(records.length, 1);
  assertEquals(records[0]?.outcome, "value");
  const again = (function* () {
    yield 1;
    yield 70;
    return "end";
  })();
  assertEquals(records[0]?.hash, fingerprintValue(again));
  assertFalse(records[0]?.hash === fingerprintValue([1, 70, "end"].values()));
  assertEquals(records[0]?.sketch?.count, 2);
});

test("OutputRecorder: a sequence that is not read to its end is partial and has another hash", () => {
  const { recorder, records } = recording();
  const traced = recorder.wrap(numbers, { id: "numbers" });
  traced().next();
  const left = traced();
  left.next();
  left.return("early");
  const whole = recorder.wrap(() => [1].values(), { id: "one" });
  for (const _ of whole()) { /* to its end */ }
  assertEquals(records.map((r) => r.outcome), ["partial", "value"]);
  assertFalse(records[0]?.hash === records[1]?.hash);
});

test("OutputRecorder: an exception inside a generator is recorded and thrown", () => {
  const { recorder, records } = recording();
  const traced = recorder.wrap(function* () {
    yield 1;
    throw new RangeError("inside");
  }, { id: "g" });
  assertThrows(() => [...traced()], RangeError, "inside");
  assertEquals(records.map((r) => r.outcome), ["error"]);
});

test("OutputRecorder: async generators are recorded if they end, are left early, or throw", async () => {
  const { recorder, records } = recording();
  const traced = recorder.wrap(async function* (fail: boolean) {
    yield await Promise.resolve(1);
    yield 2;
    if (fail) throw new Error("late");
  }, { id: "ag" });
  const got: number[] = [];
  for await (const item of traced(false)) got.push(item);
  assertEquals(got, [1, 2]);
  for await (const _ of traced(false)) break;
  await assertRejects(
    async () => {
      for await (const _ of traced(true)) { /* until it breaks */ }
    },
    Error,
    "late",
  );
  assertEquals(records.map((r) => r.outcome), ["value", "partial", "error"]);
  assertEquals(records[0]?.hash, fingerprintValue([1, 2].values()));
});

test("OutputRecorder: a stream gives its chunks, and is partial if it is cancelled", async () => {
  const { recorder, records } = recording();
  const traced = recorder.wrap(() => ReadableStream.from(["a", "b"]), {
    id: "s",
  });
  assertEquals(await Array.fromAsync(traced()), ["a", "b"]);
  const reader = traced().getReader();
  assertEquals(await reader.read(), { done: false, value: "a" });
  await reader.cancel();
  assertEquals(records.map((r) => r.outcome), ["value", "partial"]);
  assertEquals(records[0]?.hash, fingerprintValue(["a", "b"].values()));
});

test("OutputRecorder: a value without a fingerprint is a record with the reason, and the call returns", () => {
  const { recorder, records } = recording();
  const make = recorder.wrap(() => ({ model: { predict: () => 1 } }), {
    id: "make",
  });
  assertEquals(make().model.predict(), 1);
  assertEquals(records[0]?.hash, undefined);
  assert(records[0]?.reason?.includes("value.model.predict"));
});

test("OutputRecorder: inspectFn chooses what is recorded, and if it throws, the call returns", async () => {
  const { recorder, records } = recording();
  const result = { loss: 1, at: Math.random() };
  recorder.wrap(() => result, { id: "a", inspectFn: (r) => r.loss })();
  await recorder.wrap(() => Promise.resolve(result), {
    id: "b",
    inspectFn: (r) => r.loss,
  })();
  recorder.wrap(() => result, {
    id: "c",
    inspectFn: (r) => Promise.resolve(r.loss),
  })();
  await new Promise((resolve) => setTimeout(resolve, 0));
  const broken = recorder.wrap(() => result, {
    id: "d",
    inspectFn: () => {
      throw new Error("inspector broke");
    },
  });
  assertStrictEquals(broken(), result);
  assertEquals(
    records.slice(0, 3).map((r) => r.hash),
    Array(3).fill(fingerprintValue(1)),
  );
  assertEquals(records[3]?.reason, "inspector broke");
});

test("OutputRecorder: initFn runs before each call, and with a precision, outputs that are nearly equal have the same hash", () => {
  const { recorder, records } = recording();
  const order: string[] = [];
  const traced = recorder.wrap((x: number) => (order.push("call"), x), {
    id: "x",
    initFn: () => order.push("init"),
    precision: 6,
  });
  traced(0.1 + 0.2);
  traced(0.3);
  assertEquals(order, ["init", "call", "init", "call"]);
  assertEquals(records[0]?.hash, records[1]?.hash);
  assertThrows(() => recorder.wrap(() => 1, { id: "y", bits: 99 }), RangeError);
});

test("OutputRecorder: records wait for the first listener, and only that one gets them", () => {
  const recorder = new OutputRecorder();
  const traced = recorder.wrap((x: number) => x, { id: "x" });
  traced(1);
  const first: number[] = [];
  const stop = recorder.subscribe((r) => first.push(r.sequence));
  traced(2);
  stop();
  traced(3);
  const second: number[] = [];
  recorder.subscribe((r) => second.push(r.sequence));
  traced(4);
  assertEquals([first, second], [[0, 1], [2, 3]]);
});

test("OutputRecorder: the records without a listener are limited, and those that are dropped are counted", () => {
  const recorder = new OutputRecorder();
  const traced = recorder.wrap(() => 1, { id: "x" });
  for (let i = 0; i < 100_010; i++) traced();
  assertEquals(recorder.dropped, 10);
});
