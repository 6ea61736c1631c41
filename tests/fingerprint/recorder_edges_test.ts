import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { test } from "node:test";
import {
  FINGERPRINT,
  fingerprintValue,
  OutputRecorder,
  sketchValue,
} from "@ato/ato/fingerprint";
import type { OutputRecord } from "@ato/ato/tracker";

function recording() {
  const recorder = new OutputRecorder({ warn: () => {} });
  const records: OutputRecord[] = [];
  const stop = recorder.subscribe((record) => records.push(record));
  return { recorder, records, stop };
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const broken = (text: string) => (): never => {
  throw new Error(text);
};

const UNREADABLE: [string, object, RegExp][] = [
  ["a revoked proxy", revoked(), /revoked/],
  ["a `then` that throws", {
    get then() {
      return broken("no then")();
    },
  }, /^no then$/],
  ["an iterator that throws", {
    next: () => 1,
    [Symbol.iterator]: broken("no iterator"),
  }, /^no iterator$/],
  ["a field that throws", {
    get a() {
      return broken("no field")();
    },
  }, /^no field$/],
  ["a FINGERPRINT that throws", {
    [FINGERPRINT]: broken("no print"),
  }, /^no print$/],
  [
    "a proxy that refuses to be changed",
    new Proxy([1].values(), {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        if (key === Symbol.iterator) return () => proxied.it;
        return typeof found === "function" ? found.bind(target) : found;
      },
      defineProperty: broken("no change"),
    }),
    /^no change$/,
  ],
];
const proxied = { it: UNREADABLE.at(-1)![1] };

for (const [name, value, reason] of UNREADABLE) {
  test(`OutputRecorder: a call returns a result that cannot be inspected: ${name}`, async () => {
    const { recorder, records } = recording();
    assertStrictEquals(recorder.wrap(() => value, { id: "f" })(), value);
    assertEquals(records.length, 1);
    assertEquals([records[0]!.outcome, records[0]!.hash], ["value", undefined]);
    assertMatch(records[0]!.reason!, reason);
    if (name.startsWith("a `then`")) return;
    const box = recorder.wrap(() => Promise.resolve([value]), { id: "p" });
    assertStrictEquals((await box())[0], value);
    assertEquals(records.length, 2);
  });
}

test("OutputRecorder: a handler that throws does not change the call", () => {
  const { recorder, records } = recording();
  const value = { a: 1 };
  for (
    const handler of [
      { matches: broken("no match"), describe: () => 1 },
      { matches: () => true, describe: broken("no description") },
    ]
  ) {
    const handlers = [{ name: "h", ...handler }] as never;
    const wrapped = recorder.wrap(() => value, { id: "f", handlers });
    assertStrictEquals(wrapped(), value);
  }
  assertEquals(records.map((one) => one.reason), [
    "no match",
    "no description",
  ]);
});

test("OutputRecorder: an item that can be read only once is recorded without a sketch", () => {
  const { recorder, records } = recording();
  let reads = 0;
  const item = {
    get a(): number {
      if (reads++ > 0) throw new Error("read twice");
      return 1;
    },
  };
  const wrapped = recorder.wrap(function* () {
    yield item;
  }, { id: "g" });
  assertEquals([...wrapped()].length, 1);
  assertEquals(records[0]!.hash, fingerprintValue([{ a: 1 }].values()));
  assertEquals(records[0]!.sketch, undefined);
});

test("OutputRecorder: an iterator step that cannot be inspected is passed on unchanged", () => {
  const { recorder, records } = recording();
  const iterator = {
    next: () => ({
      get done(): boolean {
        throw new Error("no done");
      },
      value: 1,
    }),
    [Symbol.iterator]() {
      return this;
    },
  };
  const wrapped = recorder.wrap(() => iterator, { id: "i" });
  assertThrows(() => [...wrapped()], Error, "no done");
  assertEquals(records.map((one) => one.reason), ["no done"]);
});

