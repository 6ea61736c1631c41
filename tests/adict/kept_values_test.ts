/** Values that are not plain data are kept unchanged or refused, and never changed without an error. */
import { test } from "node:test";
import { access } from "node:fs/promises";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ADict, type LooseConfig, UnsupportedValueError } from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

class Point {
  x = 1;
  #secret = 2;
  sum(): number {
    return this.x + this.#secret;
  }
}

class Layers extends Array<number> {
  depth = 3;
}

class Temperature {
  toJSON(): string {
    return "21 C";
  }
}

/** A value, the type that the structure names, and what `JSON.stringify` makes of it; `undefined` if it refuses. */
const KEPT: readonly [
  name: string,
  value: object,
  type: string,
  json: string | undefined,
][] = [
  ["a Date", new Date(0), "date", '"1970-01-01T00:00:00.000Z"'],
  ["a Map", new Map([["a", 1]]), "map", undefined],
  ["a Set", new Set([1]), "set", undefined],
  ["an instance", new Point(), "class Point", undefined],
  ["an instance with toJSON", new Temperature(), "class Temperature", '"21 C"'],
  ["an array of a class", new Layers(1, 2), "class Layers", undefined],
  ["a typed array", new Float64Array([1, 2]), "float64array", undefined],
  ["bytes", new Uint8Array([1]), "uint8array", undefined],
  ["a RegExp", /a/g, "regexp", undefined],
  ["a URL", new URL("http://x/"), "url", '"http://x/"'],
  ["an Error", new Error("x"), "error", undefined],
  ["a WeakMap", new WeakMap(), "weakmap", undefined],
  ["a boxed text", new String("x"), "class String", undefined],
];

for (const [name, value, type, json] of KEPT) {
  test(`ADict: ${name} stays what it is`, async () => {
    const config = new ADict<LooseConfig>({ v: value, m: { l: [value] } });
    const other = new ADict<LooseConfig>({ m: { k: 1 } });
    const places: readonly [string, unknown][] = [
      ["the dot", config.v],
      ["get", config.get("v")],
      ["a list", config.m.l[0]],
      ["getByPath", config.getByPath("m.l.0")],
      ["values()", [...config.values()][0]],
      ["spread", { ...config }.v],
      ["clone", config.clone().v],
      ["clone of a list", config.clone().m.l[0]],
      ["toObject", config.toObject().v],
      ["toObject of a list", config.toObject().m.l[0]],
      ["toJSON", (config.toJSON() as LooseConfig).v],
      ["update", new ADict<LooseConfig>().update(config).v],
      ["a deep update", other.update(config, { deep: true }).v],
      ["a deep update of a mapping", other.m.l[0]],
      ["updateIfAbsent", new ADict<LooseConfig>().updateIfAbsent(config).v],
      ["replaceKeys", config.clone().replaceKeys(["v"], ["w"]).get("w")],
      ["raw", config.raw("v").value],
      ["getMinimalConfig", config.getMinimalConfig().v],
      ["resolve", new ADict<LooseConfig>({ v: value, w: "${v}" }).resolve().w],
      [
        "a resolver",
        new ADict<LooseConfig>({ w: "${give:${r:}}" }).resolve({
          resolvers: { give: (x) => x, r: () => value },
        }).w,
      ],
    ];
    for (const [place, found] of places) {
      assertStrictEquals(found, value, place);
    }
    assertEquals({ ...config.getStructuralRepr() }, {
      v: type,
      "m.l": `array<${type}>`,
    });
    assertEquals(config.hasSameStructure(config.clone()), true);
    assertEquals(
      await config.clone().getStructuralHash(),
      await config.getStructuralHash(),
    );
    assertEquals(config.hasSameStructure({ v: {}, m: { l: [{}] } }), false);
  });

  test(`ADict: ${name} replaces a mapping, and is replaced by one`, () => {
    const config = new ADict<LooseConfig>({ v: { a: 1 } });
    config.update({ v: value }, { deep: true });
    assertStrictEquals(config.v, value);
    config.updateIfAbsent({ v: { a: 1 } });
    assertStrictEquals(config.v, value);
    config.update({ v: { b: 2 } }, { deep: true });
    assertEquals(config.toObject(), { v: { b: 2 } });
  });

  test(`toJSON: ${name}: is written by its toJSON, or refused`, () => {
    const config = new ADict<LooseConfig>({ m: { l: [value] } });
    if (json !== undefined) {
      assertEquals(JSON.stringify(config), `{"m":{"l":[${json}]}}`);
      assertEquals(
        JSON.stringify({ config }),
        `{"config":{"m":{"l":[${json}]}}}`,
      );
      return;
    }
    for (const held of [config, { config }, [config]]) {
      const error = assertThrows(
        () => JSON.stringify(held),
        UnsupportedValueError,
        "as JSON",
      );
      assertEquals(error.path, "m.l.0");
    }
  });

  test(`dump: ${name}: a file keeps it, or is not written`, async () => {
    await withTempFolder(async (folder) => {
      for (const extension of ["json", "yaml", "toml", "xyz"]) {
        const file = `${folder}/a.${extension}`;
        const config = new ADict<LooseConfig>({ m: { v: value } });
        if (value instanceof Date && ["yaml", "toml"].includes(extension)) {
          await config.dump(file);
          const back = (await ADict.fromFile<LooseConfig>(file)).m.v;
          assert(back instanceof Date && back.getTime() === value.getTime());
          continue;
        }
        if (name === "bytes" && extension === "yaml") {
          await config.dump(file);
          assertEquals((await ADict.fromFile<LooseConfig>(file)).m.v, value);
          continue;
        }
        const error = await assertRejects(
          () => config.dump(file),
          UnsupportedValueError,
        );
        assertEquals(error.path, "m.v");
        await assertRejects(() => access(file), Error, "ENOENT");
      }
    });
  });
}

test("ADict: arrays and objects of other realms are data too", () => {
  const bare = Object.assign(Object.create(null), { a: [1] });
  const config = new ADict<LooseConfig>({ bare, frozen: Object.freeze([1]) });
  bare.a.push(2);
  config.frozen.push(2);
  assertEquals(config.toObject(), { bare: { a: [1] }, frozen: [1, 2] });
});

test("ADict: a Map provides the keys of a new config, and is a value inside one", () => {
  const map = new Map<string, unknown>([["a", 1], ["__proto__", 2]]);
  const config = new ADict<LooseConfig>(map as never);
  assertEquals([...config.keys()], ["a", "__proto__"]);
  assertStrictEquals(new ADict<LooseConfig>({ map }).map, map);
});

test("toObject: structuredClone refuses a config, and copies its plain data", () => {
  const config = new ADict({ when: new Date(0), map: new Map([[1, 2]]) });
  assertThrows(() => structuredClone(config), DOMException);
  assertEquals(structuredClone(config.toObject()), {
    when: new Date(0),
    map: new Map([[1, 2]]),
  });
});

test("freeze: the methods of kept values can still change them", () => {
  const map = new Map<string, number>();
  const config = new ADict({ map }).freeze();
  config.map.set("a", 1);
  assertEquals(map.get("a"), 1);
});
