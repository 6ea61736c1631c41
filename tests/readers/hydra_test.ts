import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  ADict,
  ConfigSyntaxError,
  HydraError,
  HydraUnsupportedError,
  originsOf,
} from "@ato/ato/adict";
import {
  compose,
  composed,
  type Configs,
  TREE,
  writeConfigs,
} from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

test("ADict.fromHydra: a folder with most features", async () => {
  assertEquals(await compose(TREE), {
    db: { engine: { kind: "innodb" }, driver: "mysql", port: 3306 },
    backup: { host: "localhost", port: 80 },
    server: { host: "localhost", port: 80 },
    lr: 0.1,
    name: "run",
    deep: { a: { b: 1 }, list: [1, 2] },
    empty: null,
    must: "???",
  });
});

const A = { "g/a": "x: a\ny: 1\n", "g/b": "x: b\n" };
const COMPOSED: readonly [name: string, Configs, unknown][] = [
  ["no defaults list", { config: "a: 1" }, { a: 1 }],
  ["an empty file", { config: "" }, {}],
  ["a file of comments", { config: "# nothing\n" }, {}],
  ["an empty defaults list", { config: "defaults: []\na: 1" }, { a: 1 }],
  ["a group", { config: "defaults: [g: a]", ...A }, { g: { x: "a", y: 1 } }],
  ["no option", { config: "defaults: [g: null]\na: 1", ...A }, { a: 1 }],
  ["several options", { config: "defaults: [g: [a, b]]", ...A }, {
    g: { x: "b", y: 1 },
  }],
  [
    "a config by its path",
    { config: "defaults: [g/a, other]", other: "o: 1", ...A },
    { g: { x: "a", y: 1 }, o: 1 },
  ],
  ["_self_ first", { config: "defaults: [_self_, g: a]\ng: {x: own}", ...A }, {
    g: { x: "a", y: 1 },
  }],
  ["_self_ last", { config: "defaults: [g: a, _self_]\ng: {x: own}", ...A }, {
    g: { x: "own", y: 1 },
  }],
  ["no _self_", { config: "defaults: [g: a]\ng: {x: own}", ...A }, {
    g: { x: "own", y: 1 },
  }],
  ["a package", { config: "defaults: [g@p.q: a]", ...A }, {
    p: { q: { x: "a", y: 1 } },
  }],
  ["the global package", { config: "defaults: [g@_global_: a]", ...A }, {
    x: "a",
    y: 1,
  }],
  ["the package here", { config: "defaults: [g@_here_: a]", ...A }, {
    x: "a",
    y: 1,
  }],
  ["the group's own package", { config: "defaults: [g@_group_: a]", ...A }, {
    g: { x: "a", y: 1 },
  }],
  [
    "a group in two packages",
    { config: "defaults: [g@one: a, g@two: b]", ...A },
    { one: { x: "a", y: 1 }, two: { x: "b" } },
  ],
  [
    "a group below a group",
    {
      config: "defaults: [top: t]",
      "top/t": "defaults: [sub: s, /g@abs: a, _self_]\nt: 1",
      "top/sub/s": "s: 1",
      ...A,
    },
    { top: { sub: { s: 1 }, abs: { x: "a", y: 1 }, t: 1 } },
  ],
  [
    "a config beside it",
    { config: "defaults: [g: c]", "g/c": "defaults: [a, _self_]\nz: 2", ...A },
    { g: { x: "a", y: 1, z: 2 } },
  ],
  [
    "a package of the file",
    { config: "defaults: [g: h]", "g/h": "# @package p.q\nz: 1" },
    { p: { q: { z: 1 } } },
  ],
  [
    "the entry's package over the file's",
    { config: "defaults: [g@r: h]", "g/h": "# @package p.q\nz: 1" },
    { r: { z: 1 } },
  ],
  [
    "override in a defaults list",
    { config: "defaults: [n, override g: b]", n: "defaults: [g: a]", ...A },
    { g: { x: "b" } },
  ],
  [
    "override of a group in a package",
    { config: "defaults: [n, override g@p: b]", n: "defaults: [g@p: a]", ...A },
    { p: { x: "b" } },
  ],
  [
    "optional, and not there",
    { config: "defaults: [optional g: none, optional h: none]\na: 1", ...A },
    { a: 1 },
  ],
  [
    "an interpolation of options",
    {
      config: "defaults: [g: a, h: c, g_h: '${g}_${h}']",
      "h/c": "h: 1",
      "g_h/a_c": "both: 1",
      ...A,
    },
    { g: { x: "a", y: 1 }, h: { h: 1 }, g_h: { both: 1 } },
  ],
  [
    "an interpolation in a config's path",
    { config: "defaults: [g: a, 'f/${g}']", "f/a": "f: 1", ...A },
    { g: { x: "a", y: 1 }, f: { f: 1 } },
  ],
  [
    "Hydra's own groups, and plugins",
    {
      config:
        "defaults: [_self_, override hydra/launcher: submitit, override hydra/job_logging: none]\nhydra: {run: {dir: x}}\na: 1",
    },
    { a: 1 },
  ],
  ["a file with only a string", { config: "just text" }, { "just text": null }],
  ["a list of a group", { config: "defaults: [g: l]", "g/l": "- 1\n- 2" }, {
    g: [1, 2],
  }],
  [
    "lists are replaced, mappings merged",
    {
      config: "defaults: [g: l, _self_]\ng: {l: [3], m: {b: 2}}",
      "g/l": "l: [1, 2]\nm: {a: 1}",
    },
    { g: { l: [3], m: { a: 1, b: 2 } } },
  ],
  [
    "??? changes nothing that is there",
    { config: "defaults: [g: a, _self_]\ng: {x: '???'}", ...A },
    { g: { x: "a", y: 1 } },
  ],
  [
    "into an interpolation of a mapping",
    {
      config: "defaults: [base, _self_]\nm: {b: 2}",
      base: "src: {a: 1}\nm: ${src}",
    },
    { src: { a: 1 }, m: { a: 1, b: 2 } },
  ],
];

