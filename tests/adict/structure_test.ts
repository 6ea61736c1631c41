import { test } from "node:test";
import fc from "fast-check";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ADict, MissingKeyError } from "@ato/ato/adict";

function hash(data: object): Promise<string> {
  return new ADict(data).getStructuralHash();
}

test("getStructuralHash: the algorithm of ato-config-v1 never changes", async () => {
  const cases: [object, string][] = [
    [{}, "6400477e593e71caed1855d099e2aac9314c0bb849189a62779a01df615dc7ee"],
    [
      { lr: 0.1, model: { depth: 50, name: "r" } },
      "59f2ba7ed4271e6e3ab840b9071efb3f555f4f9f201540b632650d470566e336",
    ],
    [
      { "a.b": null, "": [1, "x", { q: 1n }], d: new Date(0) },
      "8ca4c33f10bebf53ab758187090a89fe3f735759814ef26edf851a56440d1b48",
    ],
  ];
  for (const [data, expected] of cases) {
    assertEquals(await hash(data), `ato-config-v1:${expected}`);
  }
});

test("getStructuralRepr: the type at each path", () => {
  class Point {
    x = 1;
  }
  const config = new ADict({
    s: "x",
    n: 1,
    i: 10n,
    b: true,
    z: null,
    u: undefined,
    d: new Date(0),
    empty: {},
    none: [],
    list: [1, "a", 2, [true], { k: 1 }],
    bytes: new Float32Array(2),
    map: new Map(),
    point: new Point(),
    fn: () => 1,
    "a.b": { "c:d": 1 },
  });
  assertEquals(
    { ...config.getStructuralRepr() },
    {
      s: "string",
      n: "number",
      i: "bigint",
      b: "boolean",
      z: "null",
      u: "undefined",
      d: "date",
      empty: "mapping",
      none: "array",
      list: "array<array<boolean>|number|string|{k:number}>",
      bytes: "float32array",
      map: "map",
      point: "class Point",
      fn: "function",
      '"a.b"."c:d"': "number",
    },
  );
});

const SAME: [string, object, object][] = [
  ["values", { a: 1, b: "x" }, { a: 2, b: "y" }],
  ["key order", { a: 1, b: "x" }, { b: "x", a: 1 }],
  ["nested key order", { a: { b: 1, c: 2 } }, { a: { c: 1, b: 2 } }],
  ["array length", { a: [1] }, { a: [1, 2, 3] }],
  ["array order", { a: [1, "x"] }, { a: ["x", 1] }],
  ["mappings in arrays", { a: [{ b: 1, c: 2 }] }, {
    a: [{ c: 1, b: 2 }, { b: 3, c: 4 }],
  }],
];

const DIFFERENT: [string, object, object][] = [
  ["a key's name", { a: 1 }, { b: 1 }],
  ["a key more", { a: 1 }, { a: 1, b: 1 }],
  ["a type", { a: 1 }, { a: "1" }],
  ["null and undefined", { a: null }, { a: undefined }],
  ["null and a missing key", { a: null }, {}],
  ["an empty mapping", { a: {} }, {}],
  ["an empty mapping and an empty array", { a: {} }, { a: [] }],
  ["an empty array and one with elements", { a: [] }, { a: [1] }],
  ["an element's type", { a: [1] }, { a: ["1"] }],
  ["one mapping of two keys, two mappings", { a: [{ b: 1, c: 1 }] }, {
    a: [{ b: 1 }, { c: 1 }],
  }],
  ["a dot in a key", { "a.b": 1 }, { a: { b: 1 } }],
  ["a colon in a key", { "a:number": 1 }, { a: 1 }],
  ["a line break in a key", { "a:number\nb": 1 }, { a: 1, b: 1 }],
  ["a key that looks like an index", { a: { 0: 1 } }, { a: [1] }],
  ["a nested array", { a: [[1]] }, { a: [1] }],
  ["a key that spells a type", { a: ["{b:number}"] }, { a: [{ b: 1 }] }],
  ["a quoted key", { '"a"': 1 }, { a: 1 }],
  ["number and bigint", { a: 1 }, { a: 1n }],
  ["a date and its text", { a: new Date(0) }, { a: "1970-01-01" }],
];

