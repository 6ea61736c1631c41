import { test } from "node:test";
import { writeFileSync } from "node:fs";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  ADict,
  FrozenConfigError,
  InterpolationCycleError,
  InterpolationError,
  type LooseConfig,
  MandatoryValueError,
  type ResolveOptions,
} from "@ato/ato/adict";
import { BASE, ENV, RESOLVERS, VALUES } from "./_interpolations.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

function resolved(data: LooseConfig, options?: ResolveOptions): LooseConfig {
  return new ADict<LooseConfig>(data).resolve(options).toObject();
}

for (const [text, value] of VALUES) {
  test(`resolve: ${text} is ${JSON.stringify(value)}`, () => {
    const data = {
      ...BASE,
      q: "???",
      name: "a",
      which: "echo",
      m: { ...BASE.m, v: text },
    };
    const options = {
      resolvers: RESOLVERS,
      env: ENV,
      mandatory: "keep",
    } as const;
    const config = resolved(data, options) as { m: { v: unknown } };
    assertEquals(config.m.v, value);
  });
}

const FAULTS: readonly [text: string, message: string][] = [
  ["${none}", "names a missing key"],
  ["${m.none}", "names a missing key; m has 0, b"],
  ["${a.b}", "not a mapping or list"],
  ["${l.9}", "names a missing key"],
  ["${l.x}", "not an index"],
  ["${long.-1}", "names a missing key"],
  ["${long.1__0}", "not an index"],
  ["${long._1}", "not an index"],
  ["${oc.create:{null: 1}}", "null cannot be a key"],
  ["${oc.create:[{a: {NULL: 1}}]}", "null cannot be a key"],
  ["${...a}", "leads out of the config"],
  ["${m}", "contains this value"],
  ["${.}", "cannot stand"],
  ["${}", "cannot stand"],
  ["${a", "ends too early"],
  ["${a}}${", "ends too early"],
  ["${a.}", "cannot stand"],
  ["${a b}", "cannot stand"],
  ["${m[b}", "cannot stand"],
  ["${echo:[1}", "cannot stand"],
  ["${echo:{a}}", "cannot stand"],
  ["${echo:'a}", "ends too early"],
  ["${echo:a(b)}", "cannot stand"],
  ["${m.${a}}", "not a string"],
  ["${unknown:1}", "the option resolvers"],
  ["${toString:1}", "the option resolvers"],
  ["${throws:}", "on purpose"],
  ["${oc.env:NONE}", "NONE is not set"],
  ["${oc.env:__proto__}", "not set"],
  ["${oc.env:}", "arguments"],
  ["${oc.env:1}", "string"],
  ["${oc.decode:'[1'}", "ends too early"],
  ["${oc.dict.keys:none}", "no key none"],
  ["${oc.dict.keys:a}", "not a mapping"],
  ["${oc.deprecated:none}", "no key"],
  ["${oc.create:1}", "oc.create"],
  ["${oc.create:'a: 1'}", 'add a resolver "oc.create"'],
];

test("resolve: oc.create reads YAML whatever was loaded before", async () => {
  const data = { text: "a: 1", made: "${oc.create:${text}}" };
  const refused = () =>
    assertThrows(() => resolved(data), InterpolationError, "Hydra configs only")
      .message;
  const before = refused();
  await withTempFolder(async (configDir) => {
    writeFileSync(
      `${configDir}/config.yaml`,
      'text: "a: ${b}"\nb: 2\nmade: ${oc.create:${text}}\n',
    );
    const hydra = await ADict.fromHydra<LooseConfig>({ configDir });
    assertEquals(refused(), before);
    assertEquals(hydra.clone().resolve().toObject().made, { a: 2 });
    assertEquals(refused(), before);
    const resolvers = {
      "oc.create": (text: unknown) =>
        Object.fromEntries([String(text).split(": ")]),
    };
    assertEquals(resolved(data, { resolvers }).made, { a: "1" });
  });
});

test("resolve: a resolver whose argument contains it is a cycle", () => {
  const data = { m: { b: "${echo:${n}}" }, n: { c: "${m}" } };
  assertThrows(
    () => resolved(data, { resolvers: RESOLVERS }),
    InterpolationCycleError,
  );
});

test("resolve: an error in an argument changes nothing else", () => {
  const data = {
    m: { a: "${none}" },
    v: "${oc.select:w,3}",
    w: "${echo:${m}}",
    x: "${echo:${l}}",
    l: ["${y}"],
    y: 1,
  };
  assertEquals(
    resolved(data, { resolvers: RESOLVERS, only: ["x"] }).x,
    [[1]],
  );
  assertThrows(
    () => resolved(data, { resolvers: RESOLVERS }),
    InterpolationError,
    "names a missing key",
  );
});

test("resolve: keys that are not strings are written as in Python", () => {
  const v = "x${oc.decode:'{true: 1, false: 2, null: 3, 1: 4, a: 5}'}";
  assertEquals(
    resolved({ v }, { style: "python" }).v,
    "x{True: 1, False: 2, None: 3, 1: 4, 'a': 5}",
  );
});

