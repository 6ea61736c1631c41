/** Plain objects, plain lists and own keys. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import {
  getOwn,
  isPlainList,
  isPlainObject,
  isRecord,
  setOwn,
} from "../../internal/objects.ts";

class Custom {}
class List extends Array {}

/** A value, and whether it is a plain object, a plain list, a record. */
const CASES: [what: string, value: unknown, is: [boolean, boolean, boolean]][] =
  [
    ["null", null, [false, false, false]],
    ["undefined", undefined, [false, false, false]],
    ["a string", "text", [false, false, false]],
    ["a function", () => {}, [false, false, false]],
    ["an object", {}, [true, false, true]],
    ["no prototype", Object.create(null), [true, false, true]],
    ["own constructor", { constructor: 1 }, [true, false, true]],
    ["an inherited object", Object.create({ a: 1 }), [false, false, true]],
    ["an instance", new Custom(), [false, false, true]],
    ["a date", new Date(), [false, false, true]],
    ["a map", new Map(), [false, false, true]],
    ["a list", [1], [false, true, false]],
    ["a subclass of Array", new List(), [false, false, false]],
    ["another realm's object", runInNewContext("({ a: 1 })"), [
      true,
      false,
      true,
    ]],
    ["another realm's list", runInNewContext("[1]"), [false, true, false]],
    ["another realm's instance", runInNewContext("new (class A {})"), [
      false,
      false,
      true,
    ]],
  ];

test("isPlainObject, isPlainList, isRecord: what each takes", () => {
  for (const [what, value, is] of CASES) {
    assertEquals(
      [isPlainObject(value), isPlainList(value), isRecord(value)],
      is,
      what,
    );
  }
});

test("property: setOwn, getOwn: any key is data, and nothing is inherited", () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty"),
  );
  fc.assert(
    fc.property(key, (key) => {
      const target: Record<string, unknown> = {};
      assertEquals(getOwn(target, key), undefined);
      setOwn(target, key, 7);
      assertEquals(getOwn(target, key), 7);
      assertEquals(Object.keys(target), [key]);
      assertEquals(Object.getPrototypeOf(target), Object.prototype);
      setOwn(target, key, 8);
      assertEquals(getOwn(target, key), 8);
      assertEquals(delete target[key], true);
    }),
    { seed: 1, numRuns: 500 },
  );
});