test("OutputRecorder: a value that is thrown is neither started nor read", () => {
  const { recorder, records } = recording();
  let started = 0;
  const iterator = [1, 2].values();
  const things = [
    { then: () => started++ },
    Promise.resolve(1),
    iterator,
    revoked(),
    Object.create(null),
    Symbol("s"),
    undefined,
  ];
  for (const thing of things) {
    const wrapped = recorder.wrap((): unknown => {
      throw thing;
    }, { id: "f" });
    try {
      wrapped();
      assert(false, "it should throw");
    } catch (error) {
      assertStrictEquals(error, thing);
    }
  }
  assertEquals(started, 0);
  assertEquals([...iterator], [1, 2]);
  assertEquals(records.map((one) => one.outcome), things.map(() => "error"));
  assertEquals(
    records.slice(0, 3).map((one) => one.reason),
    Array(3).fill("what was thrown has no value yet"),
  );
  assertEquals(records.at(-1)!.hash, fingerprintValue(undefined));
});

test("OutputRecorder: properties that a library adds to its promises are kept", async () => {
  const { recorder, records } = recording();
  const make = () =>
    Object.assign(Promise.resolve([1]), { abort: () => "off" });
  const promise = recorder.wrap(make, { id: "p" })();
  assertEquals(promise.abort(), "off");
  assertEquals(await promise, [1]);
  assertEquals(records[0]!.hash, fingerprintValue([1]));
});

