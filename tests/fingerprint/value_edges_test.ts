import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import {
  FINGERPRINT,
  fingerprintValue,
  OpaqueValueError,
} from "@ato/ato/fingerprint";

const hash = (value: unknown, bits?: number) =>
  fingerprintValue(value, bits === undefined ? {} : { bits });

test("fingerprintValue: the hash of a large value does not depend on where the buffer ends", () => {
  // Nothing may depend on how content lies to the 64 KiB of the buffer.
  for (const size of [0, 1, 32_767, 32_768, 65_535, 65_536, 65_537, 200_001]) {
    const bytes = new Uint8Array(size).map((_, i) => i * 31);
    const moved = new Uint8Array(size + 3);
    moved.set(bytes, 3);
    assertEquals(hash(["x", bytes]), hash(["x", moved.subarray(3)]));
    const text = "aé€😀".repeat(Math.ceil(size / 5)).slice(0, size);
    assertEquals(hash({ text, end: 1 }), hash({ end: 1, text: `${text}` }));
    if (size > 0) {
      const other = bytes.slice();
      other[size - 1]! ^= 1;
      assertNotEquals(hash(bytes), hash(other));
      assertNotEquals(hash(text), hash(text.slice(0, -1)));
    }
  }
});

test("fingerprintValue: NaN counts in every position, its bits do not", () => {
  for (const at of [0, 5, 32_767, 32_768, 99_999]) {
    const plain = new Float32Array(100_000).fill(1);
    const one = plain.slice();
    new Uint32Array(one.buffer)[at] = 0x7fc00001;
    const other = plain.slice();
    new Uint32Array(other.buffer)[at] = 0xffffffff;
    assertEquals(hash(one), hash(other));
    assertNotEquals(hash(one), hash(plain));
    // Infinities that cancel each other look like a NaN to a sum; they are none.
    const infinite = plain.slice();
    infinite[at] = Infinity;
    infinite[(at + 8) % 100_000] = -Infinity;
    assertEquals(hash(infinite), hash(infinite.slice()));
    assertNotEquals(hash(infinite), hash(one));
  }
});

test("fingerprintValue: a quantised number is the nearest with so many bits, and a half is rounded away from zero", () => {
  // The independent way: scale, round, scale back.
  const reference = (value: number, bits: number): number => {
    if (value === 0 || !Number.isFinite(value)) return value === 0 ? 0 : value;
    let size = Math.abs(value);
    let shift = 0;
    while (size < 2 ** (bits - 1)) {
      size *= 2;
      shift++;
    }
    while (size >= 2 ** bits) {
      size /= 2;
      shift--;
    }
    const below = Math.floor(size);
    let kept = Math.sign(value) * (size - below >= 0.5 ? below + 1 : below);
    for (; shift > 0; shift--) kept /= 2;
    for (; shift < 0; shift++) kept *= 2;
    return kept;
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({
          noNaN: true,
          noDefaultInfinity: true,
          min: -1e300,
          max: 1e300,
        }),
        fc.double({ noNaN: true, min: -2, max: 2 }),
        fc.integer(),
        fc.constantFrom(5e-324, 2.5e-323, 1e-310, -3e-315),
      ),
      fc.integer({ min: 1, max: 53 }),
      (value, bits) => {
        assertEquals(hash(value, bits), hash(reference(value, bits), bits));
        const near = reference(value, bits);
        assert(
          Math.abs(near - value) <= Math.abs(value) * 2 ** -bits ||
            Math.abs(value) < 1e-307,
        );
        // What is quantised already stays as it is: the exact stream shows it.
        assertEquals(hash(near, bits), hash(value, bits));
      },
    ),
    { seed: 11, numRuns: 1000 },
  );
});

test("fingerprintValue: the ends of the range stay different when they are quantised", () => {
  assertNotEquals(hash(Number.MAX_VALUE, 24), hash(Infinity, 24));
  assertEquals(
    hash(Number.MAX_VALUE, 24),
    hash((2 - 2 ** -23) * 2 ** 1023, 24),
  );
  assertNotEquals(hash(5e-324, 24), hash(0, 24));
  assertNotEquals(hash(5e-324, 24), hash(1e-323, 24));
  // Few bits of many: the leading bit of a subnormal is where it is, not where the format has it.
  assertEquals(hash(1 * 2 ** -1050 + 2 ** -1074, 12), hash(2 ** -1050, 12));
});

test("fingerprintValue: the order of the entries of a quantised Map does not count", () => {
  const near = new Map([[10 - 1e-12, "a"], [2, "b"]]);
  const other = new Map([[10 + 1e-12, "a"], [2, "b"]]);
  assertEquals(hash(near, 24), hash(other, 24));
  const twins = new Map([[1, "x"], [1 + 1e-12, "y"]]);
  const turned = new Map([[1, "y"], [1 + 1e-12, "x"]]);
  assertEquals(hash(twins, 24), hash(turned, 24));
  assertNotEquals(hash(twins), hash(turned));
});

