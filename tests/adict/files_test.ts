import { spawnSync } from "node:child_process";
import { test } from "node:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  ADict,
  ConfigFileError,
  ConfigSyntaxError,
  type LooseConfig,
  MissingKeyError,
  UnsupportedValueError,
} from "@ato/ato/adict";
import { runFixture } from "./_run_fixture.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig } from "../_shared/run_script.ts";

const YAML: [string, string, unknown][] = [
  [
    "anchors and merges, as in a compose file",
    `x-base: &base
  restart: always
  environment: &env { LOG: info, TZ: UTC }
services:
  web:
    <<: *base
    image: nginx:1.25
    ports: ["80:80", '443:443']
  worker:
    <<: [*base, { cpus: 0.5 }]
    restart: "no"
    environment:
      <<: *env
      LOG: debug
`,
    {
      "x-base": { restart: "always", environment: { LOG: "info", TZ: "UTC" } },
      services: {
        web: {
          restart: "always",
          environment: { LOG: "info", TZ: "UTC" },
          image: "nginx:1.25",
          ports: ["80:80", "443:443"],
        },
        worker: {
          restart: "no",
          environment: { LOG: "debug", TZ: "UTC" },
          cpus: 0.5,
        },
      },
    },
  ],
  [
    "booleans of YAML 1.1 are strings, as in a workflow's `on`",
    "on: [push]\nfast: yes\nslow: no\noff: OFF\ny: n\nreal: true\nalso: False\n",
    {
      on: ["push"],
      fast: "yes",
      slow: "no",
      off: "OFF",
      y: "n",
      real: true,
      also: false,
    },
  ],
  [
    "strings over many lines",
    'literal: |\n  one\n  two\nstripped: |-\n  one\n  two\nkept: |+\n  one\n\nfolded: >-\n  a\n  b\n\n  c\nplain: many\n  words\nquoted: "x\\ty"\n',
    {
      literal: "one\ntwo\n",
      stripped: "one\ntwo",
      kept: "one\n\n",
      folded: "a b\nc",
      plain: "many words",
      quoted: "x\ty",
    },
  ],
  [
    "timestamps",
    "day: 2024-02-29\nmoment: 2001-12-14T21:59:43.10-05:00\ntext: '2024-02-29'\n",
    {
      day: new Date("2024-02-29T00:00:00Z"),
      moment: new Date("2001-12-15T02:59:43.100Z"),
      text: "2024-02-29",
    },
  ],
  [
    "numbers of a training config",
    "lr: 1e-3\nwd: 5.0e-4\nhex: 0x1F\nneg: -0.5\ninf: .inf\nnan: .nan\nversion: 1.10\n",
    {
      lr: 0.001,
      wd: 0.0005,
      hex: 31,
      neg: -0.5,
      inf: Infinity,
      nan: NaN,
      version: 1.1,
    },
  ],
  ["nulls", "a: null\nb: ~\nc:\nd: Null\n", {
    a: null,
    b: null,
    c: null,
    d: null,
  }],
  ["an empty file", "", {}],
  ["a file of comments", "# nothing\n---\n", {}],
  ["a byte order mark and CRLF", "\ufeffa: 1\r\nb: [1,\r\n  2]\r\n", {
    a: 1,
    b: [1, 2],
  }],
  ["hostile keys", "__proto__: {x: 1}\nconstructor: 2\nupdate: 3\n'': 4\n", {
    ...JSON.parse(
      '{"__proto__": {"x": 1}, "constructor": 2, "update": 3, "": 4}',
    ),
  }],
];

for (const [name, text, expected] of YAML) {
  test(`ADict.fromFile: YAML: ${name}`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "config.yaml");
      writeFileSync(file, text);
      assertEquals((await ADict.fromFile(file)).toObject(), expected as object);
    });
  });
}

