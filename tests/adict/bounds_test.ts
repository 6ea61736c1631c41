/** Data that nests without end, contains itself or is mostly empty, and paths without end. */
import { test } from "node:test";
import { readFile, writeFile } from "node:fs/promises";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  ADict,
  ConfigSyntaxError,
  dumpXyz,
  HydraOverrideError,
  InterpolationError,
  type LooseConfig,
  NestingError,
  parseXyz,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** More levels than a config may have, and more than the stack holds. */
const DEEP = 5_000;
const MOST = 500;

/** Mappings in one another, under the key `a`. */
function nested(levels: number): LooseConfig {
  let data: LooseConfig = { a: 1 };
  for (let i = 1; i < levels; i++) data = { a: data };
  return data;
}

/** Two to the 40 places, of 41 lists. */
function shared(): unknown[] {
  let list: unknown[] = [1];
  for (let i = 0; i < 40; i++) list = [list, list];
  return list;
}

const jsonOf = (levels: number, leaf = "1") =>
  '{"a":'.repeat(levels) + leaf + "}".repeat(levels);
const xyzOf = (levels: number) =>
  Array.from({ length: levels }, (_, i) => `${"  ".repeat(i)}a:`).join("\n");
const pathOf = (keys: number) => Array(keys).fill("a").join(".");

test("ADict: a config with the maximum number of levels passes every operation", async () => {
  await withTempFolder(async (folder) => {
    const data = nested(MOST);
    const config = new ADict(data);
    assertEquals(config.toObject(), data);
    assertEquals(config.clone().toObject(), data);
    assertEquals(config.update(data, { deep: true }).toObject(), data);
    assertEquals(config.updateIfAbsent(data).toObject(), data);
    assertEquals(JSON.stringify(config), jsonOf(MOST));
    assertEquals(config.getStructuralRepr()[pathOf(MOST)], "number");
    assertEquals(
      await config.getStructuralHash(),
      await new ADict(data).getStructuralHash(),
    );
    assertEquals(config.getAccess().unread, [pathOf(MOST)]);
    assertEquals(config.getByPath(pathOf(MOST)), 1);
    assertEquals(config.getMinimalConfig().has("a"), true);
    assertEquals(parseXyz(config.toXyz()), data);
    assertEquals(config.freeze().isFrozen(), true);
    assertEquals(config.resolve().toObject(), data);
    for (const extension of ["json", "xyz", "toml"]) {
      const file = `${folder}/a.${extension}`;
      await config.dump(file);
      assertEquals((await ADict.fromFile(file)).toObject(), data);
    }
  });
});

const TOO_DEEP: readonly [name: string, act: () => unknown][] = [
  ["new ADict", () => new ADict(nested(DEEP))],
  ["new ADict of one level too many", () => new ADict(nested(MOST + 1))],
  ["ADict.auto", () => ADict.auto(nested(DEEP))],
  ["set", () => new ADict().set("a", nested(DEEP))],
  ["update", () => new ADict().update(nested(DEEP))],
  [
    "a deep update",
    () =>
      new ADict({ a: { a: { b: 1 } } }).update(nested(DEEP), { deep: true }),
  ],
  [
    "updateIfAbsent",
    () => new ADict({ a: { a: {} } }).updateIfAbsent(nested(DEEP)),
  ],
  ["push", () => new ADict({ l: [] as unknown[] }).l.push(nested(DEEP))],
  ["reading on and on in an auto config", () => {
    let at: LooseConfig = ADict.auto();
    for (let i = 0; i < DEEP; i++) at = at.a;
  }],
];

for (const [name, act] of TOO_DEEP) {
  test(`ADict: too many levels: ${name}`, () => {
    const error = assertThrows(act, NestingError, "more than 500 levels deep");
    assert(error.path.includes("a.a.a"), error.path);
    assert(error.message.length < 300, "the message has a part of the path");
  });
}

test("ADict: too many levels, set one after the other", () => {
  const root = new ADict<LooseConfig>();
  let at: LooseConfig = root;
  assertThrows(() => {
    for (let i = 0; i < DEEP; i++) {
      at.a = {};
      at = at.a;
    }
  }, NestingError);
  assertEquals(JSON.stringify(root).length, '{"a":}'.length * (MOST - 1) + 2);
});

