import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { test } from "node:test";
import {
  FINGERPRINT,
  fingerprintCode,
  fingerprintValue,
  OutputRecorder,
} from "@ato/ato/fingerprint";
import type { OutputRecord } from "@ato/ato/tracker";

function recording() {
  const warnings: string[] = [];
  const recorder = new OutputRecorder({ warn: (text) => warnings.push(text) });
  const records: OutputRecord[] = [];
  recorder.subscribe((record) => records.push(record));
  return { recorder, records, warnings };
}

async function* inTime<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

function* counting(limit: number): Generator<number, string, unknown> {
  for (let i = 0; i < limit; i++) {
    const sent = yield i;
    if (sent === "stop") return "stopped";
  }
  return "done";
}

test("OutputRecorder: a wrapper has the properties of the function", async () => {
  const { recorder } = recording();
  const f = async (a: number, _b: number) => await Promise.resolve(a);
  const fn = Object.assign(f, { note: "mine" });
  const wrapped = recorder.wrap(fn, { id: "f" });
  assertEquals([wrapped.name, wrapped.length, wrapped.note], ["f", 2, "mine"]);
  assertStrictEquals(wrapped.constructor, fn.constructor);
  assertEquals(
    Object.prototype.toString.call(wrapped),
    "[object AsyncFunction]",
  );
  assertEquals(
    (await fingerprintCode(wrapped)).hash,
    (await fingerprintCode(fn)).hash,
  );
  const arrow = recorder.wrap(() => 1, { id: "a" });
  // What is no constructor does not become one.
  assertThrows(() => Reflect.construct(arrow, []), TypeError);
});

test("OutputRecorder: a wrapped class keeps static members, subclasses and new.target", () => {
  const { recorder, records } = recording();
  class Model {
    static made = 0;
    readonly kind: unknown;
    readonly size: number;
    constructor(size: number) {
      this.kind = new.target;
      this.size = size;
      Model.made++;
    }
    toJSON(): unknown {
      return this.size;
    }
  }
  const Traced = recorder.wrap(Model as never, { id: "Model" }) as typeof Model;
  class Small extends Traced {}
  const model = new Traced(3);
  const small = new Small(1);
  assertStrictEquals(model.kind, Model);
  assertStrictEquals(small.kind, Small);
  assertInstanceOf(small, Model);
  assertInstanceOf(model, Traced);
  assertEquals(Traced.made, 2);
  assertEquals(records.map((one) => one.outcome), ["value", "value"]);
  assertThrows(() => (Traced as unknown as () => void)(), TypeError);
});

test("OutputRecorder: a generator stays the same object, also in a class of its own", () => {
  const { recorder, records } = recording();
  const made: Generator<number, string, unknown>[] = [];
  const wrapped = recorder.wrap((limit: number) => {
    const generator = counting(limit);
    made.push(generator);
    return generator;
  }, { id: "g" });
  const generator = wrapped(2);
  assertStrictEquals(generator, made[0]);
  assertStrictEquals(
    Object.getPrototypeOf(generator),
    Object.getPrototypeOf(counting(0)),
  );
  assertEquals(Object.keys(generator), []);
  assertEquals([...generator], [0, 1]);
  assertEquals(records[0]!.hash, fingerprintValue(counting(2)));
  // What was watched is as it was.
  assertEquals(Reflect.ownKeys(generator), []);
});

test("OutputRecorder: values sent into a generator and errors thrown into it reach it", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(
    function* (): Generator<number, number, number> {
      let sum = 0;
      for (;;) {
        try {
          const sent = yield sum;
          if (sent < 0) return sum;
          sum += sent;
        } catch (error) {
          sum = (error as Error).message.length;
        }
      }
    },
    { id: "sum" },
  );
  const generator = wrapped();
  assertEquals(generator.next(), { value: 0, done: false });
  assertEquals(generator.next(5), { value: 5, done: false });
  assertEquals(generator.throw(new Error("four")), { value: 4, done: false });
  assertEquals(generator.next(-1), { value: 4, done: true });
  assertEquals(records.map((one) => one.outcome), ["value"]);
});

