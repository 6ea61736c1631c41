import { test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotStrictEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  ADict,
  FrozenConfigError,
  type LooseConfig,
  MissingKeyError,
} from "@ato/ato/adict";

/** The type of a config says nothing of symbols. */
function bySymbol(config: object): Record<symbol, unknown> {
  return config as Record<symbol, unknown>;
}

test("ADict: keys are properties, and typed", () => {
  const config = new ADict({ lr: 0.1, model: { depth: 50 } });
  const depth: number = config.model.depth;
  assertEquals(depth, 50);
  // @ts-expect-error: a number is no string
  const wrong: string = config.model.depth;
  assertEquals(typeof wrong, "number");
});

test("ADict: the language treats a config like any other object", () => {
  const config = new ADict({ a: 1, b: { c: 2 } });
  assertEquals(Object.keys(config), ["a", "b"]);
  assertEquals(Object.entries({ ...config }).length, 2);
  assert("a" in config);
  assertFalse("update" in config);
  assert(Object.hasOwn(config, "b"));
  assertEquals([...config].map(([key]) => key), ["a", "b"]);
  assertEquals([...config.keys()], ["a", "b"]);
  assertEquals([...config.values()][0], 1);
  assertEquals(JSON.stringify(config), '{"a":1,"b":{"c":2}}');
  assert(config instanceof ADict);
  assert((config.b as object) instanceof ADict);
  assertEquals(delete (config as LooseConfig).a, true);
  assertEquals(JSON.stringify(config), '{"b":{"c":2}}');
});

test("ADict: console.log shows the data", () => {
  assertEquals(
    inspect(new ADict({ a: 1, b: { c: [2] } })),
    "ADict { a: 1, b: { c: [ 2 ] } }",
  );
  // What Deno's console asks for.
  const forDeno = bySymbol(new ADict({ a: 1 }))[
    Symbol.for("Deno.customInspect")
  ] as (show: typeof inspect, options: object) => string;
  assertEquals(
    forDeno.call(new ADict({ a: { b: 1 } }), inspect, {}),
    "ADict { a: { b: 1 } }",
  );
});

test("ADict: nested mappings become ADicts, in arrays too, and are copies", () => {
  const inner = { depth: 1 };
  const config = new ADict({ model: inner, list: [inner, [inner]] });
  inner.depth = 2;
  assertEquals(config.toObject(), {
    model: { depth: 1 },
    list: [{ depth: 1 }, [{ depth: 1 }]],
  });
  assert((config.list[0] as object) instanceof ADict);
  config.model = config.list[0] as { depth: number };
  config.model.depth = 9;
  assertEquals((config.list[0] as { depth: number }).depth, 1);
});

test("ADict: values of other kinds stay the same object", () => {
  const date = new Date(0);
  const bytes = new Uint8Array([1]);
  const map = new Map([[1, 2]]);
  const config = new ADict({ date, bytes, map });
  assertStrictEquals(config.date, date);
  assertStrictEquals(config.bytes, bytes);
  assertStrictEquals(config.map, map);
});

test("ADict: a value that contains itself is refused with its path", () => {
  const loop: Record<string, unknown> = {};
  loop.a = [{ loop }];
  assertThrows(() => new ADict(loop), TypeError, '"a.0.loop.a"');
});

test("get: reads a key with the name of a method; config.name is the method", () => {
  const config = new ADict<LooseConfig>({ update: 1, keys: 2, load: 3 });
  assertEquals(typeof config.update, "function");
  assertEquals(config.get("update"), 1);
  assertEquals(Object.keys(config), ["update", "keys", "load"]);
  assertEquals(config.toObject(), { update: 1, keys: 2, load: 3 });
  config.set("update", 5);
  assertEquals(config.get("update"), 5);
  assertEquals(config.getStructuralRepr().update, "number");
  assertEquals({ ...config.clone() }.length, undefined);
});

const HOSTILE = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "",
  "a.b",
  "a b",
  "0",
  "ключ",
  "💥",
  "\ud800",
  "get",
  "then",
];

for (const key of HOSTILE) {
  test(`ADict: hostile key ${JSON.stringify(key)} is plain data`, () => {
    const content = Object.fromEntries([[key, { polluted: true }]]);
    for (
      const config of [
        new ADict(content),
        new ADict().update(content),
        new ADict().update(content, { deep: true }),
        new ADict().updateIfAbsent(content),
        new ADict().set(key, { polluted: true }),
        new ADict(content).clone(),
        ADict.auto(content),
      ]
    ) {
      assertEquals([...config.keys()], [key]);
      assertEquals(Object.keys(config.toObject()), [key]);
      assertEquals(
        (config.get(key) as LooseConfig).polluted,
        true,
      );
      assertEquals(Object.keys(config.getStructuralRepr()).length, 1);
    }
    assertEquals(({} as LooseConfig).polluted, undefined);
  });
}