for (const [text, message] of FAULTS) {
  test(`resolve: ${text} has no value`, () => {
    const config = new ADict(
      { ...BASE, m: { ...BASE.m, v: text } } as LooseConfig,
    );
    const before = JSON.stringify(config);
    const resolvers = {
      ...RESOLVERS,
      throws: () => {
        throw new RangeError("on purpose");
      },
    };
    const error = assertThrows(
      () => config.resolve({ resolvers, env: ENV }),
      InterpolationError,
    );
    assertStringIncludes(error.message, message);
    assertEquals(error.path, "m.v");
    assertEquals(JSON.stringify(config), before, "nothing is changed");
  });
}

test("resolve: the error of a resolver is the cause", () => {
  const thrown = new RangeError("on purpose");
  const throws = () => {
    throw thrown;
  };
  const error = assertThrows(
    () => resolved({ a: "${throws:}" }, { resolvers: { throws } }),
    InterpolationError,
  );
  assertStrictEquals(error.cause, thrown);
});

test("InterpolationCycleError: names the chain", () => {
  const cases: readonly [LooseConfig, string[]][] = [
    [{ a: "${a}" }, ["a", "a"]],
    [{ a: "${b}", b: "x${c}", c: "${oc.select:a}" }, ["a", "b", "c", "a"]],
    [{ a: { b: "${c}" }, c: { d: "${a}" } }, ["c", "a", "c"]],
    [{ k: "x${k}", v: "${m.${k}}", m: {} }, ["k", "k"]],
  ];
  for (const [data, chain] of cases) {
    const error = assertThrows(() => resolved(data), InterpolationCycleError);
    assertEquals(error.chain, chain);
    assertStringIncludes(error.message, chain.join(" -> "));
  }
});

test("resolve: long chains of interpolations are resolved", () => {
  const data: LooseConfig = { v0: "end" };
  for (let i = 1; i <= 300; i++) data[`v${i}`] = `\${v${i - 1}}`;
  assertEquals(resolved(data).v300, "end");
});

test("MandatoryValueError: values that must be given", () => {
  const data = { a: "???", b: [{ c: "???" }], d: 1 };
  const error = assertThrows(() => resolved(data), MandatoryValueError);
  assertEquals(error.path, "a");
  assertEquals(resolved(data, { mandatory: "keep" }), data);
  const used = assertThrows(
    () => resolved({ ...data, e: "${b[0].c}" }, { mandatory: "keep" }),
    MandatoryValueError,
  );
  assertEquals(used.path, "b.0.c");
  assertInstanceOf(used, InterpolationError);
});

test("resolve: only the keys of the option only are resolved", () => {
  const config = new ADict({
    a: "${none}",
    m: { b: "${c}", l: ["${c}"] },
    c: "${d}",
    d: 1,
  });
  config.resolve({ only: ["m.b"] });
  assertEquals(config.toObject() as object, {
    a: "${none}",
    m: { b: 1, l: ["${c}"] },
    c: "${d}",
    d: 1,
  });
  config.resolve({ only: ["m", "c"] });
  assertEquals(config.toObject().m as object, { b: 1, l: [1] });
  assertThrows(
    () => config.resolve({ only: ["none"] }),
    InterpolationError,
    "no such key",
  );
});

test("resolve: a copied mapping is independent", () => {
  const config = new ADict({ a: { b: [1] }, c: "${a}" } as LooseConfig)
    .resolve();
  (config.getByPath("c.b") as number[]).push(2);
  assertEquals(config.toObject(), { a: { b: [1] }, c: { b: [1, 2] } });
});

test("resolve: a relative path in a copied mapping starts where it was written", () => {
  const data = {
    x: "outer",
    a: { x: "inner", v: "${.x}" },
    deep: { b: "${a}" },
  };
  assertEquals(resolved(data).deep as unknown, {
    b: { x: "inner", v: "inner" },
  });
});

test("resolve: a frozen config is refused", () => {
  const config = new ADict({ a: 1, b: { c: "${a}" } }).freeze();
  const error = assertThrows(() => config.resolve(), FrozenConfigError);
  assertEquals(error.path, "b.c");
});

test("resolve: a frozen config without interpolations is accepted", () => {
  assertEquals(new ADict({ a: 1 }).freeze().resolve().toObject(), { a: 1 });
});

test("resolve: values of other types stay as they are", () => {
  const when = new Date(0);
  const data = {
    when,
    big: 2n ** 64n,
    again: "${when}",
    both: "${big}",
    text: "${big}!",
  };
  const config = resolved(data);
  assertStrictEquals(config.again, when);
  assertEquals(config.both, 2n ** 64n);
  assertEquals(config.text, `${2n ** 64n}!`);
});

test("resolve: style python writes values as in Python", () => {
  const data = {
    t: true,
    f: 1e-5,
    l: ["it's", { a: null }],
    v: "${t} ${f} ${l}",
  };
  assertEquals(
    resolved(data, { style: "python" }).v,
    `True 1e-05 ["it's", {'a': None}]`,
  );
});

