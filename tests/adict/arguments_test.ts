/** What plain JavaScript can pass, where TypeScript would not let it. */
import { test } from "node:test";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  ADict,
  dumpXyz,
  formatKey,
  formatPath,
  type LooseConfig,
  originsOf,
  parseXyz,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

// deno-lint-ignore no-explicit-any -- what TypeScript would refuse is the point here
type Loose = any;

const config = (): Loose => new ADict({ a: 1, m: { n: 2 }, l: [1] });
const Class: Loose = ADict;

/** A wrong call, and what its error says. */
const WRONG: readonly [name: string, call: () => unknown, says: RegExp][] = [
  ["new ADict(null)", () => new Class(null), /from null: give an object/],
  ["new ADict(text)", () => new Class("x"), /from a string: give an object/],
  ["new ADict(array)", () => new Class([1]), /from a list: give an object/],
  ["new ADict(Set)", () => new Class(new Set()), /from a Set: give an object/],
  [
    "new ADict(Map of numbers)",
    () => new Class(new Map<unknown, number>([[1, 1], ["1", 2]])),
    /a key that is a number: keys must be strings/,
  ],
  [
    "update(Map of objects)",
    () => config().update(new Map([[{}, 1]])),
    /a key that is an object: keys must be strings/,
  ],
  ["ADict.auto(date)", () => Class.auto(new Date(0)), /from a Date: give/],
  [
    "get()",
    () => config().get(),
    /a key must be a string, and this one is undefined/,
  ],
  ["get(null)", () => config().get(null), /this one is null/],
  ["get(symbol)", () => config().get(Symbol("x")), /this one is a symbol/],
  ["set()", () => config().set(), /this one is undefined/],
  ["set(object)", () => config().set({}, 1), /this one is an object/],
  ["get([undefined])", () => config().get(["a", undefined]), /is undefined/],
  ["set([null])", () => config().set(["a", null], 1), /this one is null/],
  ["has()", () => config().has(), /this one is undefined/],
  ["delete([])", () => config().delete([]), /this one is a list/],
  ["raw()", () => config().raw(), /this one is undefined/],
  ["raw([])", () => config().raw(["a"]), /this one is a list/],
  ["update()", () => config().update(), /from undefined: give an object/],
  ["update(1)", () => config().update(1), /from a number: give an object/],
  [
    "update(x, true)",
    () => config().update({}, true),
    /the options are a boolean; give an object with deep/,
  ],
  [
    "update(x, null)",
    () => config().update({}, null),
    /the options are null; give/,
  ],
  [
    "update(x, { depe })",
    () => config().update({}, { depe: true }),
    /there is no option "depe"; did you mean deep\?/,
  ],
  [
    "update(x, { deep: 1 })",
    () => config().update({}, { deep: 1 }),
    /the option deep is a number; give true or false/,
  ],
  ["updateIfAbsent()", () => config().updateIfAbsent(), /from undefined: give/],
  ["filter()", () => config().filter(), /give a function .* not undefined/],
  ["filter(text)", () => config().filter("a"), /not a string/],
  ["replaceKeys()", () => config().replaceKeys(), /two lists .* not undefined/],
  [
    "replaceKeys(texts)",
    () => config().replaceKeys("a", "b"),
    /two lists of keys, not a string/,
  ],
  [
    "replaceKeys([undefined])",
    () => config().replaceKeys([undefined], ["b"]),
    /this one is undefined/,
  ],
  ["getByPath()", () => config().getByPath(), /give keys joined by dots/],
  ["getByPath(null)", () => config().getByPath(null), /give keys joined/],
  ["getByPath(1)", () => config().getByPath(1), /give keys joined by dots/],
  [
    "getByPath([undefined])",
    () => config().getByPath(["m", undefined]),
    /a list of keys, which are strings or numbers/,
  ],
  ["setByPath()", () => config().setByPath(), /Cannot set by path: give keys/],
  [
    "setByPath([{}])",
    () => config().setByPath([{}], 1),
    /a list of keys, which are strings or numbers/,
  ],
  [
    "hasSameStructure()",
    () => config().hasSameStructure(),
    /from undefined: give/,
  ],
  ["resolve(1)", () => config().resolve(1), /the options are a number; give/],
  [
    "resolve({ only: text })",
    () => config().resolve({ only: "m" }),
    /the option only is "m"; give a list of strings/,
  ],
  [
    "resolve({ resolvers: { a: 1 } })",
    () => config().resolve({ resolvers: { a: 1 } }),
    /the option resolvers is an object; give an object of functions/,
  ],
  [
    "resolve({ style })",
    () => config().resolve({ style: "ruby" }),
    /the option style is "ruby"; give "python" or "javascript"/,
  ],
  [
    "resolve({ mandatory })",
    () => config().resolve({ mandatory: true }),
    /the option mandatory is a boolean; give "error" or "keep"/,
  ],
  [
    "resolve({ resolver })",
    () => config().resolve({ resolver: {} }),
    /there is no option "resolver"; did you mean resolvers\?/,
  ],
  ["originsOf()", () => (originsOf as Loose)(), /give a config, not undefined/],
  ["formatPath()", () => (formatPath as Loose)(), /a list of keys, not undef/],
  ["formatPath(text)", () => (formatPath as Loose)("a.b"), /not a string/],
  ["formatKey()", () => (formatKey as Loose)(), /give a string, not undefined/],
  ["parseXyz()", () => (parseXyz as Loose)(), /give a string, not undefined/],
  [
    "parseXyz(bytes)",
    () => (parseXyz as Loose)(new Uint8Array(2)),
    /give a string, not an? Uint8Array/,
  ],
  [
    "fromFile()",
    () => Class.fromFile(),
    /the path is undefined; give a string/,
  ],
  [
    "fromFile('')",
    () => Class.fromFile(""),
    /the path is empty; give a string/,
  ],
  [
    "fromFile(1)",
    () => Class.fromFile(1),
    /the path is a number; give a string/,
  ],
  ["load()", () => config().load(), /the path is undefined; give a string/],
  ["dump()", () => config().dump(), /the path is undefined; give a string/],
  [
    "dump(path, 2)",
    () => config().dump("none/a.json", 2),
    /the options are a number; give an object with indent/,
  ],
  [
    "dump(path, { indent: -1 })",
    () => config().dump("none/a.json", { indent: -1 }),
    /the option indent is a number; give a whole number from 0 to 10/,
  ],
  [
    "dump(path, { indent: text })",
    () => config().dump("none/a.json", { indent: "\t" }),
    /the option indent is "\\t"; give a whole number/,
  ],
  ["fromMmConfig()", () => Class.fromMmConfig(), /the path is undefined; give/],
  ["loadMmConfig()", () => config().loadMmConfig(), /the path is undefined/],
  [
    "fromMmConfig(path, text)",
    () => Class.fromMmConfig("a.py", "x"),
    /the options are a string; give an object with packages/,
  ],
  ["fromHydra()", () => Class.fromHydra(), /the options are undefined; give/],
  [
    "fromHydra({})",
    () => Class.fromHydra({}),
    /the option configDir is undefined; give a string or a URL/,
  ],
  [
    "fromHydra({ overrides: text })",
    () => Class.fromHydra({ configDir: "x", overrides: "a=1" }),
    /the option overrides is "a=1"; give a list of strings/,
  ],
  [
    "fromHydra({ versionBase })",
    () => Class.fromHydra({ configDir: "x", versionBase: "2.0" }),
    /the option versionBase is "2.0"; give "1.1" or "1.2" or "1.3"/,
  ],
  [
    "fromHydra({ configname })",
    () => Class.fromHydra({ configDir: "x", configname: "a" }),
    /there is no option "configname"; did you mean configName\?/,
  ],
  [
    "fromHydra({ configdir })",
    () => Class.fromHydra({ configdir: "x" }),
    /there is no option "configdir"; did you mean configDir\?/,
  ],
  [
    "composeHierarchy()",
    () => Class.composeHierarchy(),
    /the options are undefined; give an object with root/,
  ],
  [
    "composeHierarchy({ root: undefined })",
    () => Class.composeHierarchy({ root: undefined }),
    /the option root is undefined; give a string or a URL/,
  ],
  [
    "composeHierarchy({ select: text })",
    () => Class.composeHierarchy({ root: "x", select: "model" }),
    /the option select is "model"; give an object/,
  ],
  [
    "composeHierarchy({ select: { a: null } })",
    () => Class.composeHierarchy({ root: "x", select: { a: null } }),
    /the option select is an object; give an object of strings, numbers/,
  ],
  [
    "composeHierarchy({ onMissing })",
    () => Class.composeHierarchy({ root: "x", onMissing: "ignore" }),
    /the option onMissing is "ignore"; give "error" or "warn"/,
  ],
];