test("OutputRecorder: a generator that continues after return() has not ended", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(function* () {
    try {
      yield 1;
    } finally {
      yield 2;
    }
  }, { id: "stubborn" });
  const generator = wrapped();
  generator.next();
  assertEquals(generator.return(), { value: 2, done: false });
  assertEquals(records, []);
  assertEquals(generator.next(), { value: undefined, done: true });
  assertEquals(records.length, 1);
});

test("OutputRecorder: iterator helpers and destructuring are recorded", {
  skip: !("Iterator" in globalThis),
}, () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(counting, { id: "g" });
  assertEquals(wrapped(3).map((x) => x * 2).toArray(), [0, 2, 4]);
  const [first] = wrapped(3);
  assertEquals(first, 0);
  assertEquals(wrapped(9).take(1).toArray(), [0]);
  assertEquals(records.map((one) => one.outcome), [
    "value",
    "partial",
    "partial",
  ]);
  assertEquals(records[1]!.hash, records[2]!.hash);
});

test("OutputRecorder: a returned value differs from a yielded value", () => {
  const yielded = (function* () {
    yield 1;
    yield 2;
  })();
  const returned = (function* () {
    yield 1;
    return 2;
  })();
  assertNotEquals(fingerprintValue(yielded), fingerprintValue(returned));
});

test("OutputRecorder: an async iterable is recorded when it is iterated", async () => {
  const { recorder, records } = recording();
  const pages = {
    count: 2,
    [Symbol.asyncIterator]: () => inTime("a", "b"),
  };
  const wrapped = recorder.wrap(() => pages, { id: "pages" });
  assertStrictEquals(wrapped(), pages);
  const own = Object.getOwnPropertyDescriptor(pages, Symbol.asyncIterator);
  const got: string[] = [];
  for await (const page of pages) got.push(page);
  assertEquals(got, ["a", "b"]);
  assertEquals(records.map((one) => one.outcome), ["value"]);
  assertEquals(records[0]!.hash, await fingerprintValue(inTime("a", "b")));
  assertNotEquals(pages[Symbol.asyncIterator], own?.value);
});

test("OutputRecorder: concurrent steps of an async generator keep their order", async () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(() => inTime(1, 2, 3), { id: "g" });
  const generator = wrapped();
  const steps = await Promise.all(
    Array.from({ length: 4 }, () => generator.next()),
  );
  assertEquals(steps.map((step) => step.value), [1, 2, 3, undefined]);
  assertEquals(records[0]!.hash, await fingerprintValue(inTime(1, 2, 3)));
});

test("OutputRecorder: a byte stream stays a byte stream, and the sizes of its chunks do not change the hash", async () => {
  const { recorder, records } = recording();
  const data = new Uint8Array(100).map((_, i) => i);
  const make = (cut: number) =>
    new ReadableStream<Uint8Array>({
      type: "bytes",
      start(controller) {
        controller.enqueue(data.slice(0, cut));
        controller.enqueue(data.slice(cut));
        controller.close();
      },
    });
  const wrapped = recorder.wrap(make, { id: "bytes" });
  const whole = await new Response(wrapped(10)).bytes();
  assertEquals(whole, data);
  const reader = wrapped(60).getReader({ mode: "byob" });
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(30));
    if (done) break;
    size += value.length;
  }
  assertEquals(size, 100);
  assertEquals(records.length, 2);
  assertEquals(records[0]!.hash, records[1]!.hash);
});