const BROKEN: [string, string, RegExp][] = [
  ["a.yaml", "a: 1\nb: [1,\nc: 2\n", /a\.yaml:[34]:\d+: /],
  ["a.yaml", "a: 1\na: 2\n", /a\.yaml:2:\d+: .*duplicate/i],
  ["a.yaml", "a: 1\n---\nb: 2\n", /a\.yaml(?::\d+:\d+)?: .*document/],
  ["a.yaml", "just text\n", /mapping/],
  ["a.yaml", "2024-01-01\n", /mapping/],
  ["a.yaml", "!!binary aGVsbG8=\n", /mapping/],
  ["a.yaml", "- 1\n- 2\n", /mapping/],
  ["a.yaml", "a: *none\n", /a\.yaml:1:\d+: .*alias/],
  ["a.json", '{\n  "a": 1,\n  "b": oops\n}', /a\.json:3:8: /],
  ["a.json", '{"a": 1', /a\.json:1:8: /],
  ["a.json", "[1, 2]", /mapping/],
  ["a.jsonl", '{"a": 1}\n{"a": }\n', /a\.jsonl:2:7: /],
  ["a.toml", "a = 1\nb = = 2\n", /a\.toml:2:\d+: /],
  ["a.xyz", "a: 1\nno colon here\n", /a\.xyz:2: .*key: value/],
  ["a.xyz", "a: 1\n0) 2\n", /a\.xyz:2: .*mixed/],
  ["a.xyz", "a: 1\na: 2\n", /a\.xyz:2: .*twice/],
  ["a.xyz", "a: 1\n  b: 2\n", /a\.xyz:2: .*indentation/],
  ["a.xyz", "l:\n  0) 1\n  2) 3\n", /a\.xyz:2: .*no index 1/],
  ["a.xyz", 'a: "half\\"\n', /a\.xyz:1: .*quoted/],
];

for (const [name, text, message] of BROKEN) {
  test(`ADict.fromFile: broken ${name}: ${JSON.stringify(text)}`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      const error = await assertRejects(
        () => ADict.fromFile(file),
        ConfigSyntaxError,
      );
      assertMatch(error.message, message);
      assertEquals(error.file, file);
    });
  });
}

test("ADict.fromFile: files that are missing, not text or of an unknown format", async () => {
  await withTempFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("bytes.json"), new Uint8Array([0xff, 0xfe]));
    const cases: [string, string][] = [
      ["none.yaml", "no such file"],
      ["bytes.json", "not UTF-8"],
      ["config.ini", ".yaml, .yml, .json"],
      ["config", 'extension is ""'],
    ];
    for (const [name, message] of cases) {
      const error = await assertRejects(
        () => ADict.fromFile(at(name)),
        ConfigFileError,
      );
      assertStringIncludes(error.message, message);
    }
    await assertRejects(() => new ADict().dump(at("a.ini")), ConfigFileError);
    await assertRejects(
      () => new ADict().dump(at("a.jsonl")),
      ConfigFileError,
      "many configs",
    );
  });
});

test("dump: takes a URL, creates folders and leaves no temporary file", async () => {
  await withTempFolder(async (folder) => {
    const url = pathToFileURL(join(folder, "deep", "er", "config.toml"));
    await new ADict({ a: 1 }).dump(url);
    assertEquals((await ADict.fromFile(url)).toObject(), { a: 1 });
    assertEquals(readdirSync(join(folder, "deep", "er")), ["config.toml"]);
  });
});

test("dump: the old file is kept if a value is refused", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "config.toml");
    await new ADict({ a: 1 }).dump(file);
    const bad = new ADict<LooseConfig>({ model: { head: null } });
    const error = await assertRejects(
      () => bad.dump(file),
      UnsupportedValueError,
    );
    assertEquals(error.path, "model.head");
    assertEquals((await ADict.fromFile(file)).toObject(), { a: 1 });
    mkdirSync(join(folder, "taken.json"));
    await assertRejects(
      () => bad.dump(join(folder, "taken.json")),
      ConfigFileError,
    );
    assertEquals(readdirSync(folder).sort(), ["config.toml", "taken.json"]);
  });
});