test("ADict: the prototype cannot be reached by name", () => {
  for (const config of [new ADict<LooseConfig>({}), ADict.auto()]) {
    assertEquals(config.__proto__, undefined);
    config.__proto__ = { polluted: true };
    assertEquals(Object.keys(config), ["__proto__"]);
    assertEquals(config.polluted?.valueOf() === true, false);
    assert(config instanceof ADict);
    assertThrows(() => Object.setPrototypeOf(config, {}), TypeError);
  }
  assertEquals(({} as LooseConfig).polluted, undefined);
});

test("setByPath: a path through __proto__ changes no prototype", () => {
  const config = new ADict();
  config.setByPath("__proto__.polluted", 1);
  config.setByPath("constructor.prototype.polluted", 1);
  assertEquals(({} as LooseConfig).polluted, undefined);
  assertEquals(config.getByPath("__proto__.polluted"), 1);
  assertEquals(Object.keys(config), ["__proto__", "constructor"]);
});

test("ADict.auto: writing creates the mappings on the way, reading creates none", async () => {
  const config = ADict.auto();
  const empty = await config.getStructuralHash();
  assert(config.a.b.c !== undefined);
  assertEquals(config.toObject(), {});
  assertEquals(await config.getStructuralHash(), empty);
  config.model.backbone.layers = [64];
  assertEquals(config.toObject(), { model: { backbone: { layers: [64] } } });
  const held = config.x.y;
  config.x.z = 1;
  held.w = 2;
  assertEquals(config.x.toObject(), { z: 1, y: { w: 2 } });
});

test("ADict.auto: a child that was held before its key was set to another value does not come back", () => {
  const config = ADict.auto();
  const held = config.model;
  config.model = { depth: 1 };
  held.lost = true;
  assertEquals(config.toObject(), { model: { depth: 1 } });
});

test("ADict.auto: computing with a missing key is an error that names it", () => {
  const config = ADict.auto();
  config.optimizer.lr = 1;
  assertThrows(
    () => config.optimizer.momentum * 2,
    MissingKeyError,
    '"optimizer.momentum"',
  );
  assertThrows(() => `${config.name}`, MissingKeyError, '"name"');
});

test("ADict: a missing key is undefined", () => {
  const config = new ADict<LooseConfig>({});
  assertEquals(config.nothing, undefined);
  assertEquals(config.get("nothing", 5), 5);
  assertEquals(config.getByPath("a.b.c", 7), 7);
});

const FROZEN_WRITES: [string, (config: LooseConfig) => unknown, string][] = [
  ["property", (c) => c.lr = 1, "lr"],
  ["nested property", (c) => c.model.depth = 1, "model.depth"],
  ["push", (c) => c.layers.push(1), "layers.2"],
  ["index", (c) => c.layers[0] = 1, "layers.0"],
  ["length", (c) => c.layers.length = 0, "layers"],
  ["mapping in an array", (c) => c.layers[1].x = 1, "layers.1.x"],
  ["delete", (c) => delete c.lr, "lr"],
  ["delete of what is not there", (c) => c.delete("none"), "none"],
  ["set", (c) => c.set("a.b", 1), '"a.b"'],
  ["update", (c) => c.update({ lr: 2 }), "lr"],
  [
    "deep update",
    (c) => c.update({ model: { depth: 2 } }, { deep: true }),
    "model.depth",
  ],
  ["updateIfAbsent", (c) => c.updateIfAbsent({ extra: 1 }), "extra"],
  ["filter", (c) => c.filter(() => false), "lr"],
  ["replaceKeys", (c) => c.replaceKeys(["lr"], ["rate"]), "lr"],
  ["setByPath", (c) => c.setByPath("model.width", 1), "model.width"],
  ["defineProperty", (c) => Object.defineProperty(c, "lr", { value: 3 }), "lr"],
];

for (const [name, write, path] of FROZEN_WRITES) {
  test(`freeze: ${name} throws and names the path`, () => {
    const config = new ADict<LooseConfig>({
      lr: 0.1,
      model: { depth: 50 },
      layers: [64, { x: 0 }],
    });
    const before = JSON.stringify(config);
    config.freeze();
    const error = assertThrows(() => write(config), FrozenConfigError);
    assert(error instanceof TypeError);
    assertStringIncludes(
      error.path,
      path.replaceAll('"', path.includes(".") ? '"' : ""),
    );
    assertEquals(JSON.stringify(config), before);
    config.defrost();
    write(config);
    assertFalse(config.isFrozen());
  });
}

test("freeze: only the frozen part is frozen", () => {
  const config = new ADict<LooseConfig>({ model: { depth: 1 }, lr: 1 });
  config.model.freeze();
  config.lr = 2;
  assertThrows(() => config.model.depth = 2, FrozenConfigError);
  config.freeze();
  assert(config.model.isFrozen());
});