test("fingerprintValue: an object literal with more keys than a tensor has is not a tensor", () => {
  const data = new Float32Array([1, 2]);
  assertNotEquals(
    hash({ shape: [2], data, name: "a" }),
    hash({ shape: [2], data, name: "b" }),
  );
  // Data that the shape does not reach, or that does not reach the shape, counts as it is.
  assertNotEquals(
    hash({ shape: [2], data: new Float32Array([1, 2, 3]) }),
    hash({ shape: [2], data }),
  );
  for (const strides of [[5], [-1], [1, 1]]) {
    assertNotEquals(
      hash({ shape: [2], strides, data }),
      hash({ shape: [2], data }),
    );
  }
  assertEquals(
    hash({
      shape: [2],
      strides: [-1],
      offset: 1,
      data: new Float32Array([2, 1]),
    }),
    hash({ shape: [2], data }),
  );
});

test("fingerprintValue: a tensor class is hashed by its content, its other fields do not count", () => {
  let made = 0;
  class Tensor {
    readonly id = made++;
    readonly shape = new Uint32Array([2, 1]);
    readonly dtype = "float32";
    dataSync(): Float32Array {
      return new Float32Array([1, 2]);
    }
  }
  assertEquals(hash(new Tensor()), hash(new Tensor()));
  assertEquals(
    hash(new Tensor()),
    hash({ shape: [2, 1], data: new Float32Array([1, 2]) }),
  );
});

test("fingerprintValue: a field with the name `constructor` does not change the name of the class", () => {
  class Thing {
    x = 1;
  }
  const odd = Object.assign(new Thing(), { constructor: class Other {} });
  assertThrows(() => hash(odd), OpaqueValueError, "value.constructor");
  assertNotEquals(
    hash(Object.assign(new Thing(), { constructor: 1 })),
    hash({ x: 1, constructor: 1 }),
  );
});

test("fingerprintValue: the description that a value gives of itself is used before its built-in kind", () => {
  const iterator = Object.assign([1, 2].values(), {
    [FINGERPRINT]: () => "two",
  });
  const first = hash(iterator);
  assertEquals(first, hash({ [FINGERPRINT]: () => "two" }));
  assertEquals([...iterator], [1, 2]);
  const handler = {
    name: "cursor",
    matches: (value: object): value is object => "rows" in value,
    describe: () => 7,
  };
  const thenable = { rows: 1, then: () => assert(false) };
  assertEquals(
    typeof fingerprintValue(thenable, { handlers: [handler] }),
    "string",
  );
});

/** A view whose memory has been given away. */
function transferred<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

test("fingerprintValue: errors name the path to the part that cannot be hashed", () => {
  const cases: [unknown, string][] = [
    [{ a: { b: [1, () => 1] } }, "value.a.b[1]"],
    [new Error("m", { cause: Symbol() }), "value.cause"],
    [new Map([["k", new WeakSet()]]), "value.get(k)"],
    [new Map([[{ f: () => 1 }, 1]]), "value.keys().f"],
    [new Map([[{ a: 1 }, { f: () => 1 }]]), "value.get(…).f"],
    [{ s: new Set([1, () => 1]) }, "value.s.values()"],
    [{ view: transferred(new Float64Array(2)) }, "value.view"],
    [[transferred(new DataView(new ArrayBuffer(2)))], "value[0]"],
    [[transferred(new Uint8Array(2)).buffer], "value[0]"],
    [
      (function* () {
        yield 1;
        yield { f: () => 1 };
      })(),
      "value[1].f",
    ],
  ];
  for (const [value, path] of cases) {
    const error = assertThrows(() => hash(value), OpaqueValueError);
    assertEquals(error.path, path);
    assert(
      error.message.startsWith(`Cannot fingerprint ${path}: `),
      error.message,
    );
    assert(!error.message.endsWith("."), error.message);
  }
});

test("fingerprintValue: golden hashes of quantised numbers, sequences and every kind of buffer", () => {
  const numbers = [-3, 0, 1, 2, 127];
  const kinds = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ].map((kind) => new kind(numbers));
  const wide = [BigInt64Array.of(-1n, 2n), BigUint64Array.of(1n, 2n ** 63n)];
  const cases: [string, string][] = [
    [
      hash([0.1, 1e300, -7, NaN], 24),
      "ato-value-v1~q24:3bcf74177bcf306770586f289ae81e7b17ee2bea1da1e252cd85f86aed7cdb62",
    ],
    [
      hash(new Float32Array([0.1, -0, NaN, 3]), 12),
      "ato-value-v1~q12:ceaadc1664f864084c734ec1a88df1dcb6abfcd7a63dda89f3e9bd7b60df9d7f",
    ],
    [
      hash([...kinds, ...wide, new DataView(new ArrayBuffer(3))]),
      "ato-value-v1:92d5ce39ee0a391799313278d135be56e3227cb0e3903c5df28bfa0d2b45ebda",
    ],
    [
      hash((function* () {
        yield 1;
        yield Uint8Array.of(1, 2);
        yield Uint8Array.of(3);
        return "end";
      })()),
      "ato-value-v1:19cf8ee411a8185bfae8f3aecb80ae5996f6cd6c6bc089729729ebfe4456d020",
    ],
    [
      hash([, undefined, Object(1n), new Date(NaN), "\ud800a", 2n ** 70n]),
      "ato-value-v1:eb1fabc63c0411130fa424d696cab07f6a334f2d9c042fab698e0e81b2aed2cf",
    ],
  ];
  for (const [actual, expected] of cases) assertEquals(actual, expected);
});