/** As clients of web services have it: awaiting parses, and there are other ways to ask. */
class Reply extends Promise<number> {
  readonly #content: Promise<number>;
  constructor(content: Promise<number>) {
    super((resolve) => resolve(-1));
    this.#content = content;
  }
  override then<A = number, B = never>(
    onValue?: ((value: number) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#content.then(onValue, onError);
  }
  raw(): string {
    return "raw";
  }
}

test("OutputRecorder: a promise of a subclass is returned as the same object, and its own then is used", async () => {
  const { recorder, records } = recording();
  const made: Reply[] = [];
  const wrapped = recorder.wrap((value: Promise<number>) => {
    made.push(new Reply(value));
    return made.at(-1)!;
  }, { id: "r" });
  const reply = wrapped(Promise.resolve(3));
  assertStrictEquals(reply, made[0]);
  assertEquals(reply.raw(), "raw");
  assertEquals(await reply, 3);
  assertEquals(Object.hasOwn(reply, "then"), false);
  await assertRejects(
    async () => void await wrapped(Promise.reject(new Error("no"))),
    Error,
    "no",
  );
  assertEquals(
    records.map((one) => [one.outcome, one.hash]),
    [
      ["value", fingerprintValue(3)],
      ["error", fingerprintValue(new Error("no"))],
    ],
  );
});

test("OutputRecorder: a query that can be awaited or read row by row is recorded in both cases", async () => {
  const { recorder, records } = recording();
  const rows = ["a", "b"];
  const wrapped = recorder.wrap(() => ({
    then: <T>(onValue: (rows: string[]) => T) =>
      Promise.resolve(rows).then(onValue),
    async *[Symbol.asyncIterator]() {
      yield* rows;
    },
  }), { id: "query" });
  assertEquals(await wrapped(), rows);
  const awaited = records.length;
  // Held in a box: what is returned from an async function is awaited.
  const box = [wrapped()];
  const read: string[] = [];
  for await (const row of box[0]!) read.push(row);
  assertEquals([awaited, read, records.length], [1, rows, 2]);
  assertEquals(records[0]!.hash, fingerprintValue(rows));
  assertEquals(records[1]!.hash, fingerprintValue(rows.values()));
});

test("OutputRecorder: inspectFn gets the value that a thenable resolves to, and can return a thenable", async () => {
  const { recorder, records } = recording();
  const thenable = (value: unknown) => ({
    then: (onValue: (value: unknown) => unknown) =>
      Promise.resolve(value).then(onValue),
  });
  await recorder.wrap(() => thenable({ loss: 1 }), {
    id: "a",
    inspectFn: (result) => (result as { loss: number }).loss,
  })();
  recorder.wrap(() => 0, { id: "b", inspectFn: () => thenable(1) })();
  recorder.wrap(() => 0, {
    id: "c",
    inspectFn: () => Promise.reject(new Error("not there")),
  })();
  await new Promise((resolve) => setTimeout(resolve, 0));
  const of = (id: string) => records.find((one) => one.traceId === id);
  assertEquals(records.length, 3);
  assertEquals(of("a")?.hash, fingerprintValue(1));
  assertEquals(of("b")?.hash, fingerprintValue(1));
  assertEquals(of("c")?.reason, "not there");
});

test("OutputRecorder: an iterable that describes itself is not read", () => {
  const { recorder, records } = recording();
  const source = {
    [FINGERPRINT]: () => 7,
    id: Math.random(),
    async *[Symbol.asyncIterator]() {
      yield await Promise.reject(new Error("read"));
    },
  };
  assertStrictEquals(recorder.wrap(() => source, { id: "s" })(), source);
  assertEquals(
    records[0]!.hash,
    fingerprintValue({ [FINGERPRINT]: () => 7 }),
  );
  // The summary is of what was hashed, not of what happens to lie in the object.
  assertEquals(records[0]!.sketch, sketchValue(7));
});

test("OutputRecorder: flush records promises that have not settled, once", async () => {
  const { recorder, records } = recording();
  let settle = (_value: number): void => {};
  const wrapped = recorder.wrap(
    () => new Promise<number>((resolve) => settle = resolve),
    { id: "p" },
  );
  const pending = wrapped();
  const query = { then: () => {} };
  recorder.wrap(() => query, { id: "q" })();
  const pages = { [Symbol.asyncIterator]: () => [].values() };
  recorder.wrap(() => pages, { id: "r" })();
  recorder.flush();
  assertEquals(
    records.map((one) => [one.traceId, one.outcome, one.reason]),
    [
      ["p", "partial", "the run ended before its promise settled"],
      ["q", "partial", "the run ended before its promise settled"],
      ["r", "partial", "the run ended before anybody read it"],
    ],
  );
  settle(5);
  assertEquals(await pending, 5);
  recorder.flush();
  assertEquals(records.length, 3);
});

test("OutputRecorder: a call of the previous run is not recorded in the next run", async () => {
  const { recorder, records } = recording();
  let settle = (_value: number): void => {};
  const late = recorder.wrap(
    () => new Promise<number>((resolve) => settle = resolve),
    { id: "late" },
  )();
  const items = recorder.wrap(() => [1, 2].values(), { id: "items" })();
  items.next();
  recorder.reset();
  recorder.wrap(() => 1, { id: "now" })();
  settle(5);
  assertEquals(await late, 5);
  assertEquals([...items], [2]);
  assertEquals(
    records.map((one) => [one.traceId, one.sequence, one.call]),
    [["now", 0, 0]],
  );
});

test("OutputRecorder: an outer call comes before its inner calls in the sequence and is recorded after them", () => {
  const { recorder, records } = recording();
  const inner = recorder.wrap((n: number) => n, { id: "inner" });
  const outer = recorder.wrap(() => inner(1) + inner(2), { id: "outer" });
  const down = recorder.wrap(
    (n: number): number => n === 0 ? 0 : down(n - 1),
    { id: "down" },
  );
  assertEquals(outer(), 3);
  assertEquals(down(2), 0);
  assertEquals(
    records.map((one) => [one.traceId, one.sequence, one.call]),
    [
      ["inner", 1, 0],
      ["inner", 2, 1],
      ["outer", 0, 0],
      ["down", 5, 2],
      ["down", 4, 1],
      ["down", 3, 0],
    ],
  );
});

test("OutputRecorder: a listener can unsubscribe and make traced calls", () => {
  const { recorder, records } = recording();
  const wrapped = recorder.wrap((n: number) => n, { id: "f" });
  const told: number[] = [];
  const stop = recorder.subscribe((record) => {
    told.push(record.call);
    stop();
    if (record.call === 0) wrapped(1);
  });
  wrapped(0);
  wrapped(2);
  assertEquals(told, [0]);
  assertEquals(records.map((one) => one.call).sort(), [0, 1, 2]);
});

test("OutputRecorder: the same promise from two calls is recorded for both", async () => {
  const { recorder, records } = recording();
  const cached = Promise.resolve({ a: 1 });
  const wrapped = recorder.wrap(() => cached, { id: "c" });
  const [one, two] = await Promise.all([wrapped(), wrapped()]);
  assertStrictEquals(one, two);
  assertInstanceOf(wrapped(), Promise);
  assertEquals(records.map((record) => record.hash), [
    fingerprintValue({ a: 1 }),
    fingerprintValue({ a: 1 }),
  ]);
});

test("OutputRecorder: a promise that is rejected after flush is not recorded again", async () => {
  const { recorder, records } = recording();
  let reject = (_error: Error): void => {};
  const pending = recorder.wrap(
    () => new Promise<number>((_resolve, no) => reject = no),
    { id: "p" },
  )();
  recorder.flush();
  reject(new Error("late"));
  await assertRejects(() => pending, Error, "late");
  assertEquals(records.map((one) => one.outcome), ["partial"]);
});