const REFUSED: [string, unknown, string][] = [
  ["json", NaN, "NaN"],
  ["json", 1n, "bigint"],
  ["json", new Date(0), "date"],
  ["json", undefined, "undefined"],
  ["json", () => 1, "function"],
  ["json", new Map(), "Map"],
  ["yaml", 1n, "bigint"],
  ["json", new Uint8Array(1), "Uint8Array"],
  ["yaml", new Map(), "Map"],
  ["yaml", new Date(NaN), "invalid date"],
  ["toml", null, "null"],
  ["toml", new Uint8Array(1), "Uint8Array"],
  ["toml", 1n, "bigint"],
  ["xyz", new Date(0), "Date"],
  ["xyz", undefined, "undefined"],
  ["xyz", Symbol("s"), "symbol"],
];

for (const [extension, value, what] of REFUSED) {
  test(`dump: ${extension} refuses ${what}`, async () => {
    await withTempFolder(async (folder) => {
      const config = new ADict({ list: [{ deep: value }] });
      const error = await assertRejects(
        () => config.dump(join(folder, `a.${extension}`)),
        UnsupportedValueError,
      );
      assertEquals(error.path, "list.0.deep");
      assertStringIncludes(error.message, what);
    });
  });
}

test("load: replaces the data; fromFile of a list returns a list of configs", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "a.json");
    writeFileSync(file, '{"b": {"c": 1}}');
    const config = new ADict<LooseConfig>({ a: 1, b: 2 });
    await config.load(file);
    assertEquals(config.toObject(), { b: { c: 1 } });
    const lines = join(folder, "a.jsonl");
    writeFileSync(lines, '{"a": 1}\n\n{"a": 2}\n');
    const list = await ADict.fromFile<LooseConfig[]>(lines);
    assertEquals(list.map((item) => item.toObject()), [{ a: 1 }, { a: 2 }]);
    await assertRejects(() => config.load(lines), ConfigSyntaxError, "list");
  });
});

test("composeHierarchy: base, selected options in order, overrides, required keys", async () => {
  await withTempFolder(async (folder) => {
    mkdirSync(join(folder, "model"));
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "config.yaml"), "lr: 0.1\nmodel: {depth: 1}\n");
    writeFileSync(
      join(folder, "model", "resnet.json"),
      '{"model": {"name": "r"}}',
    );
    writeFileSync(join(folder, "data", "a.toml"), "a = 1\nboth = 1\n");
    writeFileSync(join(folder, "data", "b.xyz"), "b: 2\nboth: 2\n");
    const config = await ADict.composeHierarchy({
      root: folder,
      select: { model: "resnet", data: ["a", "b"] },
      overrides: { "model.depth": 50, "new.key": { x: 1 } },
      required: ["model.name", "new.key.x"],
    });
    assertEquals(config.toObject(), {
      lr: 0.1,
      model: { name: "r", depth: 50 },
      a: 1,
      both: 2,
      b: 2,
      new: { key: { x: 1 } },
    });
    await assertRejects(
      () => ADict.composeHierarchy({ root: folder, select: { model: "none" } }),
      ConfigFileError,
      "none{.yaml,.yml,.json,.toml,.xyz}",
    );
    await assertRejects(
      () => ADict.composeHierarchy({ root: folder, configFilename: "absent" }),
      ConfigFileError,
      "absent",
    );
    await assertRejects(
      () => ADict.composeHierarchy({ root: folder, required: ["model.head"] }),
      MissingKeyError,
      '"model.head"',
    );
  });
});

