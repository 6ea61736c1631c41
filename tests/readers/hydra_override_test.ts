import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { ADict, HydraError, HydraOverrideError } from "@ato/ato/adict";
import { compose, TREE, writeConfigs } from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const BASE = {
  config:
    "defaults: [g: a, _self_]\na: 1\nm: {x: 1, y: {z: 2}}\nl: [1, {k: v}]\nn: null\nw: ???\nr: ${m}\n",
  "g/a": "ga: 1",
  "g/b": "gb: 1",
};

const START = {
  g: { ga: 1 },
  a: 1,
  m: { x: 1, y: { z: 2 } },
  l: [1, { k: "v" }],
  n: null,
  w: "???",
  r: "${m}",
};

const VALUES: readonly [text: string, value: unknown][] = [
  ["1", 1],
  ["-1", -1],
  ["+1", 1],
  ["1_000", 1000],
  ["007", "007"],
  ["1.5", 1.5],
  [".5", 0.5],
  ["1e-3", 0.001],
  ["inf", Infinity],
  ["-INF", -Infinity],
  ["nan", NaN],
  ["9007199254740993", 9007199254740993n],
  ["true", true],
  ["FALSE", false],
  ["null", null],
  ["", ""],
  ["abc", "abc"],
  ["a b", "a b"],
  ["  a  ", "a"],
  ["http://a.b:80/c", "http://a.b:80/c"],
  ["50%", "50%"],
  ["a-b_c.d/e", "a-b_c.d/e"],
  ["'a, b'", "a, b"],
  ['"it\'s"', "it's"],
  ["'it\\'s'", "it's"],
  ["'a\\b'", "a\\b"],
  ["'a\\\\'", "a\\"],
  ['"a\\\\\\"b"', 'a\\"b'],
  ["a\\,b", "a,b"],
  ["\\ a\\ ", " a "],
  ["a\\\\b", "a\\b"],
  ["\\(\\)\\[\\]\\{\\}\\:\\=", "()[]{}:="],
  ["[]", []],
  ["[1, a, 'b', [null], {k: 1.5}]", [1, "a", "b", [null], { k: 1.5 }]],
  ["{}", {}],
  ["{a: 1, b: [x], c d: {e: f}}", { a: 1, b: ["x"], "c d": { e: "f" } }],
  ["{1: a, true: b}", { 1: "a", true: "b" }],
  ["${m.x}", "${m.x}"],
  ["x_${m.x}", "x_${m.x}"],
  ["'${oc.env:A,${m.x}}'", "${oc.env:A,${m.x}}"],
  ["???", "???"],
  ["int(3.7)", 3],
  ["int('12')", 12],
  ["float(2)", 2],
  ["str(1.0)", "1.0"],
  ["str(true)", "true"],
  ["bool('TRUE')", true],
  ["int([1.5, '2', {a: 3.5}])", [1, 2, { a: 3 }]],
  ["sort([3, 1, 2])", [1, 2, 3]],
  ["sort(list=[b, a], reverse=true)", ["b", "a"]],
  ["int(value=1.5)", 1],
  ["bool(null)", false],
  ["bool([null, 1, {a: null}])", [false, true, { a: false }]],
  ["int(bool(null))", 0],
  ["str(bool(null))", "false"],
  ["sort([3, 1, 2], reverse=true)", [3, 2, 1]],
  ["sort([3, 1, 2], reverse=false)", [1, 2, 3]],
  ["sort([1.5, 1, true], reverse=true)", [1.5, 1, true]],
  ["sort([[1, 2], [0], [1]])", [[0], [1], [1, 2]]],
  ["sort(3)", 3],
];

for (const [text, value] of VALUES) {
  test(`ADict.fromHydra: the override value ${JSON.stringify(text)}`, async () => {
    assertEquals(await compose(BASE, [`+v=${text}`]), { ...START, v: value });
  });
}