test("resolve: the keys that an interpolation reads count as read", () => {
  const config = new ADict({ a: 1, b: "${a}", c: 2 });
  config.resolve();
  assertEquals(config.getAccess(), { read: ["a"], unread: ["b", "c"] });
});

test("resolve: keys of prototypes are data", () => {
  const data = JSON.parse(
    '{"__proto__": {"x": 1}, "a": "${__proto__.x}", "b": "${__proto__}"}',
  );
  const config = new ADict<LooseConfig>(data).resolve();
  assertEquals(config.get("a"), 1);
  assertThrows(() => resolved({ a: "${constructor}" }), InterpolationError);
  assertThrows(() => resolved({ a: "${toString.length}" }), InterpolationError);
  assert(!("x" in {}));
});

test("resolve: prototype keys in the result of a resolver are data", () => {
  const bad = () => JSON.parse('{"__proto__": {"polluted": 1}}');
  const config = new ADict({ a: "${bad:}" } as LooseConfig).resolve({
    resolvers: { bad },
  });
  assertEquals(config.getByPath(["a", "__proto__", "polluted"]), 1);
  assert(!("polluted" in {}));
});

test("resolve: a result of a resolver that contains itself is refused", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  assertThrows(
    () => resolved({ a: "${loop:}" }, { resolvers: { loop: () => loop } }),
    InterpolationError,
    "itself",
  );
});

test("resolve: a resolver is called once for each value", () => {
  let count = 0;
  const data = { a: "${next:}", b: "${a}", c: "${a}${a}" };
  assertEquals(resolved(data, { resolvers: { next: () => ++count } }), {
    a: 1,
    b: 1,
    c: "11",
  });
});

test("resolve: oc.deprecated warns, and is the other value", (t) => {
  const warn = t.mock === undefined
    ? undefined
    : t.mock.method(console, "warn", () => {});
  if (warn === undefined) return;
  assertEquals(resolved({ a: 1, b: "${oc.deprecated:a}" }).b, 1);
  assertStringIncludes(
    String(warn.mock.calls[0]?.arguments[0]),
    "'b' is deprecated",
  );
});

test("resolve: every file format can hold interpolations", async () => {
  await withTempFolder(async (folder) => {
    for (const extension of ["json", "yaml", "toml", "xyz"]) {
      const file = `${folder}/a.${extension}`;
      await new ADict({ lr: 0.5, m: { lr: "${lr}" } }).dump(file);
      const config = await ADict.fromFile<LooseConfig>(file);
      assertEquals(config.resolve().toObject(), { lr: 0.5, m: { lr: 0.5 } });
    }
  });
});

test("resolve: every string is resolved, or refused with its own error", () => {
  const piece = fc.constantFrom(
    ..."${ } ${a} ${.b} ${m.c} ${echo: ${oc.decode: ' \" \\ \\${ $ , [ ] { : . 1 x null ( ) é"
      .split(" "),
    " ",
  );
  let count = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const data = { a: 1, b: "x", m: { c: [1] }, v: pieces.join("") };
      try {
        resolved(data, { resolvers: RESOLVERS });
        count++;
      } catch (error) {
        assertInstanceOf(error, InterpolationError);
      }
    }),
    { numRuns: 1000, seed: 6 },
  );
  assert(count > 100);
});

test("resolve: escaped strings are kept", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\\${}a]{0,8}$/), (text) => {
      // Backslashes count before `${` only.
      const escaped = text.replace(
        /(\\*)\$\{/g,
        (_match, slashes: string) => `${slashes}${slashes}\\\${`,
      );
      assertEquals(resolved({ v: escaped }).v, text);
    }),
    { numRuns: 500, seed: 6 },
  );
});

test("resolve: a copy of a list keeps its empty places", () => {
  // deno-lint-ignore no-sparse-arrays -- the point of the test
  const list = [1, , { b: 2 }, ,];
  const read: unknown[] = [];
  const config = resolved({
    list,
    none: new Array(3),
    copy: "${list}",
    // deno-lint-ignore no-sparse-arrays -- as above
    below: { of: [, "${list}"] },
    empty: "${none}",
    made: "${oc.create:${list}}",
    called: "${read:${list}}",
    text: "a ${list}",
  }, { resolvers: { read: (value) => read.push(value) } });
  const below = (config.below as { of: unknown[] }).of;
  for (const copy of [config.copy, below[1], config.made, read[0]]) {
    assertEquals(copy, list);
    assertEquals(Object.keys(copy as unknown[]), ["0", "2"]);
  }
  assertEquals(Object.keys(below), ["1"]);
  assertEquals(config.empty, new Array(3));
  assertEquals(config.called, 1);
  assertEquals(config.text, 'a [1,null,{"b":2},null]');
  assertEquals(
    resolved({ list, text: "a ${list}" }, { style: "python" }).text,
    "a [1, None, {'b': 2}, None]",
  );
  assertThrows(
    () => resolved({ list, item: "${list.1}" }),
    InterpolationError,
    "names a missing key",
  );
});
