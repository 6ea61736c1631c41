/** What the tests rely on of `@std/assert`; passes against it and against the stand-in. */
import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

function refuses(check: () => void): boolean {
  try {
    check();
    return false;
  } catch (error) {
    if (error instanceof AssertionError) return true;
    throw error;
  }
}

class Point {
  readonly x: number;
  #hidden: number;
  constructor(x: number, hidden = 0) {
    this.x = x;
    this.#hidden = hidden;
  }
  get hidden(): number {
    return this.#hidden;
  }
}
class Place extends Point {}

function cycle(value: number): unknown {
  const object: Record<string, unknown> = { value };
  object.self = object;
  return object;
}

const KEY = Symbol("key");
const ERROR = new Error("a");
const double = (x: number) => 2 * x;

const EQUAL: [string, unknown, unknown, boolean][] = [
  ["primitives", 1, 1, true],
  ["NaN", NaN, NaN, true],
  ["0 and -0", 0, -0, true],
  ["1 and '1'", 1, "1", false],
  ["1 and 1n", 1, 1n, false],
  ["null and undefined", null, undefined, false],
  ["null and {}", null, {}, false],
  ["symbols", KEY, Symbol("key"), false],
  ["nested", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
  ["key order", { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ["another value", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, false],
  ["undefined and missing", { a: undefined }, {}, false],
  ["undefined and another key", { a: undefined }, { b: undefined }, false],
  ["symbols as keys", { [KEY]: 1 }, { [KEY]: 1 }, true],
  ["other symbols as keys", { [KEY]: 1 }, { [KEY]: 2 }, false],
  [
    "__proto__ as data",
    JSON.parse('{"__proto__":1}'),
    JSON.parse('{"__proto__":2}'),
    false,
  ],
  ["arrays", [1, [2, undefined]], [1, [2, undefined]], true],
  ["arrays of other lengths", [1], [1, undefined], false],
  ["array and object", [], {}, false],
  ["a hole and undefined", Array(1), [undefined], false],
  [
    "a null prototype",
    Object.assign(Object.create(null), { a: 1 }),
    { a: 1 },
    true,
  ],
  ["instances", new Point(1), new Point(1), true],
  ["other instances", new Point(1), new Point(2), false],
  [
    "instances that differ in an accessor",
    new Point(1),
    new Point(1, 2),
    false,
  ],
  ["an instance and a plain object", { x: 1 }, new Point(1), false],
  ["instances of a class and its parent", new Place(1), new Point(1), false],
  ["dates", new Date(1), new Date(1), true],
  ["other dates", new Date(1), new Date(2), false],
  ["invalid dates", new Date(NaN), new Date(NaN), true],
  ["regexes", /a/g, /a/g, true],
  ["other regexes", /a/g, /a/i, false],
  ["regexes that were used", usedRegExp(), /a/g, true],
  ["URLs", new URL("http://a/?b"), new URL("http://a/?b"), true],
  ["other URLs", new URL("http://a/?b"), new URL("http://a/?c"), false],
  ["maps", new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]]), true],
  ["other maps", new Map([[1, 2]]), new Map([[1, 3]]), false],
  ["maps of other keys", new Map([[1, 2]]), new Map([[2, 2]]), false],
  ["map order", new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]]), true],
  ["sets", new Set([1, { a: 2 }]), new Set([{ a: 2 }, 1]), true],
  ["other sets", new Set([1, 2]), new Set([1, 3]), false],
  ["map and set", new Map(), new Set(), false],
  ["typed arrays", new Uint8Array([1]), new Uint8Array([1]), true],
  ["other typed arrays", new Uint8Array([1]), new Uint8Array([2]), false],
  ["other kinds", new Uint8Array([1]), new Int8Array([1]), false],
  ["floats", new Float64Array([NaN, 0]), new Float64Array([NaN, -0]), true],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer, true],
  ["other buffers", new ArrayBuffer(1), new ArrayBuffer(2), false],
  ["views of bytes", viewOf(1), viewOf(1), true],
  ["other views of bytes", viewOf(1), viewOf(2), false],
  ["the same error", ERROR, ERROR, true],
  ["errors made apart", ERROR, new Error("a"), false],
  ["the same function", double, double, true],
  ["other functions", double, (x: number) => 2 * x, false],
  ["cycles", cycle(1), cycle(1), true],
  ["other cycles", cycle(1), cycle(2), false],
];

function usedRegExp(): RegExp {
  const used = /a/g;
  used.test("aa");
  return used;
}

function viewOf(byte: number): DataView {
  return new DataView(new Uint8Array([byte]).buffer);
}

for (const [name, a, b, equal] of EQUAL) {
  test(`assertEquals: ${name}: ${equal ? "equal" : "not"}`, () => {
    for (const [left, right] of [[a, b], [b, a]]) {
      assertStrictEquals(refuses(() => assertEquals(left, right)), !equal);
      assertStrictEquals(refuses(() => assertNotEquals(left, right)), equal);
    }
  });
}

test("assertEquals: what cannot be looked into is a TypeError", () => {
  assertThrows(() => assertEquals(new WeakMap(), new WeakMap()), TypeError);
  assertThrows(() => assertEquals(new WeakSet(), new WeakSet()), TypeError);
});