const APPLIED: readonly [
  overrides: string[],
  changed: Record<string, unknown>,
][] = [
  [["a=2"], { a: 2 }],
  [["a=2", "a=3"], { a: 3 }],
  [["m.y.z=3"], { m: { x: 1, y: { z: 3 } } }],
  [["m.y={z: 3}"], { m: { x: 1, y: { z: 3 } } }],
  [["+m.y={w: 3}"], { m: { x: 1, y: { z: 2, w: 3 } } }],
  [["m.y=null"], { m: { x: 1, y: null } }],
  [["m.y=1", "m.x=[2]"], { m: { x: [2], y: 1 } }],
  [["+m.new.deep=1"], { m: { x: 1, y: { z: 2 }, new: { deep: 1 } } }],
  [["++m.x=5", "++m.q=6"], { m: { x: 5, y: { z: 2 }, q: 6 } }],
  [["l.0=5", "l.1.k=6"], { l: [5, { k: 6 }] }],
  [["l=[]"], { l: [] }],
  [["+n=1"], { n: 1 }],
  [["w=1"], { w: 1 }],
  [["+w={a: 1}"], { w: { a: 1 } }],
  [["~a", "~m.y"], { a: undefined, m: { x: 1 } }],
  [["~a=1"], { a: undefined }],
  [["~m={x: 1, y: {z: 2}}"], { m: undefined }],
  [["++a.b=1"], { a: { b: 1 } }],
  [["g=b"], { g: { gb: 1 } }],
  [["g=[a,b]"], { g: { ga: 1, gb: 1 } }],
  [["~g"], { g: undefined }],
  [["~g=a"], { g: undefined }],
  [["+g@p.q=b"], { p: { q: { gb: 1 } } }],
  [["+g@_global_=b"], { gb: 1 }],
  [["g={extra: 1}"], {}],
  [["+g={extra: 1}"], { g: { ga: 1, extra: 1 } }],
  [["hydra.run.dir=x", "hydra/launcher=joblib"], {}],
];

for (const [overrides, changed] of APPLIED) {
  test(`ADict.fromHydra: applies ${overrides.join(" ")}`, async () => {
    if (overrides[0] === "g={extra: 1}") {
      await assertRejects(
        () => compose(BASE, overrides),
        HydraOverrideError,
        "g.extra",
      );
      return;
    }
    const expected = Object.fromEntries(
      Object.entries({ ...START, ...changed }).filter(([, value]) =>
        value !== undefined
      ),
    );
    assertEquals(await compose(BASE, overrides), expected);
  });
}

const REFUSED: readonly [override: string, message: string][] = [
  ["none=1", "to add it write +none=1"],
  ["m.none=1", "m.none"],
  ["a.b=1", "a.b"],
  ["m={none: 1}", "m.none"],
  ["m=[1]", "cannot be merged"],
  ["+a=2", "++a=2"],
  ["~none", "no such value"],
  ["~n", "no such value"],
  ["~a=2", "another one"],
  ["~l.0", "cannot be deleted"],
  ["l.9=1", "no index"],
  ["l.x=1", "no index"],
  ["none@p=1", "no group none"],
  ["g=1", "options are strings"],
  ["g=null", "~g"],
  ["++g=b", "++"],
  ["~g=b", "no defaults list has g"],
  ["g@p=b", "+g@p=b"],
  ["a=1,2", "[a,b]"],
  ["a=choice(1,2)", "several values"],
  ["a=range(1,3)", "several values"],
  ["a", "ends too early"],
  ["a=b=c", "column 4"],
  ["a=[1", "ends too early"],
  ["a={1}", "cannot stand"],
  ["a={null: 1}", "null"],
  ["a='x", "quotes"],
  ["a=é", "quotes"],
  ["a=f(1)", "no function f"],
  ["a=int(x)", "cast"],
  ["a=int(null)", "cast"],
  ["a=bool(x)", "cast"],
  ["a=int(1, value=2)", "one value"],
  ["a=sort(list=[1], 2)", "without a name"],
  ["a=shuffle([1,2])", "random"],
  ["a=shuffle(list=[1])", "random"],
  ["a=shuffle(null)", "null"],
  ["a=float(null)", "cast"],
  ["a=str(null)", "cast"],
  ["a=bool(value=null)", "one value"],
  ["a=sort(null)", "null"],
  ["a=sort([3,1,2], reverse=1)", "true or false for reverse"],
  ["a=sort([3,1,2], reverse='true')", "true or false for reverse"],
  ["a=sort([3,1,2], reverse=null)", "true or false for reverse"],
  ["a=sort([3,1,2], order=1)", "no option order"],
  ["a=sort([3,1,2], constructor=1)", "no option constructor"],
  ["a=sort(list=3)", "a list for list"],
  ["a=sort(list=[1], sweep=a)", "several values for sweep"],
  ["a=sort([1,a])", "compares"],
  ["a='${x'", "ends too early"],
  ["a=${m.${a}}", "cannot stand"],
  ["+r=[1]x", "cannot stand"],
  ["g@:p=b", "cannot stand"],
];