test("OutputRecorder: a stream that fails is recorded as an error", async () => {
  const { recorder, records } = recording();
  const error = new Error("cut off");
  const wrapped = recorder.wrap(() =>
    new ReadableStream<number>({
      pull(controller) {
        controller.error(error);
      },
    }), { id: "s" });
  await assertRejects(() => wrapped().getReader().read(), Error, "cut off");
  assertEquals(records[0]!.outcome, "error");
  assertEquals(records[0]!.hash, fingerprintValue(error));
});

test("OutputRecorder: a locked stream is not read", () => {
  const { recorder, records } = recording();
  const stream = new ReadableStream<number>();
  const reader = stream.getReader();
  assertStrictEquals(recorder.wrap(() => stream, { id: "s" })(), stream);
  assertEquals(records[0]!.reason, "the stream is locked by another reader");
  reader.releaseLock();
});

test("OutputRecorder: a lazy thenable is not started, and is recorded when the caller starts it", async () => {
  const { recorder, records } = recording();
  let started = 0;
  const query = {
    then<T>(onValue: (rows: number[]) => T): Promise<T> {
      started++;
      return Promise.resolve([1, 2]).then(onValue);
    },
  };
  const wrapped = recorder.wrap(() => query, { id: "query" });
  const got = wrapped();
  assertStrictEquals(got, query);
  assertEquals([started, records.length], [0, 0]);
  assertEquals(await got, [1, 2]);
  assertEquals([started, records.length], [1, 1]);
  assertEquals(records[0]!.hash, fingerprintValue([1, 2]));
});

test("OutputRecorder: an unhandled rejection stays unhandled", async () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(() => Promise.reject(new Error("no")), {
    id: "p",
  });
  const promise = wrapped();
  await assertRejects(() => promise, Error, "no");
  assertEquals(records.map((one) => one.outcome), ["error"]);
});

test("OutputRecorder: a value that describes itself is not read as a sequence", () => {
  const { recorder, records } = recording();
  const source = Object.assign([7].values(), { [FINGERPRINT]: () => "seven" });
  const wrapped = recorder.wrap(() => source, { id: "x" });
  assertStrictEquals(wrapped(), source);
  assertEquals(records.map((one) => one.outcome), ["value"]);
  assertEquals([...source], [7]);
});

test("OutputRecorder: a frozen sequence cannot be recorded, and still works", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(() => Object.freeze(counting(2)), { id: "g" });
  assertEquals([...wrapped()], [0, 1]);
  assert(records[0]!.reason!.startsWith("it is frozen"));
});

test("OutputRecorder: flush records a sequence that is not read to its end as partial", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(counting, { id: "g" });
  const generator = wrapped(5);
  generator.next();
  recorder.flush();
  assertEquals(records.map((one) => one.outcome), ["partial"]);
  assertEquals(generator.next().value, 1);
  recorder.flush();
  assertEquals(records.length, 1);
});

test("OutputRecorder: one warning for each trace, and a listener that throws does not change the call", () => {
  const { recorder, records, warnings } = recording();
  const wrapped = recorder.wrap(() => ({ f: () => 1 }), { id: "f" });
  wrapped();
  wrapped();
  assertEquals(records.map((one) => one.hash), [undefined, undefined]);
  assertEquals(warnings.length, 1);
  assert(
    warnings[0]!.startsWith('No fingerprint for an output of "f" (call 0): '),
  );
  recorder.subscribe(() => {
    throw new Error("listener broke");
  });
  const one = recorder.wrap(() => 1, { id: "one" });
  assertEquals([one(), one()], [1, 1]);
  assertEquals(records.length, 4);
  assertEquals(warnings.length, 2);
});

test("OutputRecorder: the sketch of a sequence counts every number that was read", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap(counting, { id: "g" });
  for (const _ of wrapped(10_000)) { /* to its end */ }
  const { sketch } = records[0]!;
  assertEquals([sketch!.count, sketch!.min, sketch!.max], [10_000, 0, 9_999]);
  assertEquals(sketch!.samples.length, 10);
  assertEquals(sketch!.samples[1], 1024);
});