for (const [name, configs, expected] of COMPOSED) {
  test(`ADict.fromHydra: composes ${name}`, async () => {
    assertEquals(await compose(configs), expected);
  });
}

const SCALARS: readonly [text: string, value: unknown][] = [
  ["yes", true],
  ["off", false],
  ["y", "y"],
  ["1e-3", 0.001],
  ["1e3", 1000],
  ["1_000", 1000],
  ["010", 8],
  ["08", "08"],
  ["0x1F", 31],
  ["0b11", 3],
  ["0o17", "0o17"],
  ["1:30", 90],
  ["1:30.5", 90.5],
  ["-.inf", -Infinity],
  [".5", 0.5],
  ["1.", 1],
  ["2024-01-02", "2024-01-02"],
  ["~", null],
  ["Null", null],
  ["", null],
  ["'1'", "1"],
  ["!!str 1", "1"],
  ["!!int '7'", 7],
  ["!!float 1", 1],
  ["9007199254740993", 9007199254740993n],
  ["1.2.3", "1.2.3"],
  ["[a, 'b', \"c\"]", ["a", "b", "c"]],
  ["|\n    two\n    lines\n", "two\nlines\n"],
  ["|\n    two\n    lines", "two\nlines"],
];

for (const [text, value] of SCALARS) {
  test(`ADict.fromHydra: reads YAML as OmegaConf does: ${JSON.stringify(text)}`, async () => {
    assertEquals(await compose({ config: `a: ${text}` }), { a: value });
  });
}

test("ADict.fromHydra: YAML anchors, aliases, merges, and keys that are not strings", async () => {
  const text =
    "b: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd: *b\ne: {<<: [{x: 9}, *b], z: 1}\n1: one\n=: eq\n";
  assertEquals(await compose({ config: text }), {
    b: { x: 1, y: 2 },
    c: { x: 1, y: 3 },
    d: { x: 1, y: 2 },
    e: { x: 9, y: 2, z: 1 },
    1: "one",
    "=": "eq",
  });
});

