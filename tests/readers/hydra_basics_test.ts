/**
 * Hydra's config folders, composed: defaults lists, packages, overrides, interpolation, what is
 * refused. Where `ATO_HYDRA_PYTHON` names a Python with hydra-core, each case is compared with it.
 */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ADict, originsOf } from "../../adict/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { writeConfigs } from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const FILES: Readonly<Record<string, string>> = {
  "config.yaml":
    "defaults:\n  - db: mysql\n  - model/layers: two\n  - _self_\nlr: 0.1\nname: ${db.name}_${model.layers.count}\n",
  "first.yaml": "defaults:\n  - _self_\n  - db: mysql\ndb:\n  port: 1\n",
  "last.yaml": "defaults:\n  - db: mysql\n  - _self_\ndb:\n  port: 1\n",
  "packaged.yaml":
    "defaults:\n  - db@source: mysql\n  - db@target: pg\n  - everywhere\n  - optional db@none: missing\n",
  "nested.yaml": "defaults:\n  - deep\n  - override db: pg\nlr: 1\n",
  "many.yaml": "defaults:\n  - db@d: [mysql, pg]\n",
  "plain.yaml":
    "a: 1\nb: {c: [1, 2], d: null}\nyes_: yes\nf: 1e-3\ns: '1'\nt: 12:30\n",
  "values.yaml":
    "a: 1\nlist: ${b.c}\nb: {c: [1, 2]}\nrel: {x: 5, y: '${.x}', z: '${..a}'}\nenv: ${oc.env:ATO_NO_SUCH,7}\npick: ${b.${key}}\nkey: c\n",
  "everywhere.yaml": "# @package _global_\nglobal: true\nextra:\n  k: 1\n",
  "deep.yaml": "defaults:\n  - db: mysql\ndeep: true\n",
  "db/mysql.yaml": "name: mysql\nport: 3306\n",
  "db/pg.yaml": "name: pg\nport: 5432\nssl: true\n",
  "model/layers/two.yaml": "count: 2\nsizes: [4, 8]\n",
  "model/layers/three.yaml": "count: 3\nsizes: [4, 8, 16]\n",
};

type Case = readonly [
  config: string,
  overrides: readonly string[],
  expected: unknown,
];

const MYSQL = { name: "mysql", port: 3306 };
const PG = { name: "pg", port: 5432, ssl: true };

const COMPOSED: readonly Case[] = [
  ["config", [], {
    db: MYSQL,
    model: { layers: { count: 2, sizes: [4, 8] } },
    lr: 0.1,
    name: "mysql_2",
  }],
  ["config", ["db=pg", "model/layers=three", "lr=1e-3"], {
    db: PG,
    model: { layers: { count: 3, sizes: [4, 8, 16] } },
    lr: 0.001,
    name: "pg_3",
  }],
  ["first", [], { db: MYSQL }],
  ["last", [], { db: { name: "mysql", port: 1 } }],
  ["packaged", [], {
    source: MYSQL,
    target: PG,
    global: true,
    extra: { k: 1 },
  }],
  ["packaged", ["db@target=mysql"], {
    source: MYSQL,
    target: MYSQL,
    global: true,
    extra: { k: 1 },
  }],
  ["nested", [], { db: PG, deep: true, lr: 1 }],
  ["many", [], { d: PG }],
  ["plain", [], {
    a: 1,
    b: { c: [1, 2], d: null },
    yes_: true,
    f: 0.001,
    s: "1",
    t: 750,
  }],
  ["plain", ["a=2", "+n.m=[1,{x: y}]", "++b.c=[]", "~s", "~t", "b.d='q'"], {
    a: 2,
    b: { c: [], d: "q" },
    yes_: true,
    f: 0.001,
    n: { m: [1, { x: "y" }] },
  }],
  ["plain", ["a=null", "f=nan_", 's="a, b"', "b.d=true", "t=-1.5e3"], {
    a: null,
    b: { c: [1, 2], d: true },
    yes_: true,
    f: "nan_",
    s: "a, b",
    t: -1500,
  }],
  ["plain", ["+db=mysql", "~yes_", "~b.c"], {
    a: 1,
    b: { d: null },
    f: 0.001,
    s: "1",
    t: 750,
    db: MYSQL,
  }],
  ["values", [], {
    a: 1,
    list: [1, 2],
    b: { c: [1, 2] },
    rel: { x: 5, y: 5, z: 1 },
    env: "7",
    pick: [1, 2],
    key: "c",
  }],
];

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["nosuch", [], /nosuch/],
  ["config", ["db=oracle"], /oracle.*mysql, pg/s],
  ["config", ["nope=1"], /\+nope=1/],
  ["config", ["+lr=1"], /lr/],
  ["config", ["~nope"], /nope/],
  ["config", ["~lr=7"], /lr/],
  ["config", ["lr"], /key=value/],
  ["config", ["lr=[1"], /lr=\[1/],
  ["config", ["db=../../secrets"], /config folder|leads out/],
  ["config", ["nogroup=x"], /nogroup/],
];

function withFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (folder) => {
    writeConfigs(folder, FILES);
    await work(folder);
  });
}

const compose = (
  configDir: string,
  configName: string,
  overrides: readonly string[],
) => ADict.fromHydra({ configDir, configName, overrides: [...overrides] });

for (const [name, overrides, expected] of COMPOSED) {
  test(`ADict.fromHydra: composes ${name} ${overrides.join(" ")}`, async () => {
    await withFolder(async (folder) => {
      const config = await compose(folder, name, overrides);
      assertEquals(config.resolve().toObject(), expected);
    });
  });
}

for (const [name, overrides, mention] of REFUSED) {
  test(`ADict.fromHydra: refuses ${name} ${overrides.join(" ")}`, async () => {
    await withFolder(async (folder) => {
      const error = await assertRejects(
        () => compose(folder, name, overrides),
        Error,
      );
      assert(
        /^Hydra\w*Error$/.test((error as Error).name),
        (error as Error).name,
      );
      assert(mention.test((error as Error).message), (error as Error).message);
      assert(!(error as Error).message.includes("\n"));
    });
  });
}

test("originsOf: the file and line of each key, or the override", async () => {
  await withFolder(async (folder) => {
    const origins = originsOf(
      await compose(folder, "config", ["lr=1", "db=pg"]),
    )!;
    assertEquals(origins["db.ssl"]?.line, 3);
    assert(origins["db.ssl"]?.file.endsWith("pg.yaml"));
    assert(origins["model.layers.count"]?.file.endsWith("two.yaml"));
    assertEquals(origins["lr"]?.word, "lr=1");
  });
});

test("manual, explain: the file of a key, and the word of an override", async () => {
  await withFolder(async (folder) => {
    const scope = new Scope({ argv: [] });
    scope.observe({ default: true })(async function base(config) {
      config.update(await compose(folder, "config", ["lr=1"]));
    });
    await scope.applyAsync([]);
    assertEquals(scope.explain("lr").at(-1)?.at?.word, "lr=1");
    const text = scope.manualText();
    assertMatch(text, /^lr = 1 +base, lr=1$/m);
    assertMatch(text, /^db\.name = mysql +base, \S*mysql\.yaml:1$/m);
  });
});

test("resolve: cycles name the chain, missing keys the path", () => {
  const cases: [object, RegExp][] = [
    [{ a: "${b}", b: "${c}", c: "${a}" }, /a.*b.*c/s],
    [{ a: { b: "${a.c}" } }, /a\.b.*a\.c/s],
    [{ a: "???" }, /"a"/],
    [{ a: "${oc.env:ATO_NO_SUCH}" }, /ATO_NO_SUCH/],
    [{ a: "${nope:1}" }, /nope/],
    [{ a: "${b" }, /"a"/],
  ];
  for (const [data, mention] of cases) {
    let message = "";
    try {
      new ADict(data as Record<string, unknown>).resolve();
    } catch (error) {
      message = (error as Error).message;
    }
    assert(mention.test(message), `${JSON.stringify(data)}: ${message}`);
  }
});

const PYTHON = process.env.ATO_HYDRA_PYTHON;
const SCRIPT = `
import json, sys
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
folder, cases = sys.argv[1], json.loads(sys.argv[2])
out = []
with initialize_config_dir(config_dir=folder, version_base="1.3"):
    for name, overrides in cases:
        try:
            out.append(OmegaConf.to_container(compose(config_name=name, overrides=overrides), resolve=True))
        except Exception as error:
            out.append({"refused": type(error).__name__})
print(json.dumps(out))
`;

test("ADict.fromHydra: hydra-core agrees on every case", {
  skip: PYTHON === undefined ? "ATO_HYDRA_PYTHON names no Python" : false,
}, async () => {
  await withFolder((folder) => {
    const cases = [...COMPOSED, ...REFUSED].map((
      [name, overrides],
    ) => [name, overrides]);
    const child = spawnSync(PYTHON!, [
      "-c",
      SCRIPT,
      folder,
      JSON.stringify(cases),
    ], {
      encoding: "utf8",
    });
    assertEquals(child.status, 0, child.stderr);
    const found = JSON.parse(child.stdout) as { refused?: string }[];
    for (const [i, [name, overrides, expected]] of COMPOSED.entries()) {
      assertEquals(
        found[i],
        expected as object,
        `${name} ${overrides.join(" ")}`,
      );
    }
    for (const [i, [name, overrides]] of REFUSED.entries()) {
      assert(
        found[COMPOSED.length + i]?.refused !== undefined,
        `${name} ${overrides.join(" ")}`,
      );
    }
    return Promise.resolve();
  });
});