function throwIt(error: unknown): () => never {
  return () => {
    throw error;
  };
}

const REFUSED: [string, () => void][] = [
  ["assert", () => assert(0)],
  ["assertFalse", () => assertFalse(1)],
  ["fail", () => fail("x")],
  ["assertExists, null", () => assertExists(null)],
  ["assertExists, undefined", () => assertExists(undefined)],
  ["assertStrictEquals", () => assertStrictEquals<unknown>({}, {})],
  ["assertStrictEquals, -0", () => assertStrictEquals(0, -0)],
  ["assertNotStrictEquals", () => assertNotStrictEquals(NaN, NaN)],
  ["assertInstanceOf", () => assertInstanceOf({}, Map)],
  ["assertMatch", () => assertMatch("abc", /x/)],
  ["assertNotMatch", () => assertNotMatch("abc", /b/)],
  ["assertStringIncludes", () => assertStringIncludes("abc", "x")],
  ["assertGreater", () => assertGreater(1, 1)],
  ["assertGreaterOrEqual", () => assertGreaterOrEqual(1, 2)],
  ["assertLess", () => assertLess(NaN, 1)],
  ["assertLessOrEqual", () => assertLessOrEqual(2, 1)],
  ["assertAlmostEquals", () => assertAlmostEquals(1, 1.1, 0.05)],
  ["assertAlmostEquals, relative", () => assertAlmostEquals(1e-9, 2e-9)],
  ["assertAlmostEquals, NaN", () => assertAlmostEquals(NaN, 1, 10)],
  ["assertArrayIncludes", () => assertArrayIncludes([1, 2], [3])],
  [
    "assertObjectMatch, another value",
    () => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }),
  ],
  [
    "assertObjectMatch, a missing key",
    () => assertObjectMatch({ a: 1 }, { a: 1, b: undefined }),
  ],
  [
    "assertObjectMatch, an accessor of the class",
    () => assertObjectMatch(new Point(1, 2) as object, { hidden: 2 }),
  ],
  [
    "assertObjectMatch, a shorter list",
    () => assertObjectMatch({ a: [1] }, { a: [1, 2] }),
  ],
  ["assertThrows, nothing thrown", () => void assertThrows(() => {})],
  [
    "assertThrows, another class",
    () => void assertThrows(throwIt(new Error("x")), TypeError),
  ],
  [
    "assertThrows, another message",
    () => void assertThrows(throwIt(new Error("x")), Error, "y"),
  ],
  ["assertThrows, no error", () => void assertThrows(throwIt("x"), Error)],
];

for (const [name, check] of REFUSED) {
  test(`${name} refuses`, () => assertStrictEquals(refuses(check), true));
}

test("what holds is let through", () => {
  assert(1);
  assertFalse("");
  assertExists(0);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals(0, -0);
  assertInstanceOf(new Place(1), Point);
  assertMatch("abc", /b/);
  assertNotMatch("abc", /x/);
  assertStringIncludes("abc", "bc");
  assertGreater(2n, 1n);
  assertGreaterOrEqual(1, 1);
  assertLess("a", "b");
  assertLessOrEqual(1, 1);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(Infinity, Infinity);
  assertAlmostEquals(-1, -1.1, 0.2);
  assertArrayIncludes([1, { a: 2 }, NaN], [{ a: 2 }, NaN]);
  assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  assertObjectMatch(
    { a: { b: 1, c: 2 }, d: [{ e: 1, f: 2 }, 3], g: new Date(0) },
    { a: { b: 1 }, d: [{ e: 1 }], g: new Date(0) },
  );
});

test("what was thrown is given back, with its type", async () => {
  const error = new TypeError("the message");
  const thrown: TypeError = assertThrows(throwIt(error), TypeError, "message");
  assertStrictEquals(thrown, error);
  assertStrictEquals(assertThrows(throwIt("x")), "x");
  const rejected: TypeError = await assertRejects(
    () => Promise.reject(error),
    TypeError,
    "the",
  );
  assertStrictEquals(rejected, error);
  assertStrictEquals(await assertRejects(() => Promise.reject("x")), "x");
});

test("assertRejects refuses what resolves or throws at once", async () => {
  for (const fn of [() => Promise.resolve(1), throwIt(new Error("x"))]) {
    await assertRejects(() => assertRejects(fn), AssertionError);
  }
});

test("the message says what was compared, and why", () => {
  const error = assertThrows(
    () => assertEquals({ a: 1 }, { a: 2 }, "the reason"),
    AssertionError,
    "the reason",
  );
  assertStrictEquals(error.name, "AssertionError");
  assertMatch(error.message, /1[^]*2/);
  assertStrictEquals(new AssertionError("x", { cause: 1 }).cause, 1);
});

test("assertions narrow types", () => {
  const value = new Map<string, unknown>([["a", "text"], ["b", null]]);
  const text = value.get("a");
  assert(typeof text === "string");
  assertStrictEquals(text.length, 4);
  const found: { a: 1 } | undefined = [{ a: 1 as const }].find(() => true);
  assertExists(found);
  assertStrictEquals(found.a, 1);
  const caught: unknown = new Place(3);
  assertInstanceOf(caught, Point);
  assertStrictEquals(caught.x, 3);
});