test("ADict.fromFile: too many levels: the error names the place", async () => {
  const cases: readonly [file: string, text: string, place: string][] = [
    ["a.json", jsonOf(DEEP), "a.json:1:2501: "],
    ["b.json", `{\n"s": "[[\\"[", "a":\n${jsonOf(MOST)}}`, "b.json:3:2496: "],
    ["wide.json", jsonOf(DEEP, "12345678901234567890"), "wide.json:1:2501: "],
    ["open.json", "[".repeat(DEEP), "open.json:1:501: "],
    ["a.jsonl", `{}\n${jsonOf(DEEP)}`, "a.jsonl:2:2501: "],
    ["a.xyz", xyzOf(1_000), "a.xyz:501: "],
    ["a.toml", `a${".a".repeat(MOST)} = 1`, "a.toml:1:1: "],
  ];
  await withTempFolder(async (folder) => {
    for (const [name, text, place] of cases) {
      const file = `${folder}/${name}`;
      await writeFile(file, text);
      const error = await assertRejects(
        () => ADict.fromFile(file),
        ConfigSyntaxError,
        "more than 500 levels deep",
      );
      assertStringIncludes(error.message, place);
    }
  });
});

test("ADict.fromHydra: too many levels: the error names the place", async () => {
  await withTempFolder(async (configDir) => {
    await writeFile(
      `${configDir}/run.yaml`,
      "{a: ".repeat(MOST + 1) + "1" + "}".repeat(MOST + 1),
    );
    const error = await assertRejects(
      () => ADict.fromHydra({ configDir, configName: "run" }),
      ConfigSyntaxError,
      "more than 500 levels deep",
    );
    assertStringIncludes(error.message, "run.yaml:1:2001: ");
  });
});

test("ADict.fromFile: brackets in strings are not levels", async () => {
  await withTempFolder(async (folder) => {
    const data = { s: '{"'.repeat(DEEP), "[\\": "[".repeat(DEEP) };
    await writeFile(`${folder}/a.json`, JSON.stringify(data));
    assertEquals((await ADict.fromFile(`${folder}/a.json`)).toObject(), data);
  });
});

test("dumpXyz: refuses data that has no end", () => {
  const loop: LooseConfig = {};
  loop.a = [loop];
  const list: unknown[] = [];
  list[999_999_999] = 1;
  const cases: readonly [unknown, string][] = [
    [nested(DEEP), "levels deep"],
    [loop, "contains itself"],
    [{ v: shared() }, "more than 1000000 values"],
    [{ list }, "undefined"],
  ];
  for (const [data, why] of cases) {
    assertThrows(() => dumpXyz(data), UnsupportedValueError, why);
  }
});

