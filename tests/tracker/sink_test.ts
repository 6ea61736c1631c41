/** The fallback from the file to the spill file to memory, with files and a clock that the test controls. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { test } from "node:test";
import { StorageError } from "../../tracker/mod.ts";
import { FakeStorage, point } from "./_fake_storage.ts";

const END = {
  status: "completed",
  error: null,
  at: 0,
  duration: 1,
  unread: null,
};

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

test("Sink: points go to the file, the spill file, memory, nowhere, and come back in their order", () => {
  const storage = new FakeStorage({ capacity: 20 });
  const { sink, backlog, warnings } = storage;
  const log = (from: number, to: number): void => {
    for (let value = from; value < to; value++) sink.addPoint(point(value));
  };
  log(0, 5);
  assertEquals([storage.stored, storage.spilled], [range(0, 5), []]);

  storage.problem = "busy";
  log(5, 10);
  assertEquals([storage.stored, storage.spilled], [range(0, 5), range(5, 10)]);
  assertEquals(warnings, [
    "Cannot write runs.db: on purpose. Logging is suspended; points are buffered until the file is writable.",
  ]);

  storage.isSpillFull = true;
  log(10, 30);
  assertEquals(storage.spilled, range(5, 10));
  assertEquals(backlog.dropped, 0);

  // The buffer holds 20; of what is too much, the oldest goes, two at once.
  log(30, 33);
  assertEquals(backlog.dropped, 4);
  assertEquals(backlog.loss, "the buffer and the spill file are full");

  storage.problem = undefined;
  log(33, 34);
  assertEquals(storage.stored, range(0, 5), "the file is not tried at once");
  storage.now += 1_000;
  log(34, 40);
  assertEquals(storage.stored, [...range(0, 10), ...range(14, 40)]);
  assertEquals(storage.spilled, []);
  assertEquals(sink.file?.losses, { spilled: 5, dropped: 4 });
  assertEquals(warnings.length, 1);

  sink.end(END);
  assertEquals(sink.file?.others, [{ finish: END }]);
});

test("Sink: the file is tried once a second in an outage, and the next outage is told again", () => {
  const storage = new FakeStorage();
  const { sink, warnings } = storage;
  storage.problem = "full";
  sink.addPoint(point(0));
  let tries = 0;
  const write = storage.write.bind(storage);
  storage.write = (): void => {
    tries++;
    write();
  };
  for (let value = 1; value <= 100; value++, storage.now += 50) {
    sink.addPoint(point(value));
  }
  assertEquals([tries, warnings.length], [4, 1]);
  storage.problem = undefined;
  storage.now += 1_000;
  sink.beat();
  assertEquals(storage.stored, range(0, 101));
  storage.problem = "readonly";
  sink.addPoint(point(101));
  assertEquals(warnings.length, 2);
});

test('Sink: onError "throw" throws each time, and the next write recovers', () => {
  const storage = new FakeStorage({ onError: "throw" });
  const { sink } = storage;
  sink.addPoint(point(0));
  storage.problem = "full";
  for (let value = 1; value < 4; value++) {
    assertThrows(() => sink.addPoint(point(value)), StorageError);
  }
  storage.problem = undefined;
  sink.addPoint(point(4));
  assertEquals([storage.stored, storage.spilled], [[0, 4], []]);
  assertEquals(storage.warnings, []);
});

test('Sink: onError "throw" throws each time, too, if the file was replaced by an unusable one', () => {
  const storage = new FakeStorage({ onError: "throw" });
  const { sink } = storage;
  sink.addPoint(point(0));
  sink.file!.isThere = false;
  storage.problem = "corrupt";
  for (let value = 1; value < 4; value++) {
    assertThrows(() => {
      sink.check();
      sink.addPoint(point(value));
    }, StorageError);
  }
  storage.problem = undefined;
  sink.addPoint(point(4));
  assertEquals(storage.stored, [0, 4]);
});

test("Sink: an error that is none of the file is thrown, and suspends nothing", () => {
  const { sink, stored } = new FakeStorage();
  assertThrows(() => sink.suspend(new RangeError("a bug")), RangeError);
  sink.addPoint(point(0));
  assertEquals(stored, [0]);
});

test("Sink: a run that ends in an outage leaves its end in the spill file, after its points", () => {
  const storage = new FakeStorage();
  const { sink, backlog } = storage;
  storage.problem = "busy";
  storage.isSpillFull = true;
  for (const value of range(0, 10)) sink.addPoint(point(value));
  storage.isSpillFull = false;
  sink.end(END);
  assertEquals(storage.spilled, range(0, 10));
  const lines = [...storage.spills.values()].flat();
  assertEquals(lines.at(-1), { finish: END });
  assertEquals(backlog.dropped, 0);
});

test("Sink: a long buffer goes to the spill file as a whole", () => {
  const storage = new FakeStorage({ capacity: 3_000 });
  const { sink, backlog } = storage;
  storage.problem = "full";
  storage.isSpillFull = true;
  sink.addPoints(range(0, 2_500).map(point));
  storage.isSpillFull = false;
  storage.now += 1_000;
  sink.addPoint(point(2_500));
  assertEquals(storage.spilled, range(0, 2_501));
  assertEquals([backlog.spilled, backlog.dropped], [2_501, 0]);
});

test("Sink: a write that fails because the file was taken away is no outage; the run moves at the next one", () => {
  const storage = new FakeStorage();
  const { sink } = storage;
  sink.addPoint(point(0));
  sink.file!.isThere = false;
  storage.problem = "readonly";
  sink.addPoint(point(1));
  storage.problem = undefined;
  sink.addPoint(point(2));
  assertEquals([storage.stored, storage.spilled], [[0, 1, 2], []]);
  assertEquals(storage.warnings, []);
});

test("Sink: if the file in place of the run's own is unusable, the whole run is in the spill file", () => {
  const storage = new FakeStorage();
  const { sink } = storage;
  for (const value of range(0, 5)) sink.addPoint(point(value));
  sink.file!.isThere = false;
  storage.problem = "corrupt";
  sink.check();
  sink.addPoint(point(5));
  assertEquals([storage.spilled, sink.file], [range(0, 6), undefined]);
  assertEquals(storage.warnings.length, 1);
});

test("Backlog.loss: says what was full, or why the spill file is not writable", () => {
  const storage = new FakeStorage();
  const { sink, backlog } = storage;
  storage.problem = "full";
  storage.isSpillFull = true;
  for (const value of range(0, 10)) sink.addPoint(point(value));
  sink.end(END);
  assertEquals(backlog.dropped, 10);
  assertEquals(backlog.loss, "the spill file is full");
});

const SPILL_ERRORS: [string, Error, string][] = [
  ["its size", new RangeError("too many bytes"), "is full"],
  ["a quota", Object.assign(new Error("x"), { code: "EDQUOT" }), "is full"],
  ["a limit, in Deno", new Error("File too large (os error 27)"), "is full"],
  [
    "a permission",
    Object.assign(new Error("not for you"), { code: "EACCES" }),
    "is not writable (not for you)",
  ],
];
for (const [name, error, said] of SPILL_ERRORS) {
  test(`Backlog.loss: a spill file that fails because of ${name} ${said}`, () => {
    const storage = new FakeStorage();
    storage.problem = "full";
    storage.spillError = error;
    storage.sink.addPoint(point(0));
    storage.sink.end(END);
    assertEquals(storage.backlog.dropped, 1);
    assertEquals(storage.backlog.loss, `the spill file ${said}`);
  });
}

/** One thing that happens, to the run or to its files. */
type Event =
  | { readonly type: "log"; readonly count: number; readonly batch: boolean }
  | { readonly type: "note" | "beat" | "check" | "take spill" | "move" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "database"; readonly problem: "busy" | "full" | undefined }
  | { readonly type: "writes left"; readonly count: number }
  | { readonly type: "spill"; readonly isFull: boolean };

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("log" as const),
      count: fc.integer({ min: 1, max: 40 }),
      batch: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom(
        "note" as const,
        "beat" as const,
        "check" as const,
        "take spill" as const,
        "move" as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      ms: fc.constantFrom(10, 500, 1_000, 5_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("database" as const),
      problem: fc.constantFrom("busy" as const, "full" as const, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("writes left" as const),
      count: fc.integer({ min: 0, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("spill" as const),
      isFull: fc.boolean(),
    }),
  },
);

const CAPACITY = 30;

/** Lets events happen, and checks after each that no point is lost without being counted. */
class Model {
  readonly storage: FakeStorage = new FakeStorage({ capacity: CAPACITY });
  /** Points that were logged: 0, 1, 2, … */
  logged = 0;
  /** Whether the spill file was always writable. */
  #hasRoom = true;
  /** What another process put into the database from a spill file of ours. */
  readonly #takenByOther: number[] = [];

  happen(event: Event): void {
    const { storage } = this;
    const { sink } = storage;
    switch (event.type) {
      case "log":
        return this.#log(event.count, event.batch);
      case "note":
        return sink.addNote({
          output: { traceId: "t", call: 0, sequence: 0, outcome: "value" },
        });
      case "beat":
        return sink.beat();
      case "check":
        return sink.check();
      case "take spill":
        this.#takenByOther.push(...storage.spilled);
        return storage.spills.clear();
      case "move":
        if (sink.file !== undefined) sink.file.isThere = false;
        return;
      case "wait":
        storage.now += event.ms;
        return;
      case "database":
        storage.problem = event.problem;
        storage.writesLeft = Infinity;
        return;
      case "writes left":
        storage.writesLeft = event.count;
        return;
      case "spill":
        storage.isSpillFull = event.isFull;
        if (event.isFull) this.#hasRoom = false;
    }
  }

  #log(count: number, batch: boolean): void {
    const points = range(this.logged, this.logged + count).map(point);
    this.logged += count;
    if (batch) this.storage.sink.addPoints(points);
    else for (const one of points) this.storage.sink.addPoint(one);
  }

  /** The points that are somewhere else than in memory. */
  #kept(): number[] {
    const { storage } = this;
    const { left } = storage.place;
    return [
      ...this.#takenByOther,
      ...left?.values ?? [],
      ...storage.stored,
      ...storage.spilled,
    ];
  }

  check(): void {
    const kept = this.#kept();
    assertEquals(new Set(kept).size, kept.length, "a point is there twice");
    const inMemory = this.logged - kept.length - this.storage.backlog.dropped;
    assert(inMemory >= 0, "a point counts as lost and is there");
    assert(inMemory <= CAPACITY, "a point is neither kept nor counted as lost");
    if (this.#hasRoom) assertEquals(inMemory, 0, "kill -9 would lose a point");
  }

  /** Ends the run; then nothing is in memory. */
  end(isWritable: boolean): void {
    const { storage } = this;
    storage.problem = isWritable ? undefined : "busy";
    storage.writesLeft = Infinity;
    storage.sink.end(END);
    this.check();
    const kept = this.#kept();
    assertEquals(this.logged, kept.length + storage.backlog.dropped);
    if (!isWritable) return;
    assertEquals([storage.spilled, storage.place.left], [[], undefined]);
    assertEquals(storage.sink.file?.others.at(-1), { finish: END });
    assertEquals(storage.sink.file?.losses.dropped, storage.backlog.dropped);
    if (storage.place.hasSalvaged || this.#takenByOther.length > 0) return;
    assertEquals(kept, kept.toSorted((a, b) => a - b), "out of order");
  }
}

test("Sink: over any outages, what was logged is stored, buffered, or counted as lost, and never twice", () => {
  let dropped = 0;
  const property = fc.property(
    fc.array(EVENT, { maxLength: 60, size: "max" }),
    fc.boolean(),
    (events, isWritable) => {
      const model = new Model();
      for (const event of events) {
        model.happen(event);
        model.check();
      }
      model.end(isWritable);
      dropped += model.storage.backlog.dropped;
    },
  );
  fc.assert(property, { numRuns: 1_000, seed: 11 });
  assert(dropped > 0, "no outage was long enough");
});

test("Sink: a warning names the file and says that logging is suspended", () => {
  const storage = new FakeStorage();
  storage.problem = "full";
  storage.sink.beat();
  assertEquals(storage.warnings.length, 1);
  assertMatch(storage.warnings[0]!, /^Cannot write runs\.db: .*\. Logging is/);
});
