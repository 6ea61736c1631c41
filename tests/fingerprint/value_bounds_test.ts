/** Values that would never end where each reference is written out, and iterators without an end. */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  fingerprintValue,
  OpaqueValueError,
  OutputRecorder,
} from "@ato/ato/fingerprint";
import { ByteStream } from "../../fingerprint/_byte_stream.ts";
import { Encoder } from "../../fingerprint/_encoder.ts";
import { SequenceEncoder } from "../../fingerprint/_sequence.ts";

/** Puts a value into a container of its kind again and again. */
function nest(
  depth: number,
  wrap: (inner: unknown) => unknown,
  value: unknown = [],
): unknown {
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

/** Calls a function where about half of the stack is used up. */
function deepInTheStack<T>(call: () => T): T {
  // How much one level takes changes while the runtime compiles it, so what fitted once may not fit again.
  for (let levels = 0.5 * deepest();; levels *= 0.8) {
    let isThere = false;
    try {
      return down(Math.floor(levels), () => {
        isThere = true;
        return call();
      });
    } catch (error) {
      if (isThere || !(error instanceof RangeError)) throw error;
    }
  }
}

function down<T>(levels: number, call: () => T): T {
  return levels > 0 ? down(levels - 1, call) : call();
}

/** How many levels fit into the stack. */
function deepest(): number {
  let levels = 1 << 20;
  const fits = () => {
    try {
      return down(levels, () => true);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
  while (!fits()) levels = Math.floor(0.8 * levels);
  return levels;
}

class Pair {
  readonly parts: readonly unknown[];
  constructor(part: unknown) {
    this.parts = [part, part];
  }
}

/** Small values that come to 2^30 parts and more. */
const BOMBS: Readonly<Record<string, () => unknown>> = {
  arrays: () => nest(30, (v) => [v, v]),
  "a thousand arrays": () => nest(1000, (v) => [v, v]),
  objects: () => nest(30, (v) => ({ a: v, b: v })),
  maps: () => nest(30, (v) => new Map([[v, v]])),
  sets: () => nest(30, (v) => new Set([[v], [v, 1]])),
  instances: () => nest(30, (v) => new Pair(v)),
  errors: () => nest(30, (v) => new AggregateError([v, v])),
  "one text": () => new Array(1e6).fill("x".repeat(1e6)),
  "one buffer": () => new Array(1e5).fill(new Uint8Array(1e7)),
  "one list of numbers": () => new Array(1e5).fill(new Array(1e6).fill(1.5)),
};

for (const [name, make] of Object.entries(BOMBS)) {
  test(`fingerprintValue: a value that is too large once shared references are expanded is an error: ${name}`, () => {
    const error = assertThrows(
      () => fingerprintValue(make()),
      OpaqueValueError,
      "refers to the same parts so often",
    );
    assert(error.path.startsWith("value"));
  });
}

test("fingerprintValue: which error a value gets does not depend on how much of the stack is left", () => {
  const refuse = () => fingerprintValue(nest(1000, (v) => [v, v]));
  assertThrows(
    () => deepInTheStack(refuse),
    OpaqueValueError,
    "refers to the same parts so often",
  );
});

test("fingerprintValue: a value with many shared references is hashed if it is not too large", () => {
  const leaf = { a: 1 };
  const shared = new Array(1000).fill(new Array(1500).fill(leaf));
  const apart = Array.from(
    { length: 1000 },
    () => Array.from({ length: 1500 }, () => ({ a: 1 })),
  );
  // More than 2^20 objects, so that both are looked through.
  assertEquals(fingerprintValue(shared), fingerprintValue(apart));
});

test("fingerprintValue: shared references have the hash of separate copies", () => {
  const v = nest(4, (inner) => [inner, inner]);
  assertEquals(
    fingerprintValue(v),
    fingerprintValue(JSON.parse(JSON.stringify(v))),
  );
});

test("fingerprintValue: a reference to an object around the value counts by its distance, at any depth", () => {
  const loop = (depth: number, levels: number) => {
    const all: unknown[][] = [[]];
    for (let i = 1; i < depth; i++) all.push([all.at(-1)]);
    all[0]!.push(all[levels - 1]);
    return fingerprintValue(all.at(-1));
  };
  for (const depth of [3, 15, 16, 17, 18, 40]) {
    const hashes = Array.from(
      { length: depth },
      (_, i) => loop(depth, i + 1),
    );
    assertEquals(new Set(hashes).size, depth);
    assertEquals(loop(depth, 2), hashes[1]);
  }
});

const DEEP: Readonly<Record<string, (inner: unknown) => unknown>> = {
  arrays: (v) => [v],
  objects: (v) => ({ a: v }),
  maps: (v) => new Map([[1, v]]),
  causes: (v) => new Error("x", { cause: v }),
  "what describes itself": (v) => ({
    [Symbol.for("ato.fingerprint")]: () => v,
  }),
};

for (const [name, wrap] of Object.entries(DEEP)) {
  test(`fingerprintValue: a depth of 100,000 is an OpaqueValueError: ${name}`, () => {
    assertThrows(
      () => fingerprintValue(nest(100_000, wrap)),
      OpaqueValueError,
      "nested too deeply",
    );
  });
}

test("OutputRecorder: a call whose output is too large or too deep is recorded with the reason", () => {
  const warnings: string[] = [];
  const recorder = new OutputRecorder({ warn: (one) => warnings.push(one) });
  const reasons: unknown[] = [];
  recorder.subscribe(({ hash, reason }) => reasons.push([hash, reason]));
  for (const value of [BOMBS.arrays!(), nest(100_000, DEEP.arrays!)]) {
    const wrapped = recorder.wrap(() => value, { id: "f" });
    assert(wrapped() === value);
  }
  assertEquals(reasons.length, 2);
  for (const one of reasons as [unknown, string][]) {
    assertEquals(one[0], undefined);
    assert(/so often|too deeply/.test(one[1]));
  }
  assertEquals(warnings.length, 1);
});

test("fingerprintValue: an infinite iterator is an error after the maximum number of items", () => {
  const encoder = new Encoder(new ByteStream(), undefined, []);
  const sequence = new SequenceEncoder(encoder, 3);
  for (const item of [1, new Uint8Array(2), "x"]) sequence.add(item);
  assertThrows(
    () => sequence.add(4),
    OpaqueValueError,
    "it gave 3 items and has not ended",
  );
});

test("OutputRecorder: an infinite iterator of a subclass of Map or Array is not read", () => {
  class Endless extends Map<string, number> {
    override *[Symbol.iterator](): MapIterator<[string, number]> {
      for (;;) yield ["a", 1];
    }
    override *values(): MapIterator<number> {
      for (;;) yield 1;
    }
  }
  class Rows extends Array<number> {
    override *[Symbol.iterator](): ArrayIterator<number> {
      for (;;) yield 1;
    }
  }
  const recorder = new OutputRecorder();
  const counts: unknown[] = [];
  recorder.subscribe(({ sketch }) => counts.push(sketch?.count));
  const rows = new Rows();
  rows.push(1, 2);
  const output = [new Endless([["a", 1]]), rows];
  recorder.wrap(() => output, { id: "f" })();
  assertEquals(counts, [3]);
  assertEquals(
    fingerprintValue(new Endless([["a", 1]])),
    fingerprintValue(new Map([["a", 1]])),
  );
});

test("fingerprintValue: a long array that consists of holes is an error", () => {
  const holes: number[] = [];
  holes[2 ** 32 - 2] = 1;
  assertThrows(
    () => fingerprintValue(holes),
    OpaqueValueError,
    "consists of holes",
  );
});

test("fingerprintValue: an error is called too deep by its depth, never by its message", () => {
  const refuse = (message: string) => ({
    get part() {
      throw new RangeError(message);
    },
  });
  for (const message of ["Maximum call stack size exceeded", "not yet"]) {
    for (
      const value of [refuse(message), nest(50, (v) => [v], refuse(message))]
    ) {
      assertThrows(() => fingerprintValue(value), RangeError, message);
    }
  }
});

test("fingerprintValue: the error of a value that is nested too deeply has its path", () => {
  const error = assertThrows(
    () => fingerprintValue({ layers: nest(100_000, (v) => [v]) }),
    OpaqueValueError,
  );
  assert(error.path.startsWith("value.layers[0][0]"), error.path);
});