const REFUSED: readonly [name: string, Configs, message: string][] = [
  ["no primary config", { other: "a: 1" }, "no such config"],
  ["no option", { config: "defaults: [g: none]", ...A }, "there is a, b"],
  ["no config", { config: "defaults: [none]" }, "config.yaml:1"],
  [
    "an option to be given",
    { config: "defaults:\n- g: ???", ...A },
    "g=<option>, which is one of a, b",
  ],
  ["_self_ twice", { config: "defaults: [_self_, _self_]" }, "twice"],
  ["override before others", {
    config: "defaults: [g: a, override g: b, other]",
    other: "",
    ...A,
  }, "end"],
  [
    "override of nothing",
    { config: "defaults: [override g: b]", ...A },
    "no defaults list has g",
  ],
  [
    "two options of a group",
    { config: "defaults: [g: a, g: b]", ...A },
    "override g",
  ],
  [
    "a group twice",
    { config: "defaults: [g: a, g: a]", ...A },
    "more than once",
  ],
  [
    "defaults that are no list",
    { config: "defaults: {g: a}", ...A },
    "no list",
  ],
  [
    "two groups in an entry",
    { config: "defaults: [{g: a, h: b}]", ...A },
    "names one group",
  ],
  [
    "a number as an option",
    { config: "defaults: [g: 1]", "g/1": "" },
    "quotes",
  ],
  ["_self_ with a package", { config: "defaults: [_self_@p]" }, "_self_"],
  ["a mapping into a list", {
    config: "defaults: [g: l, _self_]\ng: {a: 1}",
    "g/l": "[1]",
  }, "a list"],
  ["an interpolation of no choice", {
    config: "defaults: ['g: ${h}', {g: '${h}'}]",
    ...A,
  }, "h"],
  ["an interpolation in a list of options", {
    config: "defaults: [g: ['${h}']]",
    ...A,
  }, "list of options"],
  ["searchpath of another config", {
    config: "defaults: [n]",
    n: "hydra: {searchpath: [file://x]}",
  }, "primary"],
  [
    "a search path that is no list",
    { config: "hydra: {searchpath: x}" },
    "list of strings",
  ],
  ["a primary config that is a list", { config: "- 1" }, "list"],
  ["a hydra that is no mapping", { config: "hydra: 1" }, "hydra"],
  [
    "Hydra's own name",
    { config: "a: 1", "hydra/config": "a: 1" },
    "Hydra's own",
  ],
];

for (const [name, configs, message] of REFUSED) {
  test(`ADict.fromHydra: refuses ${name}`, async () => {
    const error = await assertRejects(() => compose(configs), HydraError);
    assertStringIncludes(error.message, message);
  });
}

const BROKEN: readonly [
  name: string,
  text: string,
  line: number | undefined,
][] = [
  ["what is no YAML", "a: [1", 1],
  ["a key twice", "a: 1\nb: 2\na: 3\n", 3],
  ["an interpolation that breaks the grammar", "a: 1\nb: ${a\n", 2],
  ["two documents", "a: 1\n---\nb: 2\n", 2],
  ["a tag of Python", "a: !!python/object:os.system x", 1],
  ["a mapping as a key", "? {a: 1}\n: 2", 1],
  ["null as a key", "null: 1", 1],
  ["no anchor", "a: *b", 1],
  ["an alias within its anchor", "a: &a [*a]", 1],
  ["a header of three words", "# @package a b\n", 1],
  ["= as a value", "a: =", 1],
];

for (const [name, text, line] of BROKEN) {
  test(`ADict.fromHydra: refuses a file with ${name}`, async () => {
    const error = await assertRejects(
      () => compose({ config: text }),
      ConfigSyntaxError,
    );
    assertEquals(error.line, line);
    assertStringIncludes(error.message, "config.yaml");
  });
}

test("ADict.fromHydra: versionBase 1.1", async () => {
  const configs = {
    config:
      "defaults: [{g: a}, {h: none, optional: true}, {hydra/launcher: basic}]",
    "g/a": "# @package _group_._name_\nx: 1",
    "k/b.yml": "# @package _group_\ny: 1",
  };
  const old = { versionBase: "1.1" } as const;
  assertEquals(await compose(configs, [], old), { g: { a: { x: 1 } } });
  assertEquals(await compose(configs, ["+k=b.yml"], old), {
    g: { a: { x: 1 } },
    k: { y: 1 },
  });
  await assertRejects(() => compose(configs), HydraError);
});

test("ADict.fromHydra: a primary config in a group, no primary config, and a URL", async () => {
  assertEquals(await compose(A, [], { configName: "g/a" }), {
    g: { x: "a", y: 1 },
  });
  assertEquals(await compose(A, ["+g=b", "+z=1"], { configName: null }), {
    g: { x: "b" },
    z: 1,
  });
  await withTempFolder(async (folder) => {
    writeConfigs(folder, { config: "a: 1" });
    const configDir = new URL(`file://${folder}/`);
    assertEquals((await ADict.fromHydra({ configDir })).toObject(), { a: 1 });
  });
});