for (const [override, message] of REFUSED) {
  test(`ADict.fromHydra: refuses ${override}`, async () => {
    const error = await assertRejects(
      () => compose(BASE, [override]),
      HydraOverrideError,
    );
    assertStringIncludes(error.message, message);
    assertEquals(error.override, override);
  });
}

test("HydraError: a missing option: the message lists the existing ones", async () => {
  await assertRejects(
    () => compose(BASE, ["g=c"]),
    HydraError,
    "there is a, b",
  );
});

test("ADict.fromHydra: a deep default is overridden by its full group", async () => {
  const data = await compose(TREE, [
    "db=postgres",
    "server@backup=nginx",
    "~server",
  ]).catch(String);
  // What an `override` names must be there whatever the options are.
  assertStringIncludes(String(data), "no defaults list has db/engine");
});

/** A value as an override writes it. */
function written(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${
      Object.entries(value).map(([key, item]) => `${key}:${written(item)}`)
        .join(",")
    }}`;
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return (value as number).toExponential();
  }
  if (Object.is(value, -0)) return "-0.0";
  return String(value).replace("Infinity", "inf");
}

/** Backslashes count before a quote, and at the end, only. */
function quoted(text: string): string {
  return `'${
    text.replace(/(\\*)(?:'|$)/g, (match, slashes: string) =>
      slashes + slashes + (match.endsWith("'") ? "\\'" : ""))
  }'`;
}

const key = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,6}$/)
  .filter((name) => !/^(?:null|true|false|inf|nan)$/.test(name));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.string().filter((text) => !text.includes("${")),
    fc.stringMatching(/^[\\' a"]{0,6}$/),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test("ADict.fromHydra: property: a value that is written as an override is read back", async () => {
  await withTempFolder(async (folder) => {
    writeConfigs(folder, { config: "a: 1" });
    await fc.assert(
      fc.asyncProperty(value, async (value) => {
        const config = await ADict.fromHydra({
          configDir: folder,
          overrides: [`++v=${written(value)}`],
        });
        assertEquals(
          new ADict({ v: config.get("v") }).toObject(),
          new ADict({ v: value }).toObject(),
        );
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});

test("ADict.fromHydra: property: every override is read, or refused with its own error", async () => {
  const piece = fc.constantFrom(
    ..."a = + ~ ~ @ / . : , ' \" \\ [ ] { } ( ) $ ${ ${a} 1 .5 e null true int( \t é # l m g b"
      .split(" "),
    " ",
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) =>
    pieces.join("")
  );
  await withTempFolder(async (folder) => {
    writeConfigs(folder, BASE);
    let read = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("a=", "+v=", "", "m."),
        text,
        async (start, text) => {
          try {
            await ADict.fromHydra({
              configDir: folder,
              overrides: [start + text],
            });
            read++;
          } catch (error) {
            assert(
              error instanceof HydraOverrideError ||
                error instanceof HydraError,
              String(error),
            );
          }
        },
      ),
      { numRuns: 500, seed: 6 },
    );
    assert(read > 50);
  });
});