test("fingerprintValue: the path to a part that is nested too deeply is shortened in the middle", () => {
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  for (const value of [deep, [deep].values()]) {
    const error = assertThrows(() => hash(value), OpaqueValueError);
    assertStringIncludes(error.message, "nested too deeply");
    assertMatch(error.path, /^value(\[0\]){12}…(\[0\]){12}$/);
  }
});

test("fingerprintValue: an error that the value throws is thrown unchanged", () => {
  const cases: [unknown, string][] = [
    [{ toJSON: () => new Date(NaN).toISOString() }, "Invalid time value"],
    [{
      get part() {
        throw new RangeError("not yet");
      },
    }, "not yet"],
  ];
  for (const [value, message] of cases) {
    assertThrows(() => hash(value), RangeError, message);
  }
});

test("fingerprintValue: values of another realm have the same hash", () => {
  const sources = [
    "({ a: 1 })",
    "({})",
    "[1, , { a: [] }]",
    "new Map([[1, { a: 1 }]])",
    "new Set([1])",
    "new Date(5)",
    "/a/gi",
    "new TypeError('m', { cause: 1 })",
    "new Float32Array([1, NaN])",
    "new Uint8Array([1, 2]).buffer",
    "new DataView(new ArrayBuffer(2))",
    "new Number(1)",
    "new String('a')",
    "new Boolean(false)",
    "Object(1n)",
    "({ shape: [1], data: new Float32Array(1) })",
  ];
  for (const source of sources) {
    const here: unknown = runInNewContext(source, globalThis);
    assertEquals(hash(runInNewContext(source)), hash(here), source);
  }
  class Other {
    a = 1;
  }
  assertNotEquals(hash(new Other()), hash({ a: 1 }));
});

test("fingerprintValue: an object that only claims to be a built-in is hashed by its fields", () => {
  const names = [
    "Map",
    "Set",
    "Date",
    "RegExp",
    "Error",
    "ArrayBuffer",
    "SharedArrayBuffer",
    "BigInt",
    "Number",
  ];
  for (const name of names) {
    const said = (a: number) => ({ [Symbol.toStringTag]: name, a });
    assertNotEquals(hash(said(1)), hash(said(2)), name);
    assertEquals(hash(said(1)), hash({ a: 1 }), name);
    class Said {
      [Symbol.toStringTag] = name;
      a: number;
      constructor(a: number) {
        this.a = a;
      }
    }
    assertNotEquals(hash(new Said(1)), hash(new Said(2)), name);
  }
  class Index extends Map<string, number> {
    override get [Symbol.toStringTag]() {
      return "Index";
    }
  }
  assertEquals(hash(new Index([["a", 1]])), hash(new Map([["a", 1]])));
});

test("fingerprintValue: a tensor of strings is hashed by its strings", () => {
  let made = 0;
  class Texts {
    readonly id = made++;
    readonly shape = [2];
    readonly dtype = "string";
    readonly #texts: string[];
    constructor(...texts: string[]) {
      this.#texts = texts;
    }
    dataSync(): string[] {
      return this.#texts;
    }
  }
  assertEquals(hash(new Texts("a", "b")), hash(new Texts("a", "b")));
  assertNotEquals(hash(new Texts("a", "b")), hash(new Texts("b", "a")));
});

test("fingerprintValue: the time for nested sets grows with their size, not exponentially with their depth", () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = new Set([value, `${i}`]);
    return value;
  };
  // Twice the work a level would never end here.
  assertEquals(hash(nested(200)), hash(nested(200)));
  assertNotEquals(hash(nested(200)), hash(nested(201)));
  const map = (last: number) => {
    let value: unknown = last;
    for (let i = 0; i < 200; i++) value = new Map([[{ i }, value]]);
    return value;
  };
  assertEquals(hash(map(1)), hash(map(1)));
  assertNotEquals(hash(map(1)), hash(map(2)));
});

test("fingerprintValue: a cycle through a set or the key of a map is hashed with its distance", () => {
  const around = (levels: number) => {
    const set = new Set<unknown>();
    let inner: unknown = set;
    for (let i = 0; i < levels; i++) inner = [inner];
    return set.add(inner);
  };
  assertEquals(hash(around(2)), hash(around(2)));
  assertNotEquals(hash(around(1)), hash(around(2)));
  const pointing = (at: number): unknown => {
    const map = new Map<unknown, unknown>();
    const key: unknown[] = [];
    key.push(at === 0 ? key : map);
    return map.set(key, 1);
  };
  assertEquals(hash(pointing(0)), hash(pointing(0)));
  assertEquals(hash(pointing(1)), hash(pointing(1)));
  assertNotEquals(hash(pointing(0)), hash(pointing(1)));
});