test("composeHierarchy: the first extension wins, and onMissing warn only warns", async (t) => {
  await withTempFolder(async (folder) => {
    const warn = t.mock.method(console, "warn", () => {});
    mkdirSync(join(folder, "model"));
    writeFileSync(join(folder, "base.toml"), "from = 'toml'\n");
    writeFileSync(join(folder, "base.json"), '{"from": "json"}');
    writeFileSync(join(folder, "model", "2.yml"), "depth: 2\n");
    const config = await ADict.composeHierarchy({
      root: pathToFileURL(folder + "/"),
      configFilename: "base",
      select: { model: [2, "none"], data: "none" },
      onMissing: "warn",
    });
    assertEquals(config.toObject(), { from: "json", depth: 2 });
    const told = warn.mock.calls.map((call) => String(call.arguments[0]));
    assertEquals(told.length, 2);
    assertStringIncludes(told[0]!, join("model", "none"));
    assertStringIncludes(told[1]!, join("data", "none"));
    const none = await ADict.composeHierarchy({
      root: folder,
      onMissing: "warn",
    });
    assertEquals(none.toObject(), {});
    assertEquals(warn.mock.callCount(), 3);
  });
});

test("composeHierarchy: a required key may be null, but not missing", async () => {
  await withTempFolder(async (folder) => {
    writeFileSync(join(folder, "config.yaml"), "a: null\nb: {c: 0}\n");
    await ADict.composeHierarchy({ root: folder, required: ["a", "b.c"] });
    const error = await assertRejects(
      () => ADict.composeHierarchy({ root: folder, required: ["a.x"] }),
      MissingKeyError,
    );
    assertEquals(error.path, "a.x");
  });
});

test("composeHierarchy: the error names a file that is broken or contains a list", async () => {
  await withTempFolder(async (folder) => {
    writeFileSync(join(folder, "config.yaml"), "- a: 1\n");
    await assertRejects(
      () => ADict.composeHierarchy({ root: folder }),
      ConfigSyntaxError,
      "config.yaml",
    );
  });
});

// No number is 12345678901234567890, and none 1152921504606847000: in JSON alone that is 2 ** 60, which
// JavaScript writes so.
const WIDE: [string, string, number | bigint][] = [
  [
    "a.json",
    '{"seed": 12345678901234567890, "power": 1152921504606847000}',
    2 ** 60,
  ],
  ...["a.yaml", "a.toml", "a.xyz"].map((name): [string, string, bigint] => {
    const is = name === "a.toml" ? " =" : ":";
    const text =
      `seed${is} 12345678901234567890\npower${is} 1152921504606847000\n`;
    return [name, text, 1152921504606847000n];
  }),
];

for (const [name, text, power] of WIDE) {
  test(`ADict.fromFile: ${name}: an integer that a number would round is a bigint`, async () => {
    await withTempFolder(async (folder) => {
      writeFileSync(join(folder, name), text);
      const config = await ADict.fromFile(join(folder, name));
      assertEquals(config.toObject(), {
        seed: 12345678901234567890n,
        power,
      });
    });
  });
}

test("ADict.fromFile: JSON: wide integers in strings, and with hostile keys, are safe", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "a.json");
    writeFileSync(
      file,
      '{"__proto__": {"n": -9007199254740993}, "t": "9007199254740993", "f": 9007199254740993.0, "e": 9007199254740993e0}',
    );
    const config = await ADict.fromFile(file);
    assertEquals(config.getByPath("__proto__.n"), -9007199254740993n);
    assertEquals([config.t, config.f, config.e], [
      "9007199254740993",
      9007199254740992,
      9007199254740992,
    ]);
    assertEquals(({} as LooseConfig).n, undefined);
    await config.dump(file);
    assertEquals((await ADict.fromFile(file)).toObject(), config.toObject());
  });
});