test("ADict: objects that appear in very many places are refused", async () => {
  const act: readonly (() => unknown)[] = [
    () => new ADict({ v: shared() }),
    () => new ADict<LooseConfig>().set("v", shared()),
    () =>
      new ADict({ a: { b: 1 } }).update({ a: { v: shared() } }, { deep: true }),
  ];
  for (const fn of act) {
    const error = assertThrows(fn, NestingError, "1000000 values");
    assertStringIncludes(error.path, "v.0.0");
  }
  assertThrows(
    () => new ADict({ v: "${r:}" }).resolve({ resolvers: { r: shared } }),
    InterpolationError,
    "1000000 values",
  );
  await withTempFolder(async (folder) => {
    const file = `${folder}/bomb.yaml`;
    const lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let i = 1; i < 8; i++) {
      lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]`);
    }
    await writeFile(file, lines.join("\n"));
    await assertRejects(() => ADict.fromFile(file), ConfigSyntaxError, file);
  });
});

test("ADict: objects that appear in several places are copied to each", () => {
  const block = { depth: 3, layers: [1, 2] };
  const config = new ADict({
    blocks: Array.from({ length: 1000 }, () => block),
  });
  config.blocks[0]!.depth = 4;
  assertEquals(config.toObject().blocks[999], { depth: 3, layers: [1, 2] });
  assertEquals(block.depth, 3);
});

test("ADict: a value that contains itself is refused", () => {
  const loop: unknown[] = [1];
  loop.push({ loop });
  const error = assertThrows(
    () => new ADict({ m: { loop } }),
    NestingError,
    "contains itself",
  );
  assertEquals(error.path, "m.loop.1.loop");
  assertInstanceOf(error, TypeError);
});

test("resolve: interpolations that nest without end are refused, and nothing is changed", () => {
  const data: LooseConfig = { v0: { x: 1 } };
  for (let i = 1; i < 700; i++) data[`v${i}`] = { x: `\${v${i - 1}}` };
  const config = new ADict(data);
  const error = assertThrows(() => config.resolve(), InterpolationError);
  assertStringIncludes(error.message, "more than 500 levels deep");
  assertEquals(config.toObject(), data);

  const r = () => nested(MOST);
  assertThrows(
    () => new ADict({ m: { v: "${r:}" } }).resolve({ resolvers: { r } }),
    InterpolationError,
    "more than 500 levels deep",
  );
});

test("resolve: a copied mapping can be as deep as the limit allows", () => {
  const config = new ADict({ m: nested(400), b: { c: "${m}" } } as LooseConfig)
    .resolve();
  assertEquals(config.toObject().b.c, nested(400));
});

test("setByPath: paths that are too long are refused before anything is written", async () => {
  for (const keys of [MOST + 1, 2_000, 100_000]) {
    const config = new ADict<LooseConfig>({ a: 1 });
    for (const path of [pathOf(keys), Array(keys).fill("a")]) {
      assertThrows(() => config.getByPath(path), RangeError, `${keys} keys`);
      assertThrows(() => config.setByPath(path, 2), RangeError, `${keys} keys`);
    }
    assertEquals(config.toObject(), { a: 1 });
    const overrides = { [pathOf(keys)]: 1 };
    await withTempFolder(async (root) => {
      await writeFile(`${root}/config.json`, "{}");
      await assertRejects(
        () => ADict.composeHierarchy({ root, overrides }),
        RangeError,
        `${keys} keys`,
      );
      const error = await assertRejects(
        () =>
          ADict.fromHydra({
            configDir: root,
            configName: null,
            overrides: [`+${pathOf(keys)}=1`],
          }),
        HydraOverrideError,
        `${keys} keys`,
      );
      assert(error.message.length < 400, "the message has a part of the word");
    });
  }
});

test("setByPath: a path with the maximum number of keys is set and read", () => {
  const config = new ADict<LooseConfig>().setByPath(pathOf(MOST), 1);
  assertEquals(config.getByPath(pathOf(MOST)), 1);
  assertEquals(config.getByPath(Array(MOST).fill("a")), 1);
});

test("setByPath: leaves no gap in a list", () => {
  const config = new ADict<LooseConfig>({ m: { l: [1] } });
  for (const index of ["2", "999999999", "-1", "01", "x", "1.5"]) {
    assertThrows(
      () => config.setByPath(["m", "l", index], 2),
      RangeError,
      "the list has 1 items; give an index from 0 to 1",
    );
  }
  assertThrows(
    () => config.setByPath("m.l.999999999", 1),
    RangeError,
    'Cannot set "m.l.999999999"',
  );
  assertEquals(config.setByPath("m.l.1", 2).toObject(), { m: { l: [1, 2] } });
});

test("ADict: a list with too many empty places is refused", () => {
  const sparse: number[] = [];
  sparse[999_999_999] = 1;
  const config = new ADict<{ l: number[] }>({ l: [1] });
  const acts: readonly (() => unknown)[] = [
    () => config.l[999_999_999] = 1,
    () => config.l.length = 4_000_000_000,
    () => config.l = sparse,
    () => new ADict({ l: sparse }),
  ];
  for (const act of acts) {
    assertThrows(act, RangeError, "more than 1000000 empty places");
  }
  assertEquals(config.toObject(), { l: [1] });
  assertThrows(
    () => new ADict({ l: "${r:}" }).resolve({ resolvers: { r: () => sparse } }),
    InterpolationError,
    "empty places",
  );
  // Made to be filled, as scripts do.
  config.l = new Array(1000);
  config.l[3] = 1;
  assertEquals(config.l.length, 1000);
});

test("ADict.fromFile: reads a file with the maximum number of levels", async () => {
  await withTempFolder(async (folder) => {
    const file = `${folder}/a.json`;
    await new ADict(nested(MOST)).dump(file, { indent: 0 });
    assertEquals((await readFile(file, "utf8")).trim(), jsonOf(MOST));
  });
});