test("ADict.fromHydra: the search path: folders, and packages with a folder", async () => {
  await withTempFolder(async (folder) => {
    writeConfigs(folder, {
      "main/config":
        `hydra: { searchpath: ['file://${folder}/more', pkg://lib.conf] }\n` +
        "defaults: [g: a, h: b]",
      "more/g/a": "x: 1",
      "lib/h/b": "y: 1",
    });
    const configDir = `${folder}/main`;
    const packages = { "lib.conf": `${folder}/lib` };
    const config = await ADict.fromHydra({ configDir, packages });
    assertEquals(config.toObject() as object, { g: { x: 1 }, h: { y: 1 } });
    const overrides = ["hydra.searchpath=[s3://bucket]"];
    await assertRejects(
      () => ADict.fromHydra({ configDir, packages, overrides }),
      HydraUnsupportedError,
    );
  });
});

test("originsOf: the file and line of each key, or the override", async () => {
  const overrides = ["lr=1", "+deep.new={x: 1}"];
  await composed(TREE, { overrides }, (config, folder) => {
    const origins = originsOf(config)!;
    const at = (path: string) => {
      const { file, line, word } = origins[path]!;
      return [file.replace(`${folder}/`, ""), line, word];
    };
    assertEquals(at("db.engine.kind"), ["db/engine/innodb.yaml", 1, undefined]);
    assertEquals(at("db.port"), ["db/mysql.yaml", 3, undefined]);
    assertEquals(at("backup.port"), ["server/apache.yaml", 2, undefined]);
    assertEquals(at("name"), ["config.yaml", 9, undefined]);
    assertEquals(at("deep.list"), ["config.yaml", 10, undefined]);
    assertEquals(at("lr"), ["command line", 1, "lr=1"]);
    assertEquals(at("deep.new.x"), ["command line", 2, "+deep.new={x: 1}"]);
  });
});

test("originsOf: resolve keeps origins", async () => {
  const configs = { config: "a: {b: 1}\nc: ${a}\nd: x${a.b}\n" };
  await composed(configs, {}, (config) => {
    config.resolve();
    const origins = originsOf(config)!;
    assertEquals(["c", "c.b", "d"].map((path) => origins[path]?.line), [
      2,
      1,
      3,
    ]);
  });
});

test("resolve: a Hydra config writes values as in Python", async () => {
  const config =
    "f: 1.0\ni: 1\ns: 1e-5\nt: true\nn: null\nl: [a, 1.0, {k: x}]\n" +
    "text: ${f} ${i} ${s} ${t} ${n} ${l}\nsame: ${f}\nagain: ${same}!\n";
  await composed({ config }, {}, (config) => {
    config.resolve();
    assertEquals(
      config.get("text"),
      "1.0 1 1e-05 True None ['a', 1.0, {'k': 'x'}]",
    );
    assertEquals(config.get("again"), "1.0!");
  });
});

test("resolve: a changed value of a Hydra config is written as it is now", async () => {
  await composed(
    { config: "f: 1.0\ntext: ${f}\nagain: x${f}" },
    {},
    (config) => {
      const copy = config.clone();
      config.set("f", 2);
      assertEquals(config.resolve().get("again"), "x2");
      assertEquals(copy.resolve().get("again"), "x1.0");
    },
  );
});

test("resolve: the resolvers of Hydra", async () => {
  const config = "y: ${now:%Y}\nr: ${hydra:runtime.cwd}";
  await composed({ config }, {}, (config) => {
    config.resolve({ resolvers: { hydra: (path) => `at ${path}` } });
    assertEquals(config.get("r"), "at runtime.cwd");
    assert(/^\d{4}$/.test(String(config.get("y"))));
  });
});

test("resolve: oc.create reads YAML in a Hydra config", async () => {
  await composed(
    { config: "a: \"${oc.create:'x: [1, yes]'}\"" },
    {},
    (config) => {
      assertEquals(config.resolve().toObject() as object, {
        a: { x: [1, true] },
      });
    },
  );
});

test("ADict.fromHydra: each error is of its class", async () => {
  await withTempFolder(async (folder) => {
    const error = await assertRejects(
      () => ADict.fromHydra({ configDir: `${folder}/none` }),
      HydraError,
    );
    assertInstanceOf(error, Error);
    assertEquals(error.name, "HydraError");
    assertStringIncludes(error.message, "there is no folder");
  });
});
