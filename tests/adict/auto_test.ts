/** An auto config never stores what it gives for a missing key. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ADict, type LooseConfig, MissingKeyError } from "@ato/ato/adict";

class Point {
  x: unknown;
  constructor(x: unknown) {
    this.x = x;
  }
}

type Store = (config: ADict<LooseConfig>) => unknown;

/** Ways to store a missing key, and the path that is told to be missing. */
const STORES: [what: string, store: Store, path: string][] = [
  ["assignment", (c) => c.y = c.missing ?? 5, "missing"],
  ["assignment to itself", (c) => c.set("missing", c.missing), "missing"],
  ["two levels below", (c) => c.y = c.model.missing.deep, "model.missing.deep"],
  ["below a missing key", (c) => c.new.y = c.missing, "missing"],
  ["in an object", (c) => c.y = { a: { b: c.missing } }, "missing"],
  ["in an array", (c) => c.y = [[1, c.missing]], "missing"],
  ["in an object in an array", (c) => c.y = [{ a: c.missing }], "missing"],
  ["as a map's value", (c) => c.y = new Map([["a", c.missing]]), "missing"],
  ["as a map's key", (c) => c.y = new Map([[c.missing, 1]]), "missing"],
  [
    "in a map in an array",
    (c) => c.y = [new Map([[1, [c.missing]]])],
    "missing",
  ],
  ["in a set", (c) => c.y = new Set([{ a: c.missing }]), "missing"],
  ["in an instance", (c) => c.y = new Point(c.missing), "missing"],
  ["an item of a list", (c) => c.list[0] = c.missing, "missing"],
  ["push", (c) => c.list.push(c.missing), "missing"],
  ["set", (c) => c.set("y", c.missing), "missing"],
  ["setByPath", (c) => c.setByPath("y", c.missing), "missing"],
  ["update", (c) => c.update({ y: c.missing }), "missing"],
  ["update with it alone", (c) => c.update(c.missing), "missing"],
  ["update by a map", (c) => c.update(new Map([["y", c.missing]])), "missing"],
  ["deep update", (c) => c.update({ y: c.missing }, { deep: true }), "missing"],
  [
    "deep update of a mapping that is there",
    (c) => c.update({ model: c.missing }, { deep: true }),
    "missing",
  ],
  ["defaults", (c) => c.updateIfAbsent({ y: c.missing }), "missing"],
  ["defaults by it alone", (c) => c.updateIfAbsent(c.missing), "missing"],
  ["raw", (c) => c.raw("y", c.missing), "missing"],
  ["a config of it", (c) => new ADict(c.missing), "missing"],
  ["an auto config of it", (c) => ADict.auto(c.missing), "missing"],
  ["a config with it", (c) => new ADict({ y: c.missing }), "missing"],
  ["another config", (c) => new ADict().set("y", c.missing), "missing"],
  ["a clone of it", (c) => c.clone().y = c.missing.clone(), "missing"],
  [
    "defineProperty",
    (c) => Object.defineProperty(c, "y", { value: c.missing }),
    "missing",
  ],
  ["Object.assign", (c) => Object.assign(c, { y: c.missing }), "missing"],
  [
    "after its key was set otherwise",
    (c) => {
      const held = c.missing;
      c.missing = 3;
      c.y = held;
    },
    "missing",
  ],
];

for (const [what, store, path] of STORES) {
  test(`ADict.auto: a missing key is not stored: ${what}`, () => {
    const config = ADict.auto({ list: [1], model: { depth: 1 } }) as ADict;
    const error = assertThrows(() => store(config), MissingKeyError);
    assert(error instanceof TypeError);
    assertEquals(error.path, path);
    assertStringIncludes(error.message, "there is no such key");
    assertStringIncludes(error.message, "get(");
    const { missing: _, ...rest } = config.toObject();
    // Nothing of it is left behind.
    assertEquals(rest, { list: [1], model: { depth: 1 } });
  });
}

test("ADict.auto: a mapping that was written can be stored", () => {
  const config = ADict.auto();
  const head = config.model.head;
  head.size = 3;
  config.copy = config.model;
  config.list = [head, new Map([["head", head]])];
  config.empty = {};
  config.other = config.empty;
  assertEquals(config.toObject().copy, { head: { size: 3 } });
  assertEquals(config.toObject().other, {});
  // A mapping that was emptied is there, other than one that never was.
  config.model.head.delete("size");
  config.again = config.model.head;
  assertEquals(config.toObject().again, {});
});

test("ADict.auto: a mapping that has left its config can be filled and stored", () => {
  const config = ADict.auto();
  const held = config.model;
  config.model = 3;
  held.size = 1;
  config.y = held;
  assertEquals(config.toObject(), { model: 3, y: { size: 1 } });
});