test("clone: the copy is deep and writable, and keeps symbols and auto", () => {
  const mark = Symbol("mark");
  const config = ADict.auto({ a: { b: [1] } });
  bySymbol(config)[mark] = "kept";
  const copy: LooseConfig = config.freeze().clone();
  copy.a.b.push(2);
  copy.x.y = 1;
  assertEquals(config.toObject(), { a: { b: [1] } });
  assertEquals(bySymbol(copy)[mark], "kept");
  assertNotStrictEquals<unknown>(copy, config);
});

test("ADict: symbol properties are not data", async () => {
  const config = new ADict({ a: 1 });
  const before = await config.getStructuralHash();
  bySymbol(config)[Symbol.for("x")] = 1;
  assertEquals(Object.getOwnPropertySymbols(config), []);
  assertEquals(JSON.stringify(config), '{"a":1}');
  assertEquals(await config.getStructuralHash(), before);
});

test("update: replaces, merges with deep, and updateIfAbsent sets missing keys", () => {
  const base = () => new ADict<LooseConfig>({ a: { x: 1, y: 1 }, b: 1 });
  assertEquals(base().update({ a: { x: 2 } }).toObject(), {
    a: { x: 2 },
    b: 1,
  });
  assertEquals(base().update({ a: { x: 2 } }, { deep: true }).toObject(), {
    a: { x: 2, y: 1 },
    b: 1,
  });
  assertEquals(base().update({ b: { z: 1 } }, { deep: true }).toObject(), {
    a: { x: 1, y: 1 },
    b: { z: 1 },
  });
  assertEquals(
    base().updateIfAbsent({ a: { x: 2, w: 3 }, b: 2, c: 4 }).toObject(),
    {
      a: { x: 1, y: 1, w: 3 },
      b: 1,
      c: 4,
    },
  );
  assertEquals(new ADict().update(new Map([["k", 1]])).toObject(), { k: 1 });
});

test("filter, raw, replaceKeys: keep, return and rename keys", () => {
  const config = new ADict<LooseConfig>({ a: 1, b: { c: 2 }, d: 3 });
  const { key, value } = config.raw("a");
  assertEquals([key, value], ["a", 1]);
  config.filter((key, value) =>
    key !== "a" && value !== 3 && (value as LooseConfig).c === 2
  );
  assertEquals(config.toObject(), { b: { c: 2 } });
  assertEquals(config.getAccess(), { read: [], unread: ["b.c"] });
  config.replaceKeys(["b"], ["renamed"]);
  assertEquals(config.toObject(), { renamed: { c: 2 } });
  assertThrows(() => config.replaceKeys(["x"], ["y"]), RangeError, '"x"');
  assertThrows(() => config.replaceKeys(["renamed"], []), RangeError, "1 old");
});

test("replaceKeys: names can be swapped", () => {
  const config = new ADict({ a: 1, b: 2 });
  config.replaceKeys(["a", "b"], ["b", "a"]);
  assertEquals(config.toObject(), { b: 1, a: 2 });
});

test("getByPath: dots lead inside, a key with dots wins, numbers lead into arrays", () => {
  const config = new ADict<LooseConfig>({
    "a.b": 1,
    a: { b: 2 },
    list: [{ x: 3 }],
  });
  assertEquals(config.getByPath("a.b"), 1);
  assertEquals(config.getByPath("list.0.x"), 3);
  config.setByPath("list.0.x", 4).setByPath("list.1", 5).setByPath(
    "new.deep.key",
    6,
  );
  assertEquals(config.getByPath("list.0.x"), 4);
  assertEquals(config.list.length, 2);
  assertEquals(config.new.toObject(), { deep: { key: 6 } });
  assertThrows(() => config.setByPath("list.x", 1), RangeError, "index");
});

test("getMinimalConfig, getAccess: only reads by the user count", async () => {
  const config = new ADict<LooseConfig>({
    lr: 1,
    unused: 2,
    model: { depth: 3, width: 4 },
  });
  assertEquals(config.lr + config.model.depth, 4);
  JSON.stringify(config);
  inspect(config);
  config.clone();
  await config.getStructuralHash();
  assertEquals(config.getMinimalConfig().toObject(), {
    lr: 1,
    model: { depth: 3 },
  });
  assertEquals(config.getAccess(), {
    read: ["lr", "model.depth"],
    unread: ["unused", "model.width"],
  });
});

test("ADict: a value that is not a mapping is refused", () => {
  const wrong = [[1], null, 5, "x", new Date(), new Set([1]), /x/, () => 1];
  for (const init of [...wrong, new Uint8Array(2)]) {
    assertThrows(() => new ADict(init as never), TypeError, "give an object");
    assertThrows(
      () => new ADict().update(init as never),
      TypeError,
      "give an object",
    );
  }
});

