/** Configs and plain data are read in one way. */
import { test } from "node:test";
import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ADict } from "../../adict/mod.ts";
import { configAccess } from "../../internal/config_access.ts";
import {
  entriesOf,
  isSame,
  toPlain,
  valueAt,
} from "../../internal/config_data.ts";

class Custom {
  readonly key = 1;
}

test("entriesOf: mappings only", () => {
  const none = [
    undefined,
    null,
    1,
    "text",
    [1],
    new Date(),
    new Map([["a", 1]]),
    new Custom(),
    () => {},
  ];
  for (const value of none) assertEquals(entriesOf(value), undefined);
  assertEquals(entriesOf({ a: 1 }), [["a", 1]]);
  assertEquals(entriesOf(Object.assign(Object.create(null), { a: 1 })), [[
    "a",
    1,
  ]]);
  assertEquals(entriesOf(new ADict({ a: 1 })), [["a", 1]]);
});

test("valueAt: a value of a config or of plain data, by own keys only", () => {
  const data = { model: { depth: undefined, sizes: [7] }, "a.b": 1 };
  const cases: [path: string[], found: { value: unknown } | undefined][] = [
    [["model", "depth"], { value: undefined }],
    [["a.b"], { value: 1 }],
    [["model", "width"], undefined],
    [["model", "sizes", "0"], undefined],
    [["a", "b"], undefined],
    [["toString"], undefined],
    [["__proto__", "x"], undefined],
    [["a.b", "toFixed"], undefined],
  ];
  for (const config of [data, new ADict<object>(data)]) {
    for (const [path, found] of cases) {
      assertEquals(valueAt(config, path), found, path.join("/"));
    }
  }
  assertEquals(valueAt(3, []), { value: 3 });
  assertEquals(valueAt(undefined, ["a"]), undefined);
});

test("valueAt: reading does not count as reading the config", () => {
  const config = new ADict<object>({ model: { depth: 3 } });
  assertEquals(valueAt(config, ["model", "depth"]), { value: 3 });
  assertEquals(configAccess(config)!.unread(), ["model.depth"]);
});

test("toPlain: a copy of mappings, lists and dates", () => {
  const date = new Date(0);
  const data = { model: { sizes: [1, { a: 2 }] }, date, fn: Math.max };
  for (const config of [data, new ADict<object>(data)]) {
    const copy = toPlain(config) as typeof data;
    assertEquals(copy, data);
    assertEquals(Object.getPrototypeOf(copy.model), Object.prototype);
    assertNotStrictEquals(copy.date, date);
    copy.model.sizes.push(3);
    assertEquals(data.model.sizes.length, 2);
  }
  // The holes of a sparse array are filled, so that they do not get lost in JSON.
  assertEquals(Object.keys(toPlain(new Array(2)) as object), ["0", "1"]);
  const odd = toPlain(JSON.parse('{"__proto__": 1}')) as object;
  assertEquals(Object.keys(odd), ["__proto__"]);
});

test("isSame: values are compared as config data", () => {
  const cases: [a: unknown, b: unknown, same: boolean][] = [
    [NaN, NaN, true],
    [0, -0, false],
    [1, 1n, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, [2]], [1, [2]], true],
    [[1], [1, 2], false],
    [[], {}, false],
    [new Date(0), new Date(0), true],
    [new Date(0), new Date(1), false],
    [new Date(NaN), new Date(NaN), true],
    [new ADict({ a: { b: 1 } }), { a: { b: 1 } }, true],
    [{}, JSON.parse('{"__proto__": {}}'), false],
    [new Custom(), new Custom(), false],
  ];
  for (const [a, b, same] of cases) {
    assertEquals(isSame(a, b), same);
    assertEquals(isSame(b, a), same);
  }
});

test("property: isSame: a plain copy is the same, also through a config", () => {
  const value = fc.letrec((tie) => ({
    mapping: fc.dictionary(
      fc.string({ maxLength: 3 }),
      fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>(0, -0, NaN, "x", null, 2n, new Date(1)),
        fc.array(tie("mapping"), { maxLength: 2 }),
        tie("mapping"),
      ),
      { maxKeys: 4 },
    ),
  })).mapping;
  fc.assert(
    fc.property(value, (data) => {
      assert(isSame(data, toPlain(data)));
      const config = new ADict<object>(data as object);
      assert(isSame(config, data));
      assert(isSame(toPlain(config), data));
    }),
    { seed: 1, numRuns: 500 },
  );
});