for (const [name, a, b] of SAME) {
  test(`getStructuralHash: does not count: ${name}`, async () => {
    assertEquals(await hash(a), await hash(b));
    assertEquals(new ADict(a).hasSameStructure(new ADict(b)), true);
    assertEquals(new ADict(b).hasSameStructure(a), true);
  });
}
for (const [name, a, b] of DIFFERENT) {
  test(`getStructuralHash: counts: ${name}`, async () => {
    assertNotEquals(await hash(a), await hash(b));
    assertEquals(new ADict(a).hasSameStructure(new ADict(b)), false);
    assertEquals(new ADict(b).hasSameStructure(a), false);
  });
}

test("hasSameStructure: takes configs, nested ones, objects and Maps, and reads none", () => {
  const config = new ADict({ lr: 0.1, m: { n: 1 } });
  const other = new ADict({ outer: { lr: 0.2, m: { n: 2 } } });
  assertEquals(config.hasSameStructure(other.outer), true);
  assertEquals(
    config.hasSameStructure(
      new Map<string, unknown>([["lr", 1], ["m", { n: 1 }]]),
    ),
    true,
  );
  assertEquals(ADict.auto().hasSameStructure({}), true);
  assertEquals(config.getAccess().read, []);
});

test("hasSameStructure: a wrong argument is refused", () => {
  const auto = ADict.auto() as ADict;
  assertThrows(
    () => new ADict({}).hasSameStructure(auto.missing),
    MissingKeyError,
    '"missing"',
  );
  const config = new ADict({ lr: 0.1, list: [1] });
  for (
    const other of [[], null, undefined, "lr", 1, new Date(0), config.list]
  ) {
    assertThrows(
      () => config.hasSameStructure(other as never),
      TypeError,
      "give",
    );
  }
});

const leaf = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
);
const { tree } = fc.letrec<{ tree: Record<string, unknown>; value: unknown }>((
  tie,
) => ({
  tree: fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), {
    maxKeys: 5,
  }),
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie("tree"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));

const RUNS = { seed: 20261123, numRuns: 200 };

/** Another value of the same structure: leaves changed, keys reversed, arrays doubled. */
function disguise(value: unknown): unknown {
  if (Array.isArray(value)) return [...value, ...value].reverse().map(disguise);
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return value + "!";
  if (typeof value === "bigint") return value + 1n;
  if (typeof value === "boolean") return !value;
  if (value === null) return null;
  return Object.fromEntries(
    Object.entries(value as object).reverse().map((
      [key, below],
    ) => [key, disguise(below)]),
  );
}

test("getStructuralHash: property: values, key order and array lengths never count", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (data) => {
      assertEquals(await hash(disguise(data) as object), await hash(data));
    }),
    RUNS,
  );
});

test("hasSameStructure: property: true if the hashes are equal", async () => {
  let same = 0;
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.boolean(), async (a, other, disguised) => {
      const b = disguised ? disguise(a) as object : other;
      const equal = await hash(a) === await hash(b);
      if (equal) same++;
      assertEquals(new ADict(a).hasSameStructure(b), equal);
    }),
    RUNS,
  );
  assertEquals(same > 50 && same < 190, true, `${same} were the same`);
});

test("getStructuralHash: property: another key and another type always count", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.string(), leaf, async (data, key, value) => {
      fc.pre(!Object.hasOwn(data, key));
      const more = Object.fromEntries([...Object.entries(data), [key, value]]);
      assertNotEquals(await hash(more), await hash(data));
      const other = Object.fromEntries([...Object.entries(data), [key, [
        value,
      ]]]);
      assertNotEquals(await hash(other), await hash(more));
    }),
    RUNS,
  );
});