for (const [name, call, says] of WRONG) {
  test(`ADict: a wrong call names the argument and what to pass: ${name}`, async () => {
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof TypeError, String(error));
    assertMatch(error.message, says);
    // The engine's own messages name what is inside, and do not say how to fix it.
    assertMatch(error.message, /^Cannot (?!read properties)/);
    assert(!/\ban? (?:undefined|null)\b/.test(error.message), error.message);
  });
}

test("ADict: calls at the limits of what is allowed", async () => {
  const c = new ADict<LooseConfig>({ a: 1, 0: "zero", "": "empty" });
  const loose = c as Loose;
  assertEquals(loose.get(0), "zero");
  assertEquals(loose.has(0), true);
  assertEquals(loose.set(1, "one").get("1"), "one");
  assertEquals(loose.delete(1), true);
  assertEquals(c.get(""), "empty");
  assertEquals(c.update({ b: 2 }, { deep: undefined }).get("b"), 2);
  assertEquals(c.update({}, undefined), c);
  assertEquals(c.resolve({ only: undefined }).get("a"), 1);
  assertEquals(
    new ADict(new Map([["a", 1]]) as Loose).toObject() as object,
    { a: 1 },
  );
  assertEquals(new ADict(undefined).toObject(), {});
  await withTempFolder(async (folder) => {
    await c.dump(`${folder}/a.json`, { indent: 0 });
    await c.dump(new URL(`file://${folder}/b.json`), {});
  });
});