test("ADict: takes the fields of class instances and of objects of other realms", () => {
  class Options {
    lr = 0.1;
  }
  assertEquals({ ...new ADict(new Options()).toObject() }, { lr: 0.1 });
  const foreign = runInNewContext("({ model: { depth: 50 }, list: [{}] })");
  const config = new ADict<LooseConfig>(foreign);
  assert(config.model instanceof ADict);
  assertEquals(config.toObject(), { model: { depth: 50 }, list: [{}] });
});

test("ADict: assigning the current value copies nothing", () => {
  const config = new ADict<LooseConfig>({ model: { depth: 1 }, list: [{}] });
  const { model, list } = config;
  const item = list[0];
  config.model = model;
  config.list = list;
  list[0] = item;
  model.depth = 2;
  list[0].x = 1;
  assertEquals(config.toObject(), { model: { depth: 2 }, list: [{ x: 1 }] });
});

test("ADict: a config that is assigned to its own key is copied first", () => {
  const config = new ADict<LooseConfig>({ lr: 1 });
  config.self = config;
  config.lr = 2;
  assertEquals(config.toObject(), { lr: 2, self: { lr: 1 } });
});

test("ADict: arrays inside a config are arrays", () => {
  const config = new ADict<LooseConfig>({ list: [3, 1, 2], of: [{ n: 2 }] });
  const { list, of } = config;
  assert(Array.isArray(list));
  list.sort();
  list.unshift(0);
  list.splice(1, 2, 7, 8, 9);
  of.push({ n: 1 }, { n: 3 });
  of.sort((a: { n: number }, b: { n: number }) => a.n - b.n);
  assertEquals(config.toObject(), {
    list: [0, 7, 8, 9, 3],
    of: [{ n: 1 }, { n: 2 }, { n: 3 }],
  });
  assertEquals([...list, ...[0].slice(1).concat(list)].length, 10);
  assertEquals(list.map(String).reverse(), ["3", "9", "8", "7", "0"]);
  assert(of.every((item: object) => item instanceof ADict));
});

test("ADict: holes of an array are kept", () => {
  // deno-lint-ignore no-sparse-arrays -- the point of the test
  const config = new ADict<LooseConfig>({ list: [1, , undefined, ,] });
  assertEquals(Object.keys(config.list), ["0", "2"]);
  assertEquals(config.list.length, 4);
  assertEquals(Object.keys(config.toObject().list), ["0", "2"]);
  assertEquals(config.toObject().list.length, 4);
});

test("freeze: a missing key of a frozen auto config is undefined", () => {
  const config = ADict.auto({ model: { depth: 1 } }) as ADict;
  config.freeze();
  assertEquals(config.none, undefined);
  assertEquals(config.model.none, undefined);
  config.defrost();
  config.model.new.key = 1;
  assertEquals(config.toObject(), { model: { depth: 1, new: { key: 1 } } });
});

test("toObject: plain data can be sent to other threads, a config is refused", () => {
  const config = new ADict({ model: { depth: 50 } });
  assertEquals(structuredClone(config.toObject()), { model: { depth: 50 } });
  assertThrows(() => structuredClone(config), DOMException);
});

test("getByPath: the keys of a list are never split", () => {
  const config = new ADict<LooseConfig>({ "a.b": { c: 1 }, a: { "b.c": 2 } });
  assertEquals(config.getByPath(["a.b", "c"]), 1);
  assertEquals(config.getByPath(["a", "b.c"]), 2);
  assertEquals(config.getByPath("a.b.c"), 1);
  assertEquals(config.getByPath(["a", "b", "c"], "none"), "none");
  config.setByPath(["x.y", "z"], 3).setByPath(["list"], [{}]);
  config.setByPath(["list", 0, "k"], 4);
  assertEquals(config.get("x.y").toObject(), { z: 3 });
  assertEquals(config.list[0].k, 4);
  assertThrows(() => config.setByPath([], 1), RangeError, "empty");
  assertEquals(config.getByPath([]), config);
});

test("getByPath: empty keys and leading dots are parts of a path", () => {
  for (const path of [".", "a.", ".a", "a..b", ""]) {
    const config = new ADict<LooseConfig>({});
    config.setByPath(path, 1);
    assertEquals(config.getByPath(path), 1, path);
    assertEquals(config.getByPath(path.split(".")), 1, path);
  }
});

test("ADict: Object.freeze and accessors are refused, and the error says what to do", () => {
  const config = new ADict({ a: 1 });
  assertMatch(
    String(assertThrows(() => Object.freeze(config), TypeError)),
    /freeze\(\)/,
  );
  assertThrows(
    () => Object.defineProperty(config, "b", { get: () => 1 }),
    TypeError,
    '"b"',
  );
});
