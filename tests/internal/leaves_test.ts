/** The leaves of configs and of plain data. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ADict } from "../../adict/mod.ts";
import { configAccess } from "../../internal/config_access.ts";
import { isSame, toPlain } from "../../internal/config_data.ts";
import { flatten, leavesOf } from "../../internal/leaves.ts";
import { setOwn } from "../../internal/objects.ts";

test("leavesOf: lists and empty mappings are leaves, the root is none", () => {
  const cases: [config: unknown, leaves: [string[], unknown][]][] = [
    [{}, []],
    [{ lr: 0.1 }, [[["lr"], 0.1]]],
    [{ model: { depth: 3 }, lr: 1 }, [[["model", "depth"], 3], [["lr"], 1]]],
    [{ layers: [{ size: 3 }] }, [[["layers"], [{ size: 3 }]]]],
    [{ model: {} }, [[["model"], {}]]],
    [{ "a.b": { "": null } }, [[["a.b", ""], null]]],
    [JSON.parse('{"__proto__": {"x": 1}}'), [[["__proto__", "x"], 1]]],
    [3, []],
    [[1, 2], []],
    [undefined, []],
  ];
  for (const [config, leaves] of cases) {
    assertEquals([...leavesOf(config)] as unknown, leaves);
  }
});

test("leavesOf: below a path, a value that is not a mapping is a leaf too", () => {
  assertEquals([...leavesOf(3, ["model"])], [[["model"], 3]]);
  assertEquals([...leavesOf({}, ["model"])], [[["model"], {}]]);
  assertEquals([...leavesOf({ depth: 3 }, ["model"])], [[
    ["model", "depth"],
    3,
  ]]);
});

test("leavesOf: a config is listed like plain data, and its keys do not count as read", () => {
  const data = { model: { depth: 3, sizes: [1, 2] }, lr: 0.1, extra: {} };
  const config = new ADict<object>(data);
  assertEquals(toPlain([...flatten(config)]), [...flatten(data)]);
  assertEquals(configAccess(config)!.unread(), [
    "model.depth",
    "model.sizes",
    "lr",
    "extra",
  ]);
});

test("leavesOf: data deeper than the call stack", () => {
  let config: object = { end: 1 };
  for (let i = 0; i < 10_000; i++) config = { a: config };
  const leaves = [...leavesOf(config)];
  assertEquals(leaves.map(([keys, value]) => [keys.length, value]), [[
    10_001,
    1,
  ]]);
});

test("flatten: key paths are written as formatPath writes them", () => {
  assertEquals(
    [...flatten({ model: { depth: 3 }, files: { "a.csv": 1, "é": 2 } })],
    [["model.depth", 3], ['files."a.csv"', 1], ["files.é", 2]],
  );
});

/** Splits a path that `formatPath` wrote. */
function split(path: string): string[] {
  const found = path.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? [];
  return found.map((key) => key.startsWith('"') ? JSON.parse(key) : key);
}

const CONFIG = fc.letrec((tie) => ({
  config: fc.dictionary(
    fc.string({ unit: "grapheme", maxLength: 3 }).filter((key) =>
      key.isWellFormed()
    ),
    fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(0, -0, NaN, "x", null, true, [], [{ a: 1 }]),
      tie("config"),
    ),
    { maxKeys: 4 },
  ),
})).config;

test("property: flatten: the config can be rebuilt from its key paths", () => {
  fc.assert(
    fc.property(CONFIG, (config) => {
      const rebuilt: Record<string, unknown> = {};
      for (const [path, value] of flatten(config)) {
        const keys = split(path);
        let at = rebuilt;
        for (const key of keys.slice(0, -1)) {
          if (!Object.hasOwn(at, key)) setOwn(at, key, {});
          at = at[key] as Record<string, unknown>;
        }
        setOwn(at, keys.at(-1)!, value);
      }
      assertEquals(isSame(rebuilt, config), true);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