test("dump: the error describes a value that the format cannot hold", () => {
  const cases: readonly [unknown, string][] = [
    [undefined, "XYZ cannot hold undefined"],
    [() => 1, "XYZ cannot hold a function"],
    [new Date(0), "XYZ cannot hold a Date"],
    [new Map(), "XYZ cannot hold a Map"],
  ];
  for (const [value, says] of cases) {
    assertThrows(() => dumpXyz({ value }), UnsupportedValueError, says);
  }
});

test("get, set: several keys at once", () => {
  const c = new ADict<LooseConfig>({ a: 1, "b.c": 2 });
  assertEquals(c.get(["b.c", "a", "none"]), [2, 1, undefined]);
  assertEquals(c.get(["none", "a"], 7), [7, 1]);
  assertEquals(c.get([]), []);
  assertEquals(c.getAccess().read, ["a", '"b.c"']);
  c.set(["a", "d"], [[1], { e: 2 }]).set(["f", "get"], null).set([], 1);
  assertEquals(c.toObject(), {
    a: [1],
    "b.c": 2,
    d: { e: 2 },
    f: null,
    get: null,
  });
  for (const values of [[], [1], [1, 2, 3]]) {
    assertThrows(
      () => c.set(["a", "x"], values),
      RangeError,
      `2 keys and ${values.length} values`,
    );
  }
  assertThrows(() => c.freeze().set(["a", "x"], 1), TypeError, '"a"');
  assertEquals(c.has("x"), false);
});

test("getByPath: a list of keys is used as it is, even if keys contain dots", () => {
  const c = new ADict<LooseConfig>({ a: { b: [1, { "c.d": 2 }] }, "a.b": 3 });
  assertEquals(c.getByPath(["a", "b", 1, "c.d"]), 2);
  assertEquals(c.getByPath(["a", "b", "1", "c.d"]), 2);
  assertEquals(c.getByPath(["a.b"]), 3);
  assertEquals(c.getByPath(["a", "x"], "none"), "none");
  assertEquals(c.getByPath(["a.b", "x"], "none"), "none");
  assertEquals(c.getByPath([]), c);
  c.setByPath(["a", "b", 2], 5).setByPath(["new.key", "deep"], 1);
  assertEquals(c.toObject(), {
    a: { b: [1, { "c.d": 2 }, 5] },
    "a.b": 3,
    "new.key": { deep: 1 },
  });
  assertThrows(() => c.setByPath([], 1), RangeError, "the path is empty");
});
