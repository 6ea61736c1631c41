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
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
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

const EQUAL: [string, unknown, unknown, boolean][] = [
  ["primitives", 1, 1, true],
  ["NaN", NaN, NaN, true],
  ["0 and -0", 0, -0, true],
  ["1 and '1'", 1, "1", false],
  ["1 and 1n", 1, 1n, false],
  ["null and undefined", null, undefined, false],
  ["nested", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
  ["key order", { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ["another value", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, false],
  ["undefined and missing", { a: undefined }, {}, false],
  ["array and object", [], {}, false],
  [
    "a null prototype",
    Object.assign(Object.create(null), { a: 1 }),
    { a: 1 },
    true,
  ],
  ["dates", new Date(1), new Date(1), true],
  ["other dates", new Date(1), new Date(2), false],
  ["regexes", /a/g, /a/g, true],
  ["other regexes", /a/g, /a/i, false],
  ["maps", new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]]), true],
  ["other maps", new Map([[1, 2]]), new Map([[1, 3]]), false],
  ["sets", new Set([1, { a: 2 }]), new Set([{ a: 2 }, 1]), true],
  ["typed arrays", new Uint8Array([1]), new Uint8Array([1]), true],
  ["other typed arrays", new Uint8Array([1]), new Uint8Array([2]), false],
  ["other kinds", new Uint8Array([1]), new Int8Array([1]), false],
  ["other errors", new Error("a"), new Error("b"), false],
];

for (const [name, a, b, equal] of EQUAL) {
  test(`assertEquals: ${name}: ${equal ? "equal" : "not"}`, () => {
    assertStrictEquals(refuses(() => assertEquals(a, b)), !equal);
    assertStrictEquals(refuses(() => assertNotEquals(a, b)), equal);
  });
}

const REFUSED: [string, () => void][] = [
  ["assert", () => assert(0)],
  ["assertFalse", () => assertFalse(1)],
  ["fail", () => fail("x")],
  ["assertExists", () => assertExists(null)],
  ["assertStrictEquals", () => assertStrictEquals<unknown>({}, {})],
  ["assertInstanceOf", () => assertInstanceOf({}, Map)],
  ["assertMatch", () => assertMatch("abc", /x/)],
  ["assertStringIncludes", () => assertStringIncludes("abc", "x")],
  ["assertGreater", () => assertGreater(1, 1)],
  ["assertLess", () => assertLess(NaN, 1)],
  ["assertAlmostEquals", () => assertAlmostEquals(1, 1.1, 0.05)],
  ["assertArrayIncludes", () => assertArrayIncludes([1, 2], [3])],
  [
    "assertObjectMatch",
    () => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }),
  ],
  ["assertThrows, nothing thrown", () => void assertThrows(() => {})],
  ["assertThrows, another class", () =>
    void assertThrows(() => {
      throw new Error("x");
    }, TypeError)],
  ["assertThrows, another message", () =>
    void assertThrows(
      () => {
        throw new Error("x");
      },
      Error,
      "y",
    )],
];

for (const [name, check] of REFUSED) {
  test(`${name} refuses`, () => assertStrictEquals(refuses(check), true));
}

test("what holds is let through", async () => {
  assert(1);
  assertExists(0);
  assertMatch("abc", /b/);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertArrayIncludes([1, { a: 2 }], [{ a: 2 }]);
  assertObjectMatch({ a: { b: 1, c: 2 } }, { a: { b: 1 } });
  const error = assertThrows(
    () => {
      throw new TypeError("the message");
    },
    TypeError,
    "message",
  );
  assertStrictEquals(error.message, "the message");
  await assertRejects(
    () => Promise.reject(new RangeError("r")),
    RangeError,
    "r",
  );
});

test("assertRejects refuses what resolves or throws at once", async () => {
  await assertRejects(
    () => assertRejects(() => Promise.resolve(1)),
    AssertionError,
  );
});