test("dump: keeps a link and the permissions of the file", {
  skip: process.platform === "win32" ? "needs POSIX links and modes" : false,
}, async () => {
  await withTempFolder(async (folder) => {
    const real = join(folder, "real", "config.json");
    const link = join(folder, "config.json");
    await new ADict({ a: 1 }).dump(real);
    chmodSync(real, 0o600);
    symlinkSync(real, link);
    await new ADict({ a: 2 }).dump(link);
    assertEquals(lstatSync(link).isSymbolicLink(), true);
    assertEquals(statSync(real).mode & 0o777, 0o600);
    assertEquals((await ADict.fromFile(real)).toObject(), { a: 2 });
    assertEquals(readdirSync(join(folder, "real")), ["config.json"]);
  });
});

test("dump: an error names the reason and leaves no file", async () => {
  await withTempFolder(async (folder) => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder.json"));
    for (const name of ["file/config.json", "folder.json"]) {
      const error = await assertRejects(
        () => new ADict({ a: 1 }).dump(join(folder, name)),
        ConfigFileError,
      );
      assertStringIncludes(error.message, "Cannot write");
    }
    assertEquals(readdirSync(folder).sort(), ["file", "folder.json"]);
  });
});

test("load: a broken file does not change the config", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "a.json");
    writeFileSync(file, '{"a": ');
    const config = new ADict<LooseConfig>({ lr: 1 });
    await assertRejects(() => config.load(file), ConfigSyntaxError);
    assertEquals(config.toObject(), { lr: 1 });
  });
});

test("dump: of many writes to one file at the same time, one is there completely", async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, "a.json");
    const long = "x".repeat(10_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => new ADict({ n, long }).dump(file)),
    );
    const { n, long: read } = await ADict.fromFile(file);
    assertEquals([typeof n, read], ["number", long]);
    assertEquals(readdirSync(folder), ["a.json"]);
  });
});

for (const name of ["a.toml", "a.yaml"]) {
  test(`ADict.fromFile: ${name}: times without an offset are the same on every machine`, async () => {
    await withTempFolder((folder) => {
      const sign = name === "a.toml" ? "=" : ":";
      writeFileSync(
        join(folder, name),
        [
          `moment${sign} 2024-03-10T07:32:00`,
          `spaced${sign} 2024-07-01 07:32:00.25`,
          `offset${sign} 2024-07-01T07:32:00-05:00`,
          `day${sign} 2024-07-01`,
          "",
        ].join("\n"),
      );
      for (const TZ of ["America/New_York", "Asia/Kolkata", "UTC"]) {
        const text = runFixture("print_config.ts", [join(folder, name)], {
          TZ,
        });
        assertEquals(JSON.parse(text), {
          moment: "2024-03-10T07:32:00.000Z",
          spaced: "2024-07-01T07:32:00.250Z",
          offset: "2024-07-01T12:32:00.000Z",
          day: "2024-07-01T00:00:00.000Z",
        });
      }
    });
  });
}

const isDeno = navigator.userAgent.startsWith("Deno/");

test("ADict.fromFile, dump: need no permission except for files", {
  skip: isDeno ? false : "Node asks for none",
}, async () => {
  await withTempFolder((folder) => {
    for (const [name, text] of [["a.yaml", "a: 1"], ["a.toml", "a = 1"]]) {
      writeFileSync(join(folder, name!), text!);
    }
    writeFileSync(
      join(folder, "read.ts"),
      `import { ADict } from "@ato/ato/adict";
for (const name of ["a.yaml", "a.toml"]) {
  const config = await ADict.fromFile(\`${folder}/\${name}\`);
  await config.dump(\`${folder}/b_\${name}\`);
}
const hydra = await ADict.fromHydra({ configDir: ${
        JSON.stringify(folder)
      }, configName: "a", env: {} });
console.log(hydra.a);`,
    );
    const child = spawnSync(process.execPath, [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      "--allow-read",
      `--allow-write=${folder}`,
      "--config",
      denoConfig(),
      join(folder, "read.ts"),
    ], { encoding: "utf8" });
    assertEquals([child.stderr, child.stdout], ["", "1\n"]);
  });
});
